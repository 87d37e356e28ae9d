import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime, type Signer } from '../builders/act.ts';
import { account } from '../builders/people.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, update } from './attack.ts';
import { withdrawn } from './means.ts';
import type { Stage } from './stage.ts';

const addressOf = async (trx: Queryable, { accountId }: Signer): Promise<string> =>
  (await trx.selectFrom('account').select('email').where('id', '=', accountId).executeTakeFirstOrThrow())
    .email;

const invitation = ({ ready }: Stage, email: string) => ({
  id: randomUUID(),
  patient_id: ready.patient.id,
  invited_email: email,
  code_hash: createHash('sha256').update(randomUUID()).digest('hex'),
});

const anAddress = () => `${randomUUID()}@example.test`;
const ENDED = { ended_at: sql`app_now()` };

/** Somebody whom the patient has asked. */
async function invited(trx: Queryable, t: Stage) {
  const helper = await account(trx);
  const email = await addressOf(trx, helper);
  const row = invitation(t, email);
  await acting(trx, t.ready.patient, (as) => insert('carer', row).execute(as));
  return { helper, email, id: row.id, accepted: { carer_account_id: helper.accountId } };
}

/** Somebody who has said yes; `isEnded` by themselves. */
async function carer(trx: Queryable, t: Stage, { isEnded = false } = {}) {
  const made = await invited(trx, t);
  await acting(trx, made.helper, (as) => update('carer', made.id, made.accepted).execute(as));
  if (isEnded) await acting(trx, made.helper, (as) => update('carer', made.id, ENDED).execute(as));
  return made;
}

/** Nobody looks after somebody's times but with that person's word, and nobody ever consents or reads for them. */
export const carers = [
  attack('P1', 'a carer asked in the name of the patient', breaks('carer_chosen_by_patient'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: (t) => insert('carer', invitation(t, anAddress())),
  }),
  attack('P1', 'a patient as their own carer', breaks('carer_not_oneself'), {
    before: (trx, t) => addressOf(trx, t.ready.patient),
    actor: (t) => t.ready.patient,
    attack: (t, own) => insert('carer', invitation(t, own)),
    twin: (t) => insert('carer', invitation(t, anAddress())),
  }),
  attack('P1', 'a fourth carer', breaks('carer_three'), {
    before: async (trx, t, lawful) => {
      for (let nth = lawful ? 1 : 0; nth < 3; nth += 1) await invited(trx, t);
    },
    actor: (t) => t.ready.patient,
    attack: (t) => insert('carer', invitation(t, anAddress())),
  }),
  attack('P1', 'the code of an invitation kept as it is sent', breaks('carer_code_is_hash'), {
    actor: (t) => t.ready.patient,
    attack: (t) => insert('carer', { ...invitation(t, anAddress()), code_hash: 'VtWkq0m3bY9x' }),
    twin: (t) => insert('carer', invitation(t, anAddress())),
  }),
  attack('P1', 'an invitation accepted by another address', breaks('carer_is_who_was_invited'), {
    before: async (trx, t) => ({ ...(await invited(trx, t)), thief: await account(trx) }),
    actor: (_, lawful, { helper, thief }) => (lawful ? helper : thief),
    attack: (_, { id, thief }) => update('carer', id, { carer_account_id: thief.accountId }),
    twin: (_, { id, accepted }) => update('carer', id, accepted),
  }),
  attack('P1', 'an invitation accepted before the address is proved', breaks('carer_is_who_was_invited'), {
    before: async (trx, t, lawful) => {
      const made = await invited(trx, t);
      if (!lawful) await update('account', made.helper.accountId, { email_verified_at: null }).execute(trx);
      return made;
    },
    actor: (_, _lawful, { helper }) => helper,
    attack: (_, { id, accepted }) => update('carer', id, accepted),
  }),
  attack('P1', 'an invitation accepted after it has run out', breaks('carer_in_time'), {
    before: async (trx, t, lawful) => {
      const made = await invited(trx, t);
      await passTime(trx, { hours: (lawful ? 6 : 7) * 24 });
      return made;
    },
    actor: (_, _lawful, { helper }) => helper,
    attack: (_, { id, accepted }) => update('carer', id, accepted),
  }),
  attack('P1', 'the same carer twice, under two addresses', twice('carer_one_live'), {
    before: async (trx, t, lawful) => {
      const { helper } = await carer(trx, t, { isEnded: lawful });
      const email = anAddress();
      await update('account', helper.accountId, { email }).execute(trx);
      const row = invitation(t, email);
      await acting(trx, t.ready.patient, (as) => insert('carer', row).execute(as));
      return { helper, id: row.id };
    },
    actor: (_, _lawful, { helper }) => helper,
    attack: (_, { id, helper }) => update('carer', id, { carer_account_id: helper.accountId }),
  }),
  attack('P1', 'a permission revived after its end', breaks('carer_frozen'), {
    before: (trx, t, lawful) => carer(trx, t, { isEnded: !lawful }),
    actor: (t) => t.ready.patient,
    attack: (_, { id }) => update('carer', id, { ended_at: null }),
  }),
  attack('P1', 'a permission ended by somebody else', breaks('carer_ended_by_a_side'), {
    before: (trx, t) => carer(trx, t),
    actor: (t, lawful, { helper }) => (lawful ? helper : t.stranger),
    attack: (_, { id }) => update('carer', id, ENDED),
  }),
  attack('P4', 'a carer who gives themselves the letters', breaks('carer_letters_by_patient'), {
    before: (trx, t) => carer(trx, t),
    actor: (t, lawful, { helper }) => (lawful ? t.ready.patient : helper),
    attack: (_, { id }) => update('carer', id, { gets_letters: true }),
  }),

  attack('G5', 'a carer who consents for the patient', forbidden('consent'), {
    before: async (trx, t) => {
      await withdrawn(trx, t.ready.consent);
      return carer(trx, t);
    },
    actor: (t, lawful, { helper }) => (lawful ? t.ready.patient : helper),
    attack: ({ ready: { prescription, patient } }) =>
      insert('consent', {
        prescription_id: prescription.id,
        patient_id: patient.id,
        injector_id: prescription.injector.id,
        text_version: '1',
        items: ['understood', 'own_choice', 'may_stop', 'named_injector'],
        given_by: patient.accountId,
      }),
  }),
  attack('G5', 'a carer who answers the health questions', forbidden('health_answers'), {
    before: (trx, t) => carer(trx, t),
    actor: (t, lawful, { helper }) => (lawful ? t.ready.patient : helper),
    attack: ({ ready: { patient } }) =>
      insert('health_answers', {
        patient_id: patient.id,
        version: 2,
        answers: '{}',
        answered_by: patient.accountId,
      }),
  }),
  ...(['health_answers', 'consultation_record', 'prescription', 'consent'] as const).map((table) =>
    attack('P1', `a carer who reads ${table}`, NOTHING, {
      before: (trx, t) => carer(trx, t),
      actor: (t, lawful, { helper }) => (lawful ? t.ready.patient : helper),
      attack: (t) => sql`SELECT 1 FROM ${sql.table(table)} WHERE patient_id = ${t.ready.patient.id}`,
    }),
  ),
];
