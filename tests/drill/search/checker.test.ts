import { describe, expect, it } from 'vitest';
import { differences, percentile, shownThoughSuspended } from './checker.ts';

describe('the checker of answers', () => {
  const suspension = { slug: 'dr-jane-roe', from: 100, until: 200 };
  const page = (slug: string) =>
    `<h1>1 practitioner</h1><a href="/practitioners/${slug}?from=2">Jane Roe</a>`;
  const answer = (askedAt: number, answeredAt: number, text = page('dr-jane-roe')) => ({
    text,
    askedAt,
    answeredAt,
  });

  it('sees somebody who is planted in an answer, in a page and in what a page fetches', () => {
    expect(shownThoughSuspended(answer(101, 150), [suspension])).toEqual(['dr-jane-roe']);
    const fetched = '{"type":"data","nodes":[{"data":["dr-jane-roe","Jane Roe"]}]}';
    expect(shownThoughSuspended(answer(100, 200, fetched), [suspension])).toEqual(['dr-jane-roe']);
    expect(shownThoughSuspended(answer(101, 150), [{ ...suspension, until: Infinity }])).toHaveLength(1);
  });

  it('holds nothing against an answer that was asked for before, or may have come after their return', () => {
    expect(shownThoughSuspended(answer(99, 150), [suspension])).toEqual([]);
    expect(shownThoughSuspended(answer(101, 201), [suspension])).toEqual([]);
    // Suspended again later.
    const again = { slug: 'dr-jane-roe', from: 300, until: Infinity };
    expect(shownThoughSuspended(answer(210, 290), [suspension, again])).toEqual([]);
    expect(shownThoughSuspended(answer(310, 390), [suspension, again])).toEqual(['dr-jane-roe']);
  });

  it('tells who is suspended from who is called much the same', () => {
    for (const slug of ['dr-jane-roebuck', 'dr-jane-roe-2', 'mdr-jane-roe', 'jane-roe'])
      expect([slug, shownThoughSuspended(answer(101, 150, page(slug)), [suspension])]).toEqual([slug, []]);
  });
});

describe('the checker of indexes', () => {
  const wanted = new Map([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ]);

  it('finds nothing between equals', () => {
    expect(differences(wanted, new Map(wanted))).toEqual({ lacking: [], surplus: [], other: [] });
  });

  it('sees what is planted: lacking, for nobody, and other than it should be', () => {
    const held = new Map([
      ['a', '1'],
      ['c', '4'],
      ['d', '5'],
    ]);
    expect(differences(wanted, held)).toEqual({ lacking: ['b'], surplus: ['d'], other: ['c'] });
    expect(differences(wanted, new Map())).toEqual({ lacking: ['a', 'b', 'c'], surplus: [], other: [] });
  });
});

it('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at);
  expect([50, 99, 100].map((hundredths) => percentile(values, hundredths))).toEqual([100, 198, 200]);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});
