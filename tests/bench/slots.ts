import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import type { DB } from '#db/schema.ts';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import type {
  AppointmentTerms,
  Schedule,
  Slot,
  SlotSearch,
} from '#lib/server/domain/availability/schedule.ts';
import { findSlotsForAll } from '#lib/server/domain/availability/slots.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { openPool } from '#lib/server/platform/db.ts';
import { median, type Figure } from '../bin/figures.ts';
import { slotsMinuteByMinute } from '../domain/availability/oracle.ts';
import { startCluster } from '../harness/cluster.ts';
import { randomFrom } from '../harness/random.ts';

/*
 * Every free slot of so many practitioners over so many days, at steps of 15 minutes: each time from another date and
 * with other blocks, and every slot made. Sizes are measured in turns, so that a busy moment of the machine falls on all.
 */

const SEED = 20_261_025;
const ROUNDS = 60;
const WARM_UP = 20;
const MINUTE = 60_000;
const ZONES = ['Europe/London', 'America/Chicago', 'America/Denver'];
const FIRST_DATE = Temporal.PlainDate.from('2026-01-05');

interface Size {
  practitioners: number;
  days: number;
  blocksPerDay: number;
}

const USUAL: Size = { practitioners: 20, days: 30, blocksPerDay: 3 };
const SIZES = [1, 20, 200].flatMap((practitioners) =>
  [30, 90].map((days) => ({ ...USUAL, practitioners, days })),
);
/**
 * What grows, and its sizes. A line through them is straight when the time grows as the size does. It ends at a hundred
 * practitioners: with more than a hundred thousand slots alive at once, copying them is most of what is measured.
 */
const LINES: readonly [what: keyof Size, sizes: readonly number[]][] = [
  ['practitioners', [5, 25, 50, 75, 100]],
  ['days', [10, 30, 50, 70, 90]],
  ['blocksPerDay', [3, 12, 24, 36, 48]],
];
const STRAIGHT = 0.95;

const terms: AppointmentTerms = {
  kind: 'consultation',
  durationMinutes: 30,
  bufferBeforeMinutes: 5,
  bufferAfterMinutes: 10,
  stepMinutes: 15,
  noticeMinutes: 120,
  horizonDays: 90,
};

/** Measures the engine alone, and then through the database. */
export async function run(): Promise<Figure[]> {
  const measured = measure();
  const { ms: usual, slots } = measured.get(nameOf(USUAL))!;
  return [
    figure('20 practitioners x 30 days, median with whatever else runs', median(usual), 'ms', null, true),
    figure('slots made each time, median', median(slots), 'slots', null, median(slots) > 5_000),
    figure(
      'ratio to a loop that makes 10,000 such objects',
      undisturbed(usual) / undisturbed(measured.get('calibration')!.ms),
      'x',
      null,
      true,
    ),
    ...SIZES.map((size) => {
      const ms = undisturbed(measured.get(nameOf(size))!.ms);
      const bar = nameOf(size) === nameOf(USUAL) ? 2.5 : null;
      return figure(nameOf(size), ms, 'ms', bar, bar === null || ms < bar);
    }),
    ...LINES.flatMap(([what, sizes]) => {
      const points = sizes.map(
        (size) => [size, Math.min(...measured.get(nameOf({ ...USUAL, [what]: size }))!.cpu)] as const,
      );
      const fit = straightLine(points);
      const name = what === 'blocksPerDay' ? 'blocks a day' : what;
      const range = `${sizes[0]} to ${sizes.at(-1)} ${name}`;
      return [
        figure(`${range}: R² of a straight line`, fit.r2, '', STRAIGHT, fit.r2 >= STRAIGHT),
        figure(`${range}: each more`, fit.slope * 1_000, 'µs', null, true),
      ];
    }),
    ...['2026-03-05', '2026-10-12'].map(differenceFromOracle),
    ...(await throughDatabase()),
  ];
}

function figure(
  name: string,
  value: number,
  unit: string,
  bar: number | null,
  ok: boolean,
  n = ROUNDS,
): Figure {
  return { name: `slots: ${name}`, value: Number(value.toPrecision(4)), unit, bar, ok, seed: SEED, n };
}

function nameOf({ practitioners, days, blocksPerDay }: Size): string {
  const blocks = blocksPerDay === USUAL.blocksPerDay ? '' : `, ${blocksPerDay} blocks a day`;
  return `${practitioners} practitioner${practitioners === 1 ? '' : 's'} x ${days} days${blocks}`;
}

interface Series {
  ms: number[];
  /** Of this process alone, garbage collection included: on a busy machine lines are drawn through these. */
  cpu: number[];
  slots: number[];
}

