import type { Db } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePatient, requireSamePlace } from './patient-access.ts';
import { findReviewToCome, findTreated, insertReviewVisit, lockEpisode } from './patient-queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/** The patient books the review visit with who treated, at that clinic. Outside the gate: looking is always allowed (G1). */
export async function bookReviewVisit(
  db: Db,
  actor: Actor,
  input: { treatmentId: string; locationId: string; start: Temporal.Instant; requestKey?: string },
): Promise<{ id: string }> {
  const { treatmentId, locationId, start } = input;
  const request = once(accountOf(actor), input.requestKey, 'review', { treatmentId, locationId, start });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { id: patientId } = await requirePatient(trx, actor);
      const treated = await findTreated(trx, patientId, treatmentId);
      if (treated === undefined) throw new Refusal('not_found');
      await lockEpisode(trx, patientId, treated.episodeId);
      if ((await findReviewToCome(trx, treated)) !== undefined) throw new Refusal('not_now');
      const { practitionerId } = treated;
      const claimed = await claimSlot(trx, { practitionerId, locationId, kind: 'follow_up', start });
      requireSamePlace(claimed, treated);
      const id = await insertReviewVisit(trx, { id: treatmentId, practitionerId, locationId }, claimed);
      await recordVisitEvent(trx, { id, clinicId: claimed.clinicId }, 'appointment.confirmed', {});
      await keepAnswer(trx, request, { id });
      return { id };
    }),
  );
}
