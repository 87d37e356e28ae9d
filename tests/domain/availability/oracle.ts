import type {
  AppointmentTerms,
  Block,
  Closure,
  Hours,
  LocationHours,
  Range,
  Schedule,
  Slot,
  SlotSearch,
} from '#lib/server/domain/availability/schedule.ts';

/*
 * The slot rules a second time, for comparison: no ranges, no steps, no offsets. It walks over every minute of
 * every day, asks Temporal what the clock on the wall reads, and looks at each minute of each possible slot.
 * All hours and offsets must be whole minutes; blocks and closures need not be.
 */

const MINUTE = 60_000;

/** Every slot the rules allow, found minute by minute. */
export function slotsMinuteByMinute(schedule: Schedule, terms: AppointmentTerms, search: SlotSearch): Slot[] {
  return schedule.locations
    .flatMap((location) => slotsAt(schedule, location, terms, search))
    .sort((a, b) => a.startsAt - b.startsAt);
}

interface Minute {
  at: number;
  /** 202603290059 for 00:59 on 29 March 2026: in this form, later is greater. */
  reads: number;
}

function slotsAt(
  schedule: Schedule,
  location: LocationHours,
  terms: AppointmentTerms,
  search: SlotSearch,
): Slot[] {
  const firstDate = Temporal.PlainDate.from(search.from).subtract({ days: 1 });
  const lastDate = Temporal.PlainDate.from(search.to).add({ days: 2 });
  const dates: Temporal.PlainDate[] = [];
  for (let date = firstDate; Temporal.PlainDate.compare(date, lastDate) <= 0; date = date.add({ days: 1 })) {
    dates.push(date);
  }
  const minutes = dates.flatMap((date) => minutesOf(date, location.timeZone));

  const latest = latestReadings(minutes);
  const spans: { from: number; until: number }[] = [];
  for (const date of dates) {
    for (const hours of hoursOn(date, location, terms)) {
      spans.push({
        from: firstMinuteReading(latest, wallTime(date, hours.startMinute)),
        until: firstMinuteReading(latest, wallTime(date, hours.endMinute)),
      });
    }
  }
  const spanBegunFirst: ({ from: number } | undefined)[] = minutes.map(() => undefined);
  for (const span of spans) {
    for (let m = span.from; m < span.until; m++) {
      const other = spanBegunFirst[m];
      if (!other || span.from < other.from) spanBegunFirst[m] = span;
    }
  }

  const isMet = (ranges: readonly Range[]) => minutesMet(ranges, minutes);
  const isHere = ({ locationId }: Closure | Block) =>
    locationId == null || locationId === location.locationId;
  const busy = isMet([...schedule.blocks.filter(isHere), ...schedule.closures.filter(isHere)]);
  const away = isMet(
    schedule.blocks
      .filter((block) => !isHere(block))
      .filter(({ startsAt, endsAt }) => startsAt < endsAt)
      .map(({ startsAt, endsAt, travelMinutes = 0 }) => ({
        startsAt: startsAt - travelMinutes * MINUTE,
        endsAt: endsAt + travelMinutes * MINUTE,
      })),
  );
  const rooms = location.rooms?.map(({ blocks }) => isMet(blocks));
  const isFull = fullDays(location);

  const searchFrom = wallTime(Temporal.PlainDate.from(search.from), 0);
  const searchUntil = wallTime(Temporal.PlainDate.from(search.to).add({ days: 1 }), 0);
  const { durationMinutes: duration, bufferBeforeMinutes: before, bufferAfterMinutes: after } = terms;
  const { travelMinutes: way = 0 } = location;
  const slots: Slot[] = [];
  minutes.forEach(({ at, reads }, m) => {
    const span = spanBegunFirst[m];
    if (!span) return;
    const steps = terms.startsCountFrom === 'clock' ? minuteOfDay(reads) : m - span.from;
    if (steps % terms.stepMinutes !== 0) return;
    if (reads < searchFrom || reads >= searchUntil) return;
    if (at < search.now + terms.noticeMinutes * MINUTE) return;
    if (at >= search.now + terms.horizonDays * 24 * 60 * MINUTE) return;
    if (!every(m, m + duration, (i) => spanBegunFirst[i] !== undefined)) return;
    if (!every(m - before, m + duration + after, (i) => !busy[i])) return;
    if (!every(m - before - way, m + duration + after + way, (i) => !away[i])) return;
    if (rooms && !rooms.some((met) => every(m - before, m + duration + after, (i) => !met[i]))) return;
    if (isFull(at)) return;
    slots.push({ startsAt: at, endsAt: at + duration * MINUTE, locationId: location.locationId });
  });
  return slots;
}

