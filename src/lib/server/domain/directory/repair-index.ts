import { setTimeout as wait } from 'node:timers/promises';
import type { Db, Queryable } from '#lib/server/platform/db.ts';
import { fingerprintOf } from '#lib/server/platform/search/fingerprint.ts';
import type { Batches, Holding, SearchIndex } from '#lib/server/platform/search/port.ts';
import type { Search } from '#lib/server/platform/search/open.ts';
import { allDocuments, type ShownPractitioner } from './documents.ts';
import { enqueue } from '../shared/record-event.ts';
import { hasDocuments, tryLock, unlock } from './queries.ts';
import { rebuildIndex } from './rebuild-index.ts';
import { markStale } from './refresh-documents.ts';

/** When more of the index than this share is wrong, it is made anew. */
const TOO_MUCH = 0.2;

/** The queue of what is done to the search server as a whole. */
export const SERVER_QUEUE = 'search_server';
const LOCK = 'search_server';
const LOOK_AGAIN_MS = 500;

/** Asks that the search server be brought up to date; asked many times it is done once. */
export async function askToCatchUp(db: Queryable): Promise<void> {
  await enqueue(db, 'catch_up', {}, { key: 'catch_up', queue: SERVER_QUEUE });
}

/**
 * Makes the search server hold what our own index holds, by fingerprint: after it was away, was emptied, or has got another
 * version of the index. An empty index of our own is filled first. Answers how many practitioners are put right; null while
 * somebody else is at it.
 */
export async function catchUp(db: Db, search: Search<ShownPractitioner>): Promise<number | null> {
  return aloneAtServer(db, { waits: false }, () => compare(db, search));
}

/**
 * Makes both indexes anew, and then what has changed meanwhile. Waits for whoever else is at it: two that fill the server at
 * once would fill the same index, and one of them would put it in place half filled. Answers how many documents there are.
 */
export async function reindex(
  db: Db,
  search: Search<ShownPractitioner>,
  onProgress: (documents: number) => void,
): Promise<number> {
  const documents = await aloneAtServer(db, { waits: true }, async () => {
    const made = await rebuildIndex(db, search, onProgress);
    await compare(db, search);
    return made;
  });
  return documents!;
}

async function compare(db: Db, search: Search<ShownPractitioner>): Promise<number> {
  if (!(await hasDocuments(db))) return rebuildIndex(db, search);
  return search.mend(async (own, server) => {
    const wanted = await fingerprints(own.holdings());
    let wrong = differing(wanted, await fingerprints(server.holdings()));
    const missed = wrong.length;
    if (missed > wanted.size * TOO_MUCH) {
      await rebuildIndex(db, server);
      // What has changed meanwhile.
      wrong = differing(await fingerprints(own.holdings()), await fingerprints(server.holdings()));
    }
    await markStale(db, wrong);
    return missed;
  });
}

/** One process at a time, over all of them: the lock goes with the connection that has it, whatever becomes of the process. */
async function aloneAtServer<Answer>(
  db: Db,
  { waits }: { waits: boolean },
  work: () => Promise<Answer>,
): Promise<Answer | null> {
  return db.connection().execute(async (connection) => {
    while (!(await tryLock(connection, LOCK))) {
      if (!waits) return null;
      await wait(LOOK_AGAIN_MS);
    }
    try {
      return await work();
    } finally {
      await unlock(connection, LOCK);
    }
  });
}

/**
 * Compares every document with what would be made of the database now, and has made anew what differs: whatever was missed
 * by the events, it is found within the hour. Answers how many practitioners are put right.
 */
export async function repairDocuments(
  db: Queryable,
  index: Pick<SearchIndex<ShownPractitioner>, 'holdings'>,
): Promise<number> {
  const held = await fingerprints(index.holdings());
  const wrong = new Set<string>();
  for await (const documents of allDocuments(db)) {
    for (const document of documents) {
      const key = keyOf(document);
      if (held.get(key) !== fingerprintOf(document)) wrong.add(document.practitionerId);
      held.delete(key);
    }
  }
  for (const key of held.keys()) wrong.add(practitionerOf(key));
  // Only marked: all are made anew by the one job that writes, so nothing older is written over anything newer.
  await markStale(db, [...wrong]);
  return wrong.size;
}

const keyOf = ({ practitionerId, locationId }: { practitionerId: string; locationId: string }) =>
  `${practitionerId} ${locationId}`;
const practitionerOf = (key: string) => key.slice(0, key.indexOf(' '));

async function fingerprints(holdings: Batches<Holding>): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for await (const batch of holdings) for (const one of batch) all.set(keyOf(one), one.fingerprint);
  return all;
}

/** The practitioners of whom one side holds something that the other does not. */
function differing(wanted: ReadonlyMap<string, string>, held: ReadonlyMap<string, string>): string[] {
  const wrong = [...wanted].filter(([key, fingerprint]) => held.get(key) !== fingerprint).map(([key]) => key);
  const gone = [...held.keys()].filter((key) => !wanted.has(key));
  return [...new Set([...wrong, ...gone].map(practitionerOf))];
}
