import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import { saidLateMinutes, willCome } from '../booking/day-queries.ts';
import { findPractitioner } from './queries.ts';

const patientName = sql<string>`patient.given_name || ' ' || patient.family_name`;

/** Who is at the desk, what time it is, and in which zone the day is counted: that of the first place of work. */
export async function findDesk(trx: Trx, accountId: string) {
  const me = await findPractitioner(trx, accountId);
  if (me === undefined) return undefined;
  const { rows } = await sql<{ now: Temporal.Instant; timeZone: string; today: string }>`
    SELECT app_now() AS now, zone.time_zone AS "timeZone", (app_now() AT TIME ZONE zone.time_zone)::date AS today
      FROM (SELECT coalesce((SELECT l.time_zone FROM practice w JOIN location l ON l.id = w.location_id
                              WHERE w.practitioner_id = ${me.id} ORDER BY l.id LIMIT 1), 'UTC') AS time_zone) zone`.execute(
    trx,
  );
  return { ...me, ...rows[0]! };
}
export type Desk = NonNullable<Awaited<ReturnType<typeof findDesk>>>;

/** The practitioner's visits on these days of the place they are at, without those that came to nothing. */
export function findVisits(trx: Trx, practitionerId: string, from: string, to: string) {
  return (
    trx
      .selectFrom('appointment')
      .innerJoin('patient', 'patient.id', 'appointment.patient_id')
      .leftJoin('practitioner as prescriber', 'prescriber.id', 'appointment.prescriber_id')
      .where('appointment.practitioner_id', '=', practitionerId)
      .where('appointment.state', 'not in', ['held', 'expired', 'cancelled'])
      .where(
        sql<boolean>`(lower(appointment.during) AT TIME ZONE appointment.time_zone)::date BETWEEN ${from}::date AND ${to}::date`,
      )
      // The day is also asked of the index, which knows instants: a zone is less than a day away from UTC.
      .where(
        sql<boolean>`appointment.during && tstzrange(${from}::date - interval '1 day', ${to}::date + interval '2 days')`,
      )
      .select([
        'appointment.id',
        'appointment.kind',
        'appointment.state',
        'appointment.during',
        'appointment.time_zone as timeZone',
        'appointment.patient_id as patientId',
        'appointment.prescription_id as prescriptionId',
        'appointment.prescriber_id as prescriberId',
        sql<string | null>`nullif(concat_ws(' ', prescriber.title, prescriber.display_name), '')`.as(
          'prescriberName',
        ),
        patientName.as('patientName'),
        willCome('appointment').as('willCome'),
        saidLateMinutes('appointment').as('saidLateMinutes'),
      ])
      .select(
        sql<boolean>`EXISTS (SELECT FROM health_answers h WHERE h.patient_id = appointment.patient_id)`.as(
          'hasHealthAnswers',
        ),
      )
      .orderBy(sql`lower(appointment.during)`)
      .execute()
  );
}
export type DeskVisit = Awaited<ReturnType<typeof findVisits>>[number];

/** Urgent messages nobody has answered for, about treatments that this practitioner gave or prescribed. */
export function findUrgent(trx: Trx, practitionerId: string) {
  return trx
    .selectFrom('urgent_contact as u')
    .innerJoin('appointment as a', 'a.id', 'u.treatment_appointment_id')
    .innerJoin('patient', 'patient.id', 'u.patient_id')
    .leftJoin('urgent_photo as photo', 'photo.contact_id', 'u.id')
    .where('u.acknowledged_at', 'is', null)
    .where((eb) =>
      eb.or([eb('a.practitioner_id', '=', practitionerId), eb('a.prescriber_id', '=', practitionerId)]),
    )
    .select([
      'u.id',
      'photo.id as photoId',
      'u.message',
      'u.phone',
      'u.created_at as createdAt',
      'u.patient_id as patientId',
      'a.id as appointmentId',
      'a.time_zone as timeZone',
      patientName.as('patientName'),
    ])
    .orderBy('u.created_at')
    .execute();
}

