import type { ShownPractitioner } from '#lib/server/domain/directory/documents.ts';
import { searchInput } from '#lib/server/domain/directory/input.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import type { Facts, Practice } from './facts.ts';
import type { JudgedQuery, Typed } from './judged-queries.ts';
import { ndcg } from './ndcg.ts';
import { grade, kilometresBetween, type Grade } from './wishes.ts';

/** Whom a result shows, and at which of their addresses. */
export type Hit = Pick<Practice, 'slug' | 'locationId'>;
/** Whoever answers with people, the best first. */
export type Answering = (typed: Typed) => Promise<readonly Hit[]>;

/** The search itself, with everything that the page does. */
export function bySearch(db: Db, index: SearchIndex<ShownPractitioner>): Answering {
  return async (typed) => {
    const { results } = await searchPractitioners(db, index, searchInput.parse(typed));
    return results;
  };
}

/** Everybody in an order that has nothing to do with the question. */
export function byChance({ practices }: Facts, random: () => number): Answering {
  return () =>
    Promise.resolve(
      onceEach(
        practices
          .map((practice) => [random(), practice] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, practice]) => practice),
      ),
    );
}

/** Everybody by the distance from the place that the search reads in the question, and by chance where it reads none. */
export function byDistance(
  db: Db,
  index: SearchIndex<ShownPractitioner>,
  facts: Facts,
  random: () => number,
): Answering {
  const chance = byChance(facts, random);
  return async (typed) => {
    const { place } = await searchPractitioners(db, index, searchInput.parse(typed));
    if (place === null) return chance(typed);
    const distance = (practice: Practice) => kilometresBetween(practice, place);
    return onceEach(facts.practices.toSorted((a, b) => distance(a) - distance(b)));
  };
}

/** Nobody twice, as on the page. */
function onceEach(practices: readonly Practice[]): Practice[] {
  return [...Map.groupBy(practices, ({ slug }) => slug).values()].map(([first]) => first!);
}

export interface Judged {
  query: JudgedQuery;
  ndcg: number;
  /** The grades in the order of the answer, and those of the best answer there could be. */
  came: readonly Grade[];
  ideal: readonly Grade[];
  /** Who came first where somebody better could have. */
  firstWrong: Practice | null;
}

/** How well each query is answered; one that nobody in the town fits says nothing and is left out. */
export async function judge(
  queries: readonly JudgedQuery[],
  facts: Facts,
  answering: Answering,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const query of queries) {
    const graded = facts.practices.map(
      (practice) => [practice, grade(query.wishes, practice, facts)] as const,
    );
    const ideal = [...Map.groupBy(graded, ([{ slug }]) => slug).values()]
      .map((places) => Math.max(...places.map(([, one]) => one)) as Grade)
      .toSorted((a, b) => b - a);
    if (ideal[0] === 0) continue;
    const came = (await answering(query.typed)).map(
      (hit) => graded.find(([practice]) => isSame(practice, hit)) ?? ([null, 0] as const),
    );
    const grades = came.map(([, one]) => one);
    judged.push({
      query,
      ndcg: ndcg(grades, ideal),
      came: grades,
      ideal,
      firstWrong: came.find(([, one], at) => one < ideal[at]!)?.[0] ?? null,
    });
  }
  return judged;
}

function isSame(one: Hit, other: Hit): boolean {
  return one.slug === other.slug && one.locationId === other.locationId;
}

export function meanOf(judged: readonly Judged[]): number {
  return judged.reduce((sum, one) => sum + one.ndcg, 0) / judged.length;
}
