import { sql, type Kysely } from 'kysely';

/** What a letter puts into the calendar of who reads it: the facts of one entry, written with the letter. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE mail_message ADD COLUMN calendar jsonb`.execute(db);
}
