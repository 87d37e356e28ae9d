import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { findRoomIds } from '../availability/queries.ts';
import type { AppointmentKind } from '../availability/schedule.ts';
import type { Actor } from '../shared/actor.ts';
import { isRefusal, Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo } from './access.ts';
import { setRoom } from './queries.ts';

/**
 * Puts a visit, at its own time, into another room of its location that will do for it. Whether the room is free the
 * database decides (`room_taken`); then the visit keeps the room it has. The patient hears of it at the desk.
 */
export async function changeRoom(
  db: Db,
  actor: Actor,
  { appointmentId, roomId }: { appointmentId: string; roomId: string },
): Promise<void> {
  try {
    await transact(db, actor, async (trx) => {
      const { appointment } = await lockToDo(trx, actor, 'changeRoom', { appointmentId });
      const { practitionerId, locationId, blockId } = appointment;
      const kind = appointment.kind as AppointmentKind;
      const roomIds = await findRoomIds(trx, { practitionerId, locationId, kind });
      if (blockId === null || !roomIds?.includes(roomId))
        throw new Refusal('room_unsuitable', { field: 'room' });
      await setRoom(trx, blockId, roomId);
      if (appointment.patientId !== null)
        await recordAudit(trx, {
          stream: { kind: 'patient', id: appointment.patientId },
          action: 'appointment.room_changed',
          subjectType: 'appointment',
          subjectId: appointmentId,
          detail: { roomId },
        });
    });
  } catch (error) {
    if (isRefusal(error) && error.details['guard'] === 'block_room_no_overlap')
      throw new Refusal('room_taken', { field: 'room' });
    throw error;
  }
}
