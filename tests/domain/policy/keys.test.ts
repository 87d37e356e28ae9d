import { describe, expect, it } from 'vitest';
import { POLICY_KEY_NAMES, POLICY_KEYS, wordsOf, type PolicyKey } from '#lib/server/domain/policy/keys.ts';

const MERGE_DIRECTIONS = {
  prescriber_roles: 'intersection',
  injector_roles: 'intersection',
  lay_injector: 'min',
  prescriber_onsite: 'min',
  max_injectors_per_prescriber: 'min',
  register_ids: 'law_only',
  required_credentials: 'union',
  training_hours: 'max',
  training_valid_months: 'min',
  life_support_valid_months: 'min',
  stale_grace_days: 'floor_only',
  cover_days: 'floor_only',
  complaint_acknowledge_days: 'min',
  complaint_answer_days: 'min',
  urgent_injector_minutes_day: 'min',
  urgent_injector_minutes_night: 'min',
  urgent_prescriber_minutes_day: 'min',
  urgent_prescriber_minutes_night: 'min',
  urgent_cover_minutes: 'min',
  urgent_operator_minutes: 'min',
  min_age: 'max',
  min_age_is_booking_offence: 'or',
  consult_mode: 'intersection',
  consult_each_treatment: 'or',
  consult_valid_days: 'min',
  same_day_allowed: 'and',
  cooling_off_hours_adult: 'law_only',
  cooling_off_hours_minor: 'law_only',
  cooling_off_hours_first_or_changed: 'max',
  cooling_off_hours_unchanged: 'max',
  cooling_off_top_up: 'max',
  unchanged_plan_months: 'floor_only',
  top_up_from_day: 'floor_only',
  top_up_until_day: 'floor_only',
  rx_validity_days: 'min',
  rx_max_dispenses: 'min',
  prescription_particulars: 'union',
  licensed_products: 'intersection',
  stock_custody: 'intersection',
  premises_required: 'union',
  public_product_names: 'and',
  public_class_terms: 'and',
  banned_terms: 'union',
  public_price_lists: 'and',
  reviews_public: 'and',
  review_conditions: 'union',
  before_after_public: 'min',
  photo_conditions: 'union',
  referral_fee_allowed: 'and',
  incentives_allowed: 'and',
  retention_years: 'max',
  adverse_event_url: 'law_only',
  complaint_url: 'law_only',
  emergency_number: 'law_only',
  urgent_advice_number: 'law_only',
};

const product = {
  code: 'azzalure',
  name: 'Azzalure',
  activeSubstance: 'abobotulinumtoxinA',
  unitSystem: 'speywood',
  vialUnits: [125],
  minRetreatmentDays: 84,
  singlePatientSingleSession: true,
};

