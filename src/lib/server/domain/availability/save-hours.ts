import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { recordScheduleChange, requireOwnPractice } from './own-practice.ts';
import type { WeeklyHours } from './schedule.ts';
import { replaceHours } from './schedule-queries.ts';

/** Puts these weekly hours in the place of those before. What is booked stays booked. */
export async function saveHours(
  db: Db,
  actor: Actor,
  { locationId, hours }: { locationId: string; hours: readonly WeeklyHours[] },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const practice = await requireOwnPractice(trx, actor, locationId);
    await replaceHours(trx, practice, hours);
    await recordScheduleChange(trx, practice);
  });
}
