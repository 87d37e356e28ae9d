import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { RoomInput } from './input.ts';
import { recordScheduleChange } from './own-practice.ts';
import { findRoomUsers, findRoomsKept, insertRoom, updateRoom } from './schedule-queries.ts';

/** Adds a room to a location or changes one. What is booked in it stays there. */
export async function saveRoom(db: Db, actor: Actor, room: RoomInput): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const kept = accountId === null ? undefined : await findRoomsKept(trx, accountId, room.locationId);
    if (kept === undefined) throw new Refusal('not_found');
    if (room.roomId === null) await insertRoom(trx, room);
    else if (!(await updateRoom(trx, room.roomId, room))) throw new Refusal('not_found');
    for (const practitionerId of await findRoomUsers(trx, room.locationId))
      await recordScheduleChange(trx, { practitionerId, clinicId: kept.clinicId });
  });
}
