import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo } from './access.ts';
import { setState } from './queries.ts';

/** The patient came, waited, and left without being seen: no no-show, and nobody is charged. */
export async function leaveUnseen(db: Db, actor: Actor, input: { appointmentId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { appointment } = await lockToDo(trx, actor, 'leaveUnseen', input);
    await setState(trx, appointment.id, { state: 'left_unseen' });
    await recordEvent(trx, {
      type: 'appointment.left_unseen',
      subjectType: 'appointment',
      subjectId: appointment.id,
      clinicId: appointment.clinicId,
      payload: {},
    });
  });
}
