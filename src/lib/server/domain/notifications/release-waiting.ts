import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { releaseWaiting } from './message-queries.ts';
import { releaseShort } from './short/queries.ts';

/** Sends what waited for the end of its reader's quiet hours. Harmless however often it runs. */
export async function releaseWaitingMail(db: Db): Promise<void> {
  await transact(db, system, async (trx) => {
    await releaseWaiting(trx);
    await releaseShort(trx);
  });
}
