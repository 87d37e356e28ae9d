import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

/** The last check of credential `k`, as `c`. */
const lastCheck = sql`LATERAL (SELECT * FROM credential_check WHERE credential_id = k.id ORDER BY checked_at DESC LIMIT 1) c`;
const personName = sql<string>`concat_ws(' ', p.title, p.display_name)`;

// Vetting

export interface QueueRow {
  id: string;
  state: string;
  name: string;
  profession: string;
  place: string;
  submittedAt: Temporal.Instant;
  now: Temporal.Instant;
  checkedBy: string | null;
  subjectAccountId: string;
  wasSuspended: boolean;
  /** How many times before it was not approved. */
  refusals: number;
  credentials: {
    register: string | null;
    number: string;
    daysLeft: number;
    lastResult: string | null;
    handsOn: boolean | null;
  }[];
}

export async function findOpenCases(db: Queryable): Promise<QueueRow[]> {
  const { rows } = await sql<QueueRow>`
    SELECT v.id, v.state, ${personName} AS name, f.name AS profession, j.name AS place, v.submitted_at AS "submittedAt", app_now() AS now,
           v.checked_by AS "checkedBy", v.subject_account_id AS "subjectAccountId",
           EXISTS (SELECT FROM suspension s WHERE s.practitioner_id = p.id) AS "wasSuspended",
           (SELECT count(*) FROM vetting_case o WHERE o.practitioner_id = v.practitioner_id AND o.state = 'not_approved') AS refusals,
           (SELECT coalesce(json_agg(json_build_object('register', k.register, 'number', k.number,
                     'daysLeft', upper(k.valid) - app_now()::date, 'lastResult', c.result, 'handsOn', k.hands_on)), '[]')
              FROM credential k LEFT JOIN ${lastCheck} ON true
             WHERE k.practitioner_id = v.practitioner_id AND k.jurisdiction = v.jurisdiction AND k.withdrawn_at IS NULL) AS credentials
      FROM vetting_case v JOIN practitioner p ON p.id = v.practitioner_id JOIN profession f ON f.code = p.profession
      JOIN jurisdiction j ON j.code = v.jurisdiction
     WHERE v.state IN ('submitted', 'checks_complete') ORDER BY v.submitted_at, v.id`.execute(db);
  return rows;
}

export interface CaseRow {
  id: string;
  state: string;
  jurisdiction: string;
  place: string;
  practitionerId: string;
  subjectAccountId: string;
  slug: string;
  name: string;
  familyName: string;
  profession: string;
  standing: string;
  isListed: boolean;
  wasSuspended: boolean;
  practisingSince: number | null;
  outOfHours: string | null;
  recordsCustodian: string | null;
  clinics: string[];
  supervisors: string[];
  /** What the applicant said when handing it in. */
  note: string;
  headline: string;
  biography: string;
  submittedAt: Temporal.Instant;
  checkedBy: string | null;
  today: string;
}

export async function findCase(db: Queryable, caseId: string): Promise<CaseRow | undefined> {
  const { rows } = await sql<CaseRow>`
    SELECT v.id, v.state, v.jurisdiction, j.name AS place, p.id AS "practitionerId", v.subject_account_id AS "subjectAccountId", p.slug,
           ${personName} AS name, p.family_name AS "familyName", f.name AS profession, p.standing, p.practising_since AS "practisingSince",
           EXISTS (SELECT FROM listing l WHERE l.practitioner_id = p.id AND l.jurisdiction = v.jurisdiction) AS "isListed",
           EXISTS (SELECT FROM suspension s WHERE s.practitioner_id = p.id) AS "wasSuspended",
           nullif(concat_ws(', ', p.out_of_hours_name, p.out_of_hours_phone), '') AS "outOfHours", p.records_custodian AS "recordsCustodian",
           ARRAY (SELECT concat_ws(', ', c.name, l.street, l.locality, l.postcode) FROM practice pr JOIN location l ON l.id = pr.location_id
                   JOIN clinic c ON c.id = l.clinic_id WHERE pr.practitioner_id = p.id AND l.jurisdiction = v.jurisdiction ORDER BY 1) AS clinics,
           ARRAY (SELECT concat_ws(' ', s.title, s.display_name) FROM supervision u JOIN practitioner s ON s.id = u.prescriber_id
                   WHERE u.injector_id = p.id AND u.jurisdiction = v.jurisdiction AND u.valid @> app_now() ORDER BY 1) AS supervisors,
           v.note, p.headline, p.biography, v.submitted_at AS "submittedAt", v.checked_by AS "checkedBy", app_now()::date AS today
      FROM vetting_case v JOIN practitioner p ON p.id = v.practitioner_id JOIN profession f ON f.code = p.profession
      JOIN jurisdiction j ON j.code = v.jurisdiction
     WHERE v.id = ${caseId}`.execute(db);
  return rows[0];
}

