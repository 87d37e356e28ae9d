import type { Random } from './random.ts';
import type {
  DemoClosure,
  DemoHabits,
  DemoHours,
  DemoLocation,
  DemoOpening,
  DemoTerms,
  DemoWorkplace,
  Jurisdiction,
  Profession,
  Weekday,
} from './types.ts';

/** The same hours on some days of the week, `9:00-12:30`. */
function on(weekdays: Weekday[], ...spans: string[]): DemoHours[] {
  return weekdays.flatMap((weekday) =>
    spans.map((span) => {
      const [startMinute = 0, endMinute = 0] = span.split('-').map(minuteOfDay);
      return { weekday, startMinute, endMinute };
    }),
  );
}

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** How people really arrange a week. */
const weeks: DemoHours[][] = [
  on([1, 2, 3, 4, 5], '9:00-13:00', '14:00-17:30'),
  on([1, 2, 3, 4, 5], '8:00-12:30'),
  on([2, 3, 4], '13:00-19:00'),
  [...on([1, 3], '9:30-13:00', '14:00-18:00'), ...on([5], '9:30-15:00')],
  [...on([4], '12:00-20:00'), ...on([6], '9:00-15:00')],
  on([1, 2, 4], '17:00-20:30'),
  [...on([2, 5], '10:00-16:30'), ...on([6], '10:00-13:30')],
  on([3, 4, 5, 6], '9:00-12:00', '15:00-18:30'),
  [...on([1], '8:00-13:00'), ...on([2], '13:00-20:00'), ...on([4], '8:00-13:00'), ...on([5], '13:00-18:00')],
  on([6, 7], '9:30-16:00'),
  on([1, 3, 5], '7:30-11:30'),
  on([2, 4], '9:00-12:30', '13:30-17:00', '18:00-20:00'),
  [...on([1, 2, 3], '10:00-15:00'), ...on([4], '15:00-20:00')],
  [...on([3], '8:30-18:00'), ...on([5], '8:30-12:30')],
  on([1, 2, 3, 4], '9:15-14:15'),
  [...on([2], '9:00-13:00'), ...on([3], '16:00-20:00'), ...on([6], '8:30-12:30')],
  [...on([5], '9:00-13:00', '14:00-17:00'), ...on([7], '11:00-15:00')],
  on([1, 4, 5], '11:00-14:00', '15:00-19:00'),
];

/** Draws weeks for one practitioner after another; a second location takes every other working day. */
export function scheduler(random: Random): (locations: DemoLocation[]) => DemoWorkplace[] {
  const weekOf = random.deck(weeks);
  return function arrange(locations) {
    const shift = random.pick([-30, 0, 0, 0, 15, 30]);
    const hours = weekOf().map(({ weekday, startMinute, endMinute }) => ({
      weekday,
      startMinute: startMinute + shift,
      endMinute: endMinute + shift,
    }));
    const weekdays = [...new Set(hours.map(({ weekday }) => weekday))];
    return locations.map(({ slug }, place) => ({
      locationSlug: slug,
      weeklyHours: hours.filter(({ weekday }) => weekdays.indexOf(weekday) % locations.length === place),
    }));
  };
}

const prescriberFees: Record<Jurisdiction, readonly (readonly [minor: number, weight: number])[]> = {
  england: [
    [0, 2],
    [2500, 3],
    [3000, 5],
    [3500, 4],
    [4000, 6],
    [5000, 6],
    [6000, 4],
    [7500, 4],
    [9500, 2],
    [12000, 1],
  ],
  texas: [
    [0, 2],
    [3500, 2],
    [5000, 6],
    [6500, 4],
    [7500, 6],
    [9900, 3],
    [12500, 3],
    [15000, 2],
    [20000, 1],
  ],
};

