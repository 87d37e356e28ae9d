import type { Queryable } from '#lib/server/platform/db.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { allDocuments, type ShownPractitioner } from './documents.ts';

/**
 * Makes every document anew and forgets who is not listed any more; who searches meanwhile finds what was there before.
 * `onProgress` hears how many documents are made. Answers how many there are now.
 */
export async function rebuildIndex(
  db: Queryable,
  index: SearchIndex<ShownPractitioner>,
  onProgress: (documents: number) => void = () => {},
): Promise<number> {
  let made = 0;
  await index.replaceAll({
    async *[Symbol.asyncIterator]() {
      made = 0;
      for await (const documents of allDocuments(db)) {
        onProgress((made += documents.length));
        yield documents;
      }
    },
  });
  return made;
}
