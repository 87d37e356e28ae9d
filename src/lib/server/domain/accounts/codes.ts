import { createHash, randomBytes } from 'node:crypto';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import { findCode, insertCode, useCode, voidCodes, type CodePurpose } from './queries.ts';

const LIFE_MINUTES = {
  verify_address: 24 * 60,
  reset_password: 20,
  sign_in: 10,
  recover_account: 3 * 24 * 60,
} as const satisfies Record<CodePurpose, number>;

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * Makes a single-use code and voids earlier ones. Only its hash is kept. Of half a sign-in several may wait: who knows the
 * password elsewhere must not be able to void the owner's.
 */
export async function issueCode(trx: Trx, accountId: string, purpose: CodePurpose): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  if (purpose !== 'sign_in') await voidCodes(trx, accountId, purpose);
  await insertCode(trx, { accountId, purpose, tokenHash: hashOf(token), minutes: LIFE_MINUTES[purpose] });
  return token;
}

/** Uses a code up and answers whose it was; undefined when it is unknown, used or too old. */
export function redeemCode(trx: Trx, purpose: CodePurpose, token: string): Promise<string | undefined> {
  return useCode(trx, purpose, hashOf(token));
}

/** Whose code it is, without using it up. */
export function lookUpCode(db: Queryable, purpose: CodePurpose, token: string): Promise<string | undefined> {
  return findCode(db, purpose, hashOf(token));
}
