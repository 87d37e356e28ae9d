import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import type { ConsultationDraft } from './consultation.ts';
import { saveConsultation, saveConsultationParts, type LockedVisit } from './queries.ts';

/**
 * Keeps the draft as it is written. Nothing typed is lost, and nothing is checked before the signature. With a `revision`
 * it writes over the save that was read and no other: what another window has saved since is refused as `draft_changed`.
 */
export async function writeConsultation(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; draft: ConsultationDraft; revision?: number | null },
): Promise<number> {
  return transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'consultation');
    return (await saveDraft(trx, visit, input.draft, input.revision)).revision;
  });
}

/** Writes the draft of a visit under way; answers the record's id, and which save it now is. */
export async function saveDraft(
  trx: Trx,
  visit: LockedVisit,
  draft: ConsultationDraft,
  revision?: number | null,
): Promise<{ id: string; revision: number }> {
  if (visit.state === 'completed') throw new Refusal('already_signed');
  if (visit.state !== 'started') throw new Refusal('visit_not_begun');
  const saved = await saveConsultation(trx, visit, draft, revision);
  if (saved === undefined) throw new Refusal('draft_changed');
  await saveConsultationParts(trx, saved.id, draft);
  return saved;
}
