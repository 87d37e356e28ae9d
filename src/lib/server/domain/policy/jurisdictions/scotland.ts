import { assumed, rule, sourced, type Rule } from '../rule.ts';
import { UNITED_KINGDOM } from './united-kingdom.ts';

// Its offences commence by regulations of which no date was found: applied from the beginning, so without dates.
const PROCEDURES_ACT = sourced(
  'Non-surgical Procedures and Functions of Medical Reviewers (Scotland) Act 2026, s. 1, https://www.legislation.gov.uk/asp/2026/13',
  '2026-05-12',
);
const PERMITTED_PREMISES = sourced(
  'Non-surgical Procedures and Functions of Medical Reviewers (Scotland) Act 2026, s. 4, https://www.legislation.gov.uk/asp/2026/13',
  '2026-05-12',
);

export const SCOTLAND: readonly Rule[] = [
  ...UNITED_KINGDOM,
  rule('min_age', 18, PROCEDURES_ACT),
  rule(
    'min_age_is_booking_offence',
    false,
    assumed('The Act of 2026 as read forbids the procedure under 18; no offence of booking it was found'),
  ),
  rule('cooling_off_hours_minor', null, PROCEDURES_ACT),
  rule('premises_required', ['permitted_premises'], PERMITTED_PREMISES),
];
