import { PROFESSIONS } from '../codes.ts';
import { assumed, modes, needs, rule, sourced, type Rule } from '../rule.ts';
import { NEVER_PUBLIC } from '../wording.ts';

const OWN_RULE = sourced('Steadyhand’s own rule, docs/policy.md');

/** The floor under every law. */
export const PLATFORM: readonly Rule[] = [
  rule('prescriber_onsite', 'reachable', OWN_RULE),
  rule('max_injectors_per_prescriber', 6, assumed('Steadyhand’s own rule; no regulator names a number')),
  rule(
    'required_credentials',
    needs(['registration', 'toxin_training', 'life_support', 'indemnity_insurance'], ...PROFESSIONS),
    OWN_RULE,
  ),
  rule('training_hours', 7, OWN_RULE),
  rule('training_valid_months', 36, OWN_RULE),
  rule('life_support_valid_months', 12, OWN_RULE),
  rule('stale_grace_days', 7, OWN_RULE),
  rule('cover_days', 28, OWN_RULE),
  rule('complaint_acknowledge_days', 3, OWN_RULE),
  rule('complaint_answer_days', 20, OWN_RULE),
  rule('urgent_injector_minutes_day', 60, OWN_RULE),
  rule('urgent_injector_minutes_night', 360, OWN_RULE),
  rule('urgent_prescriber_minutes_day', 60, OWN_RULE),
  rule('urgent_prescriber_minutes_night', 360, OWN_RULE),
  rule('urgent_cover_minutes', 60, OWN_RULE),
  rule('urgent_operator_minutes', 60, OWN_RULE),
  rule('min_age', 18, assumed('Adults only, also where the law names no age')),
  rule('min_age_is_booking_offence', false, OWN_RULE),
  rule(
    'consult_mode',
    modes(
      'in_person',
      ...(['doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'] as const),
      ...(['nurse_practitioner', 'physician_assistant'] as const),
    ),
    OWN_RULE,
  ),
  rule('consult_each_treatment', false, OWN_RULE),
  rule('consult_valid_days', 84, assumed('One treatment interval of twelve weeks')),
  rule('same_day_allowed', true, OWN_RULE),
  rule(
    'cooling_off_hours_first_or_changed',
    48,
    assumed(
      'House of Commons Health and Social Care Committee, July 2022, advised 48 hours; it is not law',
      '2022-07-01',
    ),
  ),
  rule('cooling_off_hours_unchanged', 0, assumed('The patient has reflected on this very plan before')),
  rule('cooling_off_top_up', 0, assumed('A top-up completes a plan already reflected on')),
  rule('unchanged_plan_months', 12, OWN_RULE),
  rule('top_up_from_day', 14, OWN_RULE),
  rule('top_up_until_day', 28, OWN_RULE),
  rule('rx_max_dispenses', 1, OWN_RULE),
  rule(
    'prescription_particulars',
    [
      ...([
        'patient_name',
        'patient_birth',
        'medicine',
        'dose',
        'directions',
        'repeats',
        'injector',
      ] as const),
      ...(['prescriber_name', 'prescriber_profession', 'prescriber_registration'] as const),
      ...(['prescriber_address', 'date', 'expiry'] as const),
    ],
    OWN_RULE,
  ),
  rule('stock_custody', ['dispensed', 'practice_stock'], OWN_RULE),
  rule('premises_required', [], OWN_RULE),
  rule('banned_terms', NEVER_PUBLIC, OWN_RULE),
  rule('review_conditions', ['kept_appointment'], OWN_RULE),
  rule('photo_conditions', ['photo_consent', 'metadata_stripped', 'declared_unaltered', 'dated'], OWN_RULE),
  rule('referral_fee_allowed', false, OWN_RULE),
  rule('incentives_allowed', false, OWN_RULE),
];
