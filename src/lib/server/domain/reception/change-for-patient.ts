import type { Db } from '#lib/server/platform/db.ts';
import { lockToDo } from '../booking/access.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import type { Side } from '../booking/appointment.ts';
import { cancelIn } from '../booking/cancel-appointment.ts';
import { moveIn } from '../booking/move-appointment.ts';
import type { CancelReason } from '../booking/notice.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { requireDesk, requireVisit } from './access.ts';

/** Who wants it: the patient who called, or the clinic. It decides what the letter says and whose change it counts as. */
export interface Wish {
  appointmentId: string;
  askedBy: Side;
  requestKey?: string;
}

/** Moves a visit at the desk. A treatment moves only as far as its guards allow, like everywhere. */
export async function moveForPatient(
  db: Db,
  actor: Actor,
  { requestKey, ...wish }: Wish & { start: Temporal.Instant },
): Promise<void> {
  const request = once(accountOf(actor), requestKey, 'move_for', wish);
  await answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      await requireVisit(trx, await requireDesk(trx, actor), wish.appointmentId);
      const { appointment } = await lockToDo(trx, actor, 'move', wish);
      const moved = await moveIn(trx, appointment, wish.start, wish.askedBy);
      await keepAnswer(trx, request, moved);
      return moved;
    }),
  );
}

/** Cancels a visit at the desk. Called off by the patient, it counts like one cancelled online. */
export async function cancelForPatient(
  db: Db,
  actor: Actor,
  { requestKey, ...wish }: Wish & { reason: string; reasonCode?: CancelReason },
): Promise<void> {
  const request = once(accountOf(actor), requestKey, 'cancel_for', wish);
  await answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      await requireVisit(trx, await requireDesk(trx, actor), wish.appointmentId);
      const { appointment } = await lockToDo(trx, actor, 'cancel', wish);
      await cancelIn(trx, appointment, wish.askedBy, wish);
      const answer = { id: wish.appointmentId };
      await keepAnswer(trx, request, answer);
      return answer;
    }),
  );
}
