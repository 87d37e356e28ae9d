import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSession, findViewer } from '#lib/server/domain/accounts/sessions.ts';
import {
  askForRecovery,
  finishRecovery,
  openDueRecoveries,
  recordSeen,
  refuseRecovery,
  stopOwnRecoveries,
  stopRecovery,
} from '#lib/server/domain/accounts/recovery.ts';
import {
  readOwnRecoveries,
  readRecoveries,
  readRecovery,
} from '#lib/server/domain/accounts/recovery-reads.ts';
import { signIn } from '#lib/server/domain/accounts/sign-in.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { passTime, type Signer } from '../../builders/act.ts';
import { account, staffMember } from '../../builders/people.ts';
import { as, expectRefusal } from '../booking/world.ts';
import { lettersTo, openAccounts, PASSWORD, somebody } from './world.ts';

const KEYS = [{ name: 'a', key: Buffer.alloc(32, 1) }];
const SITE = new URL('https://steadyhand.test');
const SAW = 'Spoke by video; a passport with that name, and the last two visits.';
const NEW_PASSWORD = 'five words nobody has guessed';

let owner: Db;
let db: Db;
let staff: [Signer, Signer];
let email: string;
let accountId: string;
let newEmail: string;
beforeAll(async () => {
  ({ owner, db } = await openAccounts());
  staff = [await staffMember(owner, 'reviewer'), await staffMember(owner, 'operator')];
});
beforeEach(async () => {
  ({ accountId, email } = await somebody(owner));
  newEmail = `new-${email}`;
});

const ask = (about: object = {}) =>
  askForRecovery(db, KEYS, SITE, { email, newEmail, contact: '0113 496 0000', ...about });
const mine = async () =>
  (
    await sql<{ id: string; state: string }>`
      SELECT id, state FROM account_recovery WHERE account_id = ${accountId} ORDER BY asked_at DESC, id DESC LIMIT 1`.execute(
      owner,
    )
  ).rows[0]!;
const see = async (who: Signer, words = SAW) =>
  recordSeen(db, as(who), KEYS, SITE, { recoveryId: (await mine()).id, words });
const tokenIn = (text: string, page: string) =>
  new RegExp(`/account/recover/${page}\\?token=([\\w-]{43})`).exec(text)?.[1];
const stopToken = async (nth: number) => tokenIn((await lettersTo(owner, email))[nth]!.body, 'stop')!;
const bothHaveSeen = async () => {
  await ask();
  await see(staff[0]);
  await see(staff[1]);
};
const afterTheWait = async () => {
  await bothHaveSeen();
  await passTime(owner, { hours: 7 * 24 });
  await openDueRecoveries(owner, SITE);
  const letter = (await lettersTo(owner, newEmail)).at(-1)!;
  return tokenIn(letter.body, 'finish')!;
};

describe('asking', () => {
  it('tells the addresses that are known, and answers alike for an account that is none', async () => {
    await sql`INSERT INTO address_change (account_id, old_email, new_email, confirm_hash, confirmed_at, undo_hash)
      VALUES (${accountId}, ${`old-${email}`}, ${email}, encode(sha256(${email}::bytea), 'hex'), app_now(), encode(sha256(${`u${email}`}::bytea), 'hex'))`.execute(
      owner,
    );
    expect(await ask()).toBeUndefined();
    expect(await ask({ email: 'nobody@example.test' })).toBeUndefined();
    // Once more in the same words while it is under way: no second one, and no second letter.
    await ask();
    for (const to of [email, `old-${email}`]) expect(await lettersTo(owner, to)).toHaveLength(1);
    expect(await lettersTo(owner, newEmail)).toEqual([]);
    expect(await mine()).toMatchObject({ state: 'asked' });
  });

  it('for an address that is somebody else’s leads nowhere', async () => {
    const other = await somebody(owner);
    await ask({ newEmail: other.email });
    expect(await lettersTo(owner, email)).toEqual([]);
  });
});

