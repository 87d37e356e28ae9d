import { sql } from 'kysely';
import { rangeValue, type Queryable, type Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import type { ClaimedSlot } from '../availability/claim.ts';
import { saidLateMinutes, willCome } from '../booking/day-queries.ts';
import type { ConsentForm } from './consent-forms.ts';
import type { DeviationKind } from './treatment.ts';

/** The patient whom an account is. */
export function findPatientOf(trx: Trx, accountId: string) {
  return trx
    .selectFrom('patient')
    .where('account_id', '=', accountId)
    .select(['id', 'given_name as givenName', 'account_id as accountId'])
    .executeTakeFirst();
}

export type MyVisit = {
  id: string;
  kind: 'consultation' | 'treatment' | 'follow_up';
  state: string;
  during: InstantRange;
  timeZone: string;
  episodeId: string;
  episodeState: 'open' | 'closed';
  clinicId: string;
  jurisdiction: string;
  blockId: string | null;
  practitionerId: string;
  practitionerName: string;
  practitionerSlug: string;
  locationId: string;
  clinicName: string;
  clinicPhone: string;
  address: string;
  directions: string;
  prescriptionId: string | null;
  isTopUp: boolean;
  startedAt: Temporal.Instant | null;
  cancelledBy: string | null;
  /** The appointment with a colleague that took the place of this one. */
  replacedById: string | null;
  /** How late the session runs, of a visit that still lies ahead today. */
  lateMinutes: number | null;
  /** The signed record of a consultation. */
  consultationId: string | null;
  outcome: string | null;
  /** What is said about coming at this time. */
  willCome: boolean;
  saidLateMinutes: number | null;
  /** Who keeps the record, once the practitioner has stopped. */
  recordsKeptBy: string | null;
};

/** A patient's visits that ever became more than a hold, the latest first; or one of them. */
export async function findMyVisits(trx: Trx, patientId: string, appointmentId?: string): Promise<MyVisit[]> {
  const { rows } = await sql<MyVisit>`
    SELECT a.id, a.kind, a.state, a.during, a.time_zone AS "timeZone", a.episode_id AS "episodeId", e.state AS "episodeState",
           a.clinic_id AS "clinicId", a.jurisdiction, a.block_id AS "blockId", a.practitioner_id AS "practitionerId",
           concat_ws(' ', r.title, r.display_name) AS "practitionerName", r.slug AS "practitionerSlug", a.location_id AS "locationId",
           c.name AS "clinicName", c.phone AS "clinicPhone", concat_ws(', ', nullif(l.name, c.name), l.street, concat_ws(' ', l.locality, l.postcode)) AS address, l.directions,
           a.prescription_id AS "prescriptionId", a.top_up_of_id IS NOT NULL AS "isTopUp", a.started_at AS "startedAt", a.cancelled_by AS "cancelledBy",
           (SELECT s.id FROM appointment s WHERE s.follows_id = a.id) AS "replacedById",
           (SELECT n.minutes FROM running_late n WHERE n.practitioner_id = a.practitioner_id AND n.location_id = a.location_id AND n.withdrawn_at IS NULL
             AND n.on_date = (lower(a.during) AT TIME ZONE a.time_zone)::date AND a.state = 'confirmed' AND lower(a.during) > app_now()) AS "lateMinutes",
           x.id AS "consultationId", x.outcome, ${willCome('a')} AS "willCome", ${saidLateMinutes('a')} AS "saidLateMinutes",
           (SELECT concat_ws(', ', n.records_custodian, n.records_contact) FROM practice_ending n WHERE n.practitioner_id = a.practitioner_id ORDER BY n.id DESC LIMIT 1) AS "recordsKeptBy"
      FROM appointment a JOIN care_episode e ON e.id = a.episode_id
      JOIN practitioner r ON r.id = a.practitioner_id JOIN location l ON l.id = a.location_id JOIN clinic c ON c.id = a.clinic_id
      LEFT JOIN consultation_record x ON x.appointment_id = a.id AND x.state = 'signed'
     WHERE a.patient_id = ${patientId} AND a.state NOT IN ('held', 'expired')
       AND ${appointmentId === undefined ? sql`true` : sql`a.id = ${appointmentId}`}
     ORDER BY lower(a.during) DESC`.execute(trx);
  return rows;
}

export type MyPrescription = {
  id: string;
  episodeId: string;
  state: 'active' | 'used' | 'cancelled';
  jurisdiction: string;
  productName: string;
  unitSystem: string;
  doseUnits: number;
  regions: string[];
  directions: string;
  issuedAt: Temporal.Instant;
  expiresAt: Temporal.Instant;
  prescriberName: string;
  injectorId: string;
  injectorName: string;
  injectorSlug: string;
  consentId: string | null;
  consentState: 'given' | 'withdrawn' | null;
  consentGivenAt: Temporal.Instant | null;
  /** Every item of the form of today is agreed to. */
  consentComplete: boolean;
  /** The consent was signed on paper. */
  consentOnPaper: boolean;
  /** Who carried the words over at the consultation; empty where nobody had to. */
  interpreter: string;
  treatmentId: string | null;
  treatmentState: string | null;
  /** Kept back for a small correction after the review visit; 0 where nothing is. */
  topUpUnits: number;
  topUpId: string | null;
  topUpState: string | null;
  clinicId: string;
  timeZone: string;
  episodeState: 'open' | 'closed';
};

/** A patient's prescriptions with consent and the treatment that hangs on each, the latest first; or one of them. */
export async function findMyPrescriptions(
  trx: Trx,
  patientId: string,
  prescriptionId?: string,
): Promise<MyPrescription[]> {
  const { rows } = await sql<MyPrescription>`
    SELECT x.id, x.episode_id AS "episodeId", x.state, x.jurisdiction, p.name AS "productName", p.unit_system AS "unitSystem", x.dose_units AS "doseUnits", x.regions, x.directions,
           x.issued_at AS "issuedAt", x.expires_at AS "expiresAt", concat_ws(' ', d.title, d.display_name) AS "prescriberName",
           x.injector_id AS "injectorId", concat_ws(' ', i.title, i.display_name) AS "injectorName", i.slug AS "injectorSlug",
           c.id AS "consentId", c.state AS "consentState", c.given_at AS "consentGivenAt",
           c.id IS NOT NULL AND consent_complete(c.id, x.jurisdiction, app_now()::date) AS "consentComplete",
           c.paper_id IS NOT NULL AS "consentOnPaper",
           (SELECT r.interpreter FROM consultation_record r WHERE r.id = x.consultation_id) AS interpreter, t.id AS "treatmentId", t.state AS "treatmentState",
           x.top_up_units AS "topUpUnits", u.id AS "topUpId", u.state AS "topUpState", x.clinic_id AS "clinicId", v.time_zone AS "timeZone", e.state AS "episodeState"
      FROM prescription x
      JOIN product p ON p.code = x.product_code JOIN practitioner d ON d.id = x.prescriber_id JOIN practitioner i ON i.id = x.injector_id
      JOIN appointment v ON v.id = x.consultation_appointment_id JOIN care_episode e ON e.id = x.episode_id
      LEFT JOIN LATERAL (SELECT * FROM consent WHERE prescription_id = x.id ORDER BY given_at DESC LIMIT 1) c ON true
      LEFT JOIN LATERAL (SELECT id, state FROM appointment WHERE prescription_id = x.id AND top_up_of_id IS NULL
                          AND state NOT IN ('cancelled', 'no_show', 'left_unseen') ORDER BY created_at DESC LIMIT 1) t ON true
      LEFT JOIN LATERAL (SELECT id, state FROM appointment WHERE top_up_of_id = t.id
                          AND state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired') ORDER BY created_at DESC LIMIT 1) u ON true
     WHERE x.patient_id = ${patientId} AND ${prescriptionId === undefined ? sql`true` : sql`x.id = ${prescriptionId}`}
     ORDER BY x.issued_at DESC`.execute(trx);
  return rows;
}

export type MyTreatment = {
  appointmentId: string;
  productName: string;
  unitSystem: string | null;
  batch: string;
  batchExpiresOn: string;
  units: number;
  regions: string[];
  deviations: { kind: DeviationKind; reason: string }[];
};

/** What was given, in facts. */
export async function findMyTreatments(
  trx: Trx,
  patientId: string,
  appointmentId?: string,
): Promise<MyTreatment[]> {
  const { rows } = await sql<MyTreatment>`
    SELECT t.appointment_id AS "appointmentId", t.product_name AS "productName", m.unit_system AS "unitSystem", t.batch, t.batch_expires_on AS "batchExpiresOn",
           (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', d.kind, 'reason', d.reason)), '[]') FROM deviation d WHERE d.treatment_id = t.id) AS deviations,
           coalesce(sum(g.units), 0) AS units, coalesce(array_agg(DISTINCT g.region) FILTER (WHERE g.region IS NOT NULL), '{}') AS regions
      FROM treatment_record t LEFT JOIN product m ON m.code = t.product_code LEFT JOIN injection_point g ON g.treatment_id = t.id
     WHERE t.patient_id = ${patientId} AND t.state = 'signed' AND ${appointmentId === undefined ? sql`true` : sql`t.appointment_id = ${appointmentId}`}
     GROUP BY t.id, m.code ORDER BY t.signed_at DESC`.execute(trx);
  return rows;
}

/** The signed record of a consultation, as the patient reads it. */
export async function findMyConsultation(trx: Trx, patientId: string, consultationId: string) {
  const record = await trx
    .selectFrom('consultation_record as c')
    .innerJoin('practitioner as p', 'p.id', 'c.prescriber_id')
    .innerJoin('appointment as a', 'a.id', 'c.appointment_id')
    .innerJoin('care_episode as e', 'e.id', 'a.episode_id')
    .where('c.id', '=', consultationId)
    .where('c.patient_id', '=', patientId)
    .where('c.state', '=', 'signed')
    .select([
      'c.id',
      'c.outcome',
      'c.regions',
      'c.examination',
      'c.baseline',
      'c.movement_to_keep as movementToKeep',
      'c.desired_result as desiredResult',
      'c.alternatives',
      'c.plan',
      'c.signed_at as signedAt',
      'p.title',
      'p.display_name as displayName',
      'a.time_zone as timeZone',
      'e.id as episodeId',
      'e.state as episodeState',
    ])
    .executeTakeFirst();
  if (record === undefined) return undefined;
  const questions = await trx
    .selectFrom('consultation_question')
    .where('consultation_id', '=', consultationId)
    .select(['question', 'answer'])
    .orderBy('asked_at')
    .execute();
  const risks = await trx
    .selectFrom('risk_disclosure as d')
    .innerJoin('disclosable_risk as r', (join) =>
      join.onRef('r.code', '=', 'd.risk_code').onRef('r.version', '=', 'd.risk_version'),
    )
    .where('d.consultation_id', '=', consultationId)
    .select(['r.code', 'r.text'])
    .execute();
  const addenda = await trx
    .selectFrom('consultation_addendum')
    .where('consultation_id', '=', consultationId)
    .select(['text', 'written_at as writtenAt'])
    .orderBy('written_at')
    .execute();
  return { ...record, questions, risks, addenda };
}

/** Where a practitioner works within one clinic and one jurisdiction: a course of care does not leave them (G9). */
export function findPlaces(
  db: Queryable,
  {
    practitionerId,
    clinicId,
    jurisdiction,
  }: { practitionerId: string; clinicId: string; jurisdiction: string },
): Promise<{ id: string; name: string }[]> {
  return db
    .selectFrom('practice as p')
    .innerJoin('location as l', 'l.id', 'p.location_id')
    .where('p.practitioner_id', '=', practitionerId)
    .where('l.clinic_id', '=', clinicId)
    .where('l.jurisdiction', '=', jurisdiction)
    .select(['l.id', sql<string>`concat_ws(', ', l.name, l.street, l.locality)`.as('name')])
    .orderBy('l.name')
    .execute();
}

/** What was found at a review visit. */
export function findMyReview(trx: Trx, patientId: string, appointmentId: string) {
  return trx
    .selectFrom('follow_up_record')
    .where('appointment_id', '=', appointmentId)
    .where('patient_id', '=', patientId)
    .select(['findings', 'movement_kept as movementKept', 'adverse_event as adverseEvent', 'outcomes'])
    .executeTakeFirst();
}

/** The latest health answers. */
export function findLatestAnswers(trx: Trx, patientId: string) {
  return trx
    .selectFrom('health_answers')
    .where('patient_id', '=', patientId)
    .select([
      'id',
      'answers',
      'last_treated_elsewhere_on as lastTreatedElsewhereOn',
      'answered_at as answeredAt',
    ])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** What was typed of the health questions and not yet given. */
export function findHealthDraft(trx: Trx, patientId: string) {
  return trx
    .selectFrom('health_draft')
    .where('patient_id', '=', patientId)
    .select(['answers', 'saved_at as savedAt'])
    .executeTakeFirst();
}

export async function saveHealthDraft(
  trx: Trx,
  patientId: string,
  typed: Readonly<Record<string, string>>,
): Promise<void> {
  const answers = JSON.stringify(typed);
  await sql`INSERT INTO health_draft (patient_id, answers) VALUES (${patientId}, ${answers}::jsonb)
    ON CONFLICT (patient_id) DO UPDATE SET answers = excluded.answers, saved_at = app_now()`.execute(trx);
}

export async function deleteHealthDraft(trx: Trx, patientId: string): Promise<void> {
  await trx.deleteFrom('health_draft').where('patient_id', '=', patientId).execute();
}

/** The treatments that are to come, with whether the newest answers stand confirmed for each. */
export async function findTreatmentsToConfirm(trx: Trx, patientId: string) {
  const { rows } = await sql<{
    appointmentId: string;
    startsAt: Temporal.Instant;
    timeZone: string;
    opensAt: Temporal.Instant;
    isOpen: boolean;
    isConfirmed: boolean;
  }>`
    SELECT a.id AS "appointmentId", lower(a.during) AS "startsAt", a.time_zone AS "timeZone",
           lower(a.during) - interval '24 hours' AS "opensAt", app_now() >= lower(a.during) - interval '24 hours' AS "isOpen",
           health_confirmed(a.id, h.id, lower(a.during)) AS "isConfirmed"
      FROM appointment a
      CROSS JOIN LATERAL (SELECT n.id FROM health_answers n WHERE n.patient_id = a.patient_id ORDER BY n.version DESC LIMIT 1) h
     WHERE a.patient_id = ${patientId} AND a.kind = 'treatment' AND a.state IN ('confirmed', 'arrived')
     ORDER BY lower(a.during)`.execute(trx);
  return rows;
}

/** A consent to one prescription and its named injector; answers its id. */
export async function insertConsent(
  trx: Trx,
  consent: { prescriptionId: string; patientId: string; form: ConsentForm; interpreter: string },
): Promise<string> {
  const items = consent.form.items.map(({ code }) => code);
  const { rows } = await sql<{ id: string }>`
    INSERT INTO consent (prescription_id, patient_id, injector_id, text_version, items, interpreter)
    SELECT id, patient_id, injector_id, ${consent.form.code}, ${items}::text[], ${consent.interpreter}
      FROM prescription WHERE id = ${consent.prescriptionId} AND patient_id = ${consent.patientId} RETURNING id`.execute(
    trx,
  );
  return rows[0]!.id;
}

/** Each item of a form that was agreed to; the database says by whom, and when. */
export async function insertConsentItems(trx: Trx, consentId: string, form: ConsentForm): Promise<void> {
  await trx
    .insertInto('consent_item')
    .values(form.items.map(({ code }) => ({ consent_id: consentId, form_code: form.code, item_code: code })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What was agreed to, in the words that were read. */
export async function findConsentItems(
  trx: Trx,
  consentId: string,
): Promise<{ code: string; title: string; text: string; saidAt: Temporal.Instant }[]> {
  const { rows } = await sql<{ code: string; title: string; text: string; saidAt: Temporal.Instant }>`
    SELECT i.item ->> 'code' AS code, i.item ->> 'title' AS title, i.item ->> 'text' AS text, s.said_at AS "saidAt"
      FROM consent_item s JOIN consent_form f ON f.code = s.form_code
      CROSS JOIN LATERAL jsonb_array_elements(f.items) WITH ORDINALITY AS i(item, nth)
     WHERE s.consent_id = ${consentId} AND i.item ->> 'code' = s.item_code
       AND f.version = (SELECT max(n.version) FROM consent_item l JOIN consent_form n ON n.code = l.form_code WHERE l.consent_id = s.consent_id)
     ORDER BY i.nth`.execute(trx);
  return rows;
}

/** Takes back every consent that stands for these prescriptions. Their treatments are cancelled first: the key demands it. */
export async function withdrawConsents(trx: Trx, prescriptionIds: readonly string[]): Promise<void> {
  if (prescriptionIds.length === 0) return;
  await sql`UPDATE consent SET state = 'withdrawn', withdrawn_at = app_now()
             WHERE prescription_id = ANY (${prescriptionIds}::uuid[]) AND state = 'given'`.execute(trx);
}

/**
 * A treatment of this patient that took place, with what a review visit or an urgent contact needs. For the second it counts
 * from its start: nobody waits with that until who treated has signed.
 */
export function findTreated(
  trx: Trx,
  patientId: string,
  appointmentId: string,
  { underWay = false }: { underWay?: boolean } = {},
) {
  return trx
    .selectFrom('appointment as a')
    .innerJoin('clinic as c', 'c.id', 'a.clinic_id')
    .innerJoin('practitioner as p', 'p.id', 'a.practitioner_id')
    .where('a.id', '=', appointmentId)
    .where('a.patient_id', '=', patientId)
    .where('a.kind', '=', 'treatment')
    .where('a.state', 'in', ['completed', 'stopped', ...(underWay ? (['started'] as const) : [])])
    .select([
      'a.id',
      'a.clinic_id as clinicId',
      sql<string>`a.episode_id`.as('episodeId'),
      sql<Temporal.Instant>`a.started_at`.as('startedAt'),
      'a.practitioner_id as practitionerId',
      'a.location_id as locationId',
      'a.time_zone as timeZone',
      'a.jurisdiction',
      'c.name as clinicName',
      'c.phone as clinicPhone',
      sql<string>`(SELECT concat_ws(' ', rx.title, rx.display_name) FROM practitioner rx WHERE rx.id = a.prescriber_id)`.as(
        'prescriberName',
      ),
      sql<string>`concat_ws(' ', p.title, p.display_name)`.as('practitionerName'),
    ])
    .executeTakeFirst();
}

/** The review visit that is booked after a treatment, if any. */
export async function findReviewToCome(
  trx: Trx,
  treated: { episodeId: string; startedAt: Temporal.Instant },
): Promise<string | undefined> {
  const review = await trx
    .selectFrom('appointment')
    .where('episode_id', '=', treated.episodeId)
    .where('kind', '=', 'follow_up')
    .where('state', 'in', ['confirmed', 'paused', 'arrived', 'started'])
    .where('created_at', '>', treated.startedAt)
    .select('id')
    .executeTakeFirst();
  return review?.id;
}

/** A review visit on claimed time, in the episode of the treatment it looks at. */
export async function insertReviewVisit(
  trx: Trx,
  treated: { id: string; practitionerId: string; locationId: string },
  claimed: ClaimedSlot,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, block_id, block_span,
        patient_id, patient_date_of_birth, episode_id)
    SELECT 'follow_up', 'confirmed', ${treated.practitionerId}::uuid, ${treated.locationId}::uuid, ${claimed.clinicId}::uuid, ${claimed.jurisdiction}, ${claimed.timeZone},
           ${rangeValue(claimed.during)}, ${claimed.blockId}::uuid, ${rangeValue(claimed.blockSpan)}, a.patient_id, a.patient_date_of_birth, a.episode_id
      FROM appointment a WHERE a.id = ${treated.id}
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

export async function insertUrgentContact(
  trx: Trx,
  contact: { patientId: string; treatmentId: string; message: string; phone: string },
): Promise<string> {
  const { id } = await trx
    .insertInto('urgent_contact')
    .values({
      patient_id: contact.patientId,
      treatment_appointment_id: contact.treatmentId,
      message: contact.message,
      phone: contact.phone,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Injector and prescriber of a treatment, once if they are one person, with the address of each. */
export function findTreatersOf(trx: Trx, treatmentId: string) {
  return trx
    .selectFrom('appointment as a')
    .innerJoin('practitioner as p', (join) =>
      join.on((eb) => eb('p.id', 'in', [eb.ref('a.practitioner_id'), eb.ref('a.prescriber_id')])),
    )
    .innerJoin('account as x', 'x.id', 'p.account_id')
    .where('a.id', '=', treatmentId)
    .select(['p.id', 'p.display_name as name', 'x.email'])
    .execute();
}

/** A photo goes with its message, in the same transaction. */
export async function insertUrgentPhoto(
  trx: Trx,
  photo: { contactId: string; patientId: string; bytes: Buffer },
): Promise<void> {
  await trx
    .insertInto('urgent_photo')
    .values({ contact_id: photo.contactId, patient_id: photo.patientId, bytes: photo.bytes })
    .execute();
}

/** What the patient wrote, and whether somebody has answered for it. */
export function findUrgentContacts(trx: Trx, treatmentId: string) {
  return trx
    .selectFrom('urgent_contact as u')
    .leftJoin('urgent_photo as p', 'p.contact_id', 'u.id')
    .where('u.treatment_appointment_id', '=', treatmentId)
    .select([
      'u.id',
      'p.id as photoId',
      'u.message',
      'u.created_at as createdAt',
      'u.answer_by as answerBy',
      'u.acknowledged_at as acknowledgedAt',
    ])
    .orderBy('u.created_at', 'desc')
    .execute();
}

/** An open episode of this patient, locked. */
export function lockEpisode(trx: Trx, patientId: string, episodeId: string) {
  return trx
    .selectFrom('care_episode')
    .where('id', '=', episodeId)
    .where('patient_id', '=', patientId)
    .select(['id', 'state', 'clinic_id as clinicId'])
    .forUpdate()
    .executeTakeFirst();
}

/** Cancels what is still to come of an episode, by the patient. */
export async function cancelVisitsToCome(trx: Trx, episodeId: string): Promise<void> {
  await trx
    .updateTable('appointment')
    .set({ state: 'cancelled', cancelled_by: 'patient' })
    .where('episode_id', '=', episodeId)
    .where('state', 'in', ['confirmed', 'paused', 'arrived'])
    .execute();
}

/** Whether somebody is being treated in this episode at this moment. */
export async function isUnderTreatment(trx: Trx, episodeId: string): Promise<boolean> {
  const started = await trx
    .selectFrom('appointment')
    .where('episode_id', '=', episodeId)
    .where('kind', '=', 'treatment')
    .where('state', '=', 'started')
    .select('id')
    .executeTakeFirst();
  return started !== undefined;
}

export async function findEpisodePrescriptions(trx: Trx, episodeId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('prescription')
    .where('episode_id', '=', episodeId)
    .select('id')
    .execute();
  return rows.map(({ id }) => id);
}

export async function closeEpisodeRow(trx: Trx, episodeId: string): Promise<void> {
  await sql`UPDATE care_episode SET state = 'closed', closed_at = app_now() WHERE id = ${episodeId}`.execute(
    trx,
  );
}
