import type { Queryable } from '#lib/server/platform/db.ts';
import { FREE_DAYS } from '#lib/server/platform/search/free.ts';
import type { FreePart } from '#lib/server/platform/search/port.ts';
import { loadCalendars, offeredIn } from './calendar.ts';
import { practiceKey } from './reads.ts';
import type { EpochMs, LocalDate } from './schedule.ts';

/** When a practice is free, in short. */
export interface FreeSummary {
  earliest: Temporal.Instant | null;
  /** The parts of local days in which a consultation can begin, in order. */
  parts: FreePart[];
}

/** The summaries of all practices of these practitioners, by `practiceKey`; who is not listed has none. Two queries. */
export async function freeSummaries(
  db: Queryable,
  practitionerIds: readonly string[],
): Promise<Map<string, FreeSummary>> {
  const calendars = await loadCalendars(db, { practitionerIds }, 'consultation');
  const partsIn = new Map<string, Part[]>();
  return new Map(
    calendars.map((calendar) => {
      const { timeZone, now } = calendar;
      let parts = partsIn.get(timeZone);
      if (parts === undefined) partsIn.set(timeZone, (parts = partsFrom(now, timeZone)));
      const starts = offeredIn(calendar, {}).map(({ startsAt }) => startsAt);
      const earliest = starts[0] === undefined ? null : Temporal.Instant.fromEpochMilliseconds(starts[0]);
      return [practiceKey(calendar), { earliest, parts: partsWith(parts, starts) }];
    }),
  );
}

/** A part of a local day: from when until when. */
interface Part extends FreePart {
  startsAt: EpochMs;
  endsAt: EpochMs;
}

const BEGINNINGS = [
  { part: 'morning', hour: 0 },
  { part: 'afternoon', hour: 12 },
  { part: 'evening', hour: 17 },
] as const;

/** The parts of a local day, `2026-12-08`, on the clock of the place. */
export function partsOf(date: LocalDate, timeZone: string): Part[] {
  const day = Temporal.PlainDate.from(date);
  const at = (hour: number) => day.toZonedDateTime({ timeZone, plainTime: { hour } }).epochMilliseconds;
  const nextDay = day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
  return BEGINNINGS.map(({ part, hour }, index) => {
    const next = BEGINNINGS[index + 1];
    return { date, part, startsAt: at(hour), endsAt: next === undefined ? nextDay : at(next.hour) };
  });
}

function partsFrom(now: Temporal.Instant, timeZone: string): Part[] {
  const today = now.toZonedDateTimeISO(timeZone).toPlainDate();
  return Array.from({ length: FREE_DAYS }, (_, days) => today.add({ days })).flatMap((day) =>
    partsOf(day.toString(), timeZone),
  );
}

/** The parts that hold one of the starts at least; both in order. */
function partsWith(parts: readonly Part[], starts: readonly number[]): FreePart[] {
  const held: FreePart[] = [];
  let next = 0;
  for (const { date, part, endsAt } of parts) {
    if (next < starts.length && starts[next]! < endsAt) held.push({ date, part });
    while (next < starts.length && starts[next]! < endsAt) next++;
  }
  return held;
}
