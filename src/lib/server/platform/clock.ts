import { sql } from 'kysely';
import type { Queryable } from './db.ts';

/** The one clock: the database's, moved by tests, drills and the demo (`app_now()`). */
export async function appNow(db: Queryable): Promise<Temporal.Instant> {
  const { rows } = await sql<{ now: Temporal.Instant }>`SELECT app_now() AS now`.execute(db);
  return rows[0]!.now;
}
