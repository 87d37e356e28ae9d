import { describe, expect, it } from 'vitest';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { NO_MEDICINE_ADVERTISED } from '#lib/server/domain/policy/wording.ts';
import { allowedOn, decisionTable, lawTable } from './decisions.ts';

decisionTable(
  'england',
  `
2026-12-01 | doctor                                   | consult in person        | yes | yes | NMC, face to face before prescribing
2026-12-01 | doctor                                   | consult by video         | no  | no  | NMC, face to face before prescribing
2026-12-01 | doctor                                   | prescribe                | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | doctor                                   | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | doctor                                   | have a nurse inject      | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | doctor                                   | have a lay person inject | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | dentist                                  | consult in person        | yes | yes | NMC, face to face before prescribing
2026-12-01 | dentist                                  | consult by video         | no  | no  | NMC, face to face before prescribing
2026-12-01 | dentist                                  | prescribe                | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | dentist                                  | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | dentist                                  | have a nurse inject      | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | dentist                                  | have a lay person inject | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber                         | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber +prescribing_right      | consult in person        | yes | yes | NMC, face to face before prescribing
2026-12-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | NMC, face to face before prescribing
2026-12-01 | nurse_prescriber +prescribing_right      | prescribe                | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber +prescribing_right      | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber +prescribing_right      | have a nurse inject      | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_prescriber +prescribing_right      | have a lay person inject | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber                    | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber +prescribing_right | consult in person        | yes | yes | NMC, face to face before prescribing
2026-12-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | NMC, face to face before prescribing
2026-12-01 | pharmacist_prescriber +prescribing_right | prescribe                | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber +prescribing_right | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber +prescribing_right | have a nurse inject      | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | pharmacist_prescriber +prescribing_right | have a lay person inject | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | inject                   | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner                       | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | inject                   | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | nurse_practitioner +prescribing_right    | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | inject                   | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant                      | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | inject                   | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | physician_assistant +prescribing_right   | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse                         | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +prescribing_right      | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | registered_nurse +toxin_training         | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician                              | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | prescribe                | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | inject                   | yes | yes | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | have a nurse inject      | no  | no  | Human Medicines Regulations 2012, reg. 214
2026-12-01 | esthetician +toxin_training              | have a lay person inject | no  | no  | Human Medicines Regulations 2012, reg. 214
2025-05-31 | doctor                                   | consult in person        | yes | yes | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | doctor                                   | consult by video         | no  | no  | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | dentist                                  | consult in person        | yes | yes | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | dentist                                  | consult by video         | no  | no  | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | nurse_prescriber +prescribing_right      | consult in person        | yes | yes | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | nurse_prescriber +prescribing_right      | consult by video         | yes | no  | Steadyhand’s own rule
2025-05-31 | pharmacist_prescriber +prescribing_right | consult in person        | yes | yes | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | GMC, cosmetic interventions (2016), para. 11
2025-05-31 | nurse_prescriber                         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2025-05-31 | nurse_prescriber                         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
2025-06-01 | doctor                                   | consult in person        | yes | yes | NMC, face to face before prescribing
2025-06-01 | doctor                                   | consult by video         | no  | no  | NMC, face to face before prescribing
2025-06-01 | dentist                                  | consult in person        | yes | yes | NMC, face to face before prescribing
2025-06-01 | dentist                                  | consult by video         | no  | no  | NMC, face to face before prescribing
2025-06-01 | nurse_prescriber +prescribing_right      | consult in person        | yes | yes | NMC, face to face before prescribing
2025-06-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | NMC, face to face before prescribing
2025-06-01 | pharmacist_prescriber +prescribing_right | consult in person        | yes | yes | NMC, face to face before prescribing
2025-06-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | NMC, face to face before prescribing
2025-06-01 | nurse_prescriber                         | consult in person        | no  | no  | Human Medicines Regulations 2012, reg. 214
2025-06-01 | nurse_prescriber                         | consult by video         | no  | no  | Human Medicines Regulations 2012, reg. 214
`,
);

describe('1 June 2025, the NMC’s change for nurse prescribers in the United Kingdom', () => {
  it.each(['england', 'scotland'] as const)('flips exactly what it should in %s', (jurisdiction) => {
    const [before, after] = [allowedOn(jurisdiction, '2025-05-31'), allowedOn(jurisdiction, '2025-06-01')];
    expect([...before.law].filter((one) => !after.law.has(one))).toEqual([
      'nurse_prescriber +prescribing_right: consult by video',
    ]);
    expect([...after.law].filter((one) => !before.law.has(one))).toEqual([]);
    // Our floor forbade it all along.
    expect(after.here).toEqual(before.here);
  });

  it.each(['ireland', 'queensland', 'california', 'texas', 'ontario'] as const)(
    'is nothing to %s',
    (place) => {
      expect(allowedOn(place, '2025-06-01')).toEqual(allowedOn(place, '2025-05-31'));
    },
  );

  it('asks for a consultation before each treatment from that day', () => {
    const each = (date: string) =>
      evaluatePolicy(POLICY_ROWS, 'england', Temporal.PlainDate.from(date)).consult_each_treatment;
    expect([each('2025-05-31'), each('2025-06-01')]).toEqual([false, true]);
  });
});

