import { z } from 'zod';
import { DAY_PARTS } from '#lib/server/platform/search/port.ts';
import { PROFESSIONS } from '../policy/codes.ts';
import { ACCESS } from '../practitioners/input.ts';
import { isoDay } from '../shared/days.ts';
import { atMost } from '../shared/words.ts';
import { CONCERN_WORDS } from './concerns.ts';

export const DISTANCES_MILES = [5, 10, 25, 50] as const;
export const WHEN = ['any', 'today', 'tomorrow', 'week', 'fortnight', 'month'] as const;
export const SORTS = ['best', 'soonest', 'nearest', 'fee'] as const;
export const GENDERS = ['woman', 'man', 'non_binary'] as const;
/** What patients may ask to have been checked beside the registration, which always is. */
export const CHECKED = ['prescribing', 'training', 'life_support', 'premises'] as const;
/** Monday is 1. */
export const WEEKDAYS = ['1', '2', '3', '4', '5', '6', '7'] as const;

const many = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]));
/** In the order of the known ones: the same choice has one address. */
const anyOf = <Value extends string>(known: readonly Value[]) =>
  many.transform((values) => known.filter((one) => values.includes(one)));
const text = (longest: number) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) => (Array.isArray(value) ? value[0] : value)?.trim().slice(0, longest) ?? '');
const oneOf = <Value extends string>(known: readonly Value[], fallback: Value) =>
  text(20).transform((value) => known.find((one) => one === value) ?? fallback);
const wholePounds = text(6).transform((value) => (/^\d{1,5}$/.test(value) ? Number(value) : undefined));

const MOST_LANGUAGES = 10;

/** The address of a search. Whatever does not make sense is left out: an old link still finds people. */
export const searchInput = z.object({
  q: text(120),
  place: text(80),
  at: text(12).transform((value) => (/^\d{1,10}$/.test(value) ? Number(value) : undefined)),
  /** "53.80,-1.55": about a kilometre, so that no address says where somebody lives. */
  near: text(20).transform(coordinates),
  miles: text(3).transform((value) => DISTANCES_MILES.find((miles) => String(miles) === value) ?? 25),
  concern: anyOf(Object.keys(CONCERN_WORDS)),
  profession: anyOf(PROFESSIONS),
  /** The profession of whom one sees for the consultation. */
  see: anyOf(PROFESSIONS),
  checked: anyOf(CHECKED),
  language: many.transform((values) =>
    [...new Set(values)]
      .filter((value) => /^[a-z]{2,3}$/.test(value))
      .toSorted()
      .slice(0, MOST_LANGUAGES),
  ),
  gender: anyOf(GENDERS),
  access: anyOf(ACCESS),
  /** In whole pounds or dollars. */
  feeFrom: wholePounds,
  fee: wholePounds,
  when: oneOf(WHEN, 'any'),
  on: text(10).transform((value) => (isoDay().safeParse(value).success ? value : '')),
  day: anyOf(WEEKDAYS),
  part: anyOf(DAY_PARTS),
  sort: oneOf(SORTS, 'best'),
  page: text(5).transform((value) => (/^[1-9]\d{0,4}$/.test(value) ? Number(value) : 1)),
  /** With a map beside the list. */
  map: text(1).transform((value) => value === '1'),
});

export type SearchInput = z.output<typeof searchInput>;

/** The query of an address that asks this; what says nothing stays out of it. `searchInput` reads it back. */
export function searchQuery(
  asked: SearchInput,
): Record<string, string | number | readonly string[] | undefined> {
  const { place, at, near, miles, when, sort, page, map, ...rest } = asked;
  const isNear = place === '' && near !== undefined;
  return {
    ...rest,
    place,
    at: place === '' ? undefined : at,
    near: isNear ? nearText(near) : undefined,
    miles: miles === 25 ? undefined : miles,
    when: when === 'any' ? undefined : when,
    sort: sort === 'best' ? undefined : sort,
    page: page === 1 ? undefined : page,
    map: map ? 1 : undefined,
  };
}

/** As `near` is written in an address. */
export function nearText({ latitude, longitude }: NonNullable<SearchInput['near']>): string {
  return `${latitude.toFixed(2)},${longitude.toFixed(2)}`;
}

function coordinates(value: string): { latitude: number; longitude: number } | undefined {
  const [, latitude, longitude] = /^(-?\d{1,2}(?:\.\d{1,6})?),(-?\d{1,3}(?:\.\d{1,6})?)$/.exec(value) ?? [];
  if (latitude === undefined || longitude === undefined) return undefined;
  const rounded = { latitude: hundredths(latitude), longitude: hundredths(longitude) };
  return Math.abs(rounded.latitude) <= 90 && Math.abs(rounded.longitude) <= 180 ? rounded : undefined;
}

const hundredths = (degrees: string) => Math.round(Number(degrees) * 100) / 100 || 0;

/** The query of GET /api/v1/suggestions: what has been typed so far, into which field of the search. */
export const suggestionsQuery = z.strictObject({
  field: z.enum(['place', 'words'], { error: 'Say which field: place or words' }),
  typed: z.string({ error: 'Say what was typed' }).check(atMost(120, 'That is too long')),
});
