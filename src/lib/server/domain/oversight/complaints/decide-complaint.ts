import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../../shared/actor.ts';
import { transact } from '../../shared/transact.ts';
import type { Finding } from './complaint.ts';
import { complaintToReview } from './look-into.ts';
import { takeStep } from './take-step.ts';

type Decision = { complaintId: string; finding: Finding; words: string };

/** The first of two reviewers says what was found. Nobody outside of the reviewers hears of it. */
export async function proposeFinding(
  db: Db,
  actor: Actor,
  { complaintId, ...found }: Decision,
): Promise<void> {
  await transact(db, actor, async (trx) =>
    takeStep(trx, await complaintToReview(trx, actor, complaintId), { kind: 'proposed', ...found }),
  );
}

/** A reviewer sends a proposal back, with the reason. */
export async function returnFinding(
  db: Db,
  actor: Actor,
  { complaintId, words }: { complaintId: string; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) =>
    takeStep(trx, await complaintToReview(trx, actor, complaintId), { kind: 'returned', words }),
  );
}

/**
 * Closes a complaint with what was found, and why. One that was ever of high severity is upheld by two reviewers: the
 * second closes it with the finding that the first proposed (`complaint_second_person`).
 */
export async function closeComplaint(
  db: Db,
  actor: Actor,
  { complaintId, ...found }: Decision,
): Promise<void> {
  await transact(db, actor, async (trx) =>
    takeStep(trx, await complaintToReview(trx, actor, complaintId), { kind: 'closed', ...found }),
  );
}