describe('several who ask for one account', () => {
  const STRANGER = { newEmail: 'stranger@example.test', contact: '07700 900000' };
  const all = async () =>
    (
      await sql<{ id: string; state: string; newEmail: string }>`
        SELECT id, state, new_email::text AS "newEmail" FROM account_recovery WHERE account_id = ${accountId} ORDER BY id`.execute(
        owner,
      )
    ).rows;
  const seeOne = (who: Signer, recoveryId: string) =>
    recordSeen(db, as(who), KEYS, SITE, { recoveryId, words: SAW });

  it('do not keep each other out: who asked first is one of them', async () => {
    await ask(STRANGER);
    await ask();
    const [stranger, ours] = await all();
    expect([stranger!.state, ours!.state]).toEqual(['asked', 'asked']);
    // The new address of the owner with a telephone number of the stranger is yet another one.
    await ask({ contact: STRANGER.contact });
    expect(await all()).toHaveLength(3);

    const listed = (await readRecoveries(db, as(staff[0]))).accounts.find(
      (one) => one.accountId === accountId,
    )!;
    expect(listed.asking).toBe(3);
    expect(listed.recoveries.map(({ id }) => id)).toEqual((await all()).map(({ id }) => id));
    const page = await readRecovery(db, as(staff[0]), ours!.id);
    expect(page).toMatchObject({ otherAsking: 2, maySee: true });
    expect(page.others[0]).toMatchObject({ id: stranger!.id, contact: STRANGER.contact });
  });

  it('of whom many hide no other account from the staff', async () => {
    for (let nth = 0; nth < 8; nth += 1) await ask({ contact: `0113 496 00${nth}${nth}` });
    const first = accountId;
    ({ accountId, email } = await somebody(owner));
    await ask();
    const { accounts } = await readRecoveries(db, as(staff[0]));
    const many = accounts.find((one) => one.accountId === first)!;
    expect([many.asking, many.recoveries.length]).toEqual([8, 5]);
    expect(accounts.find((one) => one.accountId === accountId)!.asking).toBe(1);
  });

  it('are told of three times a day, and always before anybody is let in', async () => {
    for (let nth = 0; nth < 5; nth += 1) await ask({ contact: `0113 496 01${nth}${nth}` });
    const letters = await lettersTo(owner, email);
    expect(letters).toHaveLength(3);
    expect(letters[0]!.body).not.toContain('within a day');
    expect(letters[1]!.body).toContain('request 2 for your account within a day');
    expect(letters[2]!.body).toContain('no further request today');
    const last = (await all()).at(-1)!;
    await seeOne(staff[0], last.id);
    await seeOne(staff[1], last.id);
    const waits = (await lettersTo(owner, email)).at(-1)!;
    expect(waits.subject).toBe('Your account will be opened again');
    await stopRecovery(db, tokenIn(waits.body, 'stop')!);
    expect((await all()).map(({ state }) => state)).toEqual(['asked', 'asked', 'asked', 'asked', 'stopped']);
    await passTime(owner, { hours: 25 });
    await ask({ contact: '0113 496 0199' });
    expect(await lettersTo(owner, email)).toHaveLength(5);
  });

  it('are let in one at most: the first on the way is refused before the second goes on', async () => {
    await ask(STRANGER);
    await ask();
    const [stranger, ours] = await all();
    await seeOne(staff[0], stranger!.id);
    await seeOne(staff[1], stranger!.id);
    await seeOne(staff[0], ours!.id);
    expect(await readRecovery(db, as(staff[1]), ours!.id)).toMatchObject({ maySee: false, mayRefuse: true });
    await expectRefusal(seeOne(staff[1], ours!.id), 'recovery_another_waits');
    // Even when the link has left: it is refused, and opens nothing any more.
    await passTime(owner, { hours: 7 * 24 });
    await openDueRecoveries(owner, SITE);
    const token = tokenIn((await lettersTo(owner, STRANGER.newEmail)).at(-1)!.body, 'finish')!;
    await refuseRecovery(db, as(staff[1]), {
      recoveryId: stranger!.id,
      words: 'The passport was another’s.',
    });
    await expectRefusal(finishRecovery(db, { token, password: NEW_PASSWORD }), 'code_ended');
    await seeOne(staff[1], ours!.id);
    expect((await all()).map(({ state }) => state)).toEqual(['refused', 'waiting']);
  });

  it('end with whoever is let in', async () => {
    await ask(STRANGER);
    await ask();
    const [stranger, ours] = await all();
    await seeOne(staff[0], stranger!.id);
    await seeOne(staff[0], ours!.id);
    await seeOne(staff[1], ours!.id);
    await passTime(owner, { hours: 7 * 24 });
    await openDueRecoveries(owner, SITE);
    const token = tokenIn((await lettersTo(owner, newEmail)).at(-1)!.body, 'finish')!;
    await finishRecovery(db, { token, password: NEW_PASSWORD });
    expect((await all()).map(({ state }) => state)).toEqual(['overtaken', 'done']);
    await expectRefusal(seeOne(staff[1], stranger!.id), 'not_now');
    expect((await readRecovery(db, as(staff[1]), stranger!.id)).others[0]).toMatchObject({ state: 'done' });
    const { rows } = await sql<{ action: string }>`
      SELECT action FROM audit WHERE subject_id = ${accountId} AND action IN ('account.recovery_done', 'account.recovery_overtaken') ORDER BY seq`.execute(
      owner,
    );
    expect(rows.map(({ action }) => action)).toEqual(['account.recovery_done', 'account.recovery_overtaken']);
    // Whoever finds that a stranger was let in may ask again.
    email = newEmail;
    await ask({ newEmail: 'third@example.test' });
    expect(await mine()).toMatchObject({ state: 'asked' });
  });
});

