import type { Db } from '#lib/server/platform/db.ts';
import { findCurrentSlug, findListedSlugs } from './queries.ts';

/** The slugs of everybody who is listed at this moment, for the sitemap. */
export function listedSlugs(db: Db): Promise<string[]> {
  return findListedSlugs(db);
}

/** The slug that somebody has now who had this one before; undefined where nobody had. */
export function currentSlug(db: Db, former: string): Promise<string | undefined> {
  return findCurrentSlug(db, former);
}
