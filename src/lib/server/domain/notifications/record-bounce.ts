import { sql } from 'kysely';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { readBounce } from './bounce.ts';

/**
 * Notes that a letter came back, once, from the message that another mail server sent. Answers whether it was about a letter
 * of ours; what is about none changes nothing.
 */
export async function recordBounce(db: Db, message: string): Promise<boolean> {
  const bounce = readBounce(message);
  if (bounce === undefined) return false;
  return transact(db, system, async (trx) => {
    const { rows } = await sql`
      WITH meant AS (SELECT id FROM mail_message WHERE id = ANY (${bounce.mailIds}::uuid[]) AND sent_at IS NOT NULL LIMIT 1),
      noted AS (
        INSERT INTO mail_bounce (mail_id, status, reason) SELECT id, ${bounce.status}, ${bounce.reason} FROM meant ON CONFLICT DO NOTHING)
      SELECT FROM meant`.execute(trx);
    return rows.length > 0;
  });
}
