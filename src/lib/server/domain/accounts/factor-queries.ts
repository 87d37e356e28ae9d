import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

export async function insertApp(db: Queryable, accountId: string, sealedSecret: string): Promise<void> {
  await db
    .insertInto('authenticator_app')
    .values({ account_id: accountId, sealed_secret: sealedSecret })
    .execute();
}

/** The secret as it is kept from now on; as it was, it is nowhere any more. */
export async function resealApp(db: Queryable, id: string, sealedSecret: string): Promise<void> {
  await sql`SELECT seal_authenticator_app(${id}, ${sealedSecret})`.execute(db);
}

export async function deleteApps(
  db: Queryable,
  accountId: string,
  which: 'waiting' | 'confirmed',
): Promise<void> {
  await db
    .deleteFrom('authenticator_app')
    .where('account_id', '=', accountId)
    .where('confirmed_at', which === 'waiting' ? 'is' : 'is not', null)
    .execute();
}

export function findApp(db: Queryable, accountId: string, which: 'waiting' | 'confirmed') {
  return db
    .selectFrom('authenticator_app')
    .select([
      'id',
      'secret',
      'sealed_secret as sealedSecret',
      'created_at as createdAt',
      'confirmed_at as confirmedAt',
    ])
    .where('account_id', '=', accountId)
    .where('confirmed_at', which === 'waiting' ? 'is' : 'is not', null)
    .executeTakeFirst();
}

export async function replaceRecoveryCodes(
  db: Queryable,
  accountId: string,
  hashes: readonly string[],
): Promise<void> {
  await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
  await db
    .insertInto('recovery_code')
    .values(hashes.map((code_hash) => ({ account_id: accountId, code_hash })))
    .execute();
}

export async function deleteRecoveryCodes(db: Queryable, accountId: string): Promise<void> {
  await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
}

export async function findRecoveryCode(
  db: Queryable,
  accountId: string,
  hash: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('recovery_code')
    .select('id')
    .where('account_id', '=', accountId)
    .where('code_hash', '=', hash)
    .executeTakeFirst();
  return row?.id;
}

export async function countRecoveryCodes(db: Queryable, accountId: string): Promise<number> {
  const { left } = await db
    .selectFrom('recovery_code')
    .select(({ fn }) => fn.countAll<number>().as('left'))
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return left;
}

/** What was shown: the row uses it up, or is refused. */
export type FactorUse =
  | { kind: 'app'; app_id: string; step: number }
  | { kind: 'recovery'; recovery_code_id: string }
  | { kind: 'passkey'; passkey_id: string; challenge_hash: string; counter: number };

export async function insertUse(db: Queryable, accountId: string, use: FactorUse): Promise<string> {
  const { id } = await db
    .insertInto('second_factor_use')
    .values({ account_id: accountId, ...use })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function accountHasSecondFactor(db: Queryable, accountId: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`SELECT has_second_factor(${accountId}) AS has`.execute(db);
  return rows[0]!.has;
}

export function findPasskeys(db: Queryable, accountId: string) {
  return db
    .selectFrom('passkey')
    .select(['id', 'name', 'transports', 'created_at as createdAt', 'last_used_at as lastUsedAt'])
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export function findPasskey(db: Queryable, id: string) {
  return db
    .selectFrom('passkey')
    .innerJoin('account', 'account.id', 'passkey.account_id')
    .select([
      'passkey.id',
      'passkey.account_id as accountId',
      'passkey.public_key as publicKey',
      'passkey.counter',
      'account.suspended_at as suspendedAt',
    ])
    .where('passkey.id', '=', id)
    .executeTakeFirst();
}

export async function insertPasskey(
  db: Queryable,
  key: {
    id: string;
    account_id: string;
    name: string;
    public_key: Buffer;
    counter: number;
    transports: string[];
  },
): Promise<void> {
  await db.insertInto('passkey').values(key).execute();
}

/** Answers whether there was one of that name's account to change. */
export async function renamePasskey(
  db: Queryable,
  accountId: string,
  id: string,
  name: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('passkey')
    .set({ name })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function deletePasskey(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('passkey')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function insertChallenge(
  db: Queryable,
  challenge: { hash: string; purpose: 'register' | 'use'; accountId: string | null },
): Promise<void> {
  const { hash, purpose, accountId } = challenge;
  await db.insertInto('passkey_challenge').values({ hash, purpose, account_id: accountId }).execute();
}

/** Takes away what a new passkey was asked to sign; false when it is gone, too old, or somebody else's. */
export async function takeRegisterChallenge(
  db: Queryable,
  hash: string,
  accountId: string,
): Promise<boolean> {
  const { rows } = await sql`
    DELETE FROM passkey_challenge
     WHERE hash = ${hash} AND purpose = 'register' AND account_id = ${accountId} AND expires_at > app_now()
    RETURNING hash`.execute(db);
  return rows.length > 0;
}
