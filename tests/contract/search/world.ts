import {
  DAY_PARTS,
  FACETS,
  type Batches,
  type Facet,
  type FacetCounts,
  type SearchDocument,
  type SearchIndex,
  type SearchQuestion,
} from '#lib/server/platform/search/port.ts';
import { randomFrom } from '../../harness/random.ts';

export interface Shown {
  label: string;
}
export type Document = SearchDocument<Shown>;
export type Question = Omit<SearchQuestion, 'order' | 'offset' | 'limit'> & Partial<SearchQuestion>;

/** An engine that has been started, and in what it honestly differs from the other. */
export interface Started {
  index: SearchIndex<Shown>;
  /** Practitioners and locations that exist: an engine may insist on that. */
  practitionerIds: readonly string[];
  locationIds: readonly string[];
  /** Which of the typed words may be begun only, and still be found. */
  beginnings: 'of every word' | 'of the last word';
  /** Where access and whom one sees are counted: of every place that fits, or of one of each practitioner. */
  counted: 'every place' | 'one place';
  /** Whether who is one slip away is found behind who is called exactly that, or only when nobody is. */
  slips: 'always' | 'when nothing fits';
}

export const LEEDS = { latitude: 53.8, longitude: -1.55 };

export async function* batches<Thing>(things: readonly Thing[], size = 1_000): Batches<Thing> {
  for (let first = 0; first < things.length; first += size)
    yield await Promise.resolve(things.slice(first, first + size));
}

export function documentOf(
  { practitionerIds, locationIds }: Pick<Started, 'practitionerIds' | 'locationIds'>,
  who: number,
  changed: Partial<Document> = {},
  where = who,
): Document {
  return {
    practitionerId: practitionerIds[who]!,
    locationId: locationIds[where % locationIds.length]!,
    jurisdiction: 'england',
    timeZone: 'Europe/London',
    ...LEEDS,
    name: `Person ${who}`,
    words: '',
    concerns: ['jaw'],
    profession: 'doctor',
    consultant: 'doctor',
    credentials: ['training'],
    checksComplete: true,
    languages: ['en'],
    gender: null,
    access: [],
    feeMinor: 5_000,
    currency: 'GBP',
    earliestSlotAt: Temporal.Instant.from('2026-12-01T09:00Z').add({ hours: who }),
    free: [{ date: '2026-12-01', part: 'morning' }],
    shown: { label: `${who}` },
    ...changed,
  };
}

const CONCERNS = ['forehead_lines', 'frown_lines', 'crows_feet', 'jaw', 'chin', 'neck_bands'];
const PROFESSIONS = ['doctor', 'dentist', 'nurse_prescriber', 'esthetician'];
const LANGUAGES = ['en', 'pl', 'cy', 'es', 'ur'];
const ZONES = ['Europe/London', 'America/Chicago'];

/** A few hundred documents in which every choice fits some and not others; one practitioner in five has two places. */
export function manyDocuments(started: Started, practitioners: number, seed: number): Document[] {
  const random = randomFrom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const some = <Value>(values: readonly Value[], share: number) => values.filter(() => random() < share);
  const day = (date: Temporal.PlainDate, days: number) => date.add({ days }).toString();
  const first = Temporal.PlainDate.from('2026-12-01');
  return Array.from({ length: practitioners }, (_, who) => {
    const person: Partial<Document> = {
      name: `Person ${who}`,
      concerns: some(CONCERNS, 0.5),
      profession: PROFESSIONS[below(PROFESSIONS.length)]!,
      credentials: some(['training', 'life_support', 'premises'], 0.6),
      checksComplete: random() < 0.8,
      languages: ['en', ...some(LANGUAGES.slice(1), 0.25)],
      gender: [null, 'woman', 'man', 'non_binary'][below(4)]!,
    };
    const places = random() < 0.2 ? [who, who + 1] : [who];
    return places.map((where, place) => {
      const timeZone = ZONES[below(ZONES.length)]!;
      const never = random() < 0.05;
      const days = some(
        Array.from({ length: 20 }, (_, at) => at),
        0.15,
      );
      const hour = Math.floor(random() * 600);
      return documentOf(
        started,
        who,
        {
          ...person,
          timeZone,
          latitude: 53.8 + random() * 2 - 1,
          longitude: -1.55 + random() * 3 - 1.5,
          consultant: random() < 0.1 ? null : PROFESSIONS[below(3)]!,
          access: some(['step_free', 'hearing_loop', 'parking'], 0.4),
          feeMinor: 2_000 + 500 * below(20),
          earliestSlotAt: never
            ? null
            : Temporal.Instant.from('2026-12-01T09:00Z').add({ hours: hour, seconds: who * 2 + place }),
          free: never
            ? []
            : days.flatMap((at) => some(DAY_PARTS, 0.5).map((part) => ({ date: day(first, at), part }))),
          shown: { label: `${who}/${place}` },
        },
        where,
      );
    });
  }).flat();
}

// What a scan of all documents says.

/** Kilometres along a great circle. */
export function distanceKm(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [one, other] = [radians(a.latitude), radians(b.latitude)];
  const cosine =
    Math.sin(one) * Math.sin(other) +
    Math.cos(one) * Math.cos(other) * Math.cos(radians(b.longitude - a.longitude));
  return 6371 * Math.acos(Math.min(1, cosine));
}

const every = (wanted: readonly string[] | undefined, held: readonly string[]) =>
  (wanted ?? []).every((one) => held.includes(one));