/** Everything given on this day by this practitioner or under this practitioner's name. */
export async function findGiven(trx: Trx, practitionerId: string, today: string) {
  const { rows } = await sql<{
    appointmentId: string;
    patientId: string;
    patientName: string;
    injectorName: string;
    isMine: boolean;
    startedAt: Temporal.Instant;
    timeZone: string;
    productName: string | null;
    state: string;
    units: number;
    deviations: string[];
  }>`
    SELECT a.id AS "appointmentId", a.patient_id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName",
           concat_ws(' ', i.title, i.display_name) AS "injectorName", a.practitioner_id = ${practitionerId} AS "isMine", a.started_at AS "startedAt", a.time_zone AS "timeZone",
           t.product_name AS "productName", a.state,
           (SELECT coalesce(sum(units), 0) FROM injection_point WHERE treatment_id = t.id) AS units,
           (SELECT coalesce(array_agg(kind ORDER BY kind), '{}') FROM deviation WHERE treatment_id = t.id) AS deviations
      FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN practitioner i ON i.id = a.practitioner_id
      LEFT JOIN treatment_record t ON t.appointment_id = a.id
     WHERE a.kind = 'treatment' AND a.started_at IS NOT NULL AND (a.practitioner_id = ${practitionerId} OR a.prescriber_id = ${practitionerId})
       AND a.started_at > ${today}::date - interval '1 day' AND (a.started_at AT TIME ZONE a.time_zone)::date = ${today}::date
     ORDER BY a.started_at`.execute(trx);
  return rows;
}

/** Patients under this prescriber whose newest health answers nobody has decided about. */
export async function findAnswersToDecide(trx: Trx, practitionerId: string, patientId: string | null = null) {
  const { rows } = await sql<{
    healthAnswersId: string;
    patientId: string;
    patientName: string;
    appointmentId: string;
    answeredAt: Temporal.Instant;
    timeZone: string;
    answers: unknown;
    before: unknown;
  }>`
    SELECT DISTINCT ON (rx.patient_id) h.id AS "healthAnswersId", rx.patient_id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName",
           c.appointment_id AS "appointmentId", h.answered_at AS "answeredAt", v.time_zone AS "timeZone", h.answers, r.answers AS before
      FROM prescription rx
      JOIN consultation_record c ON c.id = rx.consultation_id
      JOIN appointment v ON v.id = c.appointment_id
      JOIN health_answers r ON r.id = c.health_answers_id
      JOIN health_answers h ON h.patient_id = rx.patient_id AND h.version > r.version
      JOIN patient p ON p.id = rx.patient_id
     WHERE rx.prescriber_id = ${practitionerId} AND rx.state = 'active' AND rx.expires_at > app_now()
       AND (${patientId}::uuid IS NULL OR rx.patient_id = ${patientId}::uuid)
       AND NOT EXISTS (SELECT FROM health_answers newer WHERE newer.patient_id = h.patient_id AND newer.version > h.version)
       AND NOT EXISTS (SELECT FROM health_decision d WHERE d.health_answers_id = h.id AND d.prescriber_id = rx.prescriber_id)
     ORDER BY rx.patient_id, rx.issued_at DESC`.execute(trx);
  return rows;
}

/** One visit with its patient; `mine` says in which part this practitioner has to do with it. */
export async function findVisit(trx: Trx, practitionerId: string, appointmentId: string) {
  const visit = await trx
    .selectFrom('appointment')
    .innerJoin('patient', 'patient.id', 'appointment.patient_id')
    .innerJoin('practitioner', 'practitioner.id', 'appointment.practitioner_id')
    .innerJoin('location', 'location.id', 'appointment.location_id')
    .leftJoin('practitioner as prescriber', 'prescriber.id', 'appointment.prescriber_id')
    .leftJoin('consultation_record as record', 'record.appointment_id', 'appointment.id')
    .leftJoin('treatment_record as treatment', 'treatment.appointment_id', 'appointment.id')
    .where('appointment.id', '=', appointmentId)
    .where('appointment.state', 'not in', ['held', 'expired'])
    .where((eb) =>
      eb.or([
        eb('appointment.practitioner_id', '=', practitionerId),
        eb('appointment.prescriber_id', '=', practitionerId),
      ]),
    )
    .select([
      'appointment.id',
      'appointment.kind',
      'appointment.state',
      'appointment.during',
      'appointment.time_zone as timeZone',
      'appointment.jurisdiction',
      'appointment.clinic_id as clinicId',
      'appointment.location_id as locationId',
      'appointment.practitioner_id as practitionerId',
      'appointment.prescriber_id as prescriberId',
      'appointment.prescription_id as prescriptionId',
      'appointment.product_code as productCode',
      'appointment.top_up_of_id as topUpOfId',
      'appointment.concerns',
      'appointment.patient_note as note',
      'appointment.needs',
      'appointment.started_at as startedAt',
      'location.name as locationName',
      sql<string>`concat_ws(' ', practitioner.title, practitioner.display_name)`.as('practitionerName'),
      sql<string | null>`nullif(concat_ws(' ', prescriber.title, prescriber.display_name), '')`.as(
        'prescriberName',
      ),
      'patient.date_of_birth as dateOfBirth',
      'patient.phone',
      'record.state as recordState',
      'record.outcome',
      'treatment.state as treatmentState',
      patientName.as('patientName'),
    ])
    .select([
      sql<string>`appointment.patient_id`.as('patientId'),
      sql<string>`(app_now() AT TIME ZONE appointment.time_zone)::date`.as('today'),
      sql<boolean>`app_now() >= lower(appointment.during) + interval '10 minutes'`.as('graceIsOver'),
      // As the database has it: from one hour before until twelve hours after.
      sql<boolean>`app_now() BETWEEN lower(appointment.during) - interval '1 hour' AND upper(appointment.during) + interval '12 hours'`.as(
        'mayBegin',
      ),
      sql<boolean>`EXISTS (SELECT FROM health_answers h WHERE h.patient_id = appointment.patient_id)`.as(
        'hasHealthAnswers',
      ),
    ])
    .executeTakeFirst();
  return visit;
}
export type FoundVisit = NonNullable<Awaited<ReturnType<typeof findVisit>>>;

