import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { patient } from '../builders/people.ts';
import { attack, breaks, forbidden, insert, NOTHING, unproven, update, type Statement } from './attack.ts';
import { BEGINS, newChain, onTheDay } from './means.ts';
import { treatment } from './rows.ts';
import type { Stage } from './stage.ts';

/** Answers to the questions as they are asked now. */
const answers = (given: Record<string, string>) => ({ answers: { version: '2', ...given } });

/** In the room, with these answers on the table: what `finding` says of one code is the prescriber's own word. */
async function consultingOn(
  trx: Queryable,
  { prescriber, leeds: where }: Stage,
  given: Record<string, string>,
  finding?: { code: string; severity: string; present: boolean },
) {
  const consultation = await care.consulting(trx, { patient: await patient(trx), prescriber, where });
  const healthAnswersId = await care.answerHealth(trx, consultation.visit.patient, answers(given));
  await acting(trx, prescriber, async (as) => {
    await as
      .updateTable('consultation_record')
      .set({ health_answers_id: healthAnswersId })
      .where('id', '=', consultation.id)
      .execute();
    if (finding)
      await as
        .insertInto('consultation_finding')
        .values({ consultation_id: consultation.id, ...finding })
        .execute();
  });
  return consultation;
}

const signedSuitable = ({ id }: { id: string }): Statement =>
  update('consultation_record', id, { state: 'signed', outcome: 'suitable' });

const confirmation = (t: Stage, row: object = {}): Statement =>
  insert('health_confirmation', {
    appointment_id: t.booked.id,
    patient_id: t.booked.patient.id,
    health_answers_id: t.booked.prescription.consultation.healthAnswersId,
    said_by: t.booked.patient.accountId,
    ...row,
  });

/** A prescription of this product from a consultation. */
const prescribed = (t: Stage, { id, visit }: care.Consultation, product: string): Statement =>
  sql`INSERT INTO prescription (consultation_id, consultation_appointment_id, consultation_signed_at, episode_id, clinic_id, patient_id, prescriber_id,
      injector_id, jurisdiction, product_code, retreatment_days, dose_units, regions, expires_at)
    SELECT c.id, c.appointment_id, c.signed_at, ${visit.episodeId}::uuid, ${visit.where.clinicId}::uuid, c.patient_id, c.prescriber_id,
           ${t.prescriber.id}::uuid, c.jurisdiction, p.code, p.retreatment_days, 20, '{frown_lines}', app_now() + interval '60 days'
      FROM consultation_record c, product p WHERE c.id = ${id} AND p.code = ${product}`;

