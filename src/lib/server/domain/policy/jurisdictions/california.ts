import { assumed, modes, registeredWith, roles, rule, secondary, sourced, type Rule } from '../rule.ts';
import { UNITED_STATES } from './united-states.ts';

const MEDICAL_BOARD = sourced(
  'Medical Board of California, cosmetic treatments, frequently asked questions, https://www.mbc.ca.gov',
);
const PRIOR_EXAMINATION = secondary(
  'Appropriate prior examination by physician, nurse practitioner or physician assistant, synchronous video accepted, as reported',
);
const BPC_650 = sourced('California Business and Professions Code § 650, https://leginfo.legislature.ca.gov');
const BPC_651 = sourced('California Business and Professions Code § 651, https://leginfo.legislature.ca.gov');

export const CALIFORNIA: readonly Rule[] = [
  ...UNITED_STATES,
  rule(
    'prescriber_roles',
    [...roles(null, 'doctor'), ...roles('prescribing_right', 'nurse_practitioner', 'physician_assistant')],
    PRIOR_EXAMINATION,
  ),
  rule(
    'injector_roles',
    roles(null, 'doctor', 'nurse_practitioner', 'physician_assistant', 'registered_nurse'),
    MEDICAL_BOARD,
  ),
  rule('lay_injector', 'no', MEDICAL_BOARD),
  rule(
    'register_ids',
    [
      ...registeredWith('ca_medical_board', 'doctor'),
      ...registeredWith('ca_board_of_nursing', 'nurse_practitioner', 'registered_nurse'),
      ...registeredWith('ca_physician_assistant_board', 'physician_assistant'),
    ],
    assumed('State boards; an NPI is an identifier, not a licence'),
  ),
  rule(
    'consult_mode',
    [
      ...modes('in_person', 'doctor', 'nurse_practitioner', 'physician_assistant'),
      ...modes('video', 'doctor', 'nurse_practitioner', 'physician_assistant'),
    ],
    PRIOR_EXAMINATION,
  ),
  rule('consult_each_treatment', false, assumed('The first treatment and each change; to be confirmed')),
  rule('consult_valid_days', 365, assumed('Read as one year; to be confirmed')),
  rule(
    'prescription_particulars',
    [
      ...(['patient_name', 'patient_address', 'medicine', 'quantity', 'directions', 'date'] as const),
      ...(['prescriber_name', 'prescriber_address', 'prescriber_telephone'] as const),
      ...(['prescriber_profession', 'signature'] as const),
    ],
    secondary('California Business and Professions Code § 4040, as reprinted by several publishers'),
  ),
  rule('premises_required', ['physician_controlled_practice'], MEDICAL_BOARD),
  rule('before_after_public', 'public', BPC_651),
  rule('photo_conditions', ['actual_patient', 'declared_unaltered', 'prominent_disclosure'], BPC_651),
  rule('referral_fee_allowed', false, BPC_650),
  rule('complaint_url', 'https://www.mbc.ca.gov/', assumed('Doctors’ board; others have their own')),
];
