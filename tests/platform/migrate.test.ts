import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { migrate } from '#db/migrate.ts';
import { createTestDatabase } from '../harness/database.ts';

const folder = await mkdtemp(join(tmpdir(), 'steadyhand-migrations-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const shape = `select string_agg(table_schema || '.' || table_name || '.' || column_name, ',' order by 1) as columns
  from (select * from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
        order by table_schema, table_name, ordinal_position) as c`;

async function read(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

test('running again changes nothing', async () => {
  const { urls } = await createTestDatabase();
  const before = await read(urls.owner, shape);
  expect(await migrate(urls.owner)).toEqual({ applied: [] });
  expect(await read(urls.owner, shape)).toEqual(before);
});

test('a database newer than the code is refused in one line and left as it is', async () => {
  const { urls } = await createTestDatabase();
  await read(urls.owner, `insert into kysely_migration values ('9999_from_the_future', '2099-01-01')`);
  const before = await read(urls.owner, shape);
  await expect(migrate(urls.owner)).rejects.toThrow(
    'The database is newer than this code (it has 9999_from_the_future): start the version that made it. Nothing was changed.',
  );
  expect(await read(urls.owner, shape)).toEqual(before);
});

test('two processes that start together run each migration once', async () => {
  const { urls } = await createTestDatabase();
  await read(urls.owner, 'delete from kysely_migration');
  await writeFile(
    join(folder, '0001_once.ts'),
    `export const up = (db) => db.schema.createTable('made_once').execute();`,
  );
  const runs = await Promise.all([migrate(urls.owner, folder), migrate(urls.owner, folder)]);
  expect(runs.flatMap((run) => run.applied)).toEqual(['0001_once']);
});
