import type { Db, Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo, type HoldOf } from './access.ts';
import { answerOnce, keepAnswer, once } from './answer-once.ts';
import { findNotice } from './day-queries.ts';
import { isLateCancel, type CancelReason } from './notice.ts';
import { deleteDraft, setState, type LockedAppointment } from './queries.ts';

export interface Cancelled {
  id: string;
  state: 'cancelled';
  cancelledBy: 'patient' | 'practice' | 'system';
}

/** Why, as far as somebody says. */
interface Why {
  reason?: string;
  reasonCode?: CancelReason;
}

/**
 * Ends an appointment, or lets a hold go; the time is free for others at once. A patient can always do it and need give
 * no reason (P6); within the practice's notice it is recorded as late.
 */
export async function cancelAppointment(
  db: Db,
  actor: Actor,
  input: Pick<HoldOf, 'appointmentId'> & { partyId?: string | null; requestKey?: string } & Why,
): Promise<Cancelled> {
  const { appointmentId, reason = '', reasonCode } = input;
  const request = once(accountOf(actor) ?? input.partyId, input.requestKey, 'cancel', {
    appointmentId,
    reason,
    reasonCode,
  });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { appointment, side } = await lockToDo(trx, actor, 'cancel', input);
      const cancelledBy = actor.kind === 'system' ? 'system' : side;
      await cancelIn(trx, appointment, cancelledBy, input);
      const cancelled: Cancelled = { id: appointmentId, state: 'cancelled', cancelledBy };
      await keepAnswer(trx, request, cancelled);
      return cancelled;
    }),
  );
}

/** Cancels a locked appointment or hold, in the caller's transaction. */
export async function cancelIn(
  trx: Trx,
  appointment: Pick<LockedAppointment, 'id' | 'state' | 'clinicId'>,
  by: Cancelled['cancelledBy'],
  { reason = '', reasonCode }: Why = {},
): Promise<void> {
  const { id, state, clinicId } = appointment;
  const isPromised = state === 'confirmed' || state === 'arrived';
  const isLate = by === 'patient' && isPromised && isLateCancel(await findNotice(trx, id), reasonCode);
  await setState(trx, id, {
    state: 'cancelled',
    cancelled_by: by,
    cancelled_late: isLate,
    reason,
    reason_code: reasonCode,
  });
  // Of a hold that is let go nobody else has ever heard.
  if (state === 'held') return deleteDraft(trx, id);
  await recordEvent(trx, {
    type: 'appointment.cancelled',
    subjectType: 'appointment',
    subjectId: id,
    clinicId,
    payload: { by },
  });
}
