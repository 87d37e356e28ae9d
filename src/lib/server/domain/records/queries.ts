import { sql, type RawBuilder } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import type { CaseFile } from './papers/case-file.ts';
import type {
  ClinicalRecord,
  RecordAnswers,
  RecordConsultation,
  RecordPatient,
  RecordPrescription,
  RecordReview,
  RecordPhotos,
  RecordTreatment,
  RecordUrgent,
  RecordVisit,
  Scope,
} from './record.ts';

/** A practitioner with the register entry of the place where they acted. */
function personOf(id: string, jurisdiction: string): RawBuilder<unknown> {
  return sql`(SELECT jsonb_build_object('id', p.id, 'name', concat_ws(' ', p.title, p.display_name), 'profession', p.profession, 'register', k.register, 'number', k.number)
    FROM practitioner p LEFT JOIN LATERAL (SELECT c.register, c.number FROM credential c WHERE c.practitioner_id = p.id AND c.jurisdiction = ${sql.ref(jurisdiction)}
      AND c.kind = 'registration' AND c.register IS NOT NULL ORDER BY upper(c.valid) DESC LIMIT 1) k ON true WHERE p.id = ${sql.ref(id)})`;
}

/** Where the visit `a` takes place: location `l` of clinic `c`. */
const place = sql`c.id AS "clinicId", c.name AS "clinicName", c.phone AS "clinicPhone",
  concat_ws(', ', nullif(l.name, c.name), l.street, concat_ws(' ', l.locality, l.postcode)) AS address, a.jurisdiction, a.time_zone AS "timeZone"`;

const placeOf = sql`JOIN location l ON l.id = a.location_id JOIN clinic c ON c.id = a.clinic_id`;

/** The patient; undefined for an id that is nobody's. */
export async function findRecordPatient(trx: Trx, patientId: string): Promise<RecordPatient | undefined> {
  return trx
    .selectFrom('patient')
    .where('id', '=', patientId)
    .select([
      'id',
      'given_name as givenName',
      'family_name as familyName',
      'date_of_birth as dateOfBirth',
      'postal_address as address',
      'is_demo as isDemo',
      sql<string>`given_name || ' ' || family_name`.as('name'),
    ])
    .executeTakeFirst();
}

/** All of a record that the scope covers: one query for each kind of thing, however many there are. */
export async function findRecord(trx: Trx, patient: RecordPatient, scope: Scope): Promise<ClinicalRecord> {
  return {
    patient,
    visits: await findVisits(trx, scope),
    answers: await findAnswers(trx, scope),
    consultations: await findConsultations(trx, scope),
    prescriptions: await findPrescriptions(trx, scope),
    treatments: await findTreatments(trx, scope),
    reviews: await findReviews(trx, scope),
    urgent: await findUrgent(trx, scope),
  };
}

/** True where the scope is everything, or one of these columns is its practitioner. */
function mine({ practitionerId }: Scope, ...columns: string[]): RawBuilder<unknown> {
  if (practitionerId === null) return sql`true`;
  return sql`(${sql.join(
    columns.map((column) => sql`${sql.ref(column)} = ${practitionerId}`),
    sql` OR `,
  )})`;
}

function before({ until }: Scope, column: string): RawBuilder<unknown> {
  return until === undefined ? sql`true` : sql`${sql.ref(column)} <= ${until}`;
}

async function findVisits(trx: Trx, scope: Scope): Promise<RecordVisit[]> {
  const { rows } = await sql<RecordVisit>`
    SELECT a.id, a.kind, a.state, lower(a.during) AS "startsAt", a.started_at AS "startedAt", a.ended_at AS "endedAt",
           ${place}, ${personOf('a.practitioner_id', 'a.jurisdiction')} AS practitioner
      FROM appointment a ${placeOf}
     WHERE a.patient_id = ${scope.patientId} AND a.state IN ('completed', 'stopped')
       AND ${mine(scope, 'a.practitioner_id', 'a.prescriber_id')} AND ${before(scope, 'a.started_at')}
     ORDER BY a.started_at DESC`.execute(trx);
  return rows;
}

