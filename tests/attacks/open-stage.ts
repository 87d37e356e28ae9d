import { sql, type ControlledTransaction } from 'kysely';
import type { DB } from '#db/schema.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { setStage, type Stage } from './stage.ts';

/** The stage, and one transaction on it past every guard, that is taken back when the test file is done. */
export async function openStage(): Promise<{ stage: Stage; trx: ControlledTransaction<DB> }> {
  const { superuserUrl } = await createTestDatabase();
  const db = openDb(openPool(superuserUrl, { max: 1, onError: () => undefined }));
  const stage = await setStage(db);
  const trx = await db.startTransaction().execute();
  // A machine that stands still for a while decides no test.
  await sql`SELECT set_config('idle_in_transaction_session_timeout', '0', true), set_config('statement_timeout', '0', true)`.execute(
    trx,
  );
  afterFile(async () => {
    await trx.rollback().execute();
    await db.destroy();
  });
  return { stage, trx };
}
