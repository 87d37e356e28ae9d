import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { ComplaintState, Finding, Severity, StepKind } from './complaint.ts';

const practitionerName = sql`concat_ws(' ', p.title, p.display_name)`;
/** The last step of complaint `c`, as `s`: what it is now. */
const lastStep = sql`LATERAL (SELECT * FROM complaint_step WHERE complaint_id = c.id ORDER BY nth DESC LIMIT 1) s`;

export async function insertComplaint(
  trx: Trx,
  complaint: {
    appointmentId: string | null;
    practitionerId: string;
    locationId: string;
    addressedTo: 'clinic' | 'steadyhand';
    words: string;
    wish: string;
  },
) {
  // Place, clocks and whose record it is the database fills in.
  const { rows } = await sql<{ id: string; clinicId: string; patientId: string | null }>`
    INSERT INTO complaint (appointment_id, practitioner_id, location_id, addressed_to, words, wish, clinic_id, jurisdiction, time_zone, acknowledge_by, answer_by)
    SELECT ${complaint.appointmentId}::uuid, ${complaint.practitionerId}, l.id, ${complaint.addressedTo}, ${complaint.words}, ${complaint.wish},
           l.clinic_id, l.jurisdiction, l.time_zone, app_now(), app_now()
      FROM location l WHERE l.id = ${complaint.locationId}
    RETURNING id, clinic_id AS "clinicId", patient_id AS "patientId"`.execute(trx);
  return rows[0];
}

/** A step; what follows from it the database writes beside it. */
export async function insertStep(
  trx: Trx,
  complaintId: string,
  step: { kind: StepKind; severity?: Severity; finding?: Finding; words?: string },
): Promise<void> {
  await sql`
    INSERT INTO complaint_step (complaint_id, nth, kind, state, severity, finding, words, taken_at)
    VALUES (${complaintId}, 0, ${step.kind}, 'made', ${step.severity ?? null}, ${step.finding ?? null}, ${step.words ?? ''}, app_now())`.execute(
    trx,
  );
}

/** Whose complaint it is, as far as the actor may know of it. */
export async function findSubject(trx: Queryable, complaintId: string) {
  const { rows } = await sql<{
    id: string;
    madeBy: string;
    patientId: string | null;
    practitionerId: string;
    practitionerAccountId: string;
    clinicId: string;
    mayAnswer: boolean;
  }>`
    SELECT c.id, c.made_by AS "madeBy", c.patient_id AS "patientId", c.practitioner_id AS "practitionerId", p.account_id AS "practitionerAccountId",
           c.clinic_id AS "clinicId", answers_complaints(current_actor(), c.clinic_id, c.practitioner_id) AS "mayAnswer"
      FROM complaint c JOIN practitioner p ON p.id = c.practitioner_id WHERE c.id = ${complaintId}`.execute(
    trx,
  );
  return rows[0];
}

// Whom it is about

/** Somebody's own visit, to complain about. */
export async function findOwnVisit(db: Queryable, accountId: string, appointmentId: string) {
  const { rows } = await sql<{
    practitionerId: string;
    locationId: string;
    kind: string;
    during: { start: Temporal.Instant | null };
    timeZone: string;
    mayReview: boolean;
  }>`
    SELECT a.practitioner_id AS "practitionerId", a.location_id AS "locationId", a.kind, a.during, a.time_zone AS "timeZone",
           reviews_allowed(a.jurisdiction, app_now()::date) AS "mayReview"
      FROM appointment a JOIN patient t ON t.id = a.patient_id
     WHERE a.id = ${appointmentId} AND t.account_id = ${accountId} AND a.state NOT IN ('held', 'expired')`.execute(
    db,
  );
  return rows[0];
}

