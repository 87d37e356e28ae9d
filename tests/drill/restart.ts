import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import { atMost, exactly, type Figure } from '../bin/figures.ts';
import { openTimes, type OpenTime } from '../builders/open-times.ts';
import { countLoose, countOverlaps } from '../harness/calendars.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';
import { bookOver, countMissing, nothingTold, withPatients } from './outage/booker.ts';

/*
 * A new release goes out in the middle of the day: two servers of pages behind a balancer are stopped and started one after the other
 * while people read and book, fifty requests a second. The balancer knows what servers say at /readyz, and no more. Nobody notices; what
 * a server is answering when it takes nobody in any more, it answers.
 */

const RESTARTS = 10;
const A_SECOND = 50;
/** One in so many takes a time and books it. */
const BOOKS = 10;
/** What is under way when a server is told to stop ends so long after it takes nobody in. */
const SLOW_MS = 500;
/** As `SHUTDOWN_DELAY_SECONDS`: four times as long as a balancer takes to notice. */
const LEAVES_FOR_S = 2;
const ASKED_EVERY_MS = 250;
const ASKED_WITHIN_MS = 2_000;
const DRAIN_S = 12;

/** Runs the drill on `npm run drill -- restart`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  process.setMaxListeners(0);
  const cluster = await startCluster();
  try {
    const { urls, superuserUrl } = await cluster.create();
    const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    const times = await openTimes(owner, { practitioners: 4, times: 1_000 });
    const bookings = await withPatients(owner, times.slice(0, 1_000));
    const balancer = await openBalancer();
    // What somebody is told as the address of the site is that of the balancer.
    const start = () =>
      startServerProcess(urls, {
        env: { PUBLIC_URL: balancer.url, SHUTDOWN_DELAY_SECONDS: String(LEAVES_FOR_S) },
      });
    for (const server of [await start(), await start()]) balancer.add(server);

    const running = { is: true };
    const seen = { requests: 0, failed: 0, lost: 0 };
    const told = nothingTold();
    const acknowledged = new Map<string, OpenTime>();
    const pages = ['/', '/search', `/practitioners/${times[0]!.who.slug}`, '/urgent', '/healthz'];
    const crowd = comeAndGo(running, async (nth) => {
      seen.requests += 1;
      const booking = nth % BOOKS === 0 ? bookings.shift() : undefined;
      if (booking !== undefined) {
        const id = await bookOver(() => balancer, told, booking);
        if (id === undefined) seen.failed += 1;
        else acknowledged.set(id, booking);
        return;
      }
      const answer = await fetch(balancer.url + pages[nth % pages.length]!).catch(() => null);
      await answer?.text().catch(() => {
        seen.lost += 1;
      });
      if (answer === null || answer.status >= 500) {
        seen.failed += 1;
        console.error(`${pages[nth % pages.length]}: ${answer?.status ?? 'no answer'}`);
      }
    });
    const restarts = await restartAll(balancer, superuserUrl, start);
    running.is = false;
    await crowd;
    for (const server of balancer.servers()) await server.stop();
    balancer.close();
    const broken = (await countOverlaps(owner)) + (await countLoose(owner));
    const missing = await countMissing(owner, acknowledged);
    await owner.destroy();
    const failed = seen.failed + seen.lost + told.unknown + told.errors + told.refused.length;
    return [
      exactly('restarts, one server at a time', restarts.length, 'restarts', RESTARTS, RESTARTS),
      exactly('requests meanwhile', seen.requests, 'requests', null, seen.requests),
      exactly('of these that failed, or had to be sent again', failed, 'requests', 0, seen.requests),
      exactly('bookings acknowledged', acknowledged.size, 'bookings', null, acknowledged.size),
      exactly('of these not there', missing, 'bookings', 0, acknowledged.size),
      exactly('overlaps and loose blocks', broken, '', 0, acknowledged.size),
      exactly(
        'pages under way when no more are taken, and not answered',
        restarts.filter(({ wasAnswered }) => !wasAnswered).length,
        'pages',
        0,
        RESTARTS,
      ),
      exactly(
        'servers that took a connection afterwards',
        restarts.filter(({ tookMore }) => tookMore).length,
        'servers',
        0,
        RESTARTS,
      ),
      exactly(
        'servers that did not end by themselves',
        restarts.filter(({ code }) => code !== 0).length,
        'servers',
        0,
        RESTARTS,
      ),
      atMost(
        'from the word to the end, longest',
        Math.max(...restarts.map(({ ms }) => ms)) / 1_000,
        's',
        DRAIN_S,
        RESTARTS,
      ),
    ];
  } finally {
    await cluster.stop();
  }
}

interface Restart {
  ms: number;
  code: number | null;
  wasAnswered: boolean;
  tookMore: boolean;
}

/** One after the other, each while it has a page under way that takes its time. */
async function restartAll(
  balancer: Balancer,
  superuserUrl: string,
  start: () => Promise<ServerProcess>,
): Promise<Restart[]> {
  const locker = new pg.Client({ connectionString: superuserUrl });
  await locker.connect();
  const restarts: Restart[] = [];
  while (restarts.length < RESTARTS) {
    const [server] = balancer.servers();
    const from = performance.now();
    const closed = once(server!.child, 'close') as Promise<[number | null]>;
    server!.child.kill('SIGTERM');
    await wait(LEAVES_FOR_S * 1_000 - SLOW_MS);
    await locker.query('BEGIN; LOCK TABLE safety_figure IN ACCESS EXCLUSIVE MODE');
    const page = read(`${server!.url}/safety-report`);
    await wait(2 * SLOW_MS);
    const tookMore = await fetch(`${server!.url}/healthz`).then(
      () => true,
      () => false,
    );
    await locker.query('ROLLBACK');
    const wasAnswered = (await page).includes('</html>');
    const [code] = await closed;
    restarts.push({ ms: performance.now() - from, code, wasAnswered, tookMore });
    balancer.remove(server!);
    balancer.add(await start());
  }
  await locker.end();
  return restarts;
}

