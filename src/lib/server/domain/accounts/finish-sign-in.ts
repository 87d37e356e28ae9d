import type { Db } from '#lib/server/platform/db.ts';
import type { SealingKeys } from '#lib/server/platform/seal.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lookUpCode, redeemCode } from './codes.ts';
import { writeRecoveryCodeUsed } from './letters.ts';
import { countRecoveryCodes } from './factor-queries.ts';
import { findAccount } from './queries.ts';
import { startSession } from './sessions.ts';
import { readTypedFactor, showFactor } from './show-factor.ts';

/** Whose sign-in waits for its second step; undefined when it waited too long, or none does. */
export function findHalfSignIn(db: Db, halfToken: string | undefined): Promise<string | undefined> {
  return halfToken === undefined ? Promise.resolve(undefined) : lookUpCode(db, 'sign_in', halfToken);
}

/**
 * The second step of signing in: a code of the app, or a recovery code. Answers a session token. Code, half sign-in and
 * session are used up and begun together. Refuses with `second_factor_failed`, and with `sign_in_again` after ten minutes.
 */
export async function finishSignIn(
  db: Db,
  keys: SealingKeys,
  input: { halfToken: string; code: string },
  device = '',
): Promise<{ sessionToken: string }> {
  const accountId = await findHalfSignIn(db, input.halfToken);
  if (accountId === undefined) throw new Refusal('sign_in_again');
  const typed = await readTypedFactor(accountId, input.code);
  return transact(db, { kind: 'account', accountId }, async (trx) => {
    const account = await findAccount(trx, accountId);
    if (account === undefined || account.suspended_at !== null) throw new Refusal('sign_in_again');
    const factorUseId = await showFactor(trx, keys, accountId, typed);
    if ((await redeemCode(trx, 'sign_in', input.halfToken)) === undefined) throw new Refusal('sign_in_again');
    if (typed.kind === 'recovery') {
      const { display_name: name, email } = account;
      await writeRecoveryCodeUsed(trx, { name, email, left: await countRecoveryCodes(trx, accountId) });
    }
    return { sessionToken: await startSession(trx, accountId, { device, factorUseId }) };
  });
}
