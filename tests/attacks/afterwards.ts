import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from '../builders/act.ts';
import { attack, breaks, forbidden, insert, NOTHING, unproven, update } from './attack.ts';
import type { Stage } from './stage.ts';

const contact = ({ treated }: Stage, row: object = {}) =>
  insert('urgent_contact', {
    patient_id: treated.patient.id,
    treatment_appointment_id: treated.id,
    message: 'My eye',
    ...row,
  });

/** A message of the treated patient. Returns its id. */
async function urgent(trx: Queryable, t: Stage): Promise<string> {
  await acting(trx, t.treated.patient, (as) => contact(t).execute(as));
  const { id } = await trx
    .selectFrom('urgent_contact')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return id;
}

const acknowledged = ({ accountId }: Signer) => ({
  acknowledged_by: accountId,
  acknowledged_at: sql`app_now()`,
});

const effect = ({ treated }: Stage, row: object = {}) =>
  insert('adverse_event', {
    patient_id: treated.patient.id,
    appointment_id: treated.id,
    code: 'lid_droop',
    side: 'left',
    onset_on: sql`(app_now() AT TIME ZONE 'Europe/London')::date`,
    severity: 'moderate',
    words: 'The left lid hangs.',
    location_id: treated.where.locationId,
    clinic_id: treated.where.clinicId,
    jurisdiction: treated.where.jurisdiction,
    injector_id: treated.who.id,
    prescriber_id: treated.who.id,
    ...row,
  });

const STEPS: Record<string, object> = {
  managed: { who: 'Dr Okafor-Bell' },
  talked: { who: 'Dr Okafor-Bell' },
  reported: { reference: 'YC-2027-0001' },
  closed: { outcome: 'recovered' },
  addendum: {},
};
const effectStep = (id: string, kind: string) =>
  insert('adverse_event_step', { event_id: id, nth: 0, kind, words: 'As it was.', ...STEPS[kind] });

/** An unwanted effect told by its patient, with these steps of who treated. Returns its id. */
async function told(trx: Queryable, t: Stage, row: object, ...kinds: string[]): Promise<string> {
  await acting(trx, t.treated.patient, (as) => effect(t, row).execute(as));
  const { id } = await trx
    .selectFrom('adverse_event')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  for (const kind of kinds) await acting(trx, t.treated.who, (as) => effectStep(id, kind).execute(as));
  return id;
}

