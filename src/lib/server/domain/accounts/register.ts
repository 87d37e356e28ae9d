import type { Db } from '#lib/server/platform/db.ts';
import { transact } from '../shared/transact.ts';
import { system } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { issueCode } from './codes.ts';
import { findAccountByEmail, insertAccount, renameUnconfirmed } from './queries.ts';
import { writeAddressTaken, writeVerifyAddress } from './letters.ts';

/**
 * Opens an account. Answers nothing either way: whether an address has an account is nobody else's business, so its
 * owner is told by mail. The password is chosen behind the link in that mail, never before: nobody can prepare an
 * account for somebody else's address and wait for its owner to confirm it. The name is that of who asked last, as the link
 * is: whoever registers an address first chooses no name for its owner.
 */
export async function register(
  db: Db,
  links: { verify: (token: string) => string; signIn: string },
  input: { name: string; email: string },
): Promise<void> {
  await transact(db, system, async (trx) => {
    const opened = await insertAccount(trx, { email: input.email, displayName: input.name });
    if (opened !== undefined) {
      await recordEvent(trx, {
        type: 'account.registered',
        subjectType: 'account',
        subjectId: opened,
        payload: {},
      });
    }
    const account = await findAccountByEmail(trx, input.email);
    if (account === undefined) return;
    if (account.email_verified_at === null) {
      await renameUnconfirmed(trx, account.id, input.name);
      const token = await issueCode(trx, account.id, 'verify_address');
      await writeVerifyAddress(trx, { email: account.email, link: links.verify(token) });
    } else {
      await writeAddressTaken(trx, {
        name: account.display_name,
        email: account.email,
        link: links.signIn,
      });
    }
  });
}
