import { sql, type Kysely } from 'kysely';

/** What the prescriber saw at rest, region by region: the baseline against which a later difference is judged. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE consultation_record ADD COLUMN face jsonb NOT NULL DEFAULT '{}'
      CONSTRAINT consultation_record_face CHECK (jsonb_typeof(face) = 'object');
  `.execute(db);
}
