import { expect, it } from 'vitest';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { UNITED_STATES_NEVER_PUBLIC } from '#lib/server/domain/policy/wording.ts';
import { decisionTable, lawTable } from './decisions.ts';

decisionTable(
  'texas',
  `
2026-12-01 | doctor                                   | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | doctor                                   | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | doctor                                   | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | doctor                                   | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | doctor                                   | have a nurse inject      | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | doctor                                   | have a lay person inject | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | dentist                                  | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber                         | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_prescriber +prescribing_right      | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber                    | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | pharmacist_prescriber +prescribing_right | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner                       | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | nurse_practitioner +prescribing_right    | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | have a nurse inject      | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | nurse_practitioner +prescribing_right    | have a lay person inject | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant                      | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | physician_assistant +prescribing_right   | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | have a nurse inject      | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | physician_assistant +prescribing_right   | have a lay person inject | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse                         | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +prescribing_right      | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | registered_nurse +toxin_training         | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | inject                   | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician                              | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | have a nurse inject      | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2026-12-01 | esthetician +toxin_training              | have a lay person inject | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | doctor                                   | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | doctor                                   | consult by video         | yes | no  | Steadyhand’s own rule
2025-01-09 | doctor                                   | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | doctor                                   | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | nurse_practitioner +prescribing_right    | consult in person        | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | nurse_practitioner +prescribing_right    | consult by video         | yes | no  | Steadyhand’s own rule
2025-01-09 | nurse_practitioner +prescribing_right    | prescribe                | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | nurse_practitioner +prescribing_right    | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | esthetician +toxin_training              | consult in person        | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | esthetician +toxin_training              | consult by video         | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | esthetician +toxin_training              | prescribe                | no  | no  | 22 Texas Administrative Code §§ 169.25-169.28
2025-01-09 | esthetician +toxin_training              | inject                   | yes | yes | 22 Texas Administrative Code §§ 169.25-169.28
`,
);

it('Texas says nothing before 9 January 2025: there was no rule that we read', () => {
  const before = Temporal.PlainDate.from('2025-01-08');
  expect(() => evaluatePolicy(POLICY_ROWS, 'texas', before)).toThrow('no policy row in force: texas.');
});

lawTable('texas', [
  [
    'prescription_particulars',
    [
      'patient_name',
      'patient_address',
      'medicine',
      'dose',
      'quantity',
      'directions',
      'purpose',
      'date',
      'prescriber_name',
      'prescriber_address',
      'prescriber_telephone',
      'signature',
    ],
    'assumed',
    '§ 291.34',
  ],
  ['min_age', 18, 'sourced', 'FDA labels'],
  ['min_age_is_booking_offence', false, 'assumed', 'No such offence found'],
  ['cooling_off_hours_adult', 0, 'assumed', 'None found'],
  ['cooling_off_hours_minor', null, 'assumed', 'Adults only'],
  ['rx_validity_days', 365, 'assumed', 'One year'],
  [
    'licensed_products',
    ['botox_cosmetic', 'daxxify', 'dysport', 'jeuveau', 'letybo', 'xeomin'],
    'assumed',
    'FDA label',
  ],
  ['public_product_names', true, 'assumed', 'Truthful naming'],
  ['public_class_terms', true, 'assumed', 'To be confirmed'],
  ['banned_terms', UNITED_STATES_NEVER_PUBLIC, 'assumed', 'Unapproved brands'],
  ['public_price_lists', true, 'assumed', 'To be confirmed'],
  ['reviews_public', true, 'assumed', 'To be confirmed'],
  ['review_conditions', ['genuine', 'not_misleading'], 'assumed', 'To be confirmed'],
  ['retention_years', 7, 'assumed', 'Custom'],
  ['adverse_event_url', 'https://www.fda.gov/medwatch', 'sourced', 'FDA MedWatch'],
  ['emergency_number', '911', 'assumed', 'General knowledge'],
  ['urgent_advice_number', '1-800-222-1222', 'assumed', 'Poison Help'],
  [
    'prescriber_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'nurse_practitioner', annotation: 'prescribing_right' },
      { profession: 'physician_assistant', annotation: 'prescribing_right' },
    ],
    'secondary',
    '§§ 169.25-169.28',
    { from: '2025-01-09', dated: '2025-01-09' },
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
    'secondary',
    '§§ 169.25-169.28',
    { from: '2025-01-09', dated: '2025-01-09' },
  ],
  [
    'lay_injector',
    'by_delegation',
    'secondary',
    '§§ 169.25-169.28',
    { from: '2025-01-09', dated: '2025-01-09' },
  ],
  [
    'prescriber_onsite',
    'immediately_available',
    'secondary',
    '§§ 169.25-169.28',
    { from: '2025-01-09', dated: '2025-01-09' },
  ],
  ['max_injectors_per_prescriber', 7, 'assumed', '§ 157.0512'],
  [
    'register_ids',
    [
      { profession: 'doctor', register: 'tx_medical_board' },
      { profession: 'nurse_practitioner', register: 'tx_board_of_nursing' },
      { profession: 'registered_nurse', register: 'tx_board_of_nursing' },
      { profession: 'physician_assistant', register: 'tx_physician_assistant_board' },
      { profession: 'esthetician', register: 'tx_licensing' },
    ],
    'assumed',
    'State boards',
  ],
  [
    'consult_mode',
    [
      { profession: 'doctor', mode: 'in_person' },
      { profession: 'nurse_practitioner', mode: 'in_person' },
      { profession: 'physician_assistant', mode: 'in_person' },
      { profession: 'doctor', mode: 'video' },
      { profession: 'nurse_practitioner', mode: 'video' },
      { profession: 'physician_assistant', mode: 'video' },
    ],
    'secondary',
    '§§ 169.25-169.28',
    { from: '2025-01-09', dated: '2025-01-09' },
  ],
  [
    'consult_each_treatment',
    false,
    'secondary',
    '§§ 169.25-169.28',
    { from: '2025-01-09', dated: '2025-01-09' },
  ],
  ['consult_valid_days', 365, 'assumed', 'one year'],
  ['premises_required', [], 'secondary', '§§ 169.25-169.28', { from: '2025-01-09', dated: '2025-01-09' }],
  ['before_after_public', 'public', 'assumed', 'Conditional'],
  ['photo_conditions', ['not_misleading'], 'assumed', 'To be confirmed'],
  ['referral_fee_allowed', false, 'assumed', 'Patient Solicitation Act'],
  ['complaint_url', 'https://www.tmb.state.tx.us/page/place-a-complaint', 'assumed', 'Doctors’ board'],
]);
