import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { advance } from '../builders/visits.ts';
import {
  attack,
  breaks,
  forbidden,
  insert,
  NOTHING,
  twice,
  unproven,
  update,
  type Statement,
} from './attack.ts';
import { BEGINS, onTheDay, withdrawn } from './means.ts';
import { treatment } from './rows.ts';
import type { Chain, Stage } from './stage.ts';

const consentTo = ({ prescription, patient }: Chain, row: object = {}): Statement =>
  insert('consent', {
    prescription_id: prescription.id,
    patient_id: patient.id,
    injector_id: prescription.injector.id,
    text_version: '1',
    items: ['understood', 'own_choice', 'may_stop', 'named_injector'],
    given_by: patient.accountId,
    ...row,
  });

/** A consent of `ready` anew, with no item agreed to yet. */
async function bare(trx: Queryable, { ready }: Stage): Promise<string> {
  await withdrawn(trx, ready.consent);
  const id = randomUUID();
  await acting(trx, ready.patient, (as) => consentTo(ready, { id }).execute(as));
  return id;
}

const item = (consentId: string, row: object = {}): Statement =>
  insert('consent_item', { consent_id: consentId, form_code: 'england-en-2', item_code: 'cost', ...row });

/** Consent is the patient's alone, and fresh on the day (G1, G5). */
export const consent = [
  attack('G1', 'with the consent of another patient', unproven('appointment_consent'), {
    attack: (t) => treatment(t, t.ready, { consent_id: t.other.consent.id }),
    twin: (t) => treatment(t, t.ready),
  }),
  attack('G5', 'consent given by the prescriber for the patient', unproven('consent_by_the_patient'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    before: (trx, t) => withdrawn(trx, t.ready.consent),
    attack: (t) => consentTo(t.ready),
  }),
  attack('G5', 'consent given in the patient’s name', unproven('consent_by_the_patient'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    before: (trx, t) => withdrawn(trx, t.ready.consent),
    attack: (t) => consentTo(t.ready, { given_by_patient: t.ready.patient.accountId }),
  }),
  attack('G1', 'on a consent that was withdrawn', unproven('appointment_consent_given'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await withdrawn(trx, t.ready.consent);
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack('G1', 'a withdrawal that leaves the treatment standing', unproven('appointment_consent_given'), {
    actor: (t) => t.booked.patient,
    before: async (trx, t, lawful) => {
      if (lawful) await advance(trx, t.booked, 'cancelled');
    },
    attack: (t) => update('consent', t.booked.consent.id, { state: 'withdrawn' }),
  }),
  attack('G1', 'begun without confirming consent', breaks('treatment_consent_today'), {
    before: (trx, t, lawful) => onTheDay(trx, t, lawful ? 0 : null),
    actor: (t) => t.injector,
    attack: (t) => update('appointment', t.booked.id, BEGINS),
  }),
  attack('G1', 'begun on a consent confirmed the day before', breaks('treatment_consent_today'), {
    before: (trx, t, lawful) => onTheDay(trx, t, lawful ? 0 : 24),
    actor: (t) => t.injector,
    attack: (t) => update('appointment', t.booked.id, BEGINS),
  }),
  attack('G1', 'consent confirmed without the injector', breaks('consent_confirmed_with_injector'), {
    actor: (t, lawful) => (lawful ? t.injector : t.ready.patient),
    attack: (t) => update('consent', t.ready.consent.id, { confirmed_at: sql`app_now()` }),
  }),
  attack('G1', 'consent confirmed for tomorrow', NOTHING, {
    actor: (t) => t.injector,
    attack: (t) => [
      update('consent', t.ready.consent.id, { confirmed_at: t.soon }),
      sql`SELECT 1 FROM consent WHERE id = ${t.ready.consent.id} AND confirmed_at = ${t.soon}`,
    ],
    twin: (t) => [
      update('consent', t.ready.consent.id, { confirmed_at: t.soon }),
      sql`SELECT 1 FROM consent WHERE id = ${t.ready.consent.id} AND confirmed_at <= app_now()`,
    ],
  }),
  attack('G5', 'a consent without its points', breaks('consent_items'), {
    actor: (t) => t.ready.patient,
    before: (trx, t) => withdrawn(trx, t.ready.consent),
    attack: (t) => consentTo(t.ready, { items: ['understood', 'named_injector'] }),
    twin: (t) => consentTo(t.ready),
  }),
  attack('G5', 'a second consent beside the first', twice('consent_one_given'), {
    actor: (t) => t.ready.patient,
    before: async (trx, t, lawful) => {
      if (lawful) await withdrawn(trx, t.ready.consent);
    },
    attack: (t) => consentTo(t.ready),
  }),
  attack('G5', 'a consent to somebody who is not named', unproven('consent_for_prescription'), {
    actor: (t) => t.ready.patient,
    before: (trx, t) => withdrawn(trx, t.ready.consent),
    attack: (t) => consentTo(t.ready, { injector_id: t.loneInjector.id }),
    twin: (t) => consentTo(t.ready),
  }),
  attack('G5', 'a consent edited', breaks('consent_frozen'), {
    actor: (t) => t.ready.patient,
    attack: (t) => update('consent', t.ready.consent.id, { text_version: '2' }),
    twin: (t) => update('consent', t.ready.consent.id, { state: 'withdrawn' }),
  }),
  attack('G5', 'a withdrawn consent revived', breaks('consent_frozen'), {
    actor: (t) => t.ready.patient,
    before: (trx, t) => withdrawn(trx, t.ready.consent),
    attack: (t) => update('consent', t.ready.consent.id, { state: 'given' }),
    twin: (t) => consentTo(t.ready),
  }),
  attack('G5', 'an item agreed to by the prescriber', breaks('consent_item_by_the_patient'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    before: bare,
    attack: (_, id) => item(id),
  }),
  attack('G5', 'an item of a consent that was taken back', breaks('consent_item_of_standing_consent'), {
    actor: (t) => t.ready.patient,
    before: async (trx, t, lawful) => {
      const id = await bare(trx, t);
      if (!lawful) await withdrawn(trx, { id });
      return id;
    },
    attack: (_, id) => item(id),
  }),
  attack('G5', 'agreed to on the form of another place', breaks('consent_item_of_form_in_force'), {
    actor: (t) => t.ready.patient,
    before: bare,
    attack: (_, id) => item(id, { form_code: 'texas-en-2' }),
    twin: (_, id) => item(id),
  }),
  attack('G5', 'an item that no form has', breaks('consent_item_on_form'), {
    actor: (t) => t.ready.patient,
    before: bare,
    attack: (_, id) => item(id, { item_code: 'anything_else' }),
    twin: (_, id) => item(id),
  }),
  attack('G1', 'booked on a consent of which an item is open', breaks('treatment_consent_complete'), {
    before: async (trx, t, lawful) => {
      const id = await bare(trx, t);
      if (lawful) await care.agreeToItems(trx, { id, prescription: t.ready.prescription });
      else await acting(trx, t.ready.patient, (as) => item(id).execute(as));
      return id;
    },
    attack: (t, id) => treatment(t, t.ready, { consent_id: id }),
  }),
  attack('P3', 'an agreement rewritten', forbidden('consent_item'), {
    attack: () => sql`UPDATE consent_item SET item_code = 'may_stop'`,
    twin: () => sql`SELECT count(*) FROM consent_item`,
  }),
  attack('P1', 'a stranger who reads consent_item', NOTHING, {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: () => sql`SELECT 1 FROM consent_item`,
  }),
  attack('G5', 'a consent born withdrawn', breaks('consent_withdrawn'), {
    actor: (t) => t.ready.patient,
    before: (trx, t) => withdrawn(trx, t.ready.consent),
    attack: (t) => consentTo(t.ready, { withdrawn_at: t.soon }),
    twin: (t) => consentTo(t.ready),
  }),
];
