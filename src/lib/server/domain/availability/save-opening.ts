import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { OpeningInput } from './input.ts';
import { recordScheduleChange, requireOwnPractice } from './own-practice.ts';
import { deleteOwnOpening, insertOpening } from './schedule-queries.ts';

/** Opens one date beside the weekly hours, a public holiday as well. */
export async function saveOpening(db: Db, actor: Actor, opening: OpeningInput): Promise<void> {
  await transact(db, actor, async (trx) => {
    const practice = await requireOwnPractice(trx, actor, opening.locationId);
    if (opening.date < practice.today) throw new Refusal('date_past', { field: 'date' });
    await insertOpening(trx, practice, opening);
    await recordScheduleChange(trx, practice);
  });
}

/** Takes an extra session back. What is booked in it stays booked. */
export async function withdrawOpening(db: Db, actor: Actor, openingId: string): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const practice = accountId === null ? undefined : await deleteOwnOpening(trx, accountId, openingId);
    if (practice === undefined) throw new Refusal('not_found');
    await recordScheduleChange(trx, practice);
  });
}
