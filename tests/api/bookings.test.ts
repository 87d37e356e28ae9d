import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { account, patient } from '../builders/people.ts';
import { build, type Town } from '../builders/town.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { startTestServer } from '../harness/server.ts';

let url: string;
let owner: Db;
let superuser: Db;
let town: Town;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = openDb(openPool(database.urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => owner.destroy());
  superuser = openDb(openPool(database.superuserUrl, { max: 2, onError: () => {} }));
  afterFile(() => superuser.destroy());
  town = await build(owner);
  ({ url } = await startTestServer(database));
});

interface Sent {
  method?: 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  raw?: string;
  cookie?: string;
  key?: string;
  origin?: string | null;
}

async function post(path: string, { method = 'POST', body, raw, cookie, key, origin = url }: Sent = {}) {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (origin !== null) headers.set('origin', origin);
  if (cookie) headers.set('cookie', cookie);
  if (key) headers.set('idempotency-key', key);
  const response = await fetch(`${url}/api/v1/${path}`, {
    method,
    headers,
    body: raw ?? JSON.stringify(body ?? {}),
  });
  const text = await response.text();
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]!);
  return {
    status: response.status,
    text,
    json: JSON.parse(text) as Record<string, string>,
    cookies,
    response,
  };
}

async function slots(query = ''): Promise<{ start: string; location: string }[]> {
  const response = await fetch(
    `${url}/api/v1/slots?practitioner=${town.prescriber.slug}&to=2100-01-01${query}`,
  );
  return ((await response.json()) as { slots: { start: string; location: string }[] }).slots;
}

let next = 0;
async function aHold() {
  const { start } = (await slots()).at((next += 4))!;
  return {
    practitioner: town.prescriber.slug,
    location: town.leeds.locationId,
    start,
    dateOfBirth: '1984-03-27',
  };
}

async function signedIn(accountId: string): Promise<string> {
  return `session=${await startSession(owner, accountId)}`;
}

/** A confirmed appointment of a new person. */
async function booked() {
  const wanted = await aHold();
  const held = await post('holds', { body: wanted });
  const session = await signedIn((await account(owner)).accountId);
  const confirmed = await post(`holds/${held.json.id}/confirmation`, {
    body: { givenName: 'Ada', familyName: 'Osei' },
    cookie: `${held.cookies[0]}; ${session}`,
  });
  return { appointment: confirmed.json.id!, session, start: wanted.start };
}

