import { demoCities } from '#db/demo/cities.ts';
import type { Facts, Practice } from './facts.ts';

/** How far a practice meets one thing that a patient asked for. */
export type Verdict = 'yes' | 'nearly' | 'no';
export type Wish = (practice: Practice, facts: Facts) => Verdict;
export type Grade = 0 | 1 | 2 | 3;

/** 3 meets everything; each wish that is only nearly met takes one away, down to 1; one that is not met leaves 0. */
export function grade(wishes: readonly Wish[], practice: Practice, facts: Facts): Grade {
  const verdicts = wishes.map((wish) => wish(practice, facts));
  if (verdicts.includes('no')) return 0;
  return Math.max(1, 3 - verdicts.filter((verdict) => verdict === 'nearly').length) as Grade;
}

const must =
  (meets: (practice: Practice) => boolean): Wish =>
  (practice) =>
    meets(practice) ? 'yes' : 'no';

export const sees = (...concerns: string[]) =>
  must((practice) => concerns.every((concern) => practice.concerns.includes(concern)));
export const is = (...professions: string[]) => must(({ profession }) => professions.includes(profession));
/** Any of these languages. */
export const speaks = (...languages: string[]) =>
  must((practice) => languages.some((language) => practice.languages.includes(language)));
export const woman = must(({ gender }) => gender === 'woman');
export const man = must(({ gender }) => gender === 'man');
export const nonBinary = must(({ gender }) => gender === 'non_binary');
export const has = (...features: string[]) =>
  must(({ access }) => features.every((feature) => access.includes(feature)));

const POUNDS_OR_DOLLARS = ['GBP', 'USD'];
export const atMost = (amount: number, ...currencies: string[]) =>
  must(
    ({ feeMinor, currency }) =>
      feeMinor <= amount * 100 && (currencies.length > 0 ? currencies : POUNDS_OR_DOLLARS).includes(currency),
  );
/** In the cheapest third of those who charge this currency; the middle third nearly is. */
export const cheap: Wish = ({ feeMinor, currency }, { practices }) => {
  const fees = practices
    .filter((practice) => practice.currency === currency)
    .map((practice) => practice.feeMinor)
    .sort((a, b) => a - b);
  const [third, twoThirds] = [1, 2].map((part) => fees[Math.floor((fees.length * part) / 3)]!) as [
    number,
    number,
  ];
  return feeMinor <= third ? 'yes' : feeMinor <= twoThirds ? 'nearly' : 'no';
};

const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();

/** Somebody of exactly this name, or whose name has all these words in it; how they are accented does not matter. */
export const named = (name: string) =>
  must((practice) => {
    const theirs = plain(`${practice.name} ${practice.nativeName ?? ''}`).split(' ');
    return plain(name)
      .split(' ')
      .every((word) => theirs.includes(word));
  });
export const atClinic = (name: string) => must(({ clinicName }) => plain(clinicName).includes(plain(name)));

const TOWN_RING_KM = 10;
const DISTRICT_RING_KM = 5;
/** 25 miles: what the form asks for unless told otherwise. */
const AWAY_KM = 40.2336;

const districts = new Map(
  demoCities.flatMap((city) => city.districts.map((district) => [district.name, district])),
);

/** Within ten kilometres of the middle of a town or five of that of a district; within 25 miles it nearly is. */
export const near =
  (name: string): Wish =>
  (practice, { towns }) => {
    const district = districts.get(name);
    const place = district ?? towns.get(name);
    if (!place) throw new Error(`nobody knows where ${name} is`);
    const km = kilometresBetween(practice, place);
    return km <= (district ? DISTRICT_RING_KM : TOWN_RING_KM) ? 'yes' : km <= AWAY_KM ? 'nearly' : 'no';
  };

/** On a great circle of a ball. */
export function kilometresBetween(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [fromLatitude, toLatitude] = [radians(a.latitude), radians(b.latitude)];
  const haversine =
    Math.sin((toLatitude - fromLatitude) / 2) ** 2 +
    Math.cos(fromLatitude) * Math.cos(toLatitude) * Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * 6371.0088 * Math.asin(Math.sqrt(haversine));
}

/** A free time within seven days; a later one, or none yet, nearly is. */
export const soon: Wish = ({ free }, { now }) =>
  free.some((time) => hoursFrom(now, time) <= 7 * 24) ? 'yes' : 'nearly';
/** Within two days; nearly, within seven. */
export const atOnce: Wish = ({ free }, { now }) => {
  const hours = free.map((time) => hoursFrom(now, time));
  return hours.some((one) => one <= 48) ? 'yes' : hours.some((one) => one <= 7 * 24) ? 'nearly' : 'no';
};

function hoursFrom(now: Temporal.Instant, time: Temporal.ZonedDateTime): number {
  return now.until(time.toInstant()).total('hours');
}

export type When = (time: Temporal.ZonedDateTime) => boolean;
export const mornings: When = ({ hour }) => hour < 12;
export const afternoons: When = ({ hour }) => hour >= 12 && hour < 17;
/** After work. */
export const evenings: When = ({ hour }) => hour >= 17;
export const lunchtimes: When = ({ hour }) => hour >= 12 && hour < 14;
export const weekdays: When = ({ dayOfWeek }) => dayOfWeek <= 5;
const on =
  (...days: number[]): When =>
  ({ dayOfWeek }) =>
    days.includes(dayOfWeek);
export const [mondays, tuesdays, fridays, saturdays, sundays, weekends] = [
  on(1),
  on(2),
  on(5),
  on(6),
  on(7),
  on(6, 7),
];

/** Free at such a time within the next seven days; within four weeks it nearly is. */
export const free =
  (...whens: When[]): Wish =>
  (practice, { now }) => {
    const fitting = practice.free.filter((time) => whens.every((when) => when(time)));
    if (fitting.length === 0) return 'no';
    return fitting.some((time) => daysFrom(now, time) <= 7) ? 'yes' : 'nearly';
  };

/** Free on a day so many days from today, both included, on the calendar of the place. */
export const freeInDays =
  (first: number, last = first): Wish =>
  (practice, { now }) =>
    practice.free.some((time) => daysFrom(now, time) >= first && daysFrom(now, time) <= last) ? 'yes' : 'no';

/** Free in the week after this one, Monday to Sunday. */
export const freeNextWeek: Wish = (practice, facts) => {
  const daysToMonday = 8 - facts.now.toZonedDateTimeISO(practice.timeZone).dayOfWeek;
  return freeInDays(daysToMonday, daysToMonday + 6)(practice, facts);
};

function daysFrom(now: Temporal.Instant, time: Temporal.ZonedDateTime): number {
  return now.toZonedDateTimeISO(time.timeZoneId).toPlainDate().until(time.toPlainDate()).days;
}
