import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createECDH, randomBytes } from 'node:crypto';
import ece from 'http_ece';
import { sql } from 'kysely';
import webpush from 'web-push';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addDevice,
  askForNumber,
  confirmOwnNumber,
  readShortChoices,
  removeDevice,
  removeNumber,
} from '#lib/server/domain/notifications/short/choose-short.ts';
import { sendShort, type ShortWays } from '#lib/server/domain/notifications/short/send-short.ts';
import { takeReport } from '#lib/server/domain/notifications/short/take-report.ts';
import { releaseWaitingMail } from '#lib/server/domain/notifications/release-waiting.ts';
import type { LetterKind } from '#lib/server/domain/shared/letter-kinds.ts';
import { queueMail } from '#lib/server/domain/shared/queue-mail.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { openPush } from '#lib/server/platform/push.ts';
import { publicInternet, type FetchRules } from '#lib/server/platform/safe-fetch.ts';
import { isSigned } from '#lib/server/platform/signed.ts';
import { openTexts } from '#lib/server/platform/texts.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { passTime } from '../../builders/act.ts';
import { account } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { as, expectRefusal } from '../booking/world.ts';

const SECRET = 's'.repeat(40);
const NUMBER = '+447700900123';
const SITE = new URL('https://steadyhand.test');

let owner: Db;
let db: Db;
let worker: Db;
let ways: ShortWays;
let rules: FetchRules;
let base: string;
/** What the gateway and a browser's server answer, and what they were asked. */
let status = 201;
let asked: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
let me: { accountId: string };
let email: string;
let made = 0;

beforeAll(async () => {
  const { urls } = await createTestDatabase();
  const open = (url: string) => {
    const opened = openDb(openPool(url, { max: 3, onError: () => {} }));
    afterFile(() => opened.destroy());
    return opened;
  };
  [owner, db, worker] = [open(urls.owner), open(urls.app), open(urls.worker)];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ path: request.url!, headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  afterFile(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  base = `http://push.example:${port}`;
  rules = {
    ...publicInternet,
    protocols: ['http:'],
    ports: [port],
    isPublic: (address) => address === '127.0.0.1',
    resolve: () => Promise.resolve(['127.0.0.1']),
  };
  ways = {
    texts: openTexts({ url: `http://127.0.0.1:${port}/texts`, secret: SECRET }),
    push: openPush({ push: webpush.generateVAPIDKeys(), publicUrl: SITE }, rules),
  };
});
beforeEach(async () => {
  [status, asked] = [201, []];
  email = `short.${(made += 1)}@example.test`;
  me = await account(owner, { email });
});

const tell = (kind: LetterKind = 'appointment_moved', key?: string) =>
  db.transaction().execute((trx) =>
    queueMail(trx, {
      kind,
      key,
      toName: 'Ada',
      toAddress: email,
      letter: {
        subject: 'Your appointment has a new time',
        opening: ['it is at another time.'],
        action: { text: 'See it', href: 'https://steadyhand.test/my-care/appointments/1' },
      },
      publicUrl: SITE,
    }),
  );
const waiting = async () =>
  (
    await sql<{ id: string; channel: string; failure: string | null; sent: boolean; waits: boolean }>`
      SELECT id, channel, failure, sent_at IS NOT NULL AS sent, waits_until IS NOT NULL AS waits FROM short_message
       WHERE account_id = ${me.accountId} ORDER BY channel, id`.execute(owner)
  ).rows;
const send = async () => {
  for (const { id } of await waiting()) await sendShort(worker, ways, id);
};
const codeOf = () =>
  /code is (\d{6})/.exec((JSON.parse(asked.at(-1)!.body.toString()) as { text: string }).text)![1]!;
const withNumber = async (number = NUMBER) => {
  await askForNumber(db, as(me), ways.texts, number);
  await confirmOwnNumber(db, as(me), codeOf());
  asked = [];
};
/** A browser of our own, which can open what is pushed to it. */
function browser() {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16);
  return {
    subscription: {
      endpoint: `${base}/browser/${randomBytes(6).toString('hex')}`,
      p256dh: keys.getPublicKey('base64url'),
      auth: auth.toString('base64url'),
      device: 'Firefox on Windows',
    },
    open: (body: Buffer) =>
      JSON.parse(
        ece
          .decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: auth.toString('base64url') })
          .toString(),
      ) as { words: string; url: string },
  };
}

