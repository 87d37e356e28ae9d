import { describe, expect, it } from 'vitest';
import { POLICY_KEY_NAMES, POLICY_KEYS, type PolicyValues } from '#lib/server/domain/policy/keys.ts';
import {
  faultsOf,
  isInForce,
  policyRowSchema,
  unreviewedAssumptions,
  withReview,
  type PolicyRow,
} from '#lib/server/domain/policy/row.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { row } from './builders.ts';

describe('the shipped rows', () => {
  it.each(POLICY_ROWS.map((shipped) => [`${shipped.jurisdiction}.${shipped.key}`, shipped] as const))(
    '%s is a whole row with a fitting value',
    (_name, shipped) => {
      expect(policyRowSchema.parse(shipped)).toEqual(shipped);
      expect(POLICY_KEYS[shipped.key].schema.parse(shipped.value)).toEqual(shipped.value);
      // What jsonb gives back must be what we put in.
      expect(JSON.parse(JSON.stringify(shipped))).toEqual(shipped);
    },
  );

  it('hold no fault', () => {
    expect(faultsOf(POLICY_ROWS)).toEqual([]);
  });

  it('leave no key without a row', () => {
    const stated = new Set(POLICY_ROWS.map(({ key }) => key));
    expect(POLICY_KEY_NAMES.filter((key) => !stated.has(key))).toEqual([]);
  });

  it('say of a product everywhere the same: a code stands for one product', () => {
    const licensed = POLICY_ROWS.filter(({ key }) => key === 'licensed_products').flatMap(
      ({ value }) => value as PolicyValues['licensed_products'],
    );
    for (const one of licensed)
      for (const other of licensed.filter(({ code }) => code === one.code)) expect(other).toEqual(one);
    expect(licensed.length).toBeGreaterThan(40);
  });

  it('claim no review that nobody made', () => {
    expect(
      POLICY_ROWS.filter((shipped) => shipped.reviewedBy !== null || shipped.reviewedAt !== null),
    ).toEqual([]);
  });

  it('rest on these grounds', () => {
    const grounds = (status: PolicyRow['status'], jurisdiction: PolicyRow['jurisdiction']) =>
      POLICY_ROWS.filter((shipped) => shipped.status === status && shipped.jurisdiction === jurisdiction).map(
        ({ key }) => key,
      );
    expect(grounds('assumed', 'platform')).toEqual([
      'max_injectors_per_prescriber',
      'min_age',
      'consult_valid_days',
      'cooling_off_hours_first_or_changed',
      'cooling_off_hours_unchanged',
      'cooling_off_top_up',
    ]);
    expect(grounds('secondary', 'platform')).toEqual([]);
    expect(grounds('assumed', 'england')).toEqual([
      'required_credentials',
      'licensed_products',
      'referral_fee_allowed',
      'retention_years',
      'complaint_url',
      'emergency_number',
      'urgent_advice_number',
    ]);
    expect(grounds('secondary', 'england')).toEqual(['consult_mode', 'premises_required']);
    expect(grounds('sourced', 'texas')).toEqual(['min_age', 'adverse_event_url']);
    expect(grounds('secondary', 'texas')).toEqual([
      'prescriber_roles',
      'injector_roles',
      'lay_injector',
      'prescriber_onsite',
      'consult_mode',
      'consult_each_treatment',
      'premises_required',
    ]);
  });

  it('cite a date of the source, or the day it was read', () => {
    const dated = POLICY_ROWS.filter(({ sourceDate }) => sourceDate !== '2026-11-23');
    expect([...new Set(dated.map(({ sourceDate }) => sourceDate))].sort()).toEqual([
      '2016-06-01',
      '2021-10-01',
      '2022-07-01',
      '2023-11-01',
      '2024-03-01',
      '2025-01-09',
      '2025-06-01',
      '2025-06-03',
      '2025-08-07',
      '2025-09-02',
      '2025-11-14',
      '2026-05-12',
    ]);
    expect(POLICY_ROWS.filter(({ source }) => source.length < 10)).toEqual([]);
  });
});

describe('a row', () => {
  it('is in force from its first day until the day before its end', () => {
    const dated = row('england', 'min_age', 18, { effectiveFrom: '2025-06-01', effectiveTo: '2026-01-01' });
    const days = ['2025-05-31', '2025-06-01', '2025-12-31', '2026-01-01'];
    expect(days.map((day) => isInForce(dated, day))).toEqual([false, true, true, false]);
  });

  it('is always in force without dates', () => {
    const undated = row('england', 'min_age', 18);
    expect([isInForce(undated, '1066-10-14'), isInForce(undated, '2999-01-01')]).toEqual([true, true]);
  });

  const whole = row('england', 'min_age', 18);
  it.each<[string, object]>([
    ['an unknown jurisdiction', { jurisdiction: 'wales' }],
    ['an unknown key', { key: 'max_age' }],
    ['an unknown status', { status: 'certain' }],
    ['no source', { source: '' }],
    ['a date that is none', { sourceDate: '2026-02-30' }],
    ['a commencement that is no date', { effectiveFrom: 'soon' }],
    ['an end that is no date', { effectiveTo: '2026' }],
    ['a reviewer without a name', { reviewedBy: '' }],
    ['a review without a time', { reviewedAt: '2026-11-23' }],
    ['a column that we do not know', { note: '' }],
  ])('is refused with %s', (_what, change) => {
    expect(policyRowSchema.safeParse(whole).success).toBe(true);
    expect(policyRowSchema.safeParse({ ...whole, ...change }).success).toBe(false);
  });
});

