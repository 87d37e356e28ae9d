import { beforeAll, describe, expect, it } from 'vitest';
import type { ControlledTransaction } from 'kysely';
import type { DB } from '#db/schema.ts';
import { run } from './attack.ts';
import { attacks } from './attacks.ts';
import { openStage } from './open-stage.ts';
import type { Stage } from './stage.ts';

let trx: ControlledTransaction<DB>;
let stage: Stage;

beforeAll(async () => {
  ({ stage, trx } = await openStage());
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
  expect(names.length).toBeGreaterThanOrEqual(500);
});