/** A practitioner at each place where they work, listed or not: who can't see patients now may still be complained about. */
export async function findPlacesOf(db: Queryable, who: { slug: string } | { practitionerId: string }) {
  const { rows } = await sql<{
    practitionerId: string;
    name: string;
    locationId: string;
    place: string;
    jurisdiction: string;
    register: string | null;
    today: string;
    acknowledgeDays: number;
    answerDays: number;
  }>`
    SELECT p.id AS "practitionerId", ${practitionerName} AS name, l.id AS "locationId", concat_ws(', ', k.name, l.locality) AS place, l.jurisdiction,
           (SELECT r.register FROM required_credential r WHERE r.jurisdiction = l.jurisdiction AND r.profession = p.profession AND r.kind = 'registration') AS register,
           app_now()::date AS today,
           policy_number(l.jurisdiction, 'complaint_acknowledge_days', app_now()::date) AS "acknowledgeDays",
           policy_number(l.jurisdiction, 'complaint_answer_days', app_now()::date) AS "answerDays"
      FROM practitioner p JOIN practice pr ON pr.practitioner_id = p.id JOIN location l ON l.id = pr.location_id JOIN clinic k ON k.id = l.clinic_id
     WHERE ${'slug' in who ? sql`p.slug = ${who.slug} AND EXISTS (SELECT FROM capability_period cp WHERE cp.practitioner_id = p.id)` : sql`p.id = ${who.practitionerId}`} ORDER BY place, l.id`.execute(
    db,
  );
  return rows;
}

/** The last visits of an account, one line for each practitioner. */
export async function findSeenBy(db: Queryable, accountId: string) {
  const { rows } = await sql<{ slug: string; name: string }>`
    SELECT p.slug, ${practitionerName} AS name
      FROM appointment a JOIN patient t ON t.id = a.patient_id JOIN practitioner p ON p.id = a.practitioner_id
     WHERE t.account_id = ${accountId} AND a.state NOT IN ('held', 'expired')
     GROUP BY p.id ORDER BY max(lower(a.during)) DESC`.execute(db);
  return rows;
}

// Complaints as they are now

export type ComplaintRow = {
  id: string;
  madeAt: Temporal.Instant;
  madeBy: string;
  makerName: string;
  patientId: string | null;
  practitionerId: string;
  practitionerName: string;
  clinicId: string;
  clinicName: string;
  jurisdiction: string;
  place: string;
  timeZone: string;
  register: string | null;
  addressedTo: 'clinic' | 'steadyhand';
  words: string;
  wish: string;
  acknowledgeBy: Temporal.Instant;
  answerBy: Temporal.Instant;
  visitKind: string | null;
  visitDuring: { start: Temporal.Instant | null } | null;
  state: ComplaintState;
  severity: Severity | null;
  assignedTo: string | null;
  assignedName: string | null;
  mayAnswer: boolean;
  mayReview: boolean;
  now: Temporal.Instant;
};

/** Whose: row security lets through what the actor may see, and these ask what of it is wanted. */
type Wanted = { id: string } | { madeBy: string } | { ofClinicFor: string } | { open: true };

export async function findComplaints(trx: Queryable, wanted: Wanted): Promise<ComplaintRow[]> {
  const is =
    'id' in wanted
      ? sql`c.id = ${wanted.id}`
      : 'madeBy' in wanted
        ? sql`c.made_by = ${wanted.madeBy}`
        : 'open' in wanted
          ? sql`NOT complaint_ended(s.state)`
          : sql`(p.account_id = ${wanted.ofClinicFor} OR answers_complaints(${wanted.ofClinicFor}, c.clinic_id, c.practitioner_id))`;
  const { rows } = await sql<ComplaintRow>`
    SELECT c.id, c.made_at AS "madeAt", c.made_by AS "madeBy", m.display_name AS "makerName", c.patient_id AS "patientId", c.practitioner_id AS "practitionerId",
           ${practitionerName} AS "practitionerName", c.clinic_id AS "clinicId", k.name AS "clinicName", c.jurisdiction, j.name AS place, c.time_zone AS "timeZone",
           (SELECT r.register FROM required_credential r WHERE r.jurisdiction = c.jurisdiction AND r.profession = p.profession AND r.kind = 'registration') AS register,
           c.addressed_to AS "addressedTo", c.words, c.wish, c.acknowledge_by AS "acknowledgeBy", c.answer_by AS "answerBy",
           a.kind AS "visitKind", a.during AS "visitDuring", s.state, s.severity, s.assigned_to AS "assignedTo", w.display_name AS "assignedName",
           coalesce(answers_complaints(current_actor(), c.clinic_id, c.practitioner_id), false) AS "mayAnswer",
           coalesce(complaint_reviewed_by(c.id, current_actor()), false) AS "mayReview", app_now() AS now
      FROM complaint c JOIN ${lastStep} ON true JOIN account m ON m.id = c.made_by JOIN practitioner p ON p.id = c.practitioner_id
      JOIN clinic k ON k.id = c.clinic_id JOIN jurisdiction j ON j.code = c.jurisdiction
      LEFT JOIN appointment a ON a.id = c.appointment_id LEFT JOIN account w ON w.id = s.assigned_to
     WHERE ${is} ORDER BY c.made_at DESC, c.id`.execute(trx);
  return rows;
}

