import { sql } from 'kysely';
import type { Db } from '#lib/server/platform/db.ts';

/** Pairs of blocks that take the same time of one practitioner. */
export async function countOverlaps(owner: Db): Promise<number> {
  const { rows } = await sql<{ pairs: number }>`
    SELECT count(*) AS pairs FROM block a JOIN block b
      ON a.practitioner_id = b.practitioner_id AND a.id < b.id AND a.span && b.span`.execute(owner);
  return rows[0]!.pairs;
}

/** Live appointments without a block of their own, and blocks of no live appointment. */
export async function countLoose(owner: Db): Promise<number> {
  const { rows } = await sql<{ loose: number }>`
    SELECT count(*) AS loose FROM appointment a FULL JOIN block b ON b.id = a.block_id
     WHERE (a.live AND b.id IS NULL) OR (b.id IS NOT NULL AND a.live IS NOT TRUE AND b.kind = 'appointment')`.execute(
    owner,
  );
  return rows[0]!.loose;
}