export interface CredentialRow {
  id: string;
  kind: string;
  title: string;
  issuer: string;
  register: string | null;
  number: string;
  startsOn: string;
  endsOn: string;
  hours: number | null;
  handsOn: boolean | null;
  managesComplications: boolean | null;
  coversTreatment: boolean | null;
  coversPrescribing: boolean | null;
  files: { id: string; name: string; type: string; bytes: number }[];
  daysLeft: number;
  isEvidence: boolean;
  checkedAt: Temporal.Instant | null;
  checkedBy: string | null;
  source: string | null;
  sourceUrl: string | null;
  method: string | null;
  result: string | null;
  note: string | null;
}

/** Each credential of a case beside its last check. */
export async function findCredentialsOfCase(db: Queryable, caseId: string): Promise<CredentialRow[]> {
  const { rows } = await sql<CredentialRow>`
    SELECT k.id, k.kind, k.title, k.issuer, k.register, k.number, lower(k.valid) AS "startsOn", upper(k.valid) AS "endsOn",
           k.hours, k.hands_on AS "handsOn", k.manages_complications AS "managesComplications",
           k.covers_treatment AS "coversTreatment", k.covers_prescribing AS "coversPrescribing",
           (SELECT coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'type', f.media_type, 'bytes', octet_length(f.bytes)) ORDER BY f.place), '[]')
              FROM evidence_file f WHERE f.credential_id = k.id) AS files,
           upper(k.valid) - app_now()::date AS "daysLeft", e.check_id IS NOT NULL AS "isEvidence",
           c.checked_at AS "checkedAt", x.display_name AS "checkedBy", c.source, c.source_url AS "sourceUrl", c.method, c.result, c.note
      FROM vetting_case v JOIN credential k ON k.practitioner_id = v.practitioner_id AND k.jurisdiction = v.jurisdiction
      LEFT JOIN vetting_evidence e ON e.case_id = v.id AND e.credential_id = k.id
      LEFT JOIN ${lastCheck} ON true LEFT JOIN account x ON x.id = c.checked_by
     WHERE v.id = ${caseId} AND (k.withdrawn_at IS NULL OR k.withdrawn_at > v.decided_at)
     ORDER BY array_position('{registration,prescribing_right,qualification,toxin_training,life_support,indemnity_insurance,premises}', k.kind),
              upper(k.valid) DESC, k.id`.execute(db);
  return rows;
}

/** The kinds of credential that policy asks of the profession there (L1). */
export async function findRequiredOfCase(db: Queryable, caseId: string): Promise<string[]> {
  const { rows } = await sql<{ kind: string }>`
    SELECT r.kind FROM vetting_case v JOIN practitioner p ON p.id = v.practitioner_id
      JOIN required_credential r ON r.jurisdiction = v.jurisdiction AND r.profession = p.profession
     WHERE v.id = ${caseId}
     ORDER BY array_position('{registration,prescribing_right,qualification,toxin_training,life_support,indemnity_insurance,premises}', r.kind)`.execute(
    db,
  );
  return rows.map(({ kind }) => kind);
}

/** What the profession may hold there, and the credential that it takes beside the required ones (L3). */
export async function findCapabilitiesOfCase(db: Queryable, caseId: string) {
  const { rows } = await sql<{ capability: string; requiredCredential: string | null }>`
    SELECT pc.capability, pc.required_credential AS "requiredCredential"
      FROM vetting_case v JOIN practitioner p ON p.id = v.practitioner_id
      JOIN profession_capability pc ON pc.jurisdiction = v.jurisdiction AND pc.profession = p.profession
     WHERE v.id = ${caseId} ORDER BY array_position('{consult,prescribe,inject}', pc.capability)`.execute(db);
  return rows;
}

export interface HistoryRow {
  at: Temporal.Instant;
  what: string;
  by: string | null;
  detail: string;
  place: string | null;
  caseId: string | null;
}

