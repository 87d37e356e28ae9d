import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { startTestServer } from '../harness/server.ts';

it('answers a page with 503 while the database takes no connection, and goes on when it does', async () => {
  const database = await createTestDatabase('demo');
  const superuser = openDb(openPool(database.superuserUrl, { max: 1, onError: () => {} }));
  afterFile(() => superuser.destroy());
  const server = await startTestServer(database);
  const get = (path: string) => fetch(new URL(path, server.url));
  expect((await get('/search')).status).toBe(200);

  await sql`ALTER DATABASE ${sql.id(database.name)} CONNECTION LIMIT 0`.execute(superuser);
  await sql`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
             WHERE usename = 'steadyhand_app' AND datname = current_database()`.execute(superuser);
  for (const path of ['/search', '/search?q=Popescu']) {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 503]);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toContain('We are busy for a moment');
  }
  // Who shows a session is looked for before the page is.
  const known = await fetch(new URL('/search', server.url), {
    headers: { cookie: `session=${'a'.repeat(43)}`, accept: 'text/html' },
  });
  expect([known.status, known.headers.get('retry-after')]).toEqual([503, '2']);
  expect(known.headers.get('cache-control')).toBe('no-store');
  expect(await known.text()).toContain('We are busy for a moment');
  const suggestions = await get('/api/v1/suggestions?field=place&typed=Leeds');
  expect(suggestions.status).toBe(503);

  await sql`ALTER DATABASE ${sql.id(database.name)} CONNECTION LIMIT -1`.execute(superuser);
  expect((await get('/search')).status).toBe(200);
});

it('answers with 503 where somebody holds what a page reads for longer than it may wait', async () => {
  const database = await createTestDatabase('demo');
  const superuser = openDb(openPool(database.superuserUrl, { max: 1, onError: () => {} }));
  afterFile(() => superuser.destroy());
  const server = await startTestServer(database);
  await superuser.transaction().execute(async (trx) => {
    await sql`LOCK TABLE practitioner IN ACCESS EXCLUSIVE MODE`.execute(trx);
    const answer = await fetch(new URL('/search', server.url));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  });
  expect((await fetch(new URL('/search', server.url))).status).toBe(200);
});
