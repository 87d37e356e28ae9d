import type { DiaryEntry } from '../../domain/availability/external/our-entry.ts';
import type { FeedEntry } from '../../domain/notifications/feed.ts';
import { icsInstant, icsLocal, icsText, toIcsText } from './lines.ts';
import { icsTimeZone } from './time-zone.ts';

/** How often a calendar may ask again. Many ask less often, whatever is said. */
const REFRESH = 'PT1H';

/**
 * A calendar that is subscribed to (RFC 5545, RFC 7986). The same entries make the same text, so that it can be compared: a
 * time of making stands in none of it.
 */
export function icsOfFeed({ title, entries }: { title: string; entries: readonly FeedEntry[] }): string {
  const zones = Map.groupBy(entries, ({ timeZone }) => timeZone);
  return toIcsText([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Steadyhand//Appointments//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${icsText(title)}`,
    `X-WR-CALNAME:${icsText(title)}`,
    `REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`,
    `X-PUBLISHED-TTL:${REFRESH}`,
    ...[...zones].flatMap(([timeZone, theirs]) =>
      icsTimeZone(timeZone, earliest(theirs.map(({ start }) => start)), latest(theirs.map(({ end }) => end))),
    ),
    ...entries.flatMap(eventOf),
    'END:VCALENDAR',
  ]);
}

/** One entry as a server of calendars keeps it (RFC 4791, 4.1): no METHOD, and nothing beside it but its zone. */
export function icsOfCopy(entry: DiaryEntry): string {
  return toIcsText([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Steadyhand//Appointments//EN',
    'CALSCALE:GREGORIAN',
    ...icsTimeZone(entry.timeZone, entry.start, entry.end),
    ...eventOf(entry),
    'END:VCALENDAR',
  ]);
}

function eventOf(entry: FeedEntry | DiaryEntry): string[] {
  const local = (at: Temporal.Instant) => icsLocal(at.toZonedDateTimeISO(entry.timeZone).toPlainDateTime());
  return [
    'BEGIN:VEVENT',
    `UID:${icsText(entry.uid)}`,
    `SEQUENCE:${entry.sequence}`,
    `DTSTAMP:${icsInstant(entry.changedAt)}`,
    `LAST-MODIFIED:${icsInstant(entry.changedAt)}`,
    `DTSTART;TZID=${entry.timeZone}:${local(entry.start)}`,
    `DTEND;TZID=${entry.timeZone}:${local(entry.end)}`,
    `SUMMARY:${icsText(entry.title)}`,
    `LOCATION:${icsText(entry.place)}`,
    `DESCRIPTION:${icsText(entry.words)}`,
    `STATUS:${entry.status}`,
    `TRANSP:${entry.status === 'CANCELLED' ? 'TRANSPARENT' : 'OPAQUE'}`,
    'CLASS:PRIVATE',
    'END:VEVENT',
  ];
}

function earliest(times: readonly Temporal.Instant[]): Temporal.Instant {
  return times.reduce((one, other) => (Temporal.Instant.compare(one, other) <= 0 ? one : other));
}

function latest(times: readonly Temporal.Instant[]): Temporal.Instant {
  return times.reduce((one, other) => (Temporal.Instant.compare(one, other) >= 0 ? one : other));
}
