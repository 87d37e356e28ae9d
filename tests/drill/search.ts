import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Meilisearch } from 'meilisearch';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { INDEX, meilisearch } from '#lib/server/platform/search/meilisearch.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { DatabaseUrls } from '#db/embedded.ts';
import { ensureBuilt, projectFolder } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { passTime } from '../builders/act.ts';
import { startCluster } from '../harness/cluster.ts';
import { hasOwnMeilisearch, startOwnMeilisearch, type OwnMeilisearch } from '../harness/meilisearch.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random.ts';
import { findDifferences } from './search/both-indexes.ts';
import {
  changeProfile,
  changeTerms,
  letReturn,
  openChanges,
  suspend,
  type Changes,
} from './search/changes.ts';
import { percentile } from './search/checker.ts';
import { openLine, type FaultyLine, type LineFault } from './search/faulty-line.ts';
import { get } from './search/get.ts';
import { beClient, type Traffic } from './search/traffic.ts';

/*
 * The demo town is searched, changed, suspended and listed again, while its search server is killed, frozen, slow, cut
 * off, loses its index or its keys, and while bytes on the way to it become others. Two server processes, one of them with
 * the worker, ask it over a line that does as it is told. Nobody may be told of an error, wait for longer than for one page
 * and one time-out, or be shown somebody who is suspended; afterwards both indexes are what the database says.
 */

const SEED = 404;
const CLIENTS = 5;
const FAULT_SECONDS = 7;
const CALM_SECONDS = 12;
/**
 * A page may take its own time and one time-out of the search server, however much it asks of it. Its own time is 60 ms on a
 * machine that has nothing else to do; on others it is what 99 of 100 pages took in the same run while nothing was disturbed.
 */
const PAGE_MS = 60;
const TIMEOUT_MS = 400;
const RECOVERY_SECONDS = 60;
/** A slow line is no failure as long as answers come in time. */
const UNFELT = ['slow'];
/** Some are suspended at any moment; of half an index far more are missing. */
const HALF_OF_LISTED = 0.7;
const SHOWN = 20;
/** What the log says when a question or a change did not reach the search server. */
const FAILED = 'the search server failed';
const TOKEN = 'the monitor of a drill';

interface Fault {
  name: string;
  begin(stage: Stage): Promise<void> | void;
  end(stage: Stage): Promise<void> | void;
}

interface Stage {
  owner: Db;
  urls: DatabaseUrls;
  env: Record<string, string>;
  server: OwnMeilisearch;
  admin: Meilisearch;
  line: FaultyLine;
  indexes: SearchIndex<unknown>[];
  web: ServerProcess[];
  changes: Changes;
  traffic: Traffic;
  /** Changes are made while this is. */
  changing: { is: boolean; pending: Promise<void> };
  reindexed: Promise<number | null>[];
}

const onTheLine = (name: string, fault: LineFault): Fault => ({
  name,
  begin: ({ line }) => line.become(fault),
  end: ({ line }) => line.become({ kind: 'sound' }),
});

const FAULTS: readonly Fault[] = [
  { name: 'killed', begin: ({ server }) => server.crash(), end: ({ server }) => server.revive() },
  { name: 'frozen', begin: ({ server }) => server.freeze(), end: ({ server }) => server.thaw() },
  onTheLine('slow', { kind: 'slow', milliseconds: 80 }),
  onTheLine('too slow', { kind: 'slow', milliseconds: 1_000 }),
  onTheLine('corrupt', { kind: 'corrupt', share: 0.3 }),
  onTheLine('silent', { kind: 'silent' }),
  onTheLine('reset', { kind: 'reset' }),
  onTheLine('cut short', { kind: 'cut short' }),
  { name: 'keys revoked', begin: revokeKeys, end: ({ admin }) => makeKeys(admin) },
  {
    name: 'index lost',
    begin: async ({ admin }) => {
      await admin.deleteIndex(INDEX).waitTask();
    },
    end: () => {},
  },
  {
    name: 'index made anew',
    begin: async (stage) => {
      await stage.admin.deleteIndex(INDEX).waitTask();
      stage.reindexed.push(
        reindex(stage),
        wait(300).then(() => reindex(stage)),
      );
    },
    end: async ({ reindexed }) => {
      await Promise.all(reindexed);
    },
  },
];

