import type { Db } from '#lib/server/platform/db.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { slipsAllowed, slipsBetween } from '#lib/server/platform/search/slips.ts';
import { foldWords } from '#lib/server/platform/search/words.ts';
import type { ShownPractitioner } from './documents.ts';
import type { SearchInput } from './input.ts';
import { postcodeArea, type PostcodeArea } from './postcodes.ts';
import { findPlaces, findPlacesCalled, findPostcode, hasPostcodes, type Place } from './queries.ts';
import { lawful, understand } from './understand.ts';

/** As much of the index as reading and finding need. */
export type Index = Pick<SearchIndex<ShownPractitioner>, 'find'>;

const LONGEST_NAME = 5;
const LONGEST_PLACE_NAME = 3;
/** A word that is also the name of a hamlet means something else, unless "near" or "in" stands before it. */
const KNOWN_TO_MANY = 5_000;

/** What was typed, as the choices that it means. */
export interface Read {
  asked: SearchInput;
  /** What was typed has become choices, which are among those asked. */
  wasRead: boolean;
  place: Place | null;
  /** Other places of that name, or like it. */
  otherPlaces: Place[];
  placeUnknown: boolean;
  /** No place is called that; this one is much like it. */
  placeGuessed: boolean;
  /** A postcode of this country was typed, and we do not know where it is; whether we know any there. */
  postcodeUnknown: { country: PostcodeArea['country']; knowsOthers: boolean } | null;
}

type Placed = Pick<Read, 'place' | 'otherPlaces' | 'placeUnknown' | 'placeGuessed' | 'postcodeUnknown'>;
const NO_PLACE: Placed = {
  place: null,
  otherPlaces: [],
  placeUnknown: false,
  placeGuessed: false,
  postcodeUnknown: null,
};

/**
 * Makes choices of what was typed. Somebody's name may be made of words that mean something: who is called exactly what was
 * typed is looked for by name. A place that nobody knows may be a district, and is looked for among the words.
 */
export async function readTyped(db: Db, index: Index, input: SearchInput): Promise<Read> {
  const area = postcodeArea(input.place);
  // Of a postcode its area is enough: no address that is passed on tells a doorstep.
  const typedPlace = area?.code ?? lawful(input.place);
  const found =
    area === null ? await placesOf(db, { ...input, place: typedPlace }) : await placeOfPostcode(db, area);
  if (await isName(index, input.q))
    return { ...found, asked: { ...input, q: lawful(input.q), place: typedPlace }, wasRead: false };

  const { words, placeName, meaning } = understand(input.q);
  const asked = withMeaning({ ...input, q: words, place: typedPlace }, meaning);
  const wasRead = Object.keys(meaning).length > 0;
  if (found.placeUnknown && area === null) {
    const q = [asked.q, ...(placeName === null ? [] : [placeName]), typedPlace].filter(Boolean).join(' ');
    return { ...found, asked: { ...asked, q }, wasRead: true };
  }
  if (found.place !== null || found.placeUnknown || input.near !== undefined) {
    const q = [words, ...(placeName === null ? [] : [placeName])].filter(Boolean).join(' ');
    return { ...found, asked: { ...asked, q }, wasRead };
  }
  const named = (await postcodeAmong(db, words)) ?? (await placeAmong(db, words, placeName));
  if (named === null) {
    const q = [words, ...(placeName === null ? [] : [placeName])].filter(Boolean).join(' ');
    return { ...found, asked: { ...asked, q }, wasRead };
  }
  return {
    ...found,
    asked: { ...asked, q: named.rest, place: named.place.name },
    wasRead: true,
    place: named.place,
    otherPlaces: named.others,
  };
}

function withMeaning(asked: SearchInput, meaning: ReturnType<typeof understand>['meaning']): SearchInput {
  const { when = 'any', sort = 'best', fee, ...lists } = meaning;
  const all = { ...asked };
  if (asked.when === 'any') all.when = when;
  if (asked.sort === 'best') all.sort = sort;
  all.fee ??= fee;
  for (const [key, values] of Object.entries(lists))
    Object.assign(all, {
      [key]: [...new Set([...(asked[key as keyof SearchInput] as string[]), ...values])],
    });
  return all;
}

