import { beforeAll, describe, expect, it } from 'vitest';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { readFacts, type Facts } from '../../bench/relevance/facts.ts';
import { byChance, bySearch, judge, meanOf, type Answering } from '../../bench/relevance/judge.ts';
import { idOf, judgedQueries, reportedQueries, tuningQueries } from '../../bench/relevance/judged-queries.ts';
import { misspeltNames } from '../../bench/relevance/misspelt-names.ts';
import { foundTown } from '../../bench/relevance/town.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { randomFrom } from '../../harness/random.ts';

let facts: Facts;
let search: Answering;
beforeAll(async () => {
  const db = await foundTown((await createTestDatabase()).urls);
  afterFile(() => db.destroy());
  facts = await readFacts(db);
  search = bySearch(db, postgresSearch(db));
});

describe('the judged queries', () => {
  it('are enough to tune by and to keep apart, each typed once', () => {
    expect(new Set(judgedQueries.map(idOf)).size).toBe(judgedQueries.length);
    expect(tuningQueries.length).toBeGreaterThanOrEqual(100);
    expect(reportedQueries.length).toBeGreaterThanOrEqual(50);
  });

  it('can tell a good order from chance', async () => {
    const judged = await judge(judgedQueries, facts, byChance(facts, randomFrom(1)));
    expect(judged.length).toBeGreaterThanOrEqual(judgedQueries.length - 5);
    expect(meanOf(judged)).toBeLessThan(0.2);
  });

  it('are about names that one person has', () => {
    for (const [, name] of misspeltNames)
      expect(new Set(facts.practices.filter((one) => one.name === name).map(({ slug }) => slug)).size).toBe(
        1,
      );
  });
});

describe('search on PostgreSQL', () => {
  it('answers what patients type well', async () => {
    expect(meanOf(await judge(tuningQueries, facts, search))).toBeGreaterThanOrEqual(0.95);
  });

  it('finds misspelt names first', async () => {
    const firsts = await Promise.all(misspeltNames.map(async ([typed]) => (await search({ q: typed }))[0]));
    const right = firsts.filter((first, at) =>
      facts.practices.some(({ slug, name }) => slug === first?.slug && name === misspeltNames[at]![1]),
    );
    expect(right.length).toBeGreaterThanOrEqual(28);
  });
});
