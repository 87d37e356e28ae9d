import type { Queryable } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import { findPractices, findTaken, type Practice, type PracticeFilter, type Taken } from './queries.ts';
import type { AppointmentKind, AppointmentTerms, EpochMs, LocalDate, Schedule, Slot } from './schedule.ts';
import { findSlots } from './slots.ts';

const DAY_MS = 86_400_000;

/** One listed practitioner at one location: the terms, the hours and what is taken. */
export interface PracticeCalendar {
  practitionerId: string;
  locationId: string;
  clinicId: string;
  jurisdiction: string;
  timeZone: string;
  terms: AppointmentTerms;
  schedule: Schedule;
  /** Nothing ends later, because a checked credential does. */
  bookableUntil: Temporal.Instant | null;
  now: Temporal.Instant;
}

/** Local dates, both included; open ends reach from now to the horizon. */
export interface Dates {
  from?: LocalDate;
  to?: LocalDate;
}

/** A bookable start with whom and where; derived and never stored. */
export interface FreeSlot {
  practitionerId: string;
  locationId: string;
  timeZone: string;
  start: Temporal.Instant;
  end: Temporal.Instant;
}

/** For a zone, which of the slots there somebody wants; they are asked about in their order. */
export type Fits = (timeZone: string) => (slot: Slot) => boolean;

/** What is asked beside whose calendar, which kind and when. */
export interface Asked {
  /** Blocks that are given up for the time that is looked for: they are no obstacle, nor are their visits counted. */
  insteadOfBlockIds?: readonly string[];
  /** With an interpreter everything is said twice, and takes twice as long. */
  doubleLength?: boolean;
}

/** The calendars of one practice or of many, in two queries. Who is not listed for this kind of appointment has none. */
export async function loadCalendars(
  db: Queryable,
  filter: PracticeFilter,
  kind: AppointmentKind,
  dates: Dates = {},
  { insteadOfBlockIds = [], doubleLength = false }: Asked = {},
): Promise<PracticeCalendar[]> {
  if (filter.practitionerIds?.length === 0) return [];
  const practices = await findPractices(db, filter, kind);
  if (practices.length === 0) return [];

  const horizonDays = Math.max(...practices.map((practice) => practice.horizonDays));
  const now = practices[0]!.now.epochMilliseconds;
  const limited = practices.filter(isLimited);
  const taken = await findTaken(db, {
    practitionerIds: distinct(practices.map(({ practitionerId }) => practitionerId)),
    locationIds: distinct(practices.map(({ locationId }) => locationId)),
    roomIds: distinct(practices.flatMap(({ rooms }) => rooms.map(({ id }) => id))),
    countedPractitionerIds: distinct(limited.map(({ practitionerId }) => practitionerId)),
    window: windowOf(dates, now, horizonDays),
    exceptBlockIds: insteadOfBlockIds,
  });
  const takenFrom = Map.groupBy(taken, ({ practitionerId }) => practitionerId);
  const takenIn = Map.groupBy(
    taken.filter(({ what }) => what === 'room'),
    ({ roomId }) => roomId,
  );

  return practices.map((practice) => ({
    practitionerId: practice.practitionerId,
    locationId: practice.locationId,
    clinicId: practice.clinicId,
    jurisdiction: practice.jurisdiction,
    timeZone: practice.timeZone,
    bookableUntil: practice.bookableUntil,
    now: practice.now,
    terms: {
      kind,
      durationMinutes: practice.durationMinutes * (doubleLength ? 2 : 1),
      bufferBeforeMinutes: practice.bufferBeforeMinutes,
      bufferAfterMinutes: practice.bufferAfterMinutes,
      stepMinutes: practice.stepMinutes,
      startsCountFrom: practice.startsCountFrom,
      noticeMinutes: practice.noticeMinutes,
      horizonDays: practice.horizonDays,
    },
    schedule: scheduleOf(practice, kind, {
      own: takenFrom.get(practice.practitionerId) ?? [],
      ofNobody: takenFrom.get(null) ?? [],
      inRoom: (roomId) => takenIn.get(roomId) ?? [],
    }),
  }));
}

