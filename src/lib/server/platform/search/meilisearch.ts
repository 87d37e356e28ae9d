import { createHash } from 'node:crypto';
import { Meilisearch, type Index, type MultiSearchQuery, type Settings } from 'meilisearch';
import { datesBetween } from './dates.ts';
import {
  FACETS,
  type Facet,
  type FacetCounts,
  type SearchAnswer,
  type SearchDocument,
  type SearchIndex,
  type SearchQuestion,
} from './port.ts';
import { foldWords } from './words.ts';

/** Where the server is, and a key that may do no more than its bearer needs: search alone, or documents as well. */
export interface MeilisearchAccess {
  url: string;
  key?: string;
  /** A search that takes longer has failed. */
  timeoutMs: number;
}

const TASK = { timeout: 120_000, interval: 20 };
const DOCUMENTS_AT_ONCE = 10_000;
const METRES = 1_000;

/** How the index is built. A change makes an index of another name, which is filled before anybody asks it. */
export const SETTINGS: Settings = {
  searchableAttributes: ['words'],
  filterableAttributes: [
    'id',
    'practitionerId',
    'concerns',
    'profession',
    'languages',
    'gender',
    'feeMinor',
    'free',
    '_geo',
  ],
  sortableAttributes: ['earliest', 'practitionerId', '_geo'],
  // Who is called what was typed comes first; then the order asked for. Nobody can pay for a better place.
  rankingRules: ['words', 'typo', 'sort', 'exactness'],
  distinctAttribute: 'practitionerId',
  // A name is no word of a language: "the" and "an" are names too.
  stopWords: [],
  typoTolerance: { minWordSizeForTypos: { oneTypo: 4, twoTypos: 8 } },
  faceting: { maxValuesPerFacet: 500 },
  pagination: { maxTotalHits: 1_000_000 },
};

/** `practices_3f2a91c0`: the settings are part of the name. */
export const INDEX = `practices_${createHash('sha256').update(JSON.stringify(SETTINGS)).digest('hex').slice(0, 8)}`;

/** What Meilisearch keeps of a practitioner at a location. */
interface Stored<Shown> {
  id: string;
  practitionerId: string;
  locationId: string;
  words: string;
  concerns: readonly string[];
  profession: string;
  languages: readonly string[];
  gender: string | null;
  feeMinor: number;
  /** Milliseconds since the Unix epoch; left out where there is no free time, and sorted last. */
  earliest?: number;
  /** `Europe/London 2026-12-01`: days are free on the calendar of their zone. */
  free: readonly string[];
  _geo: { lat: number; lng: number };
  shown: Shown;
}

/** The engine for many: forgiving of typing, quick with a hundred thousand practitioners. */
export function meilisearch<Shown>({ url, key, timeoutMs }: MeilisearchAccess): SearchIndex<Shown> {
  const client = new Meilisearch({ host: url, apiKey: key, timeout: timeoutMs });
  const index = client.index<Stored<Shown>>(INDEX);

  return {
    async find(question) {
      const { results } = await client.multiSearch({ queries: queriesOf(question) });
      return answerOf(question, results as unknown as Result<Shown>[]);
    },

    async put(practitionerIds, documents) {
      if (practitionerIds.length === 0) return;
      const stored = documents.map(storedOf);
      // First what they have now, then what they have no more: in between nobody is missing.
      await add(index, stored);
      const keep = stored.map(({ id }) => id);
      const gone = all(oneOf('practitionerId', practitionerIds), keep.length > 0 && noneOf('id', keep));
      await done(index.deleteDocuments({ filter: gone }));
    },

    // Filled beside the one that is asked, and swapped with it in one step.
    async replaceAll(documents) {
      const next = `${INDEX}_next`;
      const { results } = await client.getIndexes({ limit: 1_000 });
      const there = new Set(results.map(({ uid }) => uid));
      if (there.has(next)) await done(client.deleteIndex(next));
      await done(client.createIndex(next, { primaryKey: 'id' }));
      await done(client.index(next).updateSettings(SETTINGS));
      await add(client.index<Stored<Shown>>(next), documents.map(storedOf));
      await done(client.swapIndexes([{ indexes: [next, INDEX], rename: !there.has(INDEX) }]));
      if (there.has(INDEX)) await done(client.deleteIndex(next));
    },
  };
}

async function add<Shown>(index: Index<Stored<Shown>>, stored: readonly Stored<Shown>[]): Promise<void> {
  for (let first = 0; first < stored.length; first += DOCUMENTS_AT_ONCE) {
    await done(index.addDocuments(stored.slice(first, first + DOCUMENTS_AT_ONCE)));
  }
}

type Enqueued = ReturnType<Meilisearch['createIndex']>;

/** Waits until the server has really done it; its own word for why it did not is the error. */
async function done(task: Enqueued): Promise<void> {
  const { status, error } = await task.waitTask(TASK);
  if (status !== 'succeeded')
    throw new Error(`Meilisearch: ${error?.code ?? status}: ${error?.message ?? ''}`);
}

interface Result<Shown> {
  hits: (Stored<Shown> & { _geoDistance?: number })[];
  totalHits?: number;
  facetDistribution?: Record<string, Record<string, number>>;
}

