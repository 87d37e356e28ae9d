import { expect, it } from 'vitest';
import { decimalOf } from '#lib/format/decimal.ts';

it('reads a point and a comma alike', () => {
  expect(['20', '2.5', '2,5', ' 2,50 ', '0', '.5', ',5', '9999,99'].map((typed) => decimalOf(typed))).toEqual(
    [20, 2.5, 2.5, 2.5, 0, 0.5, 0.5, 9999.99],
  );
});

it('takes nothing else for a number: a comma between thousands least of all', () => {
  for (const typed of [
    '',
    ' ',
    '1,000',
    '1.000',
    '2,5,1',
    '2.',
    '-3',
    '+3',
    '1e3',
    '2 5',
    'ten',
    '٣',
    '12345',
  ])
    expect(decimalOf(typed), typed).toBeNull();
});

it('reads as many decimals as are asked for', () => {
  expect(decimalOf('0,123456', 6)).toBe(0.123456);
  expect(decimalOf('0,1234567', 6)).toBeNull();
});
