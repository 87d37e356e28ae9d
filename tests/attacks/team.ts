import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime, type Signer } from '../builders/act.ts';
import { account, clinicMember, practitioner } from '../builders/people.ts';
import { place, practise } from '../builders/places.ts';
import { attack, breaks, forbidden, insert, NOTHING, overlaps, update } from './attack.ts';
import type { Stage } from './stage.ts';

const anAddress = () => `${randomUUID()}@example.test`;
const CLOSED = { valid: sql`tstzrange(lower(valid), app_now())` };
const TAKEN_BACK = { taken_back_at: sql`app_now()` };

/** An invitation to the desk in Leeds. There is no manager there, so its practitioners run it. */
const invitation = ({ leeds }: Pick<Stage, 'leeds'>, email: string, row: object = {}) => ({
  id: randomUUID(),
  clinic_id: leeds.clinicId,
  role: 'reception',
  invited_email: email,
  code_hash: createHash('sha256').update(randomUUID()).digest('hex'),
  ...row,
});

/** Somebody with an account whom the prescriber has asked. */
async function invited(trx: Queryable, t: Stage, row: object = {}) {
  const email = anAddress();
  const who = await account(trx, { email });
  const asked = invitation(t, email, row);
  await acting(trx, t.prescriber, (as) => insert('clinic_invitation', asked).execute(as));
  return { who, email, id: asked.id, accepted: { accepted_by: who.accountId } };
}

/** A clinic that a manager runs; with a doctor who practises there, or without. */
async function managed(trx: Queryable, hasDoctor: boolean) {
  const where = await place(trx, 'england');
  if (hasDoctor) await practise(trx, await practitioner(trx), where);
  const boss = await account(trx);
  await insert('clinic_member', {
    account_id: boss.accountId,
    clinic_id: where.clinicId,
    role: 'manager',
    valid: sql`tstzrange(app_now() - interval '1 day', NULL)`,
  }).execute(trx);
  return boss;
}

