import type { Queryable } from '#lib/server/platform/db.ts';
import { JURISDICTIONS, type Jurisdiction } from './codes.ts';
import { evaluatePolicy, type Policy } from './evaluate.ts';
import { findPolicyRows } from './queries.ts';
import { unreviewedAssumptions, type PolicyRow } from './row.ts';

/** The published policy of a jurisdiction on a day. Policy is public: every viewer may read it. */
export async function policyOf(
  db: Queryable,
  jurisdiction: Jurisdiction,
  asOf: Temporal.PlainDate,
): Promise<Policy> {
  return evaluatePolicy(await findPolicyRows(db, [jurisdiction]), jurisdiction, asOf);
}

/** The published policies of all jurisdictions on a day. */
export async function policiesOf(db: Queryable, asOf: Temporal.PlainDate): Promise<Policy[]> {
  const rows = await findPolicyRows(db);
  return JURISDICTIONS.map((jurisdiction) => evaluatePolicy(rows, jurisdiction, asOf));
}

/** Every published row. Policy is public: every viewer may read it. */
export function publishedRows(db: Queryable): Promise<PolicyRow[]> {
  return findPolicyRows(db);
}

/** Published assumptions that nobody has reviewed; production starts only when there are none. */
export async function publishedAssumptions(db: Queryable): Promise<PolicyRow[]> {
  return unreviewedAssumptions(await findPolicyRows(db));
}
