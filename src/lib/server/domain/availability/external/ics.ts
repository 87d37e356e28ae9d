import ICAL from 'ical.js';
import { RRuleTemporal } from 'rrule-temporal';
import { isRefusal, Refusal } from '../../shared/refusal.ts';
import type { EpochMs, Range } from '../schedule.ts';
import { clocksOf, type Moment, type ToMoment } from './ics-clock.ts';
import { isOurUid } from './our-entry.ts';

/** Which times are wanted, and on which clock times without a zone are meant. */
export interface Horizon extends Range {
  timeZone: string;
}

export interface ExternalBusy {
  /** Sorted, and none of them touches another. */
  busy: Range[];
  /** Entries that could not be understood, and so take no time. */
  skipped: number;
}

/** The calendars of busy people stay far below; what is more is a mistake, or meant to keep us at work. */
const MOST = {
  characters: 5_000_000,
  events: 20_000,
  series: 1_000,
  timesOfOne: 2_000,
  times: 20_000,
  workMs: 5_000,
};
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Farther than any practice takes bookings, and a day that has begun. */
const HORIZON = { daysBack: 1, daysAhead: 400 };

/** The times that matter now, read on the clock of a place. */
export function horizonAt(now: Temporal.Instant, timeZone: string): Horizon {
  const at = now.epochMilliseconds;
  return {
    startsAt: at - HORIZON.daysBack * DAY_MS,
    endsAt: at + HORIZON.daysAhead * DAY_MS,
    timeZone,
  };
}

/** How long an entry lasts: whole days on the clock of its place, then exact time. */
interface Length {
  days: number;
  ms: number;
}

/** What the changed entries of a series do to it: some times are left out, or all from one on are shifted. */
interface Changes {
  without: { instants: Set<EpochMs>; dates: Set<string> };
  onward: { from: EpochMs; shiftMs: number; length: Length; isBusy: boolean }[];
}

/**
 * The times that an iCalendar file (RFC 5545) takes, and nothing else of it. Entries that are cancelled or transparent
 * take none, nor do those that we wrote ourselves.
 */
export function readCalendar(text: string, horizon: Horizon): ExternalBusy {
  return readEach([text], parse, horizon);
}

/** The same of a calendar that comes entry by entry: one that cannot be read is left out and counted. */
export function readEntries(texts: readonly string[], horizon: Horizon): ExternalBusy {
  let unreadable = 0;
  const parseOrSkip = (text: string) => {
    try {
      return parse(text);
    } catch {
      unreadable += 1;
      return [];
    }
  };
  const { busy, skipped } = readEach(texts, parseOrSkip, horizon);
  return { busy, skipped: skipped + unreadable };
}

function readEach(
  texts: readonly string[],
  parsed: (text: string) => ICAL.Component[],
  horizon: Horizon,
): ExternalBusy {
  if (texts.reduce((sum, { length }) => sum + length, 0) > MOST.characters)
    throw new Refusal('calendar_too_large');
  const times: Range[] = [];
  let skipped = 0;
  let series = 0;
  const began = performance.now();
  for (const calendar of texts.values().flatMap(parsed)) {
    const toMoment = clocksOf(calendar, horizon.timeZone);
    const events = calendar.getAllSubcomponents('vevent').filter((event) => !isOurUid(uidOf(event)));
    if (events.length > MOST.events) throw new Refusal('calendar_too_large');
    const changesOf = Map.groupBy(events.filter(isChange), uidOf);
    for (const event of events) {
      if (event.hasProperty('rrule') && ++series > MOST.series) throw new Refusal('calendar_too_large');
      try {
        const of = isChange(event) ? [] : (changesOf.get(uidOf(event)) ?? []);
        times.push(...timesOf(event, of, toMoment, horizon));
      } catch (problem) {
        if (isRefusal(problem)) throw problem;
        skipped += 1;
      }
      if (times.length > MOST.times || performance.now() - began > MOST.workMs)
        throw new Refusal('calendar_too_large');
    }
  }
  return { busy: merged(times), skipped };
}

