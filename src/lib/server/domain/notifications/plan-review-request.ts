import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { EventType } from '../shared/events.ts';
import { transact } from '../shared/transact.ts';
import { findKept, insertReviewRequest } from './queries.ts';
import { afterTheNight } from './reminders.ts';

/** What says that a visit took place: from then on somebody may be asked how it was. */
export const keepingEvents: readonly EventType[] = [
  'appointment.completed',
  'appointment.stopped',
  'appointment.corrected',
];

/**
 * Days until somebody is asked, by the kind of visit: of a consultation the day after, of a treatment once it has settled and
 * the review visit is over. That visit is part of the treatment, and not asked about by itself.
 */
const DAYS_UNTIL_ASKED: Readonly<Record<string, number>> = { consultation: 1, treatment: 16 };

/** Notes when the patient of a visit that took place is asked about it, by day. Noted already, it stays as it was. */
export async function planReviewRequest(db: Db, appointmentId: string): Promise<void> {
  await transact(db, system, async (trx) => {
    const kept = await findKept(trx, appointmentId);
    const days = kept === undefined ? undefined : DAYS_UNTIL_ASKED[kept.kind];
    if (kept === undefined || days === undefined) return;
    const dueAt = kept.end.toZonedDateTimeISO(kept.timeZone).add({ days }).toInstant();
    await insertReviewRequest(trx, appointmentId, afterTheNight(dueAt, kept.timeZone));
  });
}
