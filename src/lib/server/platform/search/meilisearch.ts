import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  Meilisearch,
  MeilisearchApiError,
  MeilisearchTaskTimeOutError,
  type Index,
  type MultiSearchQuery,
  type SearchParams,
  type Settings,
} from 'meilisearch';
import { fingerprintOf } from './fingerprint.ts';
import { freeNumber, freeWanted, weekOf } from './free.ts';
import {
  FACETS,
  type Facet,
  type FacetCounts,
  type SearchAnswer,
  type SearchDocument,
  type SearchIndex,
  type SearchQuestion,
} from './port.ts';
import { askedWords, foldWords, nameWords } from './words.ts';

/** Where the server is, and a key that may do no more than its bearer needs: search alone, or documents as well. */
export interface MeilisearchAccess {
  url: string;
  key?: string;
  /** A search that takes longer has failed. */
  timeoutMs: number;
}

const TASK = { timeout: 600_000, interval: 20 };
/** Long enough to see that a change has been made; a busy server makes it later, in the order in which it was asked. */
const CHANGE = { timeout: 2_000, interval: 20 };
const DOCUMENTS_AT_ONCE = 10_000;
const METRES = 1_000;
/**
 * To count people who are at several places takes longest of all. Up to about so many documents are counted one by one;
 * of more, a share that is about as large.
 */
const COUNTED_EXACTLY = 4_000;
const COUNTED_OF_MORE = 2_000;
const BUCKETS = 64;

/** How the index is built. A change makes an index of another name, which is filled before anybody asks it. */
export const SETTINGS: Settings = {
  // The name counts for more than the words.
  searchableAttributes: ['name', 'words'],
  filterableAttributes: [
    'id',
    'practitionerId',
    'timeZone',
    'concerns',
    'profession',
    'consultant',
    'credentials',
    'languages',
    'gender',
    'access',
    'feeMinor',
    'free',
    'bucket',
    '_geo',
  ],
  sortableAttributes: ['week', 'unchecked', 'earliest', 'feeMinor', 'practitionerId', '_geo'],
  // Who is called what was typed comes first; then the order asked for. Nobody can pay for a better place.
  rankingRules: ['words', 'typo', 'attributeRank', 'exactness', 'sort'],
  distinctAttribute: 'practitionerId',
  // A name is no word of a language: "the" and "an" are names too.
  stopWords: [],
  typoTolerance: { minWordSizeForTypos: { oneTypo: 4, twoTypos: 7 } },
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
  fingerprint: string;
  name: string;
  words: string;
  timeZone: string;
  concerns: readonly string[];
  profession: string;
  consultant: string | null;
  credentials: readonly string[];
  /** 0 where every check has been made, which comes first. */
  unchecked: 0 | 1;
  languages: readonly string[];
  gender: string | null;
  access: readonly string[];
  feeMinor: number;
  /** Milliseconds since the Unix epoch, and the week; left out where there is no free time, and sorted last. */
  earliest?: number;
  week?: number;
  /** The parts of days, by number. */
  free: readonly number[];
  /** One of as many as there are, by chance: a share of everybody is some of them. */
  bucket: number;
  _geo: { lat: number; lng: number };
  shown: Shown;
}

