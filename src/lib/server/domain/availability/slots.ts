import type {
  AppointmentTerms,
  EpochMs,
  Hours,
  Limits,
  LocalDate,
  LocationHours,
  Range,
  Schedule,
  Slot,
  SlotSearch,
  WeeklyHours,
} from './schedule.ts';
import { zoneClock } from './zone.ts';
import type { WallMs, ZoneClock } from './zone.ts';

/*
 * Which slots are offered. Pages, API and the booking command all ask here.
 *
 * - A span is one unbroken stretch of real time, from the first instant at which the local clock reads its
 *   start (or later) to the first at which it reads its end (or later).
 * - Starts lie whole steps of elapsed time from the start of their span; or, counted from the clock, where it
 *   reads whole steps after midnight. No start falls into an hour that a clock change skips, and an hour that
 *   comes twice is offered twice, as the two different hours it is.
 * - Spans of one location that overlap or touch are one stretch of open time, and a slot may run across the seam.
 *   Where they overlap, the span that began first gives the starts, so none is offered twice.
 * - A slot lies inside open time. With its buffers it meets no block and no closure; the buffers may reach
 *   outside open time, as preparing and clearing up do. From a block at another location it also keeps the way
 *   of its own location and that of the other.
 * - Where a room is needed, one and the same room is free from the first buffer to the last.
 * - No slot begins on a local day, or in an ISO week, that has as many visits as the practice takes.
 * - All ranges are half-open: what ends at ten does not meet what begins at ten.
 *
 * What a visit would meet is turned into the starts at which it would meet it. Then everything that stands in the
 * way is one list of ranges, and one pass over open time and that list finds the slots.
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
  clockOf: (timeZone: string) => ZoneClock;
}

interface Day {
  date: LocalDate;
  /** Days since 1 January 1970. */
  number: number;
  weekday: number;
}

