import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { EventType } from '../shared/events.ts';
import { enqueue } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { insertFreedAppointment, insertFreedClosure } from './queries.ts';

/** The events after which somebody's time may be free. */
export const freeingEvents = [
  'appointment.cancelled',
  'appointment.moved',
  'appointment.replaced',
  'schedule.changed',
] as const satisfies readonly EventType[];

/** Writes down which time an event has freed, if anybody on the list waits for time of that practice. */
export async function noticeFreedTime(
  db: Db,
  event: { id: string; type: EventType; subjectId: string },
): Promise<void> {
  await transact(db, system, async (trx) => {
    const found =
      event.type === 'schedule.changed'
        ? await insertFreedClosure(trx, event.id)
        : await insertFreedAppointment(trx, event.id);
    if (found) await enqueue(trx, 'offer_freed_times', {}, { key: 'offer_freed_times' });
  });
}
