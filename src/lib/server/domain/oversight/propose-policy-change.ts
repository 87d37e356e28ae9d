import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { POLICY_KEYS, type PolicyKey } from '../policy/keys.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import type { PolicyChangeInput } from './input.ts';
import { findReach, insertPolicyChange } from './policy-queries.ts';

/** What may be done by whom, products, and public words follow from the code that ships with them. */
export const BY_RELEASE: readonly PolicyKey[] = [
  'prescriber_roles',
  'injector_roles',
  'lay_injector',
  'consult_mode',
  'register_ids',
  'licensed_products',
  'premises_required',
  'banned_terms',
  'public_product_names',
];

/**
 * The first of two people proposes that a rule has another value from a day on, and names its source. Where visits are
 * booked from that day, or the day has passed, only after reading so: `policy_reaches_visits`, with their number.
 * Nothing changes until somebody else accepts it.
 */
export async function proposePolicyChange(
  db: Db,
  actor: Actor,
  input: PolicyChangeInput,
): Promise<{ changeId: string }> {
  return transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator', 'reviewer');
    const { jurisdiction, key, effectiveFrom, warned } = input;
    if (BY_RELEASE.includes(key)) throw new Refusal('policy_by_release', { field: 'key' });
    const value = valueFrom(key, input.value);
    if (value === undefined) throw new Refusal('invalid_input', { field: 'value' });
    requireRuleMaker(input);
    const today = (await appNow(trx)).toZonedDateTimeISO('UTC').toPlainDate().toString();
    const visits = await findReach(trx, jurisdiction, effectiveFrom);
    const isPast = effectiveFrom < today;
    if (!warned && (isPast || visits > 0))
      throw new Refusal('policy_reaches_visits', { details: { visits, isPast } });

    const changeId = await insertPolicyChange(trx, { ...input, value });
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'policy.propose',
      subjectType: 'policy_change',
      subjectId: changeId,
      detail: { jurisdiction, key, effectiveFrom, visits },
    });
    return { changeId };
  });
}

/** A law that only the platform may state, or the other way round. */
function requireRuleMaker({ jurisdiction, key }: PolicyChangeInput): void {
  const { merge } = POLICY_KEYS[key];
  if (merge === (jurisdiction === 'platform' ? 'law_only' : 'floor_only'))
    throw new Refusal('invalid_input', { field: 'jurisdiction' });
}

/** What was typed, as a value of the key: a number, yes or no, nothing, a list, or words. Undefined where none fits. */
export function valueFrom(key: PolicyKey, typed: string): unknown {
  const { schema } = POLICY_KEYS[key];
  const readings: unknown[] = [
    ...(/^\d+$/.test(typed) ? [Number(typed)] : []),
    ...({ true: [true], yes: [true], false: [false], no: [false] }[typed.toLowerCase()] ?? []),
    ...(typed.toLowerCase() === 'none' ? [null, []] : []),
    typed,
    typed
      .split(/[,\n]/)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ];
  return readings.find((reading) => schema.safeParse(reading).success);
}
