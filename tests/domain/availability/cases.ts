import fc from 'fast-check';
import { APPOINTMENT_KINDS } from '#lib/server/domain/availability/schedule.ts';
import type {
  AppointmentTerms,
  Block,
  Closure,
  Limits,
  LocationHours,
  Opening,
  Range,
  Room,
  Schedule,
  SlotSearch,
  WeeklyHours,
} from '#lib/server/domain/availability/schedule.ts';

export interface SlotCase {
  schedule: Schedule;
  terms: AppointmentTerms;
  search: SlotSearch;
}

/** Clock changes by an hour and by half, by day and at midnight, both hemispheres, far offsets, and no change. */
const TIME_ZONES = [
  'Europe/London',
  'America/Chicago',
  'America/Denver',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Havana',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
  'UTC',
];

/** Dates worth starting from: around the clock changes of the zones above, ends of months and years, plain days. */
const DATES = [
  '2026-03-07',
  '2026-03-28',
  '2026-04-04',
  '2026-04-23',
  '2026-10-03',
  '2026-10-24',
  '2026-10-31',
  '2026-12-31',
  '2027-03-13',
  '2028-02-28',
];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const date = fc
  .tuple(fc.constantFrom(...DATES), fc.nat(2))
  .map(([first, days]) => Temporal.PlainDate.from(first).add({ days }).toString());

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

const instant = (from: string, minHours: number, maxHours: number) =>
  fc
    .tuple(
      fc.integer({ min: minHours * 60, max: maxHours * 60 }),
      fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(MINUTE - 1) }),
    )
    .map(([minutes, ms]) => Temporal.Instant.from(`${from}T00Z`).epochMilliseconds + minutes * MINUTE + ms);

/** Often on the quarter, so that spans and blocks meet exactly; else on any minute. */
const minuteOfDay = fc.oneof(
  fc.nat(95).map((quarter) => quarter * 15),
  fc.nat(1439),
);

const hours = fc
  .record({
    startMinute: minuteOfDay,
    length: fc.oneof(
      fc.integer({ min: 1, max: 96 }).map((q) => q * 15),
      fc.integer({ min: 1, max: 1440 }),
    ),
    kinds: fc.oneof(
      { weight: 3, arbitrary: fc.constant(APPOINTMENT_KINDS) },
      { weight: 1, arbitrary: fc.subarray([...APPOINTMENT_KINDS], { minLength: 1 }) },
    ),
  })
  .map(({ startMinute, length, kinds }) => ({ startMinute, endMinute: startMinute + length, kinds }));

const weeklyHours: fc.Arbitrary<WeeklyHours> = fc
  .record({
    hours,
    weekday: fc.integer({ min: 1, max: 7 }),
    validFrom: sometimes(date),
    validTo: sometimes(date),
    everyWeeks: fc.constantFrom(1, 1, 1, 1, 1, 2, 3),
    firstMonday: fc.constantFrom('2026-01-05', '2026-03-30', '2026-10-26', '2028-02-28'),
  })
  .map(({ hours: span, ...rest }) => ({ ...span, ...rest }));

const opening: fc.Arbitrary<Opening> = fc.tuple(hours, date).map(([span, on]) => ({ ...span, date: on }));

const range = (from: string, maxMinutes: number): fc.Arbitrary<Range> =>
  fc
    .tuple(instant(from, -30, 100), fc.nat(maxMinutes))
    .map(([startsAt, minutes]) => ({ startsAt, endsAt: startsAt + minutes * MINUTE }));

const travelMinutes = fc.constantFrom(0, 0, 20, 45);

/** A block anywhere: at a location of the schedule, at a third one, or nobody knows where. */
export const block = (from: string): fc.Arbitrary<Block> =>
  fc
    .record({
      taken: range(from, 200),
      locationId: fc.constantFrom(null, 'first', 'first', 'second', 'third'),
      travelMinutes,
    })
    .map(({ taken, ...rest }) => ({ ...taken, ...rest }));

const rooms = (from: string): fc.Arbitrary<Room[]> =>
  fc
    .array(fc.array(range(from, 300), { maxLength: 6 }), { maxLength: 3 })
    .map((list) => list.map((blocks, index) => ({ roomId: `room ${index}`, blocks })));

