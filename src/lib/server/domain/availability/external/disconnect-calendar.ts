import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { queueRefresh } from './refresh-calendar.ts';
import { removeCalendar } from './remove-calendar.ts';
import { tellScheduleChanged } from './store-busy.ts';
import { beginEnding } from './sync-queries.ts';

/**
 * Disconnects a calendar: its times are given back at once. Left in it, what we wrote stays as it is; taken out, the
 * password is kept until the worker has done so, and not longer.
 */
export async function disconnectCalendar(
  db: Db,
  actor: Actor,
  { calendar, copies }: { calendar: string; copies: 'leave' | 'take_out' },
): Promise<void> {
  if (copies === 'leave') return removeCalendar(db, actor, calendar);
  await transact(db, actor, async (trx) => {
    const ending = await beginEnding(trx, calendar, accountOf(actor));
    if (ending === undefined) throw new Refusal('not_found');
    await queueRefresh(trx, { id: ending.id, kind: 'caldav' });
    await tellScheduleChanged(trx, ending.practitionerId);
  });
}
