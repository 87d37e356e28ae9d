import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

/** A live session with everything a request needs to know of its account. */
export type SessionRow = {
  session_id: string;
  account_id: string;
  display_name: string;
  email: string;
  email_verified: boolean;
  patient_id: string | null;
  practitioner_id: string | null;
  staff_roles: ('reviewer' | 'operator')[];
  reception_clinic_ids: string[];
  answers_complaints: boolean;
  is_professional: boolean;
  has_app: boolean;
  has_passkey: boolean;
  session_ref: string;
  proved_seconds_ago: number;
  seen_a_while_ago: boolean;
};

export async function findSession(db: Queryable, sessionId: string): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`
    WITH at AS MATERIALIZED (SELECT app_now() AS now)
    SELECT s.id AS session_id, a.id AS account_id, a.display_name, a.email, a.email_verified_at IS NOT NULL AS email_verified,
           p.id AS patient_id, r.id AS practitioner_id,
           coalesce(t.roles, '{}') AS staff_roles, coalesce(c.clinics, '{}') AS reception_clinic_ids,
           coalesce(c.answers, false) AS answers_complaints,
           r.id IS NOT NULL OR t.roles IS NOT NULL OR c.clinics IS NOT NULL AS is_professional,
           has_authenticator_app(a.id) AS has_app, EXISTS (SELECT FROM passkey k WHERE k.account_id = a.id) AS has_passkey,
           s.ref AS session_ref, extract(epoch FROM at.now - s.proved_at)::integer AS proved_seconds_ago,
           s.last_seen_at < at.now - interval '1 minute' AS seen_a_while_ago
      FROM at CROSS JOIN session s JOIN account a ON a.id = s.account_id
      LEFT JOIN patient p ON p.account_id = a.id
      LEFT JOIN practitioner r ON r.account_id = a.id
      LEFT JOIN LATERAL (SELECT array_agg(role ORDER BY role) AS roles FROM staff WHERE account_id = a.id) t ON true
      LEFT JOIN LATERAL (SELECT array_agg(clinic_id) AS clinics, bool_or(m.role = 'manager' OR EXISTS (
             SELECT FROM complaint_handler h WHERE h.clinic_id = m.clinic_id AND h.account_id = a.id AND h.ended_at IS NULL)) AS answers
             FROM clinic_member m WHERE m.account_id = a.id AND m.valid @> at.now) c ON true
     WHERE s.id = ${sessionId} AND a.suspended_at IS NULL AND s.expires_at > at.now
       AND s.last_seen_at > at.now - CASE WHEN r.id IS NULL AND t.roles IS NULL AND c.clinics IS NULL THEN interval '7 days' ELSE interval '30 minutes' END`.execute(
    db,
  );
  return rows[0];
}

export async function insertSession(
  db: Queryable,
  session: { id: string; accountId: string; device: string; factorUseId: string | null },
): Promise<void> {
  const { id, accountId, device, factorUseId } = session;
  await sql`
    INSERT INTO session (id, account_id, device, factor_use_id, expires_at)
    SELECT ${id}, ${accountId}, ${device}, ${factorUseId}, app_now() + CASE
      WHEN EXISTS (SELECT FROM practitioner WHERE account_id = ${accountId}) OR EXISTS (SELECT FROM staff WHERE account_id = ${accountId})
        OR EXISTS (SELECT FROM clinic_member WHERE account_id = ${accountId} AND valid @> app_now()) THEN interval '12 hours'
      ELSE interval '30 days' END`.execute(db);
}

export async function touchSession(db: Queryable, sessionId: string): Promise<void> {
  await sql`UPDATE session SET last_seen_at = app_now() WHERE id = ${sessionId}`.execute(db);
}

export async function deleteSession(db: Queryable, sessionId: string): Promise<void> {
  await db.deleteFrom('session').where('id', '=', sessionId).execute();
}

export async function deleteSessionsOf(db: Queryable, accountId: string): Promise<void> {
  await db.deleteFrom('session').where('account_id', '=', accountId).execute();
}

/** The account's other sessions, or one of them. */
export async function deleteOtherSessions(
  db: Queryable,
  accountId: string,
  kept: string,
  only?: string,
): Promise<void> {
  await db
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .where('ref', '<>', kept)
    .$if(only !== undefined, (query) => query.where('ref', '=', only!))
    .execute();
}

/** What still opens this account, the latest in use first. */
export async function findSessionsOf(db: Queryable, accountId: string, idle: 'short' | 'long') {
  const { rows } = await sql<{
    ref: string;
    device: string;
    createdAt: Temporal.Instant;
    lastSeenAt: Temporal.Instant;
    factor: 'app' | 'recovery' | 'passkey' | null;
  }>`
    SELECT s.ref, s.device, s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt", u.kind AS factor
      FROM session s LEFT JOIN second_factor_use u ON u.id = s.factor_use_id
     WHERE s.account_id = ${accountId} AND s.expires_at > app_now()
       AND s.last_seen_at > app_now() - ${idle === 'short' ? '30 minutes' : '7 days'}::interval
     ORDER BY s.last_seen_at DESC, s.ref`.execute(db);
  return rows;
}

