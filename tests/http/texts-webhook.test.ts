import { beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { sign } from '#lib/server/platform/signed.ts';
import { account } from '../builders/people.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { startTestServer } from '../harness/server.ts';

const SECRET = 'x'.repeat(40);
const NUMBER = '+447700900321';
let url: string;
let owner: Db;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = openDb(openPool(database.urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => owner.destroy());
  const { accountId } = await account(owner);
  await sql`INSERT INTO text_number (account_id, number, code_hash, confirmed_at) VALUES (${accountId}, ${NUMBER}, repeat('a', 64), app_now())`.execute(
    owner,
  );
  ({ url } = await startTestServer(database, {
    env: { SMS_URL: 'https://gateway.example/send', SMS_SECRET: SECRET },
  }));
});

async function report(body: string, { secret = SECRET, late = 0, headers = {} } = {}) {
  const second = Math.floor((await appNow(owner)).epochMilliseconds / 1000) - late;
  const { status } = await fetch(`${url}/webhooks/texts`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'steadyhand-timestamp': String(second),
      'steadyhand-signature': sign(secret, second, body),
      ...headers,
    },
  });
  return status;
}
const isStopped = async () =>
  (
    await sql<{
      stopped: boolean;
    }>`SELECT stopped_at IS NOT NULL AS stopped FROM text_number WHERE number = ${NUMBER}`.execute(owner)
  ).rows[0]!.stopped;

it('the gateway is known by its signature of a moment ago, and by nothing else', async () => {
  const stop = JSON.stringify({ type: 'reply', from: NUMBER, text: 'STOP' });
  expect(await report(stop, { secret: 'y'.repeat(40) })).toBe(403);
  expect(await report(stop, { late: 400 })).toBe(403);
  expect(await report(stop, { headers: { 'steadyhand-signature': 'v1=' } })).toBe(403);
  expect(await report(stop, { headers: { 'steadyhand-timestamp': 'soon' } })).toBe(403);
  expect(await isStopped()).toBe(false);
  expect(await report('{')).toBe(400);
  expect(await report('{"type":"reply"}')).toBe(400);
  expect(await report(' '.repeat(20_000))).toBe(413);
  expect(await report(stop)).toBe(200);
  expect(await isStopped()).toBe(true);
  expect(await report(stop)).toBe(200);
});