// As docs/operating.md has the operator make them.
const KEYS = [
  { uid: randomUUID(), actions: ['search'], indexes: ['practices_*'] },
  {
    uid: randomUUID(),
    actions: [
      'documents.add',
      'documents.get',
      'documents.delete',
      'indexes.get',
      'indexes.create',
      'indexes.delete',
      'indexes.swap',
      'settings.update',
      'tasks.get',
    ],
    indexes: ['*'],
  },
];

/** The same keys every time: a key is made of its number and the master key. */
async function makeKeys(admin: Meilisearch): Promise<void> {
  for (const key of KEYS) await admin.createKey({ ...key, expiresAt: null });
}

async function revokeKeys({ admin }: Stage): Promise<void> {
  for (const { uid } of KEYS) await admin.deleteKey(uid);
}

type Measured = Pick<Stage, 'traffic' | 'changes' | 'line' | 'web'> & { reindexed: (number | null)[] };

/** What one fault did. */
interface Phase {
  name: string;
  from: number;
  until: number;
  answers: Counts;
  /** Where the operator could see it. */
  seen: { onReadyz: boolean; inLog: boolean };
  secondsUntilReady: number;
  secondsUntilEqual: number;
}

interface Counts {
  meilisearch: number;
  postgresql: number;
  failed: number;
}

/** Runs one fault after the other; without a search server there is nothing to disturb, and that is told. */
export async function run(): Promise<Figure[]> {
  if (!hasOwnMeilisearch()) {
    console.error(
      'No meilisearch binary on the PATH: nothing is disturbed. PostgreSQL answers searches, as always.',
    );
    return [];
  }
  await ensureBuilt(console.error);
  process.setMaxListeners(0);
  const cluster = await startCluster();
  const server = await startOwnMeilisearch();
  const line = await openLine(server.port, SEED);
  const opened: { stop(): Promise<unknown> }[] = [];
  const running = { is: true };
  let stage: Stage | undefined;
  let others: Promise<unknown> = Promise.resolve();
  try {
    const { urls } = await cluster.create('demo');
    const open = (stage = await openStage(urls, server, line, opened));
    const clients = Array.from({ length: CLIENTS }, () => beClient(open.traffic, running));
    others = Promise.all([...clients, change(open, running)]);
    const startedAt = performance.now();
    const phases = [await calm(open)];
    for (const fault of FAULTS) phases.push(await disturb(open, fault));
    running.is = false;
    await others;
    console.error(`${Math.round((performance.now() - startedAt) / 1000)} s of traffic`);
    const codes = await Promise.all(open.reindexed);
    return figuresOf({ ...open, reindexed: codes }, phases);
  } catch (error) {
    for (const { output, child } of stage?.web ?? []) console.error(child.exitCode, output().slice(-2_000));
    throw error;
  } finally {
    running.is = false;
    await others.catch(console.error);
    for (const one of opened.toReversed()) await one.stop().catch(console.error);
    await line.close();
    await server.stop();
    await cluster.stop();
  }
}