/** The engine for many: forgiving of typing, quick with a hundred thousand practitioners. */
export function meilisearch<Shown>(
  { url, key, timeoutMs }: MeilisearchAccess,
  countedExactly = COUNTED_EXACTLY,
): SearchIndex<Shown> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the one place of this client where a body can be packed
  const client = new Meilisearch({ host: url, apiKey: key, timeout: timeoutMs, httpClient: exchange });
  const index = client.index<Stored<Shown>>(INDEX);

  return {
    async find(question) {
      const page = await index.search(...pageOf(question));
      const documents = page.estimatedTotalHits;
      const buckets =
        documents <= countedExactly
          ? BUCKETS
          : Math.ceil((BUCKETS * Math.min(countedExactly, COUNTED_OF_MORE)) / documents);
      const { results } = await client.multiSearch({ queries: countsOf(question, buckets) });
      return answerOf(question, page.hits, results as unknown as Counted[], BUCKETS / buckets);
    },

    async put(practitionerIds, documents) {
      if (practitionerIds.length === 0) return;
      const stored = documents.map(storedOf);
      // First what they have now, then what they have no more: in between nobody is missing.
      if (stored.length > 0) await index.addDocuments(stored);
      const keep = stored.map(({ id }) => id);
      const gone = all(oneOf('practitionerId', practitionerIds), keep.length > 0 && noneOf('id', keep));
      await done(index.deleteDocuments({ filter: gone }), CHANGE);
    },

    // Filled beside the one that is asked, and swapped with it in one step.
    async replaceAll(batches) {
      const next = `${INDEX}_next`;
      const { results } = await client.getIndexes({ limit: 1_000 });
      const there = new Set(results.map(({ uid }) => uid));
      if (there.has(next)) await done(client.deleteIndex(next));
      await done(client.createIndex(next, { primaryKey: 'id' }));
      await done(client.index(next).updateSettings(SETTINGS));
      for await (const documents of batches)
        await add(client.index<Stored<Shown>>(next), documents.map(storedOf));
      await done(client.swapIndexes([{ indexes: [next, INDEX], rename: !there.has(INDEX) }]));
      if (there.has(INDEX)) await done(client.deleteIndex(next));
    },

    async *holdings() {
      const fields = ['practitionerId', 'locationId', 'fingerprint'] as const;
      const { results } = await client.getIndexes({ limit: 1_000 });
      if (!results.some(({ uid }) => uid === INDEX)) return;
      for (let offset = 0; ; offset += DOCUMENTS_AT_ONCE) {
        const { results } = await index.getDocuments({
          fields: [...fields],
          offset,
          limit: DOCUMENTS_AT_ONCE,
        });
        if (results.length > 0) yield results;
        if (results.length < DOCUMENTS_AT_ONCE) return;
      }
    },
  };
}

/**
 * Sends and reads gzip. Its checksum tells when a byte has become another on the way: neither is a wrong document kept, nor a
 * wrong one shown. The server is asked over plain HTTP, on a network that is trusted to be closed, not to be perfect.
 *
 * What is packed comes in several writes, and on a connection that is kept the server holds the last of them back until ours
 * has acknowledged the first, which it puts off for 40 ms. On a connection of its own every answer is acknowledged at once.
 */
async function exchange(
  url: Parameters<typeof fetch>[0],
  { body, ...init }: RequestInit = {},
): Promise<unknown> {
  const headers = new Headers(init.headers);
  headers.set('accept-encoding', 'gzip');
  headers.set('connection', 'close');
  if (typeof body === 'string') headers.set('content-encoding', 'gzip');
  const packed = typeof body === 'string' ? gzipSync(body, { level: 1 }) : (body ?? null);
  const response = await fetch(url, { ...init, headers, body: packed });
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (!response.ok)
    throw new MeilisearchApiError(response, answer as ConstructorParameters<typeof MeilisearchApiError>[1]);
  return answer;
}

async function add<Shown>(index: Index<Stored<Shown>>, stored: readonly Stored<Shown>[]): Promise<void> {
  for (let first = 0; first < stored.length; first += DOCUMENTS_AT_ONCE) {
    await done(index.addDocuments(stored.slice(first, first + DOCUMENTS_AT_ONCE)));
  }
}

type Enqueued = ReturnType<Meilisearch['createIndex']>;

/** Waits until the server has done it; its own word for why it did not is the error. */
async function done(task: Enqueued, wait = TASK): Promise<void> {
  const { status, error } = await task.waitTask(wait).catch((late: unknown) => {
    if (wait === CHANGE && late instanceof MeilisearchTaskTimeOutError)
      return { status: 'succeeded', error: null };
    throw late;
  });
  if (status !== 'succeeded')
    throw new Error(`Meilisearch: ${error?.code ?? status}: ${error?.message ?? ''}`);
}

