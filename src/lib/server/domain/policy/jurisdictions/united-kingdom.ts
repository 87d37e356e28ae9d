import { NO_MEDICINE_ADVERTISED } from '../wording.ts';
import { UNITED_KINGDOM_PRODUCTS } from '../products.ts';
import {
  assumed,
  modes,
  needs,
  registeredWith,
  roles,
  rule,
  secondary,
  sourced,
  type Rule,
} from '../rule.ts';

export const HMR_214 = sourced(
  'Human Medicines Regulations 2012, reg. 214, https://www.legislation.gov.uk/uksi/2012/1916/regulation/214',
);
const HMR_217 = sourced(
  'Human Medicines Regulations 2012, reg. 217, https://www.legislation.gov.uk/uksi/2012/1916/regulation/217',
);
const NMC_FACE_TO_FACE = sourced(
  'NMC, face to face before prescribing for elective non-surgical cosmetic procedures, from 1 June 2025, https://www.jccp.org.uk',
  '2025-06-01',
);
const CAP_12_12 = sourced(
  'CAP Code rule 12.12, https://www.asa.org.uk/advice-online/healthcare-prescription-only-medicine.html',
);
const UK_REGULATORS_ON_REMOTE_PRESCRIBING =
  'GMC, cosmetic interventions (2016), para. 11; GDC (2013) and GPhC (2019) as reported; NMC not before 1 June 2025';

/** What holds in every part of the kingdom: medicines, the regulators of the professions, advertising. */
export const UNITED_KINGDOM: readonly Rule[] = [
  rule(
    'prescriber_roles',
    [
      ...roles(null, 'doctor', 'dentist'),
      ...roles('prescribing_right', 'nurse_prescriber', 'pharmacist_prescriber'),
    ],
    HMR_214,
  ),
  rule(
    'injector_roles',
    roles(
      null,
      ...(['doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'] as const),
      ...(['registered_nurse', 'esthetician'] as const),
    ),
    HMR_214,
  ),
  rule('lay_injector', 'on_directions', HMR_214),
  rule(
    'register_ids',
    [
      ...registeredWith('gmc', 'doctor'),
      ...registeredWith('gdc', 'dentist'),
      ...registeredWith('nmc', 'nurse_prescriber', 'registered_nurse'),
      ...registeredWith('gphc', 'pharmacist_prescriber'),
    ],
    HMR_214,
  ),
  rule(
    'required_credentials',
    // No register proves this profession here, so what was learnt has to.
    needs(['qualification'], 'esthetician'),
    assumed('Steadyhand’s reading: the United Kingdom registers no estheticians'),
  ),
  rule(
    'consult_mode',
    [
      ...modes('in_person', 'doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'),
      ...modes('video', 'nurse_prescriber'),
    ],
    secondary(UK_REGULATORS_ON_REMOTE_PRESCRIBING),
    { to: '2025-06-01' },
  ),
  rule(
    'consult_mode',
    modes('in_person', 'doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'),
    NMC_FACE_TO_FACE,
    { from: '2025-06-01' },
  ),
  rule('consult_each_treatment', true, NMC_FACE_TO_FACE, { from: '2025-06-01' }),
  rule(
    'cooling_off_hours_adult',
    0,
    sourced(
      'GMC, cosmetic interventions (2016): time to reflect, no number of hours, https://www.gmc-uk.org',
      '2016-06-01',
    ),
  ),
  rule('rx_validity_days', 183, HMR_217),
  rule('rx_max_dispenses', 2, HMR_217),
  rule(
    'prescription_particulars',
    [
      ...(['prescriber_address', 'prescriber_profession', 'date'] as const),
      ...(['patient_name', 'patient_address', 'signature'] as const),
    ],
    HMR_217,
  ),
  rule(
    'licensed_products',
    UNITED_KINGDOM_PRODUCTS,
    assumed(
      'Brands from trade press 2025/26; vial sizes and intervals to be read from each SmPC at medicines.org.uk',
    ),
  ),
  rule('public_product_names', false, CAP_12_12),
  rule('public_class_terms', false, CAP_12_12),
  rule('banned_terms', NO_MEDICINE_ADVERTISED, CAP_12_12),
  rule('public_price_lists', false, CAP_12_12),
  rule('reviews_public', true, CAP_12_12),
  rule('review_conditions', ['genuine', 'no_medicine_reference'], CAP_12_12),
  rule('before_after_public', 'after_consultation', CAP_12_12),
  rule('referral_fee_allowed', false, assumed('Professional guidance on inducements; to be confirmed')),
  rule('retention_years', 8, assumed('Custom for adult clinical records; to be confirmed')),
  rule('adverse_event_url', 'https://yellowcard.mhra.gov.uk/', sourced('MHRA Yellow Card scheme')),
  rule(
    'complaint_url',
    'https://www.gmc-uk.org/concerns',
    assumed('Doctors’ regulator; others have their own'),
  ),
  rule('emergency_number', '999', assumed('General knowledge')),
  rule('urgent_advice_number', '111', assumed('General knowledge')),
];
