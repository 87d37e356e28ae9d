import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo } from './access.ts';
import { setState } from './queries.ts';

/** "I'm here": said by the patient, or noted at the desk. */
export async function arrive(db: Db, actor: Actor, input: { appointmentId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { appointment } = await lockToDo(trx, actor, 'arrive', input);
    await setState(trx, appointment.id, { state: 'arrived' });
    await recordEvent(trx, {
      type: 'appointment.arrived',
      subjectType: 'appointment',
      subjectId: appointment.id,
      clinicId: appointment.clinicId,
      payload: {},
    });
  });
}
