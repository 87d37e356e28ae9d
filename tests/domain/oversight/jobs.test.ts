import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBounce } from '#lib/server/domain/notifications/bounce.ts';
import { recordBounce } from '#lib/server/domain/notifications/record-bounce.ts';
import { dropJob, readDeadJobs, retryJobs, settleBounce } from '#lib/server/domain/oversight/jobs.ts';
import { queueMail } from '#lib/server/domain/shared/queue-mail.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { staffMember } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { as, openWorld, type World } from '../booking/world.ts';

let world: World;
let worker: Db;
let operator: ReturnType<typeof as>;
let reviewer: ReturnType<typeof as>;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
  operator = as(await staffMember(world.owner, 'operator'));
  reviewer = as(await staffMember(world.owner, 'reviewer'));
});

let next = 0;
/** A letter whose job has used up its tries. Returns the ids of both. */
async function given(up = 'Error: 550 no such mailbox ada@example.test') {
  const toAddress = `dead-${(next += 1)}@example.test`;
  await worker.transaction().execute((trx) =>
    queueMail(trx, {
      kind: 'appointment_moved',
      toName: '',
      toAddress,
      letter: { subject: 'Hello', opening: ['x'] },
    }),
  );
  const { id: mailId } = await world.owner
    .selectFrom('mail_message')
    .select('id')
    .where('to_address', '=', toAddress)
    .executeTakeFirstOrThrow();
  const { rows } = await sql<{ id: string }>`
    UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = ${up} WHERE payload ->> 'mailId' = ${mailId} RETURNING id::text`.execute(
    world.owner,
  );
  return { mailId, jobId: rows[0]!.id };
}
const jobOf = async (jobId: string) => {
  const { rows } = await sql<{ attempts: number; isDue: boolean }>`
    SELECT attempts, run_at <= app_now() AS "isDue" FROM graphile_worker._private_jobs WHERE id = ${jobId}::bigint`.execute(
    world.owner,
  );
  return rows[0];
};
const mailOf = (mailId: string) =>
  world.owner.selectFrom('mail_message').selectAll().where('id', '=', mailId).executeTakeFirstOrThrow();

describe('what was given up', () => {
  it('is told to operators with the reason, and without an address in it', async () => {
    const { jobId } = await given();
    const { dead } = await readDeadJobs(world.db, operator);
    expect(dead.find(({ id }) => id === jobId)).toMatchObject({
      what: 'send_mail: appointment_moved',
      reason: 'Error: 550 no such mailbox (an address)',
    });
    for (const act of [
      () => readDeadJobs(world.db, reviewer),
      () => retryJobs(world.db, reviewer, { jobId }),
      () => dropJob(world.db, reviewer, { jobId, reason: 'No reason' }),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is tried again from the beginning, one or all', async () => {
    const [one, other, third] = [await given(), await given(), await given()];
    expect(await retryJobs(world.db, operator, { jobId: one.jobId })).toBe(1);
    expect(await jobOf(one.jobId)).toEqual({ attempts: 0, isDue: true });
    expect((await jobOf(other.jobId))!.attempts).toBeGreaterThan(0);
    await expect(retryJobs(world.db, operator, { jobId: one.jobId })).rejects.toMatchObject({
      code: 'not_now',
    });
    expect(await retryJobs(world.db, operator, { jobId: null })).toBeGreaterThanOrEqual(2);
    expect((await jobOf(third.jobId))!.attempts).toBe(0);
    expect((await readDeadJobs(world.db, operator)).dead).toEqual([]);
    expect(await retryJobs(world.db, operator, { jobId: null })).toBe(0);
  });

  it('is dropped for a reason that stays, and its letter never leaves', async () => {
    const { jobId, mailId } = await given();
    await dropJob(world.db, operator, { jobId, reason: 'The clinic has rung them up' });
    expect(await jobOf(jobId)).toBeUndefined();
    expect(await mailOf(mailId)).toMatchObject({ stopped_why: 'dropped', sent_at: null });
    const { dead, dropped } = await readDeadJobs(world.db, operator);
    expect(dead.map(({ id }) => id)).not.toContain(jobId);
    expect(dropped[0]).toMatchObject({ task: 'send_mail', reason: 'The clinic has rung them up' });
    await expect(dropJob(world.db, operator, { jobId, reason: 'Again' })).rejects.toMatchObject({
      code: 'not_now',
    });
    await expect(sql`DELETE FROM dropped_job`.execute(world.owner)).rejects.toThrow('append-only');
    const { rows } = await sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM audit WHERE action = 'job.dropped'`.execute(world.owner);
    expect(rows[0]!.n).toBe(1);
  });
});

/** What a mail server sends back, as Postfix writes it. */
const returned = (
  mailId: string,
  { status = '5.1.1', said = 'smtp; 550 5.1.1 <ada@example.test>: no such\r\n    mailbox here' } = {},
) =>
  [
    'From: MAILER-DAEMON@mx.example.test',
    'Subject: Undelivered Mail Returned to Sender',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="x"',
    '',
    '--x',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.test',
    '',
    'Final-Recipient: rfc822; ada@example.test',
    'Action: failed',
    `Status: ${status}`,
    `Diagnostic-Code: ${said}`,
    '',
    '--x',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${mailId}@steadyhand.test>`,
    'To: ada@example.test',
    '--x--',
  ].join('\r\n');

describe('letters that came back', () => {
  const ID = '01986a3e-7c1f-7c3a-9e2d-5b1d5f0c2a77';
  it.each([
    [
      'for good',
      returned(ID),
      { mailIds: [ID], status: '5.1.1', reason: '550 5.1.1 <address>: no such mailbox here' },
    ],
    [
      'for now',
      returned(ID, { status: '4.4.1', said: 'X; busy' }),
      { mailIds: [ID], status: '4.4.1', reason: 'busy' },
    ],
    ['delivered after all', returned(ID, { status: '2.0.0' }), undefined],
    ['of somebody else', returned('not-ours'), undefined],
    ['that is none', 'Subject: Out of office\r\n\r\nI am away.', undefined],
    [
      'with a reason without an end',
      returned(ID, { said: `smtp; ${'x'.repeat(5000)}` }),
      { mailIds: [ID], status: '5.1.1', reason: 'x'.repeat(500) },
    ],
  ])('%s', (_what, message, read) => {
    expect(readBounce(message)).toEqual(read);
  });

  it('are noted once, of letters that left, and dealt with once', async () => {
    const { mailId } = await given();
    expect(await recordBounce(worker, returned(mailId))).toBe(false);
    await sql`UPDATE mail_message SET sent_at = app_now() WHERE id = ${mailId}`.execute(world.owner);
    expect(await recordBounce(worker, returned(mailId))).toBe(true);
    expect(await recordBounce(worker, returned(mailId, { status: '4.0.0' }))).toBe(true);
    const bounces = async () =>
      (await readDeadJobs(world.db, operator)).bounces.filter((one) => one.mailId === mailId);
    expect(await bounces()).toEqual([expect.objectContaining({ status: '5.1.1', isLasting: true })]);
    await settleBounce(world.db, operator, { mailId });
    expect(await bounces()).toEqual([]);
    await expect(settleBounce(world.db, operator, { mailId })).rejects.toMatchObject({ code: 'not_now' });
    expect(await recordBounce(worker, returned(ID))).toBe(false);
  });
});
