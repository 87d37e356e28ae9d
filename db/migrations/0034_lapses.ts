import { sql, type Kysely } from 'kysely';

/** What ended lately is found without going through everybody: the worker asks every few seconds. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    CREATE INDEX capability_period_ended ON capability_period (least(upper(valid), checked_until));
    CREATE INDEX supervision_ended ON supervision (upper(valid)) WHERE valid IS NOT NULL;
  `.execute(db);
}
