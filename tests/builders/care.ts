import { sql } from 'kysely';
import { CONSENT_FORMS } from '#lib/server/domain/care/consent-forms.ts';
import { JURISDICTION_FACTS, type Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting } from './act.ts';
import type { Patient, Practitioner } from './people.ts';
import type { Place } from './places.ts';
import { advance, begin, book, type Visit } from './visits.ts';

export type Outcome = 'suitable' | 'not_suitable' | 'defer' | 'refer';
export type Consultation = { readonly id: string; readonly visit: Visit; readonly healthAnswersId: string };
export type Prescription = {
  readonly id: string;
  readonly consultation: Consultation;
  readonly injector: Practitioner;
  readonly productCode: string;
};
export type Consent = { readonly id: string; readonly prescription: Prescription };
export type Treatment = Visit & { readonly prescription: Prescription; readonly consent: Consent };

/** The patient answers the health questions; each time is a version of its own. */
export async function answerHealth(
  db: Queryable,
  patient: Patient,
  about: { answers?: Record<string, unknown>; lastTreatedElsewhereOn?: string } = {},
): Promise<string> {
  const { id } = await acting(db, patient, (trx) =>
    trx
      .insertInto('health_answers')
      .values({
        patient_id: patient.id,
        version: 0, // numbered by the database
        answers: JSON.stringify(about.answers ?? { pregnant: 'no', blood_thinners: 'no' }),
        last_treated_elsewhere_on: about.lastTreatedElsewhereOn ?? null,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return id;
}

/** A consultation under way: the patient is in the room, and the draft holds all that "suitable" takes. */
export async function consulting(
  db: Queryable,
  about: { patient: Patient; prescriber: Practitioner; where: Place },
): Promise<Consultation> {
  const { patient, prescriber, where } = about;
  const healthAnswersId = await answerHealth(db, patient);
  const visit = await begin(db, { kind: 'consultation', patient, who: prescriber, where });
  return acting(db, prescriber, async (trx) => {
    const { id } = await trx
      .insertInto('consultation_record')
      .values({
        appointment_id: visit.id,
        patient_id: patient.id,
        prescriber_id: prescriber.id,
        jurisdiction: where.jurisdiction,
        health_answers_id: healthAnswersId,
        identity_seen: true,
        identity_document: 'passport',
        age_seen: true,
        seen_alone: true,
        chaperone: 'Offered and declined',
        capacity: 'has_capacity',
        own_choice: true,
        body_image_screen: 'negative',
        regions: ['forehead_lines', 'frown_lines'],
        examination: 'Even movement on both sides, skin intact.',
        movement_to_keep: 'Raises the brows when listening.',
        plan: 'Soften, keep movement.',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql`INSERT INTO risk_disclosure (consultation_id, risk_code, risk_version, acknowledged_at)
      SELECT ${id}, code, max(version), app_now() FROM disclosable_risk WHERE required GROUP BY code`.execute(
      trx,
    );
    return { id, visit, healthAnswersId };
  });
}

/** Signs the record and ends the visit. */
export async function conclude(
  db: Queryable,
  consultation: Consultation,
  outcome: Outcome = 'suitable',
): Promise<void> {
  await acting(db, consultation.visit.who, async (trx) => {
    await trx
      .updateTable('consultation_record')
      .set({ state: 'signed', outcome })
      .where('id', '=', consultation.id)
      .execute();
    await advance(trx, consultation.visit, 'completed');
  });
}

/** A consultation held just now, face to face, and signed. */
export async function consulted(
  db: Queryable,
  about: { patient: Patient; prescriber: Practitioner; where: Place; outcome?: Outcome },
): Promise<Consultation> {
  const consultation = await consulting(db, about);
  await conclude(db, consultation, about.outcome);
  return consultation;
}

/** A prescription born of a consultation, for the injector named (or the prescriber). */
export async function prescribe(
  db: Queryable,
  consultation: Consultation,
  about: {
    injector?: Practitioner;
    productCode?: string;
    doseUnits?: number;
    topUpUnits?: number;
    validDays?: number;
    /** The patient asked for the same plan as before. */
    unchanged?: boolean;
  } = {},
): Promise<Prescription> {
  const { visit } = consultation;
  const injector = about.injector ?? visit.who;
  const productCode =
    about.productCode ??
    (['US', 'CA'].includes(JURISDICTION_FACTS[visit.where.jurisdiction].country_code)
      ? 'botox_cosmetic'
      : 'botox');
  const { id } = await acting(db, visit.who, (trx) =>
    trx
      .insertInto('prescription')
      .columns([
        'consultation_id',
        'consultation_appointment_id',
        'consultation_signed_at',
        'episode_id',
        'clinic_id',
        'patient_id',
        'prescriber_id',
        'injector_id',
        'jurisdiction',
        'product_code',
        'retreatment_days',
        'dose_units',
        'top_up_units',
        'regions',
        'expires_at',
        'unchanged_requested_at',
      ])
      .expression((eb) =>
        eb
          .selectFrom(['consultation_record as c', 'product'])
          .select([
            'c.id',
            'c.appointment_id',
            'c.signed_at',
            eb.val(visit.episodeId).as('episode_id'),
            eb.val(visit.where.clinicId).as('clinic_id'),
            'c.patient_id',
            'c.prescriber_id',
            eb.val(injector.id).as('injector_id'),
            'c.jurisdiction',
            'product.code',
            'product.retreatment_days',
            eb.val(about.doseUnits ?? 40).as('dose_units'),
            eb.val(about.topUpUnits ?? 8).as('top_up_units'),
            'c.regions',
            sql<Temporal.Instant>`app_now() + ${about.validDays ?? 90} * interval '1 day'`.as('expires_at'),
            sql<Temporal.Instant | null>`CASE WHEN ${about.unchanged ?? false} THEN app_now() END`.as(
              'unchanged_requested_at',
            ),
          ])
          .where('c.id', '=', consultation.id)
          .where('product.code', '=', productCode),
      )
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return { id, consultation, injector, productCode };
}

/** The patient's consent to one prescription, with its named injector. */
export async function giveConsent(db: Queryable, prescription: Prescription): Promise<Consent> {
  const { patient } = prescription.consultation.visit;
  const { id } = await acting(db, patient, (trx) =>
    trx
      .insertInto('consent')
      .values({
        prescription_id: prescription.id,
        patient_id: patient.id,
        injector_id: prescription.injector.id,
        text_version: '1',
        items: ['understood', 'own_choice', 'may_stop', 'named_injector'],
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  const consent = { id, prescription };
  await agreeToItems(db, consent);
  return consent;
}

/** Every item of the newest form of the place is agreed to. */
export async function agreeToItems(db: Queryable, { id, prescription }: Consent): Promise<void> {
  const { patient, where } = prescription.consultation.visit;
  await acting(db, patient, (trx) =>
    sql`INSERT INTO consent_item (consent_id, form_code, item_code)
      SELECT ${id}, f.code, i ->> 'code'
        FROM (SELECT * FROM consent_form WHERE jurisdiction = ${where.jurisdiction} AND asked_from <= app_now()::date ORDER BY version DESC LIMIT 1) f,
             jsonb_array_elements(f.items) i`.execute(trx),
  );
}

/** What somebody sends who ticks every item. */
export function everyItem(jurisdiction: Jurisdiction): { formCode: string; items: string[] } {
  const form = CONSENT_FORMS.findLast((one) => one.jurisdiction === jurisdiction)!;
  return { formCode: form.code, items: form.items.map(({ code }) => code) };
}

/** Consent gone through again on the day, with the injector. */
export async function confirmConsent(db: Queryable, consent: Consent): Promise<void> {
  await acting(db, consent.prescription.injector, (trx) =>
    sql`UPDATE consent SET confirmed_at = app_now() WHERE id = ${consent.id}`.execute(trx),
  );
}

/** The patient says, shortly before the treatment, that the newest answers still hold. */
export async function confirmHealth(
  db: Queryable,
  { id, patient }: { id: string; patient: Patient },
): Promise<void> {
  await acting(db, patient, (trx) =>
    sql`INSERT INTO health_confirmation (appointment_id, patient_id, health_answers_id)
      SELECT ${id}, patient_id, id FROM health_answers WHERE patient_id = ${patient.id} ORDER BY version DESC LIMIT 1`.execute(
      trx,
    ),
  );
}

/** What a treatment carries: the chain that leads to it. */
export async function proofOf(db: Queryable, { prescription, id }: Consent) {
  const { consultation, injector, productCode } = prescription;
  const rx = await db
    .selectFrom('prescription')
    .select(['consultation_signed_at', 'expires_at', 'retreatment_days'])
    .where('id', '=', prescription.id)
    .executeTakeFirstOrThrow();
  const may = await db
    .selectFrom('capability_period')
    .select('capability')
    .where('practitioner_id', '=', injector.id)
    .where('jurisdiction', '=', consultation.visit.where.jurisdiction)
    .where('capability', '=', 'prescribe')
    .executeTakeFirst();
  return {
    consultation_id: consultation.id,
    consultation_signed_at: rx.consultation_signed_at,
    prescription_id: prescription.id,
    prescriber_id: consultation.visit.who.id,
    product_code: productCode,
    prescription_expires_at: rx.expires_at,
    retreatment_days: rx.retreatment_days,
    consent_id: id,
    independent: may !== undefined,
  };
}

/** A treatment booked for `at`, with the whole chain behind it. */
export async function bookTreatment(
  db: Queryable,
  consent: Consent,
  at: Temporal.Instant,
  about: { topUpOf?: { id: string }; where?: Place; override?: object } = {},
): Promise<Treatment> {
  const { prescription } = consent;
  const { patient, where, episodeId } = prescription.consultation.visit;
  const proof = {
    ...(await proofOf(db, consent)),
    top_up_of_id: about.topUpOf?.id ?? null,
    ...about.override,
  };
  const visit = await book(db, {
    kind: 'treatment',
    patient,
    who: prescription.injector,
    where: about.where ?? where,
    episodeId,
    at,
    proof,
  });
  return { ...visit, prescription, consent };
}

/** The patient is here, health answers and consent are confirmed, and the treatment begins. */
export async function startTreatment(db: Queryable, treatment: Treatment): Promise<void> {
  await confirmHealth(db, treatment);
  await confirmConsent(db, treatment.consent);
  await advance(db, treatment, 'arrived');
  await beginTreatment(db, treatment);
}

/** It begins; where somebody else injects, the prescriber is as near as the law wants, by the injector's word and their own. */
export async function beginTreatment(
  db: Queryable,
  { id, who, where, prescription }: Treatment,
): Promise<void> {
  const prescriber = prescription.consultation.visit.who;
  if (prescriber.id !== who.id) await beHere(db, prescriber, where);
  await acting(db, who, (trx) =>
    sql`
    UPDATE appointment SET state = 'started',
           prescriber_where = CASE WHEN practitioner_id <> prescriber_id THEN policy_word(jurisdiction, 'prescriber_onsite', app_now()::date) END,
           prescriber_way = CASE WHEN practitioner_id <> prescriber_id THEN 'Telephone 0113 496 0101' END
     WHERE id = ${id}`.execute(trx),
  );
}

/** A practitioner says that they are at this place; once is enough. */
export async function beHere(db: Queryable, who: Practitioner, where: Place): Promise<void> {
  await acting(db, who, (trx) =>
    sql`INSERT INTO presence (practitioner_id, location_id) VALUES (${who.id}, ${where.locationId}) ON CONFLICT DO NOTHING`.execute(
      trx,
    ),
  );
}

/** They have left. */
export async function leave(db: Queryable, who: Practitioner): Promise<void> {
  await acting(db, who, (trx) =>
    sql`UPDATE presence SET ends_at = app_now() WHERE practitioner_id = ${who.id} AND ends_at > app_now()`.execute(
      trx,
    ),
  );
}

/** What was done, not yet signed. By default exactly what was prescribed and planned. Returns the record's id. */
export async function draftTreatmentRecord(
  db: Queryable,
  treatment: Treatment,
  about: {
    units?: number;
    region?: string;
    productCode?: string | null;
    batchDays?: number;
    vialId?: string;
    endedAs?: string;
  } = {},
): Promise<string> {
  const today = (await appNow(db)).toZonedDateTimeISO(treatment.where.timeZone).toPlainDate();
  const productCode =
    about.productCode === undefined ? treatment.prescription.productCode : about.productCode;
  const planned = await db
    .selectFrom('planned_vial')
    .select('vial_id')
    .where('appointment_id', '=', treatment.id)
    .executeTakeFirst();
  return acting(db, treatment.who, async (trx) => {
    const { id } = await trx
      .insertInto('treatment_record')
      .values({
        appointment_id: treatment.id,
        patient_id: treatment.patient.id,
        injector_id: treatment.who.id,
        prescription_id: treatment.prescription.id,
        product_name: productCode ?? 'A vial with a foreign label',
        product_code: productCode,
        batch: 'C7431A',
        batch_expires_on: today.add({ days: about.batchDays ?? 200 }).toString(),
        vial_id: about.vialId ?? planned?.vial_id ?? null,
        ended_as: about.endedAs ?? 'completed',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('injection_point')
      .values({
        treatment_id: id,
        region: about.region ?? 'frown_lines',
        side: 'midline',
        x: 0.5,
        y: 0.4,
        units: about.units ?? 20,
      })
      .execute();
    return id;
  });
}

/** Signs a treatment record, and ends the visit as it went. */
export async function finishTreatment(
  db: Queryable,
  treatment: Treatment,
  recordId: string,
  endedAs: 'completed' | 'stopped' = 'completed',
): Promise<void> {
  await acting(db, treatment.who, async (trx) => {
    await trx.updateTable('treatment_record').set({ state: 'signed' }).where('id', '=', recordId).execute();
    await advance(trx, treatment, endedAs);
  });
}

/** A treatment under way from start to signature. Returns the record's id. */
export async function treat(db: Queryable, treatment: Treatment): Promise<string> {
  await startTreatment(db, treatment);
  const record = await draftTreatmentRecord(db, treatment);
  await finishTreatment(db, treatment, record);
  return record;
}

/** A vial dispensed for a patient, or stock that a prescriber holds. Returns its id. */
export async function vial(
  db: Queryable,
  about: { where: Place; productCode?: string; lastsDays?: number } & (
    { dispensedFor: Patient } | { heldBy: Practitioner }
  ),
): Promise<string> {
  const today = (await appNow(db)).toZonedDateTimeISO('UTC').toPlainDate();
  const { id } = await db
    .insertInto('vial')
    .values({
      location_id: about.where.locationId,
      product_code: about.productCode ?? 'botox',
      batch: 'C7431A',
      expires_on: today.add({ days: about.lastsDays ?? 200 }).toString(),
      units: 50,
      custody: 'heldBy' in about ? 'practice_stock' : 'dispensed',
      dispensed_for_patient_id: 'heldBy' in about ? null : about.dispensedFor.id,
      held_by_prescriber_id: 'heldBy' in about ? about.heldBy.id : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Plans a vial for a booked treatment. */
export async function planVial(db: Queryable, treatment: Treatment, vialId: string): Promise<void> {
  await sql`INSERT INTO planned_vial (appointment_id, vial_id, patient_id, injector_id, prescriber_id, location_id, product_code, expires_on, single_session, custody, appointment_during)
    SELECT a.id, v.id, a.patient_id, a.practitioner_id, a.prescriber_id, v.location_id, v.product_code, v.expires_on, p.single_session, v.custody, a.during
      FROM appointment a, vial v JOIN product p ON p.code = v.product_code WHERE a.id = ${treatment.id} AND v.id = ${vialId}`.execute(
    db,
  );
}

/** The review visit after a treatment, held now and written up. */
export async function reviewed(
  db: Queryable,
  treatment: Treatment,
  who: Practitioner = treatment.who,
): Promise<Visit> {
  const visit = await begin(db, {
    kind: 'follow_up',
    patient: treatment.patient,
    who,
    where: treatment.where,
    episodeId: treatment.episodeId,
  });
  await acting(db, who, async (trx) => {
    await trx
      .insertInto('follow_up_record')
      .values({
        appointment_id: visit.id,
        patient_id: treatment.patient.id,
        practitioner_id: who.id,
        findings: 'Even, brows move.',
        written_by: who.accountId,
      })
      .execute();
    await advance(trx, visit, 'completed');
  });
  return visit;
}
