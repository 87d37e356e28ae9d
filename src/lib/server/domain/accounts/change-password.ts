import type { Db } from '#lib/server/platform/db.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { writePasswordChanged } from './letters.ts';
import { hashPassword, passwordFits } from './passwords.ts';
import { findAccount, markProved, setPasswordHash } from './queries.ts';
import { endOtherSessions } from './sessions.ts';
import { actorOf, type Viewer } from './viewer.ts';

/** A new password in place of the one that is shown. Every other session ends. Refuses with `proof_failed`. */
export async function changePassword(
  db: Db,
  viewer: Viewer,
  input: { currentPassword: string; password: string },
): Promise<void> {
  const { accountId, displayName: name, email, sessionRef } = viewer;
  const account = await findAccount(db, accountId);
  if (!(await passwordFits(account?.password_hash, input.currentPassword)))
    throw new Refusal('proof_failed', { field: 'currentPassword' });
  const passwordHash = await hashPassword(input.password);
  await transact(db, actorOf(viewer), async (trx) => {
    await setPasswordHash(trx, accountId, passwordHash);
    await endOtherSessions(trx, viewer);
    await markProved(trx, sessionRef);
    await writePasswordChanged(trx, { name, email });
    await recordEvent(trx, {
      type: 'account.password_changed',
      subjectType: 'account',
      subjectId: accountId,
      payload: {},
    });
  });
}
