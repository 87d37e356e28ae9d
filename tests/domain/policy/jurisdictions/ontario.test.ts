import { MEDICINE_NAMES } from '#lib/server/domain/policy/wording.ts';
import { decisionTable, lawTable } from './decisions.ts';

decisionTable(
  'ontario',
  `
2026-12-01 | doctor                                   | consult in person        | yes | yes | CPSO’s policy on delegation
2026-12-01 | doctor                                   | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | doctor                                   | prescribe                | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | doctor                                   | inject                   | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | doctor                                   | have a nurse inject      | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | doctor                                   | have a lay person inject | no  | no  | A controlled act; a physician may delegate it
2026-12-01 | dentist                                  | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | dentist                                  | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | dentist                                  | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | dentist                                  | inject                   | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | dentist                                  | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | dentist                                  | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber                         | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber                         | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber                         | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber                         | inject                   | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber                         | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber                         | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber +prescribing_right      | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber +prescribing_right      | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber +prescribing_right      | inject                   | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber +prescribing_right      | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_prescriber +prescribing_right      | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber                    | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber                    | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber                    | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber                    | inject                   | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber                    | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber                    | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber +prescribing_right | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber +prescribing_right | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber +prescribing_right | inject                   | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber +prescribing_right | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | pharmacist_prescriber +prescribing_right | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner                       | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner                       | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner                       | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner                       | inject                   | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner                       | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner                       | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner +prescribing_right    | consult in person        | yes | yes | CPSO’s policy on delegation
2026-12-01 | nurse_practitioner +prescribing_right    | consult by video         | yes | no  | Steadyhand’s own rule
2026-12-01 | nurse_practitioner +prescribing_right    | prescribe                | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner +prescribing_right    | inject                   | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner +prescribing_right    | have a nurse inject      | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | nurse_practitioner +prescribing_right    | have a lay person inject | no  | no  | A controlled act; a physician may delegate it
2026-12-01 | physician_assistant                      | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant                      | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant                      | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant                      | inject                   | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant                      | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant                      | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant +prescribing_right   | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant +prescribing_right   | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant +prescribing_right   | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant +prescribing_right   | inject                   | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant +prescribing_right   | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | physician_assistant +prescribing_right   | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse                         | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse                         | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse                         | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse                         | inject                   | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse                         | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse                         | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +prescribing_right      | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +prescribing_right      | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +prescribing_right      | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +prescribing_right      | inject                   | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +prescribing_right      | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +prescribing_right      | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +toxin_training         | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +toxin_training         | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +toxin_training         | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +toxin_training         | inject                   | yes | yes | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +toxin_training         | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | registered_nurse +toxin_training         | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician                              | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician                              | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician                              | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician                              | inject                   | no  | no  | A controlled act; a physician may delegate it
2026-12-01 | esthetician                              | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician                              | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician +toxin_training              | consult in person        | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician +toxin_training              | consult by video         | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician +toxin_training              | prescribe                | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician +toxin_training              | inject                   | no  | no  | A controlled act; a physician may delegate it
2026-12-01 | esthetician +toxin_training              | have a nurse inject      | no  | no  | College of Nurses of Ontario, Dear CNO
2026-12-01 | esthetician +toxin_training              | have a lay person inject | no  | no  | College of Nurses of Ontario, Dear CNO
`,
);

lawTable('ontario', [
  [
    'prescriber_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'nurse_practitioner', annotation: 'prescribing_right' },
    ],
    'sourced',
    'College of Nurses of Ontario',
    { dated: '2023-11-01' },
  ],
  [
    'injector_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'nurse_practitioner', annotation: null },
      { profession: 'registered_nurse', annotation: null },
    ],
    'sourced',
    'College of Nurses of Ontario',
    { dated: '2023-11-01' },
  ],
  ['lay_injector', 'no', 'assumed', 'a physician may delegate it'],
  [
    'register_ids',
    [
      { profession: 'doctor', register: 'cpso' },
      { profession: 'nurse_practitioner', register: 'cno' },
      { profession: 'registered_nurse', register: 'cno' },
    ],
    'assumed',
    'number formats not read',
  ],
  ['min_age_is_booking_offence', false, 'assumed', 'No such offence found'],
  [
    'consult_mode',
    [
      { profession: 'doctor', mode: 'in_person' },
      { profession: 'nurse_practitioner', mode: 'in_person' },
      { profession: 'doctor', mode: 'video' },
      { profession: 'nurse_practitioner', mode: 'video' },
    ],
    'assumed',
    'names no mode',
  ],
  ['consult_each_treatment', false, 'assumed', 'each change'],
  ['cooling_off_hours_adult', 0, 'assumed', 'None found'],
  ['cooling_off_hours_minor', null, 'assumed', 'Adults only'],
  ['rx_validity_days', 365, 'assumed', 'One year'],
  [
    'prescription_particulars',
    [
      'patient_name',
      'patient_address',
      'patient_birth',
      'medicine',
      'dose',
      'quantity',
      'directions',
      'repeats',
      'date',
      'prescriber_name',
      'prescriber_address',
      'prescriber_telephone',
      'prescriber_registration',
      'signature',
    ],
    'assumed',
    'C.01.041',
  ],
  [
    'licensed_products',
    ['botox_cosmetic', 'dysport', 'letybo', 'nuceiva', 'xeomin'],
    'assumed',
    'Drug Product Database',
  ],
  ['premises_required', [], 'assumed', 'None found'],
  ['public_product_names', false, 'secondary', 'no specific drug'],
  ['public_class_terms', true, 'assumed', 'To be confirmed'],
  ['banned_terms', MEDICINE_NAMES, 'sourced', 'C.01.044'],
  ['public_price_lists', true, 'sourced', 'C.01.044'],
  ['reviews_public', false, 'sourced', 'CPSO'],
  ['before_after_public', 'public', 'sourced', 'CPSO'],
  ['photo_conditions', ['consent_after_service', 'no_paid_targeting'], 'sourced', 'CPSO'],
  ['referral_fee_allowed', false, 'assumed', 'Fee-splitting'],
  ['retention_years', 10, 'assumed', 'Custom'],
  ['adverse_event_url', 'https://www.canada.ca/en/health-canada.html', 'assumed', 'Canada Vigilance'],
  ['complaint_url', 'https://www.cpso.on.ca/', 'assumed', 'Doctors’ college'],
  ['emergency_number', '911', 'assumed', 'General knowledge'],
  ['urgent_advice_number', '811', 'assumed', 'Health811'],
]);
