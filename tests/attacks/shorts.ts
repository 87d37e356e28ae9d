import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { Signer } from '../builders/act.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice } from './attack.ts';
import type { Stage } from './stage.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const NUMBER = '+447700900123';

const number = ({ accountId }: Signer, row: object = {}) =>
  insert('text_number', { account_id: accountId, number: NUMBER, code_hash: hash('code'), ...row });
const browser = ({ accountId }: Signer, row: object = {}) =>
  insert('push_subscription', {
    account_id: accountId,
    endpoint: 'https://push.example/one',
    p256dh: 'p'.repeat(87),
    auth: 'a'.repeat(22),
    ...row,
  });

/** A number, a browser and a message of the patient who is ready. */
async function reached(trx: Queryable, { ready: { patient } }: Stage): Promise<void> {
  await number(patient, { confirmed_at: sql`app_now()` }).execute(trx);
  await browser(patient).execute(trx);
  await sql`SELECT queue_short(email, 'appointment_moved', 'one', 'A new time.', NULL, false) FROM account WHERE id = ${patient.accountId}`.execute(
    trx,
  );
}

/** Where short messages go is for its owner to say, and to know (P1, P4). */
export const shorts = [
  ...['text_number', 'push_subscription', 'short_message'].map((table) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: reached,
      actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('P1', 'a number for somebody else’s messages', forbidden('text_number'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: (t) => number(t.ready.patient),
  }),
  attack('P1', 'a browser for somebody else’s messages', forbidden('push_subscription'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: (t) => browser(t.ready.patient),
  }),
  attack('P4', 'a number that its owner has not confirmed, said to be', forbidden('text_number'), {
    actor: (t) => t.ready.patient,
    attack: (t) => number(t.ready.patient, { confirmed_at: sql`app_now()` }),
    twin: (t) => number(t.ready.patient),
  }),
  attack('P4', 'something that is no number', breaks('text_number_form'), {
    actor: (t) => t.ready.patient,
    attack: (t) => number(t.ready.patient, { number: '07700 900123' }),
    twin: (t) => number(t.ready.patient),
  }),
  attack('P4', 'the code itself in its row', breaks('text_number_code_is_hash'), {
    actor: (t) => t.ready.patient,
    attack: (t) => number(t.ready.patient, { code_hash: '123456' }),
    twin: (t) => number(t.ready.patient),
  }),
  attack('P4', 'one browser for two people', twice('push_subscription_once'), {
    before: reached,
    actor: (t) => t.stranger,
    attack: (t) => browser(t.stranger),
    twin: (t) => browser(t.stranger, { endpoint: 'https://push.example/two' }),
  }),
];
