import type { Queryable } from '#lib/server/platform/db.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { makeDocuments } from './documents.ts';

/** Brings what search knows of one practitioner up to date; who is not listed is forgotten. Harmless when run twice. */
export async function refreshDocument(db: Queryable, practitionerId: string): Promise<void> {
  await postgresSearch(db).put([practitionerId], await makeDocuments(db, [practitionerId]));
}