describe('free times', () => {
  it('are listed for who is listed', async () => {
    const [first] = await slots();
    expect(first).toEqual({
      location: town.leeds.locationId,
      timeZone: 'Europe/London',
      start: first!.start,
      end: Temporal.Instant.from(first!.start).add({ minutes: 30 }).toString(),
    });
    for (const slug of ['nobody', town.injector.slug]) {
      const response = await fetch(`${url}/api/v1/slots?practitioner=${slug}`);
      expect([slug, response.status]).toEqual([slug, 404]);
    }
  });

  it('are asked for with real dates', async () => {
    const base = `${url}/api/v1/slots?practitioner=${town.prescriber.slug}`;
    for (const query of [
      '&from=8/12/2026',
      '&from=2026-02-30',
      '&location=x',
      '&from=2027-01-02&to=2027-01-01',
      '&x=1',
    ]) {
      const response = await fetch(base + query);
      expect([query, response.status]).toEqual([query, 422]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
  });
});

describe('a hold', () => {
  it('is one for a hundred requests with one key, answered byte for byte the same', async () => {
    const body = await aHold();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 100 }, () => post('holds', { body, key })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.flatMap(({ cookies }) => cookies)).size).toBe(1);
    const made = await owner
      .selectFrom('appointment')
      .innerJoin('event', 'event.subject_id', 'appointment.id')
      .where('appointment.id', '=', answers[0]!.json.id!)
      .select('event.type')
      .execute();
    expect(made).toEqual([{ type: 'appointment.held' }]);
    const other = await post('holds', { body: { ...body, dateOfBirth: '1985-01-01' }, key });
    expect([other.status, other.json.code]).toEqual([422, 'key_reused']);
  });

  it('that comes too late is told the nearest times', async () => {
    const body = await aHold();
    await post('holds', { body });
    const { status, json, response } = await post('holds', { body });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(json).toMatchObject({ type: '/problems/slot_taken', status: 409, code: 'slot_taken' });
    expect([status, json.alternatives!.length]).toEqual([409, 3]);
  });

  it('is for adults, and a second try with another date is none', async () => {
    const body = await aHold();
    const first = await post('holds', { body: { ...body, dateOfBirth: '2015-01-01' } });
    expect([first.status, first.json.code]).toEqual([422, 'under_age']);
    const second = await post('holds', { body, cookie: first.cookies.join('; ') });
    expect([second.status, second.json.code]).toEqual([422, 'under_age']);
    expect((await post('holds', { body })).status).toBe(201);
  });

  it.each([
    ['not JSON', { raw: '{' }, 400],
    ['an array', { body: [] }, 422],
    ['null', { body: null }, 422],
    [
      'a time that is none',
      { body: { practitioner: 'x', location: randomUUID(), start: 'soon', dateOfBirth: '1984-03-27' } },
      422,
    ],
    [
      'a practitioner who is none',
      {
        body: {
          practitioner: 'x',
          location: randomUUID(),
          start: '2030-01-01T10:00Z',
          dateOfBirth: '1984-03-27',
        },
      },
      404,
    ],
    [
      'a day that is none',
      {
        body: {
          practitioner: 'x',
          location: randomUUID(),
          start: '2030-01-01T10:00Z',
          dateOfBirth: '1984-02-30',
        },
      },
      422,
    ],
    ['more than is asked', { body: { state: 'confirmed' } }, 422],
    [
      'a null byte',
      {
        body: {
          practitioner: '\u0000',
          location: randomUUID(),
          start: '2030-01-01T10:00Z',
          dateOfBirth: '1984-03-27',
        },
      },
      400,
    ],
    ['no origin', { origin: null }, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['a short key', { key: 'short' }, 422],
  ])('asked for with %s is refused', async (_, sent, status) => {
    const answer = await post('holds', sent);
    expect([answer.status, answer.json.status]).toEqual([status, status]);
  });
});

