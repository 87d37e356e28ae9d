import { beforeAll, beforeEach, expect, it } from 'vitest';
import { askForAddress, confirmAddress, undoAddress } from '#lib/server/domain/accounts/change-address.ts';
import { changePassword } from '#lib/server/domain/accounts/change-password.ts';
import { askForPasswordReset, resetPassword } from '#lib/server/domain/accounts/reset-password.ts';
import { findViewer, startSession } from '#lib/server/domain/accounts/sessions.ts';
import { signIn } from '#lib/server/domain/accounts/sign-in.ts';
import type { Viewer } from '#lib/server/domain/accounts/viewer.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { lettersTo, openAccounts, PASSWORD, somebody, tokenIn, viewerOf } from './world.ts';

let owner: Db;
let db: Db;
let viewer: Viewer;
let token: string;
let fresh: string;

beforeAll(async () => {
  ({ owner, db } = await openAccounts());
});
beforeEach(async () => {
  const { accountId, email } = await somebody(owner);
  token = await startSession(db, accountId);
  viewer = await viewerOf(db, token);
  fresh = `new.${email}`;
});

const link = (code: string) => `https://steadyhand.example/?token=${code}`;
const links = { confirm: link, signIn: 'https://steadyhand.example/account/sign-in' };
const subjects = async (address: string) => (await lettersTo(owner, address)).map(({ subject }) => subject);
const signsIn = (email: string, password = PASSWORD) =>
  signIn(db, { email, password }).then(
    () => true,
    () => false,
  );

it('moves to the new address once its link is used, and both are told', async () => {
  await askForAddress(db, viewer, links, fresh);
  expect([await signsIn(viewer.email), await signsIn(fresh)]).toEqual([true, false]);
  const [letter] = await lettersTo(owner, fresh);
  await confirmAddress(db, link, tokenIn(letter!));
  expect([await signsIn(viewer.email), await signsIn(fresh)]).toEqual([false, true]);
  expect(await subjects(viewer.email)).toEqual([
    'Another e-mail address was asked for',
    'Your e-mail address was changed',
  ]);
  await expect(confirmAddress(db, link, tokenIn(letter!))).rejects.toMatchObject({ code: 'code_ended' });
});

it('lets a link stand for a day, and a later wish in place of an earlier one', async () => {
  await askForAddress(db, viewer, links, `first.${fresh}`);
  await askForAddress(db, viewer, links, fresh);
  const [first] = await lettersTo(owner, `first.${fresh}`);
  await expect(confirmAddress(db, link, tokenIn(first!))).rejects.toMatchObject({ code: 'code_ended' });
  await passTime(owner, { hours: 25 });
  const [late] = await lettersTo(owner, fresh);
  await expect(confirmAddress(db, link, tokenIn(late!))).rejects.toMatchObject({ code: 'code_ended' });
});

it('does not tell who has an address, and never takes one away', async () => {
  const other = await somebody(owner);
  await askForAddress(db, viewer, links, other.email);
  expect(await subjects(other.email)).toEqual(['You already have an account']);
  expect(await subjects(viewer.email)).toEqual(['Another e-mail address was asked for']);
  await askForAddress(db, viewer, links, fresh);
  const [letter] = await lettersTo(owner, fresh);
  await owner.updateTable('account').set({ email: fresh }).where('id', '=', other.accountId).execute();
  await expect(confirmAddress(db, link, tokenIn(letter!))).rejects.toMatchObject({ code: 'address_taken' });
  await expect(askForAddress(db, viewer, links, viewer.email)).rejects.toMatchObject({
    code: 'address_same',
  });
});

it('is taken back from the old address for seven days, and everybody is signed out', async () => {
  await askForAddress(db, viewer, links, fresh);
  await confirmAddress(db, link, tokenIn((await lettersTo(owner, fresh))[0]!));
  const undo = tokenIn((await lettersTo(owner, viewer.email)).at(-1)!);
  await passTime(owner, { hours: 6 * 24 });
  const elsewhere = await startSession(db, viewer.accountId);
  await undoAddress(db, link, undo);
  expect(await findViewer(db, elsewhere)).toBeNull();
  expect([await signsIn(viewer.email), await signsIn(fresh)]).toEqual([true, false]);
  const reset = tokenIn((await lettersTo(owner, viewer.email)).at(-1)!);
  await resetPassword(db, { token: reset, password: 'quite another password' });
  expect([await signsIn(viewer.email), await signsIn(viewer.email, 'quite another password')]).toEqual([
    false,
    true,
  ]);
  await expect(undoAddress(db, link, undo)).rejects.toMatchObject({ code: 'code_ended' });
});

it('a new password ends what was asked for before it, however the password came about', async () => {
  const open = async () => {
    await askForAddress(db, await viewerOf(db, token), links, fresh);
    return tokenIn((await lettersTo(owner, fresh)).at(-1)!);
  };
  const changed = await open();
  await askForPasswordReset(db, link, viewer.email);
  const resets = tokenIn((await lettersTo(owner, viewer.email)).at(-1)!);
  await changePassword(db, viewer, { currentPassword: PASSWORD, password: 'quite another password' });
  await expect(confirmAddress(db, link, changed)).rejects.toMatchObject({ code: 'code_ended' });
  await expect(
    resetPassword(db, { token: resets, password: 'a third password of mine' }),
  ).rejects.toMatchObject({ code: 'code_ended' });

  const reset = await open();
  await askForPasswordReset(db, link, viewer.email);
  await resetPassword(db, {
    token: tokenIn((await lettersTo(owner, viewer.email)).at(-1)!),
    password: 'a third password of mine',
  });
  await expect(confirmAddress(db, link, reset)).rejects.toMatchObject({ code: 'code_ended' });
  expect([await signsIn(viewer.email, 'a third password of mine'), await signsIn(fresh)]).toEqual([
    true,
    false,
  ]);
});

it('stays after seven days', async () => {
  await askForAddress(db, viewer, links, fresh);
  await confirmAddress(db, link, tokenIn((await lettersTo(owner, fresh))[0]!));
  await passTime(owner, { hours: 7 * 24 + 1 });
  const undo = tokenIn((await lettersTo(owner, viewer.email)).at(-1)!);
  await expect(undoAddress(db, link, undo)).rejects.toMatchObject({ code: 'code_ended' });
});

it('a new password wants the old one, ends other sessions and is told', async () => {
  const elsewhere = await startSession(db, viewer.accountId);
  await expect(
    changePassword(db, viewer, { currentPassword: 'not this one', password: 'quite another password' }),
  ).rejects.toMatchObject({ code: 'proof_failed', field: 'currentPassword' });
  await changePassword(db, viewer, { currentPassword: PASSWORD, password: 'quite another password' });
  expect([await findViewer(db, elsewhere), (await findViewer(db, token)) !== null]).toEqual([null, true]);
  expect([await signsIn(viewer.email), await signsIn(viewer.email, 'quite another password')]).toEqual([
    false,
    true,
  ]);
  expect(await subjects(viewer.email)).toEqual(['Your password was changed']);
});
