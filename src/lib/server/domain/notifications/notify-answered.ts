import { paths } from '#lib/paths.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { policyOf } from '../policy/reads.ts';
import { system } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { forAccounts, writeAppointmentLetters, type AppointmentLetter } from './appointment-letter.ts';
import { findUrgentFacts } from './queries.ts';

/** Tells a patient who waits that somebody has taken on what they wrote. */
export const answeredLetter: AppointmentLetter = {
  kind: 'urgent_answered',
  subject: 'Your message has been read',
  words: (told) => ({
    opening: [
      `${told.payload.by} has read what you wrote, and will get in touch with you.`,
      `If it gets worse, or if breathing, swallowing, speaking or seeing is hard, do not wait for that: call ${told.payload.emergency} now.`,
    ],
    action: forAccounts(told, {
      text: 'Whom we have told, and when',
      href: told.payload.page ?? told.myCare,
    }),
    after: [`If nobody calls: ${told.phone}`],
  }),
};

/** Once for each message, however often the event is delivered. */
export async function notifyOfAnswer(
  db: Db,
  publicUrl: URL,
  event: { id: string; contactId: string },
): Promise<void> {
  const facts = await findUrgentFacts(db, event.contactId);
  if (facts === undefined) return;
  const { appointmentId, by, jurisdiction } = facts;
  await transact(db, system, async (trx) => {
    const today = (await appNow(trx)).toZonedDateTimeISO('UTC').toPlainDate();
    const { emergency_number: emergency } = await policyOf(trx, jurisdiction, today);
    const page = new URL(paths.myUrgent(appointmentId), publicUrl).href;
    await writeAppointmentLetters(trx, publicUrl, answeredLetter, {
      key: `event:${event.id}`,
      appointmentId,
      payload: { by, emergency, page },
      isForCarers: false,
    });
  });
}
