import { NEVER_PUBLIC } from '#lib/server/domain/policy/wording.ts';
import { lawTable } from './decisions.ts';

const EVERYBODY_NEEDS = [
  'doctor',
  'dentist',
  'nurse_prescriber',
  'pharmacist_prescriber',
  'nurse_practitioner',
  'physician_assistant',
  'registered_nurse',
  'esthetician',
].flatMap((profession) =>
  ['registration', 'toxin_training', 'life_support', 'indemnity_insurance'].map((kind) => ({
    profession,
    kind,
  })),
);

lawTable('platform', [
  ['prescriber_onsite', 'reachable', 'sourced', 'Steadyhand’s own rule'],
  ['max_injectors_per_prescriber', 6, 'assumed', 'no regulator names a number'],
  ['required_credentials', EVERYBODY_NEEDS, 'sourced', 'Steadyhand’s own rule'],
  ['training_hours', 7, 'sourced', 'Steadyhand’s own rule'],
  ['training_valid_months', 36, 'sourced', 'Steadyhand’s own rule'],
  ['life_support_valid_months', 12, 'sourced', 'Steadyhand’s own rule'],
  ['stale_grace_days', 7, 'sourced', 'Steadyhand’s own rule'],
  ['cover_days', 28, 'sourced', 'Steadyhand’s own rule'],
  ['complaint_acknowledge_days', 3, 'sourced', 'Steadyhand’s own rule'],
  ['complaint_answer_days', 20, 'sourced', 'Steadyhand’s own rule'],
  ['min_age', 18, 'assumed', 'Adults only'],
  ['min_age_is_booking_offence', false, 'sourced', 'Steadyhand’s own rule'],
  [
    'consult_mode',
    [
      { profession: 'doctor', mode: 'in_person' },
      { profession: 'dentist', mode: 'in_person' },
      { profession: 'nurse_prescriber', mode: 'in_person' },
      { profession: 'pharmacist_prescriber', mode: 'in_person' },
      { profession: 'nurse_practitioner', mode: 'in_person' },
      { profession: 'physician_assistant', mode: 'in_person' },
    ],
    'sourced',
    'Steadyhand’s own rule',
  ],
  ['consult_each_treatment', false, 'sourced', 'Steadyhand’s own rule'],
  ['consult_valid_days', 84, 'assumed', 'twelve weeks'],
  ['same_day_allowed', true, 'sourced', 'Steadyhand’s own rule'],
  [
    'cooling_off_hours_first_or_changed',
    48,
    'assumed',
    'Health and Social Care Committee, July 2022',
    { dated: '2022-07-01' },
  ],
  ['cooling_off_hours_unchanged', 0, 'assumed', 'has reflected on this very plan'],
  ['cooling_off_top_up', 0, 'assumed', 'completes a plan'],
  ['unchanged_plan_months', 12, 'sourced', 'Steadyhand’s own rule'],
  ['top_up_from_day', 14, 'sourced', 'Steadyhand’s own rule'],
  ['top_up_until_day', 28, 'sourced', 'Steadyhand’s own rule'],
  ['rx_max_dispenses', 1, 'sourced', 'Steadyhand’s own rule'],
  ['stock_custody', ['dispensed', 'practice_stock'], 'sourced', 'Steadyhand’s own rule'],
  ['premises_required', [], 'sourced', 'Steadyhand’s own rule'],
  ['banned_terms', NEVER_PUBLIC, 'sourced', 'Steadyhand’s own rule'],
  ['review_conditions', ['kept_appointment'], 'sourced', 'Steadyhand’s own rule'],
  [
    'photo_conditions',
    ['photo_consent', 'metadata_stripped', 'declared_unaltered', 'dated'],
    'sourced',
    'Steadyhand’s own rule',
  ],
  ['referral_fee_allowed', false, 'sourced', 'Steadyhand’s own rule'],
  ['incentives_allowed', false, 'sourced', 'Steadyhand’s own rule'],
]);