/** What happened to this practitioner's applications and listing, newest first. */
export async function findHistory(db: Queryable, practitionerId: string): Promise<HistoryRow[]> {
  const { rows } = await sql<HistoryRow>`
    WITH cases AS (SELECT v.*, j.name AS place FROM vetting_case v JOIN jurisdiction j ON j.code = v.jurisdiction WHERE v.practitioner_id = ${practitionerId}),
    happened AS (
      SELECT submitted_at AS at, 'submitted' AS what, NULL::uuid AS account_id, note AS detail, place, id AS case_id FROM cases
      UNION ALL SELECT checked_at, 'checks_complete', checked_by, '', place, id FROM cases WHERE checked_at IS NOT NULL
      UNION ALL SELECT decided_at, state, decided_by, reason, place, id FROM cases WHERE decided_at IS NOT NULL
      UNION ALL SELECT suspended_at, 'suspended', suspended_by, reason, NULL, NULL FROM suspension WHERE practitioner_id = ${practitionerId}
      UNION ALL SELECT e.occurred_at, 'lapsed', NULL, '', NULL, NULL FROM event e
                 WHERE e.subject_type = 'practitioner' AND e.subject_id = ${practitionerId} AND e.type = 'practitioner.lapsed'
      UNION ALL SELECT c.checked_at, 'check_' || c.result, c.checked_by, concat_ws(': ', c.source, nullif(c.note, '')), NULL, NULL
                  FROM credential_check c JOIN credential k ON k.id = c.credential_id WHERE k.practitioner_id = ${practitionerId})
    SELECT h.at, h.what, a.display_name AS by, h.detail, h.place, h.case_id AS "caseId"
      FROM happened h LEFT JOIN account a ON a.id = h.account_id ORDER BY h.at DESC`.execute(db);
  return rows;
}

export interface PersonRow {
  id: string;
  name: string;
  profession: string;
  standing: string;
  isListed: boolean;
  lastCaseId: string | null;
}

