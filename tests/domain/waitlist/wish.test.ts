import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseTime, isNight, type Time, type Wish } from '#lib/server/domain/waitlist/wish.ts';

const RUNS = 5_000;
const SEED = 20_261;
const MONDAY = Temporal.Instant.from('2026-03-23T00:00:00Z');
// Over the last Sunday in March, when the clocks go forward.
const ZONE = 'Europe/London';

const time = fc
  .record({ quarter: fc.nat(14 * 96), quarters: fc.integer({ min: 1, max: 4 }) })
  .map(({ quarter, quarters }): Time => {
    const start = MONDAY.add({ minutes: quarter * 15 });
    return { start, end: start.add({ minutes: quarters * 15 }) };
  });

const wish = fc
  .record({
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    hours: fc.tuple(fc.nat(23), fc.integer({ min: 1, max: 24 })),
    days: fc.tuple(fc.nat(14), fc.nat(14)),
    booked: fc.option(fc.nat(14 * 24)),
    asked: fc.array(fc.nat(14 * 96), { maxLength: 3 }),
    busy: fc.array(fc.nat(14 * 24), { maxLength: 3 }),
    hasOffer: fc.boolean(),
    wasAsked: fc.boolean(),
  })
  .map(({ weekdays, hours, days, booked, asked, busy, hasOffer, wasAsked }): Wish => {
    const [earliest, latest] = days.toSorted((a, b) => a - b) as [number, number];
    const day = (n: number) => Temporal.PlainDate.from('2026-03-23').add({ days: n }).toString();
    const at = (minutes: number) => MONDAY.add({ minutes });
    return {
      entryId: 'entry',
      patientId: 'patient',
      kind: 'consultation',
      isDouble: false,
      weekdays,
      fromMinute: Math.min(hours[0], hours[1] - 1) * 60,
      untilMinute: Math.max(hours[0] + 1, hours[1]) * 60,
      earliestDay: day(earliest),
      latestDay: day(latest),
      bookedFor: booked === null ? null : at(booked * 60),
      hasOffer: hasOffer && wasAsked,
      wasAsked: wasAsked && !hasOffer,
      askedStarts: asked.map((quarter) => at(quarter * 15).epochMilliseconds),
      busy: busy.map((hour) => [at(hour * 60).epochMilliseconds, at(hour * 60 + 60).epochMilliseconds]),
    };
  });

/** Whether somebody can have this time, said all at once. */
function fits(of: Wish, { start, end }: Time, notBefore: Temporal.Instant): boolean {
  const [from, until] = [start.toZonedDateTimeISO(ZONE), end.epochMilliseconds - start.epochMilliseconds];
  const minute = from.hour * 60 + from.minute;
  return (
    start.epochMilliseconds >= notBefore.epochMilliseconds &&
    of.weekdays.includes(from.dayOfWeek) &&
    minute >= of.fromMinute &&
    minute + until / 60_000 <= of.untilMinute &&
    from.toPlainDate().toString() >= of.earliestDay &&
    from.toPlainDate().toString() <= of.latestDay &&
    (of.bookedFor === null || end.epochMilliseconds <= of.bookedFor.epochMilliseconds) &&
    !of.askedStarts.includes(start.epochMilliseconds) &&
    of.busy.every(([a, b]) => b <= start.epochMilliseconds || end.epochMilliseconds <= a)
  );
}

it('chooses the first time that fits, and gives a reason only when none does', () => {
  process.stdout.write(`what fits a wish: seed ${SEED}, ${RUNS} runs\n`);
  let chosen = 0;
  fc.assert(
    fc.property(wish, fc.array(time, { maxLength: 12 }), fc.nat(14 * 24), (who, times, hour) => {
      const notBefore = MONDAY.add({ hours: hour / 4 > 14 * 6 ? 0 : Math.floor(hour / 8) });
      const found = chooseTime(who, times, { timeZone: ZONE, notBefore });
      if (who.hasOffer) expect(found).toBe('has_offer');
      else if (who.wasAsked) expect(found).toBe('asked_before');
      else {
        const first = times.find((each) => fits(who, each, notBefore));
        if (first === undefined) expect(typeof found).toBe('string');
        else expect(found).toBe(first);
        if (times.length === 0) expect(found).toBe('nothing_that_long');
        chosen += first === undefined ? 0 : 1;
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(chosen).toBeGreaterThan(RUNS / 20);
});

it('knows the night by the clock of the clinic', () => {
  const night = (instant: string, zone: string) => isNight(Temporal.Instant.from(instant), zone);
  expect(night('2026-07-01T20:59:59Z', ZONE)).toBe(false);
  expect(night('2026-07-01T21:00:00Z', ZONE)).toBe(true);
  expect(night('2026-07-02T05:59:59Z', ZONE)).toBe(true);
  expect(night('2026-07-02T06:00:00Z', ZONE)).toBe(false);
  expect(night('2026-07-01T21:00:00Z', 'America/Denver')).toBe(false);
});
