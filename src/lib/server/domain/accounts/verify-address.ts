import type { Db } from '#lib/server/platform/db.ts';
import { recordEvent } from '../shared/record-event.ts';
import { choosePassword } from './choose-password.ts';
import { startSession } from './sessions.ts';

/** Proves the address with the code from the mail, sets the first password and signs in. Refuses with `code_ended`. */
export async function verifyAddress(
  db: Db,
  input: { token: string; password: string },
): Promise<{ sessionToken: string }> {
  const accountId = await choosePassword(db, 'verify_address', input, (trx, owner) =>
    recordEvent(trx, {
      type: 'account.address_verified',
      subjectType: 'account',
      subjectId: owner,
      payload: {},
    }),
  );
  return { sessionToken: await startSession(db, accountId) };
}
