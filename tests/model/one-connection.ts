import { sql, type ControlledTransaction } from 'kysely';
import type { DB } from '#db/schema.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';

/**
 * A database of which nothing stays: one transaction, in which each command's own is a savepoint. A sequence of commands
 * then begins where every other began, so that one that fails can be made smaller and run again.
 */
export async function openRehearsal(db: Db): Promise<Rehearsal> {
  const trx = await db.startTransaction().execute();
  // A machine that stands still for a while decides no test.
  await sql`SELECT set_config('idle_in_transaction_session_timeout', '0', true), set_config('statement_timeout', '0', true)`.execute(
    trx,
  );
  await setRole(trx, 'steadyhand_app');
  return { app: savepoints(trx), asOwner: (work) => asOwner(trx, work), end: () => end(trx) };
}

export type Rehearsal = {
  /** As the application's role sees it. */
  readonly app: Db;
  /** Past row security: to move the clock and to look at everything. */
  readonly asOwner: <T>(work: (trx: Trx) => Promise<T>) => Promise<T>;
  readonly end: () => Promise<void>;
};

const setRole = (trx: Trx, role: 'steadyhand_app' | 'none') =>
  sql`SELECT set_config('role', ${role}, true)`.execute(trx);

async function asOwner<T>(trx: Trx, work: (trx: Trx) => Promise<T>): Promise<T> {
  await setRole(trx, 'none');
  const answer = await work(trx);
  await setRole(trx, 'steadyhand_app');
  return answer;
}

async function end(trx: ControlledTransaction<DB>): Promise<void> {
  await trx.rollback().execute();
}

function savepoints(trx: Trx): Db {
  const transaction = () => ({ execute: <T>(work: (trx: Trx) => Promise<T>) => inSavepoint(trx, work) });
  return new Proxy(trx, {
    get(target, name) {
      if (name === 'transaction') return transaction;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function inSavepoint<T>(trx: Trx, work: (trx: Trx) => Promise<T>): Promise<T> {
  await sql`SAVEPOINT command`.execute(trx);
  try {
    // The client says who acts where a transaction begins; inside one, PostgreSQL takes it as a notice.
    await sql`begin`.execute(trx);
    const answer = await work(trx);
    // What a commit would still ask.
    await sql`SET CONSTRAINTS ALL IMMEDIATE`.execute(trx);
    await sql`RELEASE SAVEPOINT command`.execute(trx);
    return answer;
  } catch (error) {
    await sql`ROLLBACK TO SAVEPOINT command; RELEASE SAVEPOINT command`.execute(trx);
    throw error;
  }
}
