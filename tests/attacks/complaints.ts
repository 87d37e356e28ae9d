import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime, type Signer } from '../builders/act.ts';
import { account, clinicMember, staffMember } from '../builders/people.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, unproven, update } from './attack.ts';
import type { Stage } from './stage.ts';

const WORDS = 'Nobody listened, and nobody called back for a week.';
const REASONS = 'Read in the record, and heard from both.';

/** A complaint of the treated patient about that visit, with every column that the database fills in itself. */
const complaint = ({ treated: { id, patient, who, where } }: Stage, row: object = {}) =>
  insert('complaint', {
    made_by: patient.accountId,
    patient_id: patient.id,
    appointment_id: id,
    practitioner_id: who.id,
    location_id: where.locationId,
    clinic_id: where.clinicId,
    jurisdiction: where.jurisdiction,
    time_zone: where.timeZone,
    addressed_to: 'clinic',
    words: WORDS,
    acknowledge_by: sql`app_now()`,
    answer_by: sql`app_now()`,
    ...row,
  });

const step = (complaintId: string, kind: string, row: object = {}) =>
  insert('complaint_step', {
    complaint_id: complaintId,
    nth: 2,
    kind,
    state: 'made',
    taken_at: sql`app_now()`,
    ...(kind === 'triaged' && { severity: 'low' }),
    ...(['proposed', 'closed'].includes(kind) && { finding: 'upheld' }),
    ...(['answered', 'proposed', 'returned', 'closed'].includes(kind) && { words: REASONS }),
    ...row,
  });

/** Made; then these steps, each by who may take it. Returns its id. */
async function made(
  trx: Queryable,
  t: Stage,
  row: object = {},
  ...steps: (readonly [Signer, string, object?])[]
): Promise<string> {
  await acting(trx, t.treated.patient, (as) => complaint(t, row).execute(as));
  const { id } = await trx
    .selectFrom('complaint')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  for (const [by, kind, more] of steps) await acting(trx, by, (as) => step(id, kind, more).execute(as));
  return id;
}

/** With Steadyhand, its severity said. */
const judged = (
  trx: Queryable,
  t: Stage,
  severity: 'low' | 'high',
  ...more: (readonly [Signer, string, object?])[]
) => made(trx, t, { addressed_to: 'steadyhand' }, [t.reviewers[0], 'triaged', { severity }], ...more);

/** Somebody of the desk in Leeds named to answer. There is no manager there, so its practitioners say who. */
const handler = ({ leeds }: Stage, who: Signer, row: object = {}) =>
  insert('complaint_handler', { clinic_id: leeds.clinicId, account_id: who.accountId, ...row });

