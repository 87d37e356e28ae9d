import { sql } from 'kysely';
import { rangeValue, type Trx } from '#lib/server/platform/db.ts';
import { parseInstant } from '#lib/server/platform/instants.ts';
import type { ClaimedSlot } from '../availability/claim.ts';
import type { ConsultationDraft } from './consultation.ts';
import type { GateFacts } from './gate.ts';
import type { HealthAnswers } from './health-questions.ts';
import type { PrescriberPlace, SaidOfPrescriber } from './prescriber-place.ts';
import type { ReviewVisitInput } from './review-visit.ts';
import { RISKS } from './risks.ts';
import { AFTERCARE_VERSION, type DeviationKind, type TreatmentDraft } from './treatment.ts';

const now = sql<Temporal.Instant>`app_now()`;

// The gate

/** For which start the gate is asked. A booked treatment brings its own start, consent and kind. */
export type GateQuestion = {
  readonly prescriptionId: string;
  readonly appointmentId?: string | null;
  /** A start that is only thought of; without one, and without an appointment, it is now. */
  readonly startsAt?: Temporal.Instant | null;
  /** The treatment to be topped up. */
  readonly topUpOfId?: string | null;
  /** Asked for the moment itself: the visit begins now. */
  readonly now?: boolean;
};

/** The name under which `findGateFacts` answers a question. */
export function gateKey({ prescriptionId, appointmentId }: GateQuestion): string {
  return appointmentId ?? prescriptionId;
}

/**
 * What the gate needs to know, for any number of questions in one query, by `gateKey`. Runs inside `transact`: row-level
 * security shows a prescription only to its patient and practitioners; others have no answer.
 */
