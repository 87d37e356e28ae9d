import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { sideOf } from './access.ts';
import { insertAppeal } from './day-queries.ts';
import { lockAppointment } from './queries.ts';

/** "That is not how it was": said by the patient about a no-show or a late cancellation, within 14 days, once. */
export async function appealMark(
  db: Db,
  actor: Actor,
  { appointmentId, words }: { appointmentId: string; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const appointment = await lockAppointment(trx, appointmentId, accountOf(actor));
    if (appointment === undefined || sideOf(actor, appointment) !== 'patient') throw new Refusal('not_found');
    await insertAppeal(trx, { appointmentId, words });
    await recordEvent(trx, {
      type: 'appointment.appealed',
      subjectType: 'appointment',
      subjectId: appointmentId,
      clinicId: appointment.clinicId,
      payload: {},
    });
  });
}
