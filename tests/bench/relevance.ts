import type { ShownPractitioner } from '#lib/server/domain/directory/documents.ts';
import { rebuildIndex } from '#lib/server/domain/directory/rebuild-index.ts';
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
  meanOf,
  type Answering,
  type Judged,
} from './relevance/judge.ts';
import { idOf, reportedQueries, tuningQueries } from './relevance/judged-queries.ts';
import { misspeltNames } from './relevance/misspelt-names.ts';
import { foundTown } from './relevance/town.ts';

/*
 * How well the first ten answer what patients type, judged by facts of the demo town: on queries that may be looked at
 * while the order is tuned, and on those kept apart. Random order, the order by distance and the order by time show what
 * is for nothing.
 */

const SEED = 20_261_124;
const BAR = 0.9;
const NAMES_BAR = 28;
const WORST_SHOWN = 15;

export async function run(): Promise<Figure[]> {
  const cluster = await startCluster();
  const server = hasMeilisearch() ? await startMeilisearch() : null;
  try {
    const db = await foundTown((await cluster.create()).urls);
    const facts = await readFacts(db);
    const postgres = postgresSearch<ShownPractitioner>(db);
    const engines: [string, SearchIndex<ShownPractitioner>][] = [['PostgreSQL', postgres]];
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
      console.error(worst(engine, tuned, facts));
      figures.push(
        figure(`${engine}: nDCG@10, queries to tune by`, meanOf(tuned), null, tuned.length),
        await reported(engine, facts, search, BAR),
        await namesFound(engine, facts, search),
      );
    }
    const random = randomFrom(SEED);
    const search = bySearch(db, postgres);
    figures.push(
      await reported('control, random order', facts, byChance(facts, random), null),
      await reported('control, order by distance', facts, byDistance(db, postgres, facts, random), null),
      await reported(
        'control, what was typed read and ordered by time',
        facts,
        (typed) => search({ ...typed, sort: 'soonest' }),
        null,
      ),
    );
    await db.destroy();
    return figures;
  } finally {
    await server?.stop();
    await cluster.stop();
  }
}

async function reported(
  name: string,
  facts: Facts,
  answering: Answering,
  bar: number | null,
): Promise<Figure> {
  const judged = await judge(reportedQueries, facts, answering);
  return figure(`${name}: nDCG@10, queries kept apart`, meanOf(judged), bar, judged.length);
}

/** Names with a slip or two: how many of them are found first. */
async function namesFound(engine: string, facts: Facts, answering: Answering): Promise<Figure> {
  const missed: string[] = [];
  for (const [typed, name] of misspeltNames) {
    const [first] = await answering({ q: typed });
    const found = facts.practices.find(({ slug }) => slug === first?.slug)?.name;
    if (found !== name) missed.push(`  ${typed}: ${found ?? 'nobody'} came, not ${name}`);
  }
  if (missed.length > 0) console.error(`${engine}, misspelt names not found first:\n${missed.join('\n')}`);
  const found = misspeltNames.length - missed.length;
  return figure(`${engine}: misspelt names found first`, found, NAMES_BAR, misspeltNames.length);
}

/** The queries that are answered worst, of those that may be looked at: the grades that came, and who came too early. */
function worst(engine: string, judged: readonly Judged[], facts: Facts): string {
  const lines = judged
    .filter(({ ndcg }) => ndcg < 1)
    .toSorted((a, b) => a.ndcg - b.ndcg)
    .slice(0, WORST_SHOWN)
    .map(({ query, ndcg, came, ideal, firstWrong }) => {
      const best = ideal.slice(0, 10).filter((grade) => grade > 0);
      const grades = `${came.join('') || 'nobody'} of ${best.join('')}`;
      const lost =
        firstWrong && `${firstWrong.name}: ${query.wishes.map((wish) => wish(firstWrong, facts)).join(', ')}`;
      return `  ${ndcg.toFixed(2)}  ${idOf(query).padEnd(50)} ${grades.padEnd(24)} ${lost ?? 'too few came'}`;
    });
  return `${engine}, worst of the queries to tune by, with how the first who came too early meets each wish:\n${lines.join('\n')}`;
}

function figure(name: string, value: number, bar: number | null, n: number): Figure {
  return {
    name: `relevance: ${name}`,
    value: Math.round(value * 1_000) / 1_000,
    unit: name.includes('names') ? 'names' : '',
    bar,
    ok: bar === null || value >= bar,
    seed: SEED,
    n,
  };
}