describe('a number', () => {
  it('gets a code first, signed and with a key of its own, and nothing else until it is typed', async () => {
    await askForNumber(db, as(me), ways.texts, NUMBER);
    const { headers, body } = asked[0]!;
    const { id, to } = JSON.parse(body.toString()) as { id: string; to: string };
    expect([to, headers['idempotency-key']]).toEqual([NUMBER, id]);
    const signed = {
      timestamp: String(headers['steadyhand-timestamp']),
      signature: String(headers['steadyhand-signature']),
      body: body.toString(),
    };
    const now = await appNow(owner);
    expect(isSigned(SECRET, signed, now)).toBe(true);
    expect(isSigned(`${SECRET}!`, signed, now)).toBe(false);
    expect(isSigned(SECRET, { ...signed, body: `${signed.body} ` }, now)).toBe(false);
    expect(isSigned(SECRET, signed, now.add({ seconds: 302 }))).toBe(false);
    expect(isSigned(SECRET, { ...signed, timestamp: null }, now)).toBe(false);

    await tell();
    expect(await waiting()).toEqual([]);
    expect((await readShortChoices(db, as(me))).number).toEqual({ ending: '123', state: 'asked' });
    const right = codeOf();
    await expectRefusal(
      confirmOwnNumber(db, as(me), right === '000000' ? '000001' : '000000'),
      'text_code_wrong',
    );
    await confirmOwnNumber(db, as(me), right);
    expect((await readShortChoices(db, as(me))).number).toEqual({ ending: '123', state: 'on' });
  });

  it('has five tries and ten minutes', async () => {
    await askForNumber(db, as(me), ways.texts, NUMBER);
    const right = codeOf();
    const wrong = right === '111111' ? '222222' : '111111';
    for (let tries = 0; tries < 5; tries++)
      await expectRefusal(confirmOwnNumber(db, as(me), wrong), 'text_code_wrong');
    await expectRefusal(confirmOwnNumber(db, as(me), right), 'text_code_wrong');
    await askForNumber(db, as(me), ways.texts, NUMBER);
    await passTime(owner, { minutes: 10 });
    await expectRefusal(confirmOwnNumber(db, as(me), codeOf()), 'text_code_wrong');
    expect((await readShortChoices(db, as(me))).number).toEqual({ ending: '123', state: 'ran_out' });
  });

  it('that no code can be sent to is not kept', async () => {
    status = 422;
    await expectRefusal(askForNumber(db, as(me), ways.texts, NUMBER), 'text_not_sent');
    status = 503;
    await expectRefusal(askForNumber(db, as(me), ways.texts, NUMBER), 'text_not_sent');
    await expectRefusal(askForNumber(db, as(me), null, NUMBER), 'not_found');
    expect((await readShortChoices(db, as(me))).number).toBeUndefined();
  });
});

