import { TOTP } from 'otpauth';
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  beginApp,
  confirmApp,
  readFactors,
  readWaitingApp,
  removeApp,
  renewRecoveryCodes,
} from '#lib/server/domain/accounts/change-factors.ts';
import { finishSignIn } from '#lib/server/domain/accounts/finish-sign-in.ts';
import { prove } from '#lib/server/domain/accounts/prove.ts';
import {
  endOtherSessions,
  findViewer,
  listSessions,
  startSession,
} from '#lib/server/domain/accounts/sessions.ts';
import { signIn } from '#lib/server/domain/accounts/sign-in.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { account, staffMember } from '../../builders/people.ts';
import { lettersTo, openAccounts, PASSWORD, somebody, viewerOf } from './world.ts';

const KEYS = [{ name: 'a', key: Buffer.alloc(32, 1) }];

let owner: Db;
let db: Db;
let email: string;
let accountId: string;

beforeAll(async () => {
  ({ owner, db } = await openAccounts());
});
beforeEach(async () => {
  ({ accountId, email } = await somebody(owner));
});

/** The code that an app shows now, or so many steps on. */
async function codeNow(secret: string, steps = 0): Promise<string> {
  const now = await appNow(owner);
  return new TOTP({ secret }).generate({ timestamp: now.epochMilliseconds + steps * 30_000 });
}

/** Sets up an app; answers the session, the secret and the recovery codes. */
async function enrolled() {
  const token = await startSession(db, accountId);
  const viewer = await viewerOf(db, token);
  await beginApp(db, KEYS, viewer);
  const secret = (await readWaitingApp(db, KEYS, viewer))!.typed.replaceAll(' ', '');
  const first = await codeNow(secret);
  const codes = (await confirmApp(db, KEYS, viewer, first))!;
  return { token, viewer: await viewerOf(db, token), secret, first, codes };
}

async function halfWay(): Promise<string> {
  const admission = await signIn(db, { email, password: PASSWORD });
  expect(admission).toHaveProperty('halfToken');
  return (admission as { halfToken: string }).halfToken;
}

