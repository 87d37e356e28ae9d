import { createHash } from 'node:crypto';
import type {
  AppointmentTerms,
  Schedule,
  Slot,
  SlotSearch,
} from '#lib/server/domain/availability/schedule.ts';
import { findSlotsForAll } from '#lib/server/domain/availability/slots.ts';
import type { Figure } from '../bin/figures.ts';
import { slotsMinuteByMinute } from '../domain/availability/oracle.ts';

const SEED = 20_261_025;
const PRACTITIONERS = 20;
const DAYS = 30;
const ITERATIONS = 300;
const WARM_UP = 100;
const MINUTE = 60_000;
const ZONES = ['Europe/London', 'America/Chicago', 'America/Denver'];
const FIRST_DATE = Temporal.PlainDate.from('2026-01-05');

const terms: AppointmentTerms = {
  kind: 'consultation',
  durationMinutes: 30,
  bufferBeforeMinutes: 5,
  bufferAfterMinutes: 10,
  stepMinutes: 15,
  noticeMinutes: 120,
  horizonDays: 90,
};

/** Measures every free slot of 20 practitioners over 30 days, each time from another date and with other blocks. */
export function run(): Promise<Figure[]> {
  const figure = (
    name: string,
    value: number,
    unit: string,
    bar: number | null,
    ok: boolean,
    n = ITERATIONS,
  ) => ({
    name: `slots: ${name}`,
    value: Number(value.toPrecision(4)),
    unit,
    bar,
    ok,
    seed: SEED,
    n,
  });

  const { base, slots, moreDays, morePractitioners, moreBlocks, calibration } = measure();
  const twice = (name: string, times: number[]) => {
    const ratio = undisturbed(times) / undisturbed(base);
    return figure(`twice the ${name}`, ratio, 'x', 2.5, ratio < 2.5);
  };
  const differences = ['2026-03-05', '2026-10-12'].map(differencesFromOracle);

  return Promise.resolve([
    figure('20 practitioners x 30 days at 15 minutes', undisturbed(base), 'ms', 2.5, undisturbed(base) < 2.5),
    figure('the same, median with whatever else runs', median(base), 'ms', null, true),
    figure('slots made each time, median', median(slots), 'slots', null, median(slots) > 5_000),
    figure('ratio to the calibration loop', undisturbed(base) / undisturbed(calibration), 'x', null, true),
    twice('days', moreDays),
    twice('practitioners', morePractitioners),
    twice('blocks', moreBlocks),
    ...differences.map(({ from, slots: n, differ }) =>
      figure(
        `unlike the oracle from ${from}, by count and checksum`,
        differ,
        'practitioners',
        0,
        differ === 0,
        n,
      ),
    ),
  ]);
}

interface Size {
  practitioners?: number;
  days?: number;
  blocksPerDay?: number;
}

type Series = 'base' | 'slots' | 'moreDays' | 'morePractitioners' | 'moreBlocks' | 'calibration';

/** What each size took, measured in turns so that a busy moment of the machine falls on all of them. */
function measure(): Record<Series, number[]> {
  const series: Record<Series, number[]> = {
    base: [],
    slots: [],
    moreDays: [],
    morePractitioners: [],
    moreBlocks: [],
    calibration: [],
  };
  for (let i = 0; i < WARM_UP + ITERATIONS; i++) {
    if (i === WARM_UP) for (const values of Object.values(series)) values.length = 0;
    const search = (size: Size) => {
      const { practitioners, search } = town(FIRST_DATE.add({ days: i }), SEED + i, size);
      return timed(() => findSlotsForAll(practitioners, search));
    };
    const base = search({});
    series.base.push(base.ms);
    series.slots.push(base.result.values().reduce((sum, slots) => sum + slots.length, 0));
    series.moreDays.push(search({ days: 2 * DAYS }).ms);
    series.morePractitioners.push(search({ practitioners: 2 * PRACTITIONERS }).ms);
    series.moreBlocks.push(search({ blocksPerDay: 6 }).ms);
    series.calibration.push(timed(() => calibrate(i)).ms);
  }
  return series;
}

function timed<T>(work: () => T): { result: T; ms: number } {
  const start = performance.now();
  const result = work();
  return { result, ms: performance.now() - start };
}

/** The fastest tenth: other work on the machine only ever adds time, so these were the least disturbed. */
function undisturbed(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 10)] ?? NaN;
}

/** Makes 10,000 objects in the shape of slots: what this machine does without any rules. */
function calibrate(round: number): Slot[] {
  const slots: Slot[] = [];
  for (let i = 0; i < 10_000; i++) {
    const startsAt = round + i * 15 * MINUTE;
    slots.push({ startsAt, endsAt: startsAt + 30 * MINUTE, locationId: 'calibration' });
  }
  return slots;
}

function differencesFromOracle(from: string): { from: string; slots: number; differ: number } {
  const { practitioners, search } = town(Temporal.PlainDate.from(from), SEED, {});
  const found = findSlotsForAll(practitioners, search);
  let slots = 0;
  const differing = practitioners.filter(({ schedule }) => {
    const ours = found.get(schedule.practitionerId) ?? [];
    const oracles = slotsMinuteByMinute(schedule, terms, search);
    slots += oracles.length;
    return ours.length !== oracles.length || checksum(ours) !== checksum(oracles);
  });
  return { from, slots, differ: differing.length };
}

/** Practitioners with two spans a day on six days a week, some at two locations, and blocks spread over the days. */
function town(
  from: Temporal.PlainDate,
  seed: number,
  { practitioners = PRACTITIONERS, days = DAYS, blocksPerDay = 3 }: Size,
): { practitioners: { schedule: Schedule; terms: AppointmentTerms }[]; search: SlotSearch } {
  const random = randomFrom(seed);
  const midnight = from.toZonedDateTime('UTC').epochMilliseconds;
  const kinds = [terms.kind];
  const schedules = Array.from({ length: practitioners }, (_, number): Schedule => {
    const timeZone = ZONES[number % ZONES.length] ?? 'UTC';
    const startMinute = 480 + 30 * (number % 5);
    const weekdaysByLocation =
      number % 4 === 0
        ? [
            [1, 2, 3],
            [4, 5, 6],
          ]
        : [[1, 2, 3, 4, 5, 6]];
    const blocks = Array.from({ length: days * blocksPerDay }, (_, index) => {
      const startsAt = midnight + Math.floor((index + random()) * (1440 / blocksPerDay)) * MINUTE;
      return { startsAt, endsAt: startsAt + (30 + Math.floor(random() * 60)) * MINUTE };
    });
    return {
      practitionerId: `practitioner ${number}`,
      locations: weekdaysByLocation.map((weekdays, index) => ({
        locationId: `location ${number}.${index}`,
        timeZone,
        weeklyHours: weekdays.flatMap((weekday) => [
          { weekday, startMinute, endMinute: 750, kinds },
          { weekday, startMinute: 795, endMinute: startMinute + 600, kinds },
        ]),
        openings: [],
      })),
      closures: [
        {
          startsAt: midnight + (number % days) * 1440 * MINUTE,
          endsAt: midnight + ((number % days) + 1) * 1440 * MINUTE,
        },
      ],
      blocks,
    };
  });
  return {
    practitioners: schedules.map((schedule) => ({ schedule, terms })),
    search: { now: midnight, from: from.toString(), to: from.add({ days: days - 1 }).toString() },
  };
}

function checksum(slots: readonly Slot[]): string {
  return createHash('sha256').update(JSON.stringify(slots)).digest('hex');
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
