import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserServer,
  type Cookie,
  type Page,
} from 'playwright-core';
import { freePort } from '#db/embedded/launch.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { CHROME_ARGS, findChrome } from '../harness/chrome.ts';
import { startCluster, type TestDatabase } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random.ts';
import { FIELDS, wordsIn, Writer, type Words } from './autosave/writer.ts';

/*
 * Somebody writes a consultation's record in a real browser while things break: the browser is killed, the server is killed,
 * the network is cut, the session ends, a second window writes too. Each in a hundred random orders. Whatever a page has
 * shown as saved must be in the database in the end; what was typed and not saved must stand in the fields again, as long as
 * its window lives; and what another window wrote must be shown, not written over.
 *
 * Several prescribers write at the same time, each with a patient, a server and a browser of their own, and one database.
 */

const TIMES = 100;
const DESKS = 3;
/** A busy machine takes its time to wake a page up. */
const LONGEST_WAKING_MS = 30_000;
const PASSWORD = 'steadyhand demo town';
const KINDS = ['browser', 'server', 'network', 'session', 'windows'] as const;
type Kind = (typeof KINDS)[number];
const NAMES: Record<Kind, string> = {
  browser: 'browser killed',
  server: 'server killed',
  network: 'network cut',
  session: 'session ended',
  windows: 'two windows',
};

/** What became of all orders of one kind. */
type Found = {
  shown: number;
  typed: number;
  conflicts: number;
  lost: string[];
  gone: string[];
  hidden: string[];
};

/** `npm run drill -- autosave [--of browser,server,…] [--times N] [--seed N] [--desks N]` */
export async function run(): Promise<Figure[]> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      of: { type: 'string' },
      times: { type: 'string' },
      seed: { type: 'string' },
      desks: { type: 'string' },
    },
  });
  const kinds = KINDS.filter((kind) => values.of === undefined || values.of.split(',').includes(kind));
  const times = Number(values.times ?? TIMES);
  const seed = Number(values.seed ?? randomInt(2 ** 31));
  console.error(`seed ${seed}`);
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  const desks: Desk[] = [];
  try {
    const database = await cluster.create('demo');
    for (const consultation of await findConsultations(database, Number(values.desks ?? DESKS)))
      desks.push(await openDesk(database, consultation));
    // Whoever began first has been away for too long by now.
    for (const desk of desks) await desk.signIn();

    const figures: Figure[] = [];
    for (const [index, kind] of kinds.entries()) {
      const from = performance.now();
      const found = await inRandomOrders(desks, kind, times, seed + index);
      console.error(`${NAMES[kind]}: ${times} in ${Math.round((performance.now() - from) / 1000)} s`);
      for (const [what, words] of Object.entries({
        lost: found.lost,
        gone: found.gone,
        hidden: found.hidden,
      }))
        if (words.length > 0) console.error(`  ${what}: ${words.join(' ')}`);
      figures.push(...figuresOf(kind, found, times, seed));
    }
    return figures;
  } finally {
    for (const desk of desks) await desk.close();
    await cluster.stop();
  }
}

function figuresOf(kind: Kind, found: Found, n: number, seed: number): Figure[] {
  const figure = (what: string, value: number, unit: string, bar: number | null): Figure => ({
    name: `${NAMES[kind]}: ${what}`,
    value,
    unit,
    bar,
    ok: bar === null || value === bar,
    seed,
    n,
  });
  return [
    figure('words typed', found.typed, 'words', null),
    figure('words shown as saved', found.shown, 'words', null),
    figure('words shown as saved and lost', found.lost.length, 'words', 0),
    // A killed browser takes along what it had not saved; it had not said otherwise.
    ...(kind === 'browser'
      ? []
      : [figure('words typed that did not stand in the fields again', found.gone.length, 'words', 0)]),
    figure('conflicts met', found.conflicts, 'conflicts', null),
    figure('words of another window written over unseen', found.hidden.length, 'words', 0),
  ];
}

