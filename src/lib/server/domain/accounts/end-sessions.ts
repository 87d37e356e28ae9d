import type { Db } from '#lib/server/platform/db.ts';
import { deleteEndedSessions as deleteRows } from './queries.ts';

/** Removes sessions past their absolute limit. They open nothing any more; this only tidies. */
export async function deleteEndedSessions(db: Db): Promise<void> {
  await deleteRows(db);
}
