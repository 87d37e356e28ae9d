import type { Db, Trx } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lookUpCode, redeemCode } from './codes.ts';
import { hashPassword } from './passwords.ts';
import { deleteSessionsOf, markAddressVerified, setPasswordHash, type CodePurpose } from './queries.ts';

/**
 * Uses up a code that came by mail: whoever holds it holds the address, so the address is proved, the password set, and
 * every session of the account ended. Answers the account's id; refuses with `code_ended`.
 */
export async function choosePassword(
  db: Db,
  purpose: CodePurpose,
  input: { token: string; password: string },
  tell: (trx: Trx, accountId: string) => Promise<void>,
): Promise<string> {
  // Hashing is dear, and waited for by those who sign in: it is done for nobody who only guesses at a code.
  if ((await lookUpCode(db, purpose, input.token)) === undefined) throw new Refusal('code_ended');
  const passwordHash = await hashPassword(input.password);
  return transact(db, system, async (trx) => {
    const accountId = await redeemCode(trx, purpose, input.token);
    if (accountId === undefined) throw new Refusal('code_ended');
    await setPasswordHash(trx, accountId, passwordHash);
    await markAddressVerified(trx, accountId);
    await deleteSessionsOf(trx, accountId);
    await tell(trx, accountId);
    return accountId;
  });
}
