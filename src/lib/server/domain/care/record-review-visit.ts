import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { insertFollowUp, setVisitState } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';
import type { ReviewVisitInput } from './review-visit.ts';

/** Writes up a review visit, and ends it. */
export async function recordReviewVisit(db: Db, actor: Actor, input: ReviewVisitInput): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'follow_up');
    if (visit.state === 'completed') throw new Refusal('already_signed');
    if (visit.state !== 'started') throw new Refusal('visit_not_begun');
    await insertFollowUp(trx, visit, input);
    await setVisitState(trx, visit.id, 'completed');
    await recordVisitEvent(trx, visit, 'follow_up.recorded', {});
    await recordVisitEvent(trx, visit, 'appointment.completed', {});
  });
}
