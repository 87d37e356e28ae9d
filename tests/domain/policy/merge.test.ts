import { isDeepStrictEqual } from 'node:util';
import fc from '../../harness/examples.ts';
import { describe, expect, it } from 'vitest';
import { PARTICULARS, PROFESSIONS } from '#lib/server/domain/policy/codes.ts';
import {
  POLICY_KEY_NAMES,
  POLICY_KEYS,
  type PolicyKey,
  type PolicyValues,
} from '#lib/server/domain/policy/keys.ts';
import { stricter } from '#lib/server/domain/policy/merge.ts';
import { UNITED_KINGDOM_PRODUCTS } from '#lib/server/domain/policy/products.ts';

const days = fc.integer({ min: 1, max: 400 });
const some = <Item>(items: readonly Item[]) => fc.subarray([...items]);
const oneOf = <Item>(...items: Item[]) => fc.constantFrom(...items);
const roles = some(
  PROFESSIONS.flatMap((profession) =>
    [null, 'prescribing_right' as const].map((annotation) => ({ profession, annotation })),
  ),
);
const modes = some(
  PROFESSIONS.flatMap((profession) =>
    (['in_person', 'video'] as const).map((mode) => ({ profession, mode })),
  ),
);
const codes = some(['genuine', 'dated', 'kept_appointment', 'not_misleading']);

const values: { [Key in PolicyKey]: fc.Arbitrary<PolicyValues[Key]> } = {
  prescriber_roles: roles,
  injector_roles: roles,
  lay_injector: oneOf('no', 'licensed', 'by_delegation', 'on_directions'),
  prescriber_onsite: oneOf('on_site', 'immediately_available', 'reachable'),
  max_injectors_per_prescriber: days,
  register_ids: some([
    { profession: 'doctor', register: 'gmc' },
    { profession: 'dentist', register: 'gdc' },
  ]),
  required_credentials: some(
    PROFESSIONS.map((profession) => ({ profession, kind: 'life_support' as const })),
  ),
  training_hours: days,
  training_valid_months: days,
  life_support_valid_months: days,
  stale_grace_days: days,
  cover_days: days,
  complaint_acknowledge_days: days,
  complaint_answer_days: days,
  urgent_injector_minutes_day: days,
  urgent_injector_minutes_night: days,
  urgent_prescriber_minutes_day: days,
  urgent_prescriber_minutes_night: days,
  urgent_cover_minutes: days,
  urgent_operator_minutes: days,
  min_age: days,
  min_age_is_booking_offence: fc.boolean(),
  consult_mode: modes,
  consult_each_treatment: fc.boolean(),
  consult_valid_days: days,
  same_day_allowed: fc.boolean(),
  cooling_off_hours_adult: days,
  cooling_off_hours_minor: fc.option(days),
  cooling_off_hours_first_or_changed: days,
  cooling_off_hours_unchanged: days,
  cooling_off_top_up: days,
  unchanged_plan_months: days,
  top_up_from_day: days,
  top_up_until_day: days,
  rx_validity_days: days,
  rx_max_dispenses: days,
  prescription_particulars: some(PARTICULARS),
  licensed_products: some(UNITED_KINGDOM_PRODUCTS),
  stock_custody: some(['dispensed', 'practice_stock']),
  premises_required: codes,
  public_product_names: fc.boolean(),
  public_class_terms: fc.boolean(),
  banned_terms: some(['harmless', '*botox*', '# unit', 'jab']),
  public_price_lists: fc.boolean(),
  reviews_public: fc.boolean(),
  review_conditions: codes,
  before_after_public: oneOf('never', 'after_consultation', 'public'),
  photo_conditions: codes,
  referral_fee_allowed: fc.boolean(),
  incentives_allowed: fc.boolean(),
  retention_years: days,
  adverse_event_url: fc.webUrl(),
  complaint_url: fc.webUrl(),
  emergency_number: oneOf('999', '911', '112'),
  urgent_advice_number: oneOf('111', '811'),
};

const has = (items: unknown, item: unknown) =>
  (items as unknown[]).some((other) => isDeepStrictEqual(other, item));