export async function findGateFacts(
  trx: Trx,
  questions: readonly GateQuestion[],
): Promise<Map<string, GateFacts>> {
  if (questions.length === 0) return new Map();
  const asked = questions.map(({ prescriptionId, appointmentId, startsAt, topUpOfId, now }) => ({
    prescription_id: prescriptionId,
    appointment_id: appointmentId ?? null,
    starts_at: startsAt?.toString() ?? null,
    top_up_of_id: topUpOfId ?? null,
    begins_now: now ?? false,
  }));
  const { rows } = await sql<Row>`
    WITH asked AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
        AS q(prescription_id uuid, appointment_id uuid, starts_at timestamptz, top_up_of_id uuid, begins_now boolean)
    ), visit AS (
      SELECT rx.*, a.id AS appointment_id, coalesce(a.top_up_of_id, asked.top_up_of_id) AS top_up_of_id,
             a.interval_override_reason IS NOT NULL AS interval_overridden,
             a.consent_id AS booked_consent_id, l.time_zone, coalesce(a.location_id, l.location_id) AS location_id,
             lower(a.during) AS booked_for, during.starts_at, CASE WHEN asked.begins_now THEN greatest(during.starts_at, upper(a.during))
               ELSE during.starts_at + coalesce(upper(a.during) - lower(a.during), interval '30 minutes') END AS ends_at
        FROM asked
        JOIN prescription rx ON rx.id = asked.prescription_id
        JOIN LATERAL (SELECT v.time_zone, v.location_id FROM appointment v WHERE v.id = rx.consultation_appointment_id) l ON true
        LEFT JOIN appointment a ON a.id = asked.appointment_id AND a.prescription_id = rx.id
        CROSS JOIN LATERAL (SELECT CASE WHEN asked.begins_now THEN app_now() ELSE coalesce(asked.starts_at, lower(a.during), app_now()) END AS starts_at) during
    )
    SELECT v.appointment_id, v.id AS prescription_id, v.starts_at, v.ends_at, v.time_zone,
           p.date_of_birth, v.consultation_signed_at, v.state, v.expires_at, v.retreatment_days, v.top_up_units,
           policy_number(v.jurisdiction, 'min_age', on_day) AS min_age_years,
           policy_number(v.jurisdiction, 'consult_valid_days', on_day) AS valid_days,
           policy_number(v.jurisdiction, CASE
             WHEN v.top_up_of_id IS NOT NULL THEN 'cooling_off_top_up'
             WHEN v.unchanged_requested_at IS NOT NULL AND EXISTS (
               SELECT FROM appointment b JOIN prescription rx ON rx.id = b.prescription_id
                WHERE b.patient_id = v.patient_id AND b.kind = 'treatment' AND b.state = 'completed'
                  AND b.started_at > v.starts_at - policy_number(v.jurisdiction, 'unchanged_plan_months', on_day) * interval '1 month' AND rx.product_code = v.product_code
                  AND rx.regions @> v.regions AND rx.regions <@ v.regions AND rx.dose_units >= v.dose_units
                  AND rx.clinic_id = v.clinic_id) THEN 'cooling_off_hours_unchanged'
             ELSE 'cooling_off_hours_first_or_changed' END, on_day) AS cooling_off_hours,
           EXISTS (SELECT FROM consultation_addendum x WHERE x.consultation_id = v.consultation_id AND x.kind = 'entered_in_error') AS entered_in_error,
           policy_flag(v.jurisdiction, 'consult_each_treatment', on_day) AS needed_each_time,
           EXISTS (SELECT FROM appointment o WHERE o.patient_id = v.patient_id AND o.consultation_id = v.consultation_id AND o.top_up_of_id IS NULL
                    AND o.prescription_id <> v.id AND o.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired')) AS treated_from,
           CASE WHEN c.state = 'given' AND NOT consent_complete(c.id, v.jurisdiction, app_now()::date) THEN 'asked_again' ELSE c.state END AS consent_state, c.confirmed_at,
           policy_number(v.jurisdiction, 'top_up_from_day', on_day) AS top_up_from_day, policy_number(v.jurisdiction, 'top_up_until_day', on_day) AS top_up_until_day,
           first.started_at AS first_started_at, first.state = 'completed' AS first_completed,
           EXISTS (SELECT FROM appointment f WHERE f.patient_id = v.patient_id AND f.kind = 'follow_up' AND f.mode = 'in_person'
                    AND f.state = 'completed' AND f.started_at > first.started_at) AS reviewed_in_person,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('startsAt', lower(o.during)::text, 'retreatmentDays', o.retreatment_days)), '[]')
              FROM appointment o WHERE o.patient_id = v.patient_id AND o.kind = 'treatment' AND o.top_up_of_id IS NULL
               AND o.id IS DISTINCT FROM v.appointment_id AND o.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired')) AS other_treatments,
           (SELECT max(h.last_treated_elsewhere_on) FROM health_answers h WHERE h.patient_id = v.patient_id) AS last_treated_elsewhere_on,
           v.interval_overridden,
           CASE WHEN answers_rule_out(newest.id, v.product_code, v.consultation_id) THEN 'ruled_out'
                WHEN (newest.version <= coalesce(readings.version, newest.version)) IS NOT TRUE AND coalesce(decided.decision, 'waiting') <> 'may_proceed' THEN coalesce(decided.decision, 'waiting')
                WHEN v.appointment_id IS NOT NULL AND NOT health_confirmed(v.appointment_id, newest.id, v.booked_for) THEN 'unconfirmed'
                WHEN newest.version <= coalesce(readings.version, newest.version) THEN 'read' ELSE 'may_proceed' END AS answers,
           EXISTS (SELECT FROM capability_period k WHERE k.practitioner_id = v.injector_id AND k.jurisdiction = v.jurisdiction
                    AND k.capability = 'inject' AND k.valid @> tstzrange(v.starts_at, v.ends_at)) AS injector_may_inject,
           v.injector_id = v.prescriber_id AS injector_is_prescriber,
           EXISTS (SELECT FROM capability_period k WHERE k.practitioner_id = v.injector_id AND k.jurisdiction = v.jurisdiction
                    AND k.capability = 'prescribe' AND k.valid @> tstzrange(v.starts_at, v.ends_at)) AS injector_may_prescribe,
           EXISTS (SELECT FROM supervision s JOIN capability_period k ON k.practitioner_id = s.prescriber_id AND k.jurisdiction = s.jurisdiction AND k.capability = 'prescribe'
                    WHERE s.injector_id = v.injector_id AND s.prescriber_id = v.prescriber_id AND s.jurisdiction = v.jurisdiction
                      AND s.valid @> tstzrange(v.starts_at, v.ends_at) AND k.valid @> tstzrange(v.starts_at, v.ends_at)) AS supervised,
           injector.standing = 'good' AND prescriber.standing = 'good' AS both_in_good_standing,
           injector.out_of_hours_phone IS NOT NULL AS cover_named,
           EXISTS (SELECT FROM planned_vial pv WHERE pv.appointment_id = v.appointment_id) AS vial_planned,
           EXISTS (SELECT FROM planned_vial pv JOIN vial i ON i.id = pv.vial_id
                    WHERE pv.appointment_id = v.appointment_id AND batch_in_quarantine(i.product_code, i.batch, i.location_id, app_now())) AS vial_quarantined,
           CASE WHEN v.injector_id <> v.prescriber_id THEN policy_word(v.jurisdiction, 'prescriber_onsite', on_day) END AS prescriber_demanded,
           v.injector_id <> v.prescriber_id AND here_since(v.prescriber_id, v.location_id) IS NOT NULL AS prescriber_says_here
      FROM visit v
      CROSS JOIN LATERAL (SELECT (v.starts_at AT TIME ZONE v.time_zone)::date AS on_day) today
      JOIN patient p ON p.id = v.patient_id
      JOIN practitioner injector ON injector.id = v.injector_id
      JOIN practitioner prescriber ON prescriber.id = v.prescriber_id
      LEFT JOIN appointment first ON first.id = v.top_up_of_id
      LEFT JOIN LATERAL (SELECT c.id, c.state, c.confirmed_at FROM consent c
                          WHERE c.prescription_id = v.id AND (v.booked_consent_id IS NULL OR c.id = v.booked_consent_id)
                          ORDER BY c.given_at DESC LIMIT 1) c ON true
      LEFT JOIN LATERAL (SELECT h.version FROM consultation_record r JOIN health_answers h ON h.id = r.health_answers_id WHERE r.id = v.consultation_id) readings ON true
      LEFT JOIN LATERAL (SELECT h.id, h.version FROM health_answers h WHERE h.patient_id = v.patient_id ORDER BY h.version DESC LIMIT 1) newest ON true
      LEFT JOIN LATERAL (SELECT CASE WHEN d.prescriber_id = v.prescriber_id THEN d.decision END AS decision FROM health_decision d
                          WHERE d.health_answers_id = newest.id ORDER BY d.decided_at DESC LIMIT 1) decided ON true`.execute(
    trx,
  );
  return new Map(
    rows.map((row) => [
      gateKey({ prescriptionId: row.prescription_id, appointmentId: row.appointment_id }),
      factsOf(row),
    ]),
  );
}

