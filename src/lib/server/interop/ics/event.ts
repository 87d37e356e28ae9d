import type { CalendarEntry } from '../../domain/notifications/calendar-entry.ts';
import { icsInstant, icsLocal, icsParameter, icsText, toIcsText } from './lines.ts';
import { icsTimeZone } from './time-zone.ts';

/** A person of an invitation: a plain address, and a name of any kind. */
export interface IcsPerson {
  name: string;
  address: string;
}

/** A calendar file with one entry, as a letter carries it (RFC 5546: REQUEST and CANCEL). */
export function icsOfEntry(
  entry: CalendarEntry,
  about: { organizer: IcsPerson; attendee: IcsPerson; stamp: Temporal.Instant },
): string {
  const { timeZone } = entry;
  const [start, end] = [Temporal.Instant.from(entry.start), Temporal.Instant.from(entry.end)];
  const local = (at: Temporal.Instant) => icsLocal(at.toZonedDateTimeISO(timeZone).toPlainDateTime());
  return toIcsText([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Steadyhand//Appointments//EN',
    'CALSCALE:GREGORIAN',
    `METHOD:${entry.method}`,
    ...icsTimeZone(timeZone, start, end),
    'BEGIN:VEVENT',
    `UID:${icsText(entry.uid)}`,
    `SEQUENCE:${entry.sequence}`,
    `DTSTAMP:${icsInstant(about.stamp)}`,
    `DTSTART;TZID=${timeZone}:${local(start)}`,
    `DTEND;TZID=${timeZone}:${local(end)}`,
    `SUMMARY:${icsText(entry.title)}`,
    `LOCATION:${icsText(entry.place)}`,
    `DESCRIPTION:${icsText(entry.words)}`,
    `ORGANIZER;CN=${icsParameter(about.organizer.name)}:mailto:${about.organizer.address}`,
    `ATTENDEE;CN=${icsParameter(about.attendee.name)};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:${about.attendee.address}`,
    `STATUS:${entry.method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED'}`,
    'TRANSP:OPAQUE',
    'CLASS:PRIVATE',
    'END:VEVENT',
    'END:VCALENDAR',
  ]);
}
