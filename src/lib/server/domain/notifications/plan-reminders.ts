import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { EventType } from '../shared/events.ts';
import { transact } from '../shared/transact.ts';
import { findArranged, insertReminders } from './queries.ts';
import { remindersOf } from './reminders.ts';

/** What arranges a time: from then on somebody is to be reminded of it. */
export const arrangingEvents: readonly EventType[] = [
  'appointment.confirmed',
  'appointment.imported',
  'appointment.moved',
  'appointment.rebooked',
  'appointment.resumed',
];

/** Notes when the patient of a confirmed appointment is reminded. Planned already, it stays as it was. */
export async function planReminders(db: Db, appointmentId: string): Promise<void> {
  await transact(db, system, async (trx) => {
    const arranged = await findArranged(trx, appointmentId, arrangingEvents);
    if (arranged === undefined) return;
    await insertReminders(trx, appointmentId, arranged.start, remindersOf(arranged));
  });
}
