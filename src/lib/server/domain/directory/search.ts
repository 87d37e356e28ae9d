import { paths } from '#lib/paths.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { FacetCounts, SearchIndex, SearchQuestion } from '#lib/server/platform/search/port.ts';
import { earliestSlots, practiceKey, slotDays, type FreeSlot } from '../availability/reads.ts';
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
 * Finds listed practitioners with their next free times, right at this moment: at most six queries, however many rows.
 * The index proposes; who is not listed any more is not shown, and times come from the calendar itself.
 */
export async function searchPractitioners(
  db: Db,
  index: Pick<SearchIndex<ShownPractitioner>, 'find'>,
  input: SearchInput,
): Promise<SearchPage> {
  const asked = understood(input);
  const [now, places] = await Promise.all([appNow(db), placesOf(db, asked)]);
  const [place = null, ...otherPlaces] = places;
  const placeUnknown = place === null && asked.place !== '';
  const placeGuessed = place !== null && !sameStart(place.name, asked.place);
  const sort = asked.sort === 'nearest' && place === null ? 'soonest' : asked.sort;
  const { hits, total, counts } = await index.find({
    ...question(asked, now),
    ...(place !== null && { near: { ...place, withinKm: asked.miles * KM_PER_MILE } }),
    order: sort,
    offset: (asked.page - 1) * RESULTS_PER_PAGE,
    limit: RESULTS_PER_PAGE,
  });
  const consultations = hits.map(({ practitionerId, locationId, shown }) => ({
    practitionerId: shown.consultant?.id ?? practitionerId,
    locationId,
  }));
  const [listed, slots] = await Promise.all([
    findStillListed(db, [
      ...hits.map(({ practitionerId }) => practitionerId),
      ...consultations.map(({ practitionerId }) => practitionerId),
    ]),
    earliestSlots(db, consultations, { limit: TIMES_LOOKED_AT }),
  ]);
  const results = hits.flatMap(({ practitionerId, locationId, distanceKm, shown }, index): SearchResult[] => {
    const consultation = consultations[index]!;
    const free = slots.get(practiceKey(consultation)) ?? [];
    const seesPatients = [practitionerId, consultation.practitionerId].every((id) =>
      listed.has(listingKey(id, shown.jurisdiction)),
    );
    if (!seesPatients || !isSoonEnough(free[0], asked, now)) return [];
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
    asked: { ...asked, sort },
    place,
    otherPlaces,
    placeUnknown,
    placeGuessed,
    results,
    total,
    pages: Math.max(1, Math.ceil(total / RESULTS_PER_PAGE)),
    counts,
  };
}

function understood(input: SearchInput): SearchInput {
  const { words, concerns } = understand(input.q);
  const place = lawful(input.place);
  return { ...input, q: words, place, concern: [...new Set([...input.concern, ...concerns])] };
}

const letters = new Intl.Collator('en', { sensitivity: 'base', usage: 'search' });
const sameStart = (name: string, typed: string) => letters.compare(name.slice(0, typed.length), typed) === 0;

async function placesOf(db: Db, { place, at }: SearchInput): Promise<Place[]> {
  if (place === '') return [];
  const found = await findPlaces(db, place);
  const chosen = found.find(({ id }) => id === at);
  return chosen === undefined ? found : [chosen, ...found.filter(({ id }) => id !== at)];
}

function question(
  asked: SearchInput,
  now: Temporal.Instant,
): Omit<SearchQuestion, 'order' | 'offset' | 'limit'> {
  return {
    words: asked.q,
    concerns: asked.concern,
    professions: asked.profession,
    ...(asked.language !== '' && { languages: [asked.language] }),
    ...(asked.gender !== '' && { genders: [asked.gender] }),
    ...(asked.fee !== undefined && { feeMaxMinor: asked.fee * 100 }),
    ...(asked.when !== 'any' && {
      free: ZONES.map((timeZone) => ({
        timeZone,
        from: localDate(now, timeZone),
        to: lastDate(asked.when, now, timeZone),
      })),
    }),
  };
}

/** The index may be minutes old: a time taken meanwhile fits no more. */
function isSoonEnough(first: FreeSlot | undefined, { when }: SearchInput, now: Temporal.Instant): boolean {
  if (when === 'any') return true;
  return first !== undefined && localDate(first.start, first.timeZone) <= lastDate(when, now, first.timeZone);
}

const DAYS_AHEAD = { any: 365, today: 0, week: 6, fortnight: 13 } as const;

/** "Today" ends at another instant in Leeds than in El Paso. */
function lastDate(when: SearchInput['when'], now: Temporal.Instant, timeZone: string): string {
  return now.toZonedDateTimeISO(timeZone).toPlainDate().add({ days: DAYS_AHEAD[when] }).toString();
}
