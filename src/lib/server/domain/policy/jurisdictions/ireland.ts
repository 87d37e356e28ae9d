import { IRELAND_PRODUCTS } from '../products.ts';
import { assumed, registeredWith, roles, rule, secondary, sourced, type Rule } from '../rule.ts';
import { NO_MEDICINE_ADVERTISED } from '../wording.ts';

const MEDICAL_COUNCIL = sourced(
  'Irish Medical Council, statement on who may administer, November 2025, https://www.professionalbeauty.ie',
  '2025-11-14',
);
const ADVERTISING = sourced(
  'S.I. 541/2007, reg. 9, https://www.irishstatutebook.ie; Directive 2001/83/EC, Art. 88(1)',
);
const AS_ENGLAND = assumed('Taken to be as in England; to be confirmed');

export const IRELAND: readonly Rule[] = [
  rule('prescriber_roles', roles(null, 'doctor', 'dentist'), MEDICAL_COUNCIL),
  rule('injector_roles', roles(null, 'doctor', 'dentist', 'registered_nurse'), MEDICAL_COUNCIL),
  rule('lay_injector', 'no', MEDICAL_COUNCIL),
  rule(
    'prescriber_onsite',
    'on_site',
    assumed('Whether a doctor must be on site was disputed in July 2025 (rte.ie); the stricter reading'),
  ),
  rule(
    'register_ids',
    [
      ...registeredWith('imc', 'doctor'),
      ...registeredWith('dental_council_ie', 'dentist'),
      ...registeredWith('nmbi', 'registered_nurse'),
    ],
    assumed('Irish Medical Council, Dental Council, NMBI: public look-up; number formats not read'),
  ),
  rule('min_age', 0, secondary('No statutory minimum age, press of 2024; the platform’s rule decides')),
  rule('min_age_is_booking_offence', false, assumed('No such offence found')),
  rule('consult_each_treatment', true, assumed('No rule found; the stricter reading')),
  rule('cooling_off_hours_adult', 0, assumed('None found')),
  rule('cooling_off_hours_minor', null, assumed('Adults only under the platform’s rule')),
  rule(
    'rx_validity_days',
    183,
    sourced('S.I. 73/2024: six months where no longer period is stated, https://www.thepsi.ie', '2024-03-01'),
  ),
  rule(
    'prescription_particulars',
    [
      ...(['prescriber_name', 'prescriber_address', 'prescriber_profession', 'date'] as const),
      ...(['patient_name', 'patient_address', 'signature'] as const),
    ],
    secondary('S.I. 540/2003, reg. 7, as amended, as told at https://emed.ie; the regulations not read'),
  ),
  rule(
    'licensed_products',
    IRELAND_PRODUCTS,
    assumed('Taken to be as in the United Kingdom; to be read from the HPRA’s list'),
  ),
  rule('premises_required', [], assumed('None found')),
  rule('public_product_names', false, ADVERTISING),
  rule('public_class_terms', false, AS_ENGLAND),
  rule('banned_terms', NO_MEDICINE_ADVERTISED, ADVERTISING),
  rule('public_price_lists', false, AS_ENGLAND),
  rule('reviews_public', true, AS_ENGLAND),
  rule('review_conditions', ['genuine', 'no_medicine_reference'], AS_ENGLAND),
  rule('before_after_public', 'after_consultation', AS_ENGLAND),
  rule('referral_fee_allowed', false, AS_ENGLAND),
  rule('retention_years', 8, assumed('Custom; to be confirmed')),
  rule('adverse_event_url', 'https://www.hpra.ie/', assumed('HPRA takes reports; the exact page not read')),
  rule(
    'complaint_url',
    'https://www.medicalcouncil.ie/',
    assumed('Doctors’ regulator; others have their own'),
  ),
  rule('emergency_number', '112', assumed('General knowledge; 999 reaches the same')),
  rule('urgent_advice_number', '1800-700-700', assumed('HSELive information line; to be confirmed')),
];