type Row = {
  appointment_id: string | null;
  prescription_id: string;
  starts_at: Temporal.Instant;
  ends_at: Temporal.Instant;
  time_zone: string;
  date_of_birth: string;
  consultation_signed_at: Temporal.Instant;
  state: 'active' | 'used' | 'cancelled';
  expires_at: Temporal.Instant;
  retreatment_days: number;
  top_up_units: number;
  min_age_years: number;
  valid_days: number;
  cooling_off_hours: number;
  entered_in_error: boolean;
  needed_each_time: boolean;
  treated_from: boolean;
  consent_state: 'given' | 'asked_again' | 'withdrawn' | null;
  confirmed_at: Temporal.Instant | null;
  top_up_from_day: number;
  top_up_until_day: number;
  first_started_at: Temporal.Instant | null;
  first_completed: boolean | null;
  reviewed_in_person: boolean;
  other_treatments: { startsAt: string; retreatmentDays: number }[];
  last_treated_elsewhere_on: string | null;
  interval_overridden: boolean | null;
  answers: GateFacts['answers'];
  injector_may_inject: boolean;
  injector_is_prescriber: boolean;
  injector_may_prescribe: boolean;
  supervised: boolean;
  both_in_good_standing: boolean;
  cover_named: boolean;
  vial_planned: boolean;
  vial_quarantined: boolean;
  prescriber_demanded: PrescriberPlace | null;
  prescriber_says_here: boolean;
};

function factsOf(row: Row): GateFacts {
  return {
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    timeZone: row.time_zone,
    dateOfBirth: row.date_of_birth,
    minAgeYears: row.min_age_years,
    consultation: {
      signedAt: row.consultation_signed_at,
      validDays: row.valid_days,
      coolingOffHours: row.cooling_off_hours,
      enteredInError: row.entered_in_error,
      neededEachTime: row.needed_each_time,
      treatedFrom: row.treated_from,
    },
    prescription: {
      state: row.state,
      expiresAt: row.expires_at,
      retreatmentDays: row.retreatment_days,
      topUpUnits: row.top_up_units,
    },
    consent: row.consent_state === null ? null : { state: row.consent_state, confirmedAt: row.confirmed_at },
    topUpOf:
      row.first_started_at === null
        ? null
        : {
            startedAt: row.first_started_at,
            fromDay: row.top_up_from_day,
            untilDay: row.top_up_until_day,
            completed: row.first_completed === true,
            reviewedInPerson: row.reviewed_in_person,
          },
    otherTreatments: row.other_treatments.map(({ startsAt, retreatmentDays }) => ({
      startsAt: parseInstant(startsAt),
      retreatmentDays,
    })),
    lastTreatedElsewhereOn: row.last_treated_elsewhere_on,
    intervalOverridden: row.interval_overridden === true,
    answers: row.answers,
    injectorMayInject: row.injector_may_inject,
    injectorIsPrescriber: row.injector_is_prescriber,
    injectorMayPrescribe: row.injector_may_prescribe,
    supervised: row.supervised,
    bothInGoodStanding: row.both_in_good_standing,
    coverNamed: row.cover_named,
    vialPlanned: row.vial_planned,
    vialQuarantined: row.vial_quarantined,
    prescriberPlace:
      row.prescriber_demanded === null
        ? null
        : { demanded: row.prescriber_demanded, saysHere: row.prescriber_says_here, said: null },
  };
}

