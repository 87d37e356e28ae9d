import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import type { EffectCode, EffectOutcome, EffectStep, Severity, Side } from './adverse-event.ts';
import type { EffectInput, EffectStepInput } from './input.ts';

/** A treatment that was given, as the actor may see it. */
export async function findGivenTreatment(trx: Trx, appointmentId: string) {
  const { rows } = await sql<{
    id: string;
    patientId: string;
    patientName: string;
    isOwn: boolean;
    isTreating: boolean;
    clinicId: string;
    clinicName: string;
    jurisdiction: string;
    timeZone: string;
    startedAt: Temporal.Instant;
    today: string;
    injectorId: string;
    injectorName: string;
    productName: string | null;
    batch: string | null;
  }>`
    SELECT a.id, a.patient_id AS "patientId", concat_ws(' ', p.given_name, p.family_name) AS "patientName",
           coalesce(p.account_id = current_actor(), false) AS "isOwn",
           is_actor(a.practitioner_id) OR is_actor(a.prescriber_id) AS "isTreating",
           a.clinic_id AS "clinicId", k.name AS "clinicName", a.jurisdiction, a.time_zone AS "timeZone", a.started_at AS "startedAt",
           (app_now() AT TIME ZONE a.time_zone)::date AS today, a.practitioner_id AS "injectorId",
           concat_ws(' ', i.title, i.display_name) AS "injectorName", t.product_name AS "productName", t.batch
      FROM appointment a
      JOIN patient p ON p.id = a.patient_id
      JOIN clinic k ON k.id = a.clinic_id
      JOIN practitioner i ON i.id = a.practitioner_id
      LEFT JOIN treatment_record t ON t.appointment_id = a.id
     WHERE a.id = ${appointmentId} AND a.kind = 'treatment' AND a.started_at IS NOT NULL`.execute(trx);
  return rows[0];
}

/** What the database copies or writes itself is left out: who tells it, when, and what was given. */
export async function insertEffect(trx: Trx, appointmentId: string, patientId: string, effect: EffectInput) {
  const { rows } = await sql<{ id: string; toldAs: string; serious: boolean }>`
    INSERT INTO adverse_event (patient_id, appointment_id, code, side, region, onset_on, severity, in_hospital, words)
    VALUES (${patientId}, ${appointmentId}, ${effect.code}, ${effect.side}, ${effect.region}, ${effect.onsetOn}::date, ${effect.severity}, ${effect.inHospital}, ${effect.words})
    RETURNING id, told_as AS "toldAs", serious`.execute(trx);
  return rows[0]!;
}

/** Injector and prescriber of a treatment, once each, and its patient, with addresses. */
export async function findPeopleToTell(trx: Trx, appointmentId: string) {
  const { rows } = await sql<{
    as: 'patient' | 'practitioner';
    name: string;
    email: string;
    accountId: string;
  }>`
    SELECT 'practitioner' AS as, p.display_name AS name, x.email, x.id AS "accountId"
      FROM appointment a JOIN practitioner p ON p.id IN (a.practitioner_id, a.prescriber_id) JOIN account x ON x.id = p.account_id
     WHERE a.id = ${appointmentId}
    UNION ALL
    SELECT 'patient', p.given_name, x.email, x.id
      FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
     WHERE a.id = ${appointmentId}`.execute(trx);
  return rows;
}

export async function insertEffectStep(trx: Trx, eventId: string, step: EffectStepInput): Promise<void> {
  await trx
    .insertInto('adverse_event_step')
    .values({
      event_id: eventId,
      nth: 0,
      kind: step.kind,
      words: step.words,
      who: 'who' in step ? step.who : '',
      reference: 'reference' in step ? step.reference : '',
      outcome: 'outcome' in step ? step.outcome : null,
    })
    .execute();
}

type Wanted = { appointmentId: string } | { eventId: string } | { practitionerId: string };

/** Adverse events that row security lets the actor see: of one treatment, one alone, or of all whom a practitioner treats. */
export async function findEffects(trx: Trx, wanted: Wanted) {
  const which =
    'appointmentId' in wanted
      ? sql`e.appointment_id = ${wanted.appointmentId}`
      : 'eventId' in wanted
        ? sql`e.id = ${wanted.eventId}`
        : sql`(e.injector_id = ${wanted.practitionerId} OR e.prescriber_id = ${wanted.practitionerId})`;
  const { rows } = await sql<{
    id: string;
    appointmentId: string;
    patientId: string;
    patientName: string;
    code: EffectCode;
    side: Side;
    region: string;
    onsetOn: string;
    onsetDay: number;
    severity: Severity;
    inHospital: boolean;
    serious: boolean;
    words: string;
    toldAs: 'patient' | 'practitioner';
    toldBy: string;
    toldAt: Temporal.Instant;
    productName: string;
    batch: string;
    clinicId: string;
    jurisdiction: string;
    timeZone: string;
    startedAt: Temporal.Instant;
    injectorName: string;
  }>`
    SELECT e.id, e.appointment_id AS "appointmentId", e.patient_id AS "patientId", concat_ws(' ', p.given_name, p.family_name) AS "patientName",
           e.code, e.side, e.region, e.onset_on AS "onsetOn", e.onset_on - (a.started_at AT TIME ZONE a.time_zone)::date AS "onsetDay",
           e.severity, e.in_hospital AS "inHospital", e.serious, e.words, e.told_as AS "toldAs", x.display_name AS "toldBy", e.told_at AS "toldAt",
           e.product_name AS "productName", e.batch, e.clinic_id AS "clinicId", e.jurisdiction, a.time_zone AS "timeZone", a.started_at AS "startedAt",
           concat_ws(' ', i.title, i.display_name) AS "injectorName"
      FROM adverse_event e
      JOIN appointment a ON a.id = e.appointment_id
      JOIN patient p ON p.id = e.patient_id
      JOIN account x ON x.id = e.told_by
      JOIN practitioner i ON i.id = e.injector_id
     WHERE ${which} AND actor_may_see_patient(e.patient_id)
     ORDER BY e.told_at DESC`.execute(trx);
  return rows;
}
export type FoundEffect = Awaited<ReturnType<typeof findEffects>>[number];

/** What was done about these, in order. */
export async function findEffectSteps(trx: Trx, eventIds: readonly string[]) {
  if (eventIds.length === 0) return [];
  const steps = await trx
    .selectFrom('adverse_event_step as s')
    .innerJoin('account as x', 'x.id', 's.taken_by')
    .where('s.event_id', 'in', eventIds)
    .select([
      's.event_id as eventId',
      's.kind',
      's.words',
      's.who',
      's.reference',
      's.outcome',
      's.taken_at as takenAt',
      'x.display_name as takenBy',
    ])
    .orderBy('s.event_id')
    .orderBy('s.nth')
    .execute();
  return steps.map((step) => ({
    ...step,
    kind: step.kind as EffectStep,
    outcome: step.outcome as EffectOutcome | null,
  }));
}
