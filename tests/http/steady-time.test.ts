import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inSteadyTime } from '#lib/server/http/steady-time.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

it.each([
  ['at once', () => Promise.resolve('said')],
  ['after a letter', () => after(30).then(() => 'said')],
])('what is done %s is answered after the same time', async (_when, work) => {
  const answered = vi.fn();
  void inSteadyTime(work).then(answered);
  await vi.advanceTimersByTimeAsync(249);
  expect(answered).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(answered).toHaveBeenCalledWith('said');
});

it('so is a no, and what takes longer takes longer', async () => {
  const refused = vi.fn();
  inSteadyTime(() => Promise.reject(new Error('no'))).catch(refused);
  await vi.advanceTimersByTimeAsync(249);
  expect(refused).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(refused).toHaveBeenCalled();
  const late = vi.fn();
  void inSteadyTime(() => after(400)).then(late);
  await vi.advanceTimersByTimeAsync(399);
  expect(late).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(late).toHaveBeenCalled();
});
