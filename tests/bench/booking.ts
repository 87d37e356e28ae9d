import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { ensureBuilt } from '../../src/bin/build.ts';
import { median, type Figure } from '../bin/figures.ts';
import { startCluster, type Cluster } from '../harness/cluster.ts';
import { randomFrom } from '../harness/random.ts';
import { fillWithPast } from './booking/past.ts';
import { openStage, type Stage } from './booking/stage.ts';
import { byCommand, byPreparedStatements, overHttp, type Way } from './booking/ways.ts';

/*
 * What our code costs on top of PostgreSQL: bookings through the commands and over HTTP, against the same rows written
 * by prepared statements, in turns within one run. The disk is not waited for, so it hides nothing of the difference.
 * `npm run bench -- booking 10000 1000000` measures these sizes only.
 */

const SIZES = [10_000, 1_000_000, 5_000_000];
const CLIENTS = 8;
const BATCH = 160;
const ROUNDS = 8;
/** Caches, plans and compilers are warm after these. */
const WARMING_ROUNDS = 2;
/** PostgreSQL counts what an idle connection has written after ten seconds. */
const UNTIL_COUNTED_MS = 11_000;
const SEED = 20_261_124;

type WayName = 'command' | 'http' | 'prepared';
const WAYS: readonly WayName[] = ['command', 'http', 'prepared'];

interface Measured {
  past: number;
  stage: Stage;
  ways: Record<WayName, Way>;
  /** Bookings a second of each round. */
  rates: Record<WayName, number[]>;
  loadSeconds: number;
}

/** Measures every size in turns, after counting the rows of one booking each way. */
export async function run(): Promise<Figure[]> {
  const asked = process.argv.slice(3).map(Number);
  const sizes = asked.length > 0 ? asked : SIZES;
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  try {
    const random = randomFrom(SEED);
    const [written, measured] = await Promise.all([
      countRows(cluster, random),
      openAll(cluster, sizes, random),
    ]);
    for (let round = 0; round < WARMING_ROUNDS + ROUNDS; round++) {
      if (round === WARMING_ROUNDS)
        for (const { rates } of measured) for (const way of WAYS) rates[way].length = 0;
      for (const { stage, ways, rates } of measured) {
        for (const way of WAYS) rates[way].push(await bookAll(stage, ways[way], BATCH));
      }
    }
    for (const { stage, ways } of measured) await close(stage, ways);
    return [...figuresOfRows(written), ...measured.flatMap(figuresOfSize), ...figuresOfGrowth(measured)];
  } finally {
    await cluster.stop();
  }
}

/** One database after the other, for they would only wait for each other. */
async function openAll(cluster: Cluster, sizes: number[], random: () => number): Promise<Measured[]> {
  const measured = [];
  for (const past of sizes) {
    const stage = await openStage(cluster, (WARMING_ROUNDS + ROUNDS) * WAYS.length * BATCH, random);
    const startedAt = performance.now();
    await fillWithPast(stage.database.superuserUrl, stage.where, stage.practitionerIds, past);
    const loadSeconds = (performance.now() - startedAt) / 1000;
    console.error(`${past} past appointments in ${loadSeconds.toFixed(0)} s`);
    const rates = { command: [], http: [], prepared: [] };
    measured.push({ past, stage, ways: await openWays(stage), rates, loadSeconds });
  }
  return measured;
}

async function openWays({ database }: Stage): Promise<Record<WayName, Way>> {
  return {
    command: byCommand(database, CLIENTS),
    http: await overHttp(database, CLIENTS),
    prepared: await byPreparedStatements(database, CLIENTS),
  };
}

async function close({ owner }: Stage, ways: Record<WayName, Way>): Promise<void> {
  for (const way of WAYS) await ways[way].close();
  await owner.destroy();
}

