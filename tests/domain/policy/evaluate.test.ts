import { describe, expect, it } from 'vitest';
import { PROFESSIONS, type Jurisdiction, type Profession } from '#lib/server/domain/policy/codes.ts';
import { consultModes, coolingOffHours, evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_KEY_NAMES, type PolicyKey } from '#lib/server/domain/policy/keys.ts';
import type { PolicyRow } from '#lib/server/domain/policy/row.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { row } from './builders.ts';

const on = (jurisdiction: Jurisdiction, date: string, rows: readonly PolicyRow[] = POLICY_ROWS) =>
  evaluatePolicy(rows, jurisdiction, Temporal.PlainDate.from(date));
const england = on('england', '2026-12-01');
const texas = on('texas', '2026-12-01');

const needed = (...professions: readonly Profession[]) =>
  professions.flatMap((profession) =>
    ['registration', 'toxin_training', 'life_support', 'indemnity_insurance'].map((kind) => ({
      profession,
      kind,
    })),
  );

/** The shipped rows with one jurisdiction's rows of a key replaced. */
const replacing = (...rows: PolicyRow[]) => [
  ...POLICY_ROWS.filter(
    (old) => !rows.some((fresh) => fresh.jurisdiction === old.jurisdiction && fresh.key === old.key),
  ),
  ...rows,
];

const whoDecides = (policy: typeof england, key: PolicyKey) =>
  policy.decidedBy[key].map((one) => one.jurisdiction);

describe('England on 1 December 2026', () => {
  it.each<[PolicyKey, unknown, string[]]>([
    [
      'prescriber_roles',
      [
        { profession: 'doctor', annotation: null },
        { profession: 'dentist', annotation: null },
        { profession: 'nurse_prescriber', annotation: 'prescribing_right' },
        { profession: 'pharmacist_prescriber', annotation: 'prescribing_right' },
      ],
      ['england'],
    ],
    [
      'injector_roles',
      [
        { profession: 'doctor', annotation: null },
        { profession: 'dentist', annotation: null },
        { profession: 'nurse_prescriber', annotation: null },
        { profession: 'pharmacist_prescriber', annotation: null },
        { profession: 'registered_nurse', annotation: null },
        { profession: 'esthetician', annotation: null },
      ],
      ['england'],
    ],
    ['lay_injector', 'on_directions', ['england']],
    ['prescriber_onsite', 'reachable', ['platform']],
    ['max_injectors_per_prescriber', 6, ['platform']],
    [
      'register_ids',
      [
        { profession: 'doctor', register: 'gmc' },
        { profession: 'dentist', register: 'gdc' },
        { profession: 'nurse_prescriber', register: 'nmc' },
        { profession: 'registered_nurse', register: 'nmc' },
        { profession: 'pharmacist_prescriber', register: 'gphc' },
      ],
      ['england'],
    ],
    [
      'required_credentials',
      [...needed(...PROFESSIONS), { profession: 'esthetician', kind: 'qualification' }],
      ['platform', 'england'],
    ],
    ['training_hours', 7, ['platform']],
    ['training_valid_months', 36, ['platform']],
    ['life_support_valid_months', 12, ['platform']],
    ['stale_grace_days', 7, ['platform']],
    ['cover_days', 28, ['platform']],
    ['complaint_acknowledge_days', 3, ['platform']],
    ['complaint_answer_days', 20, ['platform']],
    ['urgent_injector_minutes_day', 60, ['platform']],
    ['urgent_injector_minutes_night', 360, ['platform']],
    ['urgent_prescriber_minutes_day', 60, ['platform']],
    ['urgent_prescriber_minutes_night', 360, ['platform']],
    ['urgent_cover_minutes', 60, ['platform']],
    ['urgent_operator_minutes', 60, ['platform']],
    ['min_age', 18, ['platform', 'england']],
    ['min_age_is_booking_offence', true, ['england']],
    [
      'consult_mode',
      [
        { profession: 'doctor', mode: 'in_person' },
        { profession: 'dentist', mode: 'in_person' },
        { profession: 'nurse_prescriber', mode: 'in_person' },
        { profession: 'pharmacist_prescriber', mode: 'in_person' },
      ],
      ['england'],
    ],
    ['consult_each_treatment', true, ['england']],
    ['consult_valid_days', 84, ['platform']],
    ['same_day_allowed', true, ['platform']],
    ['cooling_off_hours_adult', 0, ['england']],
    ['cooling_off_hours_minor', null, ['england']],
    ['cooling_off_hours_first_or_changed', 48, ['platform']],
    ['cooling_off_hours_unchanged', 0, ['platform']],
    ['cooling_off_top_up', 0, ['platform']],
    ['unchanged_plan_months', 12, ['platform']],
    ['top_up_from_day', 14, ['platform']],
    ['top_up_until_day', 28, ['platform']],
    ['rx_validity_days', 183, ['england']],
    ['rx_max_dispenses', 1, ['platform']],
    ['stock_custody', ['dispensed', 'practice_stock'], ['platform']],
    ['premises_required', [], ['platform', 'england']],
    ['public_product_names', false, ['england']],
    ['public_class_terms', false, ['england']],
    ['public_price_lists', false, ['england']],
    ['reviews_public', true, ['england']],
    ['review_conditions', ['kept_appointment', 'genuine', 'no_medicine_reference'], ['platform', 'england']],
    ['before_after_public', 'after_consultation', ['england']],
    ['photo_conditions', ['photo_consent', 'metadata_stripped', 'declared_unaltered', 'dated'], ['platform']],
    ['referral_fee_allowed', false, ['platform', 'england']],
    ['incentives_allowed', false, ['platform']],
    ['retention_years', 8, ['england']],
    ['adverse_event_url', 'https://yellowcard.mhra.gov.uk/', ['england']],
    ['complaint_url', 'https://www.gmc-uk.org/concerns', ['england']],
    ['emergency_number', '999', ['england']],
    ['urgent_advice_number', '111', ['england']],
  ])('%s', (key, value, decidedBy) => {
    expect(england[key]).toEqual(value);
    expect(whoDecides(england, key)).toEqual(decidedBy);
  });
});

