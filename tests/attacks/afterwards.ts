import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from '../builders/act.ts';
import { attack, breaks, insert, NOTHING, unproven, update } from './attack.ts';
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
];
