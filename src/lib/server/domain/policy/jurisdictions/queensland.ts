import { AUSTRALIA_PRODUCTS } from '../products.ts';
import { assumed, modes, registeredWith, roles, rule, secondary, sourced, type Rule } from '../rule.ts';
import { NO_MEDICINE_ADVERTISED } from '../wording.ts';

const QUEENSLAND_HEALTH = sourced('Queensland Health, cosmetic injectables, https://www.health.qld.gov.au');
const NURSES_OF_2025 = sourced(
  'Ahpra, guidelines for nurses who perform non-surgical cosmetic procedures, published 3 June 2025, in force 2 September 2025, https://www.ahpra.gov.au',
  '2025-06-03',
);
const PRACTICE_OF_2025 = secondary(
  'Ahpra guidelines of 2 September 2025 as reported by several law firms; the guidelines themselves not read',
  '2025-09-02',
);
const TGA_ON_ADVERTISING = sourced(
  'TGA, advertising cosmetic injectables: no Schedule 4 name, acronym, nickname or hashtag, https://www.tga.gov.au',
);

/** Australia with the values of Queensland where states differ. */
export const QUEENSLAND: readonly Rule[] = [
  rule(
    'prescriber_roles',
    [...roles(null, 'doctor'), ...roles('prescribing_right', 'nurse_practitioner')],
    QUEENSLAND_HEALTH,
  ),
  rule('injector_roles', roles(null, 'doctor', 'nurse_practitioner', 'registered_nurse'), QUEENSLAND_HEALTH, {
    to: '2025-09-02',
  }),
  // The period of practice that comes first is for the two reviewers to see; no credential states it.
  rule(
    'injector_roles',
    [...roles(null, 'doctor', 'nurse_practitioner'), ...roles('toxin_training', 'registered_nurse')],
    NURSES_OF_2025,
    { from: '2025-09-02' },
  ),
  rule('lay_injector', 'no', assumed('Schedule 4 is not for lay hands; to be confirmed')),
  rule(
    'register_ids',
    registeredWith('ahpra', 'doctor', 'nurse_practitioner', 'registered_nurse'),
    sourced('Ahpra, public register of practitioners, https://www.ahpra.gov.au'),
  ),
  rule(
    'min_age',
    18,
    secondary('Medical Board of Australia: not to be prescribed under 18 for cosmetic purposes, as reported'),
  ),
  rule('min_age_is_booking_offence', false, assumed('No such offence found')),
  rule(
    'consult_mode',
    [
      ...modes('in_person', 'doctor', 'nurse_practitioner'),
      ...modes('video', 'doctor', 'nurse_practitioner'),
    ],
    PRACTICE_OF_2025,
  ),
  rule('consult_each_treatment', true, PRACTICE_OF_2025),
  rule(
    'cooling_off_hours_adult',
    0,
    sourced('Medical Board of Australia, guidelines: none for injectables, https://www.medicalboard.gov.au'),
  ),
  rule(
    'cooling_off_hours_minor',
    168,
    sourced('Medical Board of Australia, guidelines: seven days, https://www.medicalboard.gov.au'),
  ),
  rule('rx_validity_days', 365, assumed('One year; states differ; to be confirmed')),
  rule('rx_max_dispenses', 1, PRACTICE_OF_2025),
  rule(
    'prescription_particulars',
    [
      ...(['prescriber_name', 'prescriber_profession', 'prescriber_address', 'date'] as const),
      ...(['patient_name', 'patient_address', 'patient_birth'] as const),
      ...(['medicine', 'dose', 'quantity', 'directions', 'repeats', 'signature'] as const),
    ],
    assumed('Medicines and Poisons (Medicines) Regulation 2021, written prescriptions; not read'),
  ),
  rule(
    'licensed_products',
    AUSTRALIA_PRODUCTS,
    assumed('Brands, vials and intervals to be read from the Australian Register of Therapeutic Goods'),
  ),
  rule('stock_custody', ['dispensed', 'practice_stock'], QUEENSLAND_HEALTH),
  rule('premises_required', ['stock_with_prescriber_on_site'], QUEENSLAND_HEALTH),
  rule('public_product_names', false, TGA_ON_ADVERTISING),
  rule('public_class_terms', false, TGA_ON_ADVERTISING),
  rule('banned_terms', NO_MEDICINE_ADVERTISED, TGA_ON_ADVERTISING),
  rule('public_price_lists', false, assumed('A price for a product that may not be named; to be confirmed')),
  rule(
    'reviews_public',
    false,
    secondary('Health Practitioner Regulation National Law, s. 133: no testimonials about care, as reported'),
  ),
  rule(
    'before_after_public',
    'after_consultation',
    assumed('Lawful on conditions; not for a Schedule 4 product, the stricter reading'),
  ),
  rule('photo_conditions', ['no_filters', 'realistic', 'outcome_warning'], PRACTICE_OF_2025),
  rule('referral_fee_allowed', false, PRACTICE_OF_2025),
  rule('incentives_allowed', false, PRACTICE_OF_2025),
  rule('retention_years', 7, assumed('Custom; to be confirmed')),
  rule('adverse_event_url', 'https://www.tga.gov.au/', sourced('Therapeutic Goods Administration')),
  rule(
    'complaint_url',
    'https://www.ahpra.gov.au/',
    sourced('Ahpra, cosmetic surgery and procedures hotline 1300 361 041'),
  ),
  rule('emergency_number', '000', assumed('General knowledge')),
  rule('urgent_advice_number', '13-43-25-84', assumed('13 HEALTH, Queensland; to be confirmed')),
];