async function openStage(
  urls: DatabaseUrls,
  server: OwnMeilisearch,
  line: FaultyLine,
  opened: { stop(): Promise<unknown> }[],
): Promise<Stage> {
  const open = (url: string) => {
    const db = openDb(openPool(url, { max: 4, onError: () => {} }));
    opened.push({ stop: () => db.destroy() });
    return db;
  };
  const owner = open(urls.owner);
  const db = open(urls.app);
  await atNight(owner);
  const admin = new Meilisearch({ host: server.url, apiKey: server.key });
  await makeKeys(admin);
  const [searchKey, writeKey] = await Promise.all(KEYS.map(async ({ uid }) => (await admin.getKey(uid)).key));
  const env = {
    MEILI_URL: line.url,
    MEILI_SEARCH_KEY: searchKey!,
    MEILI_WRITE_KEY: writeKey!,
    METRICS_TOKEN: TOKEN,
    LOG_LEVEL: 'info',
  };
  const random = randomFrom(SEED);
  const stage: Stage = {
    owner,
    urls,
    env,
    server,
    admin,
    line,
    indexes: [postgresSearch(db), meilisearch({ url: server.url, key: server.key, timeoutMs: 10_000 })],
    web: [],
    changes: await openChanges(db, owner, random),
    traffic: { servers: [], subjects: [], suspensions: [], random, asked: [] },
    changing: { is: true, pending: Promise.resolve() },
    reindexed: [],
  };
  const { subjects, suspensions } = stage.changes;
  Object.assign(stage.traffic, { servers: stage.web, subjects, suspensions });
  if ((await reindex(stage)) !== 0) throw new Error('npm run reindex failed');
  for (const entry of ['start', 'serve'] as const) {
    const web = await startServerProcess(urls, { entry, env });
    opened.push(web);
    stage.web.push(web);
  }
  await untilReady(stage);
  return stage;
}

/** Three in the morning in England: no free time goes by while this runs, so what differs was changed by somebody. */
async function atNight(owner: Db): Promise<void> {
  const now = (await appNow(owner)).toZonedDateTimeISO('Europe/London');
  const night = now.add({ days: 1 }).with({ hour: 3, minute: 1 });
  await passTime(owner, { milliseconds: Math.round(night.since(now).total('milliseconds')) });
}

/** `npm run reindex`, with the settings of the worker. Answers how it ended. */
function reindex({ urls, env }: Pick<Stage, 'urls' | 'env'>): Promise<number | null> {
  const child = spawn(process.execPath, ['src/bin/reindex.ts'], {
    cwd: projectFolder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MODE: 'test', DATABASE_URL: urls.app, WORKER_DATABASE_URL: urls.worker, ...env },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      if (code !== 0) console.error(`npm run reindex:\n${output}`);
      resolve(code);
    });
  });
}

/** Changes one thing after the other: every third of a second a practitioner, every second who is suspended. */
async function change(stage: Stage, running: { is: boolean }): Promise<void> {
  const { changes, changing } = stage;
  const makers = [changeTerms, suspend, changeProfile, changeTerms, letReturn, changeProfile];
  for (let turn = 0; running.is; turn++) {
    await wait(330);
    if (!changing.is) continue;
    changing.pending = makers[turn % makers.length]!(changes).catch((error: unknown) => {
      // Who has a patient in the room, for one, is not suspended at this moment.
      if (isRefusal(error)) return;
      console.error(error);
      changes.made.failures++;
    });
    await changing.pending;
  }
}

/** What one of the processes says of itself. */
interface Said {
  ready: boolean;
  search: { engine: string; failing: boolean; isLeftAlone: boolean };
}

async function readyz({ web }: Stage): Promise<Said[]> {
  return Promise.all(web.map(async ({ url }) => (await (await get(`${url}/readyz`)).json()) as Said));
}

/** Seconds until both processes say that they are served by the search server again; somebody has to ask for that. */
async function untilReady(stage: Stage): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const seconds = (performance.now() - startedAt) / 1000;
    const said = await readyz(stage);
    if (said.every(({ search }) => search.engine === 'meilisearch' && !search.failing)) return seconds;
    if (seconds > RECOVERY_SECONDS) return Infinity;
    await wait(100);
  }
}

/** Seconds until both indexes are what the database says, and what still differs when that never came. */
async function untilEqual({ owner, indexes, admin }: Stage): Promise<{ seconds: number; left: string[] }> {
  const startedAt = performance.now();
  for (;;) {
    // A connection from before the fault may be dead.
    const left = await findDifferences(owner, indexes, admin).catch((error: unknown) => [String(error)]);
    const seconds = (performance.now() - startedAt) / 1000;
    if (left.length === 0) return { seconds, left };
    if (seconds > RECOVERY_SECONDS) return { seconds: Infinity, left };
    await wait(500);
  }
}