/** Nobody alters, hides or decides a complaint but who may, and in its order. */
export const complaints = [
  attack('P1', 'a complaint in the name of somebody else', forbidden('complaint'), {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
    attack: (t) => complaint(t),
  }),
  attack('P1', 'a complaint about the visit of another patient', unproven('complaint_own_visit'), {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.ready.patient),
    attack: (t) => complaint(t, { made_by: t.ready.patient.accountId, patient_id: t.ready.patient.id }),
    twin: (t) => complaint(t),
  }),
  attack(
    'P1',
    'a complaint about a visit by somebody without a record',
    breaks('complaint_visit_of_patient'),
    {
      actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
      attack: (t) => complaint(t, { made_by: t.stranger.accountId, patient_id: null }),
      twin: (t) => complaint(t),
    },
  ),
  attack(
    'L2',
    'a complaint about somebody at a place where they do not work',
    unproven('complaint_practice'),
    {
      actor: (t) => t.treated.patient,
      attack: (t) => complaint(t, { appointment_id: null, location_id: t.elPaso.locationId }),
      twin: (t) => complaint(t, { appointment_id: null }),
    },
  ),
  attack('L2', 'a complaint of three letters', breaks('complaint_words'), {
    actor: (t) => t.treated.patient,
    attack: (t) => complaint(t, { words: 'Bad' }),
    twin: (t) => complaint(t),
  }),
  attack('L2', 'a fourth open complaint about one practitioner', breaks('complaint_three_open'), {
    before: async (trx, t, lawful) => {
      for (let nth = lawful ? 1 : 0; nth < 3; nth += 1) await made(trx, t);
    },
    actor: (t) => t.treated.patient,
    attack: (t) => complaint(t),
  }),
  ...(['complaint', 'complaint_step'] as const).map((table) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: (trx, t) => made(trx, t),
      actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('P1', 'a stranger who reads complaint_evidence', NOTHING, {
    before: (trx, t) => made(trx, t),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.stranger),
    attack: () => sql`SELECT 1 FROM complaint_evidence`,
  }),
  attack('P1', 'a desk that reads complaints before anybody named it', NOTHING, {
    before: async (trx, t, lawful) => {
      const desk = await clinicMember(trx, t.leeds);
      await made(trx, t);
      if (lawful) await acting(trx, t.prescriber, (as) => handler(t, desk).execute(as));
      return desk;
    },
    actor: (_, _lawful, desk) => desk,
    attack: () => sql`SELECT 1 FROM complaint`,
  }),
  attack('L2', 'a proposal read by whom it is about', NOTHING, {
    before: (trx, t) => judged(trx, t, 'high', [t.reviewers[0], 'proposed']),
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.treated.who),
    attack: (_, id) => sql`SELECT 1 FROM complaint_step WHERE complaint_id = ${id} AND kind = 'proposed'`,
  }),

  attack(
    'L2',
    'a complaint acknowledged by who does not answer for the clinic',
    breaks('complaint_step_by_clinic'),
    {
      before: (trx, t) => made(trx, t),
      actor: (t, lawful) => (lawful ? t.treated.who : t.treated.patient),
      attack: (_, id) => step(id, 'acknowledged'),
    },
  ),
  attack(
    'L2',
    'a complaint answered by whom it is about, past who is there for it',
    breaks('complaint_step_by_clinic'),
    {
      before: async (trx, t, lawful) => {
        const desk = await clinicMember(trx, t.leeds);
        await acting(trx, t.prescriber, (as) => handler(t, desk).execute(as));
        const id = await made(trx, t);
        return { id, who: lawful ? desk : t.treated.who };
      },
      actor: (_, _lawful, { who }) => who,
      attack: (_, { id }) => step(id, 'answered'),
    },
  ),
  attack('L2', 'a complaint withdrawn by whom it is about', breaks('complaint_step_by_maker'), {
    before: (trx, t) => made(trx, t),
    actor: (t, lawful) => (lawful ? t.treated.patient : t.treated.who),
    attack: (_, id) => step(id, 'withdrawn'),
  }),
  attack(
    'L2',
    'a complaint taken from the clinic before its time is over',
    breaks('complaint_step_overdue'),
    {
      before: async (trx, t, lawful) => {
        const id = await made(trx, t);
        await passTime(trx, { hours: lawful ? 24 * 14 : 1 });
        return id;
      },
      actor: (t) => t.treated.patient,
      attack: (_, id) => step(id, 'not_acknowledged'),
    },
  ),
  attack('L2', 'a complaint judged by whom it is about', breaks('complaint_step_by_reviewer'), {
    before: (trx, t) => made(trx, t),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.treated.who),
    attack: (_, id) => step(id, 'triaged'),
  }),
  attack('L1', 'a reviewer who judges a complaint about themselves', breaks('complaint_step_by_reviewer'), {
    before: async (trx, t) => {
      await insert('staff', { account_id: t.treated.who.accountId, role: 'reviewer' }).execute(trx);
      return { id: await made(trx, t), other: await staffMember(trx) };
    },
    actor: (t, lawful, { other }) => (lawful ? other : t.treated.who),
    attack: (_, { id }) => step(id, 'triaged'),
  }),
  attack('L2', 'a complaint closed that nobody has weighed', breaks('complaint_step_triaged'), {
    before: (trx, t, lawful) =>
      lawful ? judged(trx, t, 'low') : made(trx, t, { addressed_to: 'steadyhand' }),
    actor: (t) => t.reviewers[0],
    attack: (_, id) => step(id, 'closed'),
  }),
  attack('L2', 'a complaint about safety upheld by one person', breaks('complaint_step_second_person'), {
    before: (trx, t) => judged(trx, t, 'high', [t.reviewers[0], 'proposed']),
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: (_, id) => step(id, 'closed'),
  }),
  attack(
    'L2',
    'a complaint about safety lowered, to be upheld by one person',
    breaks('complaint_step_second_person'),
    {
      before: (trx, t, lawful) =>
        judged(trx, t, lawful ? 'low' : 'high', [t.reviewers[0], 'triaged', { severity: 'low' }]),
      actor: (t) => t.reviewers[0],
      attack: (_, id) => step(id, 'closed'),
    },
  ),
  attack('L2', 'a complaint upheld otherwise than was proposed', breaks('complaint_step_second_person'), {
    before: (trx, t) => judged(trx, t, 'high', [t.reviewers[0], 'proposed']),
    actor: (t) => t.reviewers[1],
    attack: (_, id) => step(id, 'closed', { finding: 'partly_upheld' }),
    twin: (_, id) => step(id, 'closed'),
  }),
  attack('L2', 'a complaint that goes on after its end', breaks('complaint_step_order'), {
    before: (trx, t, lawful) =>
      made(trx, t, {}, ...(lawful ? [] : [[t.treated.patient, 'withdrawn'] as const])),
    actor: (t) => t.treated.who,
    attack: (_, id) => step(id, 'acknowledged'),
  }),
  attack('L2', 'a complaint made twice', breaks('complaint_step_order'), {
    before: (trx, t) => made(trx, t),
    actor: (t) => t.treated.patient,
    attack: (_, id) => step(id, 'made'),
    twin: (_, id) => step(id, 'taken_further'),
  }),
  attack('L2', 'a complaint weighed as nothing', breaks('complaint_step_order'), {
    before: (trx, t) => made(trx, t),
    actor: (t) => t.reviewers[0],
    attack: (_, id) => step(id, 'triaged', { severity: null }),
    twin: (_, id) => step(id, 'triaged'),
  }),
  attack('L2', 'a complaint closed without reasons', breaks('complaint_step_says'), {
    before: (trx, t) => judged(trx, t, 'low'),
    actor: (t) => t.reviewers[0],
    attack: (_, id) => step(id, 'closed', { words: '' }),
    twin: (_, id) => step(id, 'closed'),
  }),
  attack('L2', 'a complaint closed without a finding', breaks('complaint_step_finds'), {
    before: (trx, t) => judged(trx, t, 'low'),
    actor: (t) => t.reviewers[0],
    attack: (_, id) => step(id, 'closed', { finding: null }),
    twin: (_, id) => step(id, 'closed'),
  }),

  attack('P1', 'a desk that names itself to read complaints', breaks('complaint_handler_declared'), {
    before: (trx, t) => clinicMember(trx, t.leeds),
    actor: (t, lawful, desk) => (lawful ? t.prescriber : desk),
    attack: (t, desk) => handler(t, desk),
  }),
  attack('P1', 'somebody from outside named to read complaints', breaks('complaint_handler_of_desk'), {
    before: (trx, t, lawful) => (lawful ? clinicMember(trx, t.leeds) : account(trx)),
    actor: (t) => t.prescriber,
    attack: (t, who) => handler(t, who),
  }),
  attack('P1', 'the same person named twice', twice('complaint_handler_once'), {
    before: async (trx, t, lawful) => {
      const desk = await clinicMember(trx, t.leeds);
      if (!lawful) await acting(trx, t.prescriber, (as) => handler(t, desk).execute(as));
      return desk;
    },
    actor: (t) => t.prescriber,
    attack: (t, desk) => handler(t, desk),
  }),
  attack('P1', 'somebody named again behind their end', breaks('complaint_handler_frozen'), {
    before: async (trx, t, lawful) => {
      const desk = await clinicMember(trx, t.leeds);
      await acting(trx, t.prescriber, (as) => handler(t, desk).execute(as));
      const { id } = await trx
        .selectFrom('complaint_handler')
        .select('id')
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow();
      if (!lawful)
        await acting(trx, t.prescriber, (as) =>
          update('complaint_handler', id, { ended_at: sql`app_now()` }).execute(as),
        );
      return id;
    },
    actor: (t) => t.prescriber,
    attack: (_, id) => update('complaint_handler', id, { ended_at: null }),
    twin: (_, id) => update('complaint_handler', id, { ended_at: sql`app_now()` }),
  }),
];
