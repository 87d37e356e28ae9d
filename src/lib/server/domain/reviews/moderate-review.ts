import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findModerator, findReviews } from './queries.ts';
import type { RefusalReason, ReplyReturnReason, ReturnReason } from './review.ts';
import { takeStep } from './take-step.ts';

type Which = { reviewId: string };
type Reasoned<Reason> = Which & { reason: Reason; words: string };

/** A reviewer publishes a review as it was written. What is lawful and genuine is published, also when it is critical (L7). */
export function publishReview(db: Db, actor: Actor, { reviewId }: Which): Promise<void> {
  return moderate(db, actor, reviewId, { kind: 'published' });
}

/** A reviewer sends the words back to who wrote them, with the reason and a neutral way to put it. */
export function returnReview(
  db: Db,
  actor: Actor,
  { reviewId, reason, words }: Reasoned<ReturnReason>,
): Promise<void> {
  return moderate(db, actor, reviewId, { kind: 'returned', reason, words });
}

/** The first of two reviewers says that a review is not what it says it is. Until another agrees, it stays where it is. */
export function proposeRefusal(
  db: Db,
  actor: Actor,
  { reviewId, reason, words }: Reasoned<RefusalReason>,
): Promise<void> {
  return moderate(db, actor, reviewId, { kind: 'proposed', reason, words });
}

/** The second reviewer agrees, for the same reason: `review_step_second_person`. */
export function refuseReview(
  db: Db,
  actor: Actor,
  { reviewId, reason, words }: Reasoned<RefusalReason>,
): Promise<void> {
  return moderate(db, actor, reviewId, { kind: 'refused', reason, words });
}

/** A reviewer publishes what the practitioner replied. */
export function publishReply(db: Db, actor: Actor, { reviewId }: Which): Promise<void> {
  return moderate(db, actor, reviewId, { kind: 'reply_published' });
}

/** A reviewer sends the reply back to the practitioner, with the reason and a neutral way to put it. */
export function returnReply(
  db: Db,
  actor: Actor,
  { reviewId, reason, words }: Reasoned<ReplyReturnReason>,
): Promise<void> {
  return moderate(db, actor, reviewId, { kind: 'reply_returned', reason, words });
}

/** Reviewers alone moderate, and none of them what they have a part in: `review_step_by_reviewer`. */
async function moderate(
  db: Db,
  actor: Actor,
  reviewId: string,
  step: Parameters<typeof takeStep>[2],
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { moderates } = await findModerator(trx, reviewId);
    const [review] = moderates ? await findReviews(trx, { id: reviewId }) : [];
    if (review === undefined) throw new Refusal('not_found');
    await takeStep(trx, { id: reviewId, stream: { kind: 'patient', id: review.patientId } }, step);
  });
}
