import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlledTransaction } from 'kysely';
import type { DB } from '#db/schema.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { createTestDatabase } from '../harness/database.ts';
import { run } from './attack.ts';
import { attacks } from './attacks.ts';
import { setStage, type Stage } from './stage.ts';

let db: Db;
let trx: ControlledTransaction<DB>;
let stage: Stage;

beforeAll(async () => {
  const { superuserUrl } = await createTestDatabase();
  db = openDb(openPool(superuserUrl, { max: 1, onError: () => undefined }));
  stage = await setStage(db);
  trx = await db.startTransaction().execute();
});
afterAll(async () => {
  await trx.rollback().execute();
  await db.destroy();
});

describe.each(attacks)('$rule: $name', (one) => {
  it(`is refused with ${one.refused.code} by ${one.refused.by}`, async () => {
    expect(await run(trx, stage, one, 'attack')).toEqual(one.refused);
  });
  it('has a lawful twin', async () => {
    expect(await run(trx, stage, one, 'twin')).toBe('through');
  });
});

it('is a list without doubles', () => {
  const names = attacks.map(({ rule, name }) => `${rule}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(45);
});
