import { NO_MEDICINE_ADVERTISED } from '#lib/server/domain/policy/wording.ts';
import { decisionTable, lawTable } from './decisions.ts';

decisionTable(
  'ireland',
  `
2026-12-01 | doctor                                   | consult in person        | yes | yes | Steadyhand’s own rule
2026-12-01 | doctor                                   | consult by video         | no  | no  | Steadyhand’s own rule
2026-12-01 | doctor                                   | prescribe                | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | doctor                                   | inject                   | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | doctor                                   | have a nurse inject      | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | doctor                                   | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | dentist                                  | consult in person        | yes | yes | Steadyhand’s own rule
2026-12-01 | dentist                                  | consult by video         | no  | no  | Steadyhand’s own rule
2026-12-01 | dentist                                  | prescribe                | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | dentist                                  | inject                   | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | dentist                                  | have a nurse inject      | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | dentist                                  | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber                         | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber                         | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber                         | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber                         | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber                         | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber                         | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber +prescribing_right      | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber +prescribing_right      | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber +prescribing_right      | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber +prescribing_right      | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber +prescribing_right      | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_prescriber +prescribing_right      | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber                    | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber                    | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber                    | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber                    | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber                    | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber                    | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber +prescribing_right | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber +prescribing_right | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber +prescribing_right | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber +prescribing_right | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber +prescribing_right | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | pharmacist_prescriber +prescribing_right | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner                       | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner                       | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner                       | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner                       | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner                       | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner                       | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner +prescribing_right    | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner +prescribing_right    | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner +prescribing_right    | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner +prescribing_right    | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner +prescribing_right    | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | nurse_practitioner +prescribing_right    | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant                      | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant                      | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant                      | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant                      | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant                      | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant                      | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant +prescribing_right   | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant +prescribing_right   | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant +prescribing_right   | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant +prescribing_right   | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant +prescribing_right   | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | physician_assistant +prescribing_right   | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse                         | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse                         | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse                         | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse                         | inject                   | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse                         | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse                         | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +prescribing_right      | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +prescribing_right      | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +prescribing_right      | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +prescribing_right      | inject                   | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +prescribing_right      | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +prescribing_right      | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +toxin_training         | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +toxin_training         | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +toxin_training         | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +toxin_training         | inject                   | yes | yes | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +toxin_training         | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | registered_nurse +toxin_training         | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician                              | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician                              | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician                              | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician                              | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician                              | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician                              | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician +toxin_training              | consult in person        | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician +toxin_training              | consult by video         | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician +toxin_training              | prescribe                | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician +toxin_training              | inject                   | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician +toxin_training              | have a nurse inject      | no  | no  | Irish Medical Council, statement on who may administer
2026-12-01 | esthetician +toxin_training              | have a lay person inject | no  | no  | Irish Medical Council, statement on who may administer
`,
);

lawTable('ireland', [
  [
    'prescriber_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'dentist', annotation: null },
    ],
    'sourced',
    'Irish Medical Council',
    { dated: '2025-11-14' },
  ],
  [
    'injector_roles',
    [
      { profession: 'doctor', annotation: null },
      { profession: 'dentist', annotation: null },
      { profession: 'registered_nurse', annotation: null },
    ],
    'sourced',
    'Irish Medical Council',
    { dated: '2025-11-14' },
  ],
  ['lay_injector', 'no', 'sourced', 'Irish Medical Council', { dated: '2025-11-14' }],
  ['prescriber_onsite', 'on_site', 'assumed', 'disputed in July 2025'],
  [
    'register_ids',
    [
      { profession: 'doctor', register: 'imc' },
      { profession: 'dentist', register: 'dental_council_ie' },
      { profession: 'registered_nurse', register: 'nmbi' },
    ],
    'assumed',
    'number formats not read',
  ],
  ['min_age', 0, 'secondary', 'No statutory minimum age'],
  ['min_age_is_booking_offence', false, 'assumed', 'No such offence found'],
  ['consult_each_treatment', true, 'assumed', 'stricter reading'],
  ['cooling_off_hours_adult', 0, 'assumed', 'None found'],
  ['cooling_off_hours_minor', null, 'assumed', 'Adults only'],
  ['rx_validity_days', 183, 'sourced', 'S.I. 73/2024', { dated: '2024-03-01' }],
  [
    'prescription_particulars',
    [
      'prescriber_name',
      'prescriber_address',
      'prescriber_profession',
      'date',
      'patient_name',
      'patient_address',
      'signature',
    ],
    'secondary',
    'S.I. 540/2003',
  ],
  [
    'licensed_products',
    ['alluzience', 'azzalure', 'bocouture', 'botox', 'letybo', 'nuceiva', 'relfydess'],
    'assumed',
    'HPRA',
  ],
  ['premises_required', [], 'assumed', 'None found'],
  ['public_product_names', false, 'sourced', 'S.I. 541/2007, reg. 9'],
  ['public_class_terms', false, 'assumed', 'as in England'],
  ['banned_terms', NO_MEDICINE_ADVERTISED, 'sourced', 'S.I. 541/2007, reg. 9'],
  ['public_price_lists', false, 'assumed', 'as in England'],
  ['reviews_public', true, 'assumed', 'as in England'],
  ['review_conditions', ['genuine', 'no_medicine_reference'], 'assumed', 'as in England'],
  ['before_after_public', 'after_consultation', 'assumed', 'as in England'],
  ['referral_fee_allowed', false, 'assumed', 'as in England'],
  ['retention_years', 8, 'assumed', 'Custom'],
  ['adverse_event_url', 'https://www.hpra.ie/', 'assumed', 'HPRA'],
  ['complaint_url', 'https://www.medicalcouncil.ie/', 'assumed', 'Doctors’ regulator'],
  ['emergency_number', '112', 'assumed', 'General knowledge'],
  ['urgent_advice_number', '1800-700-700', 'assumed', 'HSELive'],
]);