describe('a text message', () => {
  it('says a letter in few words, once, and names nothing', async () => {
    await withNumber();
    await tell('appointment_moved', 'one');
    await tell('appointment_moved', 'one');
    await tell('appointment_confirmed');
    expect(await waiting()).toHaveLength(1);
    await send();
    await send();
    expect(asked).toHaveLength(1);
    const { text } = JSON.parse(asked[0]!.body.toString()) as { text: string };
    expect(text).toBe(
      'Steadyhand: An appointment has a new time. The details are in your e-mail. STOP ends these texts.',
    );
  });

  it('is tried again with the same key while the gateway fails, and no more once it says no', async () => {
    await withNumber();
    await tell();
    status = 503;
    await expect(send()).rejects.toThrow('503');
    status = 429;
    await expect(send()).rejects.toThrow('429');
    status = 202;
    await send();
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(await waiting()).toMatchObject([{ sent: true }]);

    await tell();
    status = 400;
    await send();
    asked = [];
    await send();
    expect(asked).toEqual([]);
    expect((await waiting()).map(({ failure }) => failure)).toContain('the gateway answered 400');
  });

  it('waits for the end of quiet hours where it can, and comes at once where it cannot', async () => {
    await withNumber();
    const hour = (await appNow(owner)).toZonedDateTimeISO('UTC').hour;
    await sql`INSERT INTO message_preference (account_id, quiet_from, quiet_until, time_zone)
      VALUES (${me.accountId}, ${hour}, ${(hour + 2) % 24}, 'UTC')`.execute(owner);
    await tell('appointment_moved');
    await tell('appointment_running_late');
    expect((await waiting()).map(({ waits }) => waits).sort()).toEqual([false, true]);
    const jobs = async () =>
      (
        await sql<{
          jobs: number;
        }>`SELECT count(*) AS jobs FROM graphile_worker.jobs WHERE task_identifier = 'send_short' AND key = ANY (${(
          await waiting()
        ).map(({ id }) => `short:${id}`)})`.execute(owner)
      ).rows[0]!.jobs;
    expect(await jobs()).toBe(1);
    await passTime(owner, { hours: 2 });
    await releaseWaitingMail(worker);
    expect(await jobs()).toBe(2);
  });

  it('ends by STOP for every account with that number, begins again by START, and by nothing else', async () => {
    const shared = '+447700900555';
    await withNumber(shared);
    await tell();
    await takeReport(db, { type: 'reply', from: shared, text: 'Thank you!' });
    expect((await readShortChoices(db, as(me))).number!.state).toBe('on');
    await takeReport(db, { type: 'reply', from: shared, text: ' Stop. ' });
    await takeReport(db, { type: 'reply', from: shared, text: 'stop' });
    expect((await readShortChoices(db, as(me))).number!.state).toBe('stopped');
    // What was on its way stays here.
    await send();
    expect(asked).toEqual([]);
    await tell();
    expect(await waiting()).toHaveLength(1);
    await takeReport(db, { type: 'reply', from: shared, text: 'START' });
    await tell();
    expect(await waiting()).toHaveLength(2);
  });

  it('keeps what the gateway reports of it, once', async () => {
    await withNumber();
    await tell();
    await send();
    const { id } = (await waiting())[0]!;
    await takeReport(db, { type: 'delivery', id, status: 'failed', reason: 'no such subscriber' });
    await takeReport(db, { type: 'delivery', id, status: 'delivered', reason: '' });
    await takeReport(db, { type: 'delivery', id: me.accountId, status: 'failed', reason: '' });
    expect(await waiting()).toMatchObject([{ failure: 'no such subscriber' }]);
  });

  it('is not sent to a number that was forgotten, nor written where the letter is not', async () => {
    await withNumber();
    await sql`INSERT INTO mail_declined (to_address, kind) VALUES (${email}, 'reminder_last')`.execute(owner);
    await tell('reminder_last');
    expect(await waiting()).toEqual([]);
    await tell();
    await removeNumber(db, as(me));
    await send();
    expect(asked).toEqual([]);
    await expectRefusal(removeNumber(db, as(me)), 'not_found');
  });
});

