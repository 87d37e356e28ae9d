/*
 * Instants as people read them, on the clock of the place where they happen (C6). The server's own zone plays no part.
 * Days are "Tue 8 December" everywhere, never 12/08, which means another day across the Atlantic.
 */

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** "Tue 8 December" */
export function formatDay(instant: Temporal.Instant, timeZone: string): string {
  return formatCalendarDay(localDate(instant, timeZone));
}

/** "14:30", or "2:30 pm" where people read a 12-hour clock. */
export function formatTime(instant: Temporal.Instant, timeZone: string): string {
  const { hour, minute } = instant.toZonedDateTimeISO(timeZone);
  const minutes = String(minute).padStart(2, '0');
  if (!readsTwelveHours(timeZone)) return `${String(hour).padStart(2, '0')}:${minutes}`;
  return `${hour % 12 || 12}:${minutes} ${hour < 12 ? 'am' : 'pm'}`;
}

/** "Tue 8 December, 14:30" */
export function formatDayTime(instant: Temporal.Instant, timeZone: string): string {
  return `${formatDay(instant, timeZone)}, ${formatTime(instant, timeZone)}`;
}

/** "8 December 2026": for records, which are read years later. */
export function formatDate(instant: Temporal.Instant, timeZone: string): string {
  return formatCalendarDate(localDate(instant, timeZone));
}

/** "8 December 2026, 14:30" */
export function formatDateTime(instant: Temporal.Instant, timeZone: string): string {
  return `${formatDate(instant, timeZone)}, ${formatTime(instant, timeZone)}`;
}

/** A calendar date, `2026-12-08`, as "Tue 8 December". */
export function formatCalendarDay(date: string): string {
  const { dayOfWeek, day, month } = Temporal.PlainDate.from(date);
  return `${WEEKDAYS[dayOfWeek - 1]} ${day} ${MONTHS[month - 1]}`;
}

/** A calendar date, `1984-03-27`, as "27 March 1984". */
export function formatCalendarDate(date: string): string {
  const { day, month, year } = Temporal.PlainDate.from(date);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

/** The zone by the city it is named after: "London time". */
export function formatZone(timeZone: string): string {
  return `${timeZone.split('/').at(-1)!.replaceAll('_', ' ')} time`;
}

/** The calendar date there at that instant, `2026-12-08`. */
export function localDate(instant: Temporal.Instant, timeZone: string): string {
  return instant.toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** Full years from a date of birth to a day; who was born on 29 February comes of age on 1 March. */
export function ageOn(dateOfBirth: string, day: string): number {
  const born = Temporal.PlainDate.from(dateOfBirth);
  const { year, month, day: dayOfMonth } = Temporal.PlainDate.from(day);
  const hadBirthday = month > born.month || (month === born.month && dayOfMonth >= born.day);
  return year - born.year - (hadBirthday ? 0 : 1);
}

/** The United States; everybody else whom we serve reads 24 hours. */
function readsTwelveHours(timeZone: string): boolean {
  return timeZone.startsWith('America/');
}