/** Prescriptions that came from a consultation, the newest first, each with how far it has come. */
export async function findPrescriptions(trx: Trx, consultationAppointmentId: string) {
  const { rows } = await sql<{
    id: string;
    state: 'active' | 'used' | 'cancelled';
    productName: string;
    unitSystem: string;
    doseUnits: number;
    topUpUnits: number;
    regions: string[];
    directions: string;
    injectorName: string;
    issuedAt: Temporal.Instant;
    expiresAt: Temporal.Instant;
    endReason: string;
    consentState: string | null;
    treatmentId: string | null;
    treatmentDuring: InstantRange | null;
    locationId: string;
  }>`
    SELECT rx.id, rx.state, p.name AS "productName", p.unit_system AS "unitSystem", rx.dose_units AS "doseUnits", rx.top_up_units AS "topUpUnits",
           rx.regions, rx.directions, concat_ws(' ', i.title, i.display_name) AS "injectorName", rx.issued_at AS "issuedAt", rx.expires_at AS "expiresAt", rx.end_reason AS "endReason",
           (SELECT c.state FROM consent c WHERE c.prescription_id = rx.id ORDER BY c.given_at DESC LIMIT 1) AS "consentState",
           t.id AS "treatmentId", t.during AS "treatmentDuring", v.location_id AS "locationId"
      FROM prescription rx JOIN product p ON p.code = rx.product_code JOIN practitioner i ON i.id = rx.injector_id
      JOIN appointment v ON v.id = rx.consultation_appointment_id
      LEFT JOIN LATERAL (SELECT a.id, a.during FROM appointment a WHERE a.prescription_id = rx.id AND a.top_up_of_id IS NULL
                          AND a.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired') LIMIT 1) t ON true
     WHERE rx.consultation_appointment_id = ${consultationAppointmentId} ORDER BY rx.issued_at DESC`.execute(
    trx,
  );
  return rows;
}

/** The consultation that this prescriber signed last for this patient, before another one. */
export async function findLastConsulted(
  trx: Trx,
  about: { patientId: string; prescriberId: string; beforeAppointmentId: string },
): Promise<string | undefined> {
  const last = await trx
    .selectFrom('consultation_record')
    .where('patient_id', '=', about.patientId)
    .where('prescriber_id', '=', about.prescriberId)
    .where('appointment_id', '!=', about.beforeAppointmentId)
    .where('state', '=', 'signed')
    .orderBy('signed_at', 'desc')
    .select('appointment_id as appointmentId')
    .limit(1)
    .executeTakeFirst();
  return last?.appointmentId;
}

