import type { Db } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { evaluateGate, requireGate } from './gate.ts';
import { requireOwnPrescription, requireSamePlace } from './patient-access.ts';
import { endKeptTime, findKeptTime, type KeptTime } from './joint-queries.ts';
import { findGateFacts, insertTreatment } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/**
 * The patient books the treatment that was prescribed and consented to, with the named practitioner. Every clock of the
 * gate is judged for that start, here for clear words and by the database for certain. Time kept right behind the
 * consultation is given up for it, whether this is that time or another. Answers the appointment's id.
 */
export async function bookTreatment(
  db: Db,
  actor: Actor,
  input: { prescriptionId: string; locationId: string; start: Temporal.Instant; requestKey?: string },
): Promise<{ id: string }> {
  const { prescriptionId, locationId, start } = input;
  const request = once(accountOf(actor), input.requestKey, 'treatment', {
    prescriptionId,
    locationId,
    start,
  });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { prescription } = await requireOwnPrescription(trx, actor, prescriptionId);
      const facts = (await findGateFacts(trx, [{ prescriptionId, startsAt: start }])).get(prescriptionId);
      if (facts === undefined) throw new Refusal('not_found');
      if (prescription.episodeState === 'closed') throw new Refusal('not_now');
      requireGate(evaluateGate(facts, 'booking'), { forInjector: false });
      const kept = await findKeptTime(trx, { prescriptionId });
      const isKept = kept !== undefined && isWithin(kept, input);
      if (kept !== undefined) await endKeptTime(trx, kept, isKept ? 'treated' : 'let_go');
      const claimed = await claimSlot(trx, {
        practitionerId: prescription.injectorId,
        locationId,
        kind: 'treatment',
        start,
        insteadOfBlockIds: kept === undefined ? [] : [kept.blockId],
        // Who comes out of the consultation is here: no notice is asked, and it begins when they are ready.
        isWalkIn: isKept,
      });
      requireSamePlace(claimed, prescription);
      const id = await insertTreatment(trx, { prescriptionId, locationId, claimed });
      if (id === undefined) throw new Refusal('consent_missing');
      await recordVisitEvent(trx, { id, clinicId: claimed.clinicId }, 'appointment.confirmed', {});
      await keepAnswer(trx, request, { id });
      return { id };
    }),
  );
}

/** From its start until it is anybody's again: a consultation may have run over. */
function isWithin(
  kept: KeptTime,
  { locationId, start }: { locationId: string; start: Temporal.Instant },
): boolean {
  return (
    kept.locationId === locationId &&
    Temporal.Instant.compare(kept.during.start!, start) <= 0 &&
    Temporal.Instant.compare(start, kept.until) < 0
  );
}