/** Whether somebody's name holds all that was typed: one word as it is written, several with a slip in each. */
async function isName(index: Index, typed: string): Promise<boolean> {
  const words = foldWords(typed);
  if (words.length === 0 || words.length > LONGEST_NAME || lawful(typed) === '') return false;
  const { hits } = await index.find({ words: typed, order: 'best', offset: 0, limit: 1, counts: false });
  const name = hits.flatMap(({ shown }) => foldWords(shown.name));
  const slips = (word: string) => (words.length === 1 ? 0 : slipsAllowed(word));
  return words.every((word) => name.some((one) => slipsBetween(word, one) <= slips(word)));
}

/** A postcode among words, whole or half, that we know. */
async function postcodeAmong(
  db: Db,
  words: string,
): Promise<{ place: Place; others: Place[]; rest: string } | null> {
  const typed = words.split(' ').filter(Boolean);
  for (const at of typed.keys())
    for (const length of [2, 1]) {
      const area = at + length > typed.length ? null : postcodeArea(typed.slice(at, at + length).join(' '));
      if (area === null) continue;
      const { place } = await placeOfPostcode(db, area);
      const rest = typed.toSpliced(at, length).join(' ');
      if (place !== null) return { place, others: [], rest };
      break;
    }
  return null;
}

async function placeOfPostcode(db: Db, area: PostcodeArea): Promise<Placed> {
  const middle = await findPostcode(db, area);
  if (middle === undefined) {
    const knowsOthers = await hasPostcodes(db, area.country);
    return { ...NO_PLACE, placeUnknown: true, postcodeUnknown: { country: area.country, knowsOthers } };
  }
  return { ...NO_PLACE, place: { id: null, name: area.code, region: '', population: 0, ...middle } };
}

/** A place that is named among words: the one behind "near" or "in", or else the longest name that many know. */
async function placeAmong(
  db: Db,
  words: string,
  placeName: string | null,
): Promise<{ place: Place; others: Place[]; rest: string } | null> {
  const typed = words.split(' ').filter(Boolean);
  const spans = typed.flatMap((_, first) =>
    Array.from({ length: LONGEST_PLACE_NAME }, (_, more) => ({ first, end: first + more + 1 })),
  );
  const names = spans
    .filter(({ end }) => end <= typed.length)
    .map(({ first, end }) => ({ first, end, name: typed.slice(first, end).join(' ') }));
  const found = await findPlacesCalled(db, [
    ...(placeName === null ? [] : [placeName]),
    ...names.map(({ name }) => name),
  ]);
  const called = (name: string) => found.filter((place) => sameName(place.name, name));
  if (placeName !== null && called(placeName).length > 0) {
    const [place, ...others] = called(placeName);
    return { place: place!, others, rest: words };
  }
  const known = names
    .map((span) => ({ ...span, places: called(span.name) }))
    .filter(({ places }) => (places[0]?.population ?? 0) >= KNOWN_TO_MANY)
    .toSorted(
      (a, b) => b.end - b.first - (a.end - a.first) || b.places[0]!.population - a.places[0]!.population,
    );
  const [best] = known;
  if (best === undefined) return null;
  const rest = [
    ...typed.slice(0, best.first),
    ...typed.slice(best.end),
    ...(placeName === null ? [] : [placeName]),
  ];
  return { place: best.places[0]!, others: best.places.slice(1), rest: rest.join(' ') };
}

const letters = new Intl.Collator('en', { sensitivity: 'base', usage: 'search' });
const sameName = (one: string, other: string) => letters.compare(one, other) === 0;

async function placesOf(db: Db, { place: typed, at }: SearchInput): Promise<Placed> {
  if (typed === '') return NO_PLACE;
  const found = await findPlaces(db, typed, at);
  const place = found.find(({ id }) => id === at) ?? found[0] ?? null;
  return {
    ...NO_PLACE,
    place,
    otherPlaces: found.filter((one) => one !== place),
    placeUnknown: place === null,
    placeGuessed: place !== null && !sameName(place.name.slice(0, typed.length), typed),
  };
}
