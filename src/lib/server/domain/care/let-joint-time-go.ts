import type { Db } from '#lib/server/platform/db.ts';
import { giveUpBlocks } from '../availability/queries.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findKeptTime, hasPartIn } from './joint-queries.ts';

/** Gives back the time kept behind a consultation; the consultation stays. Once it is gone there is nothing left to do. */
export async function letJointTimeGo(
  db: Db,
  actor: Actor,
  { appointmentId }: { appointmentId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    if (!(await hasPartIn(trx, appointmentId, accountOf(actor)))) throw new Refusal('not_found');
    const kept = await findKeptTime(trx, { appointmentId });
    await giveUpBlocks(trx, kept === undefined ? [] : [kept.blockId]);
  });
}
