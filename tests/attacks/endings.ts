import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { attack, breaks, insert, unproven } from './attack.ts';
import type { Stage } from './stage.ts';

/** The end of the practice of who treated somebody two weeks ago, with every column that the database fills in itself. */
const ending = ({ treated: { who } }: Stage, row: object = {}) =>
  insert('practice_ending', {
    practitioner_id: who.id,
    kind: 'leaves',
    records_custodian: 'Northgate Records',
    records_contact: '01632 960 555',
    cover_name: 'Dr Ines Aldous',
    cover_phone: '01632 960 556',
    said_by: who.accountId,
    said_at: sql`app_now()`,
    ...row,
  });

/** What had not begun is put on hold, as the command does first. */
async function onHold(trx: Queryable, { treated: { who } }: Stage): Promise<void> {
  await sql`UPDATE appointment SET state = 'cancelled', cancelled_by = 'system'
    WHERE state IN ('held', 'confirmed', 'arrived') AND (practitioner_id = ${who.id} OR prescriber_id = ${who.id})`.execute(
    trx,
  );
}

/** Nobody stops without somebody who keeps the records and, where it matters, somebody who is there. */
export const endings = [
  attack('L8', 'an ending within 28 days of a treatment without cover', breaks('practice_ending_cover'), {
    before: onHold,
    actor: (t) => t.treated.who,
    attack: (t) => ending(t, { cover_name: '', cover_phone: '' }),
    twin: (t) => ending(t),
  }),
  attack('L8', 'an ending covered by somebody without a number', breaks('practice_ending_cover'), {
    before: onHold,
    actor: (t) => t.treated.who,
    attack: (t) => ending(t, { cover_phone: 'none' }),
    twin: (t) => ending(t),
  }),
  attack('L8', 'an ending covered by who ends', breaks('practice_ending_cover_other'), {
    before: async (trx, t) => {
      await onHold(trx, t);
      const { display_name: name } = await trx
        .selectFrom('practitioner')
        .select('display_name')
        .where('id', '=', t.treated.who.id)
        .executeTakeFirstOrThrow();
      return name;
    },
    actor: (t) => t.treated.who,
    attack: (t, name) => ending(t, { cover_name: name }),
    twin: (t) => ending(t),
  }),
  attack('L8', 'an ending without anybody who keeps the records', breaks('practice_ending_custodian'), {
    before: onHold,
    actor: (t) => t.treated.who,
    attack: (t) => ending(t, { records_custodian: '' }),
    twin: (t) => ending(t),
  }),
  attack('L3', 'an ending said by somebody else', breaks('practice_ending_by'), {
    before: onHold,
    actor: (t, lawful) => (lawful ? t.treated.who : t.stranger),
    attack: (t) => ending(t),
  }),
  attack('L3', 'a death that somebody says of themselves', breaks('practice_ending_by'), {
    before: onHold,
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.treated.who),
    attack: (t) => ending(t, { kind: 'died' }),
  }),
  attack('L2', 'an ending that has ended', breaks('practice_ending_once'), {
    before: async (trx, t, lawful) => {
      await onHold(trx, t);
      if (lawful) return;
      await sql`SELECT set_config('app.actor_id', ${t.treated.who.accountId}, true)`.execute(trx);
      await ending(t).execute(trx);
    },
    actor: (t) => t.treated.who,
    attack: (t) => ending(t),
  }),
  attack('L2', 'an ending over appointments that still stand', unproven('appointment_standing'), {
    before: async (trx, t, lawful) => {
      if (lawful) await onHold(trx, t);
    },
    actor: (t) => t.treated.who,
    attack: (t) => ending(t),
  }),
];
