import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatDayTime, formatTime } from '../shared/dates.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findOfferFacts } from './queries.ts';

/** Tells a patient on the waitlist that a time is kept for them; once, and not when it is kept no longer. */
export async function notifyOffer(db: Db, publicUrl: URL, offerId: string): Promise<void> {
  const offer = await findOfferFacts(db, offerId);
  if (offer?.patientEmail == null) return;
  const { patientName, patientEmail, during, timeZone, openUntil, practitionerName } = offer;
  const howToAnswer = offer.hasAccount
    ? `Take it, or let it go to the next person:\n${new URL(paths.waitlistOffer(offerId), publicUrl).href}`
    : `Call the clinic before then if you want it: ${offer.clinicPhone}.`;
  await transact(db, system, (trx) =>
    queueMail(trx, {
      key: `offer:${offerId}`,
      toName: patientName,
      toAddress: patientEmail,
      subject: 'An earlier time has come free',
      body: [
        `Hello ${patientName},`,
        `you asked for an earlier time with ${practitionerName}. This one has come free:`,
        `${formatDayTime(during.start!, timeZone)}\n${offer.clinicName}, ${offer.address}`,
        `We keep it for you until ${formatTime(openUntil, timeZone)}. ${howToAnswer}`,
        'Nothing changes if you do nothing: what you have booked stays booked, and you stay on the list.',
        'Steadyhand',
      ].join('\n\n'),
    }),
  );
}
