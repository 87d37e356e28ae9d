import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime, type Signer } from '../builders/act.ts';
import { practitioner, staffMember } from '../builders/people.ts';
import { attack, breaks, insert, NOTHING, twice } from './attack.ts';
import { days } from './means.ts';
import type { Stage } from './stage.ts';

const ask = ({ accountId }: Signer) => insert('erasure', { account_id: accountId });
const takeBack = ({ accountId }: Signer) =>
  sql`UPDATE erasure SET taken_back_at = app_now() WHERE account_id = ${accountId} RETURNING 1`;
const asked = (trx: Queryable, who: Signer) => acting(trx, who, (as) => ask(who).execute(as));

/** The treated patient's record locked away, or already deleted; and two operators. */
async function locked(trx: Queryable, { treated }: Stage, isDeleted = false) {
  await insert('record_lock', {
    patient_id: treated.patient.id,
    keep_until: '2099-01-01',
    ...(isDeleted
      ? { deleted_at: sql`app_now()` }
      : { person: sql`'{"given_name":"Ada"}'::jsonb`, visits: sql`'[]'::jsonb` }),
  }).execute(trx);
  return { one: await staffMember(trx, 'operator'), two: await staffMember(trx, 'operator') };
}
const open = ({ treated }: Stage) =>
  insert('record_lock_opening', {
    patient_id: treated.patient.id,
    reason: 'A court has asked for it, case 12.',
  });
const allow = () => sql`UPDATE record_lock_opening SET allowed_at = app_now() RETURNING 1`;
/** Nobody waits for who treated somebody two weeks ago, and nothing of theirs is left to sign. */
async function nothingAhead(trx: Queryable, { treated: { who } }: Stage): Promise<void> {
  await sql`SELECT begin_erasing()`.execute(trx);
  await sql`DELETE FROM injection_point WHERE treatment_id IN (SELECT id FROM treatment_record WHERE injector_id = ${who.id} AND state = 'draft')`.execute(
    trx,
  );
  await sql`DELETE FROM treatment_record WHERE injector_id = ${who.id} AND state = 'draft'`.execute(trx);
  await sql`UPDATE appointment SET state = 'cancelled', cancelled_by = 'system', block_id = NULL, block_span = NULL
    WHERE state IN ('held', 'confirmed', 'paused', 'arrived', 'started') AND ${who.id} IN (practitioner_id, prescriber_id)`.execute(
    trx,
  );
  await sql`SELECT end_erasing()`.execute(trx);
}
/** Asked for by the first operator. */
async function askedFor(trx: Queryable, t: Stage) {
  const operators = await locked(trx, t);
  await acting(trx, operators.one, (as) => open(t).execute(as));
  return operators;
}
/** And allowed by the second. */
async function allowed(trx: Queryable, t: Stage) {
  const operators = await askedFor(trx, t);
  await acting(trx, operators.two, (as) => allow().execute(as));
  return operators;
}

const LOOKED = 'Rang the practice: it is her, and Northgate keeps the records.';
const propose = (erasureId: string, row: object = {}) =>
  insert('practitioner_forgetting', { erasure_id: erasureId, state: 'proposed', saw: LOOKED, ...row });
const agree = (erasureId: string) =>
  sql`UPDATE practitioner_forgetting SET state = 'agreed' WHERE erasure_id = ${erasureId} RETURNING 1`;
/** Somebody asks to be forgotten: a practitioner whom nobody waits for, or a patient. */
async function erasureOf(trx: Queryable, who: Signer): Promise<string> {
  await asked(trx, who);
  const { rows } = await sql<{
    id: string;
  }>`SELECT id FROM erasure WHERE account_id = ${who.accountId}`.execute(trx);
  return rows[0]!.id;
}
const practitionerAsks = async (trx: Queryable) => erasureOf(trx, await practitioner(trx));
/** Proposed by the first reviewer. */
async function proposed(trx: Queryable, { reviewers }: Stage): Promise<string> {
  const id = await practitionerAsks(trx);
  await acting(trx, reviewers[0], (as) => propose(id).execute(as));
  return id;
}

