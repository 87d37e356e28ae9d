import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './database.ts';

test('each test database is a migrated copy of its own', async () => {
  const [one, other] = [await createTestDatabase(), await createTestDatabase()];
  expect(one.name).not.toBe(other.name);
  for (const { urls } of [one, other]) {
    for (const [role, url] of Object.entries(urls)) {
      const client = new Client({ connectionString: url as string });
      await client.connect();
      const { rows } = await client.query('select current_user as name, app_now() is not null as migrated');
      expect(rows).toEqual([{ name: `steadyhand_${role}`, migrated: true }]);
      await client.end();
    }
  }
});

test('the demo template has the town in it', async () => {
  const { urls } = await createTestDatabase('demo');
  const client = new Client({ connectionString: urls.app });
  await client.connect();
  const { rows } = await client.query('select count(*) >= 300 as lively from practitioner');
  expect(rows).toEqual([{ lively: true }]);
  await client.end();
});
