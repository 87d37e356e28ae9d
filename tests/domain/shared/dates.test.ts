import { expect, it } from 'vitest';
import {
  ageOn,
  formatCalendarDate,
  formatDate,
  formatDay,
  formatDayTime,
  formatTime,
  formatZone,
  localDate,
} from '#lib/server/domain/shared/dates.ts';

const evening = Temporal.Instant.from('2026-12-08T00:05:00Z');

it('tells the day and the time on the clock of the place', () => {
  expect(formatDay(evening, 'Europe/London')).toBe('Tue 8 December');
  expect(formatDay(evening, 'America/Denver')).toBe('Mon 7 December');
  expect(formatTime(evening, 'Europe/London')).toBe('00:05');
  expect(formatTime(evening, 'America/Denver')).toBe('5:05 pm');
  expect(formatTime(Temporal.Instant.from('2026-12-08T07:00:00Z'), 'America/Denver')).toBe('12:00 am');
  expect(formatDayTime(evening, 'America/Chicago')).toBe('Mon 7 December, 6:05 pm');
  expect(formatDate(evening, 'Europe/London')).toBe('8 December 2026');
  expect(formatCalendarDate('1984-03-27')).toBe('27 March 1984');
  expect(formatZone('America/Argentina/Buenos_Aires')).toBe('Buenos Aires time');
  expect(localDate(evening, 'America/Denver')).toBe('2026-12-07');
});

it.each([
  ['2008-11-24', '2026-11-23', 17],
  ['2008-11-24', '2026-11-24', 18],
  ['2008-02-29', '2026-02-28', 17],
  ['2008-02-29', '2026-03-01', 18],
  ['2008-02-29', '2028-02-29', 20],
])('counts full years from %s to %s', (born, day, age) => {
  expect(ageOn(born, day)).toBe(age);
});
