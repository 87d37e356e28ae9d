import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime, type Signer } from '../builders/act.ts';
import { attack, breaks, insert, NOTHING, twice, type Statement } from './attack.ts';
import { days } from './means.ts';
import type { Stage } from './stage.ts';

const ID = '0199c2a0-0000-7000-8000-0000000000aa';
const OTHER = '0199c2a0-0000-7000-8000-0000000000ab';
const SEALED = `a.${'A'.repeat(60)}`;
const SAW = 'Spoke with them by video; passport, and the last two visits.';
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

const step = (state: string, row: object = {}, id = ID): Statement =>
  sql`UPDATE account_recovery SET ${sql.join(
    Object.entries({ state, ...row }).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
  )} WHERE id = ${id} RETURNING 1`;

/** Somebody asks for an account; by default a patient's. */
async function asked(trx: Queryable, t: Stage, whose: Signer = t.ready.patient): Promise<void> {
  await insert('account_recovery', {
    id: ID,
    account_id: whose.accountId,
    new_email: 'new@example.test',
    contact: '0113 496 0000',
    stop_hash: hash('stop'),
    sealed_stop: SEALED,
  }).execute(trx);
}

/** Seen by the first reviewer. */
async function seen(trx: Queryable, t: Stage): Promise<void> {
  await asked(trx, t);
  await acting(trx, t.reviewers[0], (as) => step('seen', { first_saw: SAW }).execute(as));
}

/** Seen by both, and waiting. */
async function waiting(trx: Queryable, t: Stage): Promise<void> {
  await seen(trx, t);
  await acting(trx, t.reviewers[1], (as) => step('waiting', { second_saw: SAW }).execute(as));
}

/** Somebody else asks for the same account, and the first reviewer has seen them. */
async function anotherSeen(trx: Queryable, t: Stage): Promise<void> {
  await insert('account_recovery', {
    id: OTHER,
    account_id: t.ready.patient.accountId,
    new_email: 'another@example.test',
    contact: '0113 496 0001',
    stop_hash: hash('another stop'),
    sealed_stop: SEALED,
  }).execute(trx);
  await acting(trx, t.reviewers[0], (as) => step('seen', { first_saw: SAW }, OTHER).execute(as));
}

/** The one who waited is let in, or their link runs out. */
async function ends(trx: Queryable, t: Stage, state: 'done' | 'lapsed'): Promise<void> {
  await passTime(trx, days(7));
  await acting(trx, t.reviewers[0], async (as) => {
    await step('open').execute(as);
    await step(state).execute(as);
  });
}

const ask = (about: { contact?: string; stop?: string; sealed?: string; whose: Signer }) =>
  sql`SELECT ask_for_recovery(email, 'new@example.test', ${about.contact ?? '0113 496 0000'}, ${about.stop ?? hash('stop')}, ${about.sealed ?? SEALED})
        FROM account WHERE id = ${about.whose.accountId}`;

