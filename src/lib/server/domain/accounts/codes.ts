import { createHash, randomBytes } from 'node:crypto';
import type { Trx } from '#lib/server/platform/db.ts';
import { insertCode, useCode, voidCodes, type CodePurpose } from './queries.ts';

const LIFE_MINUTES = { verify_address: 24 * 60, reset_password: 20 } as const satisfies Record<
  CodePurpose,
  number
>;

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Makes a single-use code for a link and voids earlier ones. Only its hash is kept. */
export async function issueCode(trx: Trx, accountId: string, purpose: CodePurpose): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await voidCodes(trx, accountId, purpose);
  await insertCode(trx, { accountId, purpose, tokenHash: hashOf(token), minutes: LIFE_MINUTES[purpose] });
  return token;
}

/** Uses a code up and answers whose it was; undefined when it is unknown, used or too old. */
export function redeemCode(trx: Trx, purpose: CodePurpose, token: string): Promise<string | undefined> {
  return useCode(trx, purpose, hashOf(token));
}