// Visits

/** A visit of the actor's own calendar, locked; with the account that must hold the pen. */
export function lockVisit(trx: Trx, appointmentId: string) {
  return trx
    .selectFrom('appointment')
    .innerJoin('practitioner', 'practitioner.id', 'appointment.practitioner_id')
    .where('appointment.id', '=', appointmentId)
    .where('appointment.patient_id', 'is not', null)
    .select([
      'appointment.id',
      'appointment.kind',
      'appointment.state',
      'appointment.jurisdiction',
      'appointment.clinic_id as clinicId',
      'appointment.location_id as locationId',
      'appointment.time_zone as timeZone',
      'appointment.practitioner_id as practitionerId',
      'appointment.prescription_id as prescriptionId',
      'appointment.prescriber_id as prescriberId',
      'appointment.product_code as productCode',
      'appointment.consent_id as consentId',
      'appointment.top_up_of_id as topUpOfId',
      'appointment.episode_id as episodeId',
      'practitioner.account_id as practitionerAccountId',
    ])
    .select(sql<string>`appointment.patient_id`.as('patientId'))
    .forUpdate('appointment')
    .executeTakeFirst();
}
export type LockedVisit = NonNullable<Awaited<ReturnType<typeof lockVisit>>>;

export async function setVisitState(
  trx: Trx,
  appointmentId: string,
  state: 'arrived' | 'started' | 'completed' | 'stopped',
): Promise<void> {
  await trx.updateTable('appointment').set({ state }).where('id', '=', appointmentId).execute();
}

/** A treatment begins, with where the prescriber is as its injector says; null where nobody else prescribed. */
export async function beginTreatment(
  trx: Trx,
  appointmentId: string,
  said: SaidOfPrescriber | null,
): Promise<void> {
  await trx
    .updateTable('appointment')
    .set({
      state: 'started',
      prescriber_where: said?.where ?? null,
      prescriber_way: said === null || said.way === '' ? null : said.way,
    })
    .where('id', '=', appointmentId)
    .execute();
}

/** The practitioner whom an account is, or undefined. */
export function findPractitioner(trx: Trx, accountId: string) {
  return trx
    .selectFrom('practitioner')
    .where('account_id', '=', accountId)
    .select(['id', sql<string>`concat_ws(' ', title, display_name)`.as('name'), 'account_id as accountId'])
    .executeTakeFirst();
}

/**
 * Books a treatment on claimed time with the proof it carries, copied from row to row: through JavaScript the instants
 * would lose their microseconds, and the keys would not meet. Answers undefined without a consent that stands.
 */
export async function insertTreatment(
  trx: Trx,
  treatment: {
    prescriptionId: string;
    locationId: string;
    claimed: ClaimedSlot;
    topUpOfId?: string | null;
    override?: { reason: string; byAccountId: string } | null;
  },
): Promise<string | undefined> {
  const { claimed, override } = treatment;
  const during = rangeValue(claimed.during);
  const { rows } = await sql<{ id: string }>`
    INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, block_id, block_span,
        patient_id, patient_date_of_birth, episode_id, consultation_id, consultation_signed_at, prescription_id, prescriber_id, product_code,
        prescription_expires_at, retreatment_days, consent_id, top_up_of_id, interval_override_reason, interval_override_by, independent)
    SELECT 'treatment', 'confirmed', rx.injector_id, ${treatment.locationId}::uuid, ${claimed.clinicId}::uuid, ${claimed.jurisdiction}, ${claimed.timeZone},
           ${during}, ${claimed.blockId}::uuid, ${rangeValue(claimed.blockSpan)}, rx.patient_id, p.date_of_birth, rx.episode_id,
           rx.consultation_id, rx.consultation_signed_at, rx.id, rx.prescriber_id, rx.product_code, rx.expires_at, rx.retreatment_days,
           c.id, ${treatment.topUpOfId ?? null}::uuid, ${override?.reason ?? null}::text, ${override?.byAccountId ?? null}::uuid,
           EXISTS (SELECT FROM capability_period k WHERE k.practitioner_id = rx.injector_id AND k.jurisdiction = rx.jurisdiction
                    AND k.capability = 'prescribe' AND k.valid @> ${during})
      FROM prescription rx JOIN patient p ON p.id = rx.patient_id JOIN consent c ON c.prescription_id = rx.id AND c.state = 'given'
     WHERE rx.id = ${treatment.prescriptionId}
    RETURNING id`.execute(trx);
  return rows[0]?.id;
}

