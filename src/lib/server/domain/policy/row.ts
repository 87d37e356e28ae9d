import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { RULE_MAKERS } from './codes.ts';
import { POLICY_KEYS, POLICY_KEY_NAMES } from './keys.ts';

export const policyRowSchema = z.strictObject({
  jurisdiction: z.enum(RULE_MAKERS),
  key: z.enum(POLICY_KEY_NAMES),
  value: z.unknown(),
  /** `sourced`: read in the source; `secondary`: in somebody's account of it; `assumed`: to be confirmed by a person. */
  status: z.enum(['sourced', 'secondary', 'assumed']),
  source: z.string().min(1),
  /** The date that the source carries, or else the day on which it was read. */
  sourceDate: z.iso.date(),
  /** First day in force; null where it always was, or where we apply a law that has no commencement date yet. */
  effectiveFrom: z.iso.date().nullable(),
  /** First day no longer in force. */
  effectiveTo: z.iso.date().nullable(),
  reviewedBy: z.string().min(1).nullable(),
  reviewedAt: z.iso.datetime().nullable(),
});

/** One rule of one rule maker, for a time. */
export type PolicyRow = z.output<typeof policyRowSchema>;

/** Whether the row is in force on `date` (ISO). */
export function isInForce(row: PolicyRow, date: string): boolean {
  return (
    (row.effectiveFrom === null || row.effectiveFrom <= date) &&
    (row.effectiveTo === null || date < row.effectiveTo)
  );
}

/** Assumptions that nobody has answered for. Production does not start on one. */
export function unreviewedAssumptions(rows: readonly PolicyRow[]): PolicyRow[] {
  return rows.filter((row) => row.status === 'assumed' && row.reviewedAt === null);
}

/**
 * The row with the review that it was given where it is published. A review belongs to what was read: another value, source
 * or first day is a row nobody has reviewed.
 */
export function withReview(row: PolicyRow, published: readonly PolicyRow[]): PolicyRow {
  const standing = published.find((other) => isDeepStrictEqual(reviewed(other), reviewed(row)));
  return row.reviewedAt !== null || !standing
    ? row
    : { ...row, reviewedBy: standing.reviewedBy, reviewedAt: standing.reviewedAt };
}

function reviewed({ jurisdiction, key, value, source, effectiveFrom }: PolicyRow) {
  return { jurisdiction, key, value, source, effectiveFrom };
}

/** What is wrong with a set of rows, in words; empty when nothing is. */
export function faultsOf(rows: readonly PolicyRow[]): string[] {
  return rows.flatMap((row, index) => {
    const name = `${row.jurisdiction}.${row.key}`;
    const { schema, merge } = POLICY_KEYS[row.key];
    const faults: string[] = [];
    if (!schema.safeParse(row.value).success) faults.push(`${name}: the value does not fit the key`);
    if (merge === 'law_only' && row.jurisdiction === 'platform')
      faults.push(`${name}: only a law may say this`);
    if (merge === 'floor_only' && row.jurisdiction !== 'platform')
      faults.push(`${name}: only the platform may say this`);
    if (row.effectiveFrom !== null && row.effectiveTo !== null && row.effectiveFrom >= row.effectiveTo)
      faults.push(`${name}: ends before it begins`);
    if ((row.reviewedBy === null) !== (row.reviewedAt === null))
      faults.push(`${name}: a review needs both name and time`);
    if (rows.slice(index + 1).some((other) => overlaps(row, other)))
      faults.push(`${name}: stated twice for the same day`);
    return faults;
  });
}

function overlaps(one: PolicyRow, other: PolicyRow): boolean {
  return (
    one.jurisdiction === other.jurisdiction &&
    one.key === other.key &&
    startsBeforeEnd(one, other) &&
    startsBeforeEnd(other, one)
  );
}

function startsBeforeEnd(one: PolicyRow, other: PolicyRow): boolean {
  return one.effectiveFrom === null || other.effectiveTo === null || one.effectiveFrom < other.effectiveTo;
}
