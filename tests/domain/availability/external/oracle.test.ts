import fc from 'fast-check';
import ICAL from 'ical.js';
import { expect, test } from 'vitest';
import { readCalendar } from '#lib/server/domain/availability/external/ics.ts';
import { calendarOf, entry } from './calendar-text.ts';

const SEED = Number(process.env.SEED ?? 20_260_329);
const CASES = 5_000;
const ms = (text: string) => Temporal.Instant.from(text).epochMilliseconds;
const horizon = { startsAt: ms('2026-01-01T00Z'), endsAt: ms('2027-06-01T00Z') };
const ZONES = ['Europe/London', 'America/Chicago', 'America/Denver', 'Pacific/Auckland', 'Africa/Lagos'];

const list = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { minLength: 1, maxLength: 3 });
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const weekdays = list(fc.constantFrom(...WEEKDAYS)).map((days) => `;BYDAY=${days.join(',')}`);
const monthDays = list(fc.integer({ min: 1, max: 28 })).map((days) => `;BYMONTHDAY=${days.join(',')}`);
const nth = fc
  .tuple(fc.constantFrom(1, 2, 3, 4, -1), fc.constantFrom(...WEEKDAYS))
  .map(([n, day]) => `;BYDAY=${n}${day}`);
const shape = fc.oneof(
  fc.constant('FREQ=DAILY'),
  fc.oneof(fc.constant(''), weekdays).map((by) => `FREQ=WEEKLY${by}`),
  fc.oneof(fc.constant(''), monthDays, nth).map((by) => `FREQ=MONTHLY${by}`),
  fc.constant('FREQ=YEARLY'),
);
const end = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 40 }).map((count) => `;COUNT=${count}`),
  fc.integer({ min: 1, max: 12 }).map((month) => `;UNTIL=2026${String(month).padStart(2, '0')}15T120000`),
);
const series = fc.record({
  // Every month has the day; every zone has the hours, on the days of its changes too.
  day: fc.integer({ min: 1, max: 28 }),
  month: fc.integer({ min: 1, max: 12 }),
  year: fc.integer({ min: 2024, max: 2026 }),
  hour: fc.integer({ min: 4, max: 22 }),
  rule: fc
    .tuple(shape, fc.integer({ min: 1, max: 4 }), end)
    .map(([freq, interval, until]) => `${freq};INTERVAL=${interval}${until}`),
  zone: fc.constantFrom(...ZONES),
  leftOut: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 2 }),
});

/** The starts as ical.js counts them on the wall, and that it places with the zone's own rules. */
function startsByIcal(component: ICAL.Component, zone: string, last: number): string[] {
  const expansion = new ICAL.Event(component).iterator();
  const starts: string[] = [];
  for (let time = expansion.next(); time; time = expansion.next()) {
    const at = Temporal.PlainDateTime.from(time.toString()).toZonedDateTime(zone);
    if (at.epochMilliseconds >= last) break;
    starts.push(at.toInstant().toString());
  }
  return starts;
}

test(`${CASES} series equal those of a second reader, seed ${SEED}`, () => {
  let found = 0;
  fc.assert(
    fc.property(series, ({ day, month, year, hour, rule, zone, leftOut }) => {
      const two = (number: number) => String(number).padStart(2, '0');
      const lines = (start: string, without: readonly string[]) =>
        entry(
          `DTSTART;TZID=${zone}:${start}`,
          'DURATION:PT30M',
          `RRULE:${rule}`,
          ...without.map((text) => `EXDATE;TZID=${zone}:${text}`),
        );
      const componentOf = (text: string) =>
        new ICAL.Component(ICAL.parse(calendarOf(text)) as unknown[]).getFirstSubcomponent('vevent')!;
      const compact = (time: string) => time.replaceAll(/[-:]/g, '').slice(0, 15);

      // A start that its own rule does not name is undefined in RFC 5545: ours is the first that it does name.
      const typed = `${year}${two(month)}${two(day)}T${two(hour)}1500`;
      const named = new ICAL.Event(componentOf(lines(typed, []))).iterator();
      const times = Array.from({ length: 7 }, () => named.next()).filter(
        (time) => time !== undefined && time !== null,
      );
      if (times.length === 0) return;
      const start = compact(times[0]!.toString());
      const without = leftOut.flatMap((index) => (times[index] ? [compact(times[index].toString())] : []));

      const text = lines(start, without);
      // The last moment is written in UTC; ical.js, which has no zone here, is told it on the wall.
      const inUtc = text.replace(/(?<=UNTIL=)\w+/, (wall) =>
        compact(Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).toInstant().toString()).concat('Z'),
      );
      const ours = readCalendar(calendarOf(inUtc), { ...horizon, timeZone: 'UTC' }).busy.map(({ startsAt }) =>
        Temporal.Instant.fromEpochMilliseconds(startsAt).toString(),
      );
      const theirs = startsByIcal(componentOf(text), zone, horizon.endsAt).filter(
        (at) => ms(at) + 30 * 60_000 > horizon.startsAt,
      );
      expect(ours).toEqual(theirs);
      found += ours.length;
    }),
    { numRuns: CASES, seed: SEED },
  );
  process.stdout.write(`${found} times in ${CASES} series, seed ${SEED}\n`);
  expect(found).toBeGreaterThan(CASES * 5);
});