/** Cancels what is still to come of a prescription's treatments; answers which. */
export async function cancelTreatments(
  trx: Trx,
  prescriptionId: string,
  by: 'patient' | 'practice' | 'system',
  reason = '',
): Promise<{ id: string; clinicId: string }[]> {
  return trx
    .updateTable('appointment')
    .set({ state: 'cancelled', cancelled_by: by, reason })
    .where('prescription_id', '=', prescriptionId)
    .where('state', 'in', ['confirmed', 'paused', 'arrived'])
    .returning(['id', 'clinic_id as clinicId'])
    .execute();
}

// The consultation

/**
 * Writes the record's own columns; answers its id and which save it now is. With a `revision` it writes over that save
 * alone (null: where there is none yet), and answers undefined where another one came between.
 */
export async function saveConsultation(
  trx: Trx,
  visit: LockedVisit,
  draft: ConsultationDraft,
  revision?: number | null,
): Promise<{ id: string; revision: number } | undefined> {
  const written = {
    health_answers_id: draft.healthAnswersId,
    identity_seen: draft.identitySeen,
    identity_document: draft.identityDocument,
    age_seen: draft.ageSeen,
    seen_alone: draft.seenAlone,
    chaperone: draft.chaperone,
    capacity: draft.capacity,
    own_choice: draft.ownChoice,
    interpreter: draft.interpreter,
    teach_back: draft.teachBack,
    body_image_screen: draft.bodyImageScreen,
    concerns: [...draft.concerns],
    regions: [...draft.regions],
    history: draft.history,
    examination: draft.examination,
    face: JSON.stringify(draft.face),
    baseline: draft.baseline,
    brow_height: draft.browHeight,
    lid_position: draft.lidPosition,
    dry_eye: draft.dryEye,
    movement_to_keep: draft.movementToKeep,
    desired_result: draft.desiredResult,
    alternatives: draft.alternatives,
    plan: draft.plan,
    outcome: draft.outcome,
  };
  return trx
    .insertInto('consultation_record')
    .values({
      appointment_id: visit.id,
      patient_id: visit.patientId,
      prescriber_id: visit.practitionerId,
      jurisdiction: visit.jurisdiction,
      ...written,
    })
    .onConflict((same) => {
      const over = same.column('appointment_id').doUpdateSet(written);
      return revision === undefined ? over : over.where('consultation_record.revision', '=', revision ?? 0);
    })
    .returning(['id', 'revision'])
    .executeTakeFirst();
}

/** Questions, findings and risks of a draft. A risk keeps the moment in which it was told and acknowledged. */
export async function saveConsultationParts(
  trx: Trx,
  consultationId: string,
  draft: ConsultationDraft,
): Promise<void> {
  const of = { consultation_id: consultationId };
  await trx.deleteFrom('consultation_question').where('consultation_id', '=', consultationId).execute();
  await trx.deleteFrom('consultation_finding').where('consultation_id', '=', consultationId).execute();
  const untold = trx.deleteFrom('risk_disclosure').where('consultation_id', '=', consultationId);
  const told = RISKS.filter(
    ({ code }) => draft.risksTold.includes(code) || draft.risksAcknowledged.includes(code),
  );
  await (
    told.length === 0
      ? untold
      : untold.where(
          'risk_code',
          'not in',
          told.map(({ code }) => code),
        )
  ).execute();

  if (draft.questions.length > 0)
    await trx
      .insertInto('consultation_question')
      .values(draft.questions.map((question) => ({ ...of, ...question })))
      .execute();
  if (draft.findings.length > 0)
    await trx
      .insertInto('consultation_finding')
      .values(draft.findings.map((finding) => ({ ...of, ...finding })))
      .execute();
  if (told.length > 0)
    await trx
      .insertInto('risk_disclosure')
      .values(
        told.map(({ code, version }) => ({
          ...of,
          risk_code: code,
          risk_version: version,
          acknowledged_at: draft.risksAcknowledged.includes(code) ? now : null,
        })),
      )
      .onConflict((same) =>
        same.columns(['consultation_id', 'risk_code']).doUpdateSet((row) => ({
          risk_version: row.ref('excluded.risk_version'),
          acknowledged_at: sql`CASE WHEN excluded.acknowledged_at IS NOT NULL
            THEN coalesce(risk_disclosure.acknowledged_at, excluded.acknowledged_at) END`,
        })),
      )
      .execute();
}

