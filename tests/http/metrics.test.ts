import { expect, it } from 'vitest';
import type { App } from '#lib/server/app.ts';
import { isMonitor, metricsText } from '#lib/server/http/metrics.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { openMetrics } from '#lib/server/platform/metrics.ts';
import { openSearch } from '#lib/server/platform/search/open.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';

const TOKEN = 'a token of some length';
const asks = (authorization?: string) =>
  new Request('http://here.test/metrics', { headers: authorization === undefined ? {} : { authorization } });

it('is read by who has the token, and by nobody where none is set', () => {
  expect(isMonitor(asks(`Bearer ${TOKEN}`), TOKEN)).toBe(true);
  expect(isMonitor(asks(`bearer ${TOKEN}`), TOKEN)).toBe(true);
  for (const header of [undefined, '', 'Bearer', 'Bearer ', `Bearer ${TOKEN}!`, TOKEN, `Basic ${TOKEN}`])
    expect([header, isMonitor(asks(header), TOKEN)]).toEqual([header, false]);
  expect(isMonitor(asks(`Bearer ${TOKEN}`), null)).toBe(false);
});

it('counts searches by engine and outcome, and tells how far the index lags behind', async () => {
  const { urls } = await createTestDatabase('demo');
  const db = openDb(openPool(urls.app, { max: 2, onError: () => {} }));
  afterFile(() => db.destroy());
  const metrics = openMetrics();
  const gone = { url: 'http://127.0.0.1:1', searchKey: undefined, writeKey: undefined };
  const search = openSearch(db, gone, 'web', metrics.watch);
  for (let asked = 0; asked < 5; asked++) await search.find({ order: 'best', offset: 0, limit: 1 });
  await db
    .insertInto('search_stale')
    .columns(['practitioner_id'])
    .expression((eb) => eb.selectFrom('practitioner').select('id').limit(3))
    .execute();

  const text = await metricsText({ db, metrics, search } as unknown as App);
  // Asked three times, then left alone.
  expect(text).toContain('steadyhand_search_answers_total{engine="meilisearch",outcome="failed"} 3\n');
  expect(text).toContain('steadyhand_search_answers_total{engine="postgresql",outcome="answered"} 5\n');
  expect(text).toContain('steadyhand_search_duration_seconds_count{engine="postgresql"} 5\n');
  expect(text).toContain('steadyhand_search_breaker_open 1\n');
  expect(text).toContain('steadyhand_search_server_failing 1\n');
  expect(text).toContain('steadyhand_search_stale 3\n');
  expect(text).toMatch(/steadyhand_search_documents [1-9]\d\d/);
  expect(text).toMatch(/steadyhand_search_lag_seconds [\d.]+/);
});
