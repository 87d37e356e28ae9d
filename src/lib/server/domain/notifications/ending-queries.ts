import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

export interface Ending {
  /** What ends, told from everything else that does. */
  key: string;
  /** The kind of the credential; null for the decision itself. */
  kind: string | null;
  endsOn: string;
  daysLeft: number;
  place: string;
  name: string;
  email: string;
}

/**
 * What carries a listing of today and ends within so many days: credentials behind it, and the decision itself where it ends
 * before them. Not what was renewed already: a renewal puts another decision in place of the one that the credential is behind.
 */
export async function findEndings(db: Queryable, withinDays: number): Promise<Ending[]> {
  const { rows } = await sql<Ending>`
    WITH carried AS (
      SELECT cp.practitioner_id, cp.jurisdiction, cp.case_id, min(upper(cp.valid) AT TIME ZONE 'UTC')::date AS until
        FROM capability_period cp JOIN listing l ON l.practitioner_id = cp.practitioner_id AND l.jurisdiction = cp.jurisdiction
       WHERE cp.valid @> app_now() GROUP BY cp.practitioner_id, cp.jurisdiction, cp.case_id),
    ending AS (
      SELECT c.practitioner_id, c.jurisdiction, 'credential:' || k.id AS key, k.kind, upper(k.valid) AS ends_on
        FROM carried c JOIN vetting_evidence e ON e.case_id = c.case_id JOIN credential k ON k.id = e.credential_id
      UNION ALL
      SELECT c.practitioner_id, c.jurisdiction, 'case:' || c.case_id, NULL, c.until FROM carried c
       WHERE NOT EXISTS (SELECT FROM vetting_evidence e JOIN credential k ON k.id = e.credential_id WHERE e.case_id = c.case_id AND upper(k.valid) <= c.until))
    SELECT n.key, n.kind, n.ends_on AS "endsOn", n.ends_on - app_now()::date AS "daysLeft", j.name AS place, a.display_name AS name, a.email
      FROM ending n JOIN practitioner p ON p.id = n.practitioner_id JOIN account a ON a.id = p.account_id JOIN jurisdiction j ON j.code = n.jurisdiction
     WHERE a.suspended_at IS NULL AND n.ends_on - app_now()::date BETWEEN 1 AND ${withinDays}
     ORDER BY n.ends_on, n.key`.execute(db);
  return rows;
}
