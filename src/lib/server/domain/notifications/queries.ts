import { sql, type UpdateObject } from 'kysely';
import type { DB } from '#db/schema.ts';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import type { Jurisdiction } from '../policy/codes.ts';
import type { PlannedReminder, ReminderStep } from './reminders.ts';

export type AppointmentFacts = {
  kind: string;
  during: InstantRange;
  time_zone: string;
  jurisdiction: string;
  practitioner_name: string;
  slug: string;
  clinic_name: string;
  clinic_phone: string;
  address: string;
  patient_id: string | null;
  patient_name: string | null;
  patient_email: string | null;
  has_account: boolean;
  /** Of a consultation: what the practice takes for it. */
  fee_minor: number | null;
  currency: string | null;
  locale: string;
  /** Who keeps the records of a practitioner who has stopped, and who is there for those treated lately. */
  records: string | null;
  cover: string | null;
};

/** What a letter about an appointment says. Nothing clinical. */
export async function findAppointmentFacts(
  db: Queryable,
  appointmentId: string,
): Promise<AppointmentFacts | undefined> {
  const { rows } = await sql<AppointmentFacts>`
    SELECT a.kind, a.during, a.time_zone, a.jurisdiction,
           concat_ws(' ', r.title, r.display_name) AS practitioner_name, r.slug, c.name AS clinic_name, c.phone AS clinic_phone,
           concat_ws(', ', nullif(l.name, c.name), l.street, concat_ws(' ', l.locality, l.postcode)) AS address,
           p.id AS patient_id, p.given_name AS patient_name, coalesce(x.email, p.email) AS patient_email,
           x.id IS NOT NULL AS has_account, w.consultation_fee_minor AS fee_minor, w.currency, j.locale, n.records, n.cover
      FROM appointment a JOIN jurisdiction j ON j.code = a.jurisdiction
      LEFT JOIN practice w ON a.kind = 'consultation' AND w.practitioner_id = a.practitioner_id AND w.location_id = a.location_id
      JOIN practitioner r ON r.id = a.practitioner_id JOIN location l ON l.id = a.location_id JOIN clinic c ON c.id = a.clinic_id
      LEFT JOIN patient p ON p.id = a.patient_id LEFT JOIN account x ON x.id = p.account_id
      LEFT JOIN LATERAL (
        SELECT concat_ws(', ', records_custodian, records_contact) AS records,
               CASE WHEN covered_until > app_now() AND a.kind = 'treatment' THEN concat_ws(', ', cover_name, cover_phone) END AS cover
          FROM practice_ending WHERE practitioner_id IN (a.practitioner_id, a.prescriber_id) ORDER BY id DESC LIMIT 1) n ON true
     WHERE a.id = ${appointmentId}`.execute(db);
  return rows[0];
}

/**
 * Which calendar entry an appointment is: the first appointment of its road, and how many changes that road had seen when
 * `eventId` was written.
 */
export async function findCalendarEntry(
  db: Queryable,
  appointmentId: string,
  eventId: string,
): Promise<{ firstId: string; sequence: number }> {
  const { rows } = await sql<{ firstId: string; sequence: number }>`
    WITH RECURSIVE road AS (
      SELECT id, follows_id FROM appointment WHERE id = ${appointmentId}
      UNION ALL SELECT a.id, a.follows_id FROM appointment a JOIN road ON a.id = road.follows_id)
    SELECT (SELECT id FROM road WHERE follows_id IS NULL) AS "firstId",
           (SELECT count(*)::int FROM event e
             WHERE e.subject_type = 'appointment' AND e.subject_id IN (SELECT id FROM road) AND e.id <= ${eventId}
               AND e.type IN ('appointment.moved', 'appointment.rebooked', 'appointment.cancelled')) AS sequence`.execute(
    db,
  );
  return rows[0]!;
}

/** To whom a patient lets letters about appointments go as well. */
export function findCarersWithLetters(db: Queryable, appointmentId: string) {
  return db
    .selectFrom('carer')
    .innerJoin('appointment', 'appointment.patient_id', 'carer.patient_id')
    .innerJoin('account', 'account.id', 'carer.carer_account_id')
    .where('appointment.id', '=', appointmentId)
    .where('carer.ended_at', 'is', null)
    .where('carer.gets_letters', '=', true)
    .where('account.suspended_at', 'is', null)
    .select(['account.id', 'account.display_name as name', 'account.email'])
    .execute();
}