describe('Texas on 1 December 2026', () => {
  it.each<[PolicyKey, unknown, string[]]>([
    [
      'prescriber_roles',
      [
        { profession: 'doctor', annotation: null },
        { profession: 'nurse_practitioner', annotation: 'prescribing_right' },
        { profession: 'physician_assistant', annotation: 'prescribing_right' },
      ],
      ['texas'],
    ],
    [
      'injector_roles',
      [
        { profession: 'doctor', annotation: null },
        { profession: 'nurse_practitioner', annotation: null },
        { profession: 'physician_assistant', annotation: null },
        { profession: 'registered_nurse', annotation: null },
        { profession: 'esthetician', annotation: 'toxin_training' },
      ],
      ['texas'],
    ],
    ['lay_injector', 'by_delegation', ['texas']],
    ['prescriber_onsite', 'immediately_available', ['texas']],
    ['max_injectors_per_prescriber', 6, ['platform']],
    [
      'register_ids',
      [
        { profession: 'doctor', register: 'tx_medical_board' },
        { profession: 'nurse_practitioner', register: 'tx_board_of_nursing' },
        { profession: 'registered_nurse', register: 'tx_board_of_nursing' },
        { profession: 'physician_assistant', register: 'tx_physician_assistant_board' },
        { profession: 'esthetician', register: 'tx_licensing' },
      ],
      ['texas'],
    ],
    ['required_credentials', needed(...PROFESSIONS), ['platform']],
    ['training_hours', 7, ['platform']],
    ['min_age', 18, ['platform', 'texas']],
    ['min_age_is_booking_offence', false, ['platform', 'texas']],
    [
      'consult_mode',
      [
        { profession: 'doctor', mode: 'in_person' },
        { profession: 'nurse_practitioner', mode: 'in_person' },
        { profession: 'physician_assistant', mode: 'in_person' },
      ],
      ['platform', 'texas'],
    ],
    ['consult_each_treatment', false, ['platform', 'texas']],
    ['consult_valid_days', 84, ['platform']],
    ['cooling_off_hours_adult', 0, ['texas']],
    ['cooling_off_hours_minor', null, ['texas']],
    ['cooling_off_hours_first_or_changed', 48, ['platform']],
    ['rx_validity_days', 365, ['texas']],
    ['rx_max_dispenses', 1, ['platform']],
    ['premises_required', [], ['platform', 'texas']],
    ['public_product_names', true, ['texas']],
    ['public_class_terms', true, ['texas']],
    ['public_price_lists', true, ['texas']],
    ['reviews_public', true, ['texas']],
    ['review_conditions', ['kept_appointment', 'genuine', 'not_misleading'], ['platform', 'texas']],
    ['before_after_public', 'public', ['texas']],
    [
      'photo_conditions',
      ['photo_consent', 'metadata_stripped', 'declared_unaltered', 'dated', 'not_misleading'],
      ['platform', 'texas'],
    ],
    ['referral_fee_allowed', false, ['platform', 'texas']],
    ['retention_years', 7, ['texas']],
    ['adverse_event_url', 'https://www.fda.gov/medwatch', ['texas']],
    ['complaint_url', 'https://www.tmb.state.tx.us/page/place-a-complaint', ['texas']],
    ['emergency_number', '911', ['texas']],
    ['urgent_advice_number', '1-800-222-1222', ['texas']],
  ])('%s', (key, value, decidedBy) => {
    expect(texas[key]).toEqual(value);
    expect(whoDecides(texas, key)).toEqual(decidedBy);
  });
});

