import {
  databaseError,
  isBusy,
  isConnectionLost,
  transactionAs,
  type Db,
  type Trx,
} from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from './actor.ts';
import { guards } from './guards.ts';
import { Refusal } from './refusal.ts';

const RETRIES = 3;
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';

/**
 * Runs one command in one transaction as `actor`: all its rows, its events and its jobs, or nothing.
 * A broken guard of the database becomes its refusal; deadlocks and serialization failures are tried again. A connection
 * that is lost before the end is `unavailable`: nothing was done. Lost while it commits, nobody knows: `outcome_unknown`.
 */
export async function transact<T>(db: Db, actor: Actor, command: (trx: Trx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let isCommitting = false;
    let failed: { error: unknown } | undefined;
    try {
      return await transactionAs(db, accountOf(actor) ?? '', async (trx) => {
        try {
          const answer = await command(trx);
          isCommitting = true;
          return answer;
        } catch (error) {
          failed = { error };
          throw error;
        }
      });
    } catch (last) {
      // On a broken connection taking back fails too, and what it says would hide why it was taken back.
      const error = failed === undefined ? last : failed.error;
      if (isConnectionLost(error)) throw new Refusal(isCommitting ? 'outcome_unknown' : 'unavailable');
      const said = databaseError(error);
      if (said === undefined) throw error;
      if ((said.code === SERIALIZATION_FAILURE || said.code === DEADLOCK) && attempt <= RETRIES) continue;
      throw (isBusy(error) ? new Refusal('unavailable') : refusalOf(said.constraint)) ?? error;
    }
  }
}

/** The refusal that a broken guard means, or undefined when it is a bug. */
function refusalOf(constraint: string | undefined): Refusal | undefined {
  const refusal = constraint === undefined ? undefined : guards[constraint];
  return refusal === undefined ? undefined : new Refusal(refusal, { details: { guard: constraint } });
}
