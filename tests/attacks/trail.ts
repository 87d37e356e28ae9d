import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { staffMember } from '../builders/people.ts';
import { begin } from '../builders/visits.ts';
import { attack, breaks, forbidden, insert, NOTHING, unproven, update } from './attack.ts';
import type { Stage } from './stage.ts';

/** A row in every clinical table that the stage leaves empty. */
async function written(trx: Queryable, { prescriber, inRoom, ready, draftId, treated }: Stage) {
  const healthAnswersId = await care.answerHealth(trx, ready.patient);
  const of = { consultation_id: inRoom.id };
  await acting(trx, prescriber, async (as) => {
    for (const row of [
      insert('health_decision', {
        health_answers_id: healthAnswersId,
        patient_id: ready.patient.id,
        prescriber_id: prescriber.id,
        decision: 'may_proceed',
        reason: 'Read',
        decided_by: prescriber.accountId,
      }),
      insert('consultation_question', { ...of, question: 'Does it hurt?', answer: 'A little' }),
      insert('consultation_finding', { ...of, code: 'asymmetry', severity: 'caution', present: true }),
      insert('consultation_addendum', {
        ...of,
        kind: 'note',
        text: 'Called back',
        written_by: prescriber.accountId,
      }),
      insert('deviation', { treatment_id: draftId, kind: 'over_dose', reason: 'A second look' }),
      insert('urgent_contact', {
        patient_id: treated.patient.id,
        treatment_appointment_id: treated.id,
        message: 'My eye',
      }),
    ])
      await row.execute(as);
  });
}

/** One who may read it, in each clinical table. */
const READERS: Record<string, (t: Stage) => { accountId: string }> = {
  health_answers: (t) => t.ready.patient,
  health_decision: (t) => t.ready.patient,
  consultation_record: (t) => t.ready.patient,
  consultation_question: (t) => t.inRoom.visit.who,
  consultation_finding: (t) => t.inRoom.visit.who,
  consultation_addendum: (t) => t.inRoom.visit.who,
  risk_disclosure: (t) => t.inRoom.visit.patient,
  prescription: (t) => t.prescriber,
  consent: (t) => t.injector,
  treatment_record: (t) => t.treated.patient,
  injection_point: (t) => t.injector,
  deviation: (t) => t.injector,
  follow_up_record: (t) => t.treated.patient,
  urgent_contact: (t) => t.treated.patient,
};

