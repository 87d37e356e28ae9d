import type {
  AppointmentTerms,
  EpochMs,
  Hours,
  LocalDate,
  LocationHours,
  Range,
  Schedule,
  Slot,
  SlotSearch,
} from './schedule.ts';
import { zoneClock } from './zone.ts';
import type { ToInstant, WallMs } from './zone.ts';

/*
 * Which slots are offered. Pages, API and the booking command all ask here.
 *
 * - A span is one unbroken stretch of real time, from the first instant at which the local clock reads its
 *   start (or later) to the first at which it reads its end (or later).
 * - Starts lie whole steps of elapsed time from the start of their span. No start falls into an hour that a
 *   clock change skips, and an hour that comes twice is offered twice, as the two different hours it is.
 * - Spans of one location that overlap or touch are one stretch of open time, and a slot may run across the seam.
 *   Where they overlap, the span that began first gives the starts, so none is offered twice.
 * - A slot lies inside open time. With its buffers it meets no block and no closure; the buffers may reach
 *   outside open time, as preparing and clearing up do.
 * - All ranges are half-open: what ends at ten does not meet what begins at ten.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The slots of one practitioner, earliest first. */
export function findSlots(schedule: Schedule, terms: AppointmentTerms, search: SlotSearch): Slot[] {
  return slotsOf(schedule, terms, search.now, calendarFor(search, terms.horizonDays));
}

/** The slots of many practitioners, by practitioner id; each zone and calendar is read once for all of them. */
export function findSlotsForAll(
  practitioners: readonly { schedule: Schedule; terms: AppointmentTerms }[],
  search: SlotSearch,
): Map<string, Slot[]> {
  const horizonDays = practitioners.reduce((longest, { terms }) => Math.max(longest, terms.horizonDays), 0);
  const calendar = calendarFor(search, horizonDays);
  return new Map(
    practitioners.map(({ schedule, terms }) => [
      schedule.practitionerId,
      slotsOf(schedule, terms, search.now, calendar),
    ]),
  );
}

/** Whether `findSlots` offers this start at this location, found without looking beyond its day. */
export function isSlotOffered(
  schedule: Schedule,
  terms: AppointmentTerms,
  now: EpochMs,
  { locationId, startsAt }: { locationId: string; startsAt: EpochMs },
): boolean {
  const locations = schedule.locations.filter((location) => location.locationId === locationId);
  return locations.some(({ timeZone }) => {
    const date = Temporal.Instant.fromEpochMilliseconds(startsAt).toZonedDateTimeISO(timeZone).toPlainDate();
    // Where the clock goes back across midnight, the next date's hours begin before this date has ended.
    const search = { now, from: date.toString(), to: date.add({ days: 1 }).toString() };
    return findSlots({ ...schedule, locations }, terms, search).some((slot) => slot.startsAt === startsAt);
  });
}

interface Calendar {
  /** The days searched, and one more on either side, because hours and slots may run past midnight. */
  days: readonly Day[];
  from: WallMs;
  until: WallMs;
  clockOf: (timeZone: string) => ToInstant;
}

interface Day {
  date: LocalDate;
  weekday: number;
  midnight: WallMs;
}

/** The days of the search, less those that no zone can reach between now and the horizon. */
function calendarFor({ now, from, to }: SlotSearch, horizonDays: number): Calendar {
  const first = Math.max(dayNumber(from), Math.floor(now / DAY_MS) - 1);
  const last = Math.min(dayNumber(to), Math.floor(now / DAY_MS) + Math.ceil(horizonDays) + 1);

  const days: Day[] = [];
  for (let day = first - 1; day <= last + 1; day++) {
    const midnight = day * DAY_MS;
    const date = Temporal.Instant.fromEpochMilliseconds(midnight).toString().slice(0, 10);
    // Day 0, 1 January 1970, was a Thursday.
    days.push({ date, weekday: ((((day + 3) % 7) + 7) % 7) + 1, midnight });
  }

  const clocks = new Map<string, ToInstant>();
  const clockOf = (timeZone: string) => {
    let clock = clocks.get(timeZone);
    if (!clock) {
      clock = zoneClock(timeZone, (first - 1) * DAY_MS, (last + 3) * DAY_MS);
      clocks.set(timeZone, clock);
    }
    return clock;
  };
  return { days, from: first * DAY_MS, until: (last + 1) * DAY_MS, clockOf };
}

function dayNumber(date: LocalDate): number {
  return Temporal.Instant.from(`${date}T00Z`).epochMilliseconds / DAY_MS;
}

