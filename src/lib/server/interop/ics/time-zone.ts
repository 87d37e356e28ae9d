import { icsLocal } from './lines.ts';

/** How far around an event its zone is described. Calendars that know the zone by name ask nothing of it. */
const AROUND: Temporal.DurationLike = { hours: 400 * 24 };
/** Where the first observance begins: nothing that is described here comes before it. */
const EVER = Temporal.PlainDateTime.from('1970-01-01T00:00:00');

/**
 * A VTIMEZONE around an event, from the zone data of this process: one observance per clock change, named by the very
 * moment at which it begins. Rules that repeat would promise what a government may change.
 */
export function icsTimeZone(timeZone: string, start: Temporal.Instant, end: Temporal.Instant): string[] {
  const first = start.subtract(AROUND).toZonedDateTimeISO(timeZone);
  const until = end.add(AROUND);
  const changes: Temporal.ZonedDateTime[] = [];
  for (
    let change = first.getTimeZoneTransition('next');
    change !== null && Temporal.Instant.compare(change.toInstant(), until) <= 0;
    change = change.getTimeZoneTransition('next')
  )
    changes.push(change);
  const least = Math.min(...[first, ...changes].map(({ offsetNanoseconds }) => offsetNanoseconds));
  const kindOf = (at: Temporal.ZonedDateTime) => (at.offsetNanoseconds > least ? 'DAYLIGHT' : 'STANDARD');
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${timeZone}`,
    ...observance(kindOf(first), EVER, first.offset, first.offset),
    ...changes.flatMap((change) => {
      const { offset } = change.toInstant().subtract({ nanoseconds: 1 }).toZonedDateTimeISO(timeZone);
      // The clock before the change says when it comes.
      const onset = change.toInstant().toZonedDateTimeISO(offset).toPlainDateTime();
      return observance(kindOf(change), onset, offset, change.offset);
    }),
    'END:VTIMEZONE',
  ];
}

function observance(kind: 'STANDARD' | 'DAYLIGHT', onset: Temporal.PlainDateTime, from: string, to: string) {
  return [
    `BEGIN:${kind}`,
    `DTSTART:${icsLocal(onset)}`,
    `TZOFFSETFROM:${from.replaceAll(':', '')}`,
    `TZOFFSETTO:${to.replaceAll(':', '')}`,
    `END:${kind}`,
  ];
}