const isPartOf = (part: unknown, whole: unknown) => (part as unknown[]).every((item) => has(whole, item));

/** Whether whatever `value` permits is permitted by `limit` too; written without the code under test. */
function noLooser(key: PolicyKey, value: unknown, limit: unknown): boolean {
  switch (POLICY_KEYS[key].merge) {
    case 'min':
      return place(value) <= place(limit);
    case 'max':
      return (value as number) >= (limit as number);
    case 'and':
      return !value || limit === true;
    case 'or':
      return value === true || !limit;
    case 'intersection':
      return isPartOf(value, limit);
    case 'union':
      return isPartOf(limit, value);
    case 'floor_only':
    case 'law_only':
      throw new Error(`${key} belongs to one rule maker`);
  }
}

/** A number, or the place of a word between strict and loose. */
function place(value: unknown): number {
  const places: Record<string, number> = {
    ...{ no: 0, licensed: 1, by_delegation: 2, on_directions: 3 },
    ...{ on_site: 0, immediately_available: 1, reachable: 2 },
    ...{ never: 0, after_consultation: 1, public: 2 },
  };
  return typeof value === 'number' ? value : (places[value as string] ?? Number.NaN);
}

const sorted = (value: unknown) =>
  Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value;
const shared = POLICY_KEY_NAMES.filter((key) => !POLICY_KEYS[key].merge.endsWith('_only'));

describe.each(shared)('the stricter of floor and law: %s', (key) => {
  const two = fc.tuple(values[key], values[key]) as fc.Arbitrary<[never, never]>;
  const three = fc.tuple(values[key], values[key], values[key]) as fc.Arbitrary<[never, never, never]>;

  it('is never looser than either side', () => {
    fc.assert(
      fc.property(two, ([floor, law]) => {
        const result = stricter(key, floor, law);
        expect(noLooser(key, result, floor)).toBe(true);
        expect(noLooser(key, result, law)).toBe(true);
      }),
    );
  });

  it('is no stricter than it must be', () => {
    fc.assert(
      fc.property(three, ([floor, law, bound]) => {
        fc.pre(noLooser(key, bound, floor) && noLooser(key, bound, law));
        expect(noLooser(key, bound, stricter(key, floor, law))).toBe(true);
      }),
      { numRuns: 30, maxSkipsPerRun: 2000 },
    );
  });

  it('does not depend on the order, and is the value itself when both agree', () => {
    fc.assert(
      fc.property(two, ([floor, law]) => {
        expect(sorted(stricter(key, floor, law))).toEqual(sorted(stricter(key, law, floor)));
        expect(stricter(key, floor, floor)).toEqual(floor);
        expect(stricter(key, stricter(key, floor, law) as never, law)).toEqual(stricter(key, floor, law));
      }),
    );
  });

  it('is a value of its key', () => {
    fc.assert(
      fc.property(two, ([floor, law]) => {
        expect(POLICY_KEYS[key].schema.safeParse(stricter(key, floor, law)).success).toBe(true);
      }),
    );
  });
});

describe('the stricter of floor and law, by example', () => {
  it('keeps the order of the law in an intersection, and of the floor in a union', () => {
    expect(
      stricter('stock_custody', ['dispensed', 'practice_stock'], ['practice_stock', 'dispensed']),
    ).toEqual(['practice_stock', 'dispensed']);
    expect(stricter('review_conditions', ['kept_appointment', 'genuine'], ['dated', 'genuine'])).toEqual([
      'kept_appointment',
      'genuine',
      'dated',
    ]);
  });

  it('compares the parts of an item, not the item', () => {
    const inPerson = { profession: 'doctor', mode: 'in_person' } as const;
    const video = { profession: 'doctor', mode: 'video' } as const;
    expect(
      stricter('consult_mode', [inPerson], [{ mode: 'in_person', profession: 'doctor' }, video]),
    ).toEqual([inPerson]);
  });

  it('leaves to each rule maker what is its own', () => {
    expect(stricter('cover_days', 28, 7)).toBe(28);
    expect(stricter('emergency_number', '112', '999')).toBe('999');
  });
});