export function findEvent(db: Queryable, eventId: string) {
  return db
    .selectFrom('event')
    .select(['id', 'type', 'subject_type', 'subject_id', 'clinic_id', 'payload'])
    .where('id', '=', eventId)
    .executeTakeFirst();
}

/** The letter, unless it has left already. */
export function findUnsentMail(db: Queryable, mailId: string) {
  return db
    .selectFrom('mail_message')
    .select([
      'id',
      'to_name',
      'to_address',
      'subject',
      'body',
      'letter',
      'text_only',
      'calendar',
      'created_at',
    ])
    .where('id', '=', mailId)
    .where('sent_at', 'is', null)
    .where('stopped_at', 'is', null)
    .executeTakeFirst();
}

export async function markMailSent(db: Queryable, mailId: string): Promise<void> {
  await sql`UPDATE mail_message SET sent_at = app_now() WHERE id = ${mailId}`.execute(db);
}

/** The newest letters to demo people, for the mailbox page. */
export function listMail(db: Queryable, toAddress: string | undefined) {
  return db
    .selectFrom('mail_message')
    .select([
      ...(['id', 'to_name', 'to_address', 'subject', 'body', 'letter', 'text_only'] as const),
      ...(['waits_until', 'stopped_at', 'created_at'] as const),
    ])
    .$if(toAddress !== undefined, (query) => query.where('to_address', '=', toAddress!))
    .orderBy('id', 'desc')
    .limit(50)
    .execute();
}

/** A letter as data. */
export function findStoredLetter(db: Queryable, mailId: string) {
  return db.selectFrom('mail_message').select('letter').where('id', '=', mailId).executeTakeFirst();
}

export type OfferFacts = {
  during: InstantRange;
  openUntil: Temporal.Instant;
  timeZone: string;
  practitionerName: string;
  clinicName: string;
  clinicPhone: string;
  address: string;
  patientId: string;
  patientName: string;
  patientEmail: string | null;
  hasAccount: boolean;
};

/** What a letter about an open offer of the waitlist says. */
export async function findOfferFacts(db: Queryable, offerId: string): Promise<OfferFacts | undefined> {
  const { rows } = await sql<OfferFacts>`
    SELECT o.during, o.open_until AS "openUntil", l.time_zone AS "timeZone", concat_ws(' ', r.title, r.display_name) AS "practitionerName",
           c.name AS "clinicName", c.phone AS "clinicPhone", concat_ws(', ', nullif(l.name, c.name), l.street, concat_ws(' ', l.locality, l.postcode)) AS address,
           p.id AS "patientId", p.given_name AS "patientName", coalesce(x.email, p.email) AS "patientEmail", p.account_id IS NOT NULL AS "hasAccount"
      FROM waitlist_offer o
      JOIN practitioner r ON r.id = o.practitioner_id JOIN location l ON l.id = o.location_id JOIN clinic c ON c.id = l.clinic_id
      JOIN patient p ON p.id = o.patient_id LEFT JOIN account x ON x.id = p.account_id
     WHERE o.id = ${offerId} AND o.state = 'open' AND o.open_until > app_now()`.execute(db);
  return rows[0];
}

// Reminders

/** A confirmed appointment to come, and when its time was arranged last. */
export async function findArranged(db: Queryable, appointmentId: string, arranging: readonly string[]) {
  const { rows } = await sql<{ start: Temporal.Instant; timeZone: string; arrangedAt: Temporal.Instant }>`
    SELECT lower(a.during) AS start, a.time_zone AS "timeZone",
           greatest(a.created_at, (SELECT max(e.occurred_at) FROM event e
             WHERE e.subject_type = 'appointment' AND e.subject_id = a.id AND e.type = ANY (${arranging}))) AS "arrangedAt"
      FROM appointment a WHERE a.id = ${appointmentId} AND a.state = 'confirmed' AND lower(a.during) > app_now()`.execute(
    db,
  );
  return rows[0];
}