const ATTRIBUTES: Record<Facet, string> = {
  concern: 'concerns',
  profession: 'profession',
  language: 'languages',
  gender: 'gender',
};

type Chosen = Record<Facet, string | undefined>;

/** What is chosen of each facet, as filters. */
function chosenOf({ concerns, professions, language, gender }: SearchQuestion): Chosen {
  return {
    concern: concerns?.length
      ? concerns.map((concern) => `concerns = ${quoted(concern)}`).join(' AND ')
      : undefined,
    profession: professions?.length ? oneOf('profession', professions) : undefined,
    language: language ? `languages = ${quoted(language)}` : undefined,
    gender: gender ? `gender = ${quoted(gender)}` : undefined,
  };
}

/** Facets of which one may choose any, and has: they are counted as if nothing of them were chosen. */
function countedApart(chosen: Chosen): Facet[] {
  return FACETS.filter((facet) => facet !== 'concern' && chosen[facet] !== undefined);
}

/** The page, the number of all with the counts, and the counts of each facet without its own choice: one round trip. */
function queriesOf(question: SearchQuestion): MultiSearchQuery[] {
  const chosen = chosenOf(question);
  const asked = {
    indexUid: INDEX,
    q: foldWords(question.words ?? '').join(' '),
    matchingStrategy: 'all' as const,
  };
  const frame = frameOf(question);
  const filterWithout = (facet?: Facet) =>
    all(...frame, ...FACETS.map((each) => each !== facet && chosen[each]));
  const counting = (facets: readonly Facet[], without?: Facet) => ({
    ...asked,
    filter: filterWithout(without),
    facets: facets.map((facet) => ATTRIBUTES[facet]),
    page: 1,
    hitsPerPage: 0,
  });
  return [
    {
      ...asked,
      filter: filterWithout(),
      sort: sortOf(question),
      offset: question.offset,
      limit: question.limit,
      attributesToRetrieve: ['practitionerId', 'locationId', 'shown', '_geo'],
    },
    counting(FACETS),
    ...countedApart(chosen).map((facet) => counting([facet], facet)),
  ];
}

/** What has to fit whatever is chosen of the facets. */
function frameOf({ near, feeMaxMinor, free }: SearchQuestion): (string | undefined)[] {
  return [
    near && `_geoRadius(${near.latitude}, ${near.longitude}, ${Math.round(near.withinKm * METRES)})`,
    feeMaxMinor === undefined ? undefined : `feeMinor <= ${feeMaxMinor}`,
    free &&
      oneOf(
        'free',
        free.flatMap(({ timeZone, from, to }) => datesBetween(from, to).map((day) => `${timeZone} ${day}`)),
      ),
  ];
}

function sortOf({ near, order }: SearchQuestion): string[] {
  const distance = near ? [`_geoPoint(${near.latitude}, ${near.longitude}):asc`] : [];
  const first = order === 'nearest' ? [...distance, 'earliest:asc'] : ['earliest:asc', ...distance];
  return [...first, 'practitionerId:asc'];
}

function answerOf<Shown>(question: SearchQuestion, results: readonly Result<Shown>[]): SearchAnswer<Shown> {
  const [page, all, ...apart] = results as [Result<Shown>, Result<Shown>, ...Result<Shown>[]];
  const counts = Object.fromEntries(
    FACETS.map((facet) => [facet, all.facetDistribution?.[ATTRIBUTES[facet]] ?? {}]),
  ) as FacetCounts;
  for (const [index, facet] of countedApart(chosenOf(question)).entries()) {
    counts[facet] = apart[index]?.facetDistribution?.[ATTRIBUTES[facet]] ?? {};
  }
  return {
    hits: page.hits.map(({ practitionerId, locationId, shown, _geoDistance }) => ({
      practitionerId,
      locationId,
      distanceKm: _geoDistance === undefined ? null : _geoDistance / METRES,
      shown,
    })),
    total: all.totalHits ?? 0,
    counts,
  };
}

function storedOf<Shown>(document: SearchDocument<Shown>): Stored<Shown> {
  const { practitionerId, locationId, earliestSlotAt, timeZone } = document;
  return {
    id: `${practitionerId}_${locationId}`,
    practitionerId,
    locationId,
    words: foldWords(document.words).join(' '),
    concerns: document.concerns,
    profession: document.profession,
    languages: document.languages,
    gender: document.gender,
    feeMinor: document.feeMinor,
    ...(earliestSlotAt && { earliest: earliestSlotAt.epochMilliseconds }),
    free: document.freeDates.map((day) => `${timeZone} ${day}`),
    _geo: { lat: document.latitude, lng: document.longitude },
    shown: document.shown,
  };
}

// Filters: every value is quoted, so that no text from outside is read as a filter.

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function oneOf(attribute: string, values: readonly string[]): string {
  return `${attribute} IN [${values.map(quoted).join(', ')}]`;
}

function noneOf(attribute: string, values: readonly string[]): string {
  return `${attribute} NOT IN [${values.map(quoted).join(', ')}]`;
}

function all(...filters: (string | false | undefined)[]): string {
  return filters
    .filter(Boolean)
    .map((filter) => `(${filter})`)
    .join(' AND ');
}
