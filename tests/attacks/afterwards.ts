import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime, type Signer } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { advance } from '../builders/visits.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, unproven, update } from './attack.ts';
import { BEGINS } from './means.ts';
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

const photo = (t: Stage, contactId: string, row: object = {}) =>
  insert('urgent_photo', {
    contact_id: contactId,
    patient_id: t.treated.patient.id,
    bytes: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0]),
    ...row,
  });

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

const BATCH = 'C7431A';
const quarantine = ({ leeds }: Stage, row: object = {}) =>
  insert('batch_quarantine', {
    product_code: 'botox',
    batch: BATCH,
    location_id: leeds.locationId,
    reason: 'A cracked seal',
    ...row,
  });

/** The latest row of a table. */
async function latest(trx: Queryable, table: 'batch_quarantine' | 'batch_recall' | 'safety_case') {
  const { id } = await trx.selectFrom(table).select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  return id;
}

/** Put aside by this one. Returns its id. */
async function aside(trx: Queryable, t: Stage, by: Signer, row: object = {}): Promise<string> {
  await acting(trx, by, (as) => quarantine(t, row).execute(as));
  return latest(trx, 'batch_quarantine');
}
const letGo = (id: string, { accountId }: Signer, row: object = {}) =>
  update('batch_quarantine', id, {
    release_reason: 'Looked at again',
    released_by: accountId,
    released_at: sql`app_now()`,
    ...row,
  });

const recall = ({ reviewers: [first] }: Stage, row: object = {}) =>
  insert('batch_recall', {
    product_code: 'botox',
    batch: BATCH,
    why: 'The maker asks for it.',
    advice: 'Look out for weak muscles, and call the clinic.',
    proposed_by: first.accountId,
    ...row,
  });
const decide = (id: string, { accountId }: Signer, row: object = {}) =>
  update('batch_recall', id, {
    state: 'confirmed',
    decided_by: accountId,
    decided_at: sql`app_now()`,
    ...row,
  });
/** Proposed by the first reviewer; confirmed by the second, if said so. Returns its id. */
async function recalled(trx: Queryable, t: Stage, confirmed = true): Promise<string> {
  await acting(trx, t.reviewers[0], (as) => recall(t).execute(as));
  const id = await latest(trx, 'batch_recall');
  if (confirmed) await acting(trx, t.reviewers[1], (as) => decide(id, t.reviewers[1]).execute(as));
  return id;
}
const reach = (id: string, { treated }: Stage, how: string, { accountId }: Signer) =>
  insert('batch_recall_reach', {
    recall_id: id,
    patient_id: treated.patient.id,
    how,
    said_by: accountId,
  });

