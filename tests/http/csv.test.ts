import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csv } from '#lib/server/http/csv.ts';

it('is read again as it was, but for what a spreadsheet would run', () => {
  const row = ['plain', 'a, b', 'say "no"', 'two\r\nlines', ''];
  expect(parse(csv([row]))).toEqual([row]);
  expect(parse(csv([['=1+1', '+44', '-2', '@x', 'a=b']]))).toEqual([["'=1+1", "'+44", "'-2", "'@x", 'a=b']]);
});