/** A treatment visit that has begun, with the prescription that it stands on. */
export async function findTreatmentVisit(
  trx: Trx,
  scope: Scope,
  appointmentId: string,
): Promise<(RecordVisit & { prescriptionId: string | null }) | undefined> {
  const { rows } = await sql<RecordVisit & { prescriptionId: string | null }>`
    SELECT a.id, a.kind, a.state, lower(a.during) AS "startsAt", a.started_at AS "startedAt", a.ended_at AS "endedAt", a.prescription_id AS "prescriptionId",
           ${place}, ${personOf('a.practitioner_id', 'a.jurisdiction')} AS practitioner
      FROM appointment a ${placeOf}
     WHERE a.id = ${appointmentId} AND a.patient_id = ${scope.patientId} AND a.kind = 'treatment' AND a.started_at IS NOT NULL
       AND ${mine(scope, 'a.practitioner_id', 'a.prescriber_id')}`.execute(trx);
  return rows[0];
}

async function findAnswers(trx: Trx, scope: Scope): Promise<RecordAnswers[]> {
  const { rows } = await sql<RecordAnswers>`
    SELECT h.id, h.version, h.answers, h.last_treated_elsewhere_on AS "lastTreatedElsewhereOn", h.answered_at AS "answeredAt"
      FROM health_answers h
     WHERE h.patient_id = ${scope.patientId} AND ${before(scope, 'h.answered_at')}
       AND (${scope.practitionerId}::uuid IS NULL
         OR EXISTS (SELECT FROM consultation_record r WHERE r.patient_id = h.patient_id AND r.prescriber_id = ${scope.practitionerId}::uuid))
     ORDER BY h.version DESC`.execute(trx);
  return rows;
}

async function findConsultations(trx: Trx, scope: Scope): Promise<RecordConsultation[]> {
  const { rows } = await sql<RecordConsultation>`
    SELECT r.id, r.appointment_id AS "appointmentId", r.health_answers_id AS "healthAnswersId", r.signed_at AS "signedAt", r.outcome,
           r.identity_document AS "identityDocument", r.seen_alone AS "seenAlone", r.chaperone, r.regions, r.history, r.examination, r.baseline,
           r.movement_to_keep AS "movementToKeep", r.desired_result AS "desiredResult", r.alternatives, r.plan,
           ${place}, ${personOf('r.prescriber_id', 'r.jurisdiction')} AS prescriber,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('question', q.question, 'answer', q.answer) ORDER BY q.id), '[]') FROM consultation_question q WHERE q.consultation_id = r.id) AS questions,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'severity', f.severity, 'note', f.note) ORDER BY f.code), '[]')
              FROM consultation_finding f WHERE f.consultation_id = r.id AND f.present) AS findings,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('code', d.risk_code, 'acknowledged', d.acknowledged_at IS NOT NULL) ORDER BY d.risk_code), '[]')
              FROM risk_disclosure d WHERE d.consultation_id = r.id) AS risks,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'text', x.text, 'writtenAt', x.written_at) ORDER BY x.written_at), '[]')
              FROM consultation_addendum x WHERE x.consultation_id = r.id AND ${before(scope, 'x.written_at')}) AS addenda
      FROM consultation_record r JOIN appointment a ON a.id = r.appointment_id ${placeOf}
     WHERE r.patient_id = ${scope.patientId} AND r.state = 'signed' AND ${mine(scope, 'r.prescriber_id')} AND ${before(scope, 'r.signed_at')}
     ORDER BY r.signed_at DESC`.execute(trx);
  return rows;
}

/** The items of the newest form that a consent agreed to, in their order. */
const saidOf = (consentId: string) => sql`(
  SELECT coalesce(jsonb_agg(jsonb_build_object('title', i.item ->> 'title', 'text', i.item ->> 'text', 'at', s.said_at) ORDER BY i.nth), '[]')
    FROM consent_item s JOIN consent_form f ON f.code = s.form_code
    CROSS JOIN LATERAL jsonb_array_elements(f.items) WITH ORDINALITY AS i(item, nth)
   WHERE s.consent_id = ${sql.ref(consentId)} AND i.item ->> 'code' = s.item_code
     AND f.version = (SELECT max(n.version) FROM consent_item l JOIN consent_form n ON n.code = l.form_code WHERE l.consent_id = s.consent_id))`;