describe('a notification', () => {
  it('reaches each browser, which alone can read it', async () => {
    const [one, two] = [browser(), browser()];
    await addDevice(db, as(me), one.subscription, rules);
    await addDevice(db, as(me), two.subscription, rules);
    // The same browser once more is one.
    await addDevice(db, as(me), two.subscription, rules);
    await tell();
    await send();
    expect(asked).toHaveLength(2);
    const first = asked.find(({ path }) => one.subscription.endpoint.endsWith(path))!;
    expect(one.open(first.body)).toEqual({
      words: 'An appointment has a new time.',
      url: 'https://steadyhand.test/my-care/appointments/1',
    });
    expect(first.body.toString('latin1')).not.toContain('appointment');
    expect(String(first.headers.authorization)).toMatch(/^vapid t=/i);
    expect((await readShortChoices(db, as(me))).devices.map(({ name }) => name)).toEqual([
      'Firefox on Windows',
      'Firefox on Windows',
    ]);
  });

  it('ends where its server says that the browser is gone, and is tried again where it may be back', async () => {
    const { subscription } = browser();
    await addDevice(db, as(me), subscription, rules);
    await tell();
    status = 500;
    await expect(send()).rejects.toThrow('500');
    status = 410;
    await send();
    expect(await waiting()).toMatchObject([{ failure: 'the browser is gone' }]);
    expect((await readShortChoices(db, as(me))).devices).toEqual([]);
    asked = [];
    await tell();
    await send();
    expect(asked).toEqual([]);
  });

  it('is never sent inside: neither to an address of ours, nor to a name that leads to one', async () => {
    const { subscription } = browser();
    for (const endpoint of [
      'http://push.example/',
      'https://127.0.0.1/',
      'https://10.0.0.1/x',
      'ftp://a.example/',
    ])
      await expectRefusal(addDevice(db, as(me), { ...subscription, endpoint }), 'push_address');
    await addDevice(db, as(me), subscription, rules);
    await tell();
    const inside = openPush(
      { push: webpush.generateVAPIDKeys(), publicUrl: SITE },
      { ...rules, isPublic: () => false },
    );
    for (const { id } of await waiting()) await sendShort(worker, { ...ways, push: inside }, id);
    expect(asked).toEqual([]);
    expect((await readShortChoices(db, as(me))).devices).toEqual([]);
  });

  it('goes to no browser whose keys are none, whether it asks now or is there from before', async () => {
    const { subscription } = browser();
    const point = Buffer.from(subscription.p256dh, 'base64url');
    for (const keys of [
      { p256dh: Buffer.alloc(65, 4).toString('base64url') },
      { p256dh: Buffer.concat([point.subarray(0, 64), Buffer.from([point[64]! ^ 1])]).toString('base64url') },
      { auth: randomBytes(18).toString('base64url') },
    ])
      await expectRefusal(addDevice(db, as(me), { ...subscription, ...keys }, rules), 'push_address');
    expect((await readShortChoices(db, as(me))).devices).toEqual([]);

    await sql`INSERT INTO push_subscription (account_id, endpoint, p256dh, auth)
      VALUES (${me.accountId}, ${subscription.endpoint}, ${'A'.repeat(87)}, ${subscription.auth})`.execute(
      owner,
    );
    await tell();
    await send();
    expect(asked).toEqual([]);
    expect(await waiting()).toMatchObject([{ failure: 'the browser is gone' }]);
    expect((await readShortChoices(db, as(me))).devices).toEqual([]);
  });

  it('is taken off by its owner alone, and goes to ten browsers at most', async () => {
    await addDevice(db, as(me), browser().subscription, rules);
    const [device] = (await readShortChoices(db, as(me))).devices;
    await expectRefusal(removeDevice(db, as(await account(owner)), device!.id), 'not_found');
    for (let number = 1; number < 10; number++) await addDevice(db, as(me), browser().subscription, rules);
    await expectRefusal(addDevice(db, as(me), browser().subscription, rules), 'push_full');
    await removeDevice(db, as(me), device!.id);
    expect((await readShortChoices(db, as(me))).devices).toHaveLength(9);
  });
});

it('without a gateway and keys nothing leaves, and it is kept why', async () => {
  await withNumber();
  await tell();
  for (const { id } of await waiting()) await sendShort(worker, { texts: null, push: null }, id);
  expect(await waiting()).toMatchObject([{ sent: false, failure: 'there is no gateway of texts' }]);
});