/** The person has just proved, in this session, who they are. */
export async function markProved(db: Queryable, ref: string): Promise<void> {
  await sql`UPDATE session SET proved_at = app_now() WHERE ref = ${ref}`.execute(db);
}

/** Ended sessions, what has waited for a passkey in vain, and addresses that were changed long ago. */
export async function deleteEndedSessions(db: Queryable): Promise<void> {
  await sql`DELETE FROM session WHERE expires_at < app_now()`.execute(db);
  await sql`DELETE FROM passkey_challenge WHERE expires_at < app_now()`.execute(db);
  await sql`DELETE FROM address_change WHERE asked_at < app_now() - interval '30 days'`.execute(db);
}

export function findAccount(db: Queryable, accountId: string) {
  return db
    .selectFrom('account')
    .select(['id', 'email', 'display_name', 'password_hash', 'suspended_at'])
    .where('id', '=', accountId)
    .executeTakeFirst();
}

export function findAccountByEmail(db: Queryable, email: string) {
  return db
    .selectFrom('account')
    .select(['id', 'email', 'display_name', 'password_hash', 'email_verified_at', 'suspended_at'])
    .where('email', '=', email)
    .executeTakeFirst();
}

/** Answers the new account's id, or undefined when the address already has an account. */
export async function insertAccount(
  db: Queryable,
  account: { email: string; displayName: string },
): Promise<string | undefined> {
  const row = await db
    .insertInto('account')
    .values({ email: account.email, display_name: account.displayName })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Gives an account that nobody has confirmed the name of who asked for it last. */
export async function renameUnconfirmed(db: Queryable, accountId: string, name: string): Promise<void> {
  await db
    .updateTable('account')
    .set({ display_name: name })
    .where('id', '=', accountId)
    .where('email_verified_at', 'is', null)
    .execute();
}

export type CodePurpose = 'verify_address' | 'reset_password' | 'sign_in' | 'recover_account';

export async function insertCode(
  db: Queryable,
  code: { accountId: string; purpose: CodePurpose; tokenHash: string; minutes: number },
): Promise<void> {
  await sql`
    INSERT INTO account_code (account_id, purpose, token_hash, expires_at)
    VALUES (${code.accountId}, ${code.purpose}, ${code.tokenHash}, app_now() + ${code.minutes} * interval '1 minute')`.execute(
    db,
  );
}

/** Whether a code of so few minutes ago waits to be used; whoever asks at the same moment comes before or after. */
export async function hasUnusedCode(
  db: Queryable,
  accountId: string,
  purpose: CodePurpose,
  minutes: number,
): Promise<boolean> {
  await sql`SELECT FROM account WHERE id = ${accountId} FOR UPDATE`.execute(db);
  const { rows } = await sql<{ has: boolean }>`
    SELECT EXISTS (SELECT FROM account_code WHERE account_id = ${accountId} AND purpose = ${purpose} AND used_at IS NULL
                      AND expires_at > app_now() AND created_at > app_now() - ${minutes} * interval '1 minute') AS has`.execute(
    db,
  );
  return rows[0]!.has;
}

/** Uses a code up: one winner among parallel tries, none after its time. */
export async function useCode(
  db: Queryable,
  purpose: CodePurpose,
  tokenHash: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ account_id: string }>`
    UPDATE account_code SET used_at = app_now()
     WHERE token_hash = ${tokenHash} AND purpose = ${purpose} AND used_at IS NULL AND expires_at > app_now()
    RETURNING account_id`.execute(db);
  return rows[0]?.account_id;
}

/** Whose code it is, while it can be used. */
export async function findCode(
  db: Queryable,
  purpose: CodePurpose,
  tokenHash: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ account_id: string }>`
    SELECT account_id FROM account_code
     WHERE token_hash = ${tokenHash} AND purpose = ${purpose} AND used_at IS NULL AND expires_at > app_now()`.execute(
    db,
  );
  return rows[0]?.account_id;
}

/** Later codes of a purpose make the earlier ones void. */
export async function voidCodes(db: Queryable, accountId: string, purpose: CodePurpose): Promise<void> {
  await sql`UPDATE account_code SET used_at = app_now() WHERE account_id = ${accountId} AND purpose = ${purpose} AND used_at IS NULL`.execute(
    db,
  );
}

export async function markAddressVerified(db: Queryable, accountId: string): Promise<void> {
  await sql`UPDATE account SET email_verified_at = coalesce(email_verified_at, app_now()) WHERE id = ${accountId}`.execute(
    db,
  );
}

export async function setPasswordHash(db: Queryable, accountId: string, passwordHash: string): Promise<void> {
  await db.updateTable('account').set({ password_hash: passwordHash }).where('id', '=', accountId).execute();
}
