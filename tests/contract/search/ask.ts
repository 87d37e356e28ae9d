import type { SearchAnswer } from '#lib/server/platform/search/port.ts';
import type { Question, Shown, Started } from './world.ts';

/** Asks with what is mostly meant. */
export function ask({ index }: Started, question: Question = {}): Promise<SearchAnswer<Shown>> {
  return index.find({ order: 'soonest', offset: 0, limit: 1_000, ...question });
}

/** The labels of the answer, in its order. */
export async function labels(started: Started, question: Question = {}): Promise<string[]> {
  return (await ask(started, question)).hits.map(({ shown }) => shown.label);
}
