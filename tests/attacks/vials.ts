import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { attack, breaks, insert, twice, unproven, update } from './attack.ts';
import type { Chain, Stage } from './stage.ts';

/** A booked treatment of this chain, a vial, and the words that plan the one for the other. */
async function planning(
  trx: Queryable,
  t: Stage,
  about: { dispensedFor?: boolean; heldBy?: Stage['prescriber']; lastsDays?: number; chain?: Chain } = {},
) {
  const { prescription, consent, patient } = about.chain ?? t.ready;
  const treatment = await care.bookTreatment(trx, consent, t.soon);
  const vialId = await care.vial(trx, {
    where: t.leeds,
    ...(about.lastsDays ? { lastsDays: about.lastsDays } : {}),
    ...(about.heldBy
      ? { heldBy: about.heldBy }
      : { dispensedFor: about.dispensedFor === false ? t.other.patient : patient }),
  });
  const plan = (row: object = {}) =>
    insert('planned_vial', {
      appointment_id: treatment.id,
      vial_id: vialId,
      patient_id: patient.id,
      injector_id: prescription.injector.id,
      prescriber_id: prescription.consultation.visit.who.id,
      location_id: t.leeds.locationId,
      product_code: 'botox',
      expires_on: sql`(SELECT expires_on FROM vial WHERE id = ${vialId})`,
      single_session: true,
      custody: about.heldBy ? 'practice_stock' : 'dispensed',
      appointment_during: sql`(SELECT during FROM appointment WHERE id = ${treatment.id})`,
      ...row,
    });
  return { treatment, vialId, plan };
}

