import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting } from '../builders/act.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, unproven } from './attack.ts';
import type { Stage } from './stage.ts';

const SECRET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SEALED = `a.${'A'.repeat(90)}`;
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const step = async (trx: Queryable) => Math.floor((await appNow(trx)).epochMilliseconds / 30_000);

/** The stranger has an app in use since the last thirty seconds, a recovery code, a passkey and a challenge. */
async function equipped(trx: Queryable, { stranger: { accountId } }: Stage) {
  const [app, code] = [randomUUID(), randomUUID()];
  const now = await step(trx);
  await insert('authenticator_app', {
    id: app,
    account_id: accountId,
    secret: SECRET,
    confirmed_at: sql`app_now()`,
    last_step: now,
  }).execute(trx);
  await insert('recovery_code', { id: code, account_id: accountId, code_hash: hash('one') }).execute(trx);
  await insert('passkey', { ...key(accountId), id: 'own-key' }).execute(trx);
  await insert('passkey_challenge', { hash: hash('asked'), purpose: 'use' }).execute(trx);
  return { app, code, now };
}

const key = (accountId: string) => ({
  id: 'another-key',
  account_id: accountId,
  name: 'A key',
  public_key: Buffer.from('key'),
  counter: 5,
});

const use = ({ stranger }: Stage, row: object) =>
  insert('second_factor_use', { id: USE, account_id: stranger.accountId, ...row });
const USE = '0199c2a0-0000-7000-8000-000000000001';
const byApp = ({ app, now }: { app: string; now: number }) => ({ kind: 'app', app_id: app, step: now + 1 });
const byKey = { kind: 'passkey', passkey_id: 'own-key', challenge_hash: hash('asked'), counter: 6 };

let sessions = 0;
const session = (accountId: string, factor: string | null) =>
  insert('session', {
    id: hash(`session ${(sessions += 1)}`),
    account_id: accountId,
    factor_use_id: factor,
    expires_at: sql`app_now() + interval '1 day'`,
  });

/** Equipped, and the app's code shown just now. */
async function shown(trx: Queryable, t: Stage) {
  const made = await equipped(trx, t);
  await acting(trx, t.stranger, (as) => use(t, byApp(made)).execute(as));
  return made;
}

