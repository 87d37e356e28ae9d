import { paths } from '#lib/paths.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { FacetCounts, SearchQuestion } from '#lib/server/platform/search/port.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { earliestSlots, practiceKey, slotDays } from '../availability/reads.ts';
import { publicWording } from '../policy/shared-wording.ts';
import { findBannedTerms } from '../policy/terms.ts';
import { formatZone } from '../shared/dates.ts';
import { concernMeantBy } from './concerns.ts';
import type { ShownPractitioner } from './documents.ts';
import type { SearchInput } from './input.ts';
import { findPlace, findPlaces, findStillListed, type Place } from './queries.ts';

export const RESULTS_PER_PAGE = 10;
const TIMES_IN_A_ROW = 6;
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
  /** Other places of that name. */
  otherPlaces: Place[];
  placeUnknown: boolean;
  results: SearchResult[];
  total: number;
  pages: number;
  counts: FacetCounts;
}

/**
 * Finds listed practitioners with their next free times, right at this moment: at most six queries, however many rows.
 * The index proposes; who is not listed any more is not shown, and times come from the calendar itself.
 */
export async function searchPractitioners(db: Db, input: SearchInput): Promise<SearchPage> {
  const asked = understood(input);
  const [now, places] = await Promise.all([appNow(db), placesOf(db, asked)]);
  const [place = null, ...otherPlaces] = places;
  const placeUnknown = place === null && asked.place !== '';
  const sort = asked.sort === 'nearest' && place === null ? 'soonest' : asked.sort;
  const { hits, total, counts } = await postgresSearch<ShownPractitioner>(db).find({
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
    findStillListed(
      db,
      hits.flatMap(({ practitionerId, shown }) => [practitionerId, shown.consultant?.id ?? practitionerId]),
    ),
    earliestSlots(db, consultations, { limit: TIMES_IN_A_ROW }),
  ]);
  const results = hits.flatMap(({ practitionerId, locationId, distanceKm, shown }, index): SearchResult[] => {
    if (!listed.has(practitionerId) || (shown.consultant !== null && !listed.has(shown.consultant.id)))
      return [];
    const slug = shown.consultant?.slug ?? shown.slug;
    const free = slots.get(practiceKey(consultations[index]!)) ?? [];
    return [
      {
        ...shown,
        key: `${shown.slug} ${locationId}`,
        distanceMiles: distanceKm === null ? null : Math.round((distanceKm / KM_PER_MILE) * 10) / 10,
        zone: formatZone(shown.timeZone),
        days: slotDays(free, (slot) => paths.book(slug, locationId, slot.start.toString())),
      },
    ];
  });
  return {
    asked: { ...asked, sort },
    place,
    otherPlaces,
    placeUnknown,
    results,
    total,
    pages: Math.max(1, Math.ceil(total / RESULTS_PER_PAGE)),
    counts,
  };
}

/** A product's name finds people, because it is left out of the question and of everything that is shown (L5). */
function understood(input: SearchInput): SearchInput {
  let q = input.q;
  for (const { text } of findBannedTerms(q, publicWording)) q = q.replace(text, ' ');
  q = q.replaceAll(/\s+/g, ' ').trim();
  const meant = concernMeantBy(q);
  if (meant === undefined) return { ...input, q };
  return { ...input, q: '', concern: [...new Set([...input.concern, meant])] };
}

async function placesOf(db: Db, { place, at }: SearchInput): Promise<Place[]> {
  if (place === '') return [];
  const found = await findPlaces(db, place);
  const chosen =
    at === undefined ? undefined : (found.find(({ id }) => id === at) ?? (await findPlace(db, at)));
  return chosen === undefined ? found : [chosen, ...found.filter(({ id }) => id !== chosen.id)];
}

function question(
  asked: SearchInput,
  now: Temporal.Instant,
): Omit<SearchQuestion, 'order' | 'offset' | 'limit'> {
  const days = { any: undefined, today: 0, week: 6, fortnight: 13 }[asked.when];
  return {
    words: asked.q,
    concerns: asked.concern,
    professions: asked.profession,
    ...(asked.language !== '' && { language: asked.language }),
    ...(asked.gender !== '' && { gender: asked.gender }),
    ...(asked.fee !== undefined && { feeMaxMinor: asked.fee * 100 }),
    ...(days !== undefined && {
      free: ZONES.map((timeZone) => {
        const today = now.toZonedDateTimeISO(timeZone).toPlainDate();
        return { timeZone, from: today.toString(), to: today.add({ days }).toString() };
      }),
    }),
  };
}
