import type { LocalDate, WeeklyHours } from './schedule.ts';

const MINUTES_OF_A_WEEK = 7 * 1440;
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

type Rhythm = Pick<WeeklyHours, 'weekday' | 'everyWeeks' | 'firstMonday' | 'validFrom' | 'validTo'>;

/** Whether weekly hours begin on that date. */
export function fallsOn(hours: Rhythm, date: LocalDate): boolean {
  const { weekday, everyWeeks = 1, firstMonday, validFrom, validTo } = hours;
  const day = Temporal.PlainDate.from(date);
  if (day.dayOfWeek !== weekday || date < (validFrom ?? date) || date > (validTo ?? date)) return false;
  if (everyWeeks === 1 || !firstMonday) return true;
  return weeksBetween(firstMonday, day.subtract({ days: weekday - 1 }).toString()) % everyWeeks === 0;
}

/** Minutes of the day as a clock shows them; beyond 24 hours they belong to the next day. */
export function clockText(minutes: number): string {
  const ofDay = minutes % 1440;
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`;
}

/** "Monday 22:00 to 02:00" */
export function hoursText({ weekday, startMinute, endMinute }: WeeklyHours): string {
  return `${WEEKDAYS[weekday - 1]} ${clockText(startMinute)} to ${clockText(endMinute)}`;
}

/** Whether there can be a week in which both are open at one time. */
export function meet(a: WeeklyHours, b: WeeklyHours): boolean {
  return inOneSeason(a, b) && inOneWeek(a, b) && atOneTime(a, b);
}

function inOneSeason(a: WeeklyHours, b: WeeklyHours): boolean {
  const [first, last] = ['0000-01-01', '9999-12-31'];
  return (a.validFrom ?? first) <= (b.validTo ?? last) && (b.validFrom ?? first) <= (a.validTo ?? last);
}

/** Weeks that come round at different times meet when their distance is a multiple of what both have in common. */
function inOneWeek(
  { everyWeeks: a = 1, firstMonday: x }: Rhythm,
  { everyWeeks: b = 1, firstMonday: y }: Rhythm,
) {
  return !x || !y || weeksBetween(x, y) % commonDivisor(a, b) === 0;
}

function atOneTime(a: WeeklyHours, b: WeeklyHours): boolean {
  const begin = ({ weekday, startMinute }: WeeklyHours) => (weekday - 1) * 1440 + startMinute;
  const length = ({ startMinute, endMinute }: WeeklyHours) => endMinute - startMinute;
  // How far b begins after a, round the week; Sunday night runs into Monday.
  const after = (begin(b) - begin(a) + MINUTES_OF_A_WEEK) % MINUTES_OF_A_WEEK;
  return after < length(a) || MINUTES_OF_A_WEEK - after < length(b);
}

function weeksBetween(a: LocalDate, b: LocalDate): number {
  return Math.abs(Temporal.PlainDate.from(a).until(b).days) / 7;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