/** The record of a consultation, with its parts. */
export async function findConsultation(trx: Trx, appointmentId: string) {
  const record = await trx
    .selectFrom('consultation_record')
    .select([
      'age_seen',
      'alternatives',
      'appointment_id',
      'baseline',
      'body_image_screen',
      'brow_height',
      'capacity',
      'chaperone',
      'concerns',
      'created_at',
      'desired_result',
      'dry_eye',
      'examination',
      'face',
      'health_answers_id',
      'history',
      'id',
      'identity_document',
      'identity_seen',
      'interpreter',
      'jurisdiction',
      'lid_position',
      'movement_to_keep',
      'outcome',
      'own_choice',
      'patient_id',
      'plan',
      'prescriber_id',
      'regions',
      'revision',
      'seen_alone',
      'signed_at',
      'signed_by',
      'state',
      'teach_back',
    ])
    .where('appointment_id', '=', appointmentId)
    .executeTakeFirst();
  if (record === undefined) return undefined;
  const of = record.id;
  const questions = await trx
    .selectFrom('consultation_question')
    .select(['question', 'answer'])
    .where('consultation_id', '=', of)
    .orderBy('id')
    .execute();
  const findings = await trx
    .selectFrom('consultation_finding')
    .select(['code', 'severity', 'present', 'note'])
    .where('consultation_id', '=', of)
    .execute();
  const risks = await trx
    .selectFrom('risk_disclosure')
    .select(['risk_code as code', 'acknowledged_at as acknowledgedAt'])
    .where('consultation_id', '=', of)
    .execute();
  const addenda = await trx
    .selectFrom('consultation_addendum')
    .select(['kind', 'text', 'written_at as writtenAt'])
    .where('consultation_id', '=', of)
    .orderBy('written_at')
    .execute();
  return { record, questions, findings, risks, addenda };
}

/** When the answers were given, and when the patient last said before this treatment that they hold. */
export async function findHealthConfirmation(trx: Trx, appointmentId: string) {
  const { rows } = await sql<{
    answeredAt: Temporal.Instant;
    saidAt: Temporal.Instant | null;
    opensAt: Temporal.Instant;
    isOpen: boolean;
    isConfirmed: boolean;
  }>`
    SELECT h.answered_at AS "answeredAt", (SELECT max(c.said_at) FROM health_confirmation c WHERE c.appointment_id = a.id AND c.health_answers_id = h.id) AS "saidAt",
           lower(a.during) - interval '24 hours' AS "opensAt", app_now() >= lower(a.during) - interval '24 hours' AS "isOpen",
           health_confirmed(a.id, h.id, lower(a.during)) AS "isConfirmed"
      FROM appointment a
      CROSS JOIN LATERAL (SELECT n.id, n.answered_at FROM health_answers n WHERE n.patient_id = a.patient_id ORDER BY n.version DESC LIMIT 1) h
     WHERE a.id = ${appointmentId}`.execute(trx);
  return rows[0];
}

/** The patient's newest answers, and whether the patient wrote them or somebody at the desk did. */
export function findNewestAnswers(trx: Trx, patientId: string) {
  return trx
    .selectFrom('health_answers as h')
    .innerJoin('patient', 'patient.id', 'h.patient_id')
    .where('h.patient_id', '=', patientId)
    .orderBy('h.version', 'desc')
    .select([
      'h.id',
      'h.answers',
      'h.answered_at as answeredAt',
      'h.last_treated_elsewhere_on as lastTreatedElsewhereOn',
    ])
    .select(sql<boolean>`h.answered_by IS DISTINCT FROM patient.account_id`.as('atTheDesk'))
    .limit(1)
    .executeTakeFirst();
}

export function findLicensedProducts(trx: Trx, jurisdiction: string, consultationId: string | null = null) {
  return trx
    .selectFrom('licensed_product as l')
    .innerJoin('product as p', 'p.code', 'l.product_code')
    .where('l.jurisdiction', '=', jurisdiction)
    .select(['p.code', 'p.name', 'p.unit_system as unitSystem', 'p.retreatment_days as retreatmentDays'])
    .select(
      sql<boolean>`EXISTS (SELECT FROM product_contraindication c JOIN consultation_finding f ON f.code = c.finding_code
        WHERE c.product_code = p.code AND f.consultation_id = ${consultationId} AND f.present)
        OR EXISTS (SELECT FROM consultation_record r CROSS JOIN LATERAL (
             SELECT h.id FROM health_answers h WHERE h.patient_id = r.patient_id ORDER BY h.version DESC LIMIT 1) newest
           WHERE r.id = ${consultationId} AND answers_rule_out(newest.id, p.code, r.id))`.as('isRuledOut'),
    )
    .orderBy('p.name')
    .execute();
}