describe('licensed products', () => {
  const facts = (policy: typeof england) =>
    policy.licensed_products.map((one) => [
      one.code,
      one.name,
      one.activeSubstance,
      one.unitSystem,
      one.vialUnits,
      one.minRetreatmentDays,
      one.singlePatientSingleSession,
    ]);

  it('in England', () => {
    expect(facts(england)).toEqual([
      ['alluzience', 'Alluzience', 'abobotulinumtoxinA', 'speywood', [125], 90, true],
      ['azzalure', 'Azzalure', 'abobotulinumtoxinA', 'speywood', [125], 84, true],
      ['bocouture', 'Bocouture', 'incobotulinumtoxinA', 'merz', [50, 100], 90, true],
      ['botox', 'Botox', 'onabotulinumtoxinA', 'allergan', [50, 100], 90, true],
      ['letybo', 'Letybo', 'letibotulinumtoxinA', 'letibotulinum', [50, 100], 90, true],
      ['nuceiva', 'Nuceiva', 'prabotulinumtoxinA', 'prabotulinum', [50, 100], 90, true],
      ['relfydess', 'Relfydess', 'relabotulinumtoxinA', 'relabotulinum', [150], 90, true],
    ]);
  });

  it('in Texas', () => {
    expect(facts(texas)).toEqual([
      ['botox_cosmetic', 'Botox Cosmetic', 'onabotulinumtoxinA', 'allergan', [50, 100], 90, true],
      ['daxxify', 'Daxxify', 'daxibotulinumtoxinA', 'daxibotulinum', [50, 100], 90, true],
      ['dysport', 'Dysport', 'abobotulinumtoxinA', 'speywood', [300, 500], 90, true],
      ['jeuveau', 'Jeuveau', 'prabotulinumtoxinA', 'prabotulinum', [100], 90, true],
      ['letybo', 'Letybo', 'letibotulinumtoxinA', 'letibotulinum', [50, 100], 90, true],
      ['xeomin', 'Xeomin', 'incobotulinumtoxinA', 'merz', [50, 100, 200], 90, true],
    ]);
  });
});

