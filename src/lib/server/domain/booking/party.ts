import { createHash, randomBytes } from 'node:crypto';
import type { Db, Queryable } from '#lib/server/platform/db.ts';
import { findParty, insertParty } from './queries.ts';

/** Only this is stored: a stolen row opens nobody's booking. */
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** The party behind a visitor's token, or null. */
export async function findVisitor(db: Db, token: string | undefined): Promise<string | null> {
  if (token === undefined || token.length > 100) return null;
  return findParty(db, hashOf(token));
}

/** The party of this token, made when it is new, and locked: a visitor's holds are counted one after the other. */
export function partyOf(db: Queryable, token: string): Promise<string> {
  return insertParty(db, hashOf(token));
}

/**
 * A token for a visitor who has none yet. It follows from the request's own key where that is long enough to be a
 * secret, so that a first request whose answer was lost finds its own hold again when it is sent a second time (C5).
 */
export function newVisitorToken(requestKey: string | undefined): string {
  if (requestKey === undefined || requestKey.length < 20) return randomBytes(32).toString('base64url');
  return createHash('sha256').update(`visitor of ${requestKey}`).digest('base64url');
}
