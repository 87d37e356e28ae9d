import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { columnsOf, dataMap } from '#lib/server/domain/privacy/data-map.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { mapInWords } from './map-in-words.ts';

const { urls } = await createTestDatabase();
const owner = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
afterFile(() => owner.destroy());

it('names every column of every table, once, and none that is not there', async () => {
  const { rows } = await sql<{ table: string; columns: string[] }>`
    SELECT c.relname AS table, array_agg(a.attname::text ORDER BY a.attname) AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND c.relname NOT LIKE 'kysely%' GROUP BY c.relname ORDER BY c.relname`.execute(owner);
  const sorted = (names: string[]) => names.toSorted();
  expect(
    Object.fromEntries(
      Object.entries(dataMap).map(([name, table]) => [name, sorted(columnsOf(table).map((one) => one.name))]),
    ),
  ).toEqual(Object.fromEntries(rows.map(({ table, columns }) => [table, sorted(columns)])));
});

it('keeps hashes, keys and passwords among the secrets', () => {
  const loose = Object.entries(dataMap).flatMap(([table, about]) =>
    columnsOf(about)
      .filter(({ name, kind }) => kind !== 'secret' && /(^|_)(hash|secret|password|token)(_|$)/.test(name))
      .map(({ name }) => `${table}.${name}`),
  );
  expect(loose).toEqual(['audit_head.hash']);
});

it('knows for whatever a patient can be forgotten of what becomes of it', () => {
  const wrong = Object.entries(dataMap).flatMap(([name, table]) =>
    table.about === 'patient' && table.erasure === 'kept' && (table.personal ?? table.clinical) !== undefined
      ? [name]
      : [],
  );
  expect(wrong).toEqual([]);
});

it('stands in docs/privacy.md as it is: npm run data-map', () => {
  const plain = (text: string) => text.replaceAll(/-{3,}/g, '---').replaceAll(/ +/g, ' ').trim();
  const [, written = ''] = readFileSync('docs/privacy.md', 'utf8').split('\n## The map\n');
  expect(plain(written)).toBe(plain(mapInWords()));
});