function slotsOf(schedule: Schedule, terms: AppointmentTerms, now: EpochMs, calendar: Calendar): Slot[] {
  if (!(terms.stepMinutes > 0)) throw new RangeError('stepMinutes must be above 0');

  const slots: Slot[] = [];
  for (const location of schedule.locations) {
    const toInstant = calendar.clockOf(location.timeZone);
    const startable = {
      startsAt: Math.max(toInstant(calendar.from), now + terms.noticeMinutes * MINUTE_MS),
      endsAt: Math.min(toInstant(calendar.until), now + terms.horizonDays * DAY_MS),
    };
    const spans = spansOf(location, terms, calendar.days, toInstant);
    const closures = schedule.closures.filter(
      ({ locationId }) => !locationId || locationId === location.locationId,
    );
    const busy = merged(sorted([...schedule.blocks, ...closures]));
    addSlots(slots, location.locationId, spans, busy, startable, terms);
  }
  return schedule.locations.length > 1 ? slots.sort(byStart) : slots;
}

/** The location's hours for this kind of appointment on these days, in order. */
function spansOf(
  { weeklyHours, openings }: LocationHours,
  { kind }: AppointmentTerms,
  days: readonly Day[],
  toInstant: ToInstant,
): Range[] {
  const spans: Range[] = [];
  const add = ({ midnight }: Day, { startMinute, endMinute }: Hours) =>
    spans.push({
      startsAt: toInstant(midnight + startMinute * MINUTE_MS),
      endsAt: toInstant(midnight + endMinute * MINUTE_MS),
    });

  const weekly = weeklyHours.filter(({ kinds }) => kinds.includes(kind));
  const openingsByDate = Map.groupBy(
    openings.filter(({ kinds }) => kinds.includes(kind)),
    ({ date }) => date,
  );
  for (const day of days) {
    for (const hours of weekly) {
      if (hours.weekday !== day.weekday) continue;
      if (hours.validFrom && day.date < hours.validFrom) continue;
      if (hours.validTo && day.date > hours.validTo) continue;
      add(day, hours);
    }
    for (const opening of openingsByDate.get(day.date) ?? []) add(day, opening);
  }
  return sorted(spans);
}

/** One pass over spans and busy time, both in order; after a busy range it goes on at the next step that clears it. */
function addSlots(
  slots: Slot[],
  locationId: string,
  spans: readonly Range[],
  busy: readonly Range[],
  startable: Range,
  terms: AppointmentTerms,
): void {
  const duration = terms.durationMinutes * MINUTE_MS;
  const before = terms.bufferBeforeMinutes * MINUTE_MS;
  const after = terms.bufferAfterMinutes * MINUTE_MS;
  const step = terms.stepMinutes * MINUTE_MS;

  let nextSpan = 0;
  let nextBusy = 0;
  let obstacle = busy[0];
  let doneUntil = startable.startsAt;
  for (const open of merged(spans)) {
    for (let span = spans[nextSpan]; span && span.startsAt < open.endsAt; span = spans[++nextSpan]) {
      const origin = span.startsAt;
      const stepAtOrAfter = (instant: EpochMs) =>
        origin + Math.max(0, Math.ceil((instant - origin) / step)) * step;
      const startBefore = Math.min(span.endsAt, startable.endsAt);
      const startBy = open.endsAt - duration;

      let startsAt = stepAtOrAfter(doneUntil);
      while (startsAt < startBefore && startsAt <= startBy) {
        while (obstacle && obstacle.endsAt <= startsAt - before) obstacle = busy[++nextBusy];
        if (obstacle && obstacle.startsAt < startsAt + duration + after) {
          startsAt = stepAtOrAfter(obstacle.endsAt + before);
        } else {
          slots.push({ startsAt, endsAt: startsAt + duration, locationId });
          startsAt += step;
        }
      }
      doneUntil = Math.max(doneUntil, span.endsAt);
    }
  }
}

/** In order of start, without the empty ranges, which meet nothing. */
function sorted(ranges: Range[]): Range[] {
  return ranges.filter(({ startsAt, endsAt }) => startsAt < endsAt).sort(byStart);
}

function byStart(a: Range, b: Range): number {
  return a.startsAt - b.startsAt;
}

/** Joins ordered ranges that overlap or touch. */
function merged(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  let last: Range | undefined;
  for (const { startsAt, endsAt } of ranges) {
    if (last && startsAt <= last.endsAt) last.endsAt = Math.max(last.endsAt, endsAt);
    else joined.push((last = { startsAt, endsAt }));
  }
  return joined;
}
