import { CANADA_PRODUCTS } from '../products.ts';
import { assumed, modes, registeredWith, roles, rule, secondary, sourced, type Rule } from '../rule.ts';
import { MEDICINE_NAMES } from '../wording.ts';

const NURSES = sourced(
  'College of Nurses of Ontario, Dear CNO, November 2023: an order of a physician or nurse practitioner, https://www.cno.org',
  '2023-11-01',
);
const DRUG_ADVERTISING = sourced(
  'Food and Drug Regulations, C.01.044: name, price and quantity only, https://laws.justice.gc.ca',
);
const PHYSICIANS_ADVERTISING = sourced('CPSO, advertising, https://www.cpso.on.ca');

export const ONTARIO: readonly Rule[] = [
  rule(
    'prescriber_roles',
    [...roles(null, 'doctor'), ...roles('prescribing_right', 'nurse_practitioner')],
    NURSES,
  ),
  rule('injector_roles', roles(null, 'doctor', 'nurse_practitioner', 'registered_nurse'), NURSES),
  rule(
    'lay_injector',
    'no',
    assumed('A controlled act; a physician may delegate it; Steadyhand’s stricter reading'),
  ),
  rule(
    'register_ids',
    [...registeredWith('cpso', 'doctor'), ...registeredWith('cno', 'nurse_practitioner', 'registered_nurse')],
    assumed('CPSO and CNO: public look-up; number formats not read'),
  ),
  rule('min_age_is_booking_offence', false, assumed('No such offence found')),
  rule(
    'consult_mode',
    [
      ...modes('in_person', 'doctor', 'nurse_practitioner'),
      ...modes('video', 'doctor', 'nurse_practitioner'),
    ],
    assumed('CPSO’s policy on delegation asks for an assessment and names no mode; to be confirmed'),
  ),
  rule('consult_each_treatment', false, assumed('The first treatment and each change; to be confirmed')),
  rule('cooling_off_hours_adult', 0, assumed('None found')),
  rule('cooling_off_hours_minor', null, assumed('Adults only under the platform’s rule')),
  rule('rx_validity_days', 365, assumed('One year; to be confirmed')),
  rule(
    'prescription_particulars',
    [
      ...(['patient_name', 'patient_address', 'patient_birth', 'medicine', 'dose', 'quantity'] as const),
      ...(['directions', 'repeats', 'date', 'prescriber_name', 'prescriber_address'] as const),
      ...(['prescriber_telephone', 'prescriber_registration', 'signature'] as const),
    ],
    assumed(
      'Food and Drug Regulations, C.01.041, and CPSO, prescribing drugs; the list of particulars not read',
    ),
  ),
  rule(
    'licensed_products',
    CANADA_PRODUCTS,
    assumed('Brands, vials and intervals to be read from Health Canada’s Drug Product Database'),
  ),
  rule('premises_required', [], assumed('None found')),
  rule(
    'public_product_names',
    false,
    secondary('A physician’s advertisement may refer to no specific drug, as reported; applied to everybody'),
  ),
  rule('public_class_terms', true, assumed('To be confirmed')),
  rule('banned_terms', MEDICINE_NAMES, DRUG_ADVERTISING),
  rule('public_price_lists', true, DRUG_ADVERTISING),
  rule('reviews_public', false, PHYSICIANS_ADVERTISING),
  rule('before_after_public', 'public', PHYSICIANS_ADVERTISING),
  rule('photo_conditions', ['consent_after_service', 'no_paid_targeting'], PHYSICIANS_ADVERTISING),
  rule('referral_fee_allowed', false, assumed('Fee-splitting is professional misconduct; to be confirmed')),
  rule('retention_years', 10, assumed('Custom; to be confirmed')),
  rule(
    'adverse_event_url',
    'https://www.canada.ca/en/health-canada.html',
    assumed('Canada Vigilance Program; the exact page not read'),
  ),
  rule('complaint_url', 'https://www.cpso.on.ca/', assumed('Doctors’ college; others have their own')),
  rule('emergency_number', '911', assumed('General knowledge')),
  rule('urgent_advice_number', '811', assumed('Health811; to be confirmed')),
];
