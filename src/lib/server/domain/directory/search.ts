import { paths } from '#lib/paths.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { FacetCounts, SearchIndex, SearchQuestion } from '#lib/server/platform/search/port.ts';
import { foldWords } from '#lib/server/platform/search/words.ts';
import { earliestSlots, practiceKey, slotDays, type FreeSlot } from '../availability/reads.ts';
import { partOfDay } from '../availability/summary.ts';
import { formatZone, localDate } from '../shared/dates.ts';
import type { ShownPractitioner } from './documents.ts';
import type { SearchInput } from './input.ts';
import { findPlaces, findStillListed, listingKey, type Place } from './queries.ts';
import { lawful, understand } from './understand.ts';

export const RESULTS_PER_PAGE = 10;
const DAYS_IN_A_ROW = 3;
const TIMES_IN_A_DAY = 4;
/** Enough to see past one busy day. */
const TIMES_LOOKED_AT = 60;
/** Enough to find certain days or parts of them. */
const TIMES_SEARCHED = 1_500;
const LONGEST_NAME = 5;
const KM_PER_MILE = 1.609344;
const ZONES = ['Europe/London', 'America/Chicago', 'America/Denver'];

export interface SearchResult extends ShownPractitioner {
  key: string;
  distanceMiles: number | null;
  zone: string;
  days: ReturnType<typeof slotDays>;
}

export interface SearchPage {
  /** What was asked, as it may be shown: a product name that was typed is not among it (L5). */
  asked: SearchInput;
  /** What was typed has become choices, which are among those asked. */
  wasRead: boolean;
  /** Words of what was typed by which nobody was found, and which were left out for that. */
  leftOut: string;
  place: Place | null;
  /** Other places of that name, or like it. */
  otherPlaces: Place[];
  placeUnknown: boolean;
  /** No place is called that; this one is much like it. */
  placeGuessed: boolean;
  results: SearchResult[];
  total: number;
  pages: number;
  counts: FacetCounts;
}

/**
 * Finds listed practitioners with their next free times, right at this moment: a few queries, however many rows. The index
 * proposes; who is not listed any more is not shown, and times come from the calendar itself.
 */
export async function searchPractitioners(db: Db, index: Index, input: SearchInput): Promise<SearchPage> {
  const now = await appNow(db);
  const read = await readTyped(db, index, input);
  const { place, otherPlaces } = read;
  const centre = place ?? (read.asked.place === '' ? read.asked.near : undefined);
  const sort = read.asked.sort === 'nearest' && centre === undefined ? 'best' : read.asked.sort;
  const find = (asked: SearchInput) =>
    index.find({
      ...questionOf(asked, now),
      ...(centre && {
        near: {
          latitude: centre.latitude,
          longitude: centre.longitude,
          withinKm: asked.miles * KM_PER_MILE,
        },
      }),
      order: sort,
      offset: (asked.page - 1) * RESULTS_PER_PAGE,
      limit: RESULTS_PER_PAGE,
    });
  let asked = { ...read.asked, sort };
  let { hits, total, counts } = await find(asked);
  let leftOut = '';
  // Of "my jaw is always sore" the last word names nobody: what is understood is enough, and what was not is told.
  if (total === 0 && read.wasRead && asked.q !== '') {
    leftOut = asked.q;
    asked = { ...asked, q: '' };
    ({ hits, total, counts } = await find(asked));
  }
  const consultations = hits.map(({ practitionerId, locationId, shown }) => ({
    practitionerId: shown.consultant?.id ?? practitionerId,
    locationId,
  }));
  const [listed, slots] = await Promise.all([
    findStillListed(db, [
      ...hits.map(({ practitionerId }) => practitionerId),
      ...consultations.map(({ practitionerId }) => practitionerId),
    ]),
    earliestSlots(db, consultations, { limit: asksWhen(asked) ? TIMES_SEARCHED : TIMES_LOOKED_AT }),
  ]);
  const results = hits.flatMap(({ practitionerId, locationId, distanceKm, shown }, at): SearchResult[] => {
    const consultation = consultations[at]!;
    const free = (slots.get(practiceKey(consultation)) ?? []).filter(isWanted(asked, now));
    const seesPatients = [practitionerId, consultation.practitionerId].every((id) =>
      listed.has(listingKey(id, shown.jurisdiction)),
    );
    // The index may be seconds old: a time taken meanwhile fits no more.
    if (!seesPatients || (asksWhen(asked) && free.length === 0)) return [];
    const slug = shown.consultant?.slug ?? shown.slug;
    const days = slotDays(free, (slot) => paths.book(slug, locationId, slot.start.toString()));
    return [
      {
        ...shown,
        key: `${shown.slug} ${locationId}`,
        distanceMiles: distanceKm === null ? null : Math.round((distanceKm / KM_PER_MILE) * 10) / 10,
        zone: formatZone(shown.timeZone),
        days: days
          .slice(0, DAYS_IN_A_ROW)
          .map((day) => ({ ...day, times: day.times.slice(0, TIMES_IN_A_DAY) })),
      },
    ];
  });
  return {
    asked,
    wasRead: read.wasRead,
    leftOut,
    place,
    otherPlaces,
    placeUnknown: place === null && asked.place !== '',
    placeGuessed: place !== null && !sameStart(place.name, asked.place),
    results,
    total,
    pages: Math.max(1, Math.ceil(total / RESULTS_PER_PAGE)),
    counts,
  };
}

type Index = Pick<SearchIndex<ShownPractitioner>, 'find'>;