/** Codes of the risks that must be told and acknowledged before anybody is found suitable. */
export async function findRequiredRisks(trx: Trx): Promise<string[]> {
  const rows = await trx
    .selectFrom('disclosable_risk')
    .where('required', '=', true)
    .select('code')
    .distinct()
    .execute();
  return rows.map(({ code }) => code);
}

export async function signConsultationRecord(trx: Trx, consultationId: string): Promise<void> {
  await trx
    .updateTable('consultation_record')
    .set({ state: 'signed' })
    .where('id', '=', consultationId)
    .execute();
}

export function findSignedConsultation(trx: Trx, appointmentId: string) {
  return trx
    .selectFrom('consultation_record')
    .where('appointment_id', '=', appointmentId)
    .where('state', '=', 'signed')
    .select(['id', 'outcome', 'regions'])
    .executeTakeFirst();
}

export async function insertAddendum(
  trx: Trx,
  consultationId: string,
  kind: 'note' | 'entered_in_error',
  text: string,
): Promise<void> {
  await trx
    .insertInto('consultation_addendum')
    .values({ consultation_id: consultationId, kind, text })
    .execute();
}

/** A new version of a patient's answers; the database numbers and signs it. */
export async function insertHealthAnswers(
  trx: Trx,
  given: { patientId: string; answers: HealthAnswers; lastTreatedElsewhereOn: string | null },
): Promise<void> {
  await trx
    .insertInto('health_answers')
    .values({
      patient_id: given.patientId,
      version: 0,
      answers: JSON.stringify(given.answers),
      last_treated_elsewhere_on: given.lastTreatedElsewhereOn,
    })
    .execute();
}

/** One version of a patient's answers. */
export async function findAnswers(trx: Trx, healthAnswersId: string): Promise<unknown> {
  const found = await trx
    .selectFrom('health_answers')
    .where('id', '=', healthAnswersId)
    .select('answers')
    .executeTakeFirst();
  return found?.answers;
}

/** That the answers still hold, before one treatment; the database says who says so, and when. */
export async function insertHealthConfirmation(
  trx: Trx,
  said: { patientId: string; appointmentId: string; healthAnswersId: string },
): Promise<void> {
  await trx
    .insertInto('health_confirmation')
    .values({
      patient_id: said.patientId,
      appointment_id: said.appointmentId,
      health_answers_id: said.healthAnswersId,
    })
    .execute();
}

/** One version of the answers of a patient whom this prescriber prescribes for. */
export function findAnswersUnderPrescriber(trx: Trx, healthAnswersId: string, prescriberId: string) {
  return trx
    .selectFrom('health_answers as h')
    .where('h.id', '=', healthAnswersId)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('prescription as rx')
          .select('rx.id')
          .whereRef('rx.patient_id', '=', 'h.patient_id')
          .where('rx.prescriber_id', '=', prescriberId),
      ),
    )
    .select(['h.patient_id as patientId'])
    .select(
      sql<boolean>`NOT EXISTS (SELECT FROM health_answers n WHERE n.patient_id = h.patient_id AND n.version > h.version)`.as(
        'isNewest',
      ),
    )
    .executeTakeFirst();
}

export async function insertHealthDecision(
  trx: Trx,
  decision: {
    healthAnswersId: string;
    patientId: string;
    prescriberId: string;
    decision: 'may_proceed' | 'may_not_proceed';
    reason: string;
  },
): Promise<void> {
  await trx
    .insertInto('health_decision')
    .values({
      health_answers_id: decision.healthAnswersId,
      patient_id: decision.patientId,
      prescriber_id: decision.prescriberId,
      decision: decision.decision,
      reason: decision.reason,
    })
    .execute();
}

// Prescription and consent

