import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

type Change = { accountId: string; oldEmail: string; newEmail: string };

export async function insertChange(db: Queryable, change: Change & { confirmHash: string }): Promise<void> {
  await db
    .insertInto('address_change')
    .values({
      account_id: change.accountId,
      old_email: change.oldEmail,
      new_email: change.newEmail,
      confirm_hash: change.confirmHash,
    })
    .execute();
}

/** What was asked for and not confirmed; a later wish stands in its place. */
export async function dropOpenChanges(db: Queryable, accountId: string): Promise<void> {
  await db
    .deleteFrom('address_change')
    .where('account_id', '=', accountId)
    .where('confirmed_at', 'is', null)
    .execute();
}

const changed = sql`RETURNING account_id AS "accountId", old_email::text AS "oldEmail", new_email::text AS "newEmail"`;

/** Confirms what this link is for: one winner, within a day. */
export async function confirmRow(
  db: Queryable,
  confirmHash: string,
  undoHash: string,
): Promise<Change | undefined> {
  const { rows } = await sql<Change>`
    UPDATE address_change SET confirmed_at = app_now(), undo_hash = ${undoHash}
     WHERE confirm_hash = ${confirmHash} AND confirmed_at IS NULL AND asked_at > app_now() - interval '24 hours'
    ${changed}`.execute(db);
  return rows[0];
}

/** Takes back what this link is for: one winner, within seven days. */
export async function undoRow(db: Queryable, undoHash: string): Promise<Change | undefined> {
  const { rows } = await sql<Change>`
    UPDATE address_change SET undone_at = app_now()
     WHERE undo_hash = ${undoHash} AND undone_at IS NULL AND confirmed_at > app_now() - interval '7 days'
    ${changed}`.execute(db);
  return rows[0];
}

/** False when the account has another address by now. */
export async function moveAddress(
  db: Queryable,
  accountId: string,
  from: string,
  to: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('account')
    .set({ email: to })
    .where('id', '=', accountId)
    .where('email', '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
