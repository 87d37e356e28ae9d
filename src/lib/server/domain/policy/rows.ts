import type { Annotation, Profession, RuleMaker } from './codes.ts';
import type { PolicyKey, PolicyValues } from './keys.ts';
import { ENGLAND_PRODUCTS, TEXAS_PRODUCTS } from './products.ts';
import type { PolicyRow } from './row.ts';
import { ENGLAND_NEVER_PUBLIC, NEVER_PUBLIC, TEXAS_NEVER_PUBLIC } from './wording.ts';

type Evidence = Pick<PolicyRow, 'status' | 'source' | 'sourceDate'>;

/** The day on which sources without a date of their own were read, and on which assumptions were made. */
const READ_ON = '2026-11-23';

const sourced = (source: string, sourceDate = READ_ON): Evidence => ({
  status: 'sourced',
  source,
  sourceDate,
});
const secondary = (source: string, sourceDate = READ_ON): Evidence => ({
  status: 'secondary',
  source,
  sourceDate,
});
const assumed = (source: string, sourceDate = READ_ON): Evidence => ({
  status: 'assumed',
  source,
  sourceDate,
});

const rowsOf =
  (jurisdiction: RuleMaker) =>
  <Key extends PolicyKey>(
    key: Key,
    value: PolicyValues[Key],
    evidence: Evidence,
    inForce: { from?: string; to?: string } = {},
  ): PolicyRow => ({
    jurisdiction,
    key,
    value,
    ...evidence,
    effectiveFrom: inForce.from ?? null,
    effectiveTo: inForce.to ?? null,
    reviewedBy: null,
    reviewedAt: null,
  });

const roles = (annotation: Annotation | null, ...professions: Profession[]) =>
  professions.map((profession) => ({ profession, annotation }));
const modes = (mode: 'in_person' | 'video', ...professions: Profession[]) =>
  professions.map((profession) => ({ profession, mode }));
const registeredWith = (register: string, ...professions: Profession[]) =>
  professions.map((profession) => ({ profession, register }));

const OWN_RULE = sourced('Steadyhand’s own rule, docs/policy.md');
const platform = rowsOf('platform');

const PLATFORM_FLOOR: PolicyRow[] = [
  platform('prescriber_onsite', 'reachable', OWN_RULE),
  platform('max_injectors_per_prescriber', 6, assumed('Steadyhand’s own rule; no regulator names a number')),
  platform('stale_grace_days', 7, OWN_RULE),
  platform('cover_days', 28, OWN_RULE),
  platform('min_age', 18, assumed('Adults only, also where the law names no age')),
  platform('min_age_is_booking_offence', false, OWN_RULE),
  platform(
    'consult_mode',
    modes(
      'in_person',
      ...(['doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'] as const),
      ...(['nurse_practitioner', 'physician_assistant'] as const),
    ),
    OWN_RULE,
  ),
  platform('consult_each_treatment', false, OWN_RULE),
  platform('consult_valid_days', 84, assumed('One treatment interval of twelve weeks')),
  platform('same_day_allowed', true, OWN_RULE),
  platform(
    'cooling_off_hours_first_or_changed',
    48,
    assumed(
      'House of Commons Health and Social Care Committee, July 2022, advised 48 hours; it is not law',
      '2022-07-01',
    ),
  ),
  platform('cooling_off_hours_unchanged', 0, assumed('The patient has reflected on this very plan before')),
  platform('cooling_off_top_up', 0, assumed('A top-up completes a plan already reflected on')),
  platform('unchanged_plan_months', 12, OWN_RULE),
  platform('top_up_from_day', 14, OWN_RULE),
  platform('top_up_until_day', 28, OWN_RULE),
  platform('rx_max_dispenses', 1, OWN_RULE),
  platform('stock_custody', ['dispensed', 'practice_stock'], OWN_RULE),
  platform('premises_required', [], OWN_RULE),
  platform('banned_terms', NEVER_PUBLIC, OWN_RULE),
  platform('review_conditions', ['kept_appointment'], OWN_RULE),
  platform(
    'photo_conditions',
    ['photo_consent', 'metadata_stripped', 'declared_unaltered', 'dated'],
    OWN_RULE,
  ),
  platform('referral_fee_allowed', false, OWN_RULE),
  platform('incentives_allowed', false, OWN_RULE),
];