export async function insertReminders(
  trx: Trx,
  appointmentId: string,
  start: Temporal.Instant,
  planned: readonly PlannedReminder[],
): Promise<void> {
  if (planned.length === 0) return;
  await trx
    .insertInto('reminder')
    .values(
      planned.map(({ step, dueAt, usefulUntil }) => ({
        appointment_id: appointmentId,
        starts_at: start,
        step,
        due_at: dueAt,
        useful_until: usefulUntil,
      })),
    )
    .onConflict((conflict) => conflict.columns(['appointment_id', 'starts_at', 'step']).doNothing())
    .execute();
}

export interface DueReminder {
  appointmentId: string;
  startsAt: Temporal.Instant;
  step: ReminderStep;
}
/** One that is being dealt with. */
export interface LockedReminder extends DueReminder {
  usefulUntil: Temporal.Instant;
  timeZone: string;
  now: Temporal.Instant;
  /** The end of the quiet hours that its reader has now. */
  quietUntil: Temporal.Instant | null;
  isStanding: boolean;
}
type ReminderOutcome = 'written' | 'no_address' | 'not_needed' | 'too_late';

/** What is due, the longest due first. */
export async function findDueReminders(db: Queryable, most: number): Promise<DueReminder[]> {
  const { rows } = await sql<DueReminder>`
    SELECT appointment_id AS "appointmentId", starts_at AS "startsAt", step FROM reminder
     WHERE outcome IS NULL AND due_at <= app_now() ORDER BY due_at LIMIT ${most}`.execute(db);
  return rows;
}

/**
 * A reminder that nobody has dealt with, locked, and whether its appointment still stands at that time. The appointment
 * is locked too: a cancellation waits, so that its letter comes after this one.
 */
export async function lockReminder(trx: Trx, { appointmentId, startsAt, step }: DueReminder) {
  const { rows } = await sql<LockedReminder>`
    SELECT r.appointment_id AS "appointmentId", r.starts_at AS "startsAt", r.step, r.useful_until AS "usefulUntil",
           a.time_zone AS "timeZone", app_now() AS now,
           quiet_hours_end(x.email, app_now()) AS "quietUntil",
           a.state = 'confirmed' AND lower(a.during) = r.starts_at AND NOT letters_have_ended(x.email, a.patient_id) AS "isStanding"
      FROM reminder r JOIN appointment a ON a.id = r.appointment_id LEFT JOIN patient p ON p.id = a.patient_id LEFT JOIN account x ON x.id = p.account_id
     WHERE r.appointment_id = ${appointmentId} AND r.starts_at = ${startsAt} AND r.step = ${step} AND r.outcome IS NULL
       FOR UPDATE OF r FOR SHARE OF a`.execute(trx);
  return rows[0];
}

export async function putOffReminder(
  trx: Trx,
  reminder: DueReminder,
  until: Temporal.Instant,
): Promise<void> {
  await changeReminder(trx, reminder, { due_at: until });
}

export async function finishReminder(
  trx: Trx,
  reminder: DueReminder,
  outcome: ReminderOutcome,
): Promise<void> {
  await changeReminder(trx, reminder, { outcome, done_at: sql<Temporal.Instant>`app_now()` });
}

async function changeReminder(
  trx: Trx,
  { appointmentId, startsAt, step }: DueReminder,
  change: UpdateObject<DB, 'reminder'>,
): Promise<void> {
  await trx
    .updateTable('reminder')
    .set(change)
    .where('appointment_id', '=', appointmentId)
    .where('starts_at', '=', startsAt)
    .where('step', '=', step)
    .execute();
}

/** Whose case it is, how to reach them, and whether they are listed there now. */
export async function findApplicantFacts(db: Queryable, caseId: string) {
  const { rows } = await sql<{ name: string; email: string; place: string; isListed: boolean }>`
    SELECT a.display_name AS name, a.email, j.name AS place,
           EXISTS (SELECT FROM listing l WHERE l.practitioner_id = v.practitioner_id AND l.jurisdiction = v.jurisdiction) AS "isListed"
      FROM vetting_case v JOIN account a ON a.id = v.subject_account_id JOIN jurisdiction j ON j.code = v.jurisdiction
     WHERE v.id = ${caseId}`.execute(db);
  return rows[0];
}

