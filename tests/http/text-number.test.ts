import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { account } from '../builders/people.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { startTestServer } from '../harness/server.ts';

it('somebody’s telephone gets five codes a day, however many accounts ask for them', async () => {
  const sent: string[] = [];
  const gateway = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      sent.push((JSON.parse(body) as { to: string }).to);
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve));
  afterFile(async () => {
    gateway.closeAllConnections();
    await new Promise((resolve) => gateway.close(resolve));
  });
  const database = await createTestDatabase();
  const owner = openDb(openPool(database.urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => owner.destroy());
  const { port } = gateway.address() as AddressInfo;
  const { url } = await startTestServer(database, {
    env: { SMS_URL: `http://127.0.0.1:${port}/`, SMS_SECRET: 's'.repeat(40) },
  });

  const askAsNew = async (number: string) => {
    const { accountId } = await account(owner);
    const token = randomBytes(32).toString('base64url');
    const hash = createHash('sha256').update(token).digest('hex');
    await sql`INSERT INTO session (id, account_id, expires_at) VALUES (${hash}, ${accountId}, app_now() + interval '1 hour')`.execute(
      owner,
    );
    const { status } = await fetch(`${url}/account/messages/short?/number`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: url, accept: 'text/html', cookie: `session=${token}` },
      body: new URLSearchParams({ number }),
    });
    return status;
  };
  for (const written of [
    '+447700900123',
    '+44 7700 900123',
    '0044 7700 900123',
    '+44(7700)900123',
    '+44.7700.900.123',
  ])
    expect(await askAsNew(written)).toBe(303);
  expect(await askAsNew('+447700900123')).toBe(429);
  expect(sent).toEqual(Array<string>(5).fill('+447700900123'));
  expect(await askAsNew('+447700900124')).toBe(303);
});
