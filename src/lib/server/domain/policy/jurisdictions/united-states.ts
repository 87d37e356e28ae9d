import { UNITED_STATES_PRODUCTS } from '../products.ts';
import { assumed, rule, sourced, type Rule } from '../rule.ts';
import { UNITED_STATES_NEVER_PUBLIC } from '../wording.ts';

/** What holds in every state, and what was assumed alike for all of them. */
export const UNITED_STATES: readonly Rule[] = [
  rule('min_age', 18, sourced('FDA labels: adults, https://dailymed.nlm.nih.gov')),
  rule('min_age_is_booking_offence', false, assumed('No such offence found')),
  rule('cooling_off_hours_adult', 0, assumed('None found')),
  rule('cooling_off_hours_minor', null, assumed('Adults only under the platform’s rule')),
  rule('rx_validity_days', 365, assumed('One year; to be confirmed')),
  rule(
    'licensed_products',
    UNITED_STATES_PRODUCTS,
    assumed('FDA label of Botox Cosmetic read; the other labels to be read at https://dailymed.nlm.nih.gov'),
  ),
  rule('public_product_names', true, assumed('Truthful naming; to be confirmed')),
  rule('public_class_terms', true, assumed('To be confirmed')),
  rule(
    'banned_terms',
    UNITED_STATES_NEVER_PUBLIC,
    assumed('Unapproved brands and trivialising words; to be confirmed'),
  ),
  rule('public_price_lists', true, assumed('To be confirmed')),
  rule('reviews_public', true, assumed('To be confirmed')),
  rule('review_conditions', ['genuine', 'not_misleading'], assumed('To be confirmed')),
  rule('retention_years', 7, assumed('Custom; to be confirmed')),
  rule('adverse_event_url', 'https://www.fda.gov/medwatch', sourced('FDA MedWatch')),
  rule('emergency_number', '911', assumed('General knowledge')),
  rule('urgent_advice_number', '1-800-222-1222', assumed('Poison Help line; to be confirmed')),
];
