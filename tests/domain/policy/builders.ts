import type { RuleMaker } from '#lib/server/domain/policy/codes.ts';
import type { PolicyKey } from '#lib/server/domain/policy/keys.ts';
import type { PolicyRow } from '#lib/server/domain/policy/row.ts';

/** A sourced row that is always in force, unless told otherwise. */
export function row(
  jurisdiction: RuleMaker,
  key: PolicyKey,
  value: unknown,
  differences: Partial<PolicyRow> = {},
): PolicyRow {
  return {
    jurisdiction,
    key,
    value,
    status: 'sourced',
    source: 'An Act, s. 1',
    sourceDate: '2026-01-01',
    effectiveFrom: null,
    effectiveTo: null,
    reviewedBy: null,
    reviewedAt: null,
    ...differences,
  };
}
