import { expect, it } from 'vitest';
import { feeInWords, feeIsPaid, feePromise } from '#lib/format/fee.ts';

it('says what a consultation costs, who is paid and when', () => {
  expect(feeInWords(50_00, 'GBP')).toBe('£50');
  expect(feePromise(50_00, 'Northlight')).toBe(
    'It is the same, whether you go on or decide on nothing. You pay Northlight at the visit. Nothing is taken when you book, so there is nothing to get back if you cancel.',
  );
});

it('says of one that is free of charge neither who is paid nor what comes back', () => {
  expect(feeInWords(0, 'GBP')).toBe('Nothing');
  expect(feeIsPaid(0, 'Northlight')).toBe('');
  expect(feePromise(0, 'Northlight')).toBe('It is the same, whether you go on or decide on nothing.');
});
