import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JURISDICTIONS } from '#lib/server/domain/policy/codes.ts';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_KEY_NAMES, type PolicyKey } from '#lib/server/domain/policy/keys.ts';
import { publishPolicy } from '#lib/server/domain/policy/publish.ts';
import { findPolicyRows } from '#lib/server/domain/policy/queries.ts';
import { policyOf, publishedAssumptions } from '#lib/server/domain/policy/reads.ts';
import { unreviewedAssumptions, type PolicyRow } from '#lib/server/domain/policy/row.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { row } from './builders.ts';

let db: Db;

beforeAll(async () => {
  const { urls } = await createTestDatabase();
  db = openDb(openPool(urls.owner, { max: 2, onError: () => undefined }));
  await db.transaction().execute((trx) => publishPolicy(trx));
});
afterAll(() => db.destroy());

const december = Temporal.PlainDate.from('2026-12-01');

describe('published policy', () => {
  it('comes back from the database as it was shipped', async () => {
    expect(await findPolicyRows(db)).toEqual(POLICY_ROWS);
    expect(await policyOf(db, 'england', december)).toEqual(evaluatePolicy(POLICY_ROWS, 'england', december));
    expect(await publishedAssumptions(db)).toEqual(unreviewedAssumptions(POLICY_ROWS));
  });

  it('keeps a review that was given in the database, while the row stands as it was read', async () => {
    const undo = new Error('undo');
    const retention = (rows: readonly PolicyRow[]) =>
      rows.find((one) => one.jurisdiction === 'texas' && one.key === 'retention_years');
    const published = db.transaction().execute(async (trx) => {
      await trx
        .updateTable('policy_row')
        .set({ reviewed_by: 'Dr Amara Okafor', reviewed_at: Temporal.Instant.from('2026-11-24T09:00:00Z') })
        .where('jurisdiction', '=', 'texas')
        .where('key', '=', 'retention_years')
        .execute();
      const ending = POLICY_ROWS.map((one) =>
        one.key === 'retention_years' ? { ...one, effectiveTo: '2030-01-01' } : one,
      );
      await publishPolicy(trx, ending);
      expect(retention(await findPolicyRows(trx))).toEqual({
        ...retention(ending),
        reviewedBy: 'Dr Amara Okafor',
        reviewedAt: '2026-11-24T09:00:00Z',
      });
      const changed = POLICY_ROWS.map((one) => (one.key === 'retention_years' ? { ...one, value: 10 } : one));
      await publishPolicy(trx, changed);
      expect(await findPolicyRows(trx)).toEqual(changed);
      throw undo;
    });
    await expect(published).rejects.toBe(undo);
  });

  it('can be published again, and changes nothing', async () => {
    const tables = [
      'policy_row',
      'jurisdiction',
      'profession',
      'policy_key',
      'product',
      'licensed_product',
      'profession_capability',
    ];
    const contents = async (table: string) => {
      const { rows } = await sql<{ row: object }>`
        SELECT to_jsonb(t) - 'id' AS row FROM ${sql.table(table)} t ORDER BY 1`.execute(db);
      return rows.map(({ row: content }) => content);
    };
    const all = () => Promise.all(tables.map(contents));
    const before = await all();
    expect(before.map((table) => table.length)).toEqual([
      POLICY_ROWS.length,
      7,
      8,
      POLICY_KEY_NAMES.length,
      12,
      43,
      70,
    ]);
    await db.transaction().execute((trx) => publishPolicy(trx));
    expect(await all()).toEqual(before);
  });

  it('is refused whole when a row is at fault', async () => {
    const twice = [...POLICY_ROWS, row('england', 'retention_years', 10)];
    const published = db.transaction().execute((trx) => publishPolicy(trx, twice));
    await expect(published).rejects.toThrow(
      'policy cannot be published: england.retention_years: stated twice',
    );
    expect(await findPolicyRows(db)).toEqual(POLICY_ROWS);
  });

  it('means the same to the guards in the database', async () => {
    for (const date of ['2025-06-01', '2026-12-01']) {
      for (const jurisdiction of JURISDICTIONS) {
        const policy = evaluatePolicy(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from(date));
        const numbers = POLICY_KEY_NAMES.filter((key) => typeof policy[key] === 'number');
        expect(numbers.length).toBeGreaterThan(10);
        for (const key of numbers)
          expect([key, await policyNumber(jurisdiction, key, date)]).toEqual([key, policy[key]]);
      }
    }
  });
});

async function policyNumber(jurisdiction: string, key: PolicyKey, date: string): Promise<number | undefined> {
  const { rows } = await sql<{ answer: number }>`
    SELECT policy_number(${jurisdiction}, ${key}, ${date}::date) AS answer`.execute(db);
  return rows[0]?.answer;
}
