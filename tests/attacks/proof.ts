import * as care from '../builders/care.ts';
import { advance, episode } from '../builders/visits.ts';
import { attack, breaks, twice, unproven, update } from './attack.ts';
import { days, ended, newChain, override } from './means.ts';
import { treatment } from './rows.ts';
import type { Stage } from './stage.ts';

const NOTHING_PROVEN = {
  consultation_id: null,
  consultation_signed_at: null,
  prescription_id: null,
  prescriber_id: null,
  product_code: null,
  prescription_expires_at: null,
  retreatment_days: null,
  consent_id: null,
  independent: null,
};

const stageTwin = (t: Stage) => treatment(t, t.ready);

/** A treatment stands on its own consultation, prescription and consent, all of one patient (G1, G2). */
export const proof = [
  attack('G1', 'a treatment without anything before it', breaks('treatment_cover'), {
    attack: (t) => treatment(t, t.ready, NOTHING_PROVEN),
    twin: stageTwin,
  }),
  attack('G1', 'a treatment without consultation', breaks('appointment_treatment_proof'), {
    attack: (t) => treatment(t, t.ready, { consultation_id: null, consultation_signed_at: null }),
    twin: stageTwin,
  }),
  attack('G1', 'a treatment without prescription', breaks('appointment_treatment_proof'), {
    attack: (t) => treatment(t, t.ready, { prescription_id: null }),
    twin: stageTwin,
  }),
  attack('G1', 'a treatment without consent', breaks('appointment_treatment_proof'), {
    attack: (t) => treatment(t, t.ready, { consent_id: null }),
    twin: stageTwin,
  }),
  attack('G1', 'a consultation that carries a prescription', breaks('appointment_treatment_proof'), {
    attack: (t) => treatment(t, t.ready, { kind: 'consultation', practitioner_id: t.injector.id }),
    twin: stageTwin,
  }),
  attack('G1', 'with another patient’s prescription', unproven('appointment_prescription'), {
    attack: (t) => treatment(t, t.ready, { ...t.other.proof, consent_id: t.ready.consent.id }),
    twin: stageTwin,
  }),
  attack('G1', 'with the consultation of another patient', unproven('appointment_prescription'), {
    attack: (t) =>
      treatment(t, t.ready, {
        consultation_id: t.other.consultation.id,
        consultation_signed_at: t.other.proof.consultation_signed_at,
      }),
    twin: stageTwin,
  }),
  attack('G2', 'by another injector than the one named', unproven('appointment_prescription'), {
    attack: (t) => treatment(t, t.ready, {}, { who: t.otherPrescriber }),
    twin: stageTwin,
  }),
  attack('G2', 'with another product than the one named', unproven('appointment_prescription'), {
    attack: (t) => treatment(t, t.ready, { product_code: 'azzalure' }),
    twin: stageTwin,
  }),
  attack('G2', 'with a later expiry than the one written', unproven('appointment_prescription'), {
    attack: (t) =>
      treatment(t, t.ready, { prescription_expires_at: t.ready.proof.prescription_expires_at.add(days(30)) }),
    twin: stageTwin,
  }),
  attack('G7', 'with a shorter interval than the product’s', unproven('appointment_prescription'), {
    attack: (t) => treatment(t, t.ready, { retreatment_days: 1 }),
    twin: stageTwin,
  }),
  attack('G9', 'treated in England on a prescription from Texas', unproven('appointment_prescription'), {
    before: async (trx, t, lawful) => {
      const made = await newChain(trx, t, { injector: t.prescriber, where: lawful ? t.leeds : t.elPaso });
      return { made, episode_id: await episode(trx, made.patient, t.leeds) };
    },
    attack: (t, { made, episode_id }) => treatment(t, made, { episode_id }, { where: t.leeds }),
  }),
  attack('G2', 'treated after the prescription has expired', breaks('appointment_prescription_unexpired'), {
    before: (trx, t) => newChain(trx, t, { validDays: 3 }),
    attack: (t, made) => treatment(t, made, {}, { at: t.soon.add(days(2)) }),
    twin: (t, made) => treatment(t, made),
  }),
  attack('G2', 'treated on a cancelled prescription', unproven('appointment_prescription_active'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await ended(trx, t.ready.prescription, 'cancelled');
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack('G2', 'treated on a used prescription', unproven('appointment_prescription_active'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await ended(trx, t.ready.prescription, 'used');
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack(
    'G2',
    'a prescription cancelled under a booked treatment',
    unproven('appointment_prescription_active'),
    {
      actor: (t) => t.prescriber,
      before: async (trx, t, lawful) => {
        if (lawful) await advance(trx, t.booked, 'cancelled');
      },
      attack: (t) => update('prescription', t.booked.prescription.id, { state: 'cancelled' }),
    },
  ),
  attack('G2', 'one prescription for two treatments', twice('appointment_prescription_single_use'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      const first = await care.bookTreatment(trx, t.ready.consent, t.soon.add({ hours: 5 }));
      if (lawful) await advance(trx, first, 'cancelled');
    },
    attack: (t) => treatment(t, t.ready, override(t)),
  }),
  attack('G7', 'an early treatment allowed after it was booked', breaks('treatment_proof_frozen'), {
    actor: (t) => t.prescriber,
    attack: (t) => update('appointment', t.booked.id, override(t)),
    twin: (t) => update('appointment', t.booked.id, { patient_note: 'Coming by bus' }),
  }),
  attack('G1', 'the proof of a booked treatment exchanged', breaks('treatment_proof_frozen'), {
    attack: (t) => update('appointment', t.booked.id, { independent: true }),
    twin: (t) => update('appointment', t.booked.id, { patient_note: 'Coming by bus' }),
  }),
];
