import { rebuildIndex } from '#lib/server/domain/directory/rebuild-index.ts';
import type { ShownPractitioner } from '#lib/server/domain/directory/documents.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { meilisearch } from '#lib/server/platform/search/meilisearch.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import type { Figure } from '../bin/figures.ts';
import { startCluster } from '../harness/cluster.ts';
import { hasMeilisearch, startMeilisearch } from '../harness/meilisearch.ts';
import { randomFrom } from '../harness/random.ts';
import { readFacts, type Facts } from './relevance/facts.ts';
import {
  byChance,
  byDistance,
  bySearch,
  judge,
  mean,
  type Answering,
  type Judged,
} from './relevance/judge.ts';
import { misspeltNames } from './relevance/misspelt-names.ts';
import { idOf, reportedQueries, tuningQueries, type Typed } from './relevance/queries.ts';

/*
 * How well the first ten answer what patients type, judged by facts of the demo town: on queries that may be looked at
 * while the order is tuned, and on those kept apart. Random order and order by distance alone show what is for nothing.
 */

const SEED = 20_261_124;
const BAR = 0.9;
const NAMES_BAR = 28;
const WORST_SHOWN = 15;

export async function run(): Promise<Figure[]> {
  const cluster = await startCluster();
  const server = hasMeilisearch() ? await startMeilisearch() : null;
  try {
    const { urls } = await cluster.create('demo');
    const db = openDb(openPool(urls.app, { max: 8, onError: () => {} }));
    const facts = await readFacts(db);
    const engines: [string, SearchIndex<ShownPractitioner>][] = [['PostgreSQL', postgresSearch(db)]];
    if (server === null) console.error('There is no Meilisearch here: only PostgreSQL is judged.');
    else {
      const index = meilisearch<ShownPractitioner>({ ...server, timeoutMs: 10_000 });
      await rebuildIndex(db, index);
      engines.push(['Meilisearch', index]);
    }
    const figures: Figure[] = [];
    for (const [engine, index] of engines) {
      const search = bySearch(db, index);
      const tuned = await judge(tuningQueries, facts, search);
      console.error(worst(engine, tuned));
      figures.push(
        figure(`${engine}: nDCG@10, queries to tune by`, mean(tuned), null, tuned.length),
        await reported(engine, facts, search, BAR),
        await namesFound(engine, facts, search),
      );
    }
    const random = randomFrom(SEED);
    figures.push(
      await reported('random order', facts, byChance(facts, random), null),
      await reported('order by distance', facts, byDistance(facts, placeOf, random), null),
    );
    await db.destroy();
    return figures;
  } finally {
    await server?.stop();
    await cluster.stop();
  }
}

/** The place that the form names. */
const placeOf = ({ place }: Typed) =>
  place === undefined ? null : place.replace(/^\w/, (first) => first.toUpperCase());

async function reported(
  name: string,
  facts: Facts,
  answering: Answering,
  bar: number | null,
): Promise<Figure> {
  const judged = await judge(reportedQueries, facts, answering);
  return figure(`${name}: nDCG@10, queries kept apart`, mean(judged), bar, judged.length);
}

/** Names with a slip or two: how many of them are found first. */
async function namesFound(engine: string, facts: Facts, answering: Answering): Promise<Figure> {
  const missed: string[] = [];
  for (const [typed, name] of misspeltNames) {
    const [first] = await answering({ q: typed });
    if (facts.practices.find(({ slug }) => slug === first)?.name !== name) missed.push(typed);
  }
  if (missed.length > 0) console.error(`${engine} did not find first: ${missed.join(', ')}`);
  const found = misspeltNames.length - missed.length;
  return figure(`${engine}: misspelt names found first`, found, NAMES_BAR, misspeltNames.length);
}

/** The queries that are answered worst, of those that may be looked at. */
function worst(engine: string, judged: readonly Judged[]): string {
  const lines = judged
    .toSorted((a, b) => a.ndcg - b.ndcg)
    .slice(0, WORST_SHOWN)
    .map(({ query, ndcg, came, best }) => {
      const grades = came.map(([, grade]) => grade).join('');
      return `  ${ndcg.toFixed(2)}  ${idOf(query).padEnd(60)} grades ${grades || 'none'}, best ${best}`;
    });
  return `${engine}, worst of the queries to tune by:\n${lines.join('\n')}`;
}

function figure(name: string, value: number, bar: number | null, n: number): Figure {
  const unit = name.includes('names') ? 'names' : 'nDCG';
  return {
    name: `relevance: ${name}`,
    value: Math.round(value * 1_000) / 1_000,
    unit,
    bar,
    ok: bar === null || value >= bar,
    seed: SEED,
    n,
  };
}