describe('unreviewedAssumptions', () => {
  it('names what is assumed and not reviewed, and nothing else', () => {
    const assumed = row('texas', 'retention_years', 7, { status: 'assumed' });
    const reviewed = row('texas', 'rx_validity_days', 365, {
      status: 'assumed',
      reviewedBy: 'Dr Amara Okafor',
      reviewedAt: '2026-11-24T09:00:00Z',
    });
    const secondary = row('texas', 'lay_injector', 'by_delegation', { status: 'secondary' });
    expect(unreviewedAssumptions([secondary, assumed, reviewed])).toEqual([assumed]);
  });
});

describe('withReview', () => {
  const shipped = row('texas', 'retention_years', 7, { status: 'assumed' });
  const review = { reviewedBy: 'Dr Amara Okafor', reviewedAt: '2026-11-24T09:00:00Z' };
  const other = row('texas', 'rx_validity_days', 365, {
    reviewedBy: 'Sam Ortega',
    reviewedAt: '2026-11-20T09:00:00Z',
  });

  it('takes over the review of the row as it stands published', () => {
    expect(withReview(shipped, [other, { ...shipped, ...review }])).toEqual({ ...shipped, ...review });
    // Its end and what it is said to rest on may change: what was read is the same.
    expect(withReview({ ...shipped, effectiveTo: '2030-01-01' }, [{ ...shipped, ...review }])).toEqual({
      ...shipped,
      effectiveTo: '2030-01-01',
      ...review,
    });
  });

  it.each<[string, Partial<PolicyRow>]>([
    ['place', { jurisdiction: 'california' }],
    ['key', { key: 'cover_days' }],
    ['value', { value: 10 }],
    ['source', { source: 'Another Act' }],
    ['first day', { effectiveFrom: '2027-01-01' }],
  ])('is nothing to a row with another %s', (_what, change) => {
    expect(withReview({ ...shipped, ...change }, [{ ...shipped, ...review }])).toEqual({
      ...shipped,
      ...change,
    });
  });

  it('leaves a row that carries its own', () => {
    const own = { ...shipped, reviewedBy: 'Sam Ortega', reviewedAt: '2026-11-25T09:00:00Z' };
    expect(withReview(own, [{ ...shipped, ...review }])).toEqual(own);
    expect(withReview(shipped, [])).toEqual(shipped);
  });
});

describe('faultsOf', () => {
  it.each<[string, PolicyRow[], string[]]>([
    [
      'a value that does not fit',
      [row('england', 'min_age', 'eighteen')],
      ['england.min_age: the value does not fit the key'],
    ],
    [
      'a platform row for a law',
      [row('platform', 'emergency_number', '999')],
      ['platform.emergency_number: only a law may say this'],
    ],
    [
      'a law for a platform rule',
      [row('texas', 'cover_days', 7)],
      ['texas.cover_days: only the platform may say this'],
    ],
    [
      'a platform rule and a law in their places',
      [row('platform', 'cover_days', 28), row('texas', 'emergency_number', '911')],
      [],
    ],
    [
      'a period without a day',
      [row('england', 'min_age', 18, { effectiveFrom: '2025-01-01', effectiveTo: '2025-01-01' })],
      ['england.min_age: ends before it begins'],
    ],
    [
      'a period of one day',
      [row('england', 'min_age', 18, { effectiveFrom: '2025-01-01', effectiveTo: '2025-01-02' })],
      [],
    ],
    [
      'a first day without an end, and an end without a first day',
      [
        row('england', 'min_age', 18, { effectiveFrom: '2025-01-01' }),
        row('texas', 'min_age', 18, { effectiveTo: '2025-01-01' }),
      ],
      [],
    ],
    [
      'an end that comes after another row has begun',
      [
        row('england', 'min_age', 18, { effectiveTo: '2025-01-02' }),
        row('england', 'min_age', 21, { effectiveFrom: '2025-01-01' }),
      ],
      ['england.min_age: stated twice for the same day'],
    ],
    [
      'a row for always beside one for a while',
      [
        row('england', 'min_age', 18),
        row('england', 'min_age', 21, { effectiveFrom: '2025-01-01', effectiveTo: '2026-01-01' }),
      ],
      ['england.min_age: stated twice for the same day'],
    ],
    [
      'a reviewer without a time',
      [row('england', 'min_age', 18, { reviewedBy: 'Dr Amara Okafor' })],
      ['england.min_age: a review needs both name and time'],
    ],
    [
      'a time without a reviewer',
      [row('england', 'min_age', 18, { reviewedAt: '2026-11-24T09:00:00Z' })],
      ['england.min_age: a review needs both name and time'],
    ],
    [
      'two rows for always',
      [row('england', 'min_age', 18), row('england', 'min_age', 21)],
      ['england.min_age: stated twice for the same day'],
    ],
    [
      'an overlap of one day',
      [
        row('england', 'min_age', 18, { effectiveFrom: '2020-01-01', effectiveTo: '2025-01-02' }),
        row('england', 'min_age', 21, { effectiveFrom: '2025-01-01', effectiveTo: '2026-01-01' }),
      ],
      ['england.min_age: stated twice for the same day'],
    ],
    [
      'rows that follow each other',
      [
        row('england', 'min_age', 21, { effectiveFrom: '2025-01-01' }),
        row('england', 'min_age', 18, { effectiveTo: '2025-01-01' }),
      ],
      [],
    ],
    ['one key in two jurisdictions', [row('england', 'min_age', 18), row('texas', 'min_age', 21)], []],
    [
      'two keys of one jurisdiction',
      [row('england', 'min_age', 18), row('england', 'retention_years', 8)],
      [],
    ],
  ])('judges %s', (_what, rows, faults) => {
    expect(faultsOf(rows)).toEqual(faults);
  });
});