/** Nobody works at a desk but who was asked by those who run the clinic, and has said yes. */
export const team = [
  attack(
    'P1',
    'somebody asked to the desk by who does not run the clinic',
    breaks('clinic_invitation_by_clinic'),
    {
      before: (trx, t) => clinicMember(trx, t.leeds),
      actor: (t, lawful, desk) => (lawful ? t.prescriber : desk),
      attack: (t) => insert('clinic_invitation', invitation(t, anAddress())),
    },
  ),
  attack('P1', 'a practitioner who asks past the manager', breaks('clinic_invitation_by_clinic'), {
    before: async (trx, t, lawful) => {
      if (!lawful)
        await insert('clinic_member', {
          account_id: (await account(trx)).accountId,
          clinic_id: t.leeds.clinicId,
          role: 'manager',
          valid: sql`tstzrange(app_now() - interval '1 day', NULL)`,
        }).execute(trx);
    },
    actor: (t) => t.prescriber,
    attack: (t) => insert('clinic_invitation', invitation(t, anAddress())),
  }),
  attack('P1', 'a twenty-first open invitation', breaks('clinic_invitation_twenty'), {
    before: async (trx, t, lawful) => {
      for (let nth = lawful ? 1 : 0; nth < 20; nth += 1) await invited(trx, t);
    },
    actor: (t) => t.prescriber,
    attack: (t) => insert('clinic_invitation', invitation(t, anAddress())),
  }),
  attack('P1', 'the same person asked twice at once', overlaps('clinic_invitation_one_open'), {
    before: async (trx, t, lawful) => {
      const made = await invited(trx, t);
      if (lawful)
        await acting(trx, t.prescriber, (as) => update('clinic_invitation', made.id, TAKEN_BACK).execute(as));
      return made;
    },
    actor: (t) => t.prescriber,
    attack: (t, { email }) => insert('clinic_invitation', invitation(t, email.toUpperCase())),
  }),
  attack(
    'P1',
    'the code of an invitation to a desk kept as it is sent',
    breaks('clinic_invitation_code_is_hash'),
    {
      actor: (t) => t.prescriber,
      attack: (t) => insert('clinic_invitation', invitation(t, anAddress(), { code_hash: 'VtWkq0m3bY9x' })),
      twin: (t) => insert('clinic_invitation', invitation(t, anAddress())),
    },
  ),
  attack(
    'P1',
    'an invitation to a desk accepted by who wrote it',
    breaks('clinic_invitation_is_who_was_invited'),
    {
      before: (trx, t) => invited(trx, t),
      actor: (t, lawful, { who }) => (lawful ? who : t.prescriber),
      attack: (t, { id }) => update('clinic_invitation', id, { accepted_by: t.prescriber.accountId }),
      twin: (_, { id, accepted }) => update('clinic_invitation', id, accepted),
    },
  ),
  attack('P1', 'somebody made a member in their absence', breaks('clinic_invitation_is_who_was_invited'), {
    before: (trx, t) => invited(trx, t),
    actor: (t, lawful, { who }) => (lawful ? who : t.prescriber),
    attack: (_, { id, accepted }) => update('clinic_invitation', id, accepted),
  }),
  attack('P1', 'an invitation to a desk accepted after it has run out', breaks('clinic_invitation_in_time'), {
    before: async (trx, t, lawful) => {
      const made = await invited(trx, t);
      await passTime(trx, { hours: (lawful ? 6 : 7) * 24 });
      return made;
    },
    actor: (_, _lawful, { who }) => who,
    attack: (_, { id, accepted }) => update('clinic_invitation', id, accepted),
  }),
  attack('P1', 'an invitation accepted after it was taken back', breaks('clinic_invitation_frozen'), {
    before: async (trx, t, lawful) => {
      const made = await invited(trx, t);
      if (!lawful)
        await acting(trx, t.prescriber, (as) => update('clinic_invitation', made.id, TAKEN_BACK).execute(as));
      return made;
    },
    actor: (_, _lawful, { who }) => who,
    attack: (_, { id, accepted }) => update('clinic_invitation', id, accepted),
  }),
  attack(
    'P1',
    'an invitation taken back by who was asked',
    breaks('clinic_invitation_taken_back_by_clinic'),
    {
      before: (trx, t) => invited(trx, t),
      actor: (t, lawful, { who }) => (lawful ? t.prescriber : who),
      attack: (_, { id }) => update('clinic_invitation', id, TAKEN_BACK),
    },
  ),
  attack('P1', 'a stranger who reads clinic_invitation', NOTHING, {
    before: (trx, t) => invited(trx, t),
    actor: (t, lawful, { who }) => (lawful ? who : t.stranger),
    attack: (_, { id }) => sql`SELECT 1 FROM clinic_invitation WHERE id = ${id}`,
  }),
  attack('P1', 'an invitation read before the address is proved', NOTHING, {
    before: async (trx, t, lawful) => {
      const made = await invited(trx, t);
      if (!lawful) await update('account', made.who.accountId, { email_verified_at: null }).execute(trx);
      return made;
    },
    actor: (_, _lawful, { who }) => who,
    attack: (_, { id }) => sql`SELECT 1 FROM clinic_invitation WHERE id = ${id}`,
  }),
  attack('P1', 'somebody twice at the same desk', overlaps('clinic_member_once'), {
    before: async (trx, t, lawful) => {
      const made = await invited(trx, t);
      if (!lawful)
        await insert('clinic_member', {
          account_id: made.who.accountId,
          clinic_id: t.leeds.clinicId,
          role: 'reception',
          valid: sql`tstzrange(app_now() - interval '1 day', NULL)`,
        }).execute(trx);
      return made;
    },
    actor: (_, _lawful, { who }) => who,
    attack: (_, { id, accepted }) => update('clinic_invitation', id, accepted),
  }),

  attack('P1', 'somebody who writes themselves to a desk', forbidden('clinic_member'), {
    before: (trx, t) => invited(trx, t),
    actor: (_, _lawful, { who }) => who,
    attack: (t, { who }) =>
      insert('clinic_member', {
        account_id: who.accountId,
        clinic_id: t.leeds.clinicId,
        role: 'reception',
        valid: sql`tstzrange(app_now(), NULL)`,
      }),
    twin: (_, { id, accepted }) => update('clinic_invitation', id, accepted),
  }),
  attack('P1', 'reception that makes itself the manager', forbidden('clinic_member'), {
    before: (trx, t) => clinicMember(trx, t.leeds),
    actor: (_, _lawful, desk) => desk,
    attack: (_, desk) => update('clinic_member', desk.accountId, { role: 'manager' }, 'account_id'),
    twin: (_, desk) => update('clinic_member', desk.accountId, CLOSED, 'account_id'),
  }),
  attack('P1', 'a membership ended by a colleague', breaks('clinic_member_ended_by_clinic'), {
    before: async (trx, t) => ({
      desk: await clinicMember(trx, t.leeds),
      other: await clinicMember(trx, t.leeds),
    }),
    actor: (t, lawful, { other }) => (lawful ? t.prescriber : other),
    attack: (_, { desk }) => update('clinic_member', desk.accountId, CLOSED, 'account_id'),
  }),
  attack('P1', 'a membership revived after its end', breaks('clinic_member_ended_once'), {
    before: async (trx, t, lawful): Promise<Signer> => {
      const desk = await clinicMember(trx, t.leeds);
      if (!lawful)
        await acting(trx, desk, (as) =>
          update('clinic_member', desk.accountId, CLOSED, 'account_id').execute(as),
        );
      return desk;
    },
    actor: (_, _lawful, desk) => desk,
    attack: (_, desk) =>
      update('clinic_member', desk.accountId, { valid: sql`tstzrange(lower(valid), NULL)` }, 'account_id'),
  }),
  attack('P1', 'a clinic left by the last who runs it', breaks('clinic_member_last_manager'), {
    before: (trx, _, lawful) => managed(trx, lawful),
    actor: (_, _lawful, boss) => boss,
    attack: (_, boss) => update('clinic_member', boss.accountId, CLOSED, 'account_id'),
  }),
];
