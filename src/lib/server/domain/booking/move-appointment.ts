import type { Db, Trx } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import type { AppointmentKind } from '../availability/schedule.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo } from './access.ts';
import { answerOnce, keepAnswer, once } from './answer-once.ts';
import type { Side } from './appointment.ts';
import { findNotice } from './day-queries.ts';
import { mayMoveAlone } from './notice.ts';
import { moveRow, type LockedAppointment } from './queries.ts';

export interface Moved {
  id: string;
  start: string;
  end: string;
}

/**
 * Moves an appointment to another free time with the same practitioner at the same place. Both times change hands in
 * one transaction: if the new one is taken, the old one was never given up.
 */
export async function moveAppointment(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; start: Temporal.Instant; requestKey?: string },
): Promise<Moved> {
  const { appointmentId, start } = input;
  const request = once(accountOf(actor), input.requestKey, 'move', { appointmentId, start });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { appointment, side } = await lockToDo(trx, actor, 'move', input);
      await requireNotice(trx, appointment, side);
      const moved = await moveIn(trx, appointment, start, side);
      await keepAnswer(trx, request, moved);
      return moved;
    }),
  );
}

/** Within the practice's notice a patient changes the time by telephone; the practice itself is not bound. */
export async function requireNotice(trx: Trx, { id }: { id: string }, side: Side): Promise<void> {
  if (side === 'practice') return;
  const notice = await findNotice(trx, id);
  if (!mayMoveAlone(notice)) throw new Refusal('move_notice', { details: { phone: notice.phone } });
}

/** Gives a locked appointment another start, in the caller's transaction. To its own start nothing happens. */
export async function moveIn(
  trx: Trx,
  appointment: LockedAppointment,
  start: Temporal.Instant,
  by: Side,
): Promise<Moved> {
  const { id, during } = appointment;
  const from = during.start!;
  if (start.equals(from)) return { id, start: start.toString(), end: during.end!.toString() };
  const claimed = await claimSlot(trx, {
    practitionerId: appointment.practitionerId,
    locationId: appointment.locationId,
    kind: appointment.kind as AppointmentKind,
    start,
    doubleLength: appointment.isDouble,
    insteadOfBlockIds: appointment.blockId === null ? [] : [appointment.blockId],
  });
  await moveRow(trx, id, claimed);
  await recordEvent(trx, {
    type: 'appointment.moved',
    subjectType: 'appointment',
    subjectId: id,
    clinicId: appointment.clinicId,
    payload: { from: from.toString(), by },
  });
  return { id, start: start.toString(), end: claimed.during.end!.toString() };
}
