import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { deleteOldAnswers, deleteOldDrafts, expireStaleHolds } from './queries.ts';

/**
 * Tidies what bookings leave behind. Nothing waits for it: a hold that has run out frees its time by itself (C4).
 * Answers the practitioners whose times were kept.
 */
export async function expireHolds(db: Db): Promise<string[]> {
  const practitionerIds = await transact(db, system, expireStaleHolds);
  await transact(db, system, deleteOldDrafts);
  await transact(db, system, deleteOldAnswers);
  return practitionerIds;
}
