import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { verifyAudit } from '#lib/server/domain/audit/verify-audit.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import { atMost, exactly, median, type Figure } from '../bin/figures.ts';
import { openTimes, type OpenTime } from '../builders/open-times.ts';
import { patient } from '../builders/people.ts';
import { ask } from '../harness/api.ts';
import { countLoose, countOverlaps } from '../harness/calendars.ts';
import { startCluster, type Cluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';
import {
  bookOver,
  countMissing,
  insist,
  nothingTold,
  take,
  withPatients,
  type Booking,
  type Told,
} from './outage/booker.ts';
import { openCuttingProxy, type Cut } from './outage/cutting-proxy.ts';
import { killServer } from './outage/postmaster.ts';

/*
 * The database fails while people book: its server is killed, a connection is cut at the moment of COMMIT, every connection is taken,
 * the disk is full. What was acknowledged is there, what is not known is found out by asking again, nobody is told of an error of
 * ours, and all goes on by itself. Last, the clock of the machine that serves pages is wrong: nothing that people see depends on it.
 *
 * `npm run drill -- outage killed,cut` does these alone.
 */

const KILLS = 12;
const CLIENTS = 6;
const EACH_KILL_AFTER = 60;
const CUTS = 200;
/** Five times what a process has. */
const SLOW_REQUESTS = 40;
const LOCKED_MS = 6_000;
const DISK_MB = 400;
const WHILE_FULL = 60;
const HOUR_MS = 3_600_000;
const WRONG_BY_MS = [HOUR_MS, -HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS];

const PARTS = { killed, cut, exhausted, full, clock } as const;

/** Runs the drill on `npm run drill -- outage`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  process.setMaxListeners(0);
  const only = process.argv[3]?.split(',') ?? Object.keys(PARTS);
  const figures: Figure[] = [];
  for (const [name, part] of Object.entries(PARTS)) if (only.includes(name)) figures.push(...(await part()));
  return figures;
}

interface Stage {
  cluster: Cluster;
  owner: Db;
  superuserUrl: string;
  urls: Awaited<ReturnType<Cluster['create']>>['urls'];
  times: OpenTime[];
}

async function onStage<T>(times: number, work: (stage: Stage) => Promise<T>, parent?: string): Promise<T> {
  const cluster = await startCluster({ durable: true, ...(parent && { parent }) });
  try {
    const { urls, superuserUrl } = await cluster.create();
    const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    const open = await openTimes(owner, { practitioners: 4, times });
    const result = await work({ cluster, owner, superuserUrl, urls, times: open });
    await owner.destroy();
    return result;
  } finally {
    await cluster.stop();
  }
}

/** The server of the database and all of its processes are killed, again and again, while people book over two servers of pages. */
async function killed(): Promise<Figure[]> {
  return onStage(KILLS * EACH_KILL_AFTER + 100, async ({ cluster, owner, urls, times }) => {
    const waiting = await withPatients(owner, times.slice(0, KILLS * EACH_KILL_AFTER + 100));
    const servers = [await startServerProcess(urls), await startServerProcess(urls)];
    const told = nothingTold();
    const acknowledged = new Map<string, OpenTime>();
    const gaps: number[] = [];
    let killedAt: number | null = null;
    let turn = 0;
    const client = async () => {
      for (let booking = waiting.shift(); booking !== undefined; booking = waiting.shift()) {
        const from = performance.now();
        const id = await bookOver(() => servers[turn++ % servers.length]!, told, booking);
        if (id === undefined) continue;
        acknowledged.set(id, booking);
        // What was under way may have been done before.
        if (killedAt === null || from < killedAt) continue;
        gaps.push(performance.now() - killedAt);
        killedAt = null;
      }
    };
    const killer = async () => {
      for (let kill = 1; kill <= KILLS; kill++) {
        while (acknowledged.size < kill * EACH_KILL_AFTER || killedAt !== null) {
          if (waiting.length === 0) return;
          await wait(5);
        }
        killedAt = performance.now();
        await killServer(cluster.dataFolder);
      }
    };
    await Promise.all([killer(), ...Array.from({ length: CLIENTS }, client)]);
    await Promise.all(servers.map((server) => server.stop()));

    const missing = await countMissing(owner, acknowledged);
    const { breaks } = await verifyAudit(owner, []);
    const broken = (await countOverlaps(owner)) + (await countLoose(owner)) + breaks.length;
    return [
      exactly(
        'killed: servers of the database killed',
        gaps.length,
        'kills',
        null,
        KILLS,
        gaps.length === KILLS,
      ),
      exactly('killed: bookings acknowledged', acknowledged.size, 'bookings', null, acknowledged.size),
      exactly('killed: acknowledged, and not there', missing, 'bookings', 0, acknowledged.size),
      exactly(
        'killed: overlaps, loose blocks and breaks of the audit trail',
        broken,
        '',
        0,
        acknowledged.size,
      ),
      exactly('killed: answers that nobody got, or that say "soon"', told.unknown, 'answers', null, KILLS),
      ...wrong('killed', told),
      atMost('killed: from a kill to the next booking, longest', Math.max(...gaps) / 1_000, 's', 10, KILLS),
      exactly('killed: the same, median', tenths(median(gaps) / 1_000), 's', null, KILLS),
    ];
  });
}

/** The connection is cut at COMMIT. Nobody knows then; who asks again under the same key hears the truth. */
async function cut(): Promise<Figure[]> {
  return onStage(CUTS, async ({ owner, urls, times }) => {
    const database = new URL(urls.app);
    const proxy = await openCuttingProxy(Number(database.port));
    database.port = String(proxy.port);
    const server = await startServerProcess({ ...urls, app: database.href });
    const told = nothingTold();
    const acknowledged = new Map<string, OpenTime>();
    const seen = { before: 0, after: 0 };
    let untrue = 0;
    for (const [nth, booking] of (await withPatients(owner, times.slice(0, CUTS))).entries()) {
      const hold = await take(() => server, told, booking);
      if (hold === undefined) continue;
      const how: Cut = nth % 2 === 0 ? 'after' : 'before';
      proxy.cutNext(how);
      const request = { path: `holds/${hold.id}/confirmation`, cookies: hold.cookies };
      const key = randomUUID();
      const first = await ask(server, { ...request, key });
      await wait(20);
      const isBooked = await isConfirmed(owner, hold.id);
      if (first === null || first.status === 503) seen[how] += 1;
      else if ((first.status === 201) !== isBooked) untrue += 1;
      const second = await insist(() => server, told, request, key);
      if (second?.status !== 201 || !(await isConfirmed(owner, hold.id))) untrue += 1;
      else acknowledged.set(hold.id, booking);
    }
    const cuts = proxy.cuts();
    await server.stop();
    proxy.close();
    const missing = await countMissing(owner, acknowledged);
    const doubled = (await countOverlaps(owner)) + (await countLoose(owner));
    return [
      exactly('cut: connections cut at COMMIT', cuts, 'cuts', null, CUTS, cuts === CUTS),
      exactly(
        'cut: of these told to come back, COMMIT having arrived',
        seen.after,
        'answers',
        null,
        CUTS / 2,
      ),
      exactly(
        'cut: of these told to come back, COMMIT not having arrived',
        seen.before,
        'answers',
        null,
        CUTS / 2,
      ),
      exactly('cut: answers that were not true', untrue, 'answers', 0, CUTS),
      exactly('cut: acknowledged, and not there', missing, 'bookings', 0, acknowledged.size),
      exactly('cut: overlaps and loose blocks', doubled, '', 0, CUTS),
      ...wrong('cut', told),
    ];
  });
}

/** Somebody holds a table of every page, so that all connections wait; more people come than there are connections. */
async function exhausted(): Promise<Figure[]> {
  return onStage(8, async ({ urls, superuserUrl, times }) => {
    const server = await startServerProcess(urls);
    const locker = new pg.Client({ connectionString: superuserUrl });
    await locker.connect();
    const page = `${server.url}/practitioners/${times[0]!.who.slug}`;
    await fetch(page);

    await locker.query('BEGIN; LOCK TABLE practitioner IN ACCESS EXCLUSIVE MODE');
    const until = performance.now() + LOCKED_MS;
    const health: number[] = [];
    const alive = (async () => {
      for (; performance.now() < until; await wait(100)) {
        const from = performance.now();
        const { status } = await fetch(`${server.url}/healthz`);
        health.push(status === 200 ? performance.now() - from : Infinity);
      }
    })();
    const answers = await Promise.all(
      Array.from({ length: SLOW_REQUESTS }, async () => {
        const from = performance.now();
        const answer = await fetch(page);
        await answer.text();
        const isSoon = answer.status === 503 && answer.headers.get('retry-after') !== null;
        return { isSoon, ms: performance.now() - from };
      }),
    );
    await alive;
    await locker.query('ROLLBACK');
    const from = performance.now();
    while ((await fetch(page)).status !== 200 && performance.now() - from < 30_000) await wait(20);
    const back = performance.now() - from;
    await locker.end();
    await server.stop();
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    return [
      exactly(
        'exhausted: answers that do not say "soon"',
        answers.filter(({ isSoon }) => !isSoon).length,
        'answers',
        0,
        SLOW_REQUESTS,
      ),
      atMost('exhausted: slowest of these', slowest / 1_000, 's', 5, SLOW_REQUESTS),
      atMost('exhausted: /healthz meanwhile, slowest', Math.max(...health), 'ms', 1_000, health.length),
      atMost('exhausted: until pages are there again', back / 1_000, 's', 5, 1),
    ];
  });
}

/** The disk of the database is full. Needs a small disk of its own, which only root can have made. */
async function full(): Promise<Figure[]> {
  const run = promisify(execFile);
  const disk = await mkdtemp(join(tmpdir(), 'steadyhand-full-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', disk]);
  } catch {
    await rm(disk, { recursive: true });
    console.error('full: no disk of its own can be had here (mount); left out');
    return [exactly('full: left out, for want of a disk', 1, '', null, 1)];
  }
  try {
    return await onStage(200, (stage) => whileFull(stage, disk), disk);
  } finally {
    await run('umount', ['-l', disk]);
    await rm(disk, { recursive: true });
  }
}

