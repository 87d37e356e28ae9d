import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { system } from '#lib/server/domain/shared/actor.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import { openDb, openPool, type Db, type Trx } from '#lib/server/platform/db.ts';
import { patient } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { as, expectRefusal, hold, openWorld, slots, stateOf, type World } from '../booking/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

function opened(url: string, max = 1): Db {
  const db = openDb(openPool(url, { max, onError: () => {} }));
  afterFile(() => db.destroy());
  return db;
}

const note = (db: Db | Trx, key: string) =>
  sql`INSERT INTO idempotency_key (owner_key, key, fingerprint, status, body) VALUES ('test', ${key}, '\\x00', 200, '{}')`.execute(
    db,
  );
async function isNoted(key: string): Promise<boolean> {
  const found = await world.owner
    .selectFrom('idempotency_key')
    .select('key')
    .where('key', '=', key)
    .execute();
  return found.length === 1;
}

async function cut(trx: Trx): Promise<void> {
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(trx);
  await sql`SELECT pg_terminate_backend(${rows[0]!.pid}, 5000)`.execute(world.db);
}

type Cut = 'before' | 'after';

/**
 * A wire to the database, which is cut once when somebody commits: before the word gets through, or when the database
 * has done it and only its answer is on the way.
 */
async function wire(url: string): Promise<{ url: string; cutNext(when: Cut): void }> {
  const there = new URL(url);
  const folder = there.searchParams.get('host');
  const port = there.searchParams.get('port') ?? (there.port || '5432');
  const reach = () =>
    folder?.startsWith('/')
      ? connect(`${folder}/.s.PGSQL.${port}`)
      : connect(Number(port), folder ?? there.hostname);
  let next: Cut | undefined;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = reach();
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => open.delete(socket));
    }
    let isCommitting = false;
    near.on('data', (said) => {
      if (next !== undefined && said.includes('commit')) {
        if (next === 'before') near.destroy();
        else isCommitting = true;
        next = undefined;
        if (!isCommitting) return far.destroy();
      }
      return far.write(said);
    });
    far.on('data', (said) => (isCommitting ? near.destroy() : near.write(said)));
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  afterFile(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const here = new URL(url);
  here.searchParams.delete('host');
  here.searchParams.delete('port');
  here.hostname = '127.0.0.1';
  here.port = String((server.address() as AddressInfo).port);
  return { url: here.href, cutNext: (when) => (next = when) };
}

describe('a connection that breaks', () => {
  it('in the middle of a command: nothing was done, and the next one goes through', async () => {
    const db = opened(world.appUrl);
    const work = transact(db, system, async (trx) => {
      await note(trx, 'cut in the middle');
      await cut(trx);
      await note(trx, 'after the cut');
    });
    await expectRefusal(work, 'unavailable');
    expect([await isNoted('cut in the middle'), await isNoted('after the cut')]).toEqual([false, false]);
    await transact(db, system, (trx) => note(trx, 'on a new connection'));
    expect(await isNoted('on a new connection')).toBe(true);
  });

  it('hides no bug of the command, and no refusal', async () => {
    const db = opened(world.appUrl);
    const bug = transact(db, system, async (trx) => {
      await cut(trx);
      throw new TypeError('a bug');
    });
    await expect(bug).rejects.toThrow(TypeError);
    const refusal = transact(db, system, async (trx) => {
      await cut(trx);
      throw new Refusal('not_now');
    });
    await expectRefusal(refusal, 'not_now');
    const broken = transact(db, system, (trx) => sql`SELECT nothing_like_it()`.execute(trx));
    await expect(broken).rejects.toMatchObject({ code: '42883' });
  });

  it('between a command and its commit: nobody knows, so nobody says', async () => {
    const db = opened(world.appUrl);
    const work = transact(db, system, async (trx) => {
      await note(trx, 'cut before the end');
      await cut(trx);
    });
    await expectRefusal(work, 'outcome_unknown');
    expect(await isNoted('cut before the end')).toBe(false);
  });

  it.each([
    ['before', false],
    ['after', true],
  ] as const)('%s the database has committed: nobody knows', async (when, isDone) => {
    const { url, cutNext } = await wire(world.appUrl);
    const db = opened(url);
    await transact(db, system, (trx) => note(trx, `whole ${when}`));
    cutNext(when);
    await expectRefusal(
      transact(db, system, (trx) => note(trx, `cut ${when} the end`)),
      'outcome_unknown',
    );
    await expect.poll(() => isNoted(`cut ${when} the end`)).toBe(isDone);
  });

  it('after a booking is committed: under its key the booking is answered, and is one', async () => {
    const { url, cutNext } = await wire(world.appUrl);
    const db = opened(url);
    const person = await patient(world.owner);
    const [slot] = await slots(world);
    const kept = await hold(world, slot!.start, { actor: as(person), dateOfBirth: null });
    const input = { appointmentId: kept.id, partyId: null, requestKey: 'lost-answer' };
    cutNext('after');
    expect(await confirmBooking(db, as(person), input)).toMatchObject({ id: kept.id });
    expect(await stateOf(world, kept.id)).toBe('confirmed');
    expect(await confirmBooking(db, as(person), input)).toMatchObject({ id: kept.id });
  });
});

describe('a database that cannot be reached', () => {
  it('is unavailable where nobody listens, and where nobody answers', async () => {
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    afterFile(() => new Promise((resolve) => silent.close(resolve)));
    const { port } = silent.address() as AddressInfo;
    const gone = createServer();
    await new Promise<void>((resolve) => void gone.listen(0, '127.0.0.1', resolve));
    const { port: closed } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    for (const url of [closed, port].map((at) => `postgres://nobody@127.0.0.1:${at}/nothing`)) {
      const work = transact(opened(url), system, (trx) => note(trx, 'never'));
      await expectRefusal(work, 'unavailable');
    }
  });

  it('is unavailable while every connection is taken', async () => {
    const db = opened(world.appUrl);
    const { promise: end, resolve: letGo } = Promise.withResolvers<undefined>();
    const first = transact(db, system, () => end);
    await expectRefusal(
      transact(db, system, (trx) => note(trx, 'no connection left')),
      'unavailable',
    );
    letGo(undefined);
    await first;
  });
});
