import pg from 'pg';
import { expect, it } from 'vitest';
import { freeJobsOfDead, sayAlive } from '#lib/server/platform/dead-workers.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';

it('the jobs of a worker that was killed are given back at once, those of a living one are not', async () => {
  const { urls } = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: urls.worker, max: 2 });
  const owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
  afterFile(async () => {
    await pool.end();
    await owner.end();
  });
  await owner.query(
    `SELECT graphile_worker.add_job('send_mail', json_build_object('of', worker), queue_name => worker) FROM unnest(ARRAY['living', 'killed']) worker`,
  );
  for (const table of ['_private_jobs', '_private_job_queues'])
    await owner.query(
      `UPDATE graphile_worker.${table} t SET locked_at = app_now(), locked_by = q.queue_name FROM graphile_worker._private_job_queues q
        WHERE q.id = t.${table === '_private_jobs' ? 'job_queue_id' : 'id'}`,
    );
  const locked = async () => {
    const { rows } = await owner.query<{ by: string }>(
      `SELECT locked_by AS by FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL UNION ALL
       SELECT locked_by FROM graphile_worker._private_job_queues WHERE locked_by IS NOT NULL ORDER BY 1`,
    );
    return rows.map(({ by }) => by);
  };
  const life = await sayAlive(urls.worker, 'living', () => {});
  const other = await sayAlive(urls.worker, 'killed', () => {});
  expect([await freeJobsOfDead(pool), await locked()]).toEqual([0, ['killed', 'killed', 'living', 'living']]);
  await other.end();
  await expect.poll(() => freeJobsOfDead(pool)).toBe(1);
  expect(await locked()).toEqual(['living', 'living']);
  await life.end();
});
