import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import {
  closeBounce,
  dropDeadJob,
  findDeadJobs,
  findDropped,
  findOpenBounces,
  retryDeadJobs,
} from './job-queries.ts';

/** Operators read one clock. */
const STAFF_ZONE = 'Europe/London';
const MOST = 100;

/** What was given up and why, what came back, and what was dropped lately. */
export async function readDeadJobs(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator');
    const dead = await findDeadJobs(trx, MOST);
    return {
      dead: dead.map(({ failedAt, reason, task, mailKind, ...job }) => ({
        ...job,
        what: mailKind === null ? task : `${task}: ${mailKind}`,
        reason: reason === '' ? 'Nothing was said.' : withoutAddresses(reason),
        at: formatDateTime(failedAt, STAFF_ZONE),
      })),
      isMore: dead.length === MOST,
      bounces: (await findOpenBounces(trx, MOST)).map(({ at, status, ...bounce }) => ({
        ...bounce,
        isLasting: status.startsWith('5'),
        status,
        at: formatDateTime(at, STAFF_ZONE),
      })),
      dropped: (await findDropped(trx, 20)).map(({ at, ...one }) => ({
        ...one,
        at: formatDateTime(at, STAFF_ZONE),
      })),
    };
  });
}

/** One job that was given up is tried again from the beginning, or all are. Answers how many. */
export async function retryJobs(db: Db, actor: Actor, { jobId }: { jobId: string | null }): Promise<number> {
  return transact(db, actor, async (trx) => {
    const accountId = await requireStaff(trx, actor, 'operator');
    const retried = await retryDeadJobs(trx, jobId);
    if (jobId !== null && retried === 0) throw new Refusal('not_now');
    if (retried > 0)
      await recordAudit(trx, {
        stream: { kind: 'system' },
        action: 'job.retried',
        subjectType: 'account',
        subjectId: accountId,
        detail: { jobs: retried },
      });
    return retried;
  });
}

/** A job that was given up is given up for good, with a reason that stays. Its letter never leaves. */
export async function dropJob(
  db: Db,
  actor: Actor,
  { jobId, reason }: { jobId: string; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator');
    const id = await dropDeadJob(trx, jobId, reason);
    if (id === null) throw new Refusal('not_now');
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'job.dropped',
      subjectType: 'dropped_job',
      subjectId: id,
    });
  });
}

/** Somebody has dealt with a letter that came back: rung up, put right, or let be. */
export async function settleBounce(db: Db, actor: Actor, { mailId }: { mailId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator');
    if (!(await closeBounce(trx, mailId))) throw new Refusal('not_now');
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'bounce.settled',
      subjectType: 'mail_message',
      subjectId: mailId,
    });
  });
}

/** What a mail server said may hold an address, and an error one of ours. */
function withoutAddresses(text: string): string {
  return text.replaceAll(/[^\s<>"'(]+@[^\s<>"')]+/g, '(an address)');
}