/** A code counts once, a secret is its owner's, and nothing opens an account with a second factor without one. */
export const accounts = [
  ...(['authenticator_app', 'recovery_code'] as const).map((table) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: equipped,
      actor: (t, lawful) => (lawful ? t.stranger : t.prescriber),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('S1', 'a code of the app a second time', breaks('second_factor_use_step'), {
    before: equipped,
    actor: (t) => t.stranger,
    attack: (t, made) => use(t, { ...byApp(made), step: made.now }),
    twin: (t, made) => use(t, byApp(made)),
  }),
  attack('S1', 'a code of the app from tomorrow', breaks('second_factor_use_step'), {
    before: equipped,
    actor: (t) => t.stranger,
    attack: (t, made) => use(t, { ...byApp(made), step: made.now + 2_880 }),
    twin: (t, made) => use(t, byApp(made)),
  }),
  attack('S1', 'a recovery code a second time', breaks('second_factor_use_recovery_once'), {
    before: async (trx, t, lawful) => {
      const made = await equipped(trx, t);
      if (!lawful)
        await sql`UPDATE recovery_code SET used_at = app_now() WHERE id = ${made.code}`.execute(trx);
      return made;
    },
    actor: (t) => t.stranger,
    attack: (t, { code }) => use(t, { kind: 'recovery', recovery_code_id: code }),
  }),
  attack('S1', 'a recovery code that somebody else brings', breaks('second_factor_use_own'), {
    before: equipped,
    actor: (t, lawful) => (lawful ? t.stranger : t.prescriber),
    attack: (t, { code }) => use(t, { kind: 'recovery', recovery_code_id: code }),
  }),
  attack('S1', 'a passkey of another account', breaks('second_factor_use_passkey'), {
    before: async (trx, t) => {
      await equipped(trx, t);
      await insert('passkey', key(t.prescriber.accountId)).execute(trx);
    },
    actor: (t) => t.stranger,
    attack: (t) => use(t, { ...byKey, passkey_id: 'another-key' }),
    twin: (t) => use(t, byKey),
  }),
  attack('S1', 'a passkey that counts backwards, as a copy does', breaks('second_factor_use_passkey'), {
    before: equipped,
    actor: (t) => t.stranger,
    attack: (t) => use(t, { ...byKey, counter: 5 }),
    twin: (t) => use(t, byKey),
  }),
  attack('S1', 'what a passkey signed, a second time', breaks('second_factor_use_challenge'), {
    before: async (trx, t, lawful) => {
      await equipped(trx, t);
      if (!lawful) await sql`DELETE FROM passkey_challenge`.execute(trx);
    },
    actor: (t) => t.stranger,
    attack: (t) => use(t, byKey),
  }),
  attack('S1', 'a session without the second factor', breaks('session_second_factor'), {
    before: shown,
    attack: ({ stranger }) => session(stranger.accountId, null),
    twin: ({ stranger }) => session(stranger.accountId, USE),
  }),
  attack('S1', 'a session on the strength of a factor of last week', breaks('session_second_factor'), {
    before: async (trx, t, lawful) => {
      await shown(trx, t);
      if (!lawful) await sql`UPDATE second_factor_use SET used_at = used_at - interval '7 days'`.execute(trx);
    },
    attack: ({ stranger }) => session(stranger.accountId, USE),
  }),
  attack('S1', 'two sessions from one code', twice('session_factor_once'), {
    before: async (trx, t, lawful) => {
      await shown(trx, t);
      if (!lawful) await session(t.stranger.accountId, USE).execute(trx);
    },
    attack: ({ stranger }) => session(stranger.accountId, USE),
  }),
  attack('S1', 'a session with the factor of another account', unproven('session_factor_of_account'), {
    before: shown,
    attack: (t) => session(t.prescriber.accountId, USE),
    twin: (t) => session(t.stranger.accountId, USE),
  }),
  attack('S1', 'two apps in use at once', twice('authenticator_app_one_confirmed'), {
    before: async (trx, t, lawful) => {
      const { app, now } = await equipped(trx, t);
      const second = randomUUID();
      await insert('authenticator_app', {
        id: second,
        account_id: t.stranger.accountId,
        secret: SECRET,
      }).execute(trx);
      if (lawful) await sql`DELETE FROM authenticator_app WHERE id = ${app}`.execute(trx);
      return { app: second, now };
    },
    actor: (t) => t.stranger,
    attack: (t, made) => use(t, byApp(made)),
  }),
  attack('S1', 'the secret of an app kept as it is', forbidden('authenticator_app'), {
    actor: (t) => t.stranger,
    attack: (t) => waiting(t, { secret: SECRET }),
    twin: (t) => waiting(t),
  }),
  attack('S1', 'the secret of an app where a sealed one belongs', breaks('authenticator_app_sealed'), {
    actor: (t) => t.stranger,
    attack: (t) => waiting(t, { sealed_secret: SECRET }),
    twin: (t) => waiting(t),
  }),
  attack('S1', 'an app without a secret', breaks('authenticator_app_one_form'), {
    actor: (t) => t.stranger,
    attack: (t) => waiting(t, {}),
    twin: (t) => waiting(t),
  }),
  attack('S1', 'two apps that wait for their first code', twice('authenticator_app_one_waiting'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await waiting(t).execute(trx);
    },
    actor: (t) => t.stranger,
    attack: (t) => waiting(t),
  }),
  attack('S1', 'one recovery code twice among the ten', twice('recovery_code_differs'), {
    before: equipped,
    actor: (t) => t.stranger,
    attack: (t) => recovery(t, hash('one')),
    twin: (t) => recovery(t, hash('two')),
  }),
  attack('P4', 'a recovery code under itself', breaks('recovery_code_is_hash'), {
    actor: (t) => t.stranger,
    attack: (t) => recovery(t, 'abcd-efgh-jkmn-pqrs'),
    twin: (t) => recovery(t, hash('two')),
  }),
  attack('P4', 'what a passkey is asked to sign under itself', breaks('passkey_challenge_is_hash'), {
    attack: () => insert('passkey_challenge', { hash: 'sign this', purpose: 'use' }),
    twin: () => insert('passkey_challenge', { hash: hash('sign this'), purpose: 'use' }),
  }),
  attack('S1', 'an address confirmed after a day', breaks('address_change_confirmed_in_time'), {
    before: asked,
    attack: (_, id) => confirmed(id, '25 hours'),
    twin: (_, id) => confirmed(id, '1 hour'),
  }),
  attack('S1', 'an address confirmed that was asked for before a new password', NOTHING, {
    before: async (trx, t, lawful) => {
      await sql`UPDATE account SET password_hash = 'the old one' WHERE id = ${t.stranger.accountId}`.execute(
        trx,
      );
      const id = await asked(trx, t);
      if (!lawful)
        await sql`UPDATE account SET password_hash = 'a new one' WHERE id = ${t.stranger.accountId}`.execute(
          trx,
        );
      return id;
    },
    attack: (_, id) => confirmed(id, '1 hour'),
  }),
  attack('S1', 'an address taken back after a week', breaks('address_change_undone_in_time'), {
    before: async (trx, t) => {
      const id = await asked(trx, t);
      await confirmed(id, '1 hour').execute(trx);
      return id;
    },
    attack: (_, id) => undone(id, '8 days'),
    twin: (_, id) => undone(id, '6 days'),
  }),
  attack('S1', 'an address taken back that was never confirmed', breaks('address_change_undone_in_time'), {
    before: async (trx, t, lawful) => {
      const id = await asked(trx, t);
      if (lawful) await confirmed(id, '1 hour').execute(trx);
      return id;
    },
    attack: (_, id) => undone(id, '2 hours'),
  }),
  attack(
    'S1',
    'a way back from an address before it is confirmed',
    breaks('address_change_undo_once_confirmed'),
    {
      before: asked,
      attack: (_, id) =>
        sql`UPDATE address_change SET undo_hash = ${hash('undo')} WHERE id = ${id} RETURNING 1`,
      twin: (_, id) => confirmed(id, '1 hour'),
    },
  ),
  attack('P4', 'the link for a new address under itself', breaks('address_change_confirm_is_hash'), {
    attack: (t) => change(t, { confirm_hash: 'the-link' }),
    twin: (t) => change(t),
  }),
  attack('P4', 'the link back to an old address under itself', breaks('address_change_undo_is_hash'), {
    before: asked,
    attack: (_, id) =>
      sql`UPDATE address_change SET confirmed_at = asked_at, undo_hash = 'the-link' WHERE id = ${id} RETURNING 1`,
    twin: (_, id) => confirmed(id, '1 hour'),
  }),
];

function change({ stranger }: Stage, row: object = {}) {
  return insert('address_change', {
    account_id: stranger.accountId,
    old_email: 'old@example.test',
    new_email: 'new@example.test',
    confirm_hash: hash('confirm'),
    ...row,
  });
}

async function asked(trx: Queryable, t: Stage): Promise<string> {
  const id = randomUUID();
  await change(t, { id }).execute(trx);
  return id;
}

function confirmed(id: string, after: string) {
  return sql`UPDATE address_change SET confirmed_at = asked_at + ${after}::interval, undo_hash = ${hash('undo')} WHERE id = ${id} RETURNING 1`;
}

function undone(id: string, after: string) {
  return sql`UPDATE address_change SET undone_at = asked_at + ${after}::interval WHERE id = ${id} RETURNING 1`;
}

function waiting({ stranger }: Stage, row: object = { sealed_secret: SEALED }) {
  return insert('authenticator_app', { account_id: stranger.accountId, ...row });
}

function recovery({ stranger }: Stage, codeHash: string) {
  return insert('recovery_code', { account_id: stranger.accountId, code_hash: codeHash });
}