describe('1 October 2021, the Act for children', () => {
  it('makes booking for somebody younger than 18 an offence from that day', () => {
    const on = (date: string) => {
      const policy = evaluatePolicy(POLICY_ROWS, 'england', Temporal.PlainDate.from(date));
      return [policy.min_age, policy.min_age_is_booking_offence];
    };
    expect([on('2021-09-30'), on('2021-10-01')]).toEqual([
      [18, false],
      [18, true],
    ]);
  });
});

lawTable('england', [
  [
    'prescription_particulars',
    ['prescriber_address', 'prescriber_profession', 'date', 'patient_name', 'patient_address', 'signature'],
    'sourced',
    'reg. 217',
  ],
  [
    'prescriber_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'dentist', annotation: null },
      { profession: 'nurse_prescriber', annotation: 'prescribing_right' },
      { profession: 'pharmacist_prescriber', annotation: 'prescribing_right' },
    ],
    'sourced',
    'Human Medicines Regulations 2012, reg. 214',
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
    'sourced',
    'Human Medicines Regulations 2012, reg. 214',
  ],
  ['lay_injector', 'on_directions', 'sourced', 'Human Medicines Regulations 2012, reg. 214'],
  [
    'register_ids',
    [
      { profession: 'doctor', register: 'gmc' },
      { profession: 'dentist', register: 'gdc' },
      { profession: 'nurse_prescriber', register: 'nmc' },
      { profession: 'registered_nurse', register: 'nmc' },
      { profession: 'pharmacist_prescriber', register: 'gphc' },
    ],
    'sourced',
    'Human Medicines Regulations 2012, reg. 214',
  ],
  [
    'required_credentials',
    [{ profession: 'esthetician', kind: 'qualification' }],
    'assumed',
    'registers no estheticians',
  ],
  [
    'consult_mode',
    [
      { profession: 'doctor', mode: 'in_person' },
      { profession: 'dentist', mode: 'in_person' },
      { profession: 'nurse_prescriber', mode: 'in_person' },
      { profession: 'pharmacist_prescriber', mode: 'in_person' },
      { profession: 'nurse_prescriber', mode: 'video' },
    ],
    'secondary',
    'NMC not before 1 June 2025',
    { to: '2025-06-01' },
  ],
  [
    'consult_mode',
    [
      { profession: 'doctor', mode: 'in_person' },
      { profession: 'dentist', mode: 'in_person' },
      { profession: 'nurse_prescriber', mode: 'in_person' },
      { profession: 'pharmacist_prescriber', mode: 'in_person' },
    ],
    'sourced',
    'NMC, face to face before prescribing',
    { from: '2025-06-01', dated: '2025-06-01' },
  ],
  [
    'consult_each_treatment',
    true,
    'sourced',
    'NMC, face to face before prescribing',
    { from: '2025-06-01', dated: '2025-06-01' },
  ],
  ['cooling_off_hours_adult', 0, 'sourced', 'GMC, cosmetic interventions (2016)', { dated: '2016-06-01' }],
  ['rx_validity_days', 183, 'sourced', 'reg. 217'],
  ['rx_max_dispenses', 2, 'sourced', 'reg. 217'],
  [
    'licensed_products',
    ['alluzience', 'azzalure', 'bocouture', 'botox', 'letybo', 'nuceiva', 'relfydess'],
    'assumed',
    'SmPC',
  ],
  ['public_product_names', false, 'sourced', 'CAP Code rule 12.12'],
  ['public_class_terms', false, 'sourced', 'CAP Code rule 12.12'],
  ['banned_terms', NO_MEDICINE_ADVERTISED, 'sourced', 'CAP Code rule 12.12'],
  ['public_price_lists', false, 'sourced', 'CAP Code rule 12.12'],
  ['reviews_public', true, 'sourced', 'CAP Code rule 12.12'],
  ['review_conditions', ['genuine', 'no_medicine_reference'], 'sourced', 'CAP Code rule 12.12'],
  ['before_after_public', 'after_consultation', 'sourced', 'CAP Code rule 12.12'],
  ['referral_fee_allowed', false, 'assumed', 'guidance on inducements'],
  ['retention_years', 8, 'assumed', 'Custom'],
  ['adverse_event_url', 'https://yellowcard.mhra.gov.uk/', 'sourced', 'Yellow Card'],
  ['complaint_url', 'https://www.gmc-uk.org/concerns', 'assumed', 'Doctors’ regulator'],
  ['emergency_number', '999', 'assumed', 'General knowledge'],
  ['urgent_advice_number', '111', 'assumed', 'General knowledge'],
  ['min_age', 18, 'sourced', '(Children) Act 2021, s. 1', { from: '2021-10-01', dated: '2021-10-01' }],
  [
    'min_age_is_booking_offence',
    true,
    'sourced',
    '(Children) Act 2021, s. 1',
    { from: '2021-10-01', dated: '2021-10-01' },
  ],
  ['cooling_off_hours_minor', null, 'sourced', '(Children) Act 2021, s. 1', { dated: '2021-10-01' }],
  ['premises_required', [], 'secondary', 'names no start date', { dated: '2025-08-07' }],
]);