/** Each order from a seed of its own, so that it is the same at whichever desk its turn comes. */
async function inRandomOrders(
  desks: readonly Desk[],
  kind: Kind,
  times: number,
  seed: number,
): Promise<Found> {
  const found: Found = { shown: 0, typed: 0, conflicts: 0, lost: [], gone: [], hidden: [] };
  let next = 0;
  const work = async (desk: Desk) => {
    for (let nth = next++; nth < times; nth = next++)
      await oneOrder(desk, kind, `${kind}-${nth}-`, randomFrom(seed * 1_000 + nth), found);
  };
  await Promise.all(desks.map(work));
  return found;
}

/** One order of writing, pausing and breaking, and what is left of it when everything works again. */
async function oneOrder(
  desk: Desk,
  kind: Kind,
  name: string,
  random: () => number,
  found: Found,
): Promise<void> {
  await desk.clear();
  const shown = new Set<string>();
  const typed = new Set<string>();
  const first = await desk.window(name);
  const writers = kind === 'windows' ? [first, await desk.window(`${name}b-`)] : [first];
  const lookAt = async (writer: Writer) => {
    const { words, isShownSaved } = await writer.look();
    if (isShownSaved) for (const field of FIELDS) for (const word of wordsIn(words[field])) shown.add(word);
  };
  const step = async (writer: Writer) => {
    const choice = random();
    if (choice < 0.5) typed.add(await writer.write(FIELDS[Math.floor(random() * FIELDS.length)]!));
    else {
      await writer.pause();
      if (choice < 0.85) await writer.settle();
    }
    await lookAt(writer);
  };
  const some = async () => {
    for (let steps = 1 + Math.floor(random() * 5); steps > 0; steps--)
      await step(writers[Math.floor(random() * writers.length)]!);
  };

  await some();
  if (kind !== 'windows') await desk.breakIt(kind, first, random);
  // Whoever has a window still writes in it, whether anything answers or not.
  if (kind !== 'browser') await some();
  for (const writer of writers) if (kind !== 'browser') await lookAt(writer);
  let last = first;
  if (kind !== 'windows') last = await desk.mend(kind, first, name);

  for (const writer of kind === 'windows' ? writers : [last]) {
    if (kind === 'windows') await writer.settle();
    if (kind !== 'browser' && kind !== 'windows') found.gone.push(...(await missingFrom(writer, typed)));
    const { conflicts, hidden } = await writer.saveByHand(() => desk.saved());
    found.conflicts += conflicts;
    found.hidden.push(...hidden);
    await lookAt(writer);
  }
  const saved = wordsIn(Object.values(await desk.saved()).join(' '));
  found.typed += typed.size;
  found.shown += shown.size;
  found.lost.push(...[...shown].filter((word) => !saved.includes(word)));
  for (const writer of writers) await writer.page.close().catch(() => {});
}

/** Which words do not stand in the fields, once the script of a page that came back has had its time. */
async function missingFrom(writer: Writer, typed: ReadonlySet<string>): Promise<string[]> {
  const until = performance.now() + LONGEST_WAKING_MS;
  for (;;) {
    const { words, status } = await writer.look();
    const standing = wordsIn(Object.values(words).join(' '));
    const missing = [...typed].filter((word) => !standing.includes(word));
    if (missing.length === 0) return [];
    if (performance.now() > until) {
      console.error(
        `  missing: ${missing.join(' ')}; the page says “${status}”, and holds ${JSON.stringify(words)}`,
      );
      return missing;
    }
    await wait(50);
  }
}

type Desk = Awaited<ReturnType<typeof openDesk>>;
type Consultation = { readonly id: string; readonly email: string; readonly start: string };

/** The next consultation of so many prescribers, the soonest first. */
async function findConsultations({ urls }: TestDatabase, count: number): Promise<Consultation[]> {
  const owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
  const { rows } = await owner.query<Consultation>(
    `SELECT * FROM (
       SELECT DISTINCT ON (r.id) a.id, d.email, lower(a.during)::text AS start
         FROM appointment a JOIN practitioner r ON r.id = a.practitioner_id JOIN account d ON d.id = r.account_id
        WHERE a.kind = 'consultation' AND a.state = 'confirmed' AND lower(a.during) > app_now() AND r.standing = 'good'
        ORDER BY r.id, lower(a.during)) soonest
     ORDER BY start::timestamptz LIMIT $1`,
    [count],
  );
  await owner.end();
  return rows;
}

