import { Kysely, PostgresDialect } from 'kysely';
import type { DB } from '#db/schema.ts';
import { openPool, type Db } from '#lib/server/platform/db.ts';
import { afterFile } from './after.ts';

/** A database handle that counts the statements it sends; `BEGIN`, `COMMIT` and the actor's setting are not counted. */
export function countedDb(url: string): { db: Db; counted<T>(work: () => Promise<T>): Promise<[T, number]> } {
  let count = 0;
  const pool = openPool(url, { max: 4, onError: () => {} });
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => {
      if (!query.sql.includes('set_config') && !/^(begin|commit|rollback)/i.test(query.sql)) count++;
    },
  });
  afterFile(() => db.destroy());
  return {
    db,
    async counted(work) {
      count = 0;
      return [await work(), count];
    },
  };
}
