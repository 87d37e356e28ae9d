import type { Db, Trx } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo } from './access.ts';
import { answerOnce, keepAnswer, once } from './answer-once.ts';
import type { Side } from './appointment.ts';
import { requireNotice } from './move-appointment.ts';
import { insertSuccessor, setState, type LockedAppointment } from './queries.ts';

export interface Changed {
  /** The new appointment ... */
  id: string;
  /** ... and the one whose place it takes. */
  replaces: string;
  practitionerId: string;
  location: string;
  start: string;
  end: string;
}

/** With whom, where and when instead. */
export interface Instead {
  practitionerId: string;
  locationId: string;
  start: Temporal.Instant;
}

/**
 * Gives a consultation to another practitioner of the same clinic. The new time is taken before the old one is given
 * up, in one transaction: who comes too late keeps what they have, and two who want each other's time wait for nobody.
 */
export async function changePractitioner(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; requestKey?: string } & Instead,
): Promise<Changed> {
  const { appointmentId, practitionerId, locationId, start } = input;
  const request = once(accountOf(actor), input.requestKey, 'change', {
    appointmentId,
    practitionerId,
    locationId,
    start,
  });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { appointment, side } = await lockToDo(trx, actor, 'move', input);
      await requireNotice(trx, appointment, side);
      const changed = await changeIn(trx, appointment, input, side);
      await keepAnswer(trx, request, changed);
      return changed;
    }),
  );
}

/** Replaces a locked appointment by one with a colleague, in the caller's transaction. */
export async function changeIn(
  trx: Trx,
  appointment: LockedAppointment,
  { practitionerId, locationId, start }: Instead,
  by: Side,
): Promise<Changed> {
  // A treatment hangs on a prescription that names who gives it; a review belongs to who treated.
  if (appointment.kind !== 'consultation') throw new Refusal('not_now');
  if (practitionerId === appointment.practitionerId) throw new Refusal('slot_not_offered');
  const claimed = await claimSlot(trx, {
    practitionerId,
    locationId,
    start,
    kind: 'consultation',
    doubleLength: appointment.isDouble,
  });
  // A course of care stays with its clinic, under the law it began with (G9).
  if (claimed.clinicId !== appointment.clinicId || claimed.jurisdiction !== appointment.jurisdiction)
    throw new Refusal('slot_not_offered');
  // The patient cannot be in two places, so the old one ends before the new one begins.
  await setState(trx, appointment.id, { state: 'cancelled', cancelled_by: by });
  const id = await insertSuccessor(trx, appointment.id, claimed, { practitionerId, locationId });
  const about = { subjectType: 'appointment', clinicId: appointment.clinicId };
  await recordEvent(trx, {
    ...about,
    type: 'appointment.replaced',
    subjectId: appointment.id,
    payload: { successorId: id },
  });
  await recordEvent(trx, {
    ...about,
    type: 'appointment.rebooked',
    subjectId: id,
    payload: { from: appointment.id, by },
  });
  return {
    id,
    replaces: appointment.id,
    practitionerId,
    location: locationId,
    start: start.toString(),
    end: claimed.during.end!.toString(),
  };
}
