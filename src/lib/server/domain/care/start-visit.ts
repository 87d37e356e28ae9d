import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { setVisitState } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/** A consultation or a review visit begins. A treatment begins through its gate: `startTreatment`. */
export async function startVisit(db: Db, actor: Actor, input: { appointmentId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'consultation', 'follow_up');
    if (visit.state !== 'arrived') {
      await setVisitState(trx, visit.id, 'arrived');
      await recordVisitEvent(trx, visit, 'appointment.arrived', {});
    }
    await setVisitState(trx, visit.id, 'started');
    await recordVisitEvent(trx, visit, 'appointment.started', {});
  });
}