/** Who may be named as injector by this prescriber: the prescriber, who else may prescribe, and who is supervised. */
export function findInjectors(
  trx: Trx,
  visit: { practitionerId: string; jurisdiction: string; clinicId: string },
) {
  const { practitionerId, jurisdiction, clinicId } = visit;
  return trx
    .selectFrom('practitioner as p')
    .innerJoin('profession', 'profession.code', 'p.profession')
    .where('p.standing', '=', 'good')
    .where(
      sql<boolean>`EXISTS (SELECT FROM capability_period k WHERE k.practitioner_id = p.id AND k.jurisdiction = ${jurisdiction}
        AND k.capability = 'inject' AND k.valid @> app_now())`,
    )
    .where((eb) =>
      eb.or([
        eb('p.id', '=', practitionerId),
        sql<boolean>`EXISTS (SELECT FROM supervision s WHERE s.injector_id = p.id AND s.prescriber_id = ${practitionerId}
          AND s.jurisdiction = ${jurisdiction} AND s.valid @> app_now())`,
        sql<boolean>`EXISTS (SELECT FROM capability_period k WHERE k.practitioner_id = p.id AND k.jurisdiction = ${jurisdiction}
          AND k.capability = 'prescribe' AND k.valid @> app_now())
          AND EXISTS (SELECT FROM practice w JOIN location l ON l.id = w.location_id
                       WHERE w.practitioner_id = p.id AND l.clinic_id = ${clinicId})`,
      ]),
    )
    .select([
      'p.id',
      sql<string>`concat_ws(' ', p.title, p.display_name)`.as('name'),
      'profession.name as profession',
    ])
    .orderBy((eb) => eb('p.id', '=', practitionerId), 'desc')
    .orderBy('p.display_name')
    .execute();
}

