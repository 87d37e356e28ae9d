import type { Db } from '#lib/server/platform/db.ts';
import { Refusal } from '../shared/refusal.ts';
import { passwordFits } from './passwords.ts';
import { findAccountByEmail } from './queries.ts';
import { startSession } from './sessions.ts';

/**
 * Signs in and answers a new session token. Unknown address, wrong password, suspended account and unproved address
 * look alike (`sign_in_failed`): same words, same work.
 */
export async function signIn(
  db: Db,
  input: { email: string; password: string },
): Promise<{ sessionToken: string }> {
  const account = await findAccountByEmail(db, input.email);
  const fits = await passwordFits(account?.password_hash, input.password);
  if (!fits || account === undefined || account.suspended_at !== null || account.email_verified_at === null) {
    throw new Refusal('sign_in_failed');
  }
  return { sessionToken: await startSession(db, account.id) };
}
