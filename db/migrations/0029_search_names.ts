import { sql, type Kysely } from 'kysely';

/** Who is called so is found without looking at all who have the word elsewhere: "house" is in one text of six. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE INDEX search_text_names ON search_text USING gin (ts_filter(lexemes, '{a}'));
  `.execute(db);
}
