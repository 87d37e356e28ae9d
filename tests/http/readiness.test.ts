import { expect, it } from 'vitest';
import type { App } from '#lib/server/app.ts';
import { readiness } from '#lib/server/http/readiness.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { openLog } from '#lib/server/platform/log.ts';
import { openSearch } from '#lib/server/platform/search/open.ts';
import { createTestDatabase } from '../harness/database.ts';
import { afterFile } from '../harness/after.ts';

const POSTGRESQL = { engine: 'postgresql', failing: false, isLeftAlone: false };

const appOn = (url: string) => {
  const db = openDb(openPool(url, { max: 1, onError: () => {} }));
  afterFile(() => db.destroy());
  const search = openSearch(db, null, 'web', { onFailure: () => {} });
  return { db, log: openLog('silent'), search, config: { mode: 'test' } } as unknown as App;
};

it('is ready when the database answers and has been migrated', async () => {
  const { urls } = await createTestDatabase();
  expect(await readiness(appOn(urls.app))).toEqual({
    ready: true,
    database: 'up',
    migration: expect.stringMatching(/^\d{4}_\w+$/) as string,
    search: POSTGRESQL,
    mode: 'test',
  });
});

it('is not ready, and says why, when the database does not answer', async () => {
  expect(await readiness(appOn('postgres://nobody@127.0.0.1:1/nothing'))).toEqual({
    ready: false,
    database: 'down',
    migration: null,
    search: POSTGRESQL,
    mode: 'test',
  });
});
