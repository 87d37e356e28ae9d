import { expect, it } from 'vitest';
import { NO_MEDICINE_ADVERTISED } from '#lib/server/domain/policy/wording.ts';
import { allowedOn, decisionTable, lawTable } from './decisions.ts';

decisionTable(
  'queensland',
  `
2026-12-01 | doctor                                   | consult in person        | yes | yes | Ahpra guidelines of 2 September 2025 as reported
2026-12-01 | doctor                                   | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | doctor                                   | prescribe                | yes | yes | Queensland Health, cosmetic injectables
2026-12-01 | doctor                                   | inject                   | yes | yes | Ahpra, guidelines for nurses
2026-12-01 | doctor                                   | have a nurse inject      | yes | yes | Ahpra, guidelines for nurses
2026-12-01 | doctor                                   | have a lay person inject | no  | no  | Schedule 4 is not for lay hands
2026-12-01 | dentist                                  | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | dentist                                  | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | dentist                                  | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | dentist                                  | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | dentist                                  | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | dentist                                  | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber                         | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber                         | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber                         | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber                         | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | nurse_prescriber                         | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber                         | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber +prescribing_right      | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber +prescribing_right      | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber +prescribing_right      | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | nurse_prescriber +prescribing_right      | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_prescriber +prescribing_right      | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber                    | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber                    | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber                    | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber                    | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | pharmacist_prescriber                    | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber                    | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber +prescribing_right | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber +prescribing_right | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber +prescribing_right | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | pharmacist_prescriber +prescribing_right | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | pharmacist_prescriber +prescribing_right | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_practitioner                       | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_practitioner                       | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_practitioner                       | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_practitioner                       | inject                   | yes | yes | Ahpra, guidelines for nurses
2026-12-01 | nurse_practitioner                       | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_practitioner                       | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | nurse_practitioner +prescribing_right    | consult in person        | yes | yes | Ahpra guidelines of 2 September 2025 as reported
2026-12-01 | nurse_practitioner +prescribing_right    | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | nurse_practitioner +prescribing_right    | prescribe                | yes | yes | Queensland Health, cosmetic injectables
2026-12-01 | nurse_practitioner +prescribing_right    | inject                   | yes | yes | Ahpra, guidelines for nurses
2026-12-01 | nurse_practitioner +prescribing_right    | have a nurse inject      | yes | yes | Ahpra, guidelines for nurses
2026-12-01 | nurse_practitioner +prescribing_right    | have a lay person inject | no  | no  | Schedule 4 is not for lay hands
2026-12-01 | physician_assistant                      | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant                      | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant                      | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant                      | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | physician_assistant                      | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant                      | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant +prescribing_right   | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant +prescribing_right   | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant +prescribing_right   | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant +prescribing_right   | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | physician_assistant +prescribing_right   | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | physician_assistant +prescribing_right   | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse                         | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse                         | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse                         | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse                         | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | registered_nurse                         | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse                         | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +prescribing_right      | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +prescribing_right      | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +prescribing_right      | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +prescribing_right      | inject                   | no  | no  | Ahpra, guidelines for nurses
2026-12-01 | registered_nurse +prescribing_right      | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +prescribing_right      | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +toxin_training         | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +toxin_training         | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +toxin_training         | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +toxin_training         | inject                   | yes | yes | Ahpra, guidelines for nurses
2026-12-01 | registered_nurse +toxin_training         | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | registered_nurse +toxin_training         | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician                              | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician                              | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician                              | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician                              | inject                   | no  | no  | Schedule 4 is not for lay hands
2026-12-01 | esthetician                              | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician                              | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician +toxin_training              | consult in person        | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician +toxin_training              | consult by video         | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician +toxin_training              | prescribe                | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician +toxin_training              | inject                   | no  | no  | Schedule 4 is not for lay hands
2026-12-01 | esthetician +toxin_training              | have a nurse inject      | no  | no  | Queensland Health, cosmetic injectables
2026-12-01 | esthetician +toxin_training              | have a lay person inject | no  | no  | Queensland Health, cosmetic injectables
2025-09-01 | registered_nurse                         | inject                   | yes | yes | Queensland Health, cosmetic injectables
2025-09-01 | registered_nurse +toxin_training         | inject                   | yes | yes | Queensland Health, cosmetic injectables
2025-09-01 | nurse_practitioner                       | inject                   | yes | yes | Queensland Health, cosmetic injectables
2025-09-01 | doctor                                   | inject                   | yes | yes | Queensland Health, cosmetic injectables
2025-09-01 | dentist                                  | inject                   | no  | no  | Queensland Health, cosmetic injectables
2025-09-01 | nurse_prescriber                         | inject                   | no  | no  | Queensland Health, cosmetic injectables
2025-09-01 | pharmacist_prescriber                    | inject                   | no  | no  | Queensland Health, cosmetic injectables
2025-09-01 | physician_assistant                      | inject                   | no  | no  | Queensland Health, cosmetic injectables
2025-09-02 | registered_nurse                         | inject                   | no  | no  | Ahpra, guidelines for nurses
2025-09-02 | registered_nurse +toxin_training         | inject                   | yes | yes | Ahpra, guidelines for nurses
2025-09-02 | nurse_practitioner                       | inject                   | yes | yes | Ahpra, guidelines for nurses
2025-09-02 | doctor                                   | inject                   | yes | yes | Ahpra, guidelines for nurses
`,
);