/** A vial is planned for one patient, in one session, by who may hold it (G10). */
export const vials = [
  attack('G10', 'a vial dispensed for another patient', unproven('planned_vial_dispensed_for'), {
    before: (trx, t, lawful) => planning(trx, t, { dispensedFor: lawful }),
    attack: (_, { plan }) => plan(),
  }),
  attack('G10', 'the stock of another prescriber', unproven('planned_vial_stock_of_prescriber'), {
    before: (trx, t, lawful) => planning(trx, t, { heldBy: lawful ? t.prescriber : t.otherPrescriber }),
    attack: (_, { plan }) => plan(),
  }),
  attack('G10', 'a dispensed vial that is called stock', unproven('planned_vial_vial'), {
    before: (trx, t) => planning(trx, t),
    attack: (_, { plan }) => plan({ custody: 'practice_stock' }),
    twin: (_, { plan }) => plan(),
  }),
  attack('G10', 'a vial that expires before the treatment', breaks('planned_vial_unexpired'), {
    before: (trx, t, lawful) => planning(trx, t, { lastsDays: lawful ? 5 : 1 }),
    attack: (_, { plan }) => plan(),
  }),
  attack('G10', 'a vial with a later expiry than on its label', unproven('planned_vial_vial'), {
    before: (trx, t, lawful) => planning(trx, t, { lastsDays: lawful ? 200 : 1 }),
    attack: (_, { plan }) => plan({ expires_on: '2040-01-01' }),
    twin: (_, { plan }) => plan(),
  }),
  attack('G10', 'one vial for two sessions', twice('planned_vial_one_session'), {
    before: async (trx, t, lawful) => {
      const { vialId, plan } = await planning(trx, t, { heldBy: t.prescriber });
      if (!lawful) await plan().execute(trx);
      const { consent } = t.other;
      const treatment = await care.bookTreatment(trx, consent, t.soon.add({ hours: 2 }));
      return { vialId, treatment };
    },
    attack: (_, { vialId, treatment }) =>
      sql`INSERT INTO planned_vial (appointment_id, vial_id, patient_id, injector_id, prescriber_id, location_id, product_code, expires_on, single_session, custody, appointment_during)
        SELECT a.id, v.id, a.patient_id, a.practitioner_id, a.prescriber_id, v.location_id, v.product_code, v.expires_on, true, v.custody, a.during
          FROM appointment a, vial v WHERE a.id = ${treatment.id} AND v.id = ${vialId} RETURNING 1`,
  }),
  attack('G10', 'a vial that was opened for somebody else', breaks('planned_vial_one_session'), {
    before: async (trx, t, lawful) => {
      const { vialId, plan } = await planning(trx, t, { heldBy: t.prescriber });
      if (!lawful)
        await trx
          .updateTable('treatment_record')
          .set({ vial_id: vialId })
          .where('id', '=', t.draftId)
          .execute();
      return plan();
    },
    attack: (_, plan) => plan,
  }),
  attack('G10', 'a vial that is said to serve many', unproven('planned_vial_single_session'), {
    before: (trx, t) => planning(trx, t),
    attack: (_, { plan }) => plan({ single_session: false }),
    twin: (_, { plan }) => plan(),
  }),
  attack(
    'G10',
    'stock used where its prescriber does not practise',
    unproven('planned_vial_stock_in_practice'),
    {
      before: async (trx, t, lawful) => {
        const made = await planning(trx, t, { heldBy: t.prescriber });
        if (!lawful)
          await sql`SELECT set_config('session_replication_role', 'replica', true)`
            .execute(trx)
            .then(() =>
              sql`DELETE FROM practice WHERE practitioner_id = ${t.prescriber.id} AND location_id = ${t.leeds.locationId}`.execute(
                trx,
              ),
            );
        await sql`SELECT set_config('session_replication_role', 'origin', true)`.execute(trx);
        return made;
      },
      attack: (_, { plan }) => plan(),
    },
  ),
  attack('G10', 'another product than was prescribed', breaks('planned_vial_of_treatment'), {
    before: (trx, t) => planning(trx, t),
    attack: (_, { plan }) => plan({ product_code: 'azzalure' }),
    twin: (_, { plan }) => plan(),
  }),
  attack('G10', 'a plan in the name of another prescriber', breaks('planned_vial_of_treatment'), {
    before: (trx, t, lawful) => planning(trx, t, { heldBy: lawful ? t.prescriber : t.otherPrescriber }),
    attack: (t, { plan }) => plan({ prescriber_id: t.otherPrescriber.id }),
    twin: (_, { plan }) => plan(),
  }),
  attack('G10', 'a treatment moved past the end of its vial', breaks('planned_vial_unexpired'), {
    before: async (trx, t, lawful) => {
      const at = t.booked.at.add({ hours: 24 * (lawful ? 3 : 9) });
      const span = sql<never>`tstzrange(${at.subtract({ minutes: 5 })}::timestamptz, ${at.add({ minutes: 40 })}::timestamptz)`;
      const { id } = await trx
        .insertInto('block')
        .values({
          practitioner_id: t.injector.id,
          location_id: t.leeds.locationId,
          kind: 'appointment',
          span,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return {
        during: sql`tstzrange(${at}::timestamptz, ${at.add({ minutes: 30 })}::timestamptz)`,
        block_id: id,
        block_span: span,
      };
    },
    attack: (t, moved) => update('appointment', t.booked.id, moved),
  }),
  attack('G10', 'the vial exchanged after it was opened', breaks('planned_vial_frozen'), {
    before: async (trx, t, lawful) => {
      if (!lawful) {
        await passTime(trx, { hours: 72 });
        await care.startTreatment(trx, t.booked);
      }
      return care.vial(trx, {
        where: t.leeds,
        dispensedFor: t.booked.patient,
        lastsDays: 10 + (lawful ? 0 : -3),
      });
    },
    attack: (t, vial_id) => update('planned_vial', t.booked.id, { vial_id }, 'appointment_id'),
  }),
  attack('G10', 'a vial planned once the treatment is signed', breaks('planned_vial_frozen'), {
    before: async (trx, t, lawful) => {
      const planned = await planning(trx, t);
      await passTime(trx, { hours: 49 });
      await care.startTreatment(trx, planned.treatment);
      const recordId = await care.draftTreatmentRecord(trx, planned.treatment);
      if (!lawful) await care.finishTreatment(trx, planned.treatment, recordId);
      return planned;
    },
    attack: (_, { plan }) => plan(),
  }),
  attack('G10', 'a vial of nobody', breaks('vial_custodian'), {
    attack: (t) => vial(t, {}),
    twin: (t) => vial(t, { held_by_prescriber_id: t.prescriber.id }),
  }),
];

const vial = ({ leeds }: Stage, row: object) =>
  insert('vial', {
    location_id: leeds.locationId,
    product_code: 'botox',
    batch: 'C7431A',
    expires_on: '2040-01-01',
    units: 50,
    custody: 'practice_stock',
    ...row,
  });
