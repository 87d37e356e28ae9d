import { z } from 'zod';
import { PROFESSIONS } from '../policy/codes.ts';
import { CONCERN_WORDS } from './concerns.ts';

export const DISTANCES_MILES = [5, 10, 25, 50] as const;
export const WHEN = ['any', 'today', 'week', 'fortnight'] as const;

const many = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]));
const knownOf = (known: readonly string[]) =>
  many.transform((values) => values.filter((value) => known.includes(value)));
const text = (longest: number) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) => (Array.isArray(value) ? value[0] : value)?.trim().slice(0, longest) ?? '');
const oneOf = <Value extends string>(known: readonly Value[], fallback: Value) =>
  text(20).transform((value) => known.find((one) => one === value) ?? fallback);

/** The address of a search. Whatever does not make sense is left out: an old link still finds people. */
export const searchInput = z.object({
  q: text(80),
  place: text(80),
  at: text(12).transform((value) => (/^\d{1,10}$/.test(value) ? Number(value) : undefined)),
  miles: text(3).transform((value) => DISTANCES_MILES.find((miles) => String(miles) === value) ?? 25),
  concern: knownOf(Object.keys(CONCERN_WORDS)),
  profession: knownOf(PROFESSIONS),
  language: text(12),
  gender: oneOf(['', 'woman', 'man', 'non_binary'] as const, ''),
  fee: text(6).transform((value) => (/^\d{1,5}$/.test(value) ? Number(value) : undefined)),
  when: oneOf(WHEN, 'any'),
  sort: oneOf(['soonest', 'nearest'] as const, 'soonest'),
  page: text(4).transform((value) => (/^[1-9]\d{0,2}$/.test(value) ? Number(value) : 1)),
});

export type SearchInput = z.output<typeof searchInput>;
