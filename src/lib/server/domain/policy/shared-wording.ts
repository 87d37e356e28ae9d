import { JURISDICTIONS } from './codes.ts';
import { evaluatePolicy } from './evaluate.ts';
import { POLICY_ROWS } from './rows.ts';
import { strictestOf } from './terms.ts';

/**
 * The wording of pages that several jurisdictions share: what one of them forbids is forbidden (L5). From the rows as
 * they ship, for no page may be laxer than the code that renders it.
 */
export const publicWording = strictestOf(
  JURISDICTIONS.map((jurisdiction) =>
    evaluatePolicy(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from('2026-11-23')),
  ),
);