const paidFeeCovers = [
  'The whole consultation and a written summary, the same whatever you decide.',
  'Your time with me, the examination and a follow-up call. The fee is the same whatever the outcome.',
  'The consultation, photographs for your own record, and answers by message for two weeks afterwards.',
  'Everything on the day. There is nothing else to pay unless you and I agree on it later.',
  'The consultation and, if you want one, a second conversation within a month.',
  'An unhurried appointment, a printed page of what we said, and a letter to your own doctor on request.',
  'The appointment itself. It does not change if the answer is no, or not yet.',
];
const freeCovers = [
  'There is no charge for the consultation, whatever you decide.',
  'I do not charge for a first conversation, and nothing is expected in return.',
];

/** On what terms a practitioner sees people. */
export function termsOf(random: Random, jurisdiction: Jurisdiction, profession: Profession): DemoTerms {
  const ordinaryFee = random.weighted(prescriberFees[jurisdiction]);
  const consultationFeeMinor =
    profession === 'doctor' ? Math.round((ordinaryFee * 1.2) / 500) * 500 : ordinaryFee;
  return {
    currency: jurisdiction === 'england' ? 'GBP' : 'USD',
    consultationFeeMinor,
    consultationFeeCovers: random.pick(consultationFeeMinor === 0 ? freeCovers : paidFeeCovers),
    consultationMinutes: random.pick([20, 25, 30, 30, 30, 40, 45, 45]),
    treatmentMinutes: random.pick([30, 30, 40, 45]),
    followUpMinutes: random.pick([15, 15, 20]),
    bufferBeforeMinutes: random.pick([0, 0, 5, 10]),
    bufferAfterMinutes: random.pick([0, 5, 10, 15]),
    stepMinutes: random.pick([15, 15, 20, 30]),
    noticeMinutes: random.pick([60, 120, 240, 720, 1440, 2880]),
    horizonDays: random.pick([42, 56, 60, 90]),
  };
}

/** Most keep a plain calendar; some count from the clock, drive between places, share rooms, or take so many a day. */
export function habitsOf(random: Random, workplaces: DemoWorkplace[]): DemoHabits {
  return {
    startsCountFrom: random.chance(0.2) ? 'clock' : 'hours',
    travelMinutes: workplaces.length > 1 ? random.pick([20, 30, 45]) : 0,
    dailyLimit: random.chance(0.15) ? random.int(6, 10) : null,
    weeklyLimit: random.chance(0.1) ? random.int(20, 30) : null,
    everyOtherWeekend: random.chance(0.3),
    sharesRooms: random.chance(0.15),
  };
}

/** Those of the first people of the town are plain, so that its stories run as they are told. */
export const PLAIN_HABITS: DemoHabits = {
  startsCountFrom: 'hours',
  travelMinutes: 0,
  dailyLimit: null,
  weeklyLimit: null,
  everyOtherWeekend: false,
  sharesRooms: false,
};

const privateReasons = [
  'Annual leave',
  'Course',
  'School holidays',
  'Conference',
  'Family',
  'Hospital list',
  'Moving rooms',
];

/** Time off, at most twice, never both in one week. */
export function closuresOf(random: Random): DemoClosure[] {
  const closures: DemoClosure[] = [];
  const privateReason = () => random.pick(privateReasons);
  if (random.chance(0.35)) {
    const week = random.int(2, 7);
    closures.push({ from: { week, weekday: 1 }, to: { week, weekday: 7 }, privateReason: privateReason() });
  }
  if (random.chance(0.3)) {
    const day = { week: random.pick([-3, 1]), weekday: random.int(1, 5) as Weekday };
    closures.push({ from: day, to: day, privateReason: privateReason() });
  }
  return closures;
}

/** Now and then somebody works on a day that is usually free. */
export function openingsOf(random: Random, workplaces: DemoWorkplace[]): DemoOpening[] {
  if (!random.chance(0.12)) return [];
  const worked = new Set(workplaces.flatMap(({ weeklyHours }) => weeklyHours.map(({ weekday }) => weekday)));
  const free = ([6, 7, 5, 1] as const).filter((weekday) => !worked.has(weekday));
  const weekday = free[0];
  if (!weekday) return [];
  const day = { week: random.int(1, 4), weekday };
  return [
    { day, locationSlug: random.pick(workplaces).locationSlug, startMinute: 10 * 60, endMinute: 13 * 60 },
  ];
}
