import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { PolicyChangeInput } from './input.ts';

/** Visits to come from a day on that a rule of this maker is read for. */
export async function findReach(db: Queryable, ruleMaker: string, from: string): Promise<number> {
  const { rows } = await sql<{ visits: number }>`
    SELECT policy_change_reach(${ruleMaker}, ${from}::date) AS visits`.execute(db);
  return rows[0]!.visits;
}

/** Who proposes it, and when, the database writes. */
export async function insertPolicyChange(
  trx: Trx,
  change: Omit<PolicyChangeInput, 'value'> & { value: unknown },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO policy_change (jurisdiction, key, value, status, source, source_date, effective_from, reason, warned)
    VALUES (${change.jurisdiction}, ${change.key}, ${JSON.stringify(change.value)}, ${change.status}, ${change.source},
            ${change.sourceDate}::date, ${change.effectiveFrom}::date, ${change.reason}, ${change.warned})
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

export async function decidePolicyRow(trx: Trx, id: string, accept: boolean, reason: string): Promise<void> {
  await sql`SELECT decide_policy_change(${id}, ${accept}, ${reason})`.execute(trx);
}

/** The changes that wait, and the latest that were decided. */
export async function findPolicyChanges(db: Queryable) {
  const { rows } = await sql<{
    id: string;
    jurisdiction: string;
    key: string;
    value: unknown;
    status: string;
    source: string;
    sourceDate: string;
    effectiveFrom: string;
    reason: string;
    state: 'proposed' | 'accepted' | 'rejected';
    proposedById: string;
    proposedBy: string;
    proposedAt: Temporal.Instant;
    decidedBy: string | null;
    decidedAt: Temporal.Instant | null;
    decisionReason: string;
    visits: number | null;
  }>`
    SELECT c.id, c.jurisdiction, c.key, c.value, c.status, c.source, c.source_date AS "sourceDate",
           c.effective_from AS "effectiveFrom", c.reason, c.state, c.proposed_by AS "proposedById",
           p.display_name AS "proposedBy", c.proposed_at AS "proposedAt", d.display_name AS "decidedBy",
           c.decided_at AS "decidedAt", c.decision_reason AS "decisionReason",
           CASE WHEN c.state = 'proposed' THEN policy_change_reach(c.jurisdiction, c.effective_from) END AS visits
      FROM policy_change c JOIN account p ON p.id = c.proposed_by LEFT JOIN account d ON d.id = c.decided_by
     ORDER BY c.state = 'proposed' DESC, coalesce(c.decided_at, c.proposed_at) DESC LIMIT 50`.execute(db);
  return rows;
}
