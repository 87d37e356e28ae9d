import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { SearchHealth } from '../platform/search/with-spare.ts';

export type Readiness = {
  ready: boolean;
  database: 'up' | 'down';
  migration: string | null;
  /** Which engine answers searches now, and whether the one that should is failing. */
  search: SearchHealth;
  mode: string;
};

/** Whether this process can serve: the database answers and has been migrated. Nothing about people. */
export async function readiness({ db, log, config, search: index }: App): Promise<Readiness> {
  const { mode } = config;
  const search = index.health();
  try {
    const { rows } = await sql<{
      migration: string | null;
    }>`SELECT max(name) AS migration FROM kysely_migration`.execute(db);
    const migration = rows[0]?.migration ?? null;
    return { ready: migration !== null, database: 'up', migration, search, mode };
  } catch (error) {
    log.error({ err: error }, 'not ready: the database does not answer');
    return { ready: false, database: 'down', migration: null, search, mode };
  }
}