/** What is written stays, is dated by the clock, and is seen by nobody whom it does not concern (P1 to P3, C8). */
export const trail = [
  ...Object.entries(READERS).map(([table, reader]) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: written,
      actor: (t, lawful) => (lawful ? reader(t) : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('P1', 'a stranger who answers for a patient', forbidden('health_answers'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: (t) =>
      insert('health_answers', {
        patient_id: t.ready.patient.id,
        version: 0,
        answers: '{}',
        answered_by: t.stranger.accountId,
      }),
  }),
  attack('P1', 'a practitioner who reads a patient of somebody else', NOTHING, {
    actor: (t, lawful) => (lawful ? t.prescriber : t.otherPrescriber),
    attack: (t) => sql`SELECT 1 FROM consultation_record WHERE id = ${t.ready.consultation.id}`,
  }),

  ...[
    'appointment',
    'audit',
    'event',
    'health_answers',
    'health_decision',
    'consultation_record',
    'consultation_addendum',
    'prescription',
    'consent',
    'treatment_record',
    'deviation',
    'follow_up_record',
    'vetting_case',
    'vetting_evidence',
    'credential_check',
    'supervision',
    'suspension',
    'birth_correction',
    'patient',
    'vial',
  ].map((table) =>
    attack('C8', `${table} deleted`, forbidden(table), {
      attack: () => sql`DELETE FROM ${sql.table(table)}`,
      twin: () => sql`DELETE FROM opening_hours RETURNING 1`,
    }),
  ),
  ...[
    'audit',
    'event',
    'health_answers',
    'health_decision',
    'consultation_addendum',
    'deviation',
    'follow_up_record',
    'suspension',
    'birth_correction',
  ].map((table) =>
    attack('P3', `${table} rewritten`, forbidden(table), {
      attack: () =>
        sql`UPDATE ${sql.table(table)} SET ${sql.ref(table === 'audit' ? 'stream' : 'id')} = NULL`,
      twin: (t) => update('appointment', t.upcoming.id, { reason: 'Came by bus' }),
    }),
  ),
  attack('P3', 'an audit line with an actor of its own choice', NOTHING, {
    actor: (t) => t.injector,
    attack: (t) => [
      line(t),
      sql`SELECT 1 FROM audit WHERE action = 'record.read' AND actor_id = ${t.prescriber.accountId}`,
    ],
    twin: (t) => [
      line(t),
      sql`SELECT 1 FROM audit WHERE action = 'record.read' AND actor_id = ${t.injector.accountId}`,
    ],
  }),
  attack('P3', 'an audit line with a number of its own choice', NOTHING, {
    attack: (t) => [line(t), sql`SELECT 1 FROM audit WHERE action = 'record.read' AND seq = 777`],
    twin: (t) => [line(t), sql`SELECT 1 FROM audit WHERE action = 'record.read' AND seq <> 777`],
  }),
  attack('G5', 'a note in the name of another', NOTHING, {
    actor: (t) => t.prescriber,
    attack: (t) => [
      note(t),
      sql`SELECT 1 FROM consultation_addendum WHERE written_by = ${t.stranger.accountId}`,
    ],
    twin: (t) => [
      note(t),
      sql`SELECT 1 FROM consultation_addendum WHERE written_by = ${t.prescriber.accountId}`,
    ],
  }),
  attack('L4', 'a register read in the name of another', NOTHING, {
    actor: (t) => t.reviewers[0],
    attack: (t) => [
      lookUp(t.reviewers[1].accountId),
      sql`SELECT 1 FROM register_look_up WHERE read_by = ${t.reviewers[1].accountId}`,
    ],
    twin: (t) => [
      lookUp(t.reviewers[1].accountId),
      sql`SELECT 1 FROM register_look_up WHERE read_by = ${t.reviewers[0].accountId}`,
    ],
  }),
  attack('L4', 'what was read on a register rewritten', forbidden('register_look_up'), {
    attack: () => sql`UPDATE register_look_up SET status = 'registered'`,
    twin: (t) => update('appointment', t.upcoming.id, { reason: 'Came by bus' }),
  }),
  attack('L4', 'an entry put into a register', forbidden('register_entry'), {
    attack: () => sql`INSERT INTO register_entry (number) VALUES ('7000001')`,
    twin: () => sql`SELECT 1 FROM (SELECT count(*) FROM register_entry) seen`,
  }),
  attack('L2', 'a suspension in the name of another', NOTHING, {
    actor: (t) => t.reviewers[0],
    attack: (t) => [
      suspension(t),
      sql`SELECT 1 FROM suspension WHERE suspended_by = ${t.stranger.accountId}`,
    ],
    twin: (t) => [
      suspension(t),
      sql`SELECT 1 FROM suspension WHERE suspended_by = ${t.reviewers[0].accountId}`,
    ],
  }),
  attack(
    'G5',
    'a review visit written up in the name of who held it',
    unproven('follow_up_record_by_practitioner'),
    {
      before: (trx, { treated, prescriber, leeds }) =>
        begin(trx, { kind: 'follow_up', patient: treated.patient, who: prescriber, where: leeds }),
      actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
      attack: ({ prescriber }, { id, patient }) =>
        insert('follow_up_record', {
          appointment_id: id,
          patient_id: patient.id,
          practitioner_id: prescriber.id,
          findings: 'Even',
          written_by: prescriber.accountId,
        }),
    },
  ),
  attack('G11', 'a risk acknowledged after the signature', breaks('consultation_part_frozen'), {
    actor: (t) => t.inRoom.visit.who,
    before: async (trx, { inRoom }, lawful) => {
      if (!lawful) await care.conclude(trx, inRoom);
    },
    attack: ({ inRoom }) =>
      sql`UPDATE risk_disclosure SET acknowledged_at = app_now() WHERE consultation_id = ${inRoom.id} RETURNING 1`,
  }),
  attack('P3', 'the heads of the audit chains', forbidden('audit_head'), {
    attack: () => sql`SELECT * FROM audit_head`,
    twin: () => sql`SELECT count(*) FROM audit_heads()`,
  }),
  ...(['audit_checked', 'audit_break', 'audit_check'] as const).map((table) =>
    attack('P3', `a stranger who reads ${table}`, NOTHING, {
      before: async (trx) => {
        await sql`INSERT INTO audit_checked (stream, seq, hash) VALUES ('a', 1, 'a')`.execute(trx);
        await sql`INSERT INTO audit_break (stream, seq, why) VALUES ('a', 1, 'a')`.execute(trx);
        await sql`INSERT INTO audit_check DEFAULT VALUES`.execute(trx);
        return staffMember(trx, 'operator');
      },
      actor: (t, lawful, operator) => (lawful ? operator : t.reviewers[0]),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('C8', 'the clock moved', forbidden('clock'), {
    attack: () => sql`UPDATE clock SET ahead_by = interval '3 days'`,
    twin: () => sql`SELECT app_now()`,
  }),
  attack('R4', 'the job queue read', forbidden('graphile_worker'), {
    attack: () => sql`SELECT * FROM graphile_worker._private_jobs`,
    twin: () => sql`SELECT count(*) FROM job_summary()`,
  }),
  attack('R4', 'a job put into the queue by hand', forbidden('graphile_worker'), {
    attack: () => sql`SELECT graphile_worker.add_job('send_mail')`,
    twin: () => sql`SELECT enqueue('send_mail', '{}')`,
  }),
  ...[
    'policy_row',
    'policy_key',
    'profession_capability',
    'product',
    'licensed_product',
    'disclosable_risk',
    'staff',
    'jurisdiction',
  ].map((table) =>
    attack('L3', `${table} rewritten`, forbidden(table), {
      attack: () => sql`DELETE FROM ${sql.table(table)}`,
      twin: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('P4', 'a session under the token itself', breaks('session_id_is_hash'), {
    attack: (t) => session(t, 'a-token-that-opens-the-account'),
    twin: (t) => session(t, 'c0ffee00'.repeat(8)),
  }),
];

const line = ({ ready, prescriber }: Stage) =>
  insert('audit', {
    stream: `patient:${ready.patient.id}`,
    seq: 777,
    actor_id: prescriber.accountId,
    action: 'record.read',
    subject_type: 'patient',
    subject_id: ready.patient.id,
  });
const session = ({ stranger }: Stage, id: string) =>
  insert('session', { id, account_id: stranger.accountId, expires_at: sql`app_now() + interval '1 day'` });
const note = ({ ready, stranger }: Stage) =>
  insert('consultation_addendum', {
    consultation_id: ready.consultation.id,
    kind: 'note',
    text: 'Called back',
    written_by: stranger.accountId,
  });
const lookUp = (readBy: string) =>
  insert('register_look_up', {
    register: 'gmc',
    number: '7654321',
    found: false,
    page_url: 'https://register.example/7654321',
    evidence_sha256: '0'.repeat(64),
    read_by: readBy,
  });

const suspension = ({ loneInjector, stranger }: Stage) =>
  insert('suspension', {
    practitioner_id: loneInjector.id,
    reason: 'Until cleared up',
    suspended_by: stranger.accountId,
  });
