import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatDayTime, formatZone } from '../shared/dates.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findOfferFacts, type OfferFacts } from './queries.ts';

/** Tells a patient on the waitlist that a time is kept for them; once, and not when it is kept no longer. */
export async function notifyOffer(db: Db, publicUrl: URL, offerId: string): Promise<void> {
  const offer = await findOfferFacts(db, offerId);
  if (offer?.patientEmail == null) return;
  const { patientEmail } = offer;
  const link = new URL(paths.waitlistOffer(offerId), publicUrl).href;
  await transact(db, system, (trx) =>
    queueMail(trx, {
      kind: 'waitlist_offer',
      publicUrl,
      key: `offer:${offerId}`,
      patientId: offer.patientId,
      toName: offer.patientName,
      toAddress: patientEmail,
      letter: offerLetter(offer, link),
    }),
  );
}

/** What is kept, until when, and how to take it. */
export function offerLetter(
  offer: Omit<OfferFacts, 'patientId' | 'patientEmail' | 'patientName'>,
  link: string,
): Letter {
  const { during, timeZone, openUntil, practitionerName, hasAccount } = offer;
  // Kept overnight, the hour alone would be read as today's.
  const until = `${formatDayTime(openUntil, timeZone)} (${formatZone(timeZone)})`;
  return {
    subject: 'An earlier time has come free',
    opening: [`you asked for an earlier time with ${practitionerName}. This one has come free:`],
    facts: [
      { name: 'When', value: `${formatDayTime(during.start!, timeZone)} (${formatZone(timeZone)})` },
      { name: 'Where', value: `${offer.clinicName}, ${offer.address}` },
      { name: 'Telephone', value: offer.clinicPhone },
    ],
    more: [
      hasAccount
        ? `We keep it for you until ${until}.`
        : `We keep it for you until ${until}. Call the clinic before then if you want it: ${offer.clinicPhone}.`,
    ],
    action: hasAccount ? { text: 'Take it, or let it go to the next person', href: link } : undefined,
    after: [
      'Nothing changes if you do nothing: what you have booked stays booked, and you stay on the list.',
    ],
  };
}
