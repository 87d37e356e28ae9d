import ICAL from 'ical.js';
import type { EpochMs } from '../schedule.ts';

/** What a clock on a wall reads, and the instants behind it. */
export interface Clock {
  /** Where series are counted: an IANA zone, or UTC for a clock that only the file describes. */
  countedIn: string;
  toInstant(wall: Temporal.PlainDateTime): EpochMs;
  /** An instant as series are counted, and back. */
  toCounted(at: EpochMs): Temporal.ZonedDateTime;
  fromCounted(time: Temporal.ZonedDateTime): EpochMs;
}

/** One DATE or DATE-TIME of the file. */
export interface Moment {
  at: EpochMs;
  wall: Temporal.PlainDateTime;
  isWholeDay: boolean;
  clock: Clock;
}

/** Reads a value of a property as a moment. */
export type ToMoment = (property: ICAL.Property, value: ICAL.Time) => Moment;

/**
 * The clocks of one calendar. A zone is known by its IANA name if it has one (also behind a prefix, or named beside it),
 * and otherwise by the description in the file; whole days and times without any zone are meant on the clock `here`.
 */
export function clocksOf(calendar: ICAL.Component, here: string): ToMoment {
  const described = new Map(
    calendar
      .getAllSubcomponents('vtimezone')
      .map((zone) => [String(zone.getFirstPropertyValue('tzid')), zone]),
  );
  const clocks = new Map<string, Clock>();
  const named = (tzid: string): Clock => {
    const known = clocks.get(tzid) ?? clockOf(tzid, described.get(tzid), here);
    clocks.set(tzid, known);
    return known;
  };
  return (property, value) => {
    const wall = Temporal.PlainDateTime.from(value.toString().replace(/Z$/, ''));
    const tzid = property.getFirstParameter('tzid');
    const isUtc = value.zone === ICAL.Timezone.utcTimezone;
    const clock = named(value.isDate ? here : isUtc ? 'UTC' : tzid || here);
    return { at: clock.toInstant(wall), wall, isWholeDay: value.isDate, clock };
  };
}

function clockOf(tzid: string, description: ICAL.Component | undefined, here: string): Clock {
  const alias = description?.getFirstPropertyValue('x-lic-location');
  const name = ianaName(tzid) ?? (typeof alias === 'string' ? ianaName(alias) : undefined);
  if (name === undefined && description !== undefined) return describedClock(description);
  return ianaClock(name ?? here);
}

/** "Europe/London", also from "/freeassociation.sourceforge.net/Europe/London". */
function ianaName(tzid: string): string | undefined {
  const parts = tzid.split('/').filter((part) => part !== '');
  return [tzid, parts.slice(-3).join('/'), parts.slice(-2).join('/')].find(isZone);
}

function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

function ianaClock(zone: string): Clock {
  return {
    countedIn: zone,
    // RFC 5545, 3.3.5: a skipped time counts with the offset before the gap, a repeated one is its first coming.
    toInstant: (wall) => wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds,
    toCounted: (at) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone),
    fromCounted: (time) => time.epochMilliseconds,
  };
}

/** A VTIMEZONE that has no name we know, by ical.js's own arithmetic. */
function describedClock(description: ICAL.Component): Clock {
  for (const part of description.getAllSubcomponents()) {
    const rule = part.getFirstPropertyValue('rrule');
    // Clocks change once or twice a year; a rule for every second would keep us at work forever.
    if (rule instanceof ICAL.Recur && rule.freq !== 'YEARLY') throw new RangeError('no such clock');
  }
  const zone = new ICAL.Timezone(description);
  const asUtc = (wall: Temporal.PlainDateTime) => wall.toZonedDateTime('UTC');
  const offsetMs = ({ year, month, day, hour, minute, second }: Temporal.PlainDateTime) =>
    zone.utcOffset(new ICAL.Time({ year, month, day, hour, minute, second }, zone)) * 1000;
  const toInstant = (wall: Temporal.PlainDateTime) => asUtc(wall).epochMilliseconds - offsetMs(wall);
  const utc = (at: EpochMs) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC');
  return {
    countedIn: 'UTC',
    toInstant,
    toCounted: (at) => utc(at + offsetMs(utc(at).toPlainDateTime())),
    fromCounted: (time) => toInstant(time.toPlainDateTime()),
  };
}