describe('signing in with an app', () => {
  it('takes a password alone until an app is set up, and then two steps', async () => {
    expect(await signIn(db, { email, password: PASSWORD })).toHaveProperty('sessionToken');
    const { secret } = await enrolled();
    const halfToken = await halfWay();
    expect(await findViewer(db, halfToken)).toBeNull();
    await passTime(owner, { seconds: 30 });
    const { sessionToken } = await finishSignIn(
      db,
      KEYS,
      { halfToken, code: await codeNow(secret) },
      'A browser',
    );
    const viewer = await viewerOf(db, sessionToken);
    expect(viewer).toMatchObject({ accountId, hasApp: true, hasPasskey: false });
    expect((await listSessions(db, viewer)).find(({ isThis }) => isThis)).toMatchObject({
      device: 'A browser',
      factor: 'app',
    });
  });

  it('refuses a code a second time, whoever brings it', async () => {
    const { secret } = await enrolled();
    await passTime(owner, { seconds: 30 });
    const code = await codeNow(secret);
    const halves = await Promise.all([halfWay(), halfWay(), halfWay(), halfWay()]);
    const tries = await Promise.allSettled(
      halves.map((halfToken) => finishSignIn(db, KEYS, { halfToken, code })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'second_factor_failed' });
  });

  it('refuses the code that set the app up, codes of other times, and what is no code', async () => {
    const { secret, first } = await enrolled();
    const halfToken = await halfWay();
    for (const code of [first, await codeNow(secret, 3), await codeNow(secret, -3), '000', 'x'.repeat(60)])
      await expect(finishSignIn(db, KEYS, { halfToken, code })).rejects.toMatchObject({
        code: 'second_factor_failed',
      });
  });

  it('lets a half sign-in wait for ten minutes, and be used once', async () => {
    const { secret } = await enrolled();
    const halfToken = await halfWay();
    await passTime(owner, { seconds: 60 });
    await finishSignIn(db, KEYS, { halfToken, code: await codeNow(secret) });
    await passTime(owner, { seconds: 60 });
    await expect(finishSignIn(db, KEYS, { halfToken, code: await codeNow(secret) })).rejects.toMatchObject({
      code: 'sign_in_again',
    });
    const late = await halfWay();
    await passTime(owner, { minutes: 11 });
    await expect(
      finishSignIn(db, KEYS, { halfToken: late, code: await codeNow(secret) }),
    ).rejects.toMatchObject({
      code: 'sign_in_again',
    });
  });

  it('begins no session without the factor, whatever the application says', async () => {
    await enrolled();
    await expect(startSession(db, accountId)).rejects.toMatchObject({ constraint: 'session_second_factor' });
  });

  it('keeps the secret sealed: as it is it stands nowhere, and in another row it opens no more', async () => {
    const { secret } = await enrolled();
    const kept = await sql<{ text: string }>`
      SELECT row_to_json(a)::text AS text FROM authenticator_app a WHERE account_id = ${accountId}`.execute(
      owner,
    );
    expect(kept.rows[0]!.text).not.toContain(secret);
    const stranger = await somebody(owner);
    await sql`INSERT INTO authenticator_app (account_id, sealed_secret)
      SELECT ${stranger.accountId}, sealed_secret FROM authenticator_app WHERE account_id = ${accountId}`.execute(
      owner,
    );
    const theirs = await viewerOf(db, await startSession(db, stranger.accountId));
    await expect(readWaitingApp(db, KEYS, theirs)).rejects.toThrow('does not open');
  });

  it('seals a secret of before, or of an earlier key, when the next code is right', async () => {
    const { secret } = await enrolled();
    const row = async () =>
      (
        await sql<{ secret: string | null; sealed: string | null }>`
          SELECT secret, sealed_secret AS sealed FROM authenticator_app WHERE account_id = ${accountId}`.execute(
          owner,
        )
      ).rows[0]!;
    await sql`UPDATE authenticator_app SET secret = ${secret}, sealed_secret = NULL WHERE account_id = ${accountId}`.execute(
      owner,
    );
    await expect(finishSignIn(db, KEYS, { halfToken: await halfWay(), code: '000000' })).rejects.toThrow();
    expect(await row()).toEqual({ secret, sealed: null });
    await passTime(owner, { seconds: 30 });
    await finishSignIn(db, KEYS, { halfToken: await halfWay(), code: await codeNow(secret) });
    expect(await row()).toEqual({ secret: null, sealed: expect.stringMatching(/^a\./) as string });

    const newer = { name: 'b', key: Buffer.alloc(32, 2) };
    await passTime(owner, { seconds: 30 });
    await finishSignIn(db, [newer, ...KEYS], { halfToken: await halfWay(), code: await codeNow(secret) });
    expect(await row()).toEqual({ secret: null, sealed: expect.stringMatching(/^b\./) as string });
    await passTime(owner, { seconds: 30 });
    await finishSignIn(db, [newer], { halfToken: await halfWay(), code: await codeNow(secret) });
  });

  it('keeps the secret from everybody but its owner', async () => {
    await enrolled();
    const { rows } = await sql`SELECT secret FROM authenticator_app`.execute(db);
    expect(rows).toEqual([]);
  });
});

describe('recovery codes', () => {
  it('sign in once each, and their owner is told', async () => {
    const { codes } = await enrolled();
    expect(new Set(codes).size).toBe(10);
    const typed = codes[3]!.toUpperCase().replaceAll('-', ' ');
    await finishSignIn(db, KEYS, { halfToken: await halfWay(), code: typed });
    await expect(
      finishSignIn(db, KEYS, { halfToken: await halfWay(), code: codes[3]! }),
    ).rejects.toMatchObject({
      code: 'second_factor_failed',
    });
    const letters = await lettersTo(owner, email);
    expect(letters.map(({ subject }) => subject)).toEqual([
      'How you sign in has changed',
      'A recovery code was used',
    ]);
    expect(letters[1]!.body).toContain('9 of them are left');
  });

  it('are kept as hashes', async () => {
    const { codes } = await enrolled();
    const { rows } = await sql<{ kept: string }>`SELECT r::text AS kept FROM recovery_code r`.execute(owner);
    for (const { kept } of rows)
      for (const code of codes) expect(kept).not.toContain(code.replaceAll('-', ''));
  });

  it('of earlier end when new ones are made, and all of them with the last factor', async () => {
    const { viewer, codes } = await enrolled();
    const fresh = await renewRecoveryCodes(db, viewer);
    await expect(
      finishSignIn(db, KEYS, { halfToken: await halfWay(), code: codes[0]! }),
    ).rejects.toMatchObject({
      code: 'second_factor_failed',
    });
    await finishSignIn(db, KEYS, { halfToken: await halfWay(), code: fresh[0]! });
    await removeApp(db, viewer);
    expect(await readFactors(db, viewer)).toMatchObject({ appSince: null, codesLeft: 0, passkeys: [] });
    expect(await signIn(db, { email, password: PASSWORD })).toHaveProperty('sessionToken');
  });
});

