import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { columnsOf, dataMap } from '#lib/server/domain/privacy/data-map.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { foundBy, unmarkable } from './columns.ts';
import { markableColumns, MARKED_TYPES } from './mark.ts';

const { urls } = await createTestDatabase();
const owner = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
afterFile(() => owner.destroy());

it('gives no reason for a column that is neither personal nor clinical, or is not there', () => {
  const told = new Set(
    Object.entries(dataMap).flatMap(([table, about]) =>
      about.about === 'nobody'
        ? []
        : columnsOf(about).flatMap(({ name, kind }) =>
            kind === 'personal' || kind === 'clinical' ? [`${table}.${name}`] : [],
          ),
    ),
  );
  expect([...unmarkable.keys()].filter((column) => !told.has(column))).toEqual([]);
});

it('knows how the rows of every other column are found, and can write something of its own into each', async () => {
  const { rows } = await sql<{ name: string; type: string; never: string }>`
    SELECT table_name || '.' || column_name AS name, udt_name AS type, is_generated AS never
      FROM information_schema.columns WHERE table_schema = 'public'`.execute(owner);
  const types = new Map(rows.map(({ name, type, never }) => [name, never === 'NEVER' ? type : 'generated']));
  const wrong = markableColumns().flatMap(({ table, column, where }) => {
    const type = types.get(`${table}.${column}`) ?? '';
    return where !== undefined && MARKED_TYPES.has(type) ? [] : [`${table}.${column}: ${type}`];
  });
  expect(wrong).toEqual([]);
});

it('finds rows in its own way only where a copy has none of them', () => {
  const twice = Object.keys(foundBy).filter((table) => {
    const about = dataMap[table];
    return about === undefined || about.about === 'nobody' || about.find !== null;
  });
  expect(twice).toEqual([]);
});
