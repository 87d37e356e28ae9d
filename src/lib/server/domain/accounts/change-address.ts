import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { confirmRow, dropOpenChanges, insertChange, moveAddress, undoRow } from './address-queries.ts';
import { issueCode } from './codes.ts';
import {
  writeAddressAsked,
  writeAddressChanged,
  writeAddressTaken,
  writeConfirmNewAddress,
  writePasswordReset,
} from './letters.ts';
import { deleteSessionsOf, findAccount, findAccountByEmail } from './queries.ts';
import { actorOf, type Viewer } from './viewer.ts';

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const newToken = () => randomBytes(32).toString('base64url');

/**
 * Asks for another address: a link goes to the new one, and the old one is told. Answers the same whether or not somebody
 * else has it; then its owner is told instead. Until the link is used nothing changes.
 */
export async function askForAddress(
  db: Db,
  viewer: Viewer,
  links: { confirm: (token: string) => string; signIn: string },
  newEmail: string,
): Promise<void> {
  const { accountId, displayName: name, email } = viewer;
  if (newEmail === email.toLowerCase()) throw new Refusal('address_same', { field: 'email' });
  const token = newToken();
  await transact(db, actorOf(viewer), async (trx) => {
    await dropOpenChanges(trx, accountId);
    const taken = await findAccountByEmail(trx, newEmail);
    if (taken === undefined) {
      await insertChange(trx, { accountId, oldEmail: email, newEmail, confirmHash: hashOf(token) });
      await writeConfirmNewAddress(trx, { email: newEmail, link: links.confirm(token) });
    } else {
      // A name that its owner has not confirmed is whoever typed it.
      const known = taken.email_verified_at === null ? '' : taken.display_name;
      await writeAddressTaken(trx, { name: known, email: taken.email, link: links.signIn });
    }
    await writeAddressAsked(trx, { name, email });
  });
}

/**
 * Uses up the link that went to the new address: from now on it is the account's. The old address hears of it, with a link
 * that takes it back for seven days. Refuses with `code_ended`, and with `address_taken`.
 */
export async function confirmAddress(db: Db, undo: (token: string) => string, token: string): Promise<void> {
  const undoToken = newToken();
  await transact(db, system, async (trx) => {
    const change = await confirmRow(trx, hashOf(token), hashOf(undoToken));
    if (change === undefined || !(await moveAddress(trx, change.accountId, change.oldEmail, change.newEmail)))
      throw new Refusal('code_ended');
    const { display_name: name } = (await findAccount(trx, change.accountId))!;
    await writeAddressChanged(trx, { name, email: change.oldEmail, link: undo(undoToken) });
    await recordEvent(trx, {
      type: 'account.address_changed',
      subjectType: 'account',
      subjectId: change.accountId,
      payload: {},
    });
  });
}

/**
 * The old address takes the change back. Every session ends, and a link for a new password goes to the old address: whoever
 * changed it may know the password. Refuses with `code_ended`.
 */
export async function undoAddress(db: Db, reset: (token: string) => string, token: string): Promise<void> {
  await transact(db, system, async (trx) => {
    const change = await undoRow(trx, hashOf(token));
    if (change === undefined || !(await moveAddress(trx, change.accountId, change.newEmail, change.oldEmail)))
      throw new Refusal('code_ended');
    await deleteSessionsOf(trx, change.accountId);
    await dropOpenChanges(trx, change.accountId);
    const { display_name: name } = (await findAccount(trx, change.accountId))!;
    const link = reset(await issueCode(trx, change.accountId, 'reset_password'));
    await writePasswordReset(trx, { name, email: change.oldEmail, link });
    await recordEvent(trx, {
      type: 'account.address_change_undone',
      subjectType: 'account',
      subjectId: change.accountId,
      payload: {},
    });
  });
}
