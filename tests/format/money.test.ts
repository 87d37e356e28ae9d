import { expect, test } from 'vitest';
import { money } from '#lib/format/money.ts';

test('whole amounts have no decimals, others have all of theirs', () => {
  expect(money(12000, 'GBP')).toBe('£120');
  expect(money(8950, 'GBP')).toBe('£89.50');
  expect(money(0, 'GBP')).toBe('£0');
  expect(money(123456789, 'USD', 'en-US')).toBe('$1,234,567.89');
});

test('a currency has the minor units of ISO 4217, not always a hundred', () => {
  expect(money(500, 'JPY')).toBe('JP¥500');
  expect(money(1500, 'KWD').replace(/\s/g, ' ')).toBe('KWD 1.500');
});

test('refunds are negative', () => {
  expect(money(-6000, 'GBP')).toBe('-£60');
});
