import type { Db, Queryable } from '#lib/server/platform/db.ts';
import { readPublicCases, requirePublicPictures } from '../portfolio/reads.ts';
import { Refusal } from '../shared/refusal.ts';
import { findPractitioner } from './queries.ts';
import { lawful } from './understand.ts';

/** The cases of a practitioner that may be shown to everybody at this moment, in words that may be public (L5, L6). */
export async function shownCases(db: Queryable, practitionerId: string) {
  const cases = await readPublicCases(db, practitionerId);
  return cases.map((one) => ({ ...one, askedFor: lawful(one.askedFor), why: lawful(one.why) }));
}

/** The page of somebody's pictures; `not_found` for who is not listed, and none where the law keeps them from the public. */
export async function readCases(db: Db, slug: string) {
  const found = await findPractitioner(db, slug);
  if (found === undefined || found.jurisdiction === null) throw new Refusal('not_found');
  await requirePublicPictures(db, { id: found.id, jurisdiction: found.jurisdiction });
  const cases = await shownCases(db, found.id);
  return { slug: found.slug, name: found.name, isDemo: found.is_demo, cases };
}