/** What each size took, by its name, and how many slots it made. */
function measure(): Map<string, Series> {
  const sizes = new Map(
    [...SIZES, ...LINES.flatMap(([what, list]) => list.map((size) => ({ ...USUAL, [what]: size })))].map(
      (size) => [nameOf(size), size],
    ),
  );
  const measured = new Map(
    [...sizes.keys(), 'calibration'].map((name): [string, Series] => [name, { ms: [], cpu: [], slots: [] }]),
  );
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, size] of sizes) {
      const { practitioners, search } = town(FIRST_DATE.add({ days: round + WARM_UP }), SEED + round, size);
      const { ms, cpu, result } = timed(() => findSlotsForAll(practitioners, search));
      if (round < 0) continue;
      measured.get(name)!.ms.push(ms);
      measured.get(name)!.cpu.push(cpu);
      measured.get(name)!.slots.push(result.values().reduce((sum, slots) => sum + slots.length, 0));
    }
    const { ms } = timed(() => calibrate(round));
    if (round >= 0) measured.get('calibration')!.ms.push(ms);
  }
  return measured;
}

/** The straight line nearest to these points, and how much of their spread it explains. */
function straightLine(points: readonly (readonly [x: number, y: number])[]): { slope: number; r2: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const xy = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  const xx = mean(points.map(([x]) => (x - meanX) ** 2));
  const yy = mean(points.map(([, y]) => (y - meanY) ** 2));
  return { slope: xy / xx, r2: xy ** 2 / (xx * yy) };
}

/** The slots of 20 practitioners of the demo town over 30 days, as a page asks for them. */
async function throughDatabase(): Promise<Figure[]> {
  const cluster = await startCluster();
  const { urls } = await cluster.create('demo');
  let queries = 0;
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: openPool(urls.app, { max: 1, onError: () => {} }) }),
    log: () => {
      queries++;
    },
  });
  try {
    const listed = await db
      .selectFrom('listing')
      .select((eb) => eb.ref('practitioner_id').$notNull().as('id'))
      .distinct()
      .where('may_consult', '=', true)
      .orderBy('id')
      .limit(USUAL.practitioners)
      .execute();
    const today = (await appNow(db)).toZonedDateTimeISO('UTC').toPlainDate();
    const ms: number[] = [];
    let slots = 0;
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const from = today.add({ days: 1 + (((round % 5) + 5) % 5) });
      queries = 0;
      const begun = performance.now();
      const found = await freeSlots(db, {
        practitionerIds: listed.map(({ id }) => id),
        from: from.toString(),
        to: from.add({ days: USUAL.days - 1 }).toString(),
      });
      if (round >= 0) ms.push(performance.now() - begun);
      slots = found.length;
    }
    const what = `${listed.length} practitioners x ${USUAL.days} days through the database`;
    return [
      figure(
        `${what}: queries`,
        queries,
        'queries',
        2,
        queries <= 2 && listed.length === USUAL.practitioners,
      ),
      figure(`${what}: median`, median(ms), 'ms', null, slots > 0),
      figure(`${what}: slots`, slots, 'slots', null, slots > 0),
    ];
  } finally {
    await db.destroy();
    await cluster.stop();
  }
}

function timed<T>(work: () => T): { result: T; ms: number; cpu: number } {
  const [start, cpuBefore] = [performance.now(), process.cpuUsage()];
  const result = work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { result, ms, cpu: (user + system) / 1_000 };
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

function differenceFromOracle(from: string): Figure {
  const { practitioners, search } = town(Temporal.PlainDate.from(from), SEED, USUAL);
  const found = findSlotsForAll(practitioners, search);
  let slots = 0;
  const differing = practitioners.filter(({ schedule }) => {
    const ours = found.get(schedule.practitionerId) ?? [];
    const oracles = slotsMinuteByMinute(schedule, terms, search);
    slots += oracles.length;
    return ours.length !== oracles.length || checksum(ours) !== checksum(oracles);
  });
  const name = `unlike the oracle from ${from}, by count and checksum`;
  return figure(name, differing.length, 'practitioners', 0, differing.length === 0, slots);
}

/**
 * Practitioners with two spans a day on six days a week, some at two locations. The usual blocks are spread over the
 * days; more than those lie at night, where they cost their time and take no slot away.
 */
function town(
  from: Temporal.PlainDate,
  seed: number,
  { practitioners, days, blocksPerDay }: Size,
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
    const byDay = Array.from({ length: days * USUAL.blocksPerDay }, (_, index) => {
      const startsAt = midnight + Math.floor((index + random()) * (1440 / USUAL.blocksPerDay)) * MINUTE;
      return { startsAt, endsAt: startsAt + (30 + Math.floor(random() * 60)) * MINUTE };
    });
    const byNight = Array.from({ length: days * (blocksPerDay - USUAL.blocksPerDay) }, (_, index) => {
      const startsAt = midnight + (index % days) * 1440 * MINUTE + Math.floor(120 + random() * 180) * MINUTE;
      return { startsAt, endsAt: startsAt + 20 * MINUTE };
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
      blocks: [...byDay, ...byNight],
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
