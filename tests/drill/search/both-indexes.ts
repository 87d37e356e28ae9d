import { isDeepStrictEqual } from 'node:util';
import type { Meilisearch } from 'meilisearch';
import { allDocuments } from '#lib/server/domain/directory/documents.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { fingerprintOf } from '#lib/server/platform/search/fingerprint.ts';
import { INDEX } from '#lib/server/platform/search/meilisearch.ts';
import type { SearchDocument, SearchIndex } from '#lib/server/platform/search/port.ts';
import { differences } from './checker.ts';

type Documents = Map<string, SearchDocument<unknown>>;
const keyOf = ({ practitionerId, locationId }: { practitionerId: string; locationId: string }) =>
  `${practitionerId} ${locationId}`;

/** What would be made of the database at this moment. */
async function documentsOf(db: Db): Promise<Documents> {
  const all: Documents = new Map();
  for await (const batch of allDocuments(db)) for (const one of batch) all.set(keyOf(one), one);
  return all;
}

async function held(index: SearchIndex<unknown>): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for await (const batch of index.holdings()) for (const one of batch) all.set(keyOf(one), one.fingerprint);
  return all;
}

/** What of a document the search server keeps as it is: a fingerprint beside it says only what it should be. */
const KEPT = [
  'concerns',
  'profession',
  'consultant',
  'credentials',
  'languages',
  'gender',
  'access',
  'feeMinor',
  'timeZone',
  'shown',
] as const;

/** Keys of documents on the search server that are not what their fingerprint says. */
async function damaged(admin: Meilisearch, wanted: Documents): Promise<string[]> {
  const { results } = await admin.index<SearchDocument<unknown>>(INDEX).getDocuments({
    fields: ['practitionerId', 'locationId', ...KEPT],
    limit: 10_000,
  });
  return results
    .filter((stored) => {
      const document = wanted.get(keyOf(stored));
      return (
        document !== undefined &&
        KEPT.some((field) => !isDeepStrictEqual(stored[field], asJson(document[field])))
      );
    })
    .map(keyOf);
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What differs between the database and both indexes, each by its key; `admin` is null where there is one index alone. */
export async function findDifferences(
  db: Db,
  indexes: readonly SearchIndex<unknown>[],
  admin: Meilisearch | null,
): Promise<string[]> {
  const documents = await documentsOf(db);
  const wanted = new Map([...documents].map(([key, document]) => [key, fingerprintOf(document)]));
  const found: string[] = [];
  for (const [at, index] of indexes.entries())
    for (const [how, keys] of Object.entries(differences(wanted, await held(index))))
      found.push(...keys.map((key) => `index ${at + 1}: ${how} ${key}`));
  if (admin !== null) found.push(...(await damaged(admin, documents)).map((key) => `damaged ${key}`));
  return found;
}
