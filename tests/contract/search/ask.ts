import { expect } from 'vitest';
import { fingerprintOf } from '#lib/server/platform/search/fingerprint.ts';
import type { Holding, SearchAnswer } from '#lib/server/platform/search/port.ts';
import type { Document, Question, Shown, Started } from './world.ts';

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

/** From now on these practitioners have these documents, once a busy engine has done it. */
export async function put(
  started: Started,
  practitionerIds: readonly string[],
  documents: readonly Document[],
): Promise<void> {
  await started.index.put(practitionerIds, documents);
  const wanted = documents.map((document) => `${idsOf(document)} ${fingerprintOf(document)}`).toSorted();
  const held = async () =>
    (await holdings(started))
      .filter(({ practitionerId }) => practitionerIds.includes(practitionerId))
      .map((holding) => `${idsOf(holding)} ${holding.fingerprint}`)
      .toSorted();
  await expect.poll(held, { timeout: 30_000 }).toEqual(wanted);
}

const idsOf = ({ practitionerId, locationId }: Pick<Document, 'practitionerId' | 'locationId'>) =>
  `${practitionerId} ${locationId}`;
