import type { Queryable } from '#lib/server/platform/db.ts';
import { findIndexState } from './queries.ts';

/** What search holds, and how far it lags behind: for who watches over it. */
export function readIndexState(db: Queryable) {
  return findIndexState(db);
}