describe('another app in place of the first', () => {
  it('leaves the first in use until the new one has shown a code', async () => {
    const { viewer, secret } = await enrolled();
    await beginApp(db, KEYS, viewer);
    await passTime(owner, { seconds: 60 });
    await finishSignIn(db, KEYS, { halfToken: await halfWay(), code: await codeNow(secret) });
    await expect(confirmApp(db, KEYS, viewer, '000000')).rejects.toMatchObject({
      code: 'second_factor_failed',
    });
    const fresh = (await readWaitingApp(db, KEYS, viewer))!.typed.replaceAll(' ', '');
    expect(await confirmApp(db, KEYS, viewer, await codeNow(fresh))).toBeNull();
    await passTime(owner, { seconds: 60 });
    await expect(
      finishSignIn(db, KEYS, { halfToken: await halfWay(), code: await codeNow(secret) }),
    ).rejects.toMatchObject({ code: 'second_factor_failed' });
    await finishSignIn(db, KEYS, { halfToken: await halfWay(), code: await codeNow(fresh) });
  });
});

describe('a proof once more', () => {
  it('is a password or a code, and counts for this session alone', async () => {
    const { token, secret } = await enrolled();
    await passTime(owner, { minutes: 25 });
    const viewer = await viewerOf(db, token);
    expect(viewer.provedSecondsAgo).toBeGreaterThanOrEqual(25 * 60);
    await expect(prove(db, KEYS, viewer, { kind: 'typed', text: 'not the password' })).rejects.toMatchObject({
      code: 'proof_failed',
    });
    await expect(prove(db, KEYS, viewer, { kind: 'typed', text: '000000' })).rejects.toMatchObject({
      code: 'second_factor_failed',
    });
    expect((await viewerOf(db, token)).provedSecondsAgo).toBeGreaterThanOrEqual(25 * 60);
    await prove(db, KEYS, viewer, { kind: 'typed', text: PASSWORD });
    expect((await viewerOf(db, token)).provedSecondsAgo).toBeLessThan(60);
    await passTime(owner, { minutes: 25 });
    await prove(db, KEYS, await viewerOf(db, token), { kind: 'typed', text: await codeNow(secret) });
    expect((await viewerOf(db, token)).provedSecondsAgo).toBeLessThan(60);
  });
});

describe('sessions', () => {
  it('elsewhere end when a factor changes, and on the person’s wish', async () => {
    const elsewhere = await startSession(db, accountId, { device: 'Firefox on Windows' });
    const { token, viewer } = await enrolled();
    expect(await findViewer(db, elsewhere)).toBeNull();
    expect(await findViewer(db, token)).not.toBeNull();
    await removeApp(db, viewer);
    const [one, two] = [await startSession(db, accountId), await startSession(db, accountId)];
    await endOtherSessions(db, viewer, (await viewerOf(db, one)).sessionRef);
    expect([await findViewer(db, one), (await findViewer(db, two)) !== null]).toEqual([null, true]);
    await endOtherSessions(db, viewer);
    expect([await findViewer(db, two), (await findViewer(db, token)) !== null]).toEqual([null, true]);
  });

  it('of somebody else cannot be ended by their reference', async () => {
    const { accountId: other } = await account(owner);
    const theirs = await startSession(db, other);
    const mine = await viewerOf(db, await startSession(db, accountId));
    await endOtherSessions(db, mine, (await viewerOf(db, theirs)).sessionRef);
    expect(await findViewer(db, theirs)).not.toBeNull();
  });

  it('of professionals end after 30 minutes without use, and after 12 hours in any case', async () => {
    const { accountId: reviewer } = await staffMember(owner);
    const token = await startSession(db, reviewer);
    expect((await viewerOf(db, token)).isProfessional).toBe(true);
    await passTime(owner, { minutes: 29 });
    expect(await findViewer(db, token)).not.toBeNull();
    await passTime(owner, { minutes: 31 });
    expect(await findViewer(db, token)).toBeNull();
    const used = await startSession(db, reviewer);
    for (let half = 0; half < 24; half++) {
      expect(await findViewer(db, used)).not.toBeNull();
      await passTime(owner, { minutes: 29, seconds: 50 });
    }
    await passTime(owner, { minutes: 5 });
    expect(await findViewer(db, used)).toBeNull();
  });
});
