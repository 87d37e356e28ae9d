import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findPublishedReviews, findReviewed } from './queries.ts';
import { takeStep } from './take-step.ts';

/** Whom a published review is about replies, once. A reviewer of Steadyhand reads it before anybody else does. */
export async function replyToReview(
  db: Db,
  actor: Actor,
  { reviewId, words }: { reviewId: string; words: string },
): Promise<void> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  await transact(db, actor, async (trx) => {
    const practitioner = await findReviewed(trx, accountId);
    if (practitioner === undefined) throw new Refusal('not_found');
    const [review] = await findPublishedReviews(trx, practitioner.id, { reviewId, most: 1, from: 0 });
    if (review === undefined) throw new Refusal('not_found');
    await takeStep(
      trx,
      { id: reviewId, stream: { kind: 'practitioner', id: practitioner.id } },
      { kind: 'replied', words },
    );
  });
}