/** Where a practitioner is written to. */
export async function findPractitionerAddress(db: Queryable, practitionerId: string) {
  const { rows } = await sql<{ name: string; email: string }>`
    SELECT a.display_name AS name, a.email FROM practitioner p JOIN account a ON a.id = p.account_id WHERE p.id = ${practitionerId}`.execute(
    db,
  );
  return rows[0];
}

/** Who took on an urgent message, about which visit, and under which law. */
export async function findUrgentFacts(db: Queryable, contactId: string) {
  const { rows } = await sql<{ appointmentId: string; by: string; jurisdiction: Jurisdiction }>`
    SELECT v.id AS "appointmentId", a.display_name AS by, v.jurisdiction
      FROM urgent_contact u JOIN appointment v ON v.id = u.treatment_appointment_id JOIN account a ON a.id = u.acknowledged_by
     WHERE u.id = ${contactId}`.execute(db);
  return rows[0];
}

/** Whom a decision about what was checked of them is told. */
export async function findSubjectOfChange(db: Queryable, changeId: string) {
  const { rows } = await sql<{ name: string; email: string }>`
    SELECT a.display_name AS name, a.email FROM high_risk_change c JOIN account a ON a.id = c.asked_by WHERE c.id = ${changeId}`.execute(
    db,
  );
  return rows[0];
}

/** Who hears of a complaint: who made it, whom it is about, and who answers for the clinic. */
export async function findComplaintFacts(db: Queryable, complaintId: string) {
  const { rows } = await sql<{
    name: string;
    email: string;
    severity: string | null;
    acknowledgeBy: Temporal.Instant;
    answerBy: Temporal.Instant;
    timeZone: string;
    jurisdiction: string;
    practice: { name: string; email: string }[];
  }>`
    SELECT m.display_name AS name, m.email, c.acknowledge_by AS "acknowledgeBy", c.answer_by AS "answerBy", c.time_zone AS "timeZone", c.jurisdiction,
           (SELECT s.severity FROM complaint_step s WHERE s.complaint_id = c.id ORDER BY s.nth DESC LIMIT 1) AS severity,
           (SELECT coalesce(json_agg(json_build_object('name', a.display_name, 'email', a.email) ORDER BY a.id), '[]') FROM account a
             WHERE EXISTS (SELECT FROM practitioner p WHERE p.id = c.practitioner_id AND p.account_id = a.id)
                OR (EXISTS (SELECT FROM clinic_member o WHERE o.clinic_id = c.clinic_id AND o.account_id = a.id)
                    AND answers_complaints(a.id, c.clinic_id, c.practitioner_id))) AS practice
      FROM complaint c JOIN account m ON m.id = c.made_by WHERE c.id = ${complaintId}`.execute(db);
  return rows[0];
}

// Reviews

/** Who hears of a review: who wrote it, and whom it is about. */
export async function findReviewFacts(db: Queryable, reviewId: string) {
  const { rows } = await sql<{
    name: string;
    email: string;
    appointmentId: string;
    practitionerAccountName: string;
    practitionerEmail: string;
  }>`
    SELECT m.display_name AS name, m.email, r.appointment_id AS "appointmentId", d.display_name AS "practitionerAccountName", d.email AS "practitionerEmail"
      FROM review r JOIN account m ON m.id = r.written_by JOIN practitioner p ON p.id = r.practitioner_id JOIN account d ON d.id = p.account_id
     WHERE r.id = ${reviewId}`.execute(db);
  return rows[0];
}

/** A visit that took place, and when it was. */
export async function findKept(db: Queryable, appointmentId: string) {
  const { rows } = await sql<{
    kind: string;
    end: Temporal.Instant;
    timeZone: string;
  }>`
    SELECT a.kind, coalesce(a.ended_at, upper(a.during)) AS end, a.time_zone AS "timeZone"
      FROM appointment a WHERE a.id = ${appointmentId} AND appointment_kept(a.id)`.execute(db);
  return rows[0];
}

