import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import type { ConsultationDraft } from './consultation.ts';
import { saveConsultation, saveConsultationParts, type LockedVisit } from './queries.ts';

/** Keeps the draft as it is written. Nothing typed is lost, and nothing is checked before the signature. */
export async function writeConsultation(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; draft: ConsultationDraft },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await saveDraft(trx, await lockOwnVisit(trx, actor, input.appointmentId, 'consultation'), input.draft);
  });
}

/** Writes the draft of a visit under way; answers the record's id. */
export async function saveDraft(trx: Trx, visit: LockedVisit, draft: ConsultationDraft): Promise<string> {
  if (visit.state === 'completed') throw new Refusal('already_signed');
  if (visit.state !== 'started') throw new Refusal('visit_not_begun');
  const consultationId = await saveConsultation(trx, visit, draft);
  await saveConsultationParts(trx, consultationId, draft);
  return consultationId;
}
