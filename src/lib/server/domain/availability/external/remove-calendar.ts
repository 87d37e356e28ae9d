import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { deleteCalendar } from './queries.ts';
import { tellScheduleChanged } from './store-busy.ts';

/** Removes a calendar: its address is forgotten, and its times are free again. */
export async function removeCalendar(db: Db, actor: Actor, calendarId: string): Promise<void> {
  await transact(db, actor, async (trx) => {
    const removed = await deleteCalendar(trx, calendarId, accountOf(actor));
    if (removed === undefined) throw new Refusal('not_found');
    await tellScheduleChanged(trx, removed.practitionerId);
  });
}