/** Planned already, it stays as it was: nobody is asked twice about a visit. */
export async function insertReviewRequest(
  trx: Trx,
  appointmentId: string,
  dueAt: Temporal.Instant,
): Promise<void> {
  await trx
    .insertInto('review_request')
    .values({ appointment_id: appointmentId, due_at: dueAt })
    .onConflict((conflict) => conflict.column('appointment_id').doNothing())
    .execute();
}

/** Visits about which somebody is to be asked now, the longest due first. */
export async function findDueReviewRequests(db: Queryable, most: number): Promise<string[]> {
  const { rows } = await sql<{ appointmentId: string }>`
    SELECT appointment_id AS "appointmentId" FROM review_request
     WHERE outcome IS NULL AND due_at <= app_now() ORDER BY due_at LIMIT ${most}`.execute(db);
  return rows.map(({ appointmentId }) => appointmentId);
}

/**
 * One that nobody has dealt with, locked, and whether to ask: not who has written already, nor who wants nothing more, nor who
 * complains about that visit or has something urgent to tell of it.
 */
export async function lockReviewRequest(trx: Trx, appointmentId: string) {
  const { rows } = await sql<{
    dueAt: Temporal.Instant;
    timeZone: string;
    start: Temporal.Instant;
    now: Temporal.Instant;
    hasAccount: boolean;
    isWanted: boolean;
  }>`
    SELECT q.due_at AS "dueAt", a.time_zone AS "timeZone", lower(a.during) AS start, app_now() AS now,
           EXISTS (SELECT FROM account x WHERE x.id = p.account_id AND x.suspended_at IS NULL) AS "hasAccount",
           appointment_kept(a.id) AND reviews_allowed(a.jurisdiction, app_now()::date)
             AND NOT EXISTS (SELECT FROM care_episode e WHERE e.id = a.episode_id AND e.state = 'closed')
             AND NOT EXISTS (SELECT FROM review r WHERE r.appointment_id = a.id)
             AND NOT EXISTS (SELECT FROM complaint c
                               JOIN LATERAL (SELECT state FROM complaint_step WHERE complaint_id = c.id ORDER BY nth DESC LIMIT 1) s ON true
                              WHERE NOT complaint_ended(s.state)
                                AND (c.appointment_id = a.id OR (c.appointment_id IS NULL AND c.patient_id = a.patient_id AND c.practitioner_id = a.practitioner_id)))
             AND NOT EXISTS (SELECT FROM urgent_contact u JOIN appointment t ON t.id = u.treatment_appointment_id
                              WHERE t.episode_id = a.episode_id
                                AND (u.acknowledged_at IS NULL OR u.acknowledged_at > app_now() - interval '14 days')) AS "isWanted"
      FROM review_request q JOIN appointment a ON a.id = q.appointment_id JOIN patient p ON p.id = a.patient_id
     WHERE q.appointment_id = ${appointmentId} AND q.outcome IS NULL FOR UPDATE OF q`.execute(trx);
  return rows[0];
}

export async function putOffReviewRequest(
  trx: Trx,
  appointmentId: string,
  until: Temporal.Instant,
): Promise<void> {
  await trx
    .updateTable('review_request')
    .set({ due_at: until })
    .where('appointment_id', '=', appointmentId)
    .execute();
}

export async function finishReviewRequest(
  trx: Trx,
  appointmentId: string,
  outcome: 'written' | 'no_account' | 'not_needed' | 'too_late',
): Promise<void> {
  await trx
    .updateTable('review_request')
    .set({ outcome, done_at: sql<Temporal.Instant>`app_now()` })
    .where('appointment_id', '=', appointmentId)
    .execute();
}

/** Whom a practitioner asks about pictures of a treatment. */
export async function findPhotoFacts(db: Queryable, treatmentId: string) {
  const { rows } = await sql<{ patientId: string; name: string; email: string; practitioner: string }>`
    SELECT t.id AS "patientId", m.display_name AS name, m.email, concat_ws(' ', p.title, p.display_name) AS practitioner
      FROM appointment a JOIN patient t ON t.id = a.patient_id JOIN account m ON m.id = t.account_id JOIN practitioner p ON p.id = a.practitioner_id
     WHERE a.id = ${treatmentId}`.execute(db);
  return rows[0];
}
