import type { Queryable } from '#lib/server/platform/db.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { makeDocuments } from './documents.ts';

/** Makes every document anew and forgets who is not listed any more. Answers how many there are now. */
export async function rebuildIndex(db: Queryable): Promise<number> {
  const documents = await makeDocuments(db);
  const index = postgresSearch(db);
  const practitionerIds = [...new Set(documents.map(({ practitionerId }) => practitionerId))];
  await index.put(practitionerIds, documents);
  await index.keepOnly(practitionerIds);
  return documents.length;
}
