import { expect, it } from 'vitest';
import { bounded } from '#lib/server/domain/accounts/passwords.ts';

it('hashes two at a time, lets sixty wait, and refuses more at once', async () => {
  let running = 0;
  let most = 0;
  const ends: (() => void)[] = [];
  const work = () =>
    bounded(async () => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
    });
  const some = Array.from({ length: 62 }, work);
  await expect(work()).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  for (let done = 0; done < 62; done++) {
    while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve));
    ends.shift()!();
  }
  await Promise.all(some);
  expect([most, running]).toEqual([2, 0]);
});

it('goes on after one that failed', async () => {
  const broken = Array.from({ length: 5 }, () => bounded(() => Promise.reject(new Error('no'))));
  expect((await Promise.allSettled(broken)).map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  expect(await bounded(() => Promise.resolve('done'))).toBe('done');
});