function parse(text: string): ICAL.Component[] {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (!/^BEGIN:VCALENDAR/i.test(start)) throw new Refusal('calendar_unreadable');
  try {
    // One calendar, or several one after the other.
    const parsed = ICAL.parse(start) as unknown[];
    const calendars = typeof parsed[0] === 'string' ? [parsed] : (parsed as unknown[][]);
    return calendars.map((calendar) => new ICAL.Component(calendar));
  } catch {
    throw new Refusal('calendar_unreadable');
  }
}

const isChange = (event: ICAL.Component) => event.hasProperty('recurrence-id');
const uidOf = (event: ICAL.Component) => String(event.getFirstPropertyValue('uid') ?? '');

function isBusy(event: ICAL.Component): boolean {
  const says = (name: string) => String(event.getFirstPropertyValue(name) ?? '').toUpperCase();
  return says('transp') !== 'TRANSPARENT' && says('status') !== 'CANCELLED';
}

/** The times within the horizon that one entry takes: once, or as often as it returns. */
function timesOf(
  event: ICAL.Component,
  changed: readonly ICAL.Component[],
  toMoment: ToMoment,
  horizon: Horizon,
): Range[] {
  if (!isBusy(event)) return [];
  const start = momentOf(event, 'dtstart', toMoment);
  if (start === undefined) throw new RangeError('an entry without a start');
  const length = lengthOf(event, start, toMoment);
  const { without, onward } = changesOf(event, changed, toMoment);

  const times: Range[] = [];
  const add = (at: EpochMs, lasts: Length) => {
    const endsAt = endOf(at, lasts, start);
    if (endsAt > at && endsAt > horizon.startsAt && at < horizon.endsAt) times.push({ startsAt: at, endsAt });
    if (times.length > MOST.timesOfOne) throw new Refusal('calendar_too_large');
  };
  for (const [at, own] of occurrences(event, start, length, toMoment, horizon)) {
    if (without.instants.has(at) || without.dates.has(dateOf(at, start))) continue;
    const shift = onward.findLast(({ from }) => at >= from);
    if (shift === undefined) add(at, own);
    else if (shift.isBusy) add(at + shift.shiftMs, shift.length);
  }
  return times;
}

/** When an entry begins, each time, and for how long: its start, what its rules make of it, and dates named besides. */
function occurrences(
  event: ICAL.Component,
  start: Moment,
  length: Length,
  toMoment: ToMoment,
  horizon: Horizon,
): Map<EpochMs, Length> {
  const found = new Map([[start.at, length]]);
  // A change is one occurrence, whatever else it says.
  if (isChange(event)) return found;
  // A day can have 25 hours.
  const from = horizon.startsAt - length.days * 25 * HOUR_MS - length.ms;
  const { clock } = start;
  for (const property of event.getAllProperties('rrule')) {
    const rule = ruleOf(property.getFirstValue() as ICAL.Recur, start, (until) => toMoment(property, until));
    for (const time of rule.between(clock.toCounted(from), clock.toCounted(horizon.endsAt), true)) {
      found.set(clock.fromCounted(time), length);
    }
  }
  for (const property of event.getAllProperties('rdate')) {
    for (const value of property.getValues() as (ICAL.Time | ICAL.Period)[]) {
      if (value instanceof ICAL.Period) {
        const { at } = toMoment(property, value.start);
        found.set(at, { days: 0, ms: value.getDuration().toSeconds() * 1000 });
      } else found.set(toMoment(property, value).at, length);
    }
  }
  return found;
}