/** Longest a prescription may stand, here and today. */
export async function findLongestValidity(trx: Trx, jurisdiction: string): Promise<number> {
  const { rows } = await sql<{ days: number }>`
    SELECT least(policy_number(${jurisdiction}, 'rx_validity_days', app_now()::date), policy_number(${jurisdiction}, 'consult_valid_days', app_now()::date)) AS days`.execute(
    trx,
  );
  return rows[0]!.days;
}

/** A prescription of this prescriber, the treatment booked on it, and the places where one could be. */
export async function findPrescriptionToBook(trx: Trx, prescriptionId: string, prescriberId: string) {
  const { rows } = await sql<{
    patientId: string;
    patientName: string;
    injectorId: string;
    injectorName: string;
    prescriberName: string;
    appointmentId: string;
    treatmentId: string | null;
    locationIds: string[];
  }>`
    SELECT rx.patient_id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName", rx.injector_id AS "injectorId",
           concat_ws(' ', i.title, i.display_name) AS "injectorName", concat_ws(' ', d.title, d.display_name) AS "prescriberName", rx.consultation_appointment_id AS "appointmentId",
           (SELECT a.id FROM appointment a WHERE a.prescription_id = rx.id AND a.top_up_of_id IS NULL
             AND a.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired')) AS "treatmentId",
           (SELECT coalesce(array_agg(l.id::text), '{}') FROM practice w JOIN location l ON l.id = w.location_id
             WHERE w.practitioner_id = rx.injector_id AND l.clinic_id = rx.clinic_id AND l.jurisdiction = rx.jurisdiction) AS "locationIds"
      FROM prescription rx JOIN patient p ON p.id = rx.patient_id
      JOIN practitioner i ON i.id = rx.injector_id JOIN practitioner d ON d.id = rx.prescriber_id
     WHERE rx.id = ${prescriptionId} AND rx.prescriber_id = ${prescriberId}`.execute(trx);
  return rows[0];
}

/** What a treatment goes by: the prescription, and the vials at hand for it. */
export async function findPrescribed(trx: Trx, prescriptionId: string) {
  return trx
    .selectFrom('prescription as rx')
    .innerJoin('product as p', 'p.code', 'rx.product_code')
    .where('rx.id', '=', prescriptionId)
    .select([
      'rx.id',
      'rx.product_code as productCode',
      'p.name as productName',
      'p.unit_system as unitSystem',
      'rx.dose_units as doseUnits',
      'rx.top_up_units as topUpUnits',
      'rx.regions',
      'rx.directions',
      'rx.expires_at as expiresAt',
      'rx.state',
    ])
    .executeTakeFirst();
}

/** Vials that may serve this treatment: the right product, here, unexpired, this patient's or the prescriber's stock, unused. */
export async function findVials(trx: Trx, visit: FoundVisit) {
  const { rows } = await sql<{
    id: string;
    batch: string;
    expiresOn: string;
    units: number;
    custody: string;
    planned: boolean;
  }>`
    SELECT v.id, v.batch, v.expires_on AS "expiresOn", v.units, v.custody,
           coalesce(pv.appointment_id = ${visit.id}, false) AS planned
      FROM vial v JOIN product p ON p.code = v.product_code
      LEFT JOIN planned_vial pv ON pv.vial_id = v.id AND (p.single_session OR pv.appointment_id = ${visit.id})
     WHERE v.location_id = ${visit.locationId} AND v.product_code = ${visit.productCode} AND v.expires_on > ${visit.today}::date
       AND (v.dispensed_for_patient_id = ${visit.patientId} OR v.held_by_prescriber_id = ${visit.prescriberId})
       AND (pv.vial_id IS NULL OR pv.appointment_id = ${visit.id})
       AND (pv.vial_id IS NOT NULL OR NOT batch_in_quarantine(v.product_code, v.batch, v.location_id, app_now()))
       AND (NOT p.single_session OR NOT EXISTS (SELECT FROM treatment_record t WHERE t.vial_id = v.id AND t.appointment_id <> ${visit.id}))
     ORDER BY planned DESC, v.expires_on LIMIT 50`.execute(trx);
  return rows;
}