/** A consultation under way in the demo town, a server of its own that can be killed, and a browser that can be killed. */
async function openDesk({ urls }: TestDatabase, { id, email, start }: Consultation) {
  const owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const executablePath = await findChrome();

  let server: ServerProcess;
  const startServer = async () => {
    server = await startServerProcess(urls, { env: { PORT: String(port), PUBLIC_URL: url } });
  };
  let browserProcess: BrowserServer;
  let browser: Browser;
  let context!: BrowserContext;
  let cookies: Cookie[] = [];
  const startBrowser = async () => {
    browserProcess = await chromium.launchServer({
      executablePath,
      args: [...CHROME_ARGS, '--disable-dev-shm-usage', '--no-first-run'],
    });
    browser = await chromium.connect(browserProcess.wsEndpoint());
    context = await browser.newContext({ baseURL: url });
  };

  await startServer();
  await startBrowser();
  await owner.query(`UPDATE clock SET ahead_by = ahead_by + ($1::timestamptz - app_now())`, [start]);
  const path = `/desk/appointments/${id}/consultation`;
  await signIn(context);
  const door = await context.newPage();
  await door.goto(`/desk/appointments/${id}`);
  await door.getByRole('button', { name: 'Start the visit' }).click();
  await door.getByRole('button', { name: 'Start the visit' }).waitFor({ state: 'detached' });
  await door.close();

  async function signIn(into: BrowserContext): Promise<void> {
    await into.clearCookies();
    const page = await into.newPage();
    await signInAt(page);
    await page.close();
  }
  async function signInAt(page: Page): Promise<void> {
    // Somebody who signs in a hundred times an hour would be slowed down at the door.
    await owner.query('DELETE FROM rate_limit');
    await page.goto('/account/sign-in');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByLabel('Password').press('Enter');
    await page.waitForURL(({ pathname }) => !/^\/account\/sign-in/.test(pathname));
  }
  async function window(name: string): Promise<Writer> {
    const writer = new Writer(await context.newPage(), path, name);
    if (!(await writer.open())) throw new Error('the record does not open');
    return writer;
  }

  return {
    window,
    signIn: () => signIn(context),
    /** What the database holds. */
    async saved(): Promise<Words> {
      const { rows } = await owner.query<Words>(
        `SELECT plan, history, desired_result AS "desiredResult" FROM consultation_record WHERE appointment_id = $1`,
        [id],
      );
      return rows[0] ?? { plan: '', history: '', desiredResult: '' };
    },
    /** The draft as it was before anybody wrote. */
    async clear(): Promise<void> {
      await owner.query(
        `UPDATE consultation_record SET plan = '', history = '', desired_result = '' WHERE appointment_id = $1`,
        [id],
      );
    },
    /** It breaks, sometimes in the middle of a save. */
    async breakIt(kind: Exclude<Kind, 'windows'>, writer: Writer, random: () => number): Promise<void> {
      if (random() < 0.6) {
        await writer.pause();
        await wait(random() * 40);
      }
      if (kind === 'browser') {
        // A browser that starts again has its cookies still, and nothing of its windows.
        cookies = await context.cookies();
        await browserProcess.kill();
      } else if (kind === 'network') await context.setOffline(true);
      else if (kind === 'session')
        await owner.query(
          `DELETE FROM session s USING account a WHERE a.id = s.account_id AND a.email = $1`,
          [email],
        );
      else {
        const closed = new Promise((resolve) => server.child.once('close', resolve));
        server.child.kill('SIGKILL');
        await closed;
      }
    },
    /** It works again, and the record is opened again: in the same window, if there is one. */
    async mend(kind: Exclude<Kind, 'windows'>, writer: Writer, name: string): Promise<Writer> {
      if (kind === 'browser') {
        await startBrowser();
        await context.addCookies(cookies);
        return window(`${name}c-`);
      }
      if (kind === 'server') await startServer();
      else if (kind === 'network') await context.setOffline(false);
      else await signInAt(writer.page);
      if (!(await writer.open())) throw new Error('the record does not open again');
      return writer;
    },
    async close(): Promise<void> {
      await browserProcess.kill();
      server.child.kill('SIGKILL');
      await owner.end();
    },
  };
}
