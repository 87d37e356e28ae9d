import type { Holding, SearchAnswer } from '#lib/server/platform/search/port.ts';
import type { Question, Shown, Started } from './world.ts';

/** Asks with what is mostly meant. */
export function ask({ index }: Started, question: Question = {}): Promise<SearchAnswer<Shown>> {
  return index.find({ order: 'soonest', offset: 0, limit: 1_000, ...question });
}

/** The labels of the answer, in its order. */
export async function labels(started: Started, question: Question = {}): Promise<string[]> {
  return (await ask(started, question)).hits.map(({ shown }) => shown.label);
}

/** Everything that the index holds, by practitioner and place. */
export async function holdings({ index }: Started): Promise<Holding[]> {
  const all: Holding[] = [];
  for await (const batch of index.holdings()) all.push(...batch);
  return all.toSorted((a, b) => (a.practitionerId + a.locationId < b.practitionerId + b.locationId ? -1 : 1));
}