function scheduleOf(
  practice: Practice,
  kind: AppointmentKind,
  taken: { own: readonly Taken[]; ofNobody: readonly Taken[]; inRoom: (roomId: string) => readonly Taken[] },
): Schedule {
  const { practitionerId, locationId, perDay, perWeek } = practice;
  const visits = taken.own.filter((one) => one.what === 'visit' && one.locationId === locationId);
  return {
    practitionerId,
    locations: [
      {
        locationId,
        timeZone: practice.timeZone,
        weeklyHours: practice.hours.map((hours) => ({ ...hours, kinds: [kind] })),
        openings: practice.openings.map((opening) => ({ ...opening, kinds: [kind] })),
        closedDates: practice.holidays.map(({ date }) => date),
        travelMinutes: practice.travelMinutes,
        ...(practice.needsRoom && {
          rooms: practice.rooms.map(({ id }) => ({ roomId: id, blocks: taken.inRoom(id) })),
        }),
        ...(isLimited(practice) && {
          limits: { perDay, perWeek, starts: visits.map(({ startsAt }) => startsAt) },
        }),
      },
    ],
    closures: [...taken.own, ...taken.ofNobody].filter(({ what }) => what === 'closure'),
    blocks: taken.own.filter(({ what }) => what === 'block'),
  };
}

function isLimited({ perDay, perWeek }: { perDay: number | null; perWeek: number | null }): boolean {
  return perDay !== null || perWeek !== null;
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** The same calendar for somebody who stands at the desk: no notice is asked, and a visit may begin at any minute. */
export function forWalkIn(calendar: PracticeCalendar): PracticeCalendar {
  return { ...calendar, terms: { ...calendar.terms, noticeMinutes: 0, stepMinutes: 1 } };
}

/** What a calendar offers and somebody wants, earliest first; no more than `limit` of it. */
export function slotsIn(
  calendar: PracticeCalendar,
  dates: Dates = {},
  { limit = Infinity, fits }: { limit?: number; fits?: Fits } = {},
): FreeSlot[] {
  const offered = offeredIn(calendar, dates);
  const wanted = fits === undefined ? offered : offered.filter(fits(calendar.timeZone));
  return wanted.slice(0, limit).map((slot) => freeSlot(calendar, slot));
}

/** The free slots nearest to an instant, earliest first. */
export function nearestSlots(
  calendar: PracticeCalendar,
  dates: Dates,
  start: Temporal.Instant,
  limit: number,
): FreeSlot[] {
  const distance = ({ startsAt }: Slot) => Math.abs(startsAt - start.epochMilliseconds);
  return offeredIn(calendar, dates)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, limit)
    .sort((a, b) => a.startsAt - b.startsAt)
    .map((slot) => freeSlot(calendar, slot));
}

/** The same as whole numbers. */
export function offeredIn(
  { schedule, terms, now, bookableUntil }: PracticeCalendar,
  { from, to }: Dates,
): Slot[] {
  const at = now.epochMilliseconds;
  // The engine itself goes no further than now and the horizon.
  const search = { now: at, from: from ?? dateOf(at - DAY_MS), to: to ?? dateOf(at + 400 * DAY_MS) };
  const until = bookableUntil?.epochMilliseconds ?? Infinity;
  return findSlots(schedule, terms, search).filter((slot) => slot.endsAt <= until);
}

function freeSlot({ practitionerId, locationId, timeZone }: PracticeCalendar, slot: Slot): FreeSlot {
  const start = Temporal.Instant.fromEpochMilliseconds(slot.startsAt);
  const end = Temporal.Instant.fromEpochMilliseconds(slot.endsAt);
  return { practitionerId, locationId, timeZone, start, end };
}

/** The time in which blocks matter: two days wider than the dates on either side, for zones, long slots, buffers and ways. */
function windowOf({ from, to }: Dates, now: EpochMs, horizonDays: number) {
  const start = from === undefined ? now : midnightUtc(from);
  const end = to === undefined ? now + horizonDays * DAY_MS : midnightUtc(to) + DAY_MS;
  return span(
    Temporal.Instant.fromEpochMilliseconds(start - 2 * DAY_MS),
    Temporal.Instant.fromEpochMilliseconds(Math.max(start, end) + 2 * DAY_MS),
  );
}

function midnightUtc(date: LocalDate): EpochMs {
  return Temporal.Instant.from(`${date}T00Z`).epochMilliseconds;
}

function dateOf(instant: EpochMs): LocalDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toString().slice(0, 10);
}
