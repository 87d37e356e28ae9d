import type { Db, Trx } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { issueCode } from './codes.ts';
import { accountHasSecondFactor } from './factor-queries.ts';
import { passwordFits } from './passwords.ts';
import { findAccountByEmail } from './queries.ts';
import { startSession } from './sessions.ts';

/** In, or half-way: the second step is still to come, and this token says whose. */
export type Admission = { readonly sessionToken: string } | { readonly halfToken: string };

/**
 * The first step of signing in. Answers a session token, or, where the account has a second factor, the token of a
 * sign-in that waits for it. Unknown address, wrong password, suspended account and unproved address look alike
 * (`sign_in_failed`): same words, same work.
 */
export async function signIn(
  db: Db,
  input: { email: string; password: string },
  device = '',
): Promise<Admission> {
  const account = await findAccountByEmail(db, input.email);
  const fits = await passwordFits(account?.password_hash, input.password);
  if (!fits || account === undefined || account.suspended_at !== null || account.email_verified_at === null) {
    throw new Refusal('sign_in_failed');
  }
  return transact(db, system, (trx) => admit(trx, account.id, device));
}

/** Who has proved the first factor goes in, or half-way in. */
export async function admit(trx: Trx, accountId: string, device: string): Promise<Admission> {
  return (await accountHasSecondFactor(trx, accountId))
    ? { halfToken: await issueCode(trx, accountId, 'sign_in') }
    : { sessionToken: await startSession(trx, accountId, { device }) };
}
