import type { Db, Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { requireComplaint, takeStep, type Subject } from './take-step.ts';

/** The clinic says that it has read a complaint and looks into it. */
export async function acknowledgeComplaint(
  db: Db,
  actor: Actor,
  { complaintId }: { complaintId: string },
): Promise<void> {
  await transact(db, actor, async (trx) =>
    takeStep(trx, await complaintToAnswer(trx, actor, complaintId), { kind: 'acknowledged' }),
  );
}

/** The clinic answers. While a complaint is with Steadyhand, the answer stands beside it and ends nothing. */
export async function answerComplaint(
  db: Db,
  actor: Actor,
  { complaintId, words }: { complaintId: string; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) =>
    takeStep(trx, await complaintToAnswer(trx, actor, complaintId), { kind: 'answered', words }),
  );
}

/** Who may read it on the clinic's side and does not answer for the clinic is told that somebody else does. */
async function complaintToAnswer(trx: Trx, actor: Actor, complaintId: string): Promise<Subject> {
  const subject = await requireComplaint(trx, complaintId);
  if (subject.mayAnswer) return subject;
  throw new Refusal(subject.practitionerAccountId === accountOf(actor) ? 'clinic_answers' : 'not_found');
}