async function whileFull({ owner, urls, superuserUrl, times }: Stage, disk: string): Promise<Figure[]> {
  const bookings = await withPatients(owner, times.slice(0, 200));
  const server = await startServerProcess(urls);
  const told = nothingTold();
  const acknowledged = new Map<string, OpenTime>();
  const book = async (booking: Booking) => {
    const id = await bookOver(() => server, told, booking);
    if (id !== undefined) acknowledged.set(id, booking);
    return id;
  };
  for (const booking of bookings.splice(0, 40)) await book(booking);

  // Whatever is free goes to a file beside the database, and what is free inside its files to rows that nobody needs.
  const ballast = join(disk, 'ballast');
  await mkdir(ballast);
  await fillUp(ballast);
  const superuser = new pg.Client({ connectionString: superuserUrl });
  superuser.on('error', () => {});
  await superuser.connect();
  await superuser.query('CREATE TABLE ballast (what text)').catch(() => {});
  for (let more = true; more;)
    more = await superuser
      .query(`INSERT INTO ballast SELECT repeat(md5(n::text), 60) FROM generate_series(1, 200) n`)
      .then(
        () => true,
        () => false,
      );
  await superuser.end().catch(() => {});

  const during = { writes: 0, soon: 0, reads: 0, readsDone: 0, errors: 0 };
  for (const { who, where, start, cookie } of bookings.splice(0, WHILE_FULL)) {
    const body = { practitioner: who.slug, location: where.locationId, start: start.toString() };
    const answer = await ask(server, {
      path: 'holds',
      body,
      cookies: [cookie],
      key: randomUUID(),
    });
    during.writes += 1;
    if (answer === null || answer.status === 503) during.soon += 1;
    else if (answer.status >= 500) during.errors += 1;
    const page = await fetch(`${server.url}/practitioners/${who.slug}`);
    during.reads += 1;
    if (page.status === 200) during.readsDone += 1;
    else if (page.status !== 503) during.errors += 1;
    await page.text();
  }
  await rm(ballast, { recursive: true });
  const from = performance.now();
  const again = await book(bookings.shift()!);
  const back = performance.now() - from;
  for (const booking of bookings.splice(0, 20)) await book(booking);
  await server.stop();
  return [
    exactly('full: writes while the disk was full', during.writes, 'writes', null, during.writes),
    exactly('full: of these told to come back', during.soon, 'answers', null, during.writes, during.soon > 0),
    exactly('full: pages read meanwhile', during.readsDone, 'pages', null, during.reads),
    exactly('full: errors of ours', during.errors + told.errors, 'answers', 0, during.writes + during.reads),
    exactly(
      'full: acknowledged, and not there',
      await countMissing(owner, acknowledged),
      'bookings',
      0,
      acknowledged.size,
    ),
    atMost('full: from room to the next booking', again === undefined ? Infinity : back / 1_000, 's', 60, 1),
  ];
}