/** Practitioners by a part of their name, without regard to accents and case. */
export async function findPractitioners(db: Queryable, name: string, limit: number): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    SELECT p.id, ${personName} AS name, f.name AS profession, p.standing,
           EXISTS (SELECT FROM listing l WHERE l.practitioner_id = p.id) AS "isListed",
           (SELECT v.id FROM vetting_case v WHERE v.practitioner_id = p.id ORDER BY v.submitted_at DESC LIMIT 1) AS "lastCaseId"
      FROM practitioner p JOIN profession f ON f.code = p.profession
     WHERE strpos(plain(p.display_name), plain(${name})) > 0
     ORDER BY p.family_name, p.id LIMIT ${limit}`.execute(db);
  return rows;
}

/** One practitioner, and what a suspension would end. */
export async function findForSuspension(db: Queryable, practitionerId: string) {
  const { rows } = await sql<{ name: string; standing: string; accountId: string; upcoming: number }>`
    SELECT ${personName} AS name, p.standing, p.account_id AS "accountId",
           (SELECT count(*) FROM appointment a WHERE a.state IN ('confirmed', 'arrived')
               AND (a.practitioner_id = p.id OR a.prescriber_id = p.id)) AS upcoming
      FROM practitioner p WHERE p.id = ${practitionerId}`.execute(db);
  return rows[0];
}

// The operator

/** How many practitioners stand where. */
export async function countByListing(db: Queryable) {
  const { rows } = await sql<{ state: string; people: number }>`
    SELECT CASE WHEN p.standing <> 'good' THEN p.standing
                WHEN EXISTS (SELECT FROM listing l WHERE l.practitioner_id = p.id) THEN 'listed'
                WHEN EXISTS (SELECT FROM vetting_case v WHERE v.practitioner_id = p.id AND v.state IN ('submitted', 'checks_complete')) THEN 'waiting'
                WHEN EXISTS (SELECT FROM vetting_case v WHERE v.practitioner_id = p.id AND v.state = 'approved') THEN 'lapsed'
                ELSE 'not_applied' END AS state, count(*) AS people
      FROM practitioner p GROUP BY 1`.execute(db);
  return rows;
}

export async function findLapsingSoon(db: Queryable, withinDays: number) {
  const { rows } = await sql<{
    practitionerId: string;
    name: string;
    place: string;
    until: Temporal.Instant;
    daysLeft: number;
    lastCaseId: string | null;
  }>`
    SELECT p.id AS "practitionerId", ${personName} AS name, j.name AS place, l.listed_until AS until,
           ceil(extract(epoch FROM l.listed_until - app_now()) / 86400) AS "daysLeft",
           (SELECT v.id FROM vetting_case v WHERE v.practitioner_id = p.id AND v.jurisdiction = l.jurisdiction ORDER BY v.submitted_at DESC LIMIT 1) AS "lastCaseId"
      FROM listing l JOIN practitioner p ON p.id = l.practitioner_id JOIN jurisdiction j ON j.code = l.jurisdiction
     WHERE l.listed_until < app_now() + ${withinDays} * interval '1 day' ORDER BY l.listed_until, p.id`.execute(
    db,
  );
  return rows;
}

export async function findSuspended(db: Queryable) {
  const { rows } = await sql<{
    practitionerId: string;
    name: string;
    at: Temporal.Instant | null;
    reason: string | null;
    lastCaseId: string | null;
  }>`
    SELECT p.id AS "practitionerId", ${personName} AS name, s.suspended_at AS at, s.reason,
           (SELECT v.id FROM vetting_case v WHERE v.practitioner_id = p.id ORDER BY v.submitted_at DESC LIMIT 1) AS "lastCaseId"
      FROM practitioner p
      LEFT JOIN LATERAL (SELECT * FROM suspension WHERE practitioner_id = p.id ORDER BY suspended_at DESC LIMIT 1) s ON true
     WHERE p.standing = 'suspended' ORDER BY s.suspended_at DESC NULLS LAST, p.family_name`.execute(db);
  return rows;
}

/** Review visits on hold: somebody else must see these patients. Who they are, the clinic knows. */
export async function findReviewsOnHold(db: Queryable) {
  const { rows } = await sql<{
    appointmentId: string;
    at: Temporal.Instant;
    timeZone: string;
    name: string;
    clinic: string;
    phone: string;
    cover: string | null;
  }>`
    SELECT a.id AS "appointmentId", lower(a.during) AS at, a.time_zone AS "timeZone", ${personName} AS name, c.name AS clinic, c.phone,
           nullif(concat_ws(', ', p.out_of_hours_name, p.out_of_hours_phone), '') AS cover
      FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id JOIN clinic c ON c.id = a.clinic_id
     WHERE a.state = 'paused' AND a.kind = 'follow_up' ORDER BY a.during`.execute(db);
  return rows;
}

export async function findJobSummary(db: Queryable) {
  const { rows } = await sql<{
    task: string;
    waiting: number;
    running: number;
    failed: number;
    oldestDueAt: Temporal.Instant | null;
  }>`
    SELECT task, waiting, running, failed, oldest_due_at AS "oldestDueAt" FROM job_summary() ORDER BY task`.execute(
    db,
  );
  return rows;
}

// Working together

export interface TogetherRow {
  id: string;
  jurisdiction: string;
  place: string;
  otherName: string;
  otherProfession: string;
  iPrescribe: boolean;
  askedByMe: boolean;
  isLive: boolean;
  from: Temporal.Instant | null;
  until: Temporal.Instant | null;
}

/** Open questions and live supervisions of one practitioner, from both sides. */
export async function findTogether(db: Queryable, practitionerId: string): Promise<TogetherRow[]> {
  const { rows } = await sql<TogetherRow>`
    SELECT s.id, s.jurisdiction, j.name AS place, ${personName} AS "otherName", f.name AS "otherProfession",
           s.prescriber_id = ${practitionerId} AS "iPrescribe",
           CASE WHEN s.prescriber_id = ${practitionerId} THEN s.prescriber_accepted_by ELSE s.injector_accepted_by END IS NOT NULL AS "askedByMe",
           coalesce(s.valid @> app_now(), false) AS "isLive", lower(s.valid) AS from, upper(s.valid) AS until
      FROM supervision s
      JOIN practitioner p ON p.id = CASE WHEN s.prescriber_id = ${practitionerId} THEN s.injector_id ELSE s.prescriber_id END
      JOIN profession f ON f.code = p.profession JOIN jurisdiction j ON j.code = s.jurisdiction
     WHERE ${practitionerId} IN (s.injector_id, s.prescriber_id) AND s.declined_at IS NULL AND (s.valid IS NULL OR s.valid @> app_now())
     ORDER BY s.valid NULLS FIRST, s.created_at`.execute(db);
  return rows;
}

/** Where a practitioner works or applies, and whether the profession may prescribe there. */
export async function findWorkplaces(db: Queryable, accountId: string) {
  const { rows } = await sql<{
    practitionerId: string;
    jurisdiction: string;
    place: string;
    prescribes: boolean;
    today: string;
  }>`
    SELECT p.id AS "practitionerId", a.jurisdiction, j.name AS place, app_now()::date AS today,
           EXISTS (SELECT FROM profession_capability c WHERE c.profession = p.profession AND c.jurisdiction = a.jurisdiction AND c.capability = 'prescribe') AS prescribes
      FROM practitioner p JOIN application a ON a.practitioner_id = p.id JOIN jurisdiction j ON j.code = a.jurisdiction
     WHERE p.account_id = ${accountId} ORDER BY j.name`.execute(db);
  return rows;
}

/** Listed people who may prescribe there, by a part of their name. */
export async function findPrescribers(db: Queryable, jurisdiction: string, name: string, limit: number) {
  const { rows } = await sql<{ id: string; name: string; profession: string }>`
    SELECT p.id, ${personName} AS name, f.name AS profession
      FROM listing l JOIN practitioner p ON p.id = l.practitioner_id JOIN profession f ON f.code = p.profession
     WHERE l.jurisdiction = ${jurisdiction} AND l.may_prescribe AND strpos(plain(p.display_name), plain(${name})) > 0
     ORDER BY p.family_name, p.id LIMIT ${limit}`.execute(db);
  return rows;
}