/** Writes a prescription from its signed consultation; undefined where the product is not licensed. */
export async function insertPrescription(
  trx: Trx,
  visit: LockedVisit,
  about: {
    injectorId: string;
    productCode: string;
    doseUnits: number;
    topUpUnits: number;
    regions: readonly string[];
    validDays: number;
    directions: string;
    unchangedRequested: boolean;
  },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO prescription (consultation_id, consultation_appointment_id, consultation_signed_at, episode_id, clinic_id, patient_id,
        prescriber_id, injector_id, jurisdiction, product_code, retreatment_days, dose_units, top_up_units, regions, directions,
        unchanged_requested_at, expires_at)
    SELECT c.id, c.appointment_id, c.signed_at, ${visit.episodeId}::uuid, ${visit.clinicId}::uuid, c.patient_id,
           c.prescriber_id, ${about.injectorId}::uuid, c.jurisdiction, p.code, p.retreatment_days, ${about.doseUnits}, ${about.topUpUnits},
           ${[...about.regions]}::text[], ${about.directions}, CASE WHEN ${about.unchangedRequested} THEN app_now() END,
           app_now() + ${about.validDays} * interval '1 day'
      FROM consultation_record c JOIN licensed_product l ON l.jurisdiction = c.jurisdiction JOIN product p ON p.code = l.product_code
     WHERE c.appointment_id = ${visit.id} AND c.state = 'signed' AND p.code = ${about.productCode}
    RETURNING id`.execute(trx);
  return rows[0]?.id;
}

/** A prescription, locked; `underWay` while its treatment goes on. */
export function lockPrescription(trx: Trx, prescriptionId: string) {
  return trx
    .selectFrom('prescription as rx')
    .where('rx.id', '=', prescriptionId)
    .select([
      'rx.id',
      'rx.state',
      'rx.prescriber_id as prescriberId',
      'rx.injector_id as injectorId',
      'rx.clinic_id as clinicId',
    ])
    .select(
      sql<boolean>`EXISTS (SELECT FROM appointment a WHERE a.prescription_id = rx.id AND a.state = 'started')`.as(
        'underWay',
      ),
    )
    .forUpdate('rx')
    .executeTakeFirst();
}

export async function endPrescription(
  trx: Trx,
  prescriptionId: string,
  state: 'used' | 'cancelled',
  reason: string,
): Promise<void> {
  await trx
    .updateTable('prescription')
    .set({ state, end_reason: reason })
    .where('id', '=', prescriptionId)
    .execute();
}

export async function findReservedUnits(trx: Trx, prescriptionId: string): Promise<number> {
  const { top_up_units } = await trx
    .selectFrom('prescription')
    .where('id', '=', prescriptionId)
    .select('top_up_units')
    .executeTakeFirstOrThrow();
  return top_up_units;
}

export async function confirmConsentNow(trx: Trx, consentId: string): Promise<void> {
  await trx.updateTable('consent').set({ confirmed_at: now }).where('id', '=', consentId).execute();
}

// Vials

export async function insertVial(
  trx: Trx,
  visit: LockedVisit,
  vial: { custody: 'dispensed' | 'practice_stock'; batch: string; expiresOn: string; units: number },
): Promise<string> {
  const isDispensed = vial.custody === 'dispensed';
  const { id } = await trx
    .insertInto('vial')
    .values({
      location_id: visit.locationId,
      product_code: visit.productCode!,
      batch: vial.batch,
      expires_on: vial.expiresOn,
      units: vial.units,
      custody: vial.custody,
      dispensed_for_patient_id: isDispensed ? visit.patientId : null,
      held_by_prescriber_id: isDispensed ? null : visit.prescriberId,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Plans this vial in place of another; false for a vial that does not exist. */
export async function planVialFor(trx: Trx, appointmentId: string, vialId: string): Promise<boolean> {
  await trx.deleteFrom('planned_vial').where('appointment_id', '=', appointmentId).execute();
  const { numAffectedRows } = await sql`
    INSERT INTO planned_vial (appointment_id, vial_id, patient_id, injector_id, prescriber_id, location_id, product_code,
        expires_on, single_session, custody, appointment_during)
    SELECT a.id, v.id, a.patient_id, a.practitioner_id, a.prescriber_id, v.location_id, v.product_code,
           v.expires_on, p.single_session, v.custody, a.during
      FROM appointment a, vial v JOIN product p ON p.code = v.product_code
     WHERE a.id = ${appointmentId} AND v.id = ${vialId} AND v.location_id = a.location_id`.execute(trx);
  return numAffectedRows === 1n;
}

// The treatment

/** Writes what was done so far; answers the record's id. */
export async function saveTreatment(trx: Trx, visit: LockedVisit, draft: TreatmentDraft): Promise<string> {
  const written = {
    ended_as: draft.endedAs,
    product_name: draft.productName,
    product_code: draft.productCode,
    batch: draft.batch,
    batch_expires_on: draft.batchExpiresOn,
    vial_id: draft.vialId,
    diluent_ml: draft.diluentMl,
    immediate_reaction: draft.immediateReaction,
    aftercare_version: AFTERCARE_VERSION,
    note: draft.note,
  };
  const { id } = await trx
    .insertInto('treatment_record')
    .values({
      appointment_id: visit.id,
      patient_id: visit.patientId,
      injector_id: visit.practitionerId,
      prescription_id: visit.prescriptionId,
      ...written,
    })
    .onConflict((same) => same.column('appointment_id').doUpdateSet(written))
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx.deleteFrom('injection_point').where('treatment_id', '=', id).execute();
  if (draft.points.length > 0)
    await trx
      .insertInto('injection_point')
      .values(draft.points.map((point) => ({ treatment_id: id, ...point })))
      .execute();
  return id;
}

/** What differs from the prescription and the plan, by the database's own comparison. */
export async function findDeviations(trx: Trx, treatmentId: string): Promise<DeviationKind[]> {
  const { rows } = await sql<{ kind: DeviationKind }>`
    SELECT kind FROM treatment_record t, treatment_deviations(t) AS kind WHERE t.id = ${treatmentId} ORDER BY kind`.execute(
    trx,
  );
  return rows.map(({ kind }) => kind);
}

export async function insertDeviations(
  trx: Trx,
  treatmentId: string,
  deviations: readonly { kind: DeviationKind; reason: string }[],
): Promise<void> {
  if (deviations.length === 0) return;
  await trx
    .insertInto('deviation')
    .values(deviations.map((deviation) => ({ treatment_id: treatmentId, ...deviation })))
    .execute();
}

export async function signTreatmentRecord(trx: Trx, treatmentId: string): Promise<void> {
  await trx.updateTable('treatment_record').set({ state: 'signed' }).where('id', '=', treatmentId).execute();
}

export async function insertFollowUp(
  trx: Trx,
  visit: LockedVisit,
  found: Omit<ReviewVisitInput, 'appointmentId'>,
): Promise<void> {
  await trx
    .insertInto('follow_up_record')
    .values({
      appointment_id: visit.id,
      patient_id: visit.patientId,
      practitioner_id: visit.practitionerId,
      findings: found.findings,
      symmetrical: found.symmetrical,
      movement_kept: found.movementKept,
      adverse_event: found.adverseEvent,
      outcomes: JSON.stringify(found.outcomes),
    })
    .execute();
}

// Urgent contacts

export function lockUrgentContact(trx: Trx, contactId: string) {
  return trx
    .selectFrom('urgent_contact as u')
    .innerJoin('appointment as a', 'a.id', 'u.treatment_appointment_id')
    .where('u.id', '=', contactId)
    .select([
      'u.acknowledged_at as acknowledgedAt',
      'u.patient_id as patientId',
      'a.clinic_id as clinicId',
      sql<boolean>`answers_urgent(u.id, current_actor())`.as('mayAnswer'),
    ])
    .forUpdate('u')
    .executeTakeFirst();
}

/** Who says so, and when, is the database's to write. */
export async function acknowledgeContact(trx: Trx, contactId: string): Promise<void> {
  await trx.updateTable('urgent_contact').set({ acknowledged_at: now }).where('id', '=', contactId).execute();
}