/** A patient's prescriptions with the consent to each, the latest first; or one of them. */
export async function findPrescriptions(
  trx: Trx,
  scope: Scope,
  prescriptionId?: string,
): Promise<RecordPrescription[]> {
  const { rows } = await sql<RecordPrescription>`
    SELECT x.id, x.consultation_id AS "consultationId", x.state, x.state = 'active' AND x.expires_at <= app_now() AS "isExpired",
           x.issued_at AS "issuedAt", x.expires_at AS "expiresAt", x.ended_at AS "endedAt", x.end_reason AS "endReason", x.product_code AS "productCode",
           m.name AS "productName", m.unit_system AS "unitSystem", x.dose_units AS "doseUnits", x.top_up_units AS "topUpUnits", x.regions, x.directions,
           ${place}, ${personOf('x.prescriber_id', 'x.jurisdiction')} AS prescriber, ${personOf('x.injector_id', 'x.jurisdiction')} AS injector,
           (SELECT d.code FROM document_code d WHERE d.prescription_id = x.id) AS code,
           (SELECT max(o.issued_at) FROM prescription o WHERE o.consultation_id = x.consultation_id AND o.state = 'cancelled' AND o.issued_at < x.issued_at) AS "replacesIssuedAt",
           (SELECT min(o.issued_at) FROM prescription o WHERE o.consultation_id = x.consultation_id AND x.state = 'cancelled' AND o.issued_at > x.issued_at) AS "replacedIssuedAt",
           (SELECT jsonb_build_object('id', k.id, 'state', k.state, 'textVersion', k.text_version, 'items', k.items, 'interpreter', k.interpreter, 'paper', (SELECT jsonb_build_object('witness', w.witness_name, 'signedOn', w.signed_on) FROM consent_paper w WHERE w.id = k.paper_id), 'said', ${saidOf('k.id')}, 'givenAt', k.given_at, 'confirmedAt', k.confirmed_at, 'withdrawnAt', k.withdrawn_at)
              FROM consent k WHERE k.prescription_id = x.id ORDER BY k.given_at DESC LIMIT 1) AS consent
      FROM prescription x JOIN product m ON m.code = x.product_code JOIN appointment a ON a.id = x.consultation_appointment_id ${placeOf}
     WHERE x.patient_id = ${scope.patientId} AND ${mine(scope, 'x.prescriber_id', 'x.injector_id')} AND ${before(scope, 'x.issued_at')}
       AND ${prescriptionId === undefined ? sql`true` : sql`x.id = ${prescriptionId}`}
     ORDER BY x.issued_at DESC`.execute(trx);
  return rows;
}

/** What was given, signed, the latest first; or what was given at one visit. */
export async function findTreatments(
  trx: Trx,
  scope: Scope,
  appointmentId?: string,
): Promise<RecordTreatment[]> {
  const { rows } = await sql<RecordTreatment>`
    SELECT t.id, t.appointment_id AS "appointmentId", t.prescription_id AS "prescriptionId", a.started_at AS "startedAt", t.signed_at AS "signedAt",
           t.ended_as AS "endedAs", a.top_up_of_id IS NOT NULL AS "isTopUp", t.product_code AS "productCode", t.product_name AS "productName",
           m.unit_system AS "unitSystem", t.batch, t.batch_expires_on AS "batchExpiresOn", t.diluent_ml AS "diluentMl",
           t.immediate_reaction AS "immediateReaction", t.note, t.aftercare_version AS "aftercareVersion", a.retreatment_days AS "retreatmentDays",
           i.out_of_hours_name AS "outOfHoursName", i.out_of_hours_phone AS "outOfHoursPhone", d.code, d.ended_at IS NOT NULL AS "codeEnded",
           EXISTS (SELECT FROM start_proof s WHERE s.appointment_id = a.id) AS "hasStartProof",
           ${place}, ${personOf('t.injector_id', 'a.jurisdiction')} AS injector, ${personOf('a.prescriber_id', 'a.jurisdiction')} AS prescriber,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('region', g.region, 'side', g.side, 'x', g.x, 'y', g.y, 'units', g.units) ORDER BY g.id), '[]')
              FROM injection_point g WHERE g.treatment_id = t.id) AS points,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', v.kind, 'reason', v.reason) ORDER BY v.kind), '[]') FROM deviation v WHERE v.treatment_id = t.id) AS deviations
      FROM treatment_record t JOIN appointment a ON a.id = t.appointment_id ${placeOf}
      JOIN practitioner i ON i.id = t.injector_id LEFT JOIN product m ON m.code = t.product_code LEFT JOIN document_code d ON d.treatment_id = t.id
     WHERE t.patient_id = ${scope.patientId} AND t.state = 'signed' AND ${mine(scope, 't.injector_id', 'a.prescriber_id')} AND ${before(scope, 't.signed_at')}
       AND ${appointmentId === undefined ? sql`true` : sql`t.appointment_id = ${appointmentId}`}
     ORDER BY a.started_at DESC`.execute(trx);
  return rows;
}

