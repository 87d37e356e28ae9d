import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo } from './access.ts';
import { setState } from './queries.ts';

/** Somebody did not come, after the grace that the database keeps. A patient can say it of the practitioner only. */
export async function markNoShow(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; by?: 'patient' | 'practitioner' },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { appointment, side } = await lockToDo(trx, actor, 'markNoShow', input);
    const by = side === 'patient' ? 'practitioner' : (input.by ?? 'patient');
    await setState(trx, appointment.id, { state: 'no_show', no_show_by: by });
    await recordEvent(trx, {
      type: 'appointment.no_show',
      subjectType: 'appointment',
      subjectId: appointment.id,
      clinicId: appointment.clinicId,
      payload: { by },
    });
  });
}
