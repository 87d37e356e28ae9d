import { describe, expect, it } from 'vitest';
import { intervalsOf, type Treated } from '#lib/server/domain/care/intervals.ts';

const treated = (about: Partial<Treated>): Treated => ({
  id: 'a',
  on: '2026-01-05',
  productName: 'Azzalure',
  retreatmentDays: 84,
  isTopUp: false,
  ...about,
});

describe('the time between treatments', () => {
  it('is nothing to draw before a first treatment', () => {
    expect(intervalsOf([], null, '2026-02-01')).toBeNull();
  });

  it('counts what the gate counts: each product’s own days, a top-up none, what was told from elsewhere too', () => {
    const chart = intervalsOf(
      [treated({ id: 'b', on: '2026-01-20', isTopUp: true, retreatmentDays: 84 }), treated({})],
      { on: '2025-11-01', retreatmentDays: 90 },
      '2026-02-10',
    )!;
    expect(chart.rows.map(({ id, what, date, next }) => [id, what, date, next])).toEqual([
      ['elsewhere', 'Elsewhere, as the patient told', '1 November 2025', '30 January 2026'],
      ['a', 'Azzalure', '5 January 2026', '30 March 2026'],
      ['b', 'Azzalure, a top-up', '20 January 2026', 'Does not count'],
    ]);
    expect(chart.earliest).toBe('Not before 30 March 2026.');
    expect(chart.rows[1]!.effect).toBe('About 8 January 2026 to 5 April 2026, gone by 5 May 2026');
    expect(chart.rows[1]!.days).toEqual({ on: 65, begins: 68, fades: 155, ends: 185, next: 149 });
    expect(chart.today).toBe(101);
    expect(chart.months.map(({ label }) => label)).toEqual([
      'Dec 2025',
      'Jan 2026',
      'Feb 2026',
      'Mar 2026',
      'Apr 2026',
      'May 2026',
    ]);
  });

  it('says when nothing has to be waited for, and names fewer months of a long record', () => {
    const chart = intervalsOf([treated({ on: '2022-03-01' })], null, '2026-03-01')!;
    expect(chart.earliest).toBe('The rules ask for no more waiting.');
    expect(chart.months.map(({ label }) => label)).toEqual(['Jan 2023', 'Jan 2024', 'Jan 2025', 'Jan 2026']);
    expect(chart.length).toBe(chart.today + 7);
  });
});