interface Read {
  asked: SearchInput;
  wasRead: boolean;
  place: Place | null;
  otherPlaces: Place[];
}

/**
 * Makes choices of what was typed. Somebody's name may be made of words that mean something: who is called exactly what was
 * typed is looked for by name.
 */
async function readTyped(db: Db, index: Index, input: SearchInput): Promise<Read> {
  const { words, placeName, meaning } = understand(input.q);
  const typedPlace = lawful(input.place);
  const isRead = Object.keys(meaning).length > 0 || placeName !== null;
  if (words !== input.q && (await isName(index, input.q))) {
    const asked = { ...input, q: lawful(input.q), place: typedPlace };
    return { asked, wasRead: false, ...(await placesOf(db, asked)) };
  }
  const { when = input.when, sort = input.sort, fee = input.fee, ...lists } = meaning;
  const asked: SearchInput = {
    ...input,
    q: words,
    place: typedPlace,
    when: input.when === 'any' ? when : input.when,
    sort: input.sort === 'best' ? sort : input.sort,
    fee: input.fee ?? fee,
  };
  for (const [key, values] of Object.entries(lists))
    Object.assign(asked, {
      [key]: [...new Set([...(asked[key as keyof SearchInput] as string[]), ...values])],
    });
  if (placeName === null) return { asked, wasRead: isRead, ...(await placesOf(db, asked)) };
  const hasPlace = typedPlace !== '' || input.near !== undefined;
  const named = hasPlace ? [] : await findPlaces(db, placeName);
  const isPlace = named.some(({ name }) => letters.compare(name, placeName) === 0);
  if (isPlace)
    return {
      asked: { ...asked, place: placeName },
      wasRead: true,
      place: named[0]!,
      otherPlaces: named.slice(1),
    };
  const rest = { ...asked, q: [words, placeName].filter(Boolean).join(' ') };
  return { asked: rest, wasRead: Object.keys(meaning).length > 0, ...(await placesOf(db, rest)) };
}

/** Whether somebody's name holds all that was typed, in whole words. */
async function isName(index: Index, typed: string): Promise<boolean> {
  const words = foldWords(typed);
  if (words.length === 0 || words.length > LONGEST_NAME || lawful(typed) === '') return false;
  const { hits } = await index.find({ words: typed, order: 'best', offset: 0, limit: 1, counts: false });
  const name = new Set(hits.flatMap(({ shown }) => foldWords(shown.name)));
  return words.every((word) => name.has(word));
}

const letters = new Intl.Collator('en', { sensitivity: 'base', usage: 'search' });
const sameStart = (name: string, typed: string) => letters.compare(name.slice(0, typed.length), typed) === 0;

async function placesOf(
  db: Db,
  { place, at }: SearchInput,
): Promise<{ place: Place | null; otherPlaces: Place[] }> {
  if (place === '') return { place: null, otherPlaces: [] };
  const found = await findPlaces(db, place);
  const first = found.find(({ id }) => id === at) ?? found[0] ?? null;
  return { place: first, otherPlaces: found.filter((one) => one !== first) };
}

function questionOf(
  asked: SearchInput,
  now: Temporal.Instant,
): Omit<SearchQuestion, 'order' | 'offset' | 'limit'> {
  return {
    words: asked.q,
    concerns: asked.concern,
    professions: asked.profession,
    consultants: asked.see,
    credentials: asked.checked,
    languages: asked.language,
    genders: asked.gender,
    access: asked.access,
    ...(asked.feeFrom !== undefined && { feeMinMinor: asked.feeFrom * 100 }),
    ...(asked.fee !== undefined && { feeMaxMinor: asked.fee * 100 }),
    ...(asksWhen(asked) && {
      free: ZONES.flatMap((timeZone) =>
        datesWanted(asked, now, timeZone).map((date) => ({ timeZone, from: date, to: date })),
      ),
      parts: asked.part,
    }),
  };
}

// When

const DAYS_AHEAD = { today: 0, tomorrow: 1, week: 6, fortnight: 13, month: 30, any: 55 } as const;

function asksWhen({ when, on, day, part }: SearchInput): boolean {
  return when !== 'any' || on !== '' || day.length > 0 || part.length > 0;
}

/** The local dates that fit. "Today" ends at another instant in Leeds than in El Paso. */
function datesWanted({ when, on, day }: SearchInput, now: Temporal.Instant, timeZone: string): string[] {
  const today = now.toZonedDateTimeISO(timeZone).toPlainDate();
  const first = when === 'tomorrow' ? 1 : 0;
  const dates =
    on === ''
      ? Array.from({ length: DAYS_AHEAD[when] - first + 1 }, (_, days) => today.add({ days: first + days }))
      : [Temporal.PlainDate.from(on)];
  const weekdays: readonly string[] = day;
  return dates
    .filter((date) => weekdays.length === 0 || weekdays.includes(String(date.dayOfWeek)))
    .map(String);
}

/** Tells the free times that fit from the others. */
function isWanted(asked: SearchInput, now: Temporal.Instant): (slot: FreeSlot) => boolean {
  if (!asksWhen(asked)) return () => true;
  const datesIn = new Map<string, Set<string>>();
  return ({ start, timeZone }) => {
    let dates = datesIn.get(timeZone);
    if (dates === undefined) datesIn.set(timeZone, (dates = new Set(datesWanted(asked, now, timeZone))));
    if (!dates.has(localDate(start, timeZone))) return false;
    return asked.part.length === 0 || asked.part.includes(partOfDay(start, timeZone));
  };
}
