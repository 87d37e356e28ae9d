import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { FacetCounts, SearchQuestion } from '#lib/server/platform/search/port.ts';
import type { Fits } from '../availability/calendar.ts';
import { earliestSlots, practiceKey, slotDays } from '../availability/reads.ts';
import { partsOf } from '../availability/summary.ts';
import { TIME_ZONES } from '../policy/codes.ts';
import { formatZone } from '../shared/dates.ts';
import type { ShownPractitioner } from './documents.ts';
import type { SearchInput } from './input.ts';
import { findStillListed, listingKey } from './queries.ts';
import { readTyped, type Index, type Read } from './read-typed.ts';

export const RESULTS_PER_PAGE = 10;
const DAYS_IN_A_ROW = 3;
const TIMES_IN_A_DAY = 4;
/** Enough to see past one busy day. */
const TIMES_LOOKED_AT = 60;
/** Of certain days or parts of them: enough for as many days as a row shows, however short the steps. */
const TIMES_WANTED = 1_500;
const KM_PER_MILE = 1.609344;

export interface SearchResult extends ShownPractitioner {
  key: string;
  locationId: string;
  distanceMiles: number | null;
  zone: string;
  days: ReturnType<typeof slotDays>;
}

export interface SearchPage extends Omit<Read, 'asked'> {
  /** What was asked, as it may be shown: a product name that was typed is not among it (L5). */
  asked: SearchInput;
  /** Words of what was typed by which nobody was found, and which were left out for that. */
  leftOut: string;
  results: SearchResult[];
  total: number;
  pages: number;
  counts: FacetCounts;
  /** What the index was asked for this page. */
  question: SearchQuestion;
}

/**
 * Finds listed practitioners with their next free times, right at this moment: a few queries, however many rows. The index
 * proposes; who is not listed any more is not shown, and times come from the calendar itself.
 */
export async function searchPractitioners(db: Db, index: Index, input: SearchInput): Promise<SearchPage> {
  const now = await appNow(db);
  const read = await readTyped(db, index, input);
  const { place } = read;
  const centre = place ?? (read.asked.place === '' ? read.asked.near : undefined);
  const sort = read.asked.sort === 'nearest' && centre === undefined ? 'best' : read.asked.sort;
  const find = async (asked: SearchInput) => {
    const question: SearchQuestion = {
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
    };
    return { question, ...(await index.find(question)) };
  };
  let asked = { ...read.asked, sort };
  let { question, hits, total, counts } = await find(asked);
  let leftOut = '';
  // Of "my jaw is always sore" the last word names nobody: what is understood is enough, and what was not is told.
  if (total === 0 && read.wasRead && asked.q !== '') {
    leftOut = asked.q;
    asked = { ...asked, q: '' };
    ({ question, hits, total, counts } = await find(asked));
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
    earliestSlots(db, consultations, {
      ...(asksWhen(asked)
        ? { limit: TIMES_WANTED, ...datesBetweenWanted(asked, now), fits: wantedTimes(asked, now) }
        : { limit: TIMES_LOOKED_AT }),
    }),
  ]);
  const results = hits.flatMap(({ practitionerId, locationId, distanceKm, shown }, at): SearchResult[] => {
    const consultation = consultations[at]!;
    const free = slots.get(practiceKey(consultation)) ?? [];
    const seesPatients = [practitionerId, consultation.practitionerId].every((id) =>
      listed.has(listingKey(id, shown.jurisdiction)),
    );
    // The index may be seconds old: a time taken meanwhile fits no more.
    if (!seesPatients || (asksWhen(asked) && free.length === 0)) return [];
    return [
      {
        ...shown,
        key: `${shown.slug} ${locationId}`,
        locationId,
        distanceMiles: distanceKm === null ? null : Math.round((distanceKm / KM_PER_MILE) * 10) / 10,
        zone: formatZone(shown.timeZone),
        days: slotDays(free, { days: DAYS_IN_A_ROW, times: TIMES_IN_A_DAY }),
      },
    ];
  });
  return {
    ...read,
    asked,
    leftOut,
    results,
    total,
    pages: Math.max(1, Math.ceil(total / RESULTS_PER_PAGE)),
    counts,
    question,
  };
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
      free: TIME_ZONES.flatMap((timeZone) =>
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

/** The first and the last of them anywhere: no calendar need be gone through beyond. None at all is one day of the past. */
function datesBetweenWanted(asked: SearchInput, now: Temporal.Instant): { from: string; to: string } {
  const dates = TIME_ZONES.flatMap((timeZone) => datesWanted(asked, now, timeZone)).toSorted();
  return { from: dates[0] ?? '1970-01-01', to: dates.at(-1) ?? '1970-01-01' };
}

/** Which free times fit. Days and their parts become spans once for each zone; no time is turned into a date of its own. */
function wantedTimes(asked: SearchInput, now: Temporal.Instant): Fits {
  const spansIn = new Map<string, ReturnType<typeof partsOf>>();
  return (timeZone) => {
    let spans = spansIn.get(timeZone);
    if (spans === undefined) {
      spans = datesWanted(asked, now, timeZone)
        .flatMap((date) => partsOf(date, timeZone))
        .filter(({ part }) => asked.part.length === 0 || asked.part.includes(part));
      spansIn.set(timeZone, spans);
    }
    const inOrder = spans;
    let next = 0;
    return ({ startsAt }) => {
      while (next < inOrder.length && inOrder[next]!.endsAt <= startsAt) next++;
      return next < inOrder.length && inOrder[next]!.startsAt <= startsAt;
    };
  };
}