async function findReviews(trx: Trx, scope: Scope): Promise<RecordReview[]> {
  const { rows } = await sql<RecordReview>`
    SELECT f.id, f.appointment_id AS "appointmentId", f.written_at AS "writtenAt", f.findings, f.symmetrical, f.movement_kept AS "movementKept", f.adverse_event AS "adverseEvent"
      FROM follow_up_record f WHERE f.patient_id = ${scope.patientId} AND ${mine(scope, 'f.practitioner_id')} AND ${before(scope, 'f.written_at')}
     ORDER BY f.written_at DESC`.execute(trx);
  return rows;
}

/** Row-level security shows a photo to the patient and to practitioners who answer; to others the message stands alone. */
async function findUrgent(trx: Trx, scope: Scope): Promise<RecordUrgent[]> {
  const { rows } = await sql<RecordUrgent>`
    SELECT u.id, a.id AS "appointmentId", u.created_at AS "sentAt", u.message, u.acknowledged_at AS "answeredAt",
           coalesce((SELECT concat_ws(' ', p.title, p.display_name) FROM practitioner p WHERE p.account_id = u.acknowledged_by), 'Steadyhand') AS "answeredBy",
           ${place}, photo.id AS "photoId"
      FROM urgent_contact u JOIN appointment a ON a.id = u.treatment_appointment_id ${placeOf} LEFT JOIN urgent_photo photo ON photo.contact_id = u.id
     WHERE u.patient_id = ${scope.patientId} AND ${mine(scope, 'a.practitioner_id', 'a.prescriber_id')} AND ${before(scope, 'u.created_at')}
     ORDER BY u.created_at DESC`.execute(trx);
  return rows;
}

/** The photos of these messages, for a copy of the record that is taken along. */
export async function findPhotos(trx: Trx, { urgent }: ClinicalRecord): Promise<RecordPhotos> {
  const ids = urgent.flatMap(({ photoId }) => photoId ?? []);
  if (ids.length === 0) return new Map();
  const found = await trx.selectFrom('urgent_photo').where('id', 'in', ids).select(['id', 'bytes']).execute();
  return new Map(found.map(({ id, bytes }) => [id, bytes]));
}

/** Whose thing an id is; a patient's own id is the patient's. */
export async function findPatientBehind(
  trx: Trx,
  of: 'prescription' | 'appointment' | 'patient' | 'case_file',
  id: string,
): Promise<string | undefined> {
  if (of === 'patient') return id;
  const row = await trx
    .selectFrom(of)
    .where('id', '=', id)
    .where('patient_id', 'is not', null)
    .select(sql<string>`patient_id`.as('patientId'))
    .executeTakeFirst();
  return row?.patientId;
}

/** A file that a practitioner made. */
export async function findCaseFile(trx: Trx, id: string): Promise<CaseFile | undefined> {
  const { rows } = await sql<CaseFile>`
    SELECT f.id, f.for_whom AS "forWhom", f.recipient, f.reason, f.made_at AS "madeAt",
           (SELECT jsonb_build_object('id', p.id, 'name', concat_ws(' ', p.title, p.display_name), 'profession', p.profession, 'register', NULL, 'number', NULL)
              FROM practitioner p WHERE p.id = f.practitioner_id) AS practitioner
      FROM case_file f WHERE f.id = ${id}`.execute(trx);
  return rows[0];
}

/** What an account is to a patient: the patient, a practitioner, or nobody. */
export async function findReader(
  trx: Trx,
  accountId: string,
): Promise<{ patientId: string | null; practitionerId: string | null }> {
  const { rows } = await sql<{ patientId: string | null; practitionerId: string | null }>`
    SELECT (SELECT id FROM patient WHERE account_id = ${accountId}) AS "patientId",
           (SELECT id FROM practitioner WHERE account_id = ${accountId}) AS "practitionerId"`.execute(trx);
  return rows[0]!;
}

/** What was known when a treatment began. */
export async function findStartProof(trx: Trx, appointmentId: string) {
  return trx
    .selectFrom('start_proof')
    .where('appointment_id', '=', appointmentId)
    .select(['made_at as madeAt', 'facts'])
    .executeTakeFirst();
}
