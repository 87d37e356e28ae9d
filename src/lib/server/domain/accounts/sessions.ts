import { Lucia, TimeSpan, type Adapter } from 'lucia';
import { createHash, randomBytes } from 'node:crypto';
import type { Db, Queryable } from '#lib/server/platform/db.ts';
import {
  deleteOtherSessions,
  deleteSession,
  deleteSessionsOf,
  findSession,
  findSessionsOf,
  insertSession,
  touchSession,
  type SessionRow,
} from './queries.ts';
import type { Viewer } from './viewer.ts';

/**
 * The only file that knows lucia. Its author has retired it, so what it lacks is held here: the database stores a hash
 * of the token, so a stolen row opens nothing; idle and absolute limits run on database time; one joined query answers
 * who is asking.
 *
 * Idle 30 minutes and 12 hours in all for practitioners and staff, 7 and 30 days for patients (ASVS 7.3.1, 7.3.2).
 */
declare module 'lucia' {
  interface Register {
    Lucia: Lucia<Record<never, never>, Viewer>;
    DatabaseUserAttributes: Viewer;
    DatabaseSessionAttributes: SessionStart;
  }
}

/** What is known of a session when it begins. */
export type SessionStart = {
  /** The browser and its machine, in words. */
  readonly device?: string;
  /** The row of the second factor that was shown. */
  readonly factorUseId?: string | null;
};

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

function luciaOver(db: Queryable) {
  const adapter: Adapter = {
    async getSessionAndUser(token) {
      const row = await findSession(db, hashOf(token));
      if (row === undefined) return [null, null];
      if (row.seen_a_while_ago) await touchSession(db, row.session_id);
      // The row is live by database time. lucia compares with this process's clock and would slide the limit for ever,
      // so it hears of an expiry that it can neither reach nor prolong; and of the raw token, or it would hand out the hash.
      const session = { id: token, userId: row.account_id, expiresAt: new Date(8.64e15), attributes: {} };
      return [session, { id: row.account_id, attributes: viewerOf(row) }];
    },
    getUserSessions: () => Promise.resolve([]),
    setSession: ({ id, userId, attributes: { device = '', factorUseId = null } }) =>
      insertSession(db, { id: hashOf(id), accountId: userId, device, factorUseId }),
    updateSessionExpiration: () => Promise.resolve(),
    deleteSession: (token) => deleteSession(db, hashOf(token)),
    deleteUserSessions: (accountId) => deleteSessionsOf(db, accountId),
    deleteExpiredSessions: () => Promise.resolve(),
  };
  return new Lucia(adapter, {
    sessionExpiresIn: new TimeSpan(1, 'ms'),
    getUserAttributes: (viewer) => viewer,
  });
}

function viewerOf(row: SessionRow): Viewer {
  return {
    accountId: row.account_id,
    displayName: row.display_name,
    email: row.email,
    emailVerified: row.email_verified,
    patientId: row.patient_id,
    practitionerId: row.practitioner_id,
    staffRoles: row.staff_roles,
    receptionClinicIds: row.reception_clinic_ids,
    answersComplaints: row.answers_complaints,
    isProfessional: row.is_professional,
    hasApp: row.has_app,
    hasPasskey: row.has_passkey,
    sessionRef: row.session_ref,
    provedSecondsAgo: row.proved_seconds_ago,
  };
}

/** Who carries this token, or null. One query; a second one, at most once a minute, notes that the session is in use. */
export async function findViewer(db: Db, token: string | undefined): Promise<Viewer | null> {
  if (token === undefined || token.length > 100) return null;
  const { user } = await luciaOver(db).validateSession(token);
  if (user === null) return null;
  const { id: _, ...viewer } = user;
  return viewer;
}

/** Starts a session and answers its bearer token, 256 random bits that are stored nowhere. */
export async function startSession(
  db: Queryable,
  accountId: string,
  about: SessionStart = {},
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await luciaOver(db).createSession(accountId, about, { sessionId: token });
  return token;
}

/** Ends the session of this token. */
export async function endSession(db: Db, token: string): Promise<void> {
  await luciaOver(db).invalidateSession(token);
}

/** Where an account is signed in, this session among them. */
export async function listSessions(db: Db, viewer: Viewer) {
  const rows = await findSessionsOf(db, viewer.accountId, viewer.isProfessional ? 'short' : 'long');
  return rows.map((row) => ({ ...row, isThis: row.ref === viewer.sessionRef }));
}

/** Ends one other session of the viewer's, or all others. This one goes on. */
export async function endOtherSessions(db: Queryable, viewer: Viewer, only?: string): Promise<void> {
  await deleteOtherSessions(db, viewer.accountId, viewer.sessionRef, only);
}

/** Ends every session of an account: after a new password, a suspension, or on the person's own wish. */
export async function endAllSessions(db: Db, accountId: string): Promise<void> {
  await luciaOver(db).invalidateUserSessions(accountId);
}
