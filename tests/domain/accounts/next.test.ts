import { expect, it } from 'vitest';
import { nextOf } from '#lib/server/domain/accounts/input.ts';

it.each([
  '/',
  '/my-care',
  '/desk/calendar?day=2027-02-09&view=week',
  '/search?near=Le%C3%B3n#first',
  '/a/[b]~',
])('goes on to %s', (path) => {
  expect(nextOf(path)).toBe(path);
});

it.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/a\\b',
  '/\t/evil.example',
  '/ /evil.example',
  // What no header can carry would be an error of ours.
  '/\u0001/evil.example',
  '/\u007f',
  '/\u00a0/evil.example',
  '/caf\u00e9',
  '/\u2028',
  '/\ud800',
  '',
  'my-care',
])('drops %j', (path) => {
  expect(nextOf(path)).toBeUndefined();
});
