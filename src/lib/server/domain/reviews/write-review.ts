import type { Db, Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { ReviewInput } from './input.ts';
import { findOwnVisit, findReviews, insertReview, type ReviewRow } from './queries.ts';
import { noteStep, takeStep } from './take-step.ts';

/**
 * A patient says how a visit was: one that took place, once, whatever came of it. It changes nothing about their care, and
 * nobody but reviewers of Steadyhand reads it before it is published. Which visits, and how often: `review_of_kept_visit`,
 * `review_once`, `review_allowed`.
 */
export async function writeReview(
  db: Db,
  actor: Actor,
  { appointmentId, ...said }: ReviewInput & { appointmentId: string },
): Promise<void> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  await transact(db, actor, async (trx) => {
    if ((await findOwnVisit(trx, accountId, appointmentId)) === undefined) throw new Refusal('not_found');
    const { id, patientId } = await insertReview(trx, appointmentId, said);
    await noteStep(trx, { id, stream: { kind: 'patient', id: patientId } }, 'written');
  });
}

/** Who wrote a review puts it otherwise, after it came back for the wording. The answers stay as they were given. */
export async function rewordReview(
  db: Db,
  actor: Actor,
  { appointmentId, words }: { appointmentId: string; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const review = await requireOwnReview(trx, actor, appointmentId);
    await takeStep(trx, ownSubject(review), { kind: 'reworded', words });
  });
}

/** Who wrote a review takes it back, and gives no reason. It is not written a second time. */
export async function withdrawReview(
  db: Db,
  actor: Actor,
  { appointmentId }: { appointmentId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const review = await requireOwnReview(trx, actor, appointmentId);
    await takeStep(trx, ownSubject(review), { kind: 'withdrawn' });
  });
}

/** The actor's own review of a visit; anybody else's does not exist (P1). */
async function requireOwnReview(trx: Trx, actor: Actor, appointmentId: string): Promise<ReviewRow> {
  const [review] = await findReviews(trx, { appointmentId });
  if (review === undefined || review.writtenBy !== accountOf(actor)) throw new Refusal('not_found');
  return review;
}

function ownSubject({ id, patientId }: ReviewRow) {
  return { id, stream: { kind: 'patient', id: patientId } } as const;
}