/** What patients answer about their health holds until they answer otherwise (G4, G11). */
export const health = [
  attack('G11', 'suitable, though an answer rules it out', breaks('consultation_record_answers_allow'), {
    actor: (t) => t.prescriber,
    before: (trx, t, lawful) =>
      consultingOn(
        trx,
        t,
        { pregnant: lawful ? 'unsure' : 'yes' },
        {
          code: 'pregnancy',
          severity: 'absolute',
          present: false,
        },
      ),
    attack: (_, made) => signedSuitable(made),
  }),
  attack(
    'G11',
    'suitable, with an answer that nobody looked into',
    breaks('consultation_record_answers_judged'),
    {
      actor: (t) => t.prescriber,
      before: (trx, t, lawful) =>
        consultingOn(
          trx,
          t,
          { blood_thinners: 'yes' },
          lawful ? { code: 'bleeding', severity: 'caution', present: true } : undefined,
        ),
      attack: (_, made) => signedSuitable(made),
    },
  ),
  attack('G11', 'a product prescribed against a newer answer', breaks('prescription_answers_allow'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      const consultation = await care.consulted(trx, {
        patient: await patient(trx),
        prescriber: t.prescriber,
        where: t.leeds,
      });
      await care.answerHealth(trx, consultation.visit.patient, answers({ cows_milk: lawful ? 'no' : 'yes' }));
      return consultation;
    },
    attack: (t, made) => prescribed(t, made, 'azzalure'),
  }),
  attack(
    'G4',
    'a decision to go on against an answer that rules it out',
    breaks('health_decision_answers_allow'),
    {
      actor: (t) => t.prescriber,
      before: (trx, t) => care.answerHealth(trx, t.ready.patient, answers({ breastfeeding: 'yes' })),
      attack: (t, id) => decision(t, id, 'may_proceed'),
      twin: (t, id) => decision(t, id, 'may_not_proceed'),
    },
  ),
  attack('G11', 'a treatment with a product that an answer rules out', breaks('treatment_answers_allow'), {
    before: async (trx, t, lawful) => {
      const made = await newChain(trx, t, { productCode: 'azzalure' });
      const id = await care.answerHealth(trx, made.patient, answers({ cows_milk: lawful ? 'no' : 'yes' }));
      await acting(trx, t.prescriber, (as) => decision(t, id, 'may_proceed', made.patient.id).execute(as));
      return made;
    },
    attack: (t, made) => treatment(t, made),
  }),
  attack('G4', 'begun on answers that nobody confirmed', breaks('treatment_answers_confirmed'), {
    before: async (trx, t, lawful) => {
      await onTheDay(trx, t, 0, lawful);
    },
    actor: (t) => t.injector,
    attack: (t) => update('appointment', t.booked.id, BEGINS),
  }),
  attack('G4', 'answers confirmed days before', breaks('health_confirmation_shortly_before'), {
    actor: (t) => t.booked.patient,
    before: async (trx, t, lawful) => {
      if (lawful) await onTheDay(trx, t, null, false);
    },
    attack: (t) => confirmation(t),
  }),
  attack(
    'G4',
    'answers confirmed by the prescriber in the patient’s place',
    breaks('health_confirmation_by'),
    {
      actor: (t, lawful) => (lawful ? t.booked.patient : t.prescriber),
      before: (trx, t) => onTheDay(trx, t, null, false),
      attack: (t) => confirmation(t),
    },
  ),
  attack('G4', 'older answers confirmed, past the newest', breaks('health_confirmation_newest'), {
    actor: (t) => t.booked.patient,
    before: async (trx, t, lawful) => {
      await onTheDay(trx, t, null, false);
      if (!lawful) await care.answerHealth(trx, t.booked.patient);
    },
    attack: (t) => confirmation(t),
  }),
  attack('G4', 'answers confirmed for a visit that is no treatment', breaks('health_confirmation_to_come'), {
    actor: (t) => t.injector,
    before: (trx, t) => onTheDay(trx, t, null, false),
    attack: (t) =>
      confirmation(t, {
        appointment_id: t.treated.id,
        patient_id: t.treated.patient.id,
        health_answers_id: t.treated.prescription.consultation.healthAnswersId,
      }),
    twin: (t) => confirmation(t),
  }),
  attack('G4', 'the answers of somebody else confirmed', unproven('health_confirmation_answers'), {
    actor: (t) => t.injector,
    before: (trx, t) => onTheDay(trx, t, null, false),
    attack: (t) => confirmation(t, { health_answers_id: t.other.consultation.healthAnswersId }),
    twin: (t) => confirmation(t),
  }),
  attack('G4', 'confirmed by one patient for the visit of another', unproven('health_confirmation_visit'), {
    actor: (t) => t.injector,
    before: (trx, t) => onTheDay(trx, t, null, false),
    attack: (t) =>
      confirmation(t, {
        patient_id: t.other.patient.id,
        health_answers_id: t.other.consultation.healthAnswersId,
      }),
    twin: (t) => confirmation(t),
  }),
  attack('C8', 'answers to questions that nobody asked', unproven('health_answers_questionnaire'), {
    actor: (t) => t.ready.patient,
    attack: (t) => answered(t, '99'),
    twin: (t) => answered(t, '2'),
  }),
  attack('P3', 'a confirmation rewritten', forbidden('health_confirmation'), {
    attack: () => sql`UPDATE health_confirmation SET said_at = app_now()`,
    twin: () => sql`SELECT count(*) FROM health_confirmation`,
  }),
  attack('P1', 'a stranger who reads health_confirmation', NOTHING, {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
    attack: () => sql`SELECT 1 FROM health_confirmation`,
  }),
  attack('P1', 'a stranger who reads health_draft', NOTHING, {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    before: (trx, t) =>
      insert('health_draft', { patient_id: t.ready.patient.id, answers: '{}' }).execute(trx),
    attack: () => sql`SELECT 1 FROM health_draft`,
  }),
];

function decision(
  t: Stage,
  healthAnswersId: string,
  word: string,
  patientId = t.ready.patient.id,
): Statement {
  return insert('health_decision', {
    health_answers_id: healthAnswersId,
    patient_id: patientId,
    prescriber_id: t.prescriber.id,
    decision: word,
    reason: 'Read and discussed',
    decided_by: t.prescriber.accountId,
  });
}

function answered(t: Stage, version: string): Statement {
  return insert('health_answers', {
    patient_id: t.ready.patient.id,
    version: 0,
    answers: JSON.stringify({ version }),
    answered_by: t.ready.patient.accountId,
  });
}