function ruleOf(recur: ICAL.Recur, start: Moment, toMoment: (until: ICAL.Time) => Moment) {
  if (recur.freq === 'SECONDLY' || recur.freq === 'MINUTELY') throw new RangeError('nobody lives like that');
  const { clock } = start;
  const until = recur.until === null ? undefined : toMoment(recur.until);
  // "Until a date" includes all of that day.
  const last = until?.isWholeDay
    ? clock.toInstant(until.wall.with({ hour: 23, minute: 59, second: 59 }))
    : until?.at;
  return new RRuleTemporal({
    temporal: Temporal,
    rruleString: `RRULE:${recur.toString().replace(/;?UNTIL=[^;]*/, '')}`,
    dtstart: start.wall.toZonedDateTime(clock.countedIn),
    until: last === undefined ? undefined : clock.toCounted(last),
    maxCandidateEvaluations: 20_000,
  });
}

function changesOf(event: ICAL.Component, changed: readonly ICAL.Component[], toMoment: ToMoment): Changes {
  const changes: Changes = { without: { instants: new Set(), dates: new Set() }, onward: [] };
  const leaveOut = ({ isWholeDay, wall, at }: Moment) => {
    if (isWholeDay) changes.without.dates.add(wall.toPlainDate().toString());
    else changes.without.instants.add(at);
  };
  for (const property of event.getAllProperties('exdate')) {
    for (const value of property.getValues() as ICAL.Time[]) leaveOut(toMoment(property, value));
  }
  for (const change of changed) {
    const replaced = momentOf(change, 'recurrence-id', toMoment)!;
    const start = momentOf(change, 'dtstart', toMoment) ?? replaced;
    if (change.getFirstProperty('recurrence-id')?.getFirstParameter('range') === 'THISANDFUTURE') {
      const length = lengthOf(change, start, toMoment);
      const shiftMs = start.at - replaced.at;
      changes.onward.push({ from: replaced.at, shiftMs, length, isBusy: isBusy(change) });
    } else leaveOut(replaced);
  }
  changes.onward.sort((a, b) => a.from - b.from);
  return changes;
}

/** DTEND is exact time; DURATION counts its days and weeks on the wall; a date alone is that day; a time alone is none. */
function lengthOf(event: ICAL.Component, start: Moment, toMoment: ToMoment): Length {
  const end = momentOf(event, 'dtend', toMoment);
  if (end !== undefined) {
    if (!start.isWholeDay) return positive({ days: 0, ms: end.at - start.at });
    return positive({ days: start.wall.until(end.wall, { largestUnit: 'days' }).days, ms: 0 });
  }
  const duration = event.getFirstPropertyValue('duration');
  if (!(duration instanceof ICAL.Duration)) return { days: start.isWholeDay ? 1 : 0, ms: 0 };
  const { weeks, days, hours, minutes, seconds, isNegative } = duration;
  if (isNegative) throw new RangeError('an entry that ends before it starts');
  return { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}

function positive(length: Length): Length {
  if (length.days < 0 || length.ms < 0) throw new RangeError('an entry that ends before it starts');
  return length;
}

function endOf(at: EpochMs, { days, ms }: Length, { clock }: Moment): EpochMs {
  if (days === 0) return at + ms;
  return clock.toInstant(clock.toCounted(at).toPlainDateTime().add({ days })) + ms;
}

function dateOf(at: EpochMs, { clock }: Moment): string {
  return clock.toCounted(at).toPlainDate().toString();
}

function momentOf(event: ICAL.Component, name: string, toMoment: ToMoment): Moment | undefined {
  const property = event.getFirstProperty(name);
  const value = property?.getFirstValue();
  if (property === null || value === null || value === undefined) return undefined;
  return toMoment(property, value as ICAL.Time);
}

/** Overlapping and touching times made one. */
function merged(times: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const { startsAt, endsAt } of times.toSorted((a, b) => a.startsAt - b.startsAt)) {
    const last = joined.at(-1);
    if (last && startsAt <= last.endsAt) last.endsAt = Math.max(last.endsAt, endsAt);
    else joined.push({ startsAt, endsAt });
  }
  return joined;
}
