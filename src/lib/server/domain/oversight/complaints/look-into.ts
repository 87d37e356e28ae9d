import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../../shared/actor.ts';
import { transact } from '../../shared/transact.ts';
import { requireStaff } from '../access.ts';
import type { Severity } from './complaint.ts';
import { requireComplaint, takeStep, type Subject } from './take-step.ts';

/** A reviewer reads a complaint and says how serious it is. High takes it to Steadyhand at once: safety is not the clinic's alone. */
export async function triageComplaint(
  db: Db,
  actor: Actor,
  { complaintId, severity }: { complaintId: string; severity: Severity },
): Promise<void> {
  await transact(db, actor, async (trx) =>
    takeStep(trx, await complaintToReview(trx, actor, complaintId), { kind: 'triaged', severity }),
  );
}

/** A reviewer looks after a complaint from now on, also in the place of another. */
export async function assignComplaint(
  db: Db,
  actor: Actor,
  { complaintId }: { complaintId: string },
): Promise<void> {
  await transact(db, actor, async (trx) =>
    takeStep(trx, await complaintToReview(trx, actor, complaintId), { kind: 'assigned' }),
  );
}

/** A complaint for a reviewer to work on. Nobody works on one of their own, or about themselves: `complaint_step_by_reviewer`. */
export async function complaintToReview(trx: Trx, actor: Actor, complaintId: string): Promise<Subject> {
  await requireStaff(trx, actor, 'reviewer');
  return requireComplaint(trx, complaintId);
}