const HMR_214 = sourced(
  'Human Medicines Regulations 2012, reg. 214, https://www.legislation.gov.uk/uksi/2012/1916/regulation/214',
);
const HMR_217 = sourced(
  'Human Medicines Regulations 2012, reg. 217, https://www.legislation.gov.uk/uksi/2012/1916/regulation/217',
);
const CHILDREN_ACT = sourced(
  'Botulinum Toxin and Cosmetic Fillers (Children) Act 2021, s. 1, https://www.legislation.gov.uk/ukpga/2021/19',
  '2021-10-01',
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

const england = rowsOf('england');

const ENGLAND: PolicyRow[] = [
  england(
    'prescriber_roles',
    [
      ...roles(null, 'doctor', 'dentist'),
      ...roles('prescribing_right', 'nurse_prescriber', 'pharmacist_prescriber'),
    ],
    HMR_214,
  ),
  england(
    'injector_roles',
    roles(
      null,
      ...(['doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'] as const),
      ...(['registered_nurse', 'esthetician'] as const),
    ),
    HMR_214,
  ),
  england('lay_injector', 'on_directions', HMR_214),
  england(
    'register_ids',
    [
      ...registeredWith('gmc', 'doctor'),
      ...registeredWith('gdc', 'dentist'),
      ...registeredWith('nmc', 'nurse_prescriber', 'registered_nurse'),
      ...registeredWith('gphc', 'pharmacist_prescriber'),
    ],
    HMR_214,
  ),
  england('min_age', 18, CHILDREN_ACT, { from: '2021-10-01' }),
  england('min_age_is_booking_offence', true, CHILDREN_ACT, { from: '2021-10-01' }),
  england(
    'consult_mode',
    [
      ...modes('in_person', 'doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'),
      ...modes('video', 'nurse_prescriber'),
    ],
    secondary(UK_REGULATORS_ON_REMOTE_PRESCRIBING),
    { to: '2025-06-01' },
  ),
  england(
    'consult_mode',
    modes('in_person', 'doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'),
    NMC_FACE_TO_FACE,
    { from: '2025-06-01' },
  ),
  england('consult_each_treatment', true, NMC_FACE_TO_FACE, { from: '2025-06-01' }),
  england(
    'cooling_off_hours_adult',
    0,
    sourced(
      'GMC, cosmetic interventions (2016): time to reflect, no number of hours, https://www.gmc-uk.org',
      '2016-06-01',
    ),
  ),
  england('cooling_off_hours_minor', null, CHILDREN_ACT),
  england('rx_validity_days', 183, HMR_217),
  england('rx_max_dispenses', 2, HMR_217),
  england(
    'licensed_products',
    ENGLAND_PRODUCTS,
    assumed(
      'Brands from trade press 2025/26; vial sizes and intervals to be read from each SmPC at medicines.org.uk',
    ),
  ),
  england(
    'premises_required',
    [],
    secondary('Licensing response of 7 August 2025 names no start date', '2025-08-07'),
  ),
  england('public_product_names', false, CAP_12_12),
  england('public_class_terms', false, CAP_12_12),
  england('banned_terms', ENGLAND_NEVER_PUBLIC, CAP_12_12),
  england('public_price_lists', false, CAP_12_12),
  england('reviews_public', true, CAP_12_12),
  england('review_conditions', ['genuine', 'no_medicine_reference'], CAP_12_12),
  england('before_after_public', 'after_consultation', CAP_12_12),
  england('referral_fee_allowed', false, assumed('Professional guidance on inducements; to be confirmed')),
  england('retention_years', 8, assumed('Custom for adult clinical records; to be confirmed')),
  england('adverse_event_url', 'https://yellowcard.mhra.gov.uk/', sourced('MHRA Yellow Card scheme')),
  england(
    'complaint_url',
    'https://www.gmc-uk.org/concerns',
    assumed('Doctors’ regulator; others have their own'),
  ),
  england('emergency_number', '999', assumed('General knowledge')),
  england('urgent_advice_number', '111', assumed('General knowledge')),
];

const TAC_169 = secondary(
  '22 Texas Administrative Code §§ 169.25-169.28, as reported by tmlt.org and proofopsmedical.com',
  '2025-01-09',
);
const SINCE_TAC_169 = { from: '2025-01-09' };

const texas = rowsOf('texas');

const TEXAS: PolicyRow[] = [
  texas(
    'prescriber_roles',
    [...roles(null, 'doctor'), ...roles('prescribing_right', 'nurse_practitioner', 'physician_assistant')],
    TAC_169,
    SINCE_TAC_169,
  ),
  texas(
    'injector_roles',
    [
      ...roles(null, 'doctor', 'nurse_practitioner', 'physician_assistant', 'registered_nurse'),
      ...roles('toxin_training', 'esthetician'),
    ],
    TAC_169,
    SINCE_TAC_169,
  ),
  texas('lay_injector', 'by_delegation', TAC_169, SINCE_TAC_169),
  texas('prescriber_onsite', 'immediately_available', TAC_169, SINCE_TAC_169),
  texas(
    'max_injectors_per_prescriber',
    7,
    assumed('Texas Occupations Code § 157.0512 limits prescriptive authority agreements to seven; not read'),
  ),
  texas(
    'register_ids',
    [
      ...registeredWith('tx_medical_board', 'doctor'),
      ...registeredWith('tx_board_of_nursing', 'nurse_practitioner', 'registered_nurse'),
      ...registeredWith('tx_physician_assistant_board', 'physician_assistant'),
      ...registeredWith('tx_licensing', 'esthetician'),
    ],
    assumed('State boards; an NPI is an identifier, not a licence'),
  ),
  texas('min_age_is_booking_offence', false, assumed('No such offence found')),
  texas(
    'consult_mode',
    [
      ...modes('in_person', 'doctor', 'nurse_practitioner', 'physician_assistant'),
      ...modes('video', 'doctor', 'nurse_practitioner', 'physician_assistant'),
    ],
    TAC_169,
    SINCE_TAC_169,
  ),
  texas('consult_each_treatment', false, TAC_169, SINCE_TAC_169),
  texas('consult_valid_days', 365, assumed('Again when no longer current; read as one year')),
  texas('cooling_off_hours_adult', 0, assumed('None found')),
  texas('cooling_off_hours_minor', null, assumed('Adults only under the platform’s rule')),
  texas('rx_validity_days', 365, assumed('One year; to be confirmed')),
  texas(
    'licensed_products',
    TEXAS_PRODUCTS,
    assumed('FDA label of Botox Cosmetic read; the other labels to be read at https://dailymed.nlm.nih.gov'),
  ),
  texas('premises_required', [], TAC_169, SINCE_TAC_169),
  texas('public_product_names', true, assumed('Truthful naming; to be confirmed')),
  texas('public_class_terms', true, assumed('To be confirmed')),
  texas(
    'banned_terms',
    TEXAS_NEVER_PUBLIC,
    assumed('Unapproved brands and trivialising words; to be confirmed'),
  ),
  texas('public_price_lists', true, assumed('To be confirmed')),
  texas('reviews_public', true, assumed('To be confirmed')),
  texas('review_conditions', ['genuine', 'not_misleading'], assumed('To be confirmed')),
  texas('before_after_public', 'public', assumed('Conditional; to be confirmed')),
  texas('photo_conditions', ['not_misleading'], assumed('To be confirmed')),
  texas(
    'referral_fee_allowed',
    false,
    assumed('Texas Patient Solicitation Act, Occupations Code ch. 102; not read'),
  ),
  texas('retention_years', 7, assumed('Custom; to be confirmed')),
  texas('adverse_event_url', 'https://www.fda.gov/medwatch', sourced('FDA MedWatch')),
  texas(
    'complaint_url',
    'https://www.tmb.state.tx.us/page/place-a-complaint',
    assumed('Doctors’ board; others have their own'),
  ),
  texas('emergency_number', '911', assumed('General knowledge')),
  texas('urgent_advice_number', '1-800-222-1222', assumed('Poison Help line; to be confirmed')),
];

/** All policy, as dated data. A migration seeds it; a changed law is a new row and an end date for the old one. */
export const POLICY_ROWS: readonly PolicyRow[] = [...PLATFORM_FLOOR, ...ENGLAND, ...TEXAS];