/** A case for a serious event. Returns its id. */
async function opened(trx: Queryable, t: Stage): Promise<string> {
  await told(trx, t, { code: 'swallowing' });
  await sql`SELECT open_safety_cases()`.execute(trx);
  return latest(trx, 'safety_case');
}
const closing = ({ reviewers: [first] }: Stage, row: object = {}) => ({
  finding: 'Read, and reported.',
  reference: 'YC-1',
  closed_by: first.accountId,
  closed_at: sql`app_now()`,
  ...row,
});

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

  attack('C2', 'a photo put to a message later', breaks('urgent_photo_with_message'), {
    actor: (t) => t.treated.patient,
    before: async (trx, t, lawful) => {
      const id = await urgent(trx, t);
      if (!lawful) await passTime(trx, { minutes: 2 });
      return id;
    },
    attack: photo,
  }),
  attack('C2', 'a photo that somebody else sends', breaks('urgent_photo_with_message'), {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.treated.who),
    before: urgent,
    attack: photo,
  }),
  attack('C2', 'a photo of one patient put to the message of another', forbidden('urgent_photo'), {
    actor: (t) => t.treated.patient,
    before: urgent,
    attack: (t, id) => photo(t, id, { patient_id: t.other.patient.id }),
    twin: photo,
  }),
  attack('C2', 'two photos of one message', twice('urgent_photo_one'), {
    actor: (t) => t.treated.patient,
    before: async (trx, t, lawful) => {
      const id = await urgent(trx, t);
      if (!lawful) await acting(trx, t.treated.patient, (as) => photo(t, id).execute(as));
      return id;
    },
    attack: photo,
  }),
  attack('P1', 'a stranger who reads urgent_photo', NOTHING, {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
    before: async (trx, t) => {
      const id = await urgent(trx, t);
      await acting(trx, t.treated.patient, (as) => photo(t, id).execute(as));
    },
    attack: () => sql`SELECT 1 FROM urgent_photo`,
  }),
  attack('P1', 'a photo seen by a prescriber with no part in it', NOTHING, {
    actor: (t, lawful) => (lawful ? t.treated.who : t.otherPrescriber),
    before: async (trx, t) => {
      const id = await urgent(trx, t);
      await acting(trx, t.treated.patient, (as) => photo(t, id).execute(as));
    },
    attack: () => sql`SELECT 1 FROM urgent_photo`,
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

  attack('G10', 'a vial of a batch that is put aside', breaks('planned_vial_quarantined'), {
    before: async (trx, t, lawful) => {
      await sql`DELETE FROM planned_vial WHERE appointment_id = ${t.booked.id}`.execute(trx);
      await aside(trx, t, t.treated.who, lawful ? { batch: 'D0000B' } : { batch: 'c-7431 a' });
    },
    attack: (t) =>
      sql`INSERT INTO planned_vial (appointment_id, vial_id, patient_id, injector_id, prescriber_id, location_id, product_code, expires_on, single_session, custody, appointment_during)
        SELECT a.id, v.id, a.patient_id, a.practitioner_id, a.prescriber_id, v.location_id, v.product_code, v.expires_on, true, v.custody, a.during
          FROM appointment a, vial v WHERE a.id = ${t.booked.id} AND v.id = ${t.bookedVial} RETURNING 1`,
  }),
  attack('G10', 'a treatment started with a batch that is put aside', breaks('treatment_vial_quarantined'), {
    before: async (trx, t, lawful) => {
      await aside(trx, t, t.treated.who, lawful ? { batch: 'D0000B' } : {});
      await passTime(trx, { hours: 72 });
      await care.confirmConsent(trx, t.booked.consent);
      await care.confirmHealth(trx, t.booked);
      await advance(trx, t.booked, 'arrived');
    },
    actor: (t) => t.injector,
    attack: (t) => update('appointment', t.booked.id, BEGINS),
  }),
  attack('P1', 'a stranger who reads batch_quarantine', NOTHING, {
    before: (trx, t) => aside(trx, t, t.treated.who),
    actor: (t, lawful) => (lawful ? t.treated.who : t.stranger),
    attack: () => sql`SELECT 1 FROM batch_quarantine`,
  }),
  attack('G10', 'a batch put aside everywhere by a practitioner', breaks('batch_quarantine_placed_by'), {
    actor: (t) => t.treated.who,
    attack: (t) => quarantine(t, { location_id: null }),
    twin: (t) => quarantine(t),
  }),
  attack('G10', 'a batch put aside without a reason', breaks('batch_quarantine_reason'), {
    actor: (t) => t.treated.who,
    attack: (t) => quarantine(t, { reason: ' ' }),
    twin: (t) => quarantine(t),
  }),
  attack('G10', 'a batch let go by who may not prescribe', breaks('batch_quarantine_released_by'), {
    before: (trx, t) => aside(trx, t, t.treated.who),
    actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
    attack: (t, id) => letGo(id, t.injector),
  }),
  attack('G10', 'a batch let go everywhere by who put it aside', breaks('batch_quarantine_released_by'), {
    before: (trx, t) => aside(trx, t, t.reviewers[0], { location_id: null }),
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: (t, id) => letGo(id, t.reviewers[0]),
  }),
  attack('G10', 'a batch let go without a reason', breaks('batch_quarantine_release'), {
    before: (trx, t) => aside(trx, t, t.treated.who),
    actor: (t) => t.prescriber,
    attack: (t, id) => letGo(id, t.prescriber, { release_reason: '' }),
    twin: (t, id) => letGo(id, t.prescriber),
  }),
  attack('P3', 'the batch of a quarantine exchanged', breaks('batch_quarantine_frozen'), {
    before: (trx, t) => aside(trx, t, t.treated.who),
    actor: (t) => t.prescriber,
    attack: (t, id) => letGo(id, t.prescriber, { batch: 'D0000B' }),
    twin: (t, id) => letGo(id, t.prescriber),
  }),
  attack(
    'C8',
    'a treatment signed without the reason for a batch put aside',
    breaks('treatment_record_deviations_told'),
    {
      before: async (trx, t, lawful) => {
        await sql`UPDATE clock SET ahead_by = ahead_by - interval '60 days'`.execute(trx);
        if (!lawful) await aside(trx, t, t.treated.who);
        await sql`UPDATE clock SET ahead_by = ahead_by + interval '60 days'`.execute(trx);
      },
      actor: (t) => t.underway.who,
      attack: (t) => update('treatment_record', t.draftId, { state: 'signed' }),
    },
  ),

  ...(['batch_recall', 'batch_recall_treatment', 'batch_recall_reach'] as const).map((table) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: async (trx, t) => {
        const id = await recalled(trx, t);
        await acting(trx, t.treated.patient, (as) => reach(id, t, 'read', t.treated.patient).execute(as));
      },
      actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('L2', 'a recall proposed by a practitioner', breaks('batch_recall_by_staff'), {
    before: (trx, t) => recalled(trx, t),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.treated.who),
    attack: (t) => recall(t, { batch: 'D0000B' }),
  }),
  attack('L2', 'a recall confirmed by who proposed it', breaks('batch_recall_two_people'), {
    before: (trx, t) => recalled(trx, t, false),
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: (t, id) => decide(id, t.reviewers[0]),
  }),
  attack('P3', 'a recall whose batch is exchanged as it is confirmed', breaks('batch_recall_frozen'), {
    before: (trx, t) => recalled(trx, t, false),
    actor: (t) => t.reviewers[1],
    attack: (t, id) => decide(id, t.reviewers[1], { batch: 'D0000B' }),
    twin: (t, id) => decide(id, t.reviewers[1]),
  }),
  attack('P3', 'a second recall of one batch', twice('batch_recall_one'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await recalled(trx, t, false);
    },
    actor: (t) => t.reviewers[0],
    attack: (t) => recall(t, { batch: 'C 7431-a' }),
  }),
  attack('P3', 'a patient said to have read it by who treated', breaks('batch_recall_reach_said_by'), {
    before: (trx, t) => recalled(trx, t),
    actor: (t, lawful) => (lawful ? t.treated.patient : t.treated.who),
    attack: (t, id) => reach(id, t, 'read', t.treated.who),
  }),
  attack('P1', 'somebody reached whom a recall does not name', breaks('batch_recall_reach_named'), {
    before: (trx, t, lawful) => recalled(trx, t, lawful),
    actor: (t) => t.treated.patient,
    attack: (t, id) => reach(id, t, 'read', t.treated.patient),
  }),
  attack('P1', 'a patient reached by a stranger', forbidden('batch_recall_reach'), {
    before: (trx, t) => recalled(trx, t),
    actor: (t, lawful) => (lawful ? t.treated.who : t.otherPrescriber),
    attack: (t, id) => reach(id, t, 'spoken', t.otherPrescriber),
  }),

  ...(['safety_case', 'safety_case_event'] as const).map((table) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: opened,
      actor: (t, lawful) => (lawful ? t.reviewers[0] : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('L2', 'a case closed without the reference of the report', breaks('safety_case_closing'), {
    before: opened,
    actor: (t) => t.reviewers[0],
    attack: (t, id) => update('safety_case', id, closing(t, { reference: '' })),
    twin: (t, id) => update('safety_case', id, closing(t)),
  }),
  attack('P3', 'a closed case that is closed anew', breaks('safety_case_frozen'), {
    before: async (trx, t, lawful) => {
      const id = await opened(trx, t);
      if (!lawful)
        await acting(trx, t.reviewers[0], (as) => update('safety_case', id, closing(t)).execute(as));
      return id;
    },
    actor: (t) => t.reviewers[0],
    attack: (t, id) => update('safety_case', id, closing(t)),
  }),
];
