import type { Db } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import { auditReads, requireDesk, requirePerson } from '../reception/access.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { isRefusal, Refusal, type RefusalCode } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireSamePlace } from './patient-access.ts';
import { recordVisitEvent } from './record-visit-event.ts';
import { findDeskTopUps, insertDeskTopUp } from './top-up-queries.ts';

/** Of what the guards say, this is about times and people's calendars. All else may come from a record. */
const TOLD_AT_DESK: readonly RefusalCode[] = [
  'slot_taken',
  'slot_not_offered',
  'patient_busy',
  'top_up_booked',
  'key_reused',
  'not_found',
];

/**
 * The top-up of a treatment, booked at the desk for somebody on the telephone or there. The guards of every treatment stand
 * before it; the desk reads no record, so whatever one of them finds there is said as one thing: ask the practitioner.
 */
export async function bookTopUpAtDesk(
  db: Db,
  actor: Actor,
  input: {
    patientId: string;
    treatmentId: string;
    locationId: string;
    start: Temporal.Instant;
    channel: 'telephone' | 'desk';
    requestKey?: string;
  },
): Promise<{ id: string }> {
  const { requestKey, ...asked } = input;
  const { patientId, treatmentId, locationId, start, channel } = asked;
  const request = once(accountOf(actor), requestKey, 'top_up_for', asked);
  return answerOnce(db, request, () =>
    inWordsOfTheDesk(() =>
      transact(db, actor, async (trx) => {
        const desk = await requireDesk(trx, actor);
        await requirePerson(trx, desk, patientId);
        const topUp = (await findDeskTopUps(trx, patientId)).find((one) => one.treatmentId === treatmentId);
        if (topUp === undefined) throw new Refusal('not_found');
        if (topUp.bar !== null) throw new Refusal(REFUSALS[topUp.bar]);
        const { injectorId: practitionerId } = topUp;
        const claimed = await claimSlot(trx, { practitionerId, locationId, kind: 'treatment', start });
        requireSamePlace(claimed, topUp);
        const id = await insertDeskTopUp(trx, { treatmentId, locationId, claimed, channel });
        if (id === null) throw new Refusal('top_up_ask_first');
        await recordVisitEvent(trx, { id, clinicId: claimed.clinicId }, 'appointment.confirmed', {});
        await auditReads(trx, 'appointment.booked_at_desk', desk, [patientId]);
        await keepAnswer(trx, request, { id });
        return { id };
      }),
    ),
  );
}

const REFUSALS = {
  booked: 'top_up_booked',
  ended: 'not_now',
  over: 'top_up_not_open',
  prescriber_only: 'top_up_not_open',
  ask: 'top_up_ask_first',
  not_reviewed: 'top_up_not_open',
} as const;

async function inWordsOfTheDesk<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    const isOfARecord =
      isRefusal(error) && error.details.guard !== undefined && !TOLD_AT_DESK.includes(error.code);
    throw isOfARecord ? new Refusal('top_up_ask_first') : error;
  }
}