/** Several clients book until the wishes are used up. Answers bookings a second. */
async function bookAll(stage: Stage, way: Way, count: number): Promise<number> {
  const wishes = stage.take(count);
  const startedAt = performance.now();
  const client = async (_: unknown, number: number) => {
    for (let wish = wishes.pop(); wish !== undefined; wish = wishes.pop()) await way.book(wish, number);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return count / ((performance.now() - startedAt) / 1000);
}

/** Rows inserted, changed and deleted by one booking, by table. */
type RowsWritten = Map<string, number>;

async function countRows(cluster: Cluster, random: () => number): Promise<Record<WayName, RowsWritten>> {
  const stage = await openStage(cluster, (WAYS.length + 1) * CLIENTS, random);
  const ways = await openWays(stage);
  const written = {} as Record<WayName, RowsWritten>;
  // The job queue notes a kind of job when it first sees it.
  await bookAll(stage, ways.prepared, CLIENTS);
  await wait(UNTIL_COUNTED_MS);
  let before = await rowsSoFar(stage);
  for (const way of WAYS) {
    await bookAll(stage, ways[way], CLIENTS);
    await wait(UNTIL_COUNTED_MS);
    const after = await rowsSoFar(stage);
    written[way] = new Map(
      [...after]
        .map(([table, rows]) => [table, (rows - (before.get(table) ?? 0)) / CLIENTS] as const)
        .filter(([, rows]) => rows > 0),
    );
    before = after;
  }
  await close(stage, ways);
  return written;
}

async function rowsSoFar({ owner }: Stage): Promise<RowsWritten> {
  const { rows } = await sql<{ table: string; written: number }>`
    SELECT schemaname || '.' || relname AS table, n_tup_ins + n_tup_upd + n_tup_del AS written
      FROM pg_stat_user_tables`.execute(owner);
  return new Map(rows.map(({ table, written }) => [table, written]));
}

function figuresOfRows(written: Record<WayName, RowsWritten>): Figure[] {
  const total = (rows: RowsWritten) => [...rows.values()].reduce((sum, count) => sum + count, 0);
  const tables = new Set(WAYS.flatMap((way) => [...written[way].keys()]));
  const unlike = [...tables].filter(
    (table) => new Set(WAYS.map((way) => written[way].get(table) ?? 0)).size > 1,
  );
  if (unlike.length > 0) console.error(`Written unlike: ${unlike.join(', ')}`);
  const n = CLIENTS;
  return [
    ...WAYS.map((way) =>
      figure(`rows written per booking, ${way}`, total(written[way]), 'rows', null, true, n),
    ),
    figure('tables that the ways write unlike', unlike.length, 'tables', 0, unlike.length === 0, n),
  ];
}

function figuresOfSize({ past, rates, loadSeconds }: Measured): Figure[] {
  const n = ROUNDS * BATCH;
  const at = `with ${past.toLocaleString('en')} past`;
  const ratio = (way: WayName) => median(rates[way].map((rate, round) => rate / rates.prepared[round]!));
  const [command, http] = [ratio('command'), ratio('http')];
  return [
    figure(`${at}: loaded in`, loadSeconds, 's', null, true, past),
    ...WAYS.map((way) => figure(`${at}: ${way}`, median(rates[way]), 'bookings/s', null, true, n)),
    figure(`${at}: command to prepared`, command, 'x', 0.5, command >= 0.5, n),
    figure(`${at}: http to prepared`, http, 'x', 0.2, http >= 0.2, n),
  ];
}

/** Flat in table size: the largest against the smallest, round by round. */
function figuresOfGrowth(measured: Measured[]): Figure[] {
  const smallest = measured[0]!;
  return measured.slice(1).flatMap(({ past, rates }) =>
    WAYS.map((way) => {
      const ratio = median(rates[way].map((rate, round) => rate / smallest.rates[way][round]!));
      const name = `${way}: rate with ${past.toLocaleString('en')} past to ${smallest.past.toLocaleString('en')}`;
      const bar = way === 'prepared' ? null : 0.8;
      return figure(name, ratio, 'x', bar, bar === null || ratio >= bar, ROUNDS * BATCH);
    }),
  );
}

function figure(
  name: string,
  value: number,
  unit: string,
  bar: number | null,
  ok: boolean,
  n: number,
): Figure {
  return { name: `booking: ${name}`, value: Number(value.toPrecision(4)), unit, bar, ok, seed: SEED, n };
}
