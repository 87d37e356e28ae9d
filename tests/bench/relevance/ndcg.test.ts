import { expect, it } from 'vitest';
import { ndcg } from './ndcg.ts';

it.each([
  ['the best order', [3, 2, 1], [1, 2, 3, 0], 1],
  // 1 + 3/log2(3) + 7/log2(4) of 7 + 3/log2(3) + 1/log2(4)
  ['the worst order of the best three', [1, 2, 3], [3, 2, 1], 0.68061],
  // 3 + 7/log2(4) of 7 + 3/log2(3)
  ['one who does not fit between two who do', [2, 0, 3], [3, 2, 0, 0], 0.73093],
  // 7 of 7 + 7/log2(3)
  ['one of two', [3], [3, 3], 0.61315],
  ['nobody', [], [3], 0],
  ['only those who do not fit', [0, 0], [0, 0, 1], 0],
])('counts %s', (_what, found, all, value) => {
  expect(ndcg(found, all)).toBeCloseTo(value, 5);
});

it('looks at the first ten alone', () => {
  const elevenAll = [...Array<number>(10).fill(1), 3];
  expect(ndcg(elevenAll, Array<number>(11).fill(1))).toBeCloseTo(1, 10);
});