/** What was written at a treatment, with its points and differences. */
export async function findTreatment(trx: Trx, appointmentId: string) {
  const record = await trx
    .selectFrom('treatment_record')
    .select([
      'aftercare_version',
      'appointment_id',
      'batch',
      'batch_expires_on',
      'created_at',
      'diluent_ml',
      'ended_as',
      'id',
      'immediate_reaction',
      'injector_id',
      'note',
      'patient_id',
      'prescription_id',
      'product_code',
      'product_name',
      'signed_at',
      'signed_by',
      'state',
      'vial_id',
    ])
    .where('appointment_id', '=', appointmentId)
    .executeTakeFirst();
  if (record === undefined) return undefined;
  const points = await trx
    .selectFrom('injection_point')
    .select(['region', 'side', 'x', 'y', 'units'])
    .where('treatment_id', '=', record.id)
    .orderBy('id')
    .execute();
  const deviations = await trx
    .selectFrom('deviation')
    .select(['kind', 'reason'])
    .where('treatment_id', '=', record.id)
    .orderBy('kind')
    .execute();
  return { record, points, deviations };
}

export function findFollowUp(trx: Trx, appointmentId: string) {
  return trx
    .selectFrom('follow_up_record')
    .select([
      'adverse_event',
      'appointment_id',
      'findings',
      'id',
      'movement_kept',
      'outcomes',
      'patient_id',
      'practitioner_id',
      'symmetrical',
      'written_at',
      'written_by',
    ])
    .where('appointment_id', '=', appointmentId)
    .executeTakeFirst();
}

/**
 * The last treatment of a patient before a review visit, by or under this practitioner: where it was given, and what had
 * been wished.
 */
export async function findTreatmentBefore(trx: Trx, patientId: string, practitionerId: string) {
  return trx
    .selectFrom('appointment as a')
    .innerJoin('treatment_record as t', 't.appointment_id', 'a.id')
    .where('a.patient_id', '=', patientId)
    .where((eb) =>
      eb.or([eb('a.practitioner_id', '=', practitionerId), eb('a.prescriber_id', '=', practitionerId)]),
    )
    .where('a.state', 'in', ['completed', 'stopped'])
    .leftJoin('consultation_record as c', 'c.id', 'a.consultation_id')
    .leftJoin('prescription as x', 'x.id', 'a.prescription_id')
    .orderBy('a.started_at', 'desc')
    .select([
      'a.id',
      'a.started_at as startedAt',
      'a.prescription_id as prescriptionId',
      // Kept back still: nothing of it is booked, and this is no top-up itself.
      sql<number>`CASE WHEN a.top_up_of_id IS NULL AND a.state = 'completed' AND x.state = 'active' AND NOT EXISTS (
          SELECT FROM appointment u WHERE u.top_up_of_id = a.id AND u.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired'))
        THEN x.top_up_units ELSE 0 END`.as('keptBackUnits'),
      'c.movement_to_keep as movementToKeep',
      'c.desired_result as desiredResult',
      sql<
        string[]
      >`ARRAY(SELECT DISTINCT i.region FROM injection_point i WHERE i.treatment_id = t.id ORDER BY 1)`.as(
        'regions',
      ),
    ])
    .limit(1)
    .executeTakeFirst();
}

/** Everybody whom this practitioner sees, prescribes for or treats, with the last and the next visit. */
export async function findMyPatients(trx: Trx, practitionerId: string) {
  const { rows } = await sql<{
    id: string;
    name: string;
    dateOfBirth: string;
    timeZone: string;
    last: { id: string; kind: string; startsAt: string } | null;
    next: { id: string; kind: string; startsAt: string } | null;
  }>`
    SELECT p.id, p.given_name || ' ' || p.family_name AS name, p.date_of_birth AS "dateOfBirth", max(a.time_zone) AS "timeZone",
           (array_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'startsAt', lower(a.during)::text) ORDER BY lower(a.during) DESC)
             FILTER (WHERE a.state IN ('completed', 'stopped')))[1] AS last,
           (array_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'startsAt', lower(a.during)::text) ORDER BY lower(a.during))
             FILTER (WHERE a.state IN ('confirmed', 'arrived', 'started')))[1] AS next
      FROM appointment a JOIN patient p ON p.id = a.patient_id
     WHERE (a.practitioner_id = ${practitionerId} OR a.prescriber_id = ${practitionerId})
       AND a.state NOT IN ('held', 'expired', 'cancelled')
     GROUP BY p.id ORDER BY p.family_name, p.given_name, p.id LIMIT 500`.execute(trx);
  return rows;
}