type Hit<Shown> = Stored<Shown> & { _geoDistance?: number };

interface Counted {
  totalHits?: number;
  facetDistribution?: Record<string, Record<string, number>>;
}

const ATTRIBUTES: Record<Facet, string> = {
  concern: 'concerns',
  profession: 'profession',
  consultant: 'consultant',
  credential: 'credentials',
  language: 'languages',
  gender: 'gender',
  access: 'access',
};

type Chosen = Record<Facet, string | undefined>;

/** What is chosen of each facet, as filters. */
function chosenOf(question: SearchQuestion): Chosen {
  const allOf = (facet: Facet, values: readonly string[] = []) =>
    values.map((value) => `${ATTRIBUTES[facet]} = ${quoted(value)}`).join(' AND ') || undefined;
  const anyOf = (facet: Facet, values: readonly string[] = []) =>
    values.length > 0 ? oneOf(ATTRIBUTES[facet], values) : undefined;
  return {
    concern: allOf('concern', question.concerns),
    profession: anyOf('profession', question.professions),
    consultant: anyOf('consultant', question.consultants),
    credential: allOf('credential', question.credentials),
    language: anyOf('language', question.languages),
    gender: anyOf('gender', question.genders),
    access: allOf('access', question.access),
  };
}

/** Facets of which one must have all. */
const ALL_OF: ReadonlySet<Facet> = new Set(['concern', 'credential', 'access']);

/** Facets of which one may choose any, and has: they are counted as if nothing of them were chosen. */
function countedApart(chosen: Chosen): Facet[] {
  return FACETS.filter((facet) => !ALL_OF.has(facet) && chosen[facet] !== undefined);
}

function askedOf({ words }: SearchQuestion) {
  return { q: askedWords(words).join(' '), matchingStrategy: 'all' as const };
}

function filterOf(question: SearchQuestion, chosen: Chosen, without?: Facet): string {
  return all(...frameOf(question), ...FACETS.map((each) => each !== without && chosen[each]));
}

/** The words of a page, and what else makes it. */
function pageOf(question: SearchQuestion): [string, SearchParams] {
  const { q, ...asked } = askedOf(question);
  return [
    q,
    {
      ...asked,
      filter: filterOf(question, chosenOf(question)),
      sort: sortOf(question),
      offset: question.offset,
      limit: question.limit,
      attributesToRetrieve: ['practitionerId', 'locationId', 'shown', '_geo'],
    },
  ];
}

/** The number of all with the counts, and the counts of each facet without its own choice, of some buckets: one round trip. */
function countsOf(question: SearchQuestion, buckets: number): MultiSearchQuery[] {
  const chosen = chosenOf(question);
  const counting = (facets: readonly Facet[], without?: Facet) => ({
    ...askedOf(question),
    indexUid: INDEX,
    filter: all(filterOf(question, chosen, without), buckets < BUCKETS && `bucket < ${buckets}`),
    facets: facets.map((facet) => ATTRIBUTES[facet]),
    page: 1,
    hitsPerPage: 0,
  });
  if (question.counts === false) return [counting([])];
  return [counting(FACETS), ...countedApart(chosen).map((facet) => counting([facet], facet))];
}

/** What has to fit whatever is chosen of the facets. */
function frameOf(question: SearchQuestion): (string | undefined)[] {
  const { near, feeMinMinor, feeMaxMinor, free } = question;
  const zones = freeWanted(question).map(
    ({ timeZone, numbers }) => `(timeZone = ${quoted(timeZone)} AND free IN [${numbers.join(', ')}])`,
  );
  return [
    near && `_geoRadius(${near.latitude}, ${near.longitude}, ${Math.round(near.withinKm * METRES)})`,
    feeMinMinor === undefined ? undefined : `feeMinor >= ${feeMinMinor}`,
    feeMaxMinor === undefined ? undefined : `feeMinor <= ${feeMaxMinor}`,
    free && (zones.join(' OR ') || NOBODY),
  ];
}

