import { sql } from 'kysely';
import { enlargeDemo } from '#db/demo/seed.ts';
import type { DatabaseUrls } from '#db/embedded.ts';
import type { ShownPractitioner } from '#lib/server/domain/directory/documents.ts';
import { rebuildIndex } from '#lib/server/domain/directory/rebuild-index.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import { recordEvent } from '#lib/server/domain/shared/record-event.ts';
import { paths } from '#lib/paths.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { INDEX, meilisearch } from '#lib/server/platform/search/meilisearch.ts';
import type { SearchIndex, SearchQuestion } from '#lib/server/platform/search/port.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import { median, type Figure } from '../bin/figures.ts';
import { startCluster } from '../harness/cluster.ts';
import { hasMeilisearch, startMeilisearch, type MeilisearchServer } from '../harness/meilisearch.ts';
import { startServerProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random.ts';
import { drawSearches, drawTyped, type Search } from './search/asked.ts';
import { serveEmptyPage, type EmptyPage } from './search/empty-page.ts';
import { rememberSent, type SentRequest } from './search/raw.ts';
import { percentile, requestsPerSecond, timed, untilSo, visit } from './search/timing.ts';

/*
 * Searches in towns of several sizes, by both engines: the engine alone, the page over HTTP from the built server, what comes
 * while somebody types, how many pages a second, how soon a change is seen, and what the index takes to make and to keep.
 */

const SEED = 20_261_129;
const SIZES = [1_000, 10_000, 100_000];
/** Bars of milliseconds are for the largest town. */
const LARGE = 100_000;
const SEARCHES = 300;
const WARM_UP = 60;
const PROFILES = 100;
const CLIENTS = 4;
const TURN_MS = 2_000;
const TURNS = 3;
const WORST_SHOWN = 5;

const PAGE_BAR_MS = 60;
const RAW_BAR = 1.5;
const SHARE_BAR = 0.4;
const CHANGE_BAR_MS = 2_000;
const UNLISTING_BAR_MS = 5_000;

type Index = SearchIndex<ShownPractitioner>;
type Engine = 'PostgreSQL' | 'Meilisearch';

/** A town with its indexes made. */
export interface BenchedTown {
  practitioners: number;
  urls: DatabaseUrls;
  server: MeilisearchServer | null;
  empty: EmptyPage;
}

export async function run(): Promise<Figure[]> {
  const asked = process.argv.slice(3).map(Number);
  if (asked.some((size) => !(size >= 500)))
    throw new Error('npm run bench -- search [PRACTITIONERS ...], 500 at least');
  const sizes = (asked.length > 0 ? asked : SIZES).toSorted((a, b) => a - b);
  await ensureBuilt(console.error);
  const cluster = await startCluster({ durable: true });
  const server = hasMeilisearch() ? await startMeilisearch() : null;
  if (server === null) console.error('There is no Meilisearch here: only PostgreSQL is measured.');
  const empty = await serveEmptyPage();
  try {
    const { urls } = await cluster.create('demo');
    const figures: Figure[] = [];
    for (const practitioners of sizes) {
      const town = { practitioners, urls, server, empty };
      figures.push(...(await found(town)), ...(await measureTown(town)));
    }
    return figures;
  } finally {
    await empty.stop();
    await server?.stop();
    await cluster.stop();
  }
}

/** Lets the town grow to its size, and makes its indexes. */
async function found({ practitioners, urls, server }: BenchedTown): Promise<Figure[]> {
  const figure = figuresOf(practitioners);
  const say = tellNowAndThen();
  const { ms } = await timed(() =>
    enlargeDemo(urls.owner, practitioners, (there) => say(`${there} practitioners`)),
  );
  const figures = [figure('town grown to its size', ms / 1_000, 's', { n: 1 })];
  await withDb(urls.worker, async (db) => {
    for (const [engine, index] of enginesOf(db, server)) {
      const built = await timed(() => rebuildIndex(db, index, (made) => say(`${made} documents, ${engine}`)));
      figures.push(figure(`${engine}: index made`, built.ms / 1_000, 's', { n: built.result }));
    }
  });
  const memory = process.resourceUsage().maxRSS / 1_024;
  return [...figures, figure('memory of the founding process, at most', memory, 'MB', { n: 1 })];
}

/** Everything that is measured in a town that is there. */
export async function measureTown(town: BenchedTown): Promise<Figure[]> {
  const { urls, server, practitioners } = town;
  const figure = figuresOf(practitioners);
  return withDb(urls.app, async (db) => {
    const random = randomFrom(SEED);
    const searches = await drawSearches(db, random, SEARCHES);
    const figures: Figure[] = await sizesOf(db, town);
    const questions = await questionsOf(db, postgresSearch(db), searches);
    for (const [engine, index] of enginesOf(db, server))
      figures.push(...(await askEngine(figure, engine, index, questions)));
    if (server !== null) figures.push(await besideRaw(figure, server, questions));
    for (const engine of server === null
      ? (['PostgreSQL'] as const)
      : (['PostgreSQL', 'Meilisearch'] as const))
      figures.push(...(await visitPages(figure, engine, town, db, searches, random)));
    figures.push(...(await changeSomebody(figure, town, db)));
    return figures;
  });
}

// The engine alone

interface Asked {
  search: Search;
  question: SearchQuestion;
}

/** What the page asks the engine for each of these searches: typed words are read first, and a place is looked up. */
async function questionsOf(db: Db, index: Index, searches: readonly Search[]): Promise<Asked[]> {
  const questions: Asked[] = [];
  for (const search of searches) {
    const { question } = await searchPractitioners(db, index, search.asked);
    questions.push({ search, question });
  }
  return questions;
}

async function askEngine(
  figure: ReturnType<typeof figuresOf>,
  engine: Engine,
  index: Index,
  questions: readonly Asked[],
): Promise<Figure[]> {
  const took: { ms: number; search: Search }[] = [];
  for (const { question } of questions.slice(0, WARM_UP)) await index.find(question);
  for (const { search, question } of questions) {
    const { ms } = await timed(() => index.find(question));
    took.push({ ms, search });
  }
  tellWorst(`${engine} alone`, took);
  return latencies(
    figure,
    `${engine} alone`,
    took.map(({ ms }) => ms),
  );
}

/** Ours against the same requests sent by hand and answered unpacked, turn by turn: nothing asks faster. */
async function besideRaw(
  figure: ReturnType<typeof figuresOf>,
  server: MeilisearchServer,
  questions: readonly Asked[],
): Promise<Figure> {
  const index = meilisearch<ShownPractitioner>({ ...server, timeoutMs: 10_000 });
  const sent: SentRequest[][] = [];
  for (const { question } of questions) sent.push(await rememberSent(() => index.find(question)));
  const [ours, raw]: [number[], number[]] = [[], []];
  const byHand = async (requests: readonly SentRequest[]) => {
    for (const { url, body } of requests) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${server.key}`,
          'accept-encoding': 'identity',
        },
        body,
      });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
    }
  };
  for (const [at, { question }] of questions.entries()) {
    const first = at % 2 === 0;
    if (first) ours.push((await timed(() => index.find(question))).ms);
    raw.push((await timed(() => byHand(sent[at]!))).ms);
    if (!first) ours.push((await timed(() => index.find(question))).ms);
  }
  const ratio = median(ours.map((ms, at) => ms / raw[at]!));
  return figure('Meilisearch: ours to the raw call, median', ratio, 'x', {
    bar: RAW_BAR,
    ok: ratio <= RAW_BAR,
    n: ours.length,
  });
}

// Pages

async function visitPages(
  figure: ReturnType<typeof figuresOf>,
  engine: Engine,
  { urls, server, empty, practitioners }: BenchedTown,
  db: Db,
  searches: readonly Search[],
  random: () => number,
): Promise<Figure[]> {
  const process = await startServerProcess(urls, {
    env: engine === 'Meilisearch' ? accessOf(server!) : { MEILI_URL: '' },
  });
  const visitor = visit(process.url);
  try {
    const index = enginesOf(db, server).find(([name]) => name === engine)![1];
    const profiles = (await listedSlugs(db, PROFILES)).map((slug) => paths.practitioner(slug));
    for (const href of [...searches.slice(0, WARM_UP).map(({ href }) => href), ...profiles.slice(0, 20)])
      await visitor.get(href);

    const took: { ms: number; search: Search }[] = [];
    for (const search of searches) {
      const { ms } = await timed(() => visitor.get(search.href));
      took.push({ ms, search });
    }
    tellWorst(`pages with ${engine}`, took);
    const bar = practitioners >= LARGE ? PAGE_BAR_MS : null;
    const figures = latencies(
      figure,
      `search page, ${engine}`,
      took.map(({ ms }) => ms),
      bar,
    );

    const seen: number[] = [];
    for (const href of profiles) seen.push((await timed(() => visitor.get(href))).ms);
    figures.push(...latencies(figure, `profile page, ${engine}`, seen));
    figures.push(...(await suggest(figure, engine, process.url, drawTyped(searches, random), index)));

    const shares: Record<'search' | 'profile', number[]> = { search: [], profile: [] };
    const hrefs = { search: searches.map(({ href }) => href), profile: profiles };
    const load = { clients: CLIENTS, ms: TURN_MS };
    for (let turn = 0; turn < TURNS; turn++) {
      const nothing = await requestsPerSecond(empty.url, ['/'], load);
      for (const page of ['search', 'profile'] as const)
        shares[page].push((await requestsPerSecond(process.url, hrefs[page], load)) / nothing);
    }
    for (const page of ['search', 'profile'] as const) {
      const share = median(shares[page]);
      figures.push(
        figure(`${page} page, ${engine}: requests a second, of those of an empty page`, share, 'x', {
          bar: SHARE_BAR,
          ok: share >= SHARE_BAR,
          n: TURNS,
        }),
      );
    }
    const health = await (await fetch(`${process.url}/readyz`)).text();
    if (!health.includes(engine.toLowerCase())) throw new Error(`${engine} did not answer: ${health}`);
    return figures;
  } finally {
    visitor.leave();
    await process.stop();
  }
}

/** What comes while somebody types. Where there is no address for it, the engine is asked without counting. */
async function suggest(
  figure: ReturnType<typeof figuresOf>,
  engine: Engine,
  origin: string,
  typed: readonly { field: string; typed: string }[],
  index: Index,
): Promise<Figure[]> {
  const hrefOf = (asked: Record<string, string>) =>
    `/api/v1/suggestions?${new URLSearchParams(asked).toString()}`;
  const { status } = await fetch(new URL(hrefOf({ field: 'words', typed: 'doctor' }), origin));
  const visitor = visit(origin);
  const ask = async (asked: { field: string; typed: string }) => {
    if (status !== 404) await visitor.get(hrefOf(asked));
    else await index.find({ words: asked.typed, order: 'best', offset: 0, limit: 5, counts: false });
  };
  const took: number[] = [];
  for (const asked of typed) took.push((await timed(() => ask(asked))).ms);
  visitor.leave();
  return latencies(
    figure,
    `${status === 404 ? 'suggestions, the engine alone' : 'suggestions'}, ${engine}`,
    took,
  );
}

// Freshness

/** From the change until a visitor sees it: by the event, the worker, the index and the page. */
async function changeSomebody(
  figure: ReturnType<typeof figuresOf>,
  { urls, server }: BenchedTown,
  db: Db,
): Promise<Figure[]> {
  const process = await startServerProcess(urls, {
    entry: 'start',
    env: server === null ? { MEILI_URL: '' } : accessOf(server),
  });
  const visitor = visit(process.url);
  const owner = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
  try {
    // What the worker does when it starts is no part of this.
    await untilSo(async () => (await waitingJobs(owner)) === 0);
    const [slug] = await listedSlugs(db, 1, 'DESC');
    const { id, display_name: name } = await db
      .selectFrom('practitioner')
      .select(['id', 'display_name'])
      .where('slug', '=', slug!)
      .executeTakeFirstOrThrow();
    const called = `Zebedee${randomFrom(SEED + Number.parseInt(id.slice(0, 6), 16))()
      .toString(36)
      .slice(2, 8)
      .replaceAll(/\d/g, 'x')} ${name.split(' ').at(-1)}`;
    const isSeen = async () =>
      (await visitor.get(paths.search({ q: called }))).includes(paths.practitioner(slug!));

    await owner.transaction().execute(async (trx) => {
      await trx.updateTable('practitioner').set({ display_name: called }).where('id', '=', id).execute();
      await recordEvent(trx, {
        type: 'practitioner.profile_changed',
        subjectType: 'practitioner',
        subjectId: id,
        payload: {},
      });
    });
    const changed = await untilSo(isSeen);
    await suspendPractitioner(owner, { kind: 'system' }, { practitionerId: id, reason: 'The bench.' });
    const begun = performance.now();
    const unseen = await untilSo(async () => !(await isSeen()));
    for (const [, index] of enginesOf(db, server))
      await untilSo(
        async () => (await index.find({ words: called, order: 'best', offset: 0, limit: 1 })).total === 0,
      );
    const unlisted = performance.now() - begun;
    return [
      figure('a changed profile is found', changed, 'ms', {
        bar: CHANGE_BAR_MS,
        ok: changed <= CHANGE_BAR_MS,
        n: 1,
      }),
      figure('who is listed no more is gone from the page', unseen, 'ms', {
        bar: UNLISTING_BAR_MS,
        ok: unseen <= UNLISTING_BAR_MS,
        n: 1,
      }),
      figure('who is listed no more is gone from every index', unlisted, 'ms', {
        bar: UNLISTING_BAR_MS,
        ok: unlisted <= UNLISTING_BAR_MS,
        n: 1,
      }),
    ];
  } finally {
    visitor.leave();
    await owner.destroy();
    await process.stop();
  }
}

async function waitingJobs(owner: Db): Promise<number> {
  const { rows } = await sql<{ jobs: number }>`
    SELECT count(*) AS jobs FROM graphile_worker.jobs WHERE run_at <= app_now() OR locked_at IS NOT NULL`.execute(
    owner,
  );
  return rows[0]!.jobs;
}

// What it takes to keep

async function sizesOf(db: Db, { practitioners, server }: BenchedTown): Promise<Figure[]> {
  const figure = figuresOf(practitioners);
  const { rows } = await sql<{ bytes: number; documents: number }>`
    SELECT (SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'search\\_%') AS bytes,
           (SELECT count(*) FROM search_document) AS documents`.execute(db);
  const { bytes, documents } = rows[0]!;
  const figures = [figure('PostgreSQL: size of the index', bytes / 1e6, 'MB', { n: documents })];
  if (server === null) return figures;
  const response = await fetch(`${server.url}/stats`, { headers: { authorization: `Bearer ${server.key}` } });
  const stats = (await response.json()) as {
    usedDatabaseSize: number;
    indexes: Record<string, { numberOfDocuments: number }>;
  };
  return [
    ...figures,
    figure('Meilisearch: size of the index', stats.usedDatabaseSize / 1e6, 'MB', {
      n: stats.indexes[INDEX]?.numberOfDocuments ?? 0,
    }),
  ];
}

// Common

function enginesOf(db: Db, server: MeilisearchServer | null): [Engine, Index][] {
  const engines: [Engine, Index][] = [['PostgreSQL', postgresSearch(db)]];
  if (server !== null) engines.push(['Meilisearch', meilisearch({ ...server, timeoutMs: 10_000 })]);
  return engines;
}

function accessOf({ url, key }: MeilisearchServer): Record<string, string> {
  return { MEILI_URL: url, MEILI_SEARCH_KEY: key, MEILI_WRITE_KEY: key };
}

async function withDb<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = openDb(openPool(url, { max: 8, onError: () => {} }));
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

async function listedSlugs(db: Db, count: number, direction: 'ASC' | 'DESC' = 'ASC'): Promise<string[]> {
  const { rows } = await sql<{ slug: string }>`
    SELECT p.slug FROM practitioner p WHERE EXISTS (SELECT FROM listing i WHERE i.practitioner_id = p.id OFFSET 0)
     ORDER BY p.id ${sql.raw(direction)} LIMIT ${count}`.execute(db);
  return rows.map(({ slug }) => slug);
}

function tellNowAndThen(): (line: string) => void {
  let toldAt = -Infinity;
  return (line) => {
    if (performance.now() - toldAt < 10_000) return;
    toldAt = performance.now();
    console.error(line);
  };
}

function tellWorst(what: string, took: readonly { ms: number; search: Search }[]): void {
  const byKind = Map.groupBy(took, ({ search }) => search.kind);
  const kinds = [...byKind].map(
    ([kind, some]) =>
      `  ${percentile(
        some.map(({ ms }) => ms),
        50,
      )
        .toFixed(1)
        .padStart(7)} ms  ${kind}, median of ${some.length}`,
  );
  const worst = took
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, WORST_SHOWN)
    .map(({ ms, search }) => `  ${ms.toFixed(1).padStart(7)} ms  ${search.href}`);
  console.error([`${what}, by kind and the slowest:`, ...kinds, ...worst].join('\n'));
}

function latencies(
  figure: ReturnType<typeof figuresOf>,
  name: string,
  values: readonly number[],
  bar: number | null = null,
): Figure[] {
  const p99 = percentile(values, 99);
  return [
    figure(`${name}: p50`, percentile(values, 50), 'ms', { n: values.length }),
    figure(`${name}: p99`, p99, 'ms', { bar, ok: bar === null || p99 <= bar, n: values.length }),
  ];
}

function figuresOf(practitioners: number) {
  return (
    name: string,
    value: number,
    unit: string,
    { bar = null, ok = true, n }: { bar?: number | null; ok?: boolean; n: number },
  ): Figure => ({
    name: `search: ${practitioners} practitioners, ${name}`,
    value: Number(value.toPrecision(3)),
    unit,
    bar,
    ok,
    seed: SEED,
    n,
  });
}
