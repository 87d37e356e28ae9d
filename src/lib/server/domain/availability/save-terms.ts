import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import type { Terms } from './input.ts';
import { recordScheduleChange, requireOwnPractice } from './own-practice.ts';
import { updateTerms } from './schedule-queries.ts';

/** Sets how visits are booked at one place from now on. What is booked keeps its length and its buffers. */
export async function saveTerms(
  db: Db,
  actor: Actor,
  { locationId, terms }: { locationId: string; terms: Terms },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const practice = await requireOwnPractice(trx, actor, locationId);
    await updateTerms(trx, practice, terms);
    await recordScheduleChange(trx, practice);
  });
}