describe('a booking', () => {
  it('is held, extended, confirmed and cancelled by one person', async () => {
    const held = await post('holds', { body: await aHold() });
    const party = held.cookies[0]!;
    const extended = await post(`holds/${held.json.id}/extension`, { cookie: party });
    expect([extended.status, extended.json.extensionsLeft]).toEqual([200, 1]);

    const person = await account(owner);
    const session = await signedIn(person.accountId);
    const both = `${party}; ${session}`;
    const typed = { givenName: 'Ada', familyName: 'Osei', phone: '020 7946 0018', needs: ['step_free'] };
    const key = randomUUID();
    const unsigned = await post(`holds/${held.json.id}/confirmation`, { body: typed, cookie: party });
    expect([unsigned.status, unsigned.json.code]).toEqual([401, 'sign_in_needed']);
    const confirmed = await post(`holds/${held.json.id}/confirmation`, { body: typed, cookie: both, key });
    expect([confirmed.status, confirmed.json.state]).toEqual([201, 'confirmed']);
    const again = await post(`holds/${held.json.id}/confirmation`, { body: typed, cookie: both, key });
    expect(again.text).toBe(confirmed.text);

    const stale = await post(`appointments/${held.json.id}/cancellation`, { cookie: party });
    expect(stale.status).toBe(404);
    const cancelled = await post(`appointments/${held.json.id}/cancellation`, { cookie: session });
    expect([cancelled.status, cancelled.json.cancelledBy]).toEqual([201, 'patient']);
  });

  it('moves to a free time, and keeps its own when the other is taken', async () => {
    const { appointment, session, start } = await booked();
    const path = `appointments/${appointment}/time`;
    const other = await aHold();
    const key = randomUUID();
    const sent = { method: 'PUT', cookie: session, body: { start: other.start }, key } as const;
    const moved = await post(path, sent);
    expect([moved.status, moved.json]).toMatchObject([
      200,
      { id: appointment, state: 'confirmed', start: other.start },
    ]);
    expect((await post(path, sent)).text).toBe(moved.text);
    expect((await slots()).map((slot) => slot.start)).toContain(start);

    const taken = await aHold();
    await post('holds', { body: taken });
    const refused = await post(path, { ...sent, body: { start: taken.start }, key: randomUUID() });
    expect([refused.status, refused.json.code]).toEqual([409, 'slot_taken']);
    const reused = await post(path, { ...sent, body: { start } });
    expect([reused.status, reused.json.code]).toEqual([422, 'key_reused']);
    const stranger = await post(path, { ...sent, cookie: await signedIn((await patient(owner)).accountId) });
    expect(stranger.status).toBe(404);
  });

  it('of somebody else answers as one that does not exist', async () => {
    const held = await post('holds', { body: await aHold() });
    const other = await patient(owner);
    const cookie = `${(await post('holds', { body: await aHold() })).cookies[0]}; ${await signedIn(other.accountId)}`;
    for (const [path, body] of [
      ['holds/ID/extension', {}],
      ['holds/ID/confirmation', { givenName: 'A', familyName: 'B' }],
      ['appointments/ID/cancellation', {}],
    ] as const) {
      const theirs = await post(path.replace('ID', held.json.id!), { body, cookie });
      const absent = await post(path.replace('ID', randomUUID()), { body, cookie });
      expect([theirs.status, theirs.text]).toEqual([404, absent.text]);
    }
    expect(
      (await fetch(`${url}/api/v1/holds/not-an-id/extension`, { method: 'POST', headers: { origin: url } }))
        .status,
    ).toBe(404);
  });
});

