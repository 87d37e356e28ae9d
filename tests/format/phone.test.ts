import { expect, it } from 'vitest';
import { callTo } from '#lib/format/phone.ts';

it.each([
  ['+44 20 7946 0123', 'tel:+442079460123'],
  ['(01) 960-0101', 'tel:019600101'],
  ['+44 (0)113 496 0000', 'tel:+441134960000'],
  ['999', 'tel:999'],
])('%s is called by pressing it', (written, link) => {
  expect(callTo(written)).toBe(link);
});
