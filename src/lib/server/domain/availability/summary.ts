import type { Queryable } from '#lib/server/platform/db.ts';
import { FREE_DAYS } from '#lib/server/platform/search/free.ts';
import type { DayPart, FreePart } from '#lib/server/platform/search/port.ts';
import { loadCalendars, offeredIn } from './calendar.ts';
import { practiceKey } from './reads.ts';

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

/** A part of a local day, and when it begins. */
interface Part extends FreePart {
  startsAt: number;
}

const BEGINNINGS = [
  { part: 'morning', hour: 0 },
  { part: 'afternoon', hour: 12 },
  { part: 'evening', hour: 17 },
] as const;

/** The part of the day, on the clock of the place. */
export function partOfDay(instant: Temporal.Instant, timeZone: string): DayPart {
  const { hour } = instant.toZonedDateTimeISO(timeZone);
  return BEGINNINGS.findLast((beginning) => beginning.hour <= hour)!.part;
}

function partsFrom(now: Temporal.Instant, timeZone: string): Part[] {
  const today = now.toZonedDateTimeISO(timeZone).toPlainDate();
  return Array.from({ length: FREE_DAYS }, (_, days) => today.add({ days })).flatMap((day) =>
    BEGINNINGS.map(({ part, hour }) => ({
      date: day.toString(),
      part,
      startsAt: day.toZonedDateTime({ timeZone, plainTime: { hour } }).epochMilliseconds,
    })),
  );
}

/** The parts that hold one of the starts at least; both in order. */
function partsWith(parts: readonly Part[], starts: readonly number[]): FreePart[] {
  const held: FreePart[] = [];
  let next = 0;
  for (const [index, { date, part }] of parts.entries()) {
    const endsAt = parts[index + 1]?.startsAt ?? Infinity;
    if (next < starts.length && starts[next]! < endsAt) held.push({ date, part });
    while (next < starts.length && starts[next]! < endsAt) next++;
  }
  return held;
}
