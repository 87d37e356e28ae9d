import { expect, it } from 'vitest';
import { forgettingForm, openLockedForm } from '#lib/server/domain/privacy/input.ts';

it('counts letters as the database does', () => {
  const of = (letters: number) => '𝔸'.repeat(letters);
  const isTaken = (step: 'propose' | 'refuse', words: string) =>
    forgettingForm.safeParse({ step, words }).success;
  expect([isTaken('propose', of(19)), isTaken('propose', of(20))]).toEqual([false, true]);
  expect([isTaken('refuse', of(9)), isTaken('refuse', of(10))]).toEqual([false, true]);
  const patientId = '01a229aa-f8f2-797a-b371-45136f0e9c22';
  const mayAsk = (reason: string) => openLockedForm.safeParse({ patientId, reason }).success;
  expect([mayAsk(of(9)), mayAsk(of(10))]).toEqual([false, true]);
});