/** key, a value that fits, values that do not */
const VALUES: [PolicyKey, unknown, unknown[]][] = [
  [
    'prescriber_roles',
    [{ profession: 'nurse_prescriber', annotation: 'prescribing_right' }],
    [
      [{ profession: 'nurse_prescriber' }],
      [{ profession: 'nurse', annotation: null }],
      [{ profession: 'doctor', annotation: 'charm' }],
      [{ profession: 'doctor', annotation: null, note: '' }],
      'doctor',
    ],
  ],
  ['injector_roles', [{ profession: 'esthetician', annotation: null }], [['esthetician']]],
  ['lay_injector', 'on_directions', ['yes', true]],
  ['prescriber_onsite', 'on_site', ['nearby']],
  ['max_injectors_per_prescriber', 1, [0, 1.5, '1', null]],
  [
    'register_ids',
    [{ profession: 'doctor', register: 'tx_medical_board' }],
    [
      [{ profession: 'doctor' }],
      [{ profession: 'doctor', register: 'GMC' }],
      [{ profession: 'doctor', register: 'gmc ' }],
      [{ profession: 'doctor', register: '' }],
      [{ profession: 'doctor', register: 'gmc', number: 1 }],
    ],
  ],
  [
    'required_credentials',
    [{ profession: 'doctor', kind: 'registration' }],
    [[{ profession: 'doctor' }], [{ profession: 'doctor', kind: 'charm' }], ['registration']],
  ],
  ['training_hours', 1, [0, 1.5, '7', null]],
  ['min_age', 0, [-1, 17.5, '18', null]],
  ['same_day_allowed', false, [0, 'false', null]],
  [
    'consult_mode',
    [{ profession: 'doctor', mode: 'video' }],
    [
      [{ profession: 'doctor', mode: 'telephone' }],
      [{ profession: 'doctor', mode: 'video', from: '' }],
      ['video'],
    ],
  ],
  ['cooling_off_hours_adult', 0, [null, -48]],
  ['cooling_off_hours_minor', null, [-1, '168']],
  ['rx_validity_days', 183, [0, 182.5]],
  ['stock_custody', ['practice_stock'], [['cupboard']]],
  ['premises_required', [], [['Kit'], ['kit!'], ['1st'], [1]]],
  ['banned_terms', ['# unit'], [[''], 'unit']],
  ['before_after_public', 'never', ['no', false]],
  [
    'adverse_event_url',
    'https://yellowcard.mhra.gov.uk/',
    ['http://yellowcard.mhra.gov.uk/', 'yellowcard', 'xhttps://a.b'],
  ],
  ['emergency_number', '999', ['', '-999', 'nine', '999 ', 999]],
  ['urgent_advice_number', '1-800-222-1222', ['1 800', '1-800-HELP', 'tel:111']],
  [
    'licensed_products',
    [product],
    [
      [{ ...product, code: 'Azzalure 125' }],
      [{ ...product, name: '' }],
      [{ ...product, activeSubstance: '' }],
      [{ ...product, unitSystem: 'units' }],
      [{ ...product, vialUnits: [] }],
      [{ ...product, vialUnits: [0] }],
      [{ ...product, minRetreatmentDays: 0 }],
      [{ ...product, singlePatientSingleSession: 'yes' }],
      [{ ...product, price: 1 }],
      [{ ...product, code: undefined }],
    ],
  ],
];

describe('policy keys', () => {
  it('have these merge directions', () => {
    expect(Object.fromEntries(POLICY_KEY_NAMES.map((key) => [key, POLICY_KEYS[key].merge]))).toEqual(
      MERGE_DIRECTIONS,
    );
  });

  it('list enum values from the strictest to the loosest', () => {
    expect(POLICY_KEYS.lay_injector.schema.options).toEqual([
      'no',
      'licensed',
      'by_delegation',
      'on_directions',
    ]);
    expect(POLICY_KEYS.prescriber_onsite.schema.options).toEqual([
      'on_site',
      'immediately_available',
      'reachable',
    ]);
    expect(POLICY_KEYS.before_after_public.schema.options).toEqual(['never', 'after_consultation', 'public']);
  });

  it('tell the words of a key that is one of them, in that order, and of no other', () => {
    const known = POLICY_KEY_NAMES.flatMap((key) => {
      const words = wordsOf(key);
      return words === null ? [] : [[key, words]];
    });
    expect(Object.fromEntries(known)).toEqual({
      lay_injector: ['no', 'licensed', 'by_delegation', 'on_directions'],
      prescriber_onsite: ['on_site', 'immediately_available', 'reachable'],
      before_after_public: ['never', 'after_consultation', 'public'],
    });
    // Numbers, yes or no, and lists of words, which a value holds some of, have none.
    for (const key of ['min_age', 'same_day_allowed', 'stock_custody', 'emergency_number'] as const)
      expect(wordsOf(key)).toBeNull();
  });

  it.each(VALUES)('%s takes what fits and nothing else', (key, fits, others) => {
    const accepts = (value: unknown) => POLICY_KEYS[key].schema.safeParse(value).success;
    expect(accepts(fits)).toBe(true);
    expect(others.filter(accepts)).toEqual([]);
  });

  it.each([
    [
      'unitSystem',
      ['allergan', 'speywood', 'merz', 'prabotulinum', 'letibotulinum', 'relabotulinum', 'daxibotulinum'],
    ],
    ['code', ['botox_cosmetic']],
  ])('licensed_products takes every %s', (field, accepted) => {
    for (const value of accepted) {
      expect(POLICY_KEYS.licensed_products.schema.parse([{ ...product, [field]: value }])).toHaveLength(1);
    }
  });

  it('say in a sentence of their own what each decides', () => {
    const meanings = POLICY_KEY_NAMES.map((key) => POLICY_KEYS[key].meaning);
    expect(meanings.filter((meaning) => !/^[A-Z].{12,}\.$/.test(meaning))).toEqual([]);
    expect(new Set(meanings).size).toBe(meanings.length);
  });
});