/** Nobody is let into an account but by two of the staff, and not before its owner has had the time to stop it (S1). */
export const recoveries = [
  attack('S1', 'a stranger who reads account_recovery', NOTHING, {
    before: (trx, t) => asked(trx, t),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.stranger),
    attack: () => sql`SELECT 1 FROM account_recovery`,
  }),
  attack('S1', 'a stranger who lets somebody in', NOTHING, {
    before: (trx, t) => asked(trx, t),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.stranger),
    attack: () => step('seen', { first_saw: SAW }),
  }),
  attack('S1', 'one person for two', breaks('account_recovery_two_people'), {
    before: seen,
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: () => step('waiting', { second_saw: SAW }),
  }),
  attack('S1', 'a member of the staff into their own account', breaks('account_recovery_not_oneself'), {
    before: (trx, t) => asked(trx, t, t.reviewers[1]),
    actor: (t, lawful) => t.reviewers[lawful ? 0 : 1],
    attack: () => step('seen', { first_saw: SAW }),
  }),
  attack('S1', 'seen, and nothing written of it', breaks('account_recovery_first'), {
    before: (trx, t) => asked(trx, t),
    actor: (t) => t.reviewers[0],
    attack: () => step('seen', { first_saw: 'It is fine.' }),
    twin: () => step('seen', { first_saw: SAW }),
  }),
  attack('S1', 'seen a second time, and nothing written of it', breaks('account_recovery_second'), {
    before: seen,
    actor: (t) => t.reviewers[1],
    attack: () => step('waiting'),
    twin: () => step('waiting', { second_saw: SAW }),
  }),
  attack('S1', 'refused without a word', breaks('account_recovery_refusal'), {
    before: seen,
    actor: (t) => t.reviewers[1],
    attack: () => step('refused'),
    twin: () => step('refused', { refusal: 'The voice was another.' }),
  }),
  attack('S1', 'opened before its owner could stop it', breaks('account_recovery_wait'), {
    before: async (trx, t, lawful) => {
      await waiting(trx, t);
      await passTime(trx, days(lawful ? 7 : 6));
    },
    actor: (t) => t.reviewers[0],
    attack: () => step('open'),
  }),
  attack('S1', 'taken over without being opened', breaks('account_recovery_order'), {
    before: async (trx, t, lawful) => {
      await waiting(trx, t);
      await passTime(trx, days(7));
      if (lawful) await acting(trx, t.reviewers[0], (as) => step('open').execute(as));
    },
    actor: (t) => t.reviewers[0],
    attack: () => step('done'),
  }),
  attack('S1', 'two let into one account', twice('account_recovery_one_let_in'), {
    before: async (trx, t, lawful) => {
      await waiting(trx, t);
      await anotherSeen(trx, t);
      if (lawful)
        await acting(trx, t.reviewers[1], (as) =>
          step('refused', { refusal: 'The voice was another.' }).execute(as),
        );
    },
    actor: (t) => t.reviewers[1],
    attack: () => step('waiting', { second_saw: SAW }, OTHER),
  }),
  attack('S1', 'a second one let in after the first', breaks('account_recovery_order'), {
    before: async (trx, t, lawful) => {
      await waiting(trx, t);
      await anotherSeen(trx, t);
      await ends(trx, t, lawful ? 'lapsed' : 'done');
    },
    actor: (t) => t.reviewers[1],
    attack: () => step('waiting', { second_saw: SAW }, OTHER),
  }),
  attack('S1', 'ended without a word, as if another had been let in', breaks('account_recovery_overtaken'), {
    before: async (trx, t) => {
      await seen(trx, t);
      await anotherSeen(trx, t);
    },
    actor: (t) => t.reviewers[1],
    attack: () => step('overtaken'),
    twin: () => step('refused', { refusal: 'The voice was another.' }),
  }),
  attack('S1', 'asked for by somebody whom nobody can reach', breaks('account_recovery_contact'), {
    attack: (t) => ask({ whose: t.ready.patient, contact: ' ' }),
    twin: (t) => ask({ whose: t.ready.patient }),
  }),
  attack('S1', 'the secret that stops it, in its row', breaks('account_recovery_stop_is_hash'), {
    attack: (t) => ask({ whose: t.ready.patient, stop: 'a secret' }),
    twin: (t) => ask({ whose: t.ready.patient }),
  }),
  attack(
    'S1',
    'the secret that stops it, where a sealed one belongs',
    breaks('account_recovery_stop_sealed'),
    {
      attack: (t) => ask({ whose: t.ready.patient, sealed: 'a secret' }),
      twin: (t) => ask({ whose: t.ready.patient }),
    },
  ),
  attack('S1', 'one secret that stops two', twice('account_recovery_stop_once'), {
    before: (trx, t) => asked(trx, t),
    attack: (t) => ask({ whose: t.other.patient }),
    twin: (t) => ask({ whose: t.other.patient, stop: hash('another') }),
  }),
];
