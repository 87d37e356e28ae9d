import { sql } from 'kysely';
import { publishPolicy } from '#lib/server/domain/policy/publish.ts';
import type { Db } from '#lib/server/platform/db.ts';

/** Policy with all that follows from it, and two required risks. Rows that exist already stay. */
export async function loadReference(db: Db): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await publishPolicy(trx);
    await sql`INSERT INTO disclosable_risk (code, version, text)
      SELECT * FROM (VALUES ('bruising', 1::smallint, 'A small bruise, for about a week.'), ('heavy_lid', 1, 'A heavy eyelid, for some weeks.')) AS risk
      WHERE NOT EXISTS (SELECT FROM disclosable_risk)`.execute(trx);
  });
}
