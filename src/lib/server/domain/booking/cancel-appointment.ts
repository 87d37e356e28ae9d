import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo, type HoldOf } from './access.ts';
import { answerOnce, keepAnswer, once } from './answer-once.ts';
import { deleteDraft, setState } from './queries.ts';

export interface Cancelled {
  id: string;
  state: 'cancelled';
  cancelledBy: 'patient' | 'practice' | 'system';
}

/** Ends an appointment, or lets a hold go; the time is free for others at once. A patient need give no reason (P6). */
export async function cancelAppointment(
  db: Db,
  actor: Actor,
  input: Pick<HoldOf, 'appointmentId'> & { partyId?: string | null; reason?: string; requestKey?: string },
): Promise<Cancelled> {
  const { appointmentId, reason = '' } = input;
  const request = once(accountOf(actor) ?? input.partyId, input.requestKey, 'cancel', {
    appointmentId,
    reason,
  });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { appointment, side } = await lockToDo(trx, actor, 'cancel', input);
      const cancelledBy = actor.kind === 'system' ? 'system' : side;
      await setState(trx, appointmentId, { state: 'cancelled', cancelled_by: cancelledBy, reason });
      if (appointment.state === 'held') await deleteDraft(trx, appointmentId);
      // Of a hold that is let go nobody else has ever heard.
      else
        await recordEvent(trx, {
          type: 'appointment.cancelled',
          subjectType: 'appointment',
          subjectId: appointmentId,
          clinicId: appointment.clinicId,
          payload: { by: cancelledBy },
        });
      const cancelled: Cancelled = { id: appointmentId, state: 'cancelled', cancelledBy };
      await keepAnswer(trx, request, cancelled);
      return cancelled;
    }),
  );
}