async function fillUp(folder: string): Promise<void> {
  for (const bytes of [1_000_000, 10_000])
    for (let nth = 0; ; nth++) {
      try {
        await writeFile(join(folder, `${bytes}-${nth}`), Buffer.alloc(bytes));
      } catch {
        break;
      }
    }
}

/** What people see and may do, from servers whose machine has the time wrong, against one whose machine has it right. */
async function clock(): Promise<Figure[]> {
  return onStage(60, async ({ owner, urls, times }) => {
    const { accountId } = await patient(owner);
    const cookie = `session=${await startSession(owner, accountId)}`;
    const right = await startServerProcess(urls);
    const booked = (await withPatients(owner, times.slice(0, 1)))[0]!;
    await bookOver(() => right, nothingTold(), { ...booked, cookie });
    const doctor = `session=${await startSession(owner, times[0]!.who.accountId)}`;
    const { slug } = times[0]!.who;
    const pages: readonly (readonly [path: string, cookie: string])[] = [
      ['/search', ''],
      [`/practitioners/${slug}`, ''],
      [`/practitioners/${slug}/book`, ''],
      ['/my-care', cookie],
      ['/account/sessions', cookie],
      ['/desk', doctor],
      ['/desk/calendar', doctor],
    ];
    const read = async ({ url }: ServerProcess) => {
      const seen: string[] = [];
      for (const [path, shown] of pages) {
        const answer = await fetch(url + path, { headers: { cookie: shown }, redirect: 'manual' });
        seen.push(`${path} ${answer.status} ${wordsOf(await answer.text())}`);
      }
      return seen;
    };
    const told = nothingTold();
    const spare = await withPatients(owner, times.slice(4));
    let differ = 0;
    let refused = 0;
    for (const ahead of WRONG_BY_MS) {
      const wrongOne = await startServerProcess(urls, {
        env: {
          CLOCK_AHEAD_MS: String(ahead),
          NODE_OPTIONS: `--import=${join(import.meta.dirname, 'outage/wrong-clock.ts')}`,
        },
      });
      // Read twice: what a wrong clock ends, it ends for the next one.
      const expected = await read(right);
      for (const seen of [await read(wrongOne), await read(wrongOne), await read(right)])
        for (const [nth, text] of seen.entries())
          if (text !== expected[nth]) {
            differ += 1;
            console.error(`clock, ${ahead / HOUR_MS} h: differs: ${text.slice(0, 100)}`);
          }
      for (const booking of spare.splice(0, 5))
        if ((await bookOver(() => wrongOne, told, booking)) === undefined) refused += 1;
      await wrongOne.stop();
    }
    await right.stop();
    const reads = WRONG_BY_MS.length * pages.length * 3;
    return [
      exactly('clock: pages that read otherwise where the clock is wrong', differ, 'pages', 0, reads),
      exactly('clock: bookings refused there', refused, 'bookings', 0, WRONG_BY_MS.length * 5),
      ...wrong('clock', told),
    ];
  });
}

/** What a page says, without what is new with each answer. */
function wordsOf(html: string): string {
  return html
    .replaceAll(/<script[\s\S]*?<\/script>/g, '')
    .replaceAll(/nonce="[^"]*"/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

async function isConfirmed(owner: Db, id: string): Promise<boolean> {
  const row = await owner.selectFrom('appointment').where('id', '=', id).select('state').executeTakeFirst();
  return row?.state === 'confirmed';
}

const tenths = (value: number) => Math.round(value * 10) / 10;

/** What nobody should have been told. */
function wrong(part: string, told: Told): Figure[] {
  if (told.refused.length > 0) console.error(`${part}: refused: ${[...new Set(told.refused)].join(', ')}`);
  return [
    exactly(
      `${part}: errors of ours, refusals without a reason`,
      told.errors + told.refused.length,
      'answers',
      0,
      1,
    ),
    exactly(`${part}: "soon" that does not say when`, told.withoutWhen, 'answers', 0, 1),
  ];
}
