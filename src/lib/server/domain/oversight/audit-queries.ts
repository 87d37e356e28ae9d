import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

export interface AuditRow {
  stream: string;
  seq: number;
  at: Temporal.Instant;
  actorId: string | null;
  /** Only of those who work here or treat: patients stay a number. */
  actorName: string | null;
  action: string;
  subjectType: string;
  subjectId: string;
  detail: Record<string, unknown>;
  hash: string;
}

/** Where a page ends: lines before this one are on the next. */
export type AuditPlace = { readonly at: string; readonly stream: string; readonly seq: number };

export type AuditQuestion = {
  readonly actorId: string | null;
  readonly streams: readonly string[] | null;
  readonly subjectId: string | null;
  readonly action: string | null;
  readonly from: string | null;
  readonly until: string | null;
  readonly before: AuditPlace | null;
  readonly most: number;
};

/** Lines of the trail, the newest first. */
export async function findAuditLines(db: Queryable, asked: AuditQuestion): Promise<AuditRow[]> {
  const { actorId, streams, subjectId, action, from, until, before, most } = asked;
  const conditions = [
    sql`true`,
    ...(actorId === null ? [] : [sql`a.actor_id = ${actorId}`]),
    ...(streams === null
      ? []
      : [sql`(a.stream = ANY (${streams}::text[]) OR a.subject_id = ${subjectId}::uuid)`]),
    ...(action === null ? [] : [sql`starts_with(a.action, ${action})`]),
    ...(from === null ? [] : [sql`a.at >= ${from}::date`]),
    ...(until === null ? [] : [sql`a.at < ${until}::date + 1`]),
    ...(before === null
      ? []
      : [
          sql`(a.at, a.stream, a.seq) < (${before.at}::timestamptz, ${before.stream}, ${before.seq}::bigint)`,
        ]),
  ];
  const { rows } = await sql<AuditRow>`
    SELECT a.stream, a.seq, a.at, a.actor_id AS "actorId", a.action, a.subject_type AS "subjectType", a.subject_id AS "subjectId",
           a.detail, encode(a.hash, 'hex') AS hash,
           coalesce(nullif(concat_ws(' ', p.title, p.display_name), ''), w.display_name) AS "actorName"
      FROM audit a LEFT JOIN practitioner p ON p.account_id = a.actor_id
      LEFT JOIN account w ON w.id = a.actor_id AND (EXISTS (SELECT FROM staff s WHERE s.account_id = w.id) OR EXISTS (SELECT FROM clinic_member m WHERE m.account_id = w.id))
     WHERE ${sql.join(conditions, sql` AND `)}
     ORDER BY a.at DESC, a.stream DESC, a.seq DESC LIMIT ${most}`.execute(db);
  return rows;
}

export async function findAccountId(db: Queryable, email: string): Promise<string | null> {
  const row = await db.selectFrom('account').select('id').where('email', '=', email).executeTakeFirst();
  return row?.id ?? null;
}

export async function findPractitionerId(db: Queryable, slug: string): Promise<string | null> {
  const row = await db.selectFrom('practitioner').select('id').where('slug', '=', slug).executeTakeFirst();
  return row?.id ?? null;
}

/** How far the trail was read by the job, as operators alone may see. */
export async function findAuditCheck(db: Queryable) {
  const { rows } = await sql<{
    streams: number;
    lines: number;
    underWay: number;
    wholeSince: Temporal.Instant | null;
    ranAt: Temporal.Instant | null;
    isAsked: boolean;
  }>`
    SELECT count(*) AS streams, coalesce(sum(c.seq), 0)::bigint AS lines, count(c.again_seq) AS "underWay", min(c.checked_at) AS "wholeSince",
           (SELECT ran_at FROM audit_check) AS "ranAt",
           EXISTS (SELECT FROM job_summary() j WHERE j.task = 'check_audit' AND j.waiting + j.running > 0) AS "isAsked"
      FROM audit_checked c`.execute(db);
  return rows[0]!;
}

/** Where streams do not hold, the first to be found first. */
export async function findAuditBreaks(db: Queryable, most: number) {
  const { rows } = await sql<{ stream: string; seq: number; why: string; foundAt: Temporal.Instant }>`
    SELECT stream, seq, why, found_at AS "foundAt" FROM audit_break ORDER BY found_at, stream LIMIT ${most}`.execute(
    db,
  );
  return rows;
}