function every(from: number, until: number, holds: (minute: number) => boolean): boolean {
  for (let minute = from; minute < until; minute++) if (!holds(minute)) return false;
  return true;
}

/** Which of the minutes meet any of these ranges. */
function minutesMet(ranges: readonly Range[], minutes: readonly Minute[]): boolean[] {
  const met = minutes.map(() => false);
  const start = minutes[0]?.at ?? 0;
  for (const { startsAt, endsAt } of ranges) {
    if (startsAt >= endsAt) continue;
    const first = Math.floor((startsAt - start) / MINUTE);
    const last = Math.ceil((endsAt - start) / MINUTE) - 1;
    for (let m = Math.max(0, first); m <= Math.min(last, minutes.length - 1); m++) met[m] = true;
  }
  return met;
}

/** Whether the local day, or the ISO week, of an instant has as many visits as it may. */
function fullDays({ timeZone, limits }: LocationHours): (at: number) => boolean {
  if (!limits) return () => false;
  const dateOf = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
  const dates = limits.starts.map(dateOf);
  return (at) => {
    const date = dateOf(at);
    const onDay = dates.filter((other) => other.equals(date)).length;
    const inWeek = dates.filter(
      (other) => other.weekOfYear === date.weekOfYear && other.yearOfWeek === date.yearOfWeek,
    ).length;
    return onDay >= (limits.perDay ?? Infinity) || inWeek >= (limits.perWeek ?? Infinity);
  };
}

function hoursOn(
  date: Temporal.PlainDate,
  { weeklyHours, openings, closedDates = [] }: LocationHours,
  { kind }: AppointmentTerms,
): Hours[] {
  const monday = date.subtract({ days: date.dayOfWeek - 1 });
  const weekly = weeklyHours.filter(
    ({ weekday, validFrom, validTo, everyWeeks = 1, firstMonday }) =>
      weekday === date.dayOfWeek &&
      (!validFrom || Temporal.PlainDate.compare(validFrom, date) <= 0) &&
      (!validTo || Temporal.PlainDate.compare(date, validTo) <= 0) &&
      (!firstMonday || monday.until(firstMonday, { largestUnit: 'weeks' }).weeks % everyWeeks === 0),
  );
  const extra = openings.filter((opening) => date.equals(opening.date));
  const isClosed = closedDates.some((closed) => date.equals(closed));
  return [...(isClosed ? [] : weekly), ...extra].filter(({ kinds }) => kinds.includes(kind));
}

function minuteOfDay(reads: number): number {
  return (Math.floor(reads / 100) % 100) * 60 + (reads % 100);
}

function wallTime(date: Temporal.PlainDate, minute: number): number {
  return reading(date.toPlainDateTime().add({ minutes: minute }));
}

function reading({
  year,
  month,
  day,
  hour,
  minute,
}: Temporal.PlainDateTime | Temporal.ZonedDateTime): number {
  return (((year * 100 + month) * 100 + day) * 100 + hour) * 100 + minute;
}

const minutesByDateAndZone = new Map<string, Minute[]>();

/** Each minute of a local date, and what the clock then reads. */
function minutesOf(date: Temporal.PlainDate, timeZone: string): Minute[] {
  const key = `${date.toString()} ${timeZone}`;
  let minutes = minutesByDateAndZone.get(key);
  if (!minutes) {
    minutes = [];
    const end = date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
    for (let at = date.toZonedDateTime(timeZone).epochMilliseconds; at < end; at += MINUTE) {
      const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
      minutes.push({ at, reads: reading(local) });
    }
    minutesByDateAndZone.set(key, minutes);
  }
  return minutes;
}

/** Index of the first minute at which the clock reads this or later; one past the last if it comes after. */
function firstMinuteReading(latest: readonly number[], wall: number): number {
  let [from, until] = [0, latest.length];
  while (from < until) {
    const middle = (from + until) >> 1;
    if (latest[middle]! >= wall) until = middle;
    else from = middle + 1;
  }
  return from;
}

/** The latest that the clock has read so far, minute by minute: unlike what it reads, that never goes back. */
function latestReadings(minutes: readonly Minute[]): number[] {
  let latest = 0;
  return minutes.map(({ reads }) => (latest = Math.max(latest, reads)));
}
