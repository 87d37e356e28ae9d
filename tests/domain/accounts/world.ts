import { hashPassword } from '#lib/server/domain/accounts/passwords.ts';
import { findViewer } from '#lib/server/domain/accounts/sessions.ts';
import type { Viewer } from '#lib/server/domain/accounts/viewer.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { account } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

export const PASSWORD = 'three words and a half';

/** A database of this file's own, as its owner and as the application. */
export async function openAccounts(): Promise<{ owner: Db; db: Db }> {
  const { urls } = await createTestDatabase();
  const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
  const db = openDb(openPool(urls.app, { max: 8, onError: () => {} }));
  afterFile(() => Promise.all([owner.destroy(), db.destroy()]));
  return { owner, db };
}

let made = 0;
/** Somebody with an address of their own and the password above. */
export async function somebody(owner: Db): Promise<{ accountId: string; email: string }> {
  const email = `someone.${(made += 1)}@example.test`;
  const { accountId } = await account(owner, { email });
  const password_hash = await hashPassword(PASSWORD);
  await owner.updateTable('account').set({ password_hash }).where('id', '=', accountId).execute();
  return { accountId, email };
}

export async function viewerOf(db: Db, token: string): Promise<Viewer> {
  const viewer = await findViewer(db, token);
  if (viewer === null) throw new Error('nobody is signed in with this token');
  return viewer;
}

/** The letters to an address, oldest first. */
export function lettersTo(owner: Db, address: string) {
  return owner
    .selectFrom('mail_message')
    .select(['subject', 'body'])
    .where('to_address', '=', address)
    .orderBy('id')
    .execute();
}

/** The token in the link of a letter. */
export function tokenIn({ body }: { body: string }): string {
  return /token=([\w-]{43})/.exec(body)![1]!;
}
