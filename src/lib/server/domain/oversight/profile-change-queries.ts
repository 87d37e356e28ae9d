import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { HighRiskKind } from '../practitioners/high-risk-change.ts';

/** One change of what was checked: whose, and where. */
export async function findProfileChange(db: Queryable, changeId: string) {
  const { rows } = await sql<{ practitionerId: string; locationId: string | null; askedBy: string }>`
    SELECT practitioner_id AS "practitionerId", location_id AS "locationId", asked_by AS "askedBy"
      FROM high_risk_change WHERE id = ${changeId}`.execute(db);
  return rows[0];
}

export interface ProfileChangeRow {
  id: string;
  kind: HighRiskKind;
  state: 'asked' | 'checked' | 'accepted' | 'rejected' | 'withdrawn';
  before: Record<string, string | number | null>;
  after: Record<string, string | number | null>;
  reason: string;
  practitionerId: string;
  name: string;
  profession: string;
  askedBy: string;
  askedAt: Temporal.Instant;
  checkedBy: string | null;
  checker: string | null;
  checkedAt: Temporal.Instant | null;
  finding: string;
  decider: string | null;
  decidedAt: Temporal.Instant | null;
  decisionReason: string;
  /** Who else sees people at that clinic. */
  others: string[];
  /** Visits to come at the address. */
  visits: number;
  /** The registers that name this person, with the number. */
  registers: { register: string; number: string }[];
}

/** Those that wait, the oldest first, then the latest that are done with. */
export async function findProfileChanges(db: Queryable): Promise<ProfileChangeRow[]> {
  const { rows } = await sql<ProfileChangeRow>`
    SELECT c.id, c.kind, c.state, c.before, c.after, c.reason, c.practitioner_id AS "practitionerId", concat_ws(' ', p.title, p.display_name) AS name,
           f.name AS profession, c.asked_by AS "askedBy", c.asked_at AS "askedAt", c.checked_by AS "checkedBy", k.display_name AS checker,
           c.checked_at AS "checkedAt", c.finding, d.display_name AS decider, c.decided_at AS "decidedAt", c.decision_reason AS "decisionReason",
           ARRAY(SELECT concat_ws(' ', o.title, o.display_name) FROM practitioner o
                  WHERE o.id <> c.practitioner_id AND EXISTS (SELECT FROM practice w JOIN location l ON l.id = w.location_id
                          JOIN location a ON a.clinic_id = l.clinic_id WHERE w.practitioner_id = o.id AND a.id = c.location_id)
                  ORDER BY o.family_name, o.id) AS others,
           (SELECT count(*)::integer FROM appointment a WHERE a.location_id = c.location_id AND a.state IN ('held', 'confirmed', 'paused')
                   AND upper(a.during) > app_now()) AS visits,
           (SELECT coalesce(json_agg(DISTINCT jsonb_build_object('register', n.register, 'number', n.number)), '[]') FROM credential n
             WHERE n.practitioner_id = p.id AND n.register IS NOT NULL AND n.withdrawn_at IS NULL AND n.valid @> app_now()::date) AS registers
      FROM high_risk_change c JOIN practitioner p ON p.id = c.practitioner_id JOIN profession f ON f.code = p.profession
      LEFT JOIN account k ON k.id = c.checked_by LEFT JOIN account d ON d.id = c.decided_by
     ORDER BY c.state IN ('asked', 'checked') DESC, CASE WHEN c.state IN ('asked', 'checked') THEN c.asked_at END,
              coalesce(c.decided_at, c.asked_at) DESC LIMIT 60`.execute(db);
  return rows;
}

export async function countWaitingChanges(db: Queryable): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    SELECT count(*)::integer AS waiting FROM high_risk_change WHERE state IN ('asked', 'checked')`.execute(
    db,
  );
  return rows[0]!.waiting;
}
