import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnHold, type HoldOf } from './access.ts';
import { updateDraft, type Draft } from './queries.ts';

/** Keeps what a visitor has typed so far. What is not given stays as it was. */
export async function saveDraft(
  db: Db,
  actor: Actor,
  input: HoldOf & { typed: Partial<Draft> },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const hold = await lockOwnHold(trx, actor, input);
    // A hold that has run out still keeps it: the next one starts from it.
    if (!['held', 'expired'].includes(hold.state)) throw new Refusal('hold_ended');
    await updateDraft(trx, hold.id, input.typed);
  });
}
