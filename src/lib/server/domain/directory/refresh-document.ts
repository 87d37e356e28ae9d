import type { Queryable } from '#lib/server/platform/db.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { makeDocuments, type ShownPractitioner } from './documents.ts';
import { findSupervised } from './queries.ts';

/**
 * Brings what search knows of a practitioner up to date, and of those whose patients this practitioner sees first:
 * they show the same times. Who is not listed is forgotten. Harmless when run twice.
 */
export async function refreshDocument(
  db: Queryable,
  index: SearchIndex<ShownPractitioner>,
  practitionerId: string,
): Promise<void> {
  const practitionerIds = [practitionerId, ...(await findSupervised(db, practitionerId))];
  await index.put(practitionerIds, await makeDocuments(db, practitionerIds));
}
