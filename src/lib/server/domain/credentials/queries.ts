import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { OwnApplication } from '../practitioners/queries.ts';
import type { Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';

/** A claim that stands, with its files. */
export interface ClaimRow {
  id: string;
  kind: string;
  title: string;
  issuer: string;
  register: string | null;
  number: string;
  startsOn: string;
  endsOn: string;
  isCurrent: boolean;
  hours: number | null;
  handsOn: boolean | null;
  managesComplications: boolean | null;
  coversTreatment: boolean | null;
  coversPrescribing: boolean | null;
  /** A decision rests on it. */
  isEvidence: boolean;
  files: { id: string; name: string; type: string; bytes: number }[];
}

/** The claims of an application that were not taken back, the newest of a kind first. */
export async function findClaims(
  db: Queryable,
  { practitionerId, jurisdiction }: Pick<OwnApplication, 'practitionerId' | 'jurisdiction'>,
): Promise<ClaimRow[]> {
  const { rows } = await sql<ClaimRow>`
    SELECT k.id, k.kind, k.title, k.issuer, k.register, k.number, lower(k.valid) AS "startsOn", upper(k.valid) AS "endsOn",
           upper(k.valid) > app_now()::date AS "isCurrent", k.hours, k.hands_on AS "handsOn", k.manages_complications AS "managesComplications",
           k.covers_treatment AS "coversTreatment", k.covers_prescribing AS "coversPrescribing",
           EXISTS (SELECT FROM vetting_evidence e WHERE e.credential_id = k.id) AS "isEvidence",
           (SELECT coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'type', f.media_type, 'bytes', octet_length(f.bytes)) ORDER BY f.place), '[]')
              FROM evidence_file f WHERE f.credential_id = k.id) AS files
      FROM credential k
     WHERE k.practitioner_id = ${practitionerId} AND k.jurisdiction = ${jurisdiction} AND k.withdrawn_at IS NULL
     ORDER BY k.created_at DESC, k.id DESC`.execute(db);
  return rows;
}

export async function insertClaim(
  trx: Trx,
  { practitionerId, jurisdiction }: OwnApplication,
  claim: Claim & { kind: string; register: string | null; startsOn: string; endsOn: string },
): Promise<string> {
  const { id } = await trx
    .insertInto('credential')
    .values({
      practitioner_id: practitionerId,
      jurisdiction,
      kind: claim.kind,
      title: claim.title,
      issuer: claim.issuer,
      register: claim.register,
      number: claim.number,
      valid: `[${claim.startsOn},${claim.endsOn})`,
      hours: claim.hours,
      hands_on: claim.handsOn,
      manages_complications: claim.managesComplications,
      covers_treatment: claim.coversTreatment,
      covers_prescribing: claim.coversPrescribing,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** How much a practitioner has claimed in a day, taken back or not; their application is locked. */
export async function countClaimsOfLastDay(trx: Trx, { practitionerId }: OwnApplication): Promise<number> {
  const { rows } = await sql<{ claims: number }>`
    SELECT count(*)::integer AS claims FROM credential
     WHERE practitioner_id = ${practitionerId} AND created_at > app_now() - interval '1 day'`.execute(trx);
  return rows[0]!.claims;
}

/** Takes back the claims of a kind on which no decision rests; answers their ids, the newest first. */
export async function takeBackClaims(
  trx: Trx,
  { practitionerId, jurisdiction }: OwnApplication,
  kind: string,
): Promise<string[]> {
  const { rows } = await sql<{ id: string; createdAt: Temporal.Instant }>`
    UPDATE credential k SET withdrawn_at = app_now()
     WHERE k.practitioner_id = ${practitionerId} AND k.jurisdiction = ${jurisdiction} AND k.kind = ${kind} AND k.withdrawn_at IS NULL
       AND NOT EXISTS (SELECT FROM vetting_evidence e WHERE e.credential_id = k.id)
    RETURNING k.id, k.created_at AS "createdAt"`.execute(trx);
  return rows
    .toSorted((one, other) => Temporal.Instant.compare(other.createdAt, one.createdAt))
    .map(({ id }) => id);
}

export async function copyEvidence(trx: Trx, fromId: string, toId: string, addedBy: string): Promise<void> {
  await sql`
    INSERT INTO evidence_file (credential_id, place, name, media_type, bytes, added_by)
    SELECT ${toId}::uuid, place, name, media_type, bytes, ${addedBy}::uuid FROM evidence_file WHERE credential_id = ${fromId}`.execute(
    trx,
  );
}

/** Into the first free place; false where none is left. */
export async function insertEvidenceFile(
  trx: Trx,
  credentialId: string,
  { name, type, bytes }: Evidence,
  addedBy: string,
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO evidence_file (credential_id, place, name, media_type, bytes, added_by)
    SELECT ${credentialId}::uuid, place, ${name}, ${type}, ${bytes}::bytea, ${addedBy}::uuid FROM generate_series(1, 3) AS place
     WHERE NOT EXISTS (SELECT FROM evidence_file f WHERE f.credential_id = ${credentialId} AND f.place = place.place)
     ORDER BY place LIMIT 1
    RETURNING id`.execute(trx);
  return rows.length > 0;
}

/** One file with whose it is. Row security hides it from everybody but its subject and reviewers. */
export async function findEvidence(trx: Trx, fileId: string) {
  const { rows } = await sql<{
    name: string;
    type: string;
    bytes: Buffer;
    practitionerId: string;
    subjectAccountId: string;
  }>`
    SELECT f.name, f.media_type AS type, f.bytes, p.id AS "practitionerId", p.account_id AS "subjectAccountId"
      FROM evidence_file f JOIN credential k ON k.id = f.credential_id JOIN practitioner p ON p.id = k.practitioner_id
     WHERE f.id = ${fileId}`.execute(trx);
  return rows[0];
}

export async function isReviewer(trx: Trx, accountId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('staff')
    .innerJoin('account', 'account.id', 'staff.account_id')
    .where('staff.account_id', '=', accountId)
    .where('staff.role', '=', 'reviewer')
    .where('account.suspended_at', 'is', null)
    .select('staff.role')
    .executeTakeFirst();
  return row !== undefined;
}

export interface CaseRow {
  id: string;
  state: string;
  submittedAt: Temporal.Instant;
  decidedAt: Temporal.Instant | null;
  reason: string;
  note: string;
  isListed: boolean;
  listedUntil: Temporal.Instant | null;
}

/** What came of an application so far, the newest case first. */
export async function findCases(
  db: Queryable,
  { practitionerId, jurisdiction }: Pick<OwnApplication, 'practitionerId' | 'jurisdiction'>,
): Promise<CaseRow[]> {
  const { rows } = await sql<CaseRow>`
    SELECT v.id, v.state, v.submitted_at AS "submittedAt", v.decided_at AS "decidedAt", v.reason, v.note,
           l.practitioner_id IS NOT NULL AS "isListed", l.listed_until AS "listedUntil"
      FROM vetting_case v LEFT JOIN listing l ON l.practitioner_id = v.practitioner_id AND l.jurisdiction = v.jurisdiction
     WHERE v.practitioner_id = ${practitionerId} AND v.jurisdiction = ${jurisdiction}
     ORDER BY v.submitted_at DESC, v.id DESC`.execute(db);
  return rows;
}

export interface SupervisionRow {
  id: string;
  name: string;
  isAccepted: boolean;
  isLive: boolean;
}

/** Who supervises the applicant there, or has been asked to. */
export async function findSupervisors(
  db: Queryable,
  { practitionerId, jurisdiction }: Pick<OwnApplication, 'practitionerId' | 'jurisdiction'>,
): Promise<SupervisionRow[]> {
  const { rows } = await sql<SupervisionRow>`
    SELECT s.id, concat_ws(' ', p.title, p.display_name) AS name, s.valid IS NOT NULL AS "isAccepted",
           coalesce(s.valid @> app_now(), false) AS "isLive"
      FROM supervision s JOIN practitioner p ON p.id = s.prescriber_id
     WHERE s.injector_id = ${practitionerId} AND s.jurisdiction = ${jurisdiction}
       AND (s.valid IS NULL OR s.valid @> app_now()) ORDER BY s.created_at DESC`.execute(db);
  return rows;
}
