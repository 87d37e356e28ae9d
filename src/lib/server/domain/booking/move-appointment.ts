import type { Db } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import type { AppointmentKind } from '../availability/schedule.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo } from './access.ts';
import { answerOnce, keepAnswer, once } from './answer-once.ts';
import { moveRow } from './queries.ts';

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
      const { appointment } = await lockToDo(trx, actor, 'move', input);
      const from = appointment.during.start!;
      if (start.equals(from)) {
        return { id: appointmentId, start: start.toString(), end: appointment.during.end!.toString() };
      }
      const claimed = await claimSlot(trx, {
        practitionerId: appointment.practitionerId,
        locationId: appointment.locationId,
        kind: appointment.kind as AppointmentKind,
        start,
        insteadOfBlockId: appointment.blockId,
      });
      await moveRow(trx, appointmentId, claimed);
      await recordEvent(trx, {
        type: 'appointment.moved',
        subjectType: 'appointment',
        subjectId: appointmentId,
        clinicId: appointment.clinicId,
        payload: { from: from.toString() },
      });
      const moved: Moved = {
        id: appointmentId,
        start: start.toString(),
        end: claimed.during.end!.toString(),
      };
      await keepAnswer(trx, request, moved);
      return moved;
    }),
  );
}