describe('evaluatePolicy', () => {
  it('says for which place and day it speaks, and who decided every key', () => {
    expect([england.jurisdiction, england.asOf]).toEqual(['england', '2026-12-01']);
    expect(Object.keys(england).sort()).toEqual(
      [...POLICY_KEY_NAMES, 'asOf', 'decidedBy', 'jurisdiction'].sort(),
    );
    expect(Object.keys(england.decidedBy)).toEqual(POLICY_KEY_NAMES);
  });

  it('names the row that decided, source and all', () => {
    expect(england.decidedBy.rx_validity_days).toEqual([
      {
        jurisdiction: 'england',
        key: 'rx_validity_days',
        value: 183,
        status: 'sourced',
        source:
          'Human Medicines Regulations 2012, reg. 217, https://www.legislation.gov.uk/uksi/2012/1916/regulation/217',
        sourceDate: '2026-11-23',
        effectiveFrom: null,
        effectiveTo: null,
        reviewedBy: null,
        reviewedAt: null,
      },
    ]);
  });

  it('blocks video in Texas by the floor alone: without that row the law allows it', () => {
    const withoutFloor = POLICY_ROWS.filter(
      (one) => !(one.jurisdiction === 'platform' && one.key === 'consult_mode'),
    );
    expect(consultModes(texas, 'doctor')).toEqual(['in_person']);
    expect(consultModes(on('texas', '2026-12-01', withoutFloor), 'doctor')).toEqual(['in_person', 'video']);
    expect(consultModes(on('england', '2026-12-01', withoutFloor), 'doctor')).toEqual(['in_person']);
    expect(consultModes(texas, 'registered_nurse')).toEqual([]);
  });

  it('ends video for nurse prescribers in England on 1 June 2025, and for nobody else', () => {
    const withoutFloor = POLICY_ROWS.filter(
      (one) => !(one.jurisdiction === 'platform' && one.key === 'consult_mode'),
    );
    const modesOn = (date: string) => {
      const policy = on('england', date, withoutFloor);
      return (['doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'] as const).map((profession) =>
        consultModes(policy, profession),
      );
    };
    const inPerson = ['in_person'];
    expect(modesOn('2025-05-31')).toEqual([inPerson, inPerson, ['in_person', 'video'], inPerson]);
    expect(modesOn('2025-06-01')).toEqual([inPerson, inPerson, inPerson, inPerson]);
    expect(
      [on('england', '2025-05-31'), on('england', '2025-06-01')].map((one) => one.consult_each_treatment),
    ).toEqual([false, true]);
  });

  it('makes booking for a minor an offence in England from 1 October 2021', () => {
    const days = ['2021-09-30', '2021-10-01'].map((date) => on('england', date));
    expect(days.map((policy) => policy.min_age_is_booking_offence)).toEqual([false, true]);
    expect(days.map((policy) => whoDecides(policy, 'min_age'))).toEqual([
      ['platform'],
      ['platform', 'england'],
    ]);
  });

  it('has no answer for a day before the law was known', () => {
    expect(() => on('texas', '2025-01-08')).toThrow(
      'no policy row in force: texas.prescriber_roles on 2025-01-08',
    );
    expect(on('texas', '2025-01-09').lay_injector).toBe('by_delegation');
  });

  it('turns with the day of a changed law', () => {
    const rows = replacing(
      row('england', 'cooling_off_hours_first_or_changed', 24, { effectiveTo: '2027-04-01' }),
      row('england', 'cooling_off_hours_first_or_changed', 72, { effectiveFrom: '2027-04-01' }),
    );
    const hoursOn = (date: string) => on('england', date, rows).cooling_off_hours_first_or_changed;
    expect([hoursOn('2027-03-31'), hoursOn('2027-04-01')]).toEqual([48, 72]);
    expect(whoDecides(on('england', '2027-04-01', rows), 'cooling_off_hours_first_or_changed')).toEqual([
      'england',
    ]);
  });

  it('takes nothing from another jurisdiction', () => {
    const rows = replacing(row('texas', 'min_age', 21));
    expect([on('england', '2026-12-01', rows).min_age, on('texas', '2026-12-01', rows).min_age]).toEqual([
      18, 21,
    ]);
  });

  it('names floor and law when neither is the answer alone', () => {
    const rows = replacing(
      row('platform', 'stock_custody', ['dispensed']),
      row('england', 'stock_custody', ['practice_stock']),
    );
    const policy = on('england', '2026-12-01', rows);
    expect(policy.stock_custody).toEqual([]);
    expect(whoDecides(policy, 'stock_custody')).toEqual(['platform', 'england']);
  });

  it('fails on two rows for one day, and on a value that does not fit', () => {
    const twice = [...POLICY_ROWS, row('england', 'rx_validity_days', 30)];
    expect(() => on('england', '2026-12-01', twice)).toThrow(
      'two policy rows in force at once: england.rx_validity_days',
    );
    expect(() => on('england', '2026-12-01', replacing(row('england', 'rx_validity_days', '183')))).toThrow(
      /expected number/,
    );
    expect(() => on('england', '2026-12-01', replacing(row('england', 'min_age', 'adult')))).toThrow(
      /expected number/,
    );
  });
});

describe('coolingOffHours', () => {
  it('is the floor for each kind of plan', () => {
    expect([
      coolingOffHours(england, 'first_or_changed'),
      coolingOffHours(england, 'unchanged'),
      coolingOffHours(england, 'top_up'),
    ]).toEqual([48, 0, 0]);
  });

  it('is never less than the law gives an adult', () => {
    const rows = replacing(
      row('england', 'cooling_off_hours_adult', 24),
      row('platform', 'cooling_off_hours_unchanged', 12),
      row('platform', 'cooling_off_top_up', 36),
    );
    const policy = on('england', '2026-12-01', rows);
    expect([
      coolingOffHours(policy, 'first_or_changed'),
      coolingOffHours(policy, 'unchanged'),
      coolingOffHours(policy, 'top_up'),
    ]).toEqual([48, 24, 36]);
  });
});