/** The whole of a page, or what was wrong. */
async function read(address: string): Promise<string> {
  try {
    const answer = await fetch(address, { headers: { connection: 'close' } });
    const text = await answer.text();
    if (answer.status === 200) return text;
    console.error(`${address}: ${answer.status}`);
  } catch (problem) {
    console.error(`${address}: ${String((problem as Error).cause)}`);
  }
  return '';
}

/** Somebody comes every so often, whether or not those before have gone; ends with the last of them. */
async function comeAndGo(running: { is: boolean }, visit: (nth: number) => Promise<void>): Promise<void> {
  const under: Promise<void>[] = [];
  const from = performance.now();
  for (let nth = 0; running.is; nth++) {
    under.push(visit(nth));
    await wait(Math.max(0, from + ((nth + 1) * 1_000) / A_SECOND - performance.now()));
  }
  await Promise.all(under);
}

interface Balancer {
  url: string;
  servers(): ServerProcess[];
  add(server: ServerProcess): void;
  remove(server: ServerProcess): void;
  close(): void;
}

/** Takes turns between those that say at /readyz that they are ready, which it asks again and again; sends nothing twice. */
async function openBalancer(): Promise<Balancer> {
  const servers: ServerProcess[] = [];
  const ready = new Set<ServerProcess>();
  const agent = new Agent({ keepAlive: false });
  let turn = 0;
  const asking = setInterval(() => {
    for (const server of servers)
      void fetch(`${server.url}/readyz`, { signal: AbortSignal.timeout(ASKED_WITHIN_MS) })
        .then(({ ok }) => ok)
        .catch(() => false)
        .then((isReady) => (isReady ? ready.add(server) : ready.delete(server)));
  }, ASKED_EVERY_MS);
  const http = createServer((incoming, outgoing) => {
    const choice = servers.filter((server) => ready.has(server));
    const server = choice[turn++ % choice.length];
    if (server === undefined) {
      outgoing.destroy();
      return;
    }
    const { hostname, port } = new URL(server.url);
    const headers = { ...incoming.headers, connection: 'close' };
    const onward = request({ agent, hostname, port, path: incoming.url, method: incoming.method, headers });
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    servers: () => [...servers],
    add: (server) => {
      servers.push(server);
      ready.add(server);
    },
    remove: (server) => {
      servers.splice(servers.indexOf(server), 1);
      ready.delete(server);
    },
    close: () => {
      clearInterval(asking);
      http.close();
      http.closeAllConnections();
    },
  };
}
