import { sql } from 'kysely';
import type { App } from '../app.ts';

export type Readiness = { ready: boolean; database: 'up' | 'down'; migration: string | null; mode: string };

/** Whether this process can serve: the database answers and has been migrated. Nothing about people. */
export async function readiness({ db, log, config }: App): Promise<Readiness> {
  const { mode } = config;
  try {
    const { rows } = await sql<{
      migration: string | null;
    }>`SELECT max(name) AS migration FROM kysely_migration`.execute(db);
    const migration = rows[0]?.migration ?? null;
    return { ready: migration !== null, database: 'up', migration, mode };
  } catch (error) {
    log.error({ err: error }, 'not ready: the database does not answer');
    return { ready: false, database: 'down', migration: null, mode };
  }
}