/** The days of the search, less those that no zone can reach between now and the horizon. */
function calendarFor({ now, from, to }: SlotSearch, horizonDays: number): Calendar {
  const first = Math.max(dayNumber(from), Math.floor(now / DAY_MS) - 1);
  const last = Math.min(dayNumber(to), Math.floor(now / DAY_MS) + Math.ceil(horizonDays) + 1);

  const days: Day[] = [];
  for (let number = first - 1; number <= last + 1; number++) {
    const date = Temporal.Instant.fromEpochMilliseconds(number * DAY_MS)
      .toString()
      .slice(0, 10);
    days.push({ date, number, weekday: number - mondayOf(number) + 1 });
  }

  const clocks = new Map<string, ZoneClock>();
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

/** The Monday of that day's ISO week; day 0, 1 January 1970, was a Thursday. */
function mondayOf(day: number): number {
  return Math.floor((day + 3) / 7) * 7 - 3;
}

function slotsOf(schedule: Schedule, terms: AppointmentTerms, now: EpochMs, calendar: Calendar): Slot[] {
  if (!(terms.stepMinutes > 0)) throw new RangeError('stepMinutes must be above 0');

  const slots: Slot[] = [];
  for (const location of schedule.locations) {
    const clock = calendar.clockOf(location.timeZone);
    const startable = {
      startsAt: Math.max(clock.toInstant(calendar.from), now + terms.noticeMinutes * MINUTE_MS),
      endsAt: Math.min(clock.toInstant(calendar.until), now + terms.horizonDays * DAY_MS),
    };
    const spans = spansOf(location, terms, calendar.days, clock);
    const open = merged(spans);
    const grid =
      terms.startsCountFrom === 'clock'
        ? open
            .flatMap(clock.dayPartsOf)
            .map(({ startsAt, endsAt, midnight }) => ({ startsAt, endsAt, origin: midnight }))
        : spans.map(({ startsAt, endsAt }) => ({ startsAt, endsAt, origin: startsAt }));
    const shut = shutStarts(schedule, location, terms, clock, startable);
    addSlots(slots, location.locationId, open, grid, shut, startable, terms);
  }
  return schedule.locations.length > 1 ? slots.sort(byStart) : slots;
}

/** The location's hours for this kind of appointment on these days, in order. */
function spansOf(
  { weeklyHours, openings, closedDates }: LocationHours,
  { kind }: AppointmentTerms,
  days: readonly Day[],
  { toInstant }: ZoneClock,
): Range[] {
  const spans: Range[] = [];
  const add = (day: Day, { startMinute, endMinute }: Hours) =>
    spans.push({
      startsAt: toInstant(day.number * DAY_MS + startMinute * MINUTE_MS),
      endsAt: toInstant(day.number * DAY_MS + endMinute * MINUTE_MS),
    });

  const weekly = weeklyHours.filter(({ kinds }) => kinds.includes(kind));
  const openingsByDate = Map.groupBy(
    openings.filter(({ kinds }) => kinds.includes(kind)),
    ({ date }) => date,
  );
  const closed = new Set(closedDates);
  for (const day of days) {
    if (!closed.has(day.date)) for (const hours of weekly) if (fallsOn(hours, day)) add(day, hours);
    for (const opening of openingsByDate.get(day.date) ?? []) add(day, opening);
  }
  return inOrder(spans);
}

function fallsOn(
  { weekday, validFrom, validTo, everyWeeks = 1, firstMonday }: WeeklyHours,
  day: Day,
): boolean {
  if (weekday !== day.weekday) return false;
  if (validFrom && day.date < validFrom) return false;
  if (validTo && day.date > validTo) return false;
  return (
    everyWeeks === 1 ||
    !firstMonday ||
    (mondayOf(day.number) - dayNumber(firstMonday)) % (7 * everyWeeks) === 0
  );
}

/** The starts that are not to be had, whatever the hours say: in order, none meeting another. */
function shutStarts(
  { blocks, closures }: Schedule,
  location: LocationHours,
  terms: AppointmentTerms,
  clock: ZoneClock,
  startable: Range,
): Range[] {
  const reachBack = (terms.durationMinutes + terms.bufferAfterMinutes) * MINUTE_MS;
  const reachOn = terms.bufferBeforeMinutes * MINUTE_MS;
  /** Begun then, the visit with its buffers would meet this time. Starts are whole milliseconds. */
  const startsThatMeet = ({ startsAt, endsAt }: Range, way = 0): Range => ({
    startsAt: startsAt - reachBack - way + 1,
    endsAt: endsAt + reachOn + way,
  });

  const shut: Range[] = [];
  for (const block of blocks) {
    if (isEmpty(block)) continue;
    const isElsewhere = block.locationId && block.locationId !== location.locationId;
    const wayMinutes = isElsewhere ? (block.travelMinutes ?? 0) + (location.travelMinutes ?? 0) : 0;
    shut.push(startsThatMeet(block, wayMinutes * MINUTE_MS));
  }
  for (const closure of closures) {
    if (isEmpty(closure) || (closure.locationId && closure.locationId !== location.locationId)) continue;
    shut.push(startsThatMeet(closure));
  }
  if (location.limits) shut.push(...fullDays(location.limits, clock, startable));
  if (location.rooms) {
    const shutRooms = location.rooms.map(({ blocks }) =>
      merged(inOrder(blocks.filter((block) => !isEmpty(block)).map((block) => startsThatMeet(block)))),
    );
    for (const range of shutRooms.reduce(common, [startable])) shut.push(range);
  }
  return merged(inOrder(shut));
}

/** The days and parts of days on which nobody more is taken. */
function fullDays({ perDay, perWeek, starts }: Limits, clock: ZoneClock, within: Range): Range[] {
  const onDay = new Map<number, number>();
  const inWeek = new Map<number, number>();
  for (const start of starts) {
    const day = clock.dayOf(start);
    onDay.set(day, (onDay.get(day) ?? 0) + 1);
    inWeek.set(mondayOf(day), (inWeek.get(mondayOf(day)) ?? 0) + 1);
  }
  const isFull = (day: number) =>
    (onDay.get(day) ?? 0) >= (perDay ?? Infinity) ||
    (inWeek.get(mondayOf(day)) ?? 0) >= (perWeek ?? Infinity);
  return clock.dayPartsOf(within).filter(({ day }) => isFull(day));
}

/** A stretch whose starts lie whole steps from `origin`. */
interface Grid extends Range {
  origin: EpochMs;
}

/** One pass over open time and shut starts, both in order; after a shut range it goes on at the next step that clears it. */
function addSlots(
  slots: Slot[],
  locationId: string,
  openTime: readonly Range[],
  grids: readonly Grid[],
  shut: readonly Range[],
  startable: Range,
  terms: AppointmentTerms,
): void {
  const duration = terms.durationMinutes * MINUTE_MS;
  const step = terms.stepMinutes * MINUTE_MS;

  let nextGrid = 0;
  let nextShut = 0;
  let obstacle = shut[0];
  let doneUntil = startable.startsAt;
  for (const open of openTime) {
    for (let grid = grids[nextGrid]; grid && grid.startsAt < open.endsAt; grid = grids[++nextGrid]) {
      const { origin } = grid;
      const stepAtOrAfter = (instant: EpochMs) => origin + Math.ceil((instant - origin) / step) * step;
      const startBefore = Math.min(grid.endsAt, startable.endsAt);
      const startBy = open.endsAt - duration;

      let startsAt = stepAtOrAfter(Math.max(grid.startsAt, doneUntil));
      while (startsAt < startBefore && startsAt <= startBy) {
        while (obstacle && obstacle.endsAt <= startsAt) obstacle = shut[++nextShut];
        if (obstacle && obstacle.startsAt <= startsAt) {
          startsAt = stepAtOrAfter(obstacle.endsAt);
        } else {
          slots.push({ startsAt, endsAt: startsAt + duration, locationId });
          startsAt += step;
        }
      }
      doneUntil = Math.max(doneUntil, grid.endsAt);
    }
  }
}

/** Nothing meets it. */
function isEmpty({ startsAt, endsAt }: Range): boolean {
  return startsAt >= endsAt;
}

/** In order of start, without the empty ranges. */
function inOrder(ranges: Range[]): Range[] {
  return ranges.filter((range) => !isEmpty(range)).sort(byStart);
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

/** What two lists of ordered ranges have in common. */
function common(some: readonly Range[], others: readonly Range[]): Range[] {
  const found: Range[] = [];
  let nextOther = 0;
  for (const one of some) {
    while (nextOther < others.length && others[nextOther]!.endsAt <= one.startsAt) nextOther++;
    for (let at = nextOther; at < others.length && others[at]!.startsAt < one.endsAt; at++) {
      const other = others[at]!;
      found.push({
        startsAt: Math.max(one.startsAt, other.startsAt),
        endsAt: Math.min(one.endsAt, other.endsAt),
      });
    }
  }
  return found;
}
