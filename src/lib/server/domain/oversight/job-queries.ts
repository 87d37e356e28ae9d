import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';

/** Jobs that used up their tries, the newest first. The database tells them to operators alone. */
export async function findDeadJobs(trx: Trx, most: number) {
  const { rows } = await sql<{
    id: string;
    task: string;
    tries: number;
    failedAt: Temporal.Instant;
    reason: string;
    mailKind: string | null;
  }>`
    SELECT id::text, task, tries, failed_at AS "failedAt", reason, mail_kind AS "mailKind" FROM dead_jobs(${most})`.execute(
    trx,
  );
  return rows;
}

/** One of them from the beginning, or all. Answers how many. */
export async function retryDeadJobs(trx: Trx, jobId: string | null): Promise<number> {
  const { rows } = await sql<{
    retried: number;
  }>`SELECT retry_dead_jobs(${jobId}::bigint) AS retried`.execute(trx);
  return rows[0]!.retried;
}

/** The row that says why it was dropped; null when there is no such job. */
export async function dropDeadJob(trx: Trx, jobId: string, reason: string): Promise<string | null> {
  const { rows } = await sql<{
    id: string | null;
  }>`SELECT drop_dead_job(${jobId}::bigint, ${reason}) AS id`.execute(trx);
  return rows[0]!.id;
}

export async function findDropped(db: Queryable, most: number) {
  return db
    .selectFrom('dropped_job')
    .innerJoin('account', 'account.id', 'dropped_job.dropped_by')
    .select(['dropped_job.id', 'task', 'reason', 'dropped_at as at', 'account.display_name as by'])
    .orderBy('dropped_at', 'desc')
    .limit(most)
    .execute();
}

/** Letters that came back, which nobody has dealt with. */
export async function findOpenBounces(trx: Trx, most: number) {
  const { rows } = await sql<{
    mailId: string;
    mailKind: string;
    address: string;
    status: string;
    reason: string;
    at: Temporal.Instant;
  }>`
    SELECT mail_id AS "mailId", mail_kind AS "mailKind", to_address AS address, status, reason, recorded_at AS at FROM open_bounces(${most})`.execute(
    trx,
  );
  return rows;
}

export async function closeBounce(trx: Trx, mailId: string): Promise<boolean> {
  const { rows } = await sql<{ closed: boolean }>`SELECT close_bounce(${mailId}) AS closed`.execute(trx);
  return rows[0]!.closed;
}
