import { rule, secondary, sourced, type Rule } from '../rule.ts';
import { UNITED_KINGDOM } from './united-kingdom.ts';

const CHILDREN_ACT = sourced(
  'Botulinum Toxin and Cosmetic Fillers (Children) Act 2021, s. 1, https://www.legislation.gov.uk/ukpga/2021/19',
  '2021-10-01',
);

export const ENGLAND: readonly Rule[] = [
  ...UNITED_KINGDOM,
  rule('min_age', 18, CHILDREN_ACT, { from: '2021-10-01' }),
  rule('min_age_is_booking_offence', true, CHILDREN_ACT, { from: '2021-10-01' }),
  rule('cooling_off_hours_minor', null, CHILDREN_ACT),
  rule(
    'premises_required',
    [],
    secondary('Licensing response of 7 August 2025 names no start date', '2025-08-07'),
  ),
];