describe('with an interpreter', () => {
  const minutes = ({ start, end }: Record<string, string>) =>
    Temporal.Instant.from(end!).since(Temporal.Instant.from(start!)).total('minutes');
  const ada = { givenName: 'Ada', familyName: 'Osei' };
  async function confirming(body: Awaited<ReturnType<typeof aHold>>, held = post('holds', { body })) {
    const { json, cookies } = await held;
    const cookie = `${cookies[0]}; ${await signedIn((await account(owner)).accountId)}`;
    const confirm = (typed: object, key?: string) =>
      post(`holds/${json.id}/confirmation`, { body: { ...ada, ...typed }, cookie, key });
    return { id: json.id!, confirm };
  }
  /** Somebody's, so late after `start` that the usual length fits before it and twice that does not. */
  async function takenAfter({ start, ...body }: Awaited<ReturnType<typeof aHold>>) {
    const after = Temporal.Instant.from(start).add({ minutes: 45 }).toString();
    expect((await post('holds', { body: { ...body, start: after } })).status).toBe(201);
  }

  it('a confirmed visit is twice as long where there is room', async () => {
    const { id, confirm } = await confirming(await aHold());
    const key = randomUUID();
    const confirmed = await confirm({ needs: ['interpreter', 'step_free'] }, key);
    expect([confirmed.status, minutes(confirmed.json)]).toEqual([201, 60]);
    expect((await confirm({ needs: ['interpreter', 'step_free'] }, key)).text).toBe(confirmed.text);
    const row = await owner
      .selectFrom('appointment')
      .select(['needs', 'during'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.needs).toEqual(['interpreter', 'step_free']);
    expect(row.during.end!.toString()).toBe(confirmed.json.end);
  });

  it('where there is none, the nearest times are named, the hold stays, and the usual length can be had', async () => {
    const body = await aHold();
    const { confirm } = await confirming(body);
    await takenAfter(body);
    const refused = await confirm({ needs: ['sign_language'] });
    expect([refused.status, refused.json.code]).toEqual([409, 'visit_too_long']);
    const [nearest] = refused.json.alternatives as unknown as Record<string, string>[];
    expect(minutes(nearest!)).toBe(60);
    const usual = await confirm({ needs: ['sign_language'], usualLength: true });
    expect([usual.status, minutes(usual.json), usual.json.start]).toEqual([201, 30, body.start]);
  });

  it('long enough times are listed, and held at that length', async () => {
    const body = await aHold();
    await takenAfter(body);
    const starts = async (query = '') => (await slots(query)).map(({ start }) => start);
    expect(await starts()).toContain(body.start);
    const long = await slots('&needs=longer_visit&needs=quiet_room');
    expect(long.map(({ start }) => start)).not.toContain(body.start);
    const needs = ['longer_visit'];
    const refused = await post('holds', { body: { ...body, needs } });
    expect(refused.status).toBe(409);
    const wanted = { ...body, start: long.at((next += 4))!.start, needs };
    const held = await post('holds', { body: wanted });
    expect([held.status, minutes(held.json)]).toEqual([201, 60]);
    const { confirm } = await confirming(body, Promise.resolve(held));
    expect(minutes((await confirm({})).json)).toBe(60);
  });
});

describe('closed time', () => {
  it('asks for a decision about everybody in it, and opens again', async () => {
    const { appointment, session, start } = await booked();
    const cookie = await signedIn(town.prescriber.accountId);
    const to = Temporal.Instant.from(start).add({ minutes: 30 }).toString();
    const body = { from: start, to, kind: 'illness' };
    const unread = await post('closures', { cookie, body });
    expect([unread.status, unread.json.code]).toEqual([409, 'review_changed']);

    const decisions = [{ appointment, do: 'cancel' }];
    const key = randomUUID();
    const closed = await post('closures', { cookie, key, body: { ...body, decisions } });
    expect([closed.status, closed.json.id]).toEqual([201, expect.any(String)]);
    expect((await post('closures', { cookie, key, body: { ...body, decisions } })).text).toBe(closed.text);
    expect((await slots()).map((slot) => slot.start)).not.toContain(start);
    const gone = await post(`appointments/${appointment}/cancellation`, { cookie: session });
    expect([gone.status, gone.json.code]).toEqual([409, 'not_now']);

    for (const stranger of [session, undefined]) {
      const theirs = { cookie: stranger, body };
      expect((await post('closures', theirs)).status).toBe(404);
      const opening = await post(`closures/${closed.json.id}`, { method: 'DELETE', cookie: stranger });
      expect(opening.status).toBe(404);
    }
    const open = await post(`closures/${closed.json.id}`, { method: 'DELETE', cookie });
    expect([open.status, open.json.state]).toEqual([200, 'reopened']);
    expect((await slots()).map((slot) => slot.start)).toContain(start);
  });
});

describe('a database that ends every connection', () => {
  it('is answered with 503, nothing is done, and the server goes on', async () => {
    const held = await post('holds', { body: await aHold() });
    const { accountId } = await account(owner);
    const cookie = `${held.cookies[0]}; ${await signedIn(accountId)}`;
    const confirmed = await superuser.transaction().execute(async (trx) => {
      await trx.selectFrom('account').select('id').where('id', '=', accountId).forUpdate().execute();
      const answer = post(`holds/${held.json.id}/confirmation`, {
        body: { givenName: 'Ada', familyName: 'Osei' },
        cookie,
      });
      const waiting = sql<{ pid: number }>`
        SELECT pid FROM pg_stat_activity WHERE usename = 'steadyhand_app' AND datname = current_database() AND wait_event_type = 'Lock'`;
      await expect.poll(async () => (await waiting.execute(superuser)).rows.length).toBe(1);
      await sql`
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE usename = 'steadyhand_app' AND datname = current_database()`.execute(superuser);
      return answer;
    });
    expect([confirmed.status, confirmed.json.code]).toEqual([503, 'unavailable']);
    expect(confirmed.response.headers.get('retry-after')).toBe('2');

    const again = await post(`holds/${held.json.id}/confirmation`, {
      body: { givenName: 'Ada', familyName: 'Osei' },
      cookie,
    });
    expect([again.status, again.json.state]).toEqual([201, 'confirmed']);
  });
});
