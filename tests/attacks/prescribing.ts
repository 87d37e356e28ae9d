import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { patient } from '../builders/people.ts';
import { advance } from '../builders/visits.ts';
import { attack, breaks, unproven, update } from './attack.ts';
import { days, ended, newChain } from './means.ts';
import { prescription } from './rows.ts';
import { shortLived, type Stage } from './stage.ts';

const seenIn = async (trx: Queryable, { prescriber, leeds }: Stage, where = leeds) =>
  care.consulted(trx, { patient: await patient(trx), prescriber, where });

/** A prescription is born of a signed, suitable consultation, by the one who held it (G1, G2, G5). */
export const prescribing = [
  attack(
    'G1',
    'prescribed by another than the one who saw the patient',
    unproven('prescription_from_consultation'),
    {
      actor: (t) => t.otherPrescriber,
      // The other prescriber knows the patient, so that row security is not what refuses.
      before: (trx, t) =>
        newChain(trx, t, {
          patient: t.ready.patient,
          prescriber: t.otherPrescriber,
          injector: t.otherPrescriber,
        }),
      attack: (t) => prescription(t, t.ready, { prescriber_id: t.otherPrescriber.id }),
      twin: (t, seen) => prescription(t, seen),
    },
  ),
  attack(
    'G9',
    'prescribed in England after a consultation in Texas',
    unproven('prescription_from_consultation'),
    {
      actor: (t) => t.prescriber,
      before: async (trx, t, lawful) => ({
        consultation: await seenIn(trx, t, lawful ? t.leeds : t.elPaso),
      }),
      attack: (t, seen) => prescription(t, seen, { jurisdiction: 'england' }),
    },
  ),
  attack('G1', 'prescribed before the visit is over', unproven('prescription_visit_completed'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      const consultation = await care.consulting(trx, {
        patient: await patient(trx),
        prescriber: t.prescriber,
        where: t.leeds,
      });
      await acting(trx, t.prescriber, (as) =>
        as
          .updateTable('consultation_record')
          .set({ state: 'signed', outcome: 'suitable' })
          .where('id', '=', consultation.id)
          .execute(),
      );
      if (lawful) await advance(trx, consultation.visit, 'completed');
      return { consultation };
    },
    attack: (t, seen) => prescription(t, seen),
  }),
  attack('G11', 'a product that a finding rules out', breaks('prescription_contraindicated'), {
    actor: (t) => t.prescriber,
    before: async (trx, t) => {
      const consultation = await care.consulting(trx, {
        patient: await patient(trx),
        prescriber: t.prescriber,
        where: t.leeds,
      });
      await sql`INSERT INTO consultation_finding (consultation_id, code, severity, present)
        VALUES (${consultation.id}, 'cows_milk_allergy', 'caution', true)`.execute(trx);
      await care.conclude(trx, consultation);
      return { consultation };
    },
    attack: (t, seen) => prescription(t, seen, { product_code: 'azzalure', retreatment_days: 84 }),
    twin: (t, seen) => prescription(t, seen),
  }),
  attack('G1', 'prescribed on an unsigned consultation', unproven('prescription_from_consultation'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      const consultation = await care.consulting(trx, {
        patient: await patient(trx),
        prescriber: t.prescriber,
        where: t.leeds,
      });
      if (lawful) await care.conclude(trx, consultation);
      else await advance(trx, consultation.visit, 'completed');
      return { consultation };
    },
    attack: (t, seen) => prescription(t, seen),
  }),
  ...(['not_suitable', 'defer', 'refer'] as const).map((outcome) =>
    attack(
      'G1',
      `prescribed after a consultation signed ${outcome}`,
      unproven('prescription_from_consultation'),
      {
        actor: (t) => t.prescriber,
        before: async (trx, t, lawful) => ({
          consultation: await care.consulted(trx, {
            patient: await patient(trx),
            prescriber: t.prescriber,
            where: t.leeds,
            outcome: lawful ? 'suitable' : outcome,
          }),
        }),
        attack: (t, seen) => prescription(t, seen),
      },
    ),
  ),
  attack('G5', 'a prescription edited', breaks('prescription_frozen'), {
    actor: (t) => t.prescriber,
    attack: (t) => update('prescription', t.ready.prescription.id, { dose_units: 80 }),
    twin: (t) =>
      update('prescription', t.ready.prescription.id, { state: 'cancelled', end_reason: 'Written anew' }),
  }),
  attack('G5', 'a prescription edited while it is cancelled', breaks('prescription_frozen'), {
    actor: (t) => t.prescriber,
    attack: (t) => update('prescription', t.ready.prescription.id, { dose_units: 80, state: 'cancelled' }),
    twin: (t) => update('prescription', t.ready.prescription.id, { state: 'cancelled' }),
  }),
  attack('G5', 'a cancelled prescription revived', breaks('prescription_frozen'), {
    actor: (t) => t.prescriber,
    before: (trx, t) => ended(trx, t.ready.prescription, 'cancelled'),
    attack: (t) => update('prescription', t.ready.prescription.id, { state: 'active', ended_at: null }),
    twin: (t) => prescription(t, t.ready),
  }),
  attack('G5', 'a prescription ended and still active', breaks('prescription_ended'), {
    actor: (t) => t.prescriber,
    attack: (t) => update('prescription', t.ready.prescription.id, { end_reason: 'No reason' }),
    twin: (t) =>
      update('prescription', t.ready.prescription.id, { end_reason: 'No reason', state: 'cancelled' }),
  }),
  attack('G2', 'a prescription valid for longer than the law allows', breaks('prescription_validity'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { expires_at: sql`app_now() + interval '184 days'` }),
    twin: (t) => prescription(t, t.ready, { expires_at: sql`app_now() + interval '183 days'` }),
  }),
  attack('G2', 'a prescription expired at birth', breaks('prescription_span'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { expires_at: sql`app_now() - interval '1 day'` }),
    twin: (t) => prescription(t, t.ready),
  }),
  attack('G2', 'a prescription for longer than a year', breaks('prescription_validity'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { expires_at: sql`app_now() + interval '400 days'` }),
    twin: (t) => prescription(t, t.ready),
  }),
  attack('G2', 'a product not licensed here', unproven('prescription_licensed'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { product_code: 'xeomin' }),
    twin: (t) => prescription(t, t.ready, { product_code: 'bocouture' }),
  }),
  attack('G7', 'a prescription with an interval of its own', unproven('prescription_product'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { retreatment_days: 30 }),
    twin: (t) => prescription(t, t.ready),
  }),
  attack('G2', 'prescribed for somebody who may not inject', unproven('prescription_injector_capability'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { injector_id: t.candidate.id }),
    twin: (t) => prescription(t, t.ready, { injector_id: t.loneInjector.id }),
  }),
  attack('G1', 'prescribed after the right to prescribe has ended', unproven('prescription_capability'), {
    before: async (trx, t, lawful) => {
      const prescriber = await shortLived(trx, t, 'doctor', lawful ? 30 : 2);
      const consultation = await care.consulted(trx, {
        patient: await patient(trx),
        prescriber,
        where: t.leeds,
      });
      await passTime(trx, days(3));
      return { prescriber, consultation };
    },
    actor: (_, __, { prescriber }) => prescriber,
    attack: (t, made) => prescription(t, made),
  }),
  attack('L2', 'prescribed while suspended', breaks('prescription_in_good_standing'), {
    before: async (trx, t, lawful) => {
      const prescriber = await shortLived(trx, t, 'doctor', 30);
      const consultation = await care.consulted(trx, {
        patient: await patient(trx),
        prescriber,
        where: t.leeds,
      });
      if (!lawful) await sql`SELECT suspend_practitioner(${prescriber.id})`.execute(trx);
      return { prescriber, consultation };
    },
    actor: (_, __, { prescriber }) => prescriber,
    attack: (t, made) => prescription(t, made),
  }),
  attack('G1', 'prescribed in the prescriber’s name', unproven('prescription_by_prescriber'), {
    actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
    attack: (t) => prescription(t, t.ready),
  }),
  attack('G1', 'a prescription in the episode of another patient', unproven('prescription_episode'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { episode_id: t.other.consultation.visit.episodeId }),
    twin: (t) => prescription(t, t.ready),
  }),
  attack('G2', 'a prescription of nothing', breaks('prescription_dose'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { dose_units: 0 }),
    twin: (t) => prescription(t, t.ready, { dose_units: 1 }),
  }),
  attack('G2', 'less than nothing reserved for a top-up', breaks('prescription_top_up'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { top_up_units: -1 }),
    twin: (t) => prescription(t, t.ready, { top_up_units: 0 }),
  }),
  attack('G2', 'a prescription for nowhere', breaks('prescription_regions'), {
    actor: (t) => t.prescriber,
    attack: (t) => prescription(t, t.ready, { regions: [] }),
    twin: (t) => prescription(t, t.ready),
  }),
];
