import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { choosePassword } from './choose-password.ts';
import { issueCode } from './codes.ts';
import { writePasswordChanged, writePasswordReset } from './letters.ts';
import { findAccount, findAccountByEmail, hasUnusedCode } from './queries.ts';

/** So long the link that was sent is the one to use: nobody else's asking puts another in its place, or fills a mailbox. */
const ASK_AGAIN_MINUTES = 5;

/**
 * Sends a link for a new password, if the address has an account; within five minutes of the last one that nobody has used, none.
 * Answers the same either way.
 */
export async function askForPasswordReset(
  db: Db,
  link: (token: string) => string,
  email: string,
): Promise<void> {
  await transact(db, system, async (trx) => {
    const account = await findAccountByEmail(trx, email);
    if (account === undefined || account.suspended_at !== null) return;
    if (await hasUnusedCode(trx, account.id, 'reset_password', ASK_AGAIN_MINUTES)) return;
    const token = await issueCode(trx, account.id, 'reset_password');
    await writePasswordReset(trx, { name: account.display_name, email: account.email, link: link(token) });
  });
}

/** Sets the new password, ends every session of the account, and tells its owner. Refuses with `code_ended`. */
export async function resetPassword(db: Db, input: { token: string; password: string }): Promise<void> {
  await choosePassword(db, 'reset_password', input, async (trx, accountId) => {
    const account = await findAccount(trx, accountId);
    if (account !== undefined)
      await writePasswordChanged(trx, { name: account.display_name, email: account.email });
    await recordEvent(trx, {
      type: 'account.password_reset',
      subjectType: 'account',
      subjectId: accountId,
      payload: {},
    });
  });
}
