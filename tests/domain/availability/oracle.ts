import type {
  AppointmentTerms,
  Hours,
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
  location: Schedule['locations'][number],
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

  const spans: { from: number; until: number }[] = [];
  for (const date of dates) {
    for (const hours of hoursOn(date, location, terms)) {
      spans.push({
        from: firstMinuteReading(minutes, wallTime(date, hours.startMinute)),
        until: firstMinuteReading(minutes, wallTime(date, hours.endMinute)),
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

  const busy = minutes.map(() => false);
  const taken = [
    ...schedule.blocks,
    ...schedule.closures.filter((c) => c.locationId == null || c.locationId === location.locationId),
  ];
  const start = minutes[0]?.at ?? 0;
  for (const { startsAt, endsAt } of taken) {
    if (startsAt >= endsAt) continue;
    const first = Math.floor((startsAt - start) / MINUTE);
    const last = Math.ceil((endsAt - start) / MINUTE) - 1;
    for (let m = Math.max(0, first); m <= Math.min(last, minutes.length - 1); m++) busy[m] = true;
  }

  const searchFrom = wallTime(Temporal.PlainDate.from(search.from), 0);
  const searchUntil = wallTime(Temporal.PlainDate.from(search.to).add({ days: 1 }), 0);
  const slots: Slot[] = [];
  minutes.forEach(({ at, reads }, m) => {
    const span = spanBegunFirst[m];
    if (!span || (m - span.from) % terms.stepMinutes !== 0) return;
    if (reads < searchFrom || reads >= searchUntil) return;
    if (at < search.now + terms.noticeMinutes * MINUTE) return;
    if (at >= search.now + terms.horizonDays * 24 * 60 * MINUTE) return;
    for (let i = 0; i < terms.durationMinutes; i++) if (!spanBegunFirst[m + i]) return;
    for (let i = -terms.bufferBeforeMinutes; i < terms.durationMinutes + terms.bufferAfterMinutes; i++) {
      if (busy[m + i]) return;
    }
    slots.push({
      startsAt: at,
      endsAt: at + terms.durationMinutes * MINUTE,
      locationId: location.locationId,
    });
  });
  return slots;
}

function hoursOn(
  date: Temporal.PlainDate,
  { weeklyHours, openings }: Schedule['locations'][number],
  { kind }: AppointmentTerms,
): Hours[] {
  const weekly = weeklyHours.filter(
    ({ weekday, validFrom, validTo }) =>
      weekday === date.dayOfWeek &&
      (!validFrom || Temporal.PlainDate.compare(validFrom, date) <= 0) &&
      (!validTo || Temporal.PlainDate.compare(date, validTo) <= 0),
  );
  const extra = openings.filter((opening) => date.equals(opening.date));
  return [...weekly, ...extra].filter(({ kinds }) => kinds.includes(kind));
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
function firstMinuteReading(minutes: readonly Minute[], wall: number): number {
  const index = minutes.findIndex(({ reads }) => reads >= wall);
  return index === -1 ? minutes.length : index;
}
