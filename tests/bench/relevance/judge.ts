import { searchInput } from '#lib/server/domain/directory/input.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import type { ShownPractitioner } from '#lib/server/domain/directory/documents.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { ndcg } from './ndcg.ts';
import type { Facts, Practice } from './facts.ts';
import type { JudgedQuery, Typed } from './queries.ts';
import { grade, kilometresBetween, type Grade } from './wishes.ts';

/** Whoever answers with people, the best first: their names. */
export type Answering = (typed: Typed) => Promise<string[]>;

/** The search itself, with everything that the page does. */
export function bySearch(db: Db, index: SearchIndex<ShownPractitioner>): Answering {
  return async (typed) => {
    const { results } = await searchPractitioners(db, index, searchInput.parse(typed));
    return results.map(({ slug }) => slug);
  };
}

/** Everybody in an order that has nothing to do with the question. */
export function byChance({ practices }: Facts, random: () => number): Answering {
  const slugs = [...new Set(practices.map(({ slug }) => slug))];
  return () =>
    Promise.resolve(
      slugs
        .map((slug) => [random(), slug] as const)
        .toSorted(([a], [b]) => a - b)
        .map(([, slug]) => slug),
    );
}

/** Everybody by the distance from the place that was named, and by chance where none was. */
export function byDistance(
  facts: Facts,
  placeOf: (typed: Typed) => string | null,
  random: () => number,
): Answering {
  const chance = byChance(facts, random);
  return (typed) => {
    const town = facts.towns.get(placeOf(typed) ?? '');
    if (town === undefined) return chance(typed);
    const near = facts.practices.toSorted((a, b) => kilometresBetween(a, town) - kilometresBetween(b, town));
    return Promise.resolve([...new Set(near.map(({ slug }) => slug))]);
  };
}

export interface Judged {
  query: JudgedQuery;
  ndcg: number;
  /** Who came, with the grade of each. */
  came: readonly (readonly [slug: string, grade: Grade])[];
  best: Grade;
}

/** How well each query is answered. A person's grade is that of the place where it is best. */
export async function judge(
  queries: readonly JudgedQuery[],
  facts: Facts,
  answering: Answering,
): Promise<Judged[]> {
  const places = Map.groupBy(facts.practices, ({ slug }) => slug);
  const judged: Judged[] = [];
  for (const query of queries) {
    const grades = new Map([...places].map(([slug, at]) => [slug, bestOf(query, at, facts)]));
    const came = (await answering(query.typed)).map((slug) => [slug, grades.get(slug) ?? 0] as const);
    const all = [...grades.values()];
    judged.push({
      query,
      ndcg: ndcg(
        came.map(([, one]) => one),
        all,
      ),
      came,
      best: Math.max(...all) as Grade,
    });
  }
  return judged;
}

function bestOf({ wishes }: JudgedQuery, practices: readonly Practice[], facts: Facts): Grade {
  return Math.max(...practices.map((practice) => grade(wishes, practice, facts))) as Grade;
}

export function mean(judged: readonly Judged[]): number {
  return judged.reduce((sum, one) => sum + one.ndcg, 0) / judged.length;
}
