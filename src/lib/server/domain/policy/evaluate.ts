import { isDeepStrictEqual } from 'node:util';
import type { Jurisdiction, Profession, RuleMaker } from './codes.ts';
import { POLICY_KEYS, POLICY_KEY_NAMES, type PolicyKey, type PolicyValues } from './keys.ts';
import { stricter } from './merge.ts';
import { isInForce, type PolicyRow } from './row.ts';

/** The rules of one jurisdiction on one day, and for each key the rows whose value it is. */
export type Policy = Readonly<PolicyValues> & {
  readonly jurisdiction: Jurisdiction;
  readonly asOf: string;
  readonly decidedBy: Readonly<Record<PolicyKey, readonly PolicyRow[]>>;
};

/**
 * The strictest of platform floor and law, key by key, as of a date. Where one of them is silent the other decides;
 * a key on which both are silent has no safe value, so it is an error.
 */
export function evaluatePolicy(
  rows: readonly PolicyRow[],
  jurisdiction: Jurisdiction,
  asOf: Temporal.PlainDate,
): Policy {
  const date = asOf.toString();
  const inForce = rows.filter((row) => isInForce(row, date));
  const decisions = byKey((key) =>
    decide(
      key,
      theRow(inForce, 'platform', key),
      theRow(inForce, jurisdiction, key),
      `${jurisdiction}.${key} on ${date}`,
    ),
  );
  return {
    ...(byKey((key) => decisions[key].value) as PolicyValues),
    jurisdiction,
    asOf: date,
    decidedBy: byKey((key) => decisions[key].rows),
  };
}

/** What the law of a jurisdiction says on a day without our floor; no entry for a key on which it is silent. */
export function lawAlone(
  rows: readonly PolicyRow[],
  jurisdiction: Jurisdiction,
  asOf: Temporal.PlainDate,
): Map<PolicyKey, PolicyRow> {
  const date = asOf.toString();
  return new Map(
    rows
      .filter((row) => row.jurisdiction === jurisdiction && isInForce(row, date))
      .map((row) => [row.key, row]),
  );
}

function byKey<Value>(of: (key: PolicyKey) => Value): Record<PolicyKey, Value> {
  return Object.fromEntries(POLICY_KEY_NAMES.map((key) => [key, of(key)])) as Record<PolicyKey, Value>;
}

function theRow(rows: readonly PolicyRow[], ruleMaker: RuleMaker, key: PolicyKey): PolicyRow | undefined {
  const [row, another] = rows.filter(
    (candidate) => candidate.jurisdiction === ruleMaker && candidate.key === key,
  );
  if (another) throw new Error(`two policy rows in force at once: ${ruleMaker}.${key}`);
  return row;
}

function decide(key: PolicyKey, floor: PolicyRow | undefined, law: PolicyRow | undefined, name: string) {
  const only = floor && law ? undefined : (floor ?? law);
  if (only) return { value: parsed(key, only), rows: [only] };
  if (!floor || !law) throw new Error(`no policy row in force: ${name}`);

  const value = stricter(key, parsed(key, floor), parsed(key, law));
  const agreeing = [floor, law].filter((row) => isDeepStrictEqual(row.value, value));
  return { value, rows: agreeing.length > 0 ? agreeing : [floor, law] };
}

function parsed(key: PolicyKey, row: PolicyRow): PolicyValues[PolicyKey] {
  return POLICY_KEYS[key].schema.parse(row.value);
}

/** How a member of this profession may hold a consultation. */
export function consultModes(policy: Policy, profession: Profession): ('in_person' | 'video')[] {
  return policy.consult_mode.filter((allowed) => allowed.profession === profession).map(({ mode }) => mode);
}

/** What a treatment is to the patient's plan: it decides how long the patient may reflect. */
export type PlanChange = 'first_or_changed' | 'unchanged' | 'top_up';

/** Hours between the prescriber's signature and the earliest start of an adult's treatment. */
export function coolingOffHours(policy: Policy, plan: PlanChange): number {
  const floor = {
    first_or_changed: policy.cooling_off_hours_first_or_changed,
    unchanged: policy.cooling_off_hours_unchanged,
    top_up: policy.cooling_off_top_up,
  }[plan];
  return Math.max(floor, policy.cooling_off_hours_adult);
}
