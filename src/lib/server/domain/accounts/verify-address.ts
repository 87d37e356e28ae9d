import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { choosePassword } from './choose-password.ts';
import { agreeToTerms } from './agree-to-terms.ts';
import { admit, type Admission } from './sign-in.ts';

/**
 * Proves the address with the code from the mail, sets the first password and signs in; the page has said which terms that
 * agrees to. Refuses with `code_ended`.
 */
export async function verifyAddress(
  db: Db,
  input: { token: string; password: string },
  device = '',
): Promise<Admission> {
  const accountId = await choosePassword(db, 'verify_address', input, (trx, owner) =>
    recordEvent(trx, {
      type: 'account.address_verified',
      subjectType: 'account',
      subjectId: owner,
      payload: {},
    }),
  );
  await agreeToTerms(db, { kind: 'account', accountId });
  return transact(db, system, (trx) => admit(trx, accountId, device));
}