describe('two of the staff', () => {
  it('each see who it is: not one twice, not the owner, nobody else', async () => {
    await ask();
    const { id } = await mine();
    const stranger = await account(owner);
    await expectRefusal(
      recordSeen(db, as(stranger), KEYS, SITE, { recoveryId: id, words: SAW }),
      'not_found',
    );
    await expectRefusal(readRecovery(db, as(stranger), id), 'not_found');
    expect((await readRecoveries(db, as(stranger))).accounts).toEqual([]);
    await see(staff[0]);
    await expectRefusal(see(staff[0]), 'recovery_second_person');
    expect(await readRecovery(db, as(staff[0]), id)).toMatchObject({ maySee: false, mayRefuse: true });
    expect(await readRecovery(db, as(staff[1]), id)).toMatchObject({ maySee: true, seen: [{ words: SAW }] });
    await see(staff[1]);
    await expectRefusal(see(staff[1]), 'not_now');
    expect(await lettersTo(owner, email)).toHaveLength(2);
  });

  it('who own the account are not among them', async () => {
    ({ accountId, email } = { accountId: staff[1].accountId, email: '' });
    email = (
      await owner.selectFrom('account').select('email').where('id', '=', accountId).executeTakeFirstOrThrow()
    ).email;
    await ask({ email });
    await expectRefusal(see(staff[1]), 'not_about_yourself');
    await refuseRecovery(db, as(staff[0]), {
      recoveryId: (await mine()).id,
      words: 'They came by themselves.',
    });
    await expectRefusal(see(staff[0]), 'not_now');
  });
});