/** A filter that nobody fits. */
const NOBODY = 'feeMinor < 0 AND feeMinor > 0';

function sortOf({ near, order }: SearchQuestion): string[] {
  const distance = near ? [`_geoPoint(${near.latitude}, ${near.longitude}):asc`] : [];
  const orders: Record<SearchQuestion['order'], string[]> = {
    best: ['week:asc', 'unchecked:asc', ...distance, 'earliest:asc'],
    soonest: ['earliest:asc', ...distance],
    nearest: [...distance, 'earliest:asc'],
    fee: ['feeMinor:asc', 'week:asc', ...distance, 'earliest:asc'],
  };
  return [...orders[order], 'practitionerId:asc'];
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function answerOf<Shown>(
  question: SearchQuestion,
  hits: readonly Hit<Shown>[],
  [all, ...apart]: readonly Counted[],
  times: number,
): SearchAnswer<Shown> {
  const countOf = (counted: Counted | undefined, facet: Facet) =>
    Object.fromEntries(
      Object.entries(counted?.facetDistribution?.[ATTRIBUTES[facet]] ?? {}).map(([value, count]) => [
        value,
        Math.round(count * times),
      ]),
    );
  const countedHere = countedApart(chosenOf(question));
  const counts = Object.fromEntries(
    FACETS.map((facet) => {
      const at = countedHere.indexOf(facet);
      return [facet, countOf(at < 0 ? all : apart[at], facet)];
    }),
  ) as FacetCounts;
  return {
    hits: hits.map(({ practitionerId, locationId, shown, _geoDistance }) => {
      // Who is listed is asked by these: a server of another kind, or an index of somebody else, has failed.
      if (!UUID.test(practitionerId) || !UUID.test(locationId) || typeof shown !== 'object')
        throw new Error('Meilisearch: an answer is none of ours');
      const distanceKm = _geoDistance === undefined ? null : _geoDistance / METRES;
      return { practitionerId, locationId, distanceKm, shown };
    }),
    total: Math.round((all?.totalHits ?? 0) * times),
    counts,
  };
}

function storedOf<Shown>(document: SearchDocument<Shown>): Stored<Shown> {
  const { practitionerId, locationId, earliestSlotAt, timeZone } = document;
  return {
    id: `${practitionerId}_${locationId}`,
    practitionerId,
    locationId,
    fingerprint: fingerprintOf(document),
    name: behindSign(nameWords(document.name)),
    words: behindSign(foldWords(document.words)),
    timeZone,
    concerns: document.concerns,
    profession: document.profession,
    consultant: document.consultant,
    credentials: document.credentials,
    unchecked: document.checksComplete ? 0 : 1,
    languages: document.languages,
    gender: document.gender,
    access: document.access,
    feeMinor: document.feeMinor,
    ...(earliestSlotAt && {
      earliest: earliestSlotAt.epochMilliseconds,
      week: weekOf(earliestSlotAt, timeZone),
    }),
    free: document.free.map(freeNumber),
    bucket: Number.parseInt(practitionerId.slice(-4), 16) % BUCKETS,
    _geo: { lat: document.latitude, lng: document.longitude },
    shown: document.shown,
  };
}

/**
 * What begins with the typed words is "more exact" to Meilisearch than what has them further on, and so a clinic named after
 * somebody would come before every order. No text begins with typed words where a sign stands first that no question has.
 */
function behindSign(words: readonly string[]): string {
  return ['☉', ...words].join(' ');
}

// Filters: every value is quoted, so that no text from outside is read as a filter.

function quoted(value: string): string {
  return `"${value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
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