/** What was said stays as it was said, and who has no part in it neither reads nor answers. */
export const afterwards = [
  attack('P1', 'a stranger who reads urgent_step', NOTHING, {
    before: urgent,
    actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
    attack: () => sql`SELECT 1 FROM urgent_step`,
  }),
  attack('P3', 'an urgent message that is worded anew', breaks('urgent_contact_frozen'), {
    before: urgent,
    actor: (t) => t.treated.who,
    attack: (t, id) =>
      update('urgent_contact', id, { message: 'Nothing much', ...acknowledged(t.treated.who) }),
    twin: (t, id) => update('urgent_contact', id, acknowledged(t.treated.who)),
  }),
  attack('P3', 'an answered message that is answered anew', breaks('urgent_contact_frozen'), {
    before: async (trx, t, lawful) => {
      const id = await urgent(trx, t);
      if (!lawful)
        await acting(trx, t.treated.who, (as) =>
          update('urgent_contact', id, acknowledged(t.treated.who)).execute(as),
        );
      return id;
    },
    actor: (t) => t.treated.who,
    attack: (t, id) => update('urgent_contact', id, acknowledged(t.treated.who)),
  }),
  attack('C2', 'an urgent message answered by its own patient', breaks('urgent_contact_answered_by'), {
    before: urgent,
    actor: (t, lawful) => (lawful ? t.treated.who : t.treated.patient),
    attack: (t, id) => update('urgent_contact', id, acknowledged(t.treated.patient)),
  }),
  attack('C2', 'an urgent message without a word', breaks('urgent_contact_message'), {
    actor: (t) => t.treated.patient,
    attack: (t) => contact(t, { message: ' ' }),
    twin: (t) => contact(t),
  }),
  attack('C2', 'an urgent message about the treatment of another', unproven('urgent_contact_about'), {
    actor: (t) => t.treated.patient,
    attack: (t) => contact(t, { treatment_appointment_id: t.underway.id }),
    twin: (t) => contact(t),
  }),

  ...(['adverse_event', 'adverse_event_step'] as const).map((table) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: (trx, t) => told(trx, t, {}, 'managed'),
      actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('P1', 'an unwanted effect told about somebody else’s patient', forbidden('adverse_event'), {
    actor: (t, lawful) => (lawful ? t.treated.who : t.otherPrescriber),
    attack: (t) => effect(t),
  }),
  attack('P1', 'an unwanted effect of the treatment of another', unproven('adverse_event_of_visit'), {
    actor: (t) => t.treated.patient,
    attack: (t) => effect(t, { appointment_id: t.underway.id }),
    twin: (t) => effect(t),
  }),
  attack('C8', 'an unwanted effect of a treatment that was not given', breaks('adverse_event_of_treatment'), {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.booked.patient),
    attack: (t) => effect(t, { patient_id: t.booked.patient.id, appointment_id: t.booked.id }),
    twin: (t) => effect(t),
  }),
  attack('C8', 'an unwanted effect that begins tomorrow', breaks('adverse_event_onset'), {
    actor: (t) => t.treated.patient,
    attack: (t) => effect(t, { onset_on: sql`(app_now() + interval '2 days')::date` }),
    twin: (t) => effect(t),
  }),
  attack('P3', 'an unwanted effect said to be a practitioner’s word', NOTHING, {
    before: async (trx, t, lawful) => {
      await acting(trx, lawful ? t.treated.who : t.treated.patient, (as) =>
        effect(t, { told_as: 'practitioner' }).execute(as),
      );
    },
    actor: (t) => t.treated.who,
    attack: () => sql`SELECT 1 FROM adverse_event WHERE told_as = 'practitioner'`,
  }),
  attack('C8', 'a step on it by its patient', breaks('adverse_event_step_by_practitioner'), {
    before: (trx, t) => told(trx, t, {}),
    actor: (t, lawful) => (lawful ? t.treated.who : t.treated.patient),
    attack: (_, id) => effectStep(id, 'managed'),
  }),
  attack('C8', 'one that is closed before anybody talked about it', breaks('adverse_event_step_complete'), {
    before: (trx, t, lawful) => told(trx, t, {}, 'managed', ...(lawful ? ['talked'] : [])),
    actor: (t) => t.treated.who,
    attack: (_, id) => effectStep(id, 'closed'),
  }),
  attack('C8', 'a serious one that is closed unreported', breaks('adverse_event_step_reported'), {
    before: (trx, t, lawful) =>
      told(trx, t, { code: 'swallowing' }, 'managed', 'talked', ...(lawful ? ['reported'] : [])),
    actor: (t) => t.treated.who,
    attack: (_, id) => effectStep(id, 'closed'),
  }),
  attack('P3', 'a step after it was closed', breaks('adverse_event_closed'), {
    before: (trx, t) => told(trx, t, {}, 'managed', 'talked', 'closed'),
    actor: (t) => t.treated.who,
    attack: (_, id) => effectStep(id, 'managed'),
    twin: (_, id) => effectStep(id, 'addendum'),
  }),
  attack('C8', 'one looked after by nobody', breaks('adverse_event_step_says'), {
    before: (trx, t) => told(trx, t, {}),
    actor: (t) => t.treated.who,
    attack: (_, id) =>
      insert('adverse_event_step', { event_id: id, nth: 0, kind: 'managed', words: 'As it was.' }),
    twin: (_, id) => effectStep(id, 'managed'),
  }),
];
