import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { RegisterCode } from '../credentials/registers.ts';

/** A credential that a register stands behind, whose it is, and what a person accepted of it last. */
export interface RegisteredRow {
  credentialId: string;
  practitionerId: string;
  accountId: string;
  kind: string;
  register: RegisterCode;
  number: string;
  displayName: string;
  familyName: string;
  knownConditions: string;
}

const REGISTERED = sql`k.id AS "credentialId", k.practitioner_id AS "practitionerId", p.account_id AS "accountId", k.kind, k.register, k.number,
  p.display_name AS "displayName", p.family_name AS "familyName",
  coalesce((SELECT c.conditions FROM credential_check c WHERE c.credential_id = k.id AND c.by_person AND c.result = 'confirmed'
             ORDER BY c.checked_at DESC LIMIT 1), '') AS "knownConditions"`;

/** The credential `k` carries a capability of today. */
const isCarrying = sql<boolean>`EXISTS (
  SELECT FROM vetting_evidence e JOIN capability_period cp ON cp.case_id = e.case_id AND cp.practitioner_id = e.practitioner_id
   WHERE e.credential_id = k.id AND cp.valid @> app_now() AND cp.checked_until > app_now())`;

/**
 * Credentials that carry somebody's listing and were not yet compared with the newest release of their register. Not where
 * a person has read the register on a later day than the release tells of.
 */
export async function findToCompare(db: Queryable, limit: number): Promise<RegisteredRow[]> {
  const { rows } = await sql<RegisteredRow>`
    SELECT ${REGISTERED}
      FROM credential k JOIN practitioner p ON p.id = k.practitioner_id
      JOIN LATERAL (SELECT r.id, r.as_of FROM register_release r WHERE r.register = k.register AND r.state = 'current'
                     ORDER BY r.as_of DESC, r.id DESC LIMIT 1) newest ON true
     WHERE ${isCarrying}
       AND NOT EXISTS (SELECT FROM credential_check c WHERE c.credential_id = k.id AND c.release_id = newest.id AND c.checked_by IS NULL)
       AND NOT EXISTS (SELECT FROM credential_check c WHERE c.credential_id = k.id AND c.by_person AND c.result IN ('confirmed', 'not_confirmed')
                        AND c.method IN ('register_page', 'register_file') AND (c.checked_at AT TIME ZONE 'UTC')::date > newest.as_of)
     ORDER BY k.id LIMIT ${limit}`.execute(db);
  return rows;
}

/** One credential with a register behind it. */
export async function findRegistered(
  db: Queryable,
  credentialId: string,
): Promise<RegisteredRow | undefined> {
  const { rows } = await sql<RegisteredRow>`
    SELECT ${REGISTERED} FROM credential k JOIN practitioner p ON p.id = k.practitioner_id
     WHERE k.id = ${credentialId} AND k.register IS NOT NULL`.execute(db);
  return rows[0];
}

export interface RegisterCheck {
  credentialId: string;
  /** Null: no person made it. */
  checkedBy: string | null;
  source: string;
  sourceUrl: string;
  method: 'register_file' | 'register_page';
  result: string;
  note: string;
  nextDueOn: string;
  releaseId: string | null;
  lookUpId: string | null;
  nameMatch: string | null;
  reasons: readonly string[];
  conditions: string;
}

/** Adds a check; null where this release was compared already. */
export async function insertRegisterCheck(trx: Queryable, check: RegisterCheck): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO credential_check (credential_id, checked_by, source, source_url, method, result, note, next_due_on, release_id, look_up_id, name_match, reasons, conditions)
    VALUES (${check.credentialId}, ${check.checkedBy}, ${check.source}, ${check.sourceUrl}, ${check.method}, ${check.result}, ${check.note}, ${check.nextDueOn},
            ${check.releaseId}, ${check.lookUpId}, ${check.nameMatch}, ${check.reasons}::text[], ${check.conditions})
    ON CONFLICT (credential_id, release_id) WHERE checked_by IS NULL DO NOTHING RETURNING id`.execute(trx);
  return rows[0]?.id ?? null;
}

export interface DueRow {
  credentialId: string;
  name: string;
  kind: string;
  register: RegisterCode;
  number: string;
  place: string;
  caseId: string | null;
  lastCheckedOn: string;
  dueOn: string;
  /** The first day on which it no longer carries a listing. */
  endsOn: string;
  lastResult: string;
  lastNote: string;
  isYou: boolean;
}

/** Registers behind today's listings that a person has to read: due by tomorrow, out of reach, or unclear. The soonest end first. */
export async function findDue(db: Queryable, accountId: string, limit: number): Promise<DueRow[]> {
  const { rows } = await sql<DueRow>`
    SELECT k.id AS "credentialId", concat_ws(' ', p.title, p.display_name) AS name, k.kind, k.register, k.number, j.name AS place,
           (SELECT v.id FROM vetting_case v WHERE v.practitioner_id = p.id AND v.jurisdiction = k.jurisdiction ORDER BY v.submitted_at DESC LIMIT 1) AS "caseId",
           (read.checked_at AT TIME ZONE 'UTC')::date AS "lastCheckedOn", read.next_due_on AS "dueOn",
           read.next_due_on + 1 + policy_number(k.jurisdiction, 'stale_grace_days', app_now()::date)::integer AS "endsOn",
           last.result AS "lastResult", last.note AS "lastNote", p.account_id = ${accountId} AS "isYou"
      FROM credential k JOIN practitioner p ON p.id = k.practitioner_id JOIN jurisdiction j ON j.code = k.jurisdiction
      JOIN LATERAL (SELECT c.checked_at, c.next_due_on FROM credential_check c WHERE c.credential_id = k.id AND c.result = 'confirmed'
                     ORDER BY c.next_due_on DESC LIMIT 1) read ON true
      JOIN LATERAL (SELECT c.result, c.note FROM credential_check c WHERE c.credential_id = k.id ORDER BY c.checked_at DESC, c.id DESC LIMIT 1) last ON true
     WHERE k.register IS NOT NULL AND ${isCarrying}
       AND (read.next_due_on <= app_now()::date + 1 OR last.result <> 'confirmed')
     ORDER BY "endsOn", k.id LIMIT ${limit}`.execute(db);
  return rows;
}
