import { expect, it } from 'vitest';
import { isGuessedFirst } from '#lib/server/domain/accounts/password-rules.ts';
import { changePasswordInput } from '#lib/server/domain/accounts/input.ts';

it.each([
  '1qaz2wsx3edc4rfv',
  'passwordpassword',
  'Password Password 1!',
  'aaaaaaaaaaaaaaaa',
  'abcabcabcabcabcabc',
  'qwerty qwerty qwerty',
  'SteadyhandSteadyhand',
  'steadyhand 12345678',
  'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ',
])('%s is one of the first that others would guess', (password) => {
  expect(isGuessedFirst(password)).toBe(true);
});

it.each(['three words and a half', 'steadyhand demo town', 'πολύ καιρό τώρα', '8412 0099 5561 7203'])(
  '%s is not, whatever it is made of',
  (password) => {
    expect(isGuessedFirst(password)).toBe(false);
  },
);

it('is long, and nothing more is asked of it', () => {
  const read = (password: string) =>
    changePasswordInput.safeParse({ currentPassword: 'x', password }).success;
  expect(read('a'.repeat(7) + 'bcdefgh')).toBe(false);
  expect([read('only lower case letters'), read('       and spaces     '), read('x y z'.repeat(60))]).toEqual(
    [true, true, false],
  );
});

it('is counted in characters, and nothing is looked for in one that is too long', () => {
  const told = (password: string) =>
    changePasswordInput
      .safeParse({ currentPassword: 'x', password })
      .error?.issues.map(({ message }) => message);
  expect(told('😀🚀🌈🦊🍉🎻⚓')).toEqual([expect.stringContaining('Use at least 15 characters')]);
  expect(told('😀🚀🌈🦊🍉🎻⚓🧶🪁🌵🥁🦉🍋🧭🪐')).toBe(undefined);
  // To look for what repeats in half a megabyte would take minutes.
  expect(told('1'.repeat(400_000))).toEqual(['Use at most 256 characters']);
});
