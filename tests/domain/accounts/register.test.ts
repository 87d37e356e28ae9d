import { beforeAll, expect, it } from 'vitest';
import { register } from '#lib/server/domain/accounts/register.ts';
import { verifyAddress } from '#lib/server/domain/accounts/verify-address.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { lettersTo, openAccounts, tokenIn } from './world.ts';

let owner: Db;
let db: Db;
beforeAll(async () => {
  ({ owner, db } = await openAccounts());
});

const links = {
  verify: (token: string) => `https://steadyhand.example/?token=${token}`,
  signIn: 'https://steadyhand.example/account/sign-in',
};
const nameOf = async (email: string) =>
  (
    await owner
      .selectFrom('account')
      .where('email', '=', email)
      .select('display_name as name')
      .executeTakeFirstOrThrow()
  ).name;

it('who registers an address first chooses no name for its owner', async () => {
  const email = 'grace@example.test';
  await register(db, links, { name: 'Somebody else’s joke', email });
  await register(db, links, { name: 'Grace Hopper', email });
  const letter = (await lettersTo(owner, email)).at(-1)!;
  await verifyAddress(db, { token: tokenIn(letter), password: 'five words nobody has guessed' });
  expect(await nameOf(email)).toBe('Grace Hopper');

  // Confirmed, it has its name: whoever registers it again changes nothing, and its owner is told.
  await register(db, links, { name: 'Somebody else’s joke', email });
  expect(await nameOf(email)).toBe('Grace Hopper');
  expect((await lettersTo(owner, email)).at(-1)!.subject).toBe('You already have an account');
});

it('sends a stranger no words of whoever typed their address', async () => {
  const email = 'stranger@example.test';
  await register(db, links, { name: 'You won! https://prize.example', email });
  const letter = (await lettersTo(owner, email)).at(-1)!;
  expect(letter.body).toMatch(/^Hello,\n/);
  expect(JSON.stringify(letter)).not.toContain('prize.example');
});
