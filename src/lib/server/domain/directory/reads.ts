import type { Db } from '#lib/server/platform/db.ts';
import { findListedSlugs } from './queries.ts';

/** The slugs of everybody who is listed at this moment, for the sitemap. */
export function listedSlugs(db: Db): Promise<string[]> {
  return findListedSlugs(db);
}