/** The searches that both processes have counted. */
async function countAnswers({ web }: Stage): Promise<Counts> {
  const counts: Counts = { meilisearch: 0, postgresql: 0, failed: 0 };
  for (const { url } of web) {
    const answer = await get(`${url}/metrics`, { authorization: `Bearer ${TOKEN}` });
    const text = await answer.text();
    const of = (labels: string) =>
      Number(new RegExp(`^steadyhand_search_answers_total\\{${labels}\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
    counts.meilisearch += of('engine="meilisearch",outcome="answered"');
    counts.postgresql += of('engine="postgresql",outcome="answered"');
    counts.failed += of('engine="meilisearch",outcome="failed"');
  }
  return counts;
}

/** Runs a phase and tells what was counted in it. */
async function measure(stage: Stage, name: string, during: () => Promise<boolean>): Promise<Phase> {
  const logged = () =>
    stage.web
      .map(({ output }) => output())
      .join('')
      .split(FAILED).length;
  const loggedBefore = logged();
  const from = performance.now();
  const before = await countAnswers(stage);
  const onReadyz = await during();
  const after = await countAnswers(stage);
  const answers = {
    meilisearch: after.meilisearch - before.meilisearch,
    postgresql: after.postgresql - before.postgresql,
    failed: after.failed - before.failed,
  };
  const until = performance.now();
  const seen = { onReadyz, inLog: logged() > loggedBefore };
  return { name, from, until, answers, seen, secondsUntilReady: 0, secondsUntilEqual: 0 };
}

async function calm(stage: Stage): Promise<Phase> {
  const phase = await measure(stage, 'calm', async () => {
    await wait(CALM_SECONDS * 1000);
    return true;
  });
  return settle(stage, phase);
}

/** One fault, while people search and much is changed; then the search server is as it was. */
async function disturb(stage: Stage, fault: Fault): Promise<Phase> {
  console.error(`${fault.name} ...`);
  stage.changing.is = true;
  const phase = await measure(stage, fault.name, async () => {
    const startedAt = performance.now();
    await fault.begin(stage);
    let wasSeen = false;
    while (performance.now() - startedAt < FAULT_SECONDS * 1000) {
      wasSeen ||= (await readyz(stage)).some(({ ready, search }) => ready && search.failing);
      await wait(100);
    }
    await fault.end(stage);
    return wasSeen;
  });
  return settle(stage, phase);
}

/** Nothing is changed any more; how long until all is as it should be. */
async function settle(stage: Stage, phase: Phase): Promise<Phase> {
  stage.changing.is = false;
  await stage.changing.pending;
  const [ready, equal] = await Promise.all([untilReady(stage), untilEqual(stage)]);
  if (equal.left.length > 0)
    console.error(`${phase.name} leaves behind:`, equal.left.length, equal.left.slice(0, SHOWN));
  return { ...phase, secondsUntilReady: ready, secondsUntilEqual: equal.seconds };
}

/** How often the operator was not told of a fault, by /readyz, /metrics and the log in turn. */
function untold(phases: readonly Phase[]): number[] {
  const felt = phases.filter(({ name }) => !UNFELT.includes(name));
  return [
    felt.filter(({ seen }) => !seen.onReadyz).length,
    felt.filter(({ answers }) => answers.failed === 0).length,
    felt.filter(({ seen }) => !seen.inLog).length,
  ];
}

function figuresOf({ traffic, changes, reindexed, line, web }: Measured, phases: readonly Phase[]): Figure[] {
  const { asked } = traffic;
  const figure = (name: string, value: number, unit: string, bar: number | null, n: number): Figure => ({
    name,
    value: Math.round(value * 100) / 100,
    unit,
    bar,
    ok: bar === null || value <= bar,
    seed: SEED,
    n,
  });
  const errors = asked.filter(({ status }) => status === null || status >= 500);
  const wrong = asked.filter(({ wronglyShown }) => wronglyShown.length > 0);
  const listed = changes.subjects.length;
  const halves = asked.filter(({ everybody }) => everybody !== null && everybody < listed * HALF_OF_LISTED);
  for (const { path, status } of errors.slice(0, SHOWN)) console.error('An error:', status, path);
  const told = web
    .flatMap(({ output }) => output().split('\n'))
    .filter((line) => line.includes('unexpected error'));
  for (const line of told.slice(0, SHOWN)) console.error(line);
  for (const { path, wronglyShown } of wrong.slice(0, SHOWN)) console.error('Shown:', wronglyShown, path);
  for (const { path, everybody } of halves.slice(0, SHOWN)) console.error('Half an index:', everybody, path);

  const took = ({ from, until }: Phase) =>
    asked.filter(({ askedAt }) => askedAt >= from && askedAt < until).map(({ ms }) => ms);
  const pageMs = Math.max(PAGE_MS, percentile(took(phases[0]!), 99));
  const faults = phases.length - 1;
  const [onReadyz, onMetrics, inLog] = untold(phases.slice(1));
  const { made } = changes;
  const changed = made.terms + made.profiles + made.suspensions + made.returns;
  const longest = (of: (phase: Phase) => number) => Math.max(...phases.map(of));
  return [
    figure('server errors', errors.length, 'answers', 0, asked.length),
    figure('answers that show who is suspended', wrong.length, 'answers', 0, asked.length),
    figure(
      'answers from half an index',
      halves.length,
      'answers',
      0,
      asked.filter(({ everybody }) => everybody !== null).length,
    ),
    figure(
      'until both processes say they have recovered, at most',
      longest(({ secondsUntilReady }) => secondsUntilReady),
      's',
      RECOVERY_SECONDS,
      faults,
    ),
    figure(
      'until both indexes are what the database says, at most',
      longest(({ secondsUntilEqual }) => secondsUntilEqual),
      's',
      RECOVERY_SECONDS,
      faults,
    ),
    figure(
      'runs of npm run reindex that failed',
      reindexed.filter((code) => code !== 0).length,
      'runs',
      0,
      reindexed.length,
    ),
    figure('faults of which /readyz said nothing', onReadyz!, 'faults', 0, faults),
    figure('faults of which /metrics said nothing', onMetrics!, 'faults', 0, faults),
    figure('faults of which the log said nothing', inLog!, 'faults', 0, faults),
    figure('changes that failed', made.failures, 'changes', 0, changed),
    figure('changes made', changed, 'changes', null, changed),
    figure(
      'suspended, and listed again',
      made.suspensions + made.returns,
      'decisions',
      null,
      made.suspensions,
    ),
    figure('bytes changed on the line', line.changed(), 'bytes', null, asked.length),
    ...phases.flatMap((phase) => {
      const { name, answers, secondsUntilReady, secondsUntilEqual } = phase;
      const during = took(phase);
      const bar = phase === phases[0] ? null : Math.round(pageMs + TIMEOUT_MS);
      const n = answers.meilisearch + answers.postgresql;
      return [
        figure(`${name}: half are answered within`, percentile(during, 50), 'ms', null, during.length),
        figure(`${name}: 99 of 100 are answered within`, percentile(during, 99), 'ms', bar, during.length),
        figure(`${name}: answered by Meilisearch`, answers.meilisearch, 'questions', null, n),
        figure(`${name}: answered by PostgreSQL`, answers.postgresql, 'questions', null, n),
        figure(`${name}: recovered after`, secondsUntilReady, 's', RECOVERY_SECONDS, 1),
        figure(`${name}: equal after`, secondsUntilEqual, 's', RECOVERY_SECONDS, 1),
      ];
    }),
  ];
}
