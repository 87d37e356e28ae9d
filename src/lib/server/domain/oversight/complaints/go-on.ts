import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import type { StepKind } from './complaint.ts';
import { requireComplaint, takeStep } from './take-step.ts';

type Which = { complaintId: string };

/** Who complained takes it to Steadyhand, at any time before it has ended. */
export function takeComplaintFurther(db: Db, actor: Actor, { complaintId }: Which): Promise<void> {
  return goOn(db, actor, complaintId, 'taken_further');
}

/** Who complained says that the clinic's answer is enough. */
export function settleComplaint(db: Db, actor: Actor, { complaintId }: Which): Promise<void> {
  return goOn(db, actor, complaintId, 'settled');
}

/** Who complained takes it back, and gives no reason. What was written stays on record. */
export function withdrawComplaint(db: Db, actor: Actor, { complaintId }: Which): Promise<void> {
  return goOn(db, actor, complaintId, 'withdrawn');
}

async function goOn(db: Db, actor: Actor, complaintId: string, kind: StepKind): Promise<void> {
  await transact(db, actor, async (trx) => {
    const subject = await requireComplaint(trx, complaintId);
    if (subject.madeBy !== accountOf(actor)) throw new Refusal('not_found');
    await takeStep(trx, subject, { kind });
  });
}
