import pg from 'pg';

/*
 * A worker that is killed leaves its jobs locked, and the queue would give them back after four hours. So every worker holds
 * a lock of the database under its name, which ends with its connection; jobs whose worker holds none are given back at once.
 */

const lockOf = (column: string) => `hashtextextended('worker:' || ${column}, 0)`;

/** Says that a worker of this name lives, for as long as `end` is not called and the connection holds. */
export async function sayAlive(
  connectionString: string,
  name: string,
  onLost: (error: Error) => void,
): Promise<{ end(): Promise<void> }> {
  const client = new pg.Client({ connectionString });
  client.on('error', onLost);
  await client.connect();
  await client.query(`SELECT pg_advisory_lock(${lockOf('$1::text')})`, [name]);
  return { end: () => client.end() };
}

/** Gives back the jobs, and the queues, of workers that live no longer. Answers how many workers those were. */
export async function freeJobsOfDead(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ dead: string[] }>(
    `WITH holder AS MATERIALIZED (
       SELECT locked_by FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL
       UNION SELECT locked_by FROM graphile_worker._private_job_queues WHERE locked_by IS NOT NULL)
     SELECT coalesce(array_agg(locked_by), '{}') AS dead FROM holder WHERE pg_try_advisory_xact_lock(${lockOf('locked_by')})`,
  );
  const dead = rows[0]!.dead;
  if (dead.length > 0) await pool.query(`SELECT graphile_worker.force_unlock_workers($1)`, [dead]);
  return dead.length;
}
