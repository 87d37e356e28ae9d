import type { Db } from '#lib/server/platform/db.ts';
import type { MailTransport } from '#lib/server/platform/mail.ts';
import { letterHtml } from '../shared/letter-html.ts';
import { letterText } from '../shared/letter-text.ts';
import { storedLetter } from '../shared/letter.ts';
import { calendarEntry, type CalendarEntry } from './calendar-entry.ts';
import { findUnsentMail, markMailSent } from './queries.ts';

/** Writes an entry as a file that calendars read. */
export type CalendarFile = (
  entry: CalendarEntry,
  about: {
    organizer: { name: string; address: string };
    attendee: { name: string; address: string };
    stamp: Temporal.Instant;
  },
) => string;

/**
 * Sends one letter, if it has not left yet and nobody has stopped it. At least once: between an SMTP server's yes and our note of it lies a
 * moment that no mail system can close; the stable Message-ID lets the receiver see the twin.
 */
export async function sendMail(
  db: Db,
  transport: MailTransport,
  fileOf: CalendarFile,
  mailId: string,
): Promise<void> {
  const mail = await findUnsentMail(db, mailId);
  if (mail === undefined) return;
  const sent = mail.letter === null ? null : storedLetter.parse(mail.letter);
  // How we are reached stands at its foot as it is today.
  const frame = sent && { ...sent.frame, contact: transport.contact };
  const entry = mail.calendar === null ? null : calendarEntry.parse(mail.calendar);
  await transport.send({
    id: mail.id,
    toName: mail.to_name,
    toAddress: mail.to_address,
    subject: mail.subject,
    body: sent && frame ? letterText(sent.letter, frame) : mail.body,
    html: sent && frame && !mail.text_only ? letterHtml(sent.letter, frame) : null,
    stop: sent?.frame.oneClick ?? null,
    calendar: entry && {
      method: entry.method,
      file: fileOf(entry, {
        organizer: transport.sender,
        attendee: { name: mail.to_name, address: mail.to_address },
        stamp: mail.created_at,
      }),
    },
  });
  await markMailSent(db, mail.id);
}
