import { datesBetween } from './dates.ts';
import { DAY_PARTS, type DayPart, type FreePart, type SearchQuestion } from './port.ts';

/** No free part of a day is known further ahead than this. */
export const FREE_DAYS = 120;
const EPOCH = Temporal.PlainDate.from('1970-01-01');

/** One number for a part of a day: engines count faster than they read. */
export function freeNumber({ date, part }: FreePart): number {
  return dayNumber(date) * DAY_PARTS.length + DAY_PARTS.indexOf(part);
}

/** The numbers of the parts that fit a question, for each of its zones. */
export function freeWanted({ free = [], parts }: SearchQuestion): { timeZone: string; numbers: number[] }[] {
  const wanted: readonly DayPart[] = parts === undefined || parts.length === 0 ? DAY_PARTS : parts;
  return [...Map.groupBy(free, ({ timeZone }) => timeZone)].map(([timeZone, spans]) => ({
    timeZone,
    numbers: spans
      .flatMap(({ from, to }) => datesBetween(from, to))
      .flatMap((date) => wanted.map((part) => freeNumber({ date, part }))),
  }));
}

/** The week of an instant on the clock of a place, counted from 1970: who is free in the same week is equally soon. */
export function weekOf(instant: Temporal.Instant, timeZone: string): number {
  // 1970 began on a Thursday.
  return Math.floor((dayNumber(instant.toZonedDateTimeISO(timeZone).toPlainDate()) + 3) / 7);
}

/** Every document names the same days. */
const dayNumbers = new Map<string, number>();
const MOST_DAYS = 1_000;

function dayNumber(date: string | Temporal.PlainDate): number {
  const name = String(date);
  let number = dayNumbers.get(name);
  if (number === undefined) {
    number = EPOCH.until(name).days;
    if (dayNumbers.size >= MOST_DAYS) dayNumbers.clear();
    dayNumbers.set(name, number);
  }
  return number;
}
