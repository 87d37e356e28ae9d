import type { Db } from '#lib/server/platform/db.ts';
import { reserveSlot } from '../availability/claim.ts';
import { sideOf } from '../booking/access.ts';
import { lockAppointment } from '../booking/queries.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findKeptTime, insertKeptTime } from './joint-queries.ts';
import { findTimeBehind } from './joint-time.ts';

/** Long enough to prescribe, read and consent after a consultation that ran over. */
const KEPT_MINUTES = 60;

/**
 * Keeps the injector's time right behind a consultation, in case the patient decides for the same as last time. Nothing
 * is booked by it: `bookTreatment` takes the time with every gate, and otherwise it is free again by itself.
 */
export async function keepJointTime(
  db: Db,
  actor: Actor,
  { appointmentId }: { appointmentId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const consultation = await lockAppointment(trx, appointmentId, accountOf(actor));
    if (consultation === undefined || sideOf(actor, consultation) === null) throw new Refusal('not_found');
    if ((await findKeptTime(trx, { appointmentId })) !== undefined) return;
    const found = await findTimeBehind(trx, appointmentId);
    if (found === undefined) throw new Refusal('no_time_behind');
    const { injectorId: practitionerId, locationId, start, during } = found;
    const until = during.end!.add({ minutes: KEPT_MINUTES });
    const claimed = await reserveSlot(trx, { practitionerId, locationId, kind: 'treatment', start }, until);
    await insertKeptTime(trx, { appointmentId, claimed });
  });
}
