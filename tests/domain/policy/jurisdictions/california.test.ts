import { UNITED_STATES_NEVER_PUBLIC } from '#lib/server/domain/policy/wording.ts';
import { decisionTable, lawTable } from './decisions.ts';

decisionTable(
  'california',
  `
2026-12-01 | doctor                                   | consult in person        | yes | yes | Appropriate prior examination
2026-12-01 | doctor                                   | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | doctor                                   | prescribe                | yes | yes | Appropriate prior examination
2026-12-01 | doctor                                   | inject                   | yes | yes | Medical Board of California
2026-12-01 | doctor                                   | have a nurse inject      | yes | yes | Medical Board of California
2026-12-01 | doctor                                   | have a lay person inject | no  | no  | Medical Board of California
2026-12-01 | dentist                                  | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | dentist                                  | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | dentist                                  | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | dentist                                  | inject                   | no  | no  | Medical Board of California
2026-12-01 | dentist                                  | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | dentist                                  | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber                         | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber                         | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber                         | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber                         | inject                   | no  | no  | Medical Board of California
2026-12-01 | nurse_prescriber                         | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber                         | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber +prescribing_right      | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber +prescribing_right      | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber +prescribing_right      | inject                   | no  | no  | Medical Board of California
2026-12-01 | nurse_prescriber +prescribing_right      | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | nurse_prescriber +prescribing_right      | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber                    | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber                    | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber                    | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber                    | inject                   | no  | no  | Medical Board of California
2026-12-01 | pharmacist_prescriber                    | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber                    | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber +prescribing_right | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber +prescribing_right | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber +prescribing_right | inject                   | no  | no  | Medical Board of California
2026-12-01 | pharmacist_prescriber +prescribing_right | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | pharmacist_prescriber +prescribing_right | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | nurse_practitioner                       | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | nurse_practitioner                       | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | nurse_practitioner                       | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | nurse_practitioner                       | inject                   | yes | yes | Medical Board of California
2026-12-01 | nurse_practitioner                       | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | nurse_practitioner                       | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | nurse_practitioner +prescribing_right    | consult in person        | yes | yes | Appropriate prior examination
2026-12-01 | nurse_practitioner +prescribing_right    | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | nurse_practitioner +prescribing_right    | prescribe                | yes | yes | Appropriate prior examination
2026-12-01 | nurse_practitioner +prescribing_right    | inject                   | yes | yes | Medical Board of California
2026-12-01 | nurse_practitioner +prescribing_right    | have a nurse inject      | yes | yes | Medical Board of California
2026-12-01 | nurse_practitioner +prescribing_right    | have a lay person inject | no  | no  | Medical Board of California
2026-12-01 | physician_assistant                      | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | physician_assistant                      | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | physician_assistant                      | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | physician_assistant                      | inject                   | yes | yes | Medical Board of California
2026-12-01 | physician_assistant                      | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | physician_assistant                      | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | physician_assistant +prescribing_right   | consult in person        | yes | yes | Appropriate prior examination
2026-12-01 | physician_assistant +prescribing_right   | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | physician_assistant +prescribing_right   | prescribe                | yes | yes | Appropriate prior examination
2026-12-01 | physician_assistant +prescribing_right   | inject                   | yes | yes | Medical Board of California
2026-12-01 | physician_assistant +prescribing_right   | have a nurse inject      | yes | yes | Medical Board of California
2026-12-01 | physician_assistant +prescribing_right   | have a lay person inject | no  | no  | Medical Board of California
2026-12-01 | registered_nurse                         | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse                         | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse                         | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse                         | inject                   | yes | yes | Medical Board of California
2026-12-01 | registered_nurse                         | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse                         | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +prescribing_right      | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +prescribing_right      | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +prescribing_right      | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +prescribing_right      | inject                   | yes | yes | Medical Board of California
2026-12-01 | registered_nurse +prescribing_right      | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +prescribing_right      | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +toxin_training         | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +toxin_training         | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +toxin_training         | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +toxin_training         | inject                   | yes | yes | Medical Board of California
2026-12-01 | registered_nurse +toxin_training         | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | registered_nurse +toxin_training         | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | esthetician                              | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | esthetician                              | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | esthetician                              | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | esthetician                              | inject                   | no  | no  | Medical Board of California
2026-12-01 | esthetician                              | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | esthetician                              | have a lay person inject | no  | no  | Appropriate prior examination
2026-12-01 | esthetician +toxin_training              | consult in person        | no  | no  | Appropriate prior examination
2026-12-01 | esthetician +toxin_training              | consult by video         | no  | no  | Appropriate prior examination
2026-12-01 | esthetician +toxin_training              | prescribe                | no  | no  | Appropriate prior examination
2026-12-01 | esthetician +toxin_training              | inject                   | no  | no  | Medical Board of California
2026-12-01 | esthetician +toxin_training              | have a nurse inject      | no  | no  | Appropriate prior examination
2026-12-01 | esthetician +toxin_training              | have a lay person inject | no  | no  | Appropriate prior examination
`,
);

lawTable('california', [
  ['min_age', 18, 'sourced', 'FDA labels'],
  ['min_age_is_booking_offence', false, 'assumed', 'No such offence found'],
  ['cooling_off_hours_adult', 0, 'assumed', 'None found'],
  ['cooling_off_hours_minor', null, 'assumed', 'Adults only'],
  ['rx_validity_days', 365, 'assumed', 'One year'],
  [
    'prescription_particulars',
    [
      'patient_name',
      'patient_address',
      'medicine',
      'quantity',
      'directions',
      'date',
      'prescriber_name',
      'prescriber_address',
      'prescriber_telephone',
      'prescriber_profession',
      'signature',
    ],
    'secondary',
    '§ 4040',
  ],
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
    'Appropriate prior examination',
  ],
  [
    'injector_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'nurse_practitioner', annotation: null },
      { profession: 'physician_assistant', annotation: null },
      { profession: 'registered_nurse', annotation: null },
    ],
    'sourced',
    'Medical Board of California',
  ],
  ['lay_injector', 'no', 'sourced', 'Medical Board of California'],
  [
    'register_ids',
    [
      { profession: 'doctor', register: 'ca_medical_board' },
      { profession: 'nurse_practitioner', register: 'ca_board_of_nursing' },
      { profession: 'registered_nurse', register: 'ca_board_of_nursing' },
      { profession: 'physician_assistant', register: 'ca_physician_assistant_board' },
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
    'Appropriate prior examination',
  ],
  ['consult_each_treatment', false, 'assumed', 'each change'],
  ['consult_valid_days', 365, 'assumed', 'one year'],
  ['premises_required', ['physician_controlled_practice'], 'sourced', 'Medical Board of California'],
  ['before_after_public', 'public', 'sourced', '§ 651'],
  ['photo_conditions', ['actual_patient', 'declared_unaltered', 'prominent_disclosure'], 'sourced', '§ 651'],
  ['referral_fee_allowed', false, 'sourced', '§ 650'],
  ['complaint_url', 'https://www.mbc.ca.gov/', 'assumed', 'Doctors’ board'],
]);