describe('the wait', () => {
  it('is seven days, in which either letter stops it', async () => {
    await bothHaveSeen();
    await passTime(owner, { hours: 7 * 24 - 1 });
    await openDueRecoveries(owner, SITE);
    expect(await mine()).toMatchObject({ state: 'waiting' });
    expect(await stopToken(0)).toBe(await stopToken(1));
    await stopRecovery(db, await stopToken(1));
    await expectRefusal(stopRecovery(db, await stopToken(0)), 'code_ended');
    await passTime(owner, { hours: 2 });
    await openDueRecoveries(owner, SITE);
    expect(await mine()).toMatchObject({ state: 'stopped' });
    expect(await lettersTo(owner, newEmail)).toEqual([]);
    await expectRefusal(see(staff[0]), 'not_now');
  });

  it('is stopped by the owner who is signed in, all that is open and nothing of anybody else', async () => {
    const other = await somebody(owner);
    await askForRecovery(db, KEYS, SITE, {
      email: other.email,
      newEmail: `new-${other.email}`,
      contact: '07700 900001',
    });
    await bothHaveSeen();
    for (let nth = 0; nth < 5; nth += 1) await ask({ contact: `0113 496 02${nth}${nth}` });

    const read = await readOwnRecoveries(db, as({ accountId }));
    expect([read.asking, read.first.length]).toEqual([6, 5]);
    expect(read.first[0]!.next).toMatch(/^Two of our staff have seen them. On .* they can choose/);
    expect(read.first[1]!.next).toContain('seven days left');
    expect(JSON.stringify(read)).not.toContain('0113');

    await stopOwnRecoveries(db, as({ accountId }));
    // Pressed twice, in two windows, it is as it was.
    await stopOwnRecoveries(db, as({ accountId }));
    expect(await readOwnRecoveries(db, as({ accountId }))).toEqual({ asking: 0, first: [] });
    expect((await readOwnRecoveries(db, as(other))).asking).toBe(1);
    const { rows: steps } = await sql<{ actor: string; times: number }>`
      SELECT actor_id AS actor, count(*)::int AS times FROM audit
       WHERE subject_id = ${accountId} AND action = 'account.recovery_stopped' GROUP BY 1`.execute(owner);
    expect(steps).toEqual([{ actor: accountId, times: 6 }]);
    await expectRefusal(stopRecovery(db, await stopToken(0)), 'code_ended');
  });

  it('ends with a link to the new address: a new password, and everything else has ended', async () => {
    const session = await startSession(db, accountId);
    await sql`INSERT INTO recovery_code (account_id, code_hash) VALUES (${accountId}, repeat('a', 64))`.execute(
      owner,
    );
    await sql`INSERT INTO passkey (id, account_id, name, public_key) VALUES (${accountId}, ${accountId}, 'A key', 'x')`.execute(
      owner,
    );
    await sql`INSERT INTO authenticator_app (account_id, sealed_secret, confirmed_at) VALUES (${accountId}, 'a.' || repeat('a', 60), app_now())`.execute(
      owner,
    );
    const token = await afterTheWait();
    await finishRecovery(db, { token, password: NEW_PASSWORD });
    await expectRefusal(finishRecovery(db, { token, password: NEW_PASSWORD }), 'code_ended');

    expect(await findViewer(db, session)).toBeNull();
    expect(await signIn(db, { email: newEmail, password: NEW_PASSWORD })).toHaveProperty('sessionToken');
    await expectRefusal(signIn(db, { email, password: PASSWORD }), 'sign_in_failed');
    const { rows } = await sql<{ left: number }>`
      SELECT (SELECT count(*) FROM passkey WHERE account_id = ${accountId}) + (SELECT count(*) FROM recovery_code WHERE account_id = ${accountId})
           + (SELECT count(*) FROM authenticator_app WHERE account_id = ${accountId}) AS left`.execute(owner);
    expect(rows[0]!.left).toBe(0);
    expect((await lettersTo(owner, email)).at(-1)!.subject).toBe('Your account was opened again');
    const { rows: trail } = await sql<{ action: string; actor: string | null }>`
      SELECT action, actor_id AS actor FROM audit WHERE subject_id = ${accountId} AND action LIKE 'account.recovery%' ORDER BY seq`.execute(
      owner,
    );
    expect(trail).toEqual([
      { action: 'account.recovery_asked', actor: null },
      { action: 'account.recovery_seen', actor: staff[0].accountId },
      { action: 'account.recovery_waiting', actor: staff[1].accountId },
      { action: 'account.recovery_open', actor: null },
      { action: 'account.recovery_done', actor: null },
    ]);
  });

  it('stopped after the link was sent, the link is worth nothing and changes nothing', async () => {
    const token = await afterTheWait();
    await stopRecovery(db, await stopToken(0));
    await expectRefusal(finishRecovery(db, { token, password: NEW_PASSWORD }), 'code_ended');
    expect(await signIn(db, { email, password: PASSWORD })).toHaveProperty('sessionToken');
  });

  it('is no use to two: of many who bring the link one gets in', async () => {
    const token = await afterTheWait();
    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, () => finishRecovery(db, { token, password: NEW_PASSWORD })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('lapses when nobody goes on, and one may ask again', async () => {
    const token = await afterTheWait();
    await passTime(owner, { hours: 3 * 24 });
    await openDueRecoveries(owner, SITE);
    expect(await mine()).toMatchObject({ state: 'lapsed' });
    await expectRefusal(finishRecovery(db, { token, password: NEW_PASSWORD }), 'code_ended');
    await ask();
    expect(await mine()).toMatchObject({ state: 'asked' });
    await passTime(owner, { hours: 30 * 24 });
    await openDueRecoveries(owner, SITE);
    expect(await mine()).toMatchObject({ state: 'lapsed' });
  });
});
