import { expect, it } from 'vitest';
import { bounded } from '#lib/server/domain/accounts/passwords.ts';
import { finishRecovery } from '#lib/server/domain/accounts/recovery.ts';
import { askForPasswordReset, resetPassword } from '#lib/server/domain/accounts/reset-password.ts';
import { verifyAddress } from '#lib/server/domain/accounts/verify-address.ts';
import { passTime } from '../../builders/act.ts';
import { lettersTo, openAccounts, somebody, tokenIn } from './world.ts';

const password = 'quite another password';

it('is asked for by many, and the link that its owner has goes on working', async () => {
  const { owner, db } = await openAccounts();
  const { email } = await somebody(owner);
  const ask = () => askForPasswordReset(db, (code) => `https://steadyhand.example/?token=${code}`, email);
  await Promise.all(Array.from({ length: 10 }, ask));
  await passTime(owner, { minutes: 4 });
  await ask();
  const letters = await lettersTo(owner, email);
  expect(letters).toHaveLength(1);
  await resetPassword(db, { token: tokenIn(letters[0]!), password });
  // Used up: the next one is sent at once; and one that is not used, again after five minutes.
  await ask();
  await passTime(owner, { minutes: 6 });
  await ask();
  const links = (await lettersTo(owner, email)).filter(({ body }) => body.includes('token='));
  expect(links).toHaveLength(3);
  await resetPassword(db, { token: tokenIn(links[2]!), password: 'yet another password of mine' });
});

it('a guess at a link takes no place among those whose passwords are hashed', async () => {
  const { owner, db } = await openAccounts();
  const { email } = await somebody(owner);
  await askForPasswordReset(db, (code) => `https://steadyhand.example/?token=${code}`, email);
  const right = tokenIn((await lettersTo(owner, email))[0]!);

  // Two run, sixty wait: whoever wants to hash is told that we are busy.
  const { promise: over, resolve: end } = Promise.withResolvers<null>();
  const crowd = Array.from({ length: 62 }, () => bounded(() => over));
  const guess = { token: 'A'.repeat(43), password };
  for (const choose of [resetPassword, verifyAddress, finishRecovery])
    await expect(choose(db, guess)).rejects.toMatchObject({ code: 'code_ended' });
  await expect(resetPassword(db, { token: right, password })).rejects.toMatchObject({ code: 'unavailable' });
  end(null);
  await Promise.all(crowd);

  await resetPassword(db, { token: right, password });
  await expect(resetPassword(db, { token: right, password })).rejects.toMatchObject({ code: 'code_ended' });
});