it('2 September 2025 flips exactly the nurse without training', () => {
  const [before, after] = [allowedOn('queensland', '2025-09-01'), allowedOn('queensland', '2025-09-02')];
  for (const side of ['law', 'here'] as const) {
    expect([...before[side]].filter((one) => !after[side].has(one))).toEqual([
      'registered_nurse: inject',
      'registered_nurse +prescribing_right: inject',
    ]);
    expect([...after[side]].filter((one) => !before[side].has(one))).toEqual([]);
  }
});

lawTable('queensland', [
  [
    'prescriber_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'nurse_practitioner', annotation: 'prescribing_right' },
    ],
    'sourced',
    'Queensland Health',
  ],
  [
    'injector_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'nurse_practitioner', annotation: null },
      { profession: 'registered_nurse', annotation: null },
    ],
    'sourced',
    'Queensland Health',
    { to: '2025-09-02' },
  ],
  [
    'injector_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'nurse_practitioner', annotation: null },
      { profession: 'registered_nurse', annotation: 'toxin_training' },
    ],
    'sourced',
    'Ahpra, guidelines for nurses',
    { from: '2025-09-02', dated: '2025-06-03' },
  ],
  ['lay_injector', 'no', 'assumed', 'Schedule 4'],
  [
    'register_ids',
    [
      { profession: 'doctor', register: 'ahpra' },
      { profession: 'nurse_practitioner', register: 'ahpra' },
      { profession: 'registered_nurse', register: 'ahpra' },
    ],
    'sourced',
    'Ahpra, public register',
  ],
  ['min_age', 18, 'secondary', 'Medical Board of Australia'],
  ['min_age_is_booking_offence', false, 'assumed', 'No such offence found'],
  [
    'consult_mode',
    [
      { profession: 'doctor', mode: 'in_person' },
      { profession: 'nurse_practitioner', mode: 'in_person' },
      { profession: 'doctor', mode: 'video' },
      { profession: 'nurse_practitioner', mode: 'video' },
    ],
    'secondary',
    'Ahpra guidelines',
    { dated: '2025-09-02' },
  ],
  ['consult_each_treatment', true, 'secondary', 'Ahpra guidelines', { dated: '2025-09-02' }],
  ['cooling_off_hours_adult', 0, 'sourced', 'none for injectables'],
  ['cooling_off_hours_minor', 168, 'sourced', 'seven days'],
  ['rx_validity_days', 365, 'assumed', 'states differ'],
  ['rx_max_dispenses', 1, 'secondary', 'Ahpra guidelines', { dated: '2025-09-02' }],
  [
    'prescription_particulars',
    [
      'prescriber_name',
      'prescriber_profession',
      'prescriber_address',
      'date',
      'patient_name',
      'patient_address',
      'patient_birth',
      'medicine',
      'dose',
      'quantity',
      'directions',
      'repeats',
      'signature',
    ],
    'assumed',
    '(Medicines) Regulation 2021',
  ],
  ['licensed_products', ['botox', 'dysport', 'letybo', 'nuceiva', 'xeomin'], 'assumed', 'Therapeutic Goods'],
  ['stock_custody', ['dispensed', 'practice_stock'], 'sourced', 'Queensland Health'],
  ['premises_required', ['stock_with_prescriber_on_site'], 'sourced', 'Queensland Health'],
  ['public_product_names', false, 'sourced', 'TGA'],
  ['public_class_terms', false, 'sourced', 'TGA'],
  ['banned_terms', NO_MEDICINE_ADVERTISED, 'sourced', 'TGA'],
  ['public_price_lists', false, 'assumed', 'may not be named'],
  ['reviews_public', false, 'secondary', 's. 133'],
  ['before_after_public', 'after_consultation', 'assumed', 'stricter reading'],
  [
    'photo_conditions',
    ['no_filters', 'realistic', 'outcome_warning'],
    'secondary',
    'Ahpra guidelines',
    { dated: '2025-09-02' },
  ],
  ['referral_fee_allowed', false, 'secondary', 'Ahpra guidelines', { dated: '2025-09-02' }],
  ['incentives_allowed', false, 'secondary', 'Ahpra guidelines', { dated: '2025-09-02' }],
  ['retention_years', 7, 'assumed', 'Custom'],
  ['adverse_event_url', 'https://www.tga.gov.au/', 'sourced', 'Therapeutic Goods Administration'],
  ['complaint_url', 'https://www.ahpra.gov.au/', 'sourced', '1300 361 041'],
  ['emergency_number', '000', 'assumed', 'General knowledge'],
  ['urgent_advice_number', '13-43-25-84', 'assumed', '13 HEALTH'],
]);