const any = (wanted: readonly string[] | undefined, held: readonly (string | null)[]) =>
  !wanted?.length || wanted.some((one) => held.includes(one));

const NOT_FOUND = 3;

/** How well plain words fit: 0 for whole words of the name, 1 for its beginning, 2 for other words. */
function fitOf({ name, words }: Document, typed = ''): number {
  const [inName, anywhere] = [name, `${name} ${words}`].map((text) => text.toLowerCase().split(' '));
  const fit = typed
    .toLowerCase()
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      if (inName!.includes(word)) return 0;
      if (inName!.some((held) => held.startsWith(word))) return 1;
      return anywhere!.some((held) => held.startsWith(word)) ? 2 : NOT_FOUND;
    });
  return Math.max(0, ...fit);
}

function fits(document: Document, question: Question, without?: Facet): boolean {
  const { near, free, parts } = question;
  const unless = (facet: Facet, value: boolean) => facet === without || value;
  return (
    fitOf(document, question.words) !== NOT_FOUND &&
    every(question.concerns, document.concerns) &&
    every(question.credentials, document.credentials) &&
    every(question.access, document.access) &&
    unless('profession', any(question.professions, [document.profession])) &&
    unless('consultant', any(question.consultants, [document.consultant])) &&
    unless('language', any(question.languages, document.languages)) &&
    unless('gender', any(question.genders, [document.gender])) &&
    (near === undefined || distanceKm(near, document) <= near.withinKm) &&
    document.feeMinor >= (question.feeMinMinor ?? 0) &&
    document.feeMinor <= (question.feeMaxMinor ?? Infinity) &&
    (free === undefined ||
      free.some(
        ({ timeZone, from, to }) =>
          document.timeZone === timeZone &&
          document.free.some(
            ({ date, part }) => from <= date && date <= to && (!parts?.length || parts.includes(part)),
          ),
      ))
  );
}

const LATE = Number.MAX_SAFE_INTEGER;
/** Engines measure to some metres: who lives as near as makes no difference may come in either order. */
const SAME_DISTANCE_KM = 0.05;

function weekOf({ earliestSlotAt, timeZone }: Document): number {
  if (earliestSlotAt === null) return LATE;
  const { yearOfWeek, weekOfYear } = earliestSlotAt.toZonedDateTimeISO(timeZone).toPlainDate();
  return yearOfWeek! * 100 + weekOfYear!;
}

/** What comes first is least. */
function keysOf(document: Document, { words, near, order = 'soonest' }: Question): number[] {
  const fit = fitOf(document, words);
  const far = near === undefined ? 0 : Math.round(distanceKm(near, document) / SAME_DISTANCE_KM);
  const soon = document.earliestSlotAt?.epochMilliseconds ?? LATE;
  const week = weekOf(document);
  return {
    best: [fit, week, document.checksComplete ? 0 : 1, far, soon],
    soonest: [fit, soon, far],
    nearest: [fit, far, soon],
    fee: [fit, document.feeMinor, week, far, soon],
  }[order];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, key] of a.entries()) if (key !== b[at]) return key < b[at]! ? -1 : 1;
  return 0;
}

/** Whether nobody stands before somebody who should come earlier; who is as near may stand either way. */
export function isInOrder(
  documents: readonly Document[],
  found: readonly string[],
  question: Question,
): boolean {
  const byLabel = new Map(documents.map((document) => [document.shown.label, document]));
  const keys = found.map((label) => keysOf(byLabel.get(label)!, question));
  const distanceAt =
    question.near && { best: 3, soonest: 2, nearest: 1, fee: 3 }[question.order ?? 'soonest'];
  return keys.slice(1).every((key, at) => {
    for (const [index, value] of keys[at]!.entries()) {
      if (index === distanceAt && Math.abs(value - key[index]!) <= 1) return true;
      if (value !== key[index]) return value < key[index]!;
    }
    return true;
  });
}

/** The labels of all that fit, in the order asked for: one place of each practitioner. */
export function scan(documents: readonly Document[], question: Question): string[] {
  const fitting = documents.filter((document) => fits(document, question));
  const best = [...Map.groupBy(fitting, ({ practitionerId }) => practitionerId).values()].map((places) =>
    places.reduce((first, place) =>
      compare(keysOf(place, question), keysOf(first, question)) < 0 ? place : first,
    ),
  );
  return best
    .toSorted(
      (a, b) =>
        compare(keysOf(a, question), keysOf(b, question)) || (a.practitionerId < b.practitionerId ? -1 : 1),
    )
    .map(({ shown }) => shown.label);
}

const VALUES: Record<Facet, (document: Document) => readonly (string | null)[]> = {
  concern: ({ concerns }) => concerns,
  profession: ({ profession }) => [profession],
  consultant: ({ consultant }) => [consultant],
  credential: ({ credentials }) => credentials,
  language: ({ languages }) => languages,
  gender: ({ gender }) => [gender],
  access: ({ access }) => access,
};

/** How many practitioners each choice would leave. */
export function countAll(documents: readonly Document[], question: Question): FacetCounts {
  return Object.fromEntries(
    FACETS.map((facet) => {
      const fitting = documents.filter((document) => fits(document, question, facet));
      const people = new Map<string, Set<string>>();
      for (const document of fitting)
        for (const value of VALUES[facet](document)) {
          if (value === null) continue;
          people.set(value, (people.get(value) ?? new Set()).add(document.practitionerId));
        }
      return [facet, Object.fromEntries([...people].map(([value, { size }]) => [value, size]))];
    }),
  ) as FacetCounts;
}