const limits = (from: string): fc.Arbitrary<Limits> =>
  fc.record({
    perDay: fc.constantFrom(null, 1, 2, 3),
    perWeek: fc.constantFrom(null, 2, 4, 6),
    starts: fc.array(instant(from, -170, 240), { maxLength: 6 }),
  });

const orNone = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const location = (locationId: string, from: string): fc.Arbitrary<LocationHours> =>
  fc.record({
    locationId: fc.constant(locationId),
    timeZone: fc.constantFrom(...TIME_ZONES),
    weeklyHours: fc.array(weeklyHours, { minLength: 6, maxLength: 20, size: 'max' }),
    openings: fc.array(opening, { maxLength: 3 }),
    closedDates: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(date, { maxLength: 2 })),
    travelMinutes,
    rooms: orNone(rooms(from)),
    limits: orNone(limits(from)),
  });

const closure = (from: string): fc.Arbitrary<Closure> =>
  fc
    .tuple(range(from, 1500), fc.constantFrom(null, 'first', 'second'))
    .map(([closed, locationId]) => ({ ...closed, locationId }));

const terms: fc.Arbitrary<AppointmentTerms> = fc.record({
  kind: fc.constantFrom(...APPOINTMENT_KINDS),
  durationMinutes: fc.oneof(fc.constantFrom(15, 30, 45, 60), fc.integer({ min: 1, max: 240 })),
  bufferBeforeMinutes: fc.constantFrom(0, 0, 5, 10, 37),
  bufferAfterMinutes: fc.constantFrom(0, 0, 5, 15, 61),
  stepMinutes: fc.oneof(fc.constantFrom(5, 10, 15, 20, 30, 60), fc.integer({ min: 1, max: 90 })),
  startsCountFrom: fc.constantFrom('hours', 'hours', 'clock'),
  noticeMinutes: fc.constantFrom(0, 0, 60, 1440),
  horizonDays: fc.constantFrom(1, 2, 30, 90, 90),
});

/** A practitioner's calendar and a search of one to three days in it. */
export const slotCase: fc.Arbitrary<SlotCase> = date.chain((from) =>
  fc
    .record({
      locations: fc.oneof(
        fc.tuple(location('first', from)),
        fc.tuple(location('first', from)),
        fc.tuple(location('first', from), location('second', from)),
      ),
      closures: fc.array(closure(from), { maxLength: 2 }),
      blocks: fc.array(block(from), { maxLength: 12 }),
      terms,
      now: fc.oneof(
        fc.constant(-7 * DAY),
        fc.integer({ min: -48 * 60, max: 72 * 60 }).map((m) => m * MINUTE),
      ),
      days: fc.nat(2),
    })
    .map(({ locations, closures, blocks, terms, now, days }) => ({
      schedule: { practitionerId: 'practitioner', locations, closures, blocks },
      terms,
      search: {
        now: Temporal.Instant.from(`${from}T00Z`).epochMilliseconds + now,
        from,
        to: Temporal.PlainDate.from(from).add({ days }).toString(),
      },
    })),
);

/** A calendar, and the same one with something more taken in it: at random a block, a closure, a room or a visit. */
export function withMoreTaken(before: SlotCase): fc.Arbitrary<{ before: SlotCase; after: SlotCase }> {
  const { schedule, search } = before;
  const everywhere = (changed: (location: LocationHours) => LocationHours): Schedule => ({
    ...schedule,
    locations: schedule.locations.map(changed),
  });
  return fc
    .oneof(
      block(search.from).map((more): Schedule => ({ ...schedule, blocks: [...schedule.blocks, more] })),
      closure(search.from).map((more): Schedule => ({ ...schedule, closures: [...schedule.closures, more] })),
      range(search.from, 300).map((more) =>
        everywhere((location) => ({
          ...location,
          rooms: location.rooms?.map((room, index) =>
            index === 0 ? { ...room, blocks: [...room.blocks, more] } : room,
          ),
        })),
      ),
      instant(search.from, -48, 120).map((start) =>
        everywhere((location) => ({
          ...location,
          limits: location.limits && { ...location.limits, starts: [...location.limits.starts, start] },
        })),
      ),
    )
    .map((fuller) => ({ before, after: { ...before, schedule: fuller } }));
}
