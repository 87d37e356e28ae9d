import type { LocalDate } from './schedule.ts';

/** When weekly hours come round: on a weekday, in every so many weeks, in a season. */
export interface Rhythm {
  /** ISO 8601: 1 is Monday, 7 is Sunday. */
  weekday: number;
  everyWeeks: number;
  /** The Monday from which every second (third ...) week is counted. */
  firstMonday: LocalDate | null;
  validFrom: LocalDate | null;
  validTo: LocalDate | null;
}

/** Whether hours of this rhythm begin on that date. */
export function fallsOn(
  { weekday, everyWeeks, firstMonday, validFrom, validTo }: Rhythm,
  date: LocalDate,
): boolean {
  const day = Temporal.PlainDate.from(date);
  if (day.dayOfWeek !== weekday) return false;
  if ((validFrom !== null && date < validFrom) || (validTo !== null && date > validTo)) return false;
  if (everyWeeks === 1 || firstMonday === null) return true;
  const days = Temporal.PlainDate.from(firstMonday).until(day.subtract({ days: weekday - 1 })).days;
  return (days / 7) % everyWeeks === 0;
}

/** Minutes of the day as a clock shows them; beyond 24 hours they belong to the next day. */
export function clockText(minutes: number): string {
  const ofDay = minutes % 1440;
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
}