/** Who is forgotten asked for it, and nobody waits for them; what is locked away opens to two people, and to nobody else. */
export const privacy = [
  attack('P1', 'a stranger who reads erasure', NOTHING, {
    before: (trx, { ready }) => asked(trx, ready.patient),
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    attack: () => sql`SELECT 1 FROM erasure`,
  }),
  attack('P1', 'a stranger who reads terms_agreement', NOTHING, {
    before: (trx, { ready: { patient } }) =>
      acting(trx, patient, (as) =>
        insert('terms_agreement', { account_id: patient.accountId, document: 'terms', version: 1 }).execute(
          as,
        ),
      ),
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    attack: () => sql`SELECT 1 FROM terms_agreement`,
  }),
  attack('P5', 'somebody else has you forgotten', breaks('erasure_own'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    attack: ({ ready }) => ask(ready.patient),
  }),
  attack('P5', 'who checks practitioners is forgotten', breaks('erasure_by_patients'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.reviewers[0]),
    attack: (t) => ask(t.reviewers[0]),
    twin: (t) => ask(t.ready.patient),
  }),
  attack('P5', 'a practitioner is forgotten whom patients wait for', breaks('erasure_visits_to_give'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    attack: (t) => ask(t.prescriber),
    twin: (t) => ask(t.ready.patient),
  }),
  attack('P5', 'a practitioner is forgotten amid an urgent message', breaks('erasure_work_open'), {
    before: async (trx, t) => {
      await nothingAhead(trx, t);
      await insert('urgent_contact', {
        patient_id: t.treated.patient.id,
        treatment_appointment_id: t.treated.id,
        message: 'My eyelid hangs, and it gets worse.',
        answer_by: sql`app_now()`,
      }).execute(trx);
    },
    actor: (t, lawful) => (lawful ? t.ready.patient : t.treated.who),
    attack: (t) => ask(t.treated.who),
    twin: (t) => ask(t.ready.patient),
  }),
  attack('P5', 'a practitioner is forgotten who is still listed', breaks('erasure_practice_goes_on'), {
    before: nothingAhead,
    actor: (t, lawful) => (lawful ? t.ready.patient : t.treated.who),
    attack: (t) => ask(t.treated.who),
    twin: (t) => ask(t.ready.patient),
  }),
  attack('P5', 'a practitioner is forgotten who treated somebody just now', breaks('erasure_cover_runs'), {
    before: async (trx, t) => {
      await nothingAhead(trx, t);
      await acting(trx, t.treated.who, (as) =>
        insert('practice_ending', {
          practitioner_id: t.treated.who.id,
          kind: 'leaves',
          records_custodian: 'Northgate Records',
          records_contact: '01632 960 555',
          cover_name: 'Dr Ines Aldous',
          cover_phone: '01632 960 556',
          said_by: t.treated.who.accountId,
          said_at: sql`app_now()`,
        }).execute(as),
      );
    },
    actor: (t, lawful) => (lawful ? t.ready.patient : t.treated.who),
    attack: (t) => ask(t.treated.who),
    twin: (t) => ask(t.ready.patient),
  }),
  attack('P1', 'a stranger who reads practitioner_lock', NOTHING, {
    before: async (trx, t) => {
      await insert('practitioner_lock', {
        practitioner_id: t.treated.who.id,
        keep_until: '2099-01-01',
      }).execute(trx);
      return staffMember(trx, 'operator');
    },
    actor: (t, lawful, operator) => (lawful ? operator : t.reviewers[0]),
    attack: () => sql`SELECT 1 FROM practitioner_lock`,
  }),
  attack('P1', 'a stranger who reads practitioner_forgetting', NOTHING, {
    before: proposed,
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.prescriber),
    attack: () => sql`SELECT 1 FROM practitioner_forgetting`,
  }),
  attack('P5', 'a practitioner has another forgotten', breaks('practitioner_forgetting_by_staff'), {
    before: practitionerAsks,
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.prescriber),
    attack: (_t, id) => propose(id),
  }),
  attack('P5', 'a patient kept waiting by a proposal', breaks('practitioner_forgetting_asked'), {
    before: (trx, t, lawful) => (lawful ? practitionerAsks(trx) : erasureOf(trx, t.ready.patient)),
    actor: (t) => t.reviewers[0],
    attack: (_t, id) => propose(id),
  }),
  attack('P5', 'agreed to once more, in the name of another', breaks('practitioner_forgetting_order'), {
    before: async (trx, t, lawful) => {
      const id = await proposed(trx, t);
      if (!lawful) await acting(trx, t.reviewers[1], (as) => agree(id).execute(as));
      return { id, third: await staffMember(trx, 'operator') };
    },
    actor: (_t, _lawful, { third }) => third,
    attack: (_t, { id }) => agree(id),
  }),
  attack('P5', 'one of the staff proposes and agrees', breaks('practitioner_forgetting_two_people'), {
    before: proposed,
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: (_t, id) => agree(id),
  }),
  attack('P5', 'proposed, and nothing written of what was seen', breaks('practitioner_forgetting_saw'), {
    before: practitionerAsks,
    actor: (t) => t.reviewers[0],
    attack: (_t, id) => propose(id, { saw: 'It is fine.' }),
    twin: (_t, id) => propose(id),
  }),
  attack('P5', 'refused without a reason', breaks('practitioner_forgetting_refusal'), {
    before: practitionerAsks,
    actor: (t) => t.reviewers[0],
    attack: (_t, id) => propose(id, { state: 'refused' }),
    twin: (_t, id) => propose(id, { state: 'refused', refusal: 'A complaint is on its way.' }),
  }),
  attack('P5', 'somebody is forgotten who is waited for', breaks('erasure_visits_ahead'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.booked.patient),
    attack: (t) => ask(t.booked.patient),
    twin: (t) => ask(t.ready.patient),
  }),
  attack('P5', 'somebody is forgotten amid a complaint', breaks('erasure_complaint_open'), {
    before: async (trx, { treated: { id, patient, who, where } }, lawful) => {
      if (lawful) return;
      await acting(trx, patient, (as) =>
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
          words: 'Nobody listened, and nobody called back.',
          acknowledge_by: sql`app_now()`,
          answer_by: sql`app_now()`,
        }).execute(as),
      );
    },
    actor: (t) => t.treated.patient,
    attack: (t) => ask(t.treated.patient),
  }),
  attack('P5', 'asked for twice', twice('erasure_one_open'), {
    before: async (trx, { ready }, lawful) => {
      await asked(trx, ready.patient);
      if (lawful) await acting(trx, ready.patient, (as) => takeBack(ready.patient).execute(as));
    },
    actor: (t) => t.ready.patient,
    attack: (t) => ask(t.ready.patient),
  }),
  attack('P5', 'what was taken back is taken back again', breaks('erasure_taken_back'), {
    before: async (trx, { ready }, lawful) => {
      await asked(trx, ready.patient);
      if (!lawful) await acting(trx, ready.patient, (as) => takeBack(ready.patient).execute(as));
    },
    actor: (t) => t.ready.patient,
    attack: (t) => takeBack(t.ready.patient),
  }),

  attack('P5', 'a stranger who reads record_lock', NOTHING, {
    before: allowed,
    actor: (_t, lawful, { one, two }) => (lawful ? one : two),
    attack: () => sql`SELECT 1 FROM record_lock`,
  }),
  attack('P5', 'a stranger who reads record_lock_opening', NOTHING, {
    before: askedFor,
    actor: (t, lawful, { two }) => (lawful ? two : t.prescriber),
    attack: () => sql`SELECT 1 FROM record_lock_opening`,
  }),
  attack('P5', 'who wrote a locked record reads it', NOTHING, {
    before: async (trx, t, lawful) => {
      if (!lawful) await locked(trx, t);
    },
    actor: (t) => t.prescriber,
    attack: ({ treated }) => sql`SELECT 1 FROM consultation_record WHERE patient_id = ${treated.patient.id}`,
  }),
  attack('P5', 'an operator reads a locked record that nobody else has allowed', NOTHING, {
    before: (trx, t, lawful) => (lawful ? allowed(trx, t) : askedFor(trx, t)),
    actor: (_t, _lawful, { one }) => one,
    attack: ({ treated }) => sql`SELECT 1 FROM consultation_record WHERE patient_id = ${treated.patient.id}`,
  }),
  attack('P5', 'a reviewer asks for a locked record', breaks('record_lock_opening_operator'), {
    before: (trx, t) => locked(trx, t),
    actor: (t, lawful, { one }) => (lawful ? one : t.reviewers[0]),
    attack: (t) => open(t),
  }),
  attack('P5', 'a record is asked for that is gone', breaks('record_lock_opening_of_lock'), {
    before: (trx, t, lawful) => locked(trx, t, !lawful),
    actor: (_t, _lawful, { one }) => one,
    attack: (t) => open(t),
  }),
  attack('P5', 'the same operator asks and allows', breaks('record_lock_opening_second_person'), {
    before: askedFor,
    actor: (_t, lawful, { one, two }) => (lawful ? two : one),
    attack: () => allow(),
  }),
  attack(
    'P5',
    'an opening is allowed that nobody answered for a week',
    breaks('record_lock_opening_lapsed'),
    {
      before: async (trx, t, lawful) => {
        const operators = await askedFor(trx, t);
        await passTime(trx, days(lawful ? 6 : 7));
        return operators;
      },
      actor: (_t, _lawful, { two }) => two,
      attack: () => allow(),
    },
  ),
  attack('P5', 'an hour is allowed again', breaks('record_lock_opening_once'), {
    before: (trx, t, lawful) => (lawful ? askedFor(trx, t) : allowed(trx, t)),
    actor: (_t, _lawful, { two }) => two,
    attack: () => allow(),
  }),
];