export async function findSteps(trx: Queryable, complaintId: string) {
  const { rows } = await sql<{
    kind: StepKind;
    state: ComplaintState;
    severity: Severity | null;
    finding: Finding | null;
    words: string;
    takenBy: string | null;
    byName: string | null;
    takenAt: Temporal.Instant;
  }>`
    SELECT s.kind, s.state, s.severity, s.finding, s.words, s.taken_by AS "takenBy", b.display_name AS "byName", s.taken_at AS "takenAt"
      FROM complaint_step s LEFT JOIN account b ON b.id = s.taken_by WHERE s.complaint_id = ${complaintId} ORDER BY s.nth`.execute(
    trx,
  );
  return rows;
}

/** What was frozen, beside what is on record now. */
export async function findEvidence(trx: Queryable, complaintId: string) {
  const { rows } = await sql<{
    kind: string;
    ref: string;
    snapshot: Record<string, unknown> | null;
    sha256: Buffer | null;
    since: 'same' | 'changed' | 'gone' | 'new';
  }>`SELECT kind, ref, snapshot, sha256, since FROM complaint_evidence_now(${complaintId})`.execute(trx);
  return rows;
}

/** Complaints whose clinic has let a clock run out, and which clock. */
export async function findOverdue(db: Queryable) {
  const { rows } = await sql<{ id: string; kind: 'not_acknowledged' | 'not_answered' }>`
    SELECT c.id, CASE s.state WHEN 'made' THEN 'not_acknowledged' ELSE 'not_answered' END AS kind
      FROM complaint c JOIN ${lastStep} ON true
     WHERE (s.state = 'made' AND c.acknowledge_by <= app_now()) OR (s.state = 'acknowledged' AND c.answer_by <= app_now())
     ORDER BY c.made_at, c.id`.execute(db);
  return rows;
}

// Who answers for a clinic

/** The desks of the clinics that the actor leads, with who of them answers complaints. */
export async function findDesks(trx: Queryable, accountId: string) {
  const { rows } = await sql<{
    clinicId: string;
    clinicName: string;
    accountId: string;
    name: string;
    isManager: boolean;
    isNamed: boolean;
  }>`
    SELECT k.id AS "clinicId", k.name AS "clinicName", a.id AS "accountId", a.display_name AS name, bool_or(m.role = 'manager') AS "isManager",
           EXISTS (SELECT FROM complaint_handler h WHERE h.clinic_id = k.id AND h.account_id = a.id AND h.ended_at IS NULL) AS "isNamed"
      FROM clinic k JOIN clinic_member m ON m.clinic_id = k.id AND m.valid @> app_now() JOIN account a ON a.id = m.account_id
     WHERE k.id IN (SELECT clinic_id FROM clinic_member WHERE account_id = ${accountId}
                    UNION SELECT l.clinic_id FROM location l JOIN practice pr ON pr.location_id = l.id JOIN practitioner p ON p.id = pr.practitioner_id WHERE p.account_id = ${accountId})
       AND leads_clinic(${accountId}, k.id)
     GROUP BY k.id, a.id ORDER BY k.name, a.display_name, a.id`.execute(trx);
  return rows;
}

export async function insertHandler(trx: Trx, clinicId: string, accountId: string): Promise<void> {
  await sql`INSERT INTO complaint_handler (clinic_id, account_id) VALUES (${clinicId}, ${accountId})`.execute(
    trx,
  );
}

/** Answers whether there was one. */
export async function endHandlerRow(trx: Trx, clinicId: string, accountId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE complaint_handler SET ended_at = app_now()
     WHERE clinic_id = ${clinicId} AND account_id = ${accountId} AND ended_at IS NULL`.execute(trx);
  return numAffectedRows === 1n;
}
