import type { Queryable } from '#lib/server/platform/db.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { makeDocuments, type ShownPractitioner } from './documents.ts';

/** Makes every document anew and forgets who is not listed any more. Answers how many there are now. */
export async function rebuildIndex(db: Queryable, index: SearchIndex<ShownPractitioner>): Promise<number> {
  const documents = await makeDocuments(db);
  await index.replaceAll(documents);
  return documents.length;
}
