import { assumed, modes, registeredWith, roles, rule, secondary, type Rule } from '../rule.ts';
import { UNITED_STATES } from './united-states.ts';

const TAC_169 = secondary(
  '22 Texas Administrative Code §§ 169.25-169.28, as reported by tmlt.org and proofopsmedical.com',
  '2025-01-09',
);
const SINCE_TAC_169 = { from: '2025-01-09' };

export const TEXAS: readonly Rule[] = [
  ...UNITED_STATES,
  rule(
    'prescriber_roles',
    [...roles(null, 'doctor'), ...roles('prescribing_right', 'nurse_practitioner', 'physician_assistant')],
    TAC_169,
    SINCE_TAC_169,
  ),
  rule(
    'injector_roles',
    [
      ...roles(null, 'doctor', 'nurse_practitioner', 'physician_assistant', 'registered_nurse'),
      ...roles('toxin_training', 'esthetician'),
    ],
    TAC_169,
    SINCE_TAC_169,
  ),
  rule('lay_injector', 'by_delegation', TAC_169, SINCE_TAC_169),
  rule('prescriber_onsite', 'immediately_available', TAC_169, SINCE_TAC_169),
  rule(
    'max_injectors_per_prescriber',
    7,
    assumed('Texas Occupations Code § 157.0512 limits prescriptive authority agreements to seven; not read'),
  ),
  rule(
    'register_ids',
    [
      ...registeredWith('tx_medical_board', 'doctor'),
      ...registeredWith('tx_board_of_nursing', 'nurse_practitioner', 'registered_nurse'),
      ...registeredWith('tx_physician_assistant_board', 'physician_assistant'),
      ...registeredWith('tx_licensing', 'esthetician'),
    ],
    assumed('State boards; an NPI is an identifier, not a licence'),
  ),
  rule(
    'consult_mode',
    [
      ...modes('in_person', 'doctor', 'nurse_practitioner', 'physician_assistant'),
      ...modes('video', 'doctor', 'nurse_practitioner', 'physician_assistant'),
    ],
    TAC_169,
    SINCE_TAC_169,
  ),
  rule('consult_each_treatment', false, TAC_169, SINCE_TAC_169),
  rule('consult_valid_days', 365, assumed('Again when no longer current; read as one year')),
  rule(
    'prescription_particulars',
    [
      ...(['patient_name', 'patient_address', 'medicine', 'dose', 'quantity', 'directions'] as const),
      ...(['purpose', 'date', 'prescriber_name', 'prescriber_address'] as const),
      ...(['prescriber_telephone', 'signature'] as const),
    ],
    assumed('22 Texas Administrative Code § 291.34, what a written prescription says; not read'),
  ),
  rule('premises_required', [], TAC_169, SINCE_TAC_169),
  rule('before_after_public', 'public', assumed('Conditional; to be confirmed')),
  rule('photo_conditions', ['not_misleading'], assumed('To be confirmed')),
  rule(
    'referral_fee_allowed',
    false,
    assumed('Texas Patient Solicitation Act, Occupations Code ch. 102; not read'),
  ),
  rule(
    'complaint_url',
    'https://www.tmb.state.tx.us/page/place-a-complaint',
    assumed('Doctors’ board; others have their own'),
  ),
];
