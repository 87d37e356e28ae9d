import { sql, type RawBuilder } from 'kysely';
import type { Queryable } from '../db.ts';
import { fingerprintOf } from './fingerprint.ts';
import { freeNumber, freeWanted, weekOf } from './free.ts';
import {
  FACETS,
  type Batches,
  type Facet,
  type FacetCounts,
  type Holding,
  type SearchAnswer,
  type SearchDocument,
  type SearchHit,
  type SearchIndex,
  type SearchQuestion,
} from './port.ts';
import { slipsAllowed, slipsBetween } from './slips.ts';
import { askedWords, foldWords } from './words.ts';

const KM_PER_DEGREE = 111.2;
const ROWS_AT_ONCE = 500;
const HOLDINGS_AT_ONCE = 10_000;
/** As many bits as there are parts of days in `search_document.free`. */
const FREE_BITS = 384;
const BUCKETS = sql.lit(64);
/** Up to this many documents are counted one by one; of more, a share is counted that is about as large. */
const COUNTED_EXACTLY = sql.lit(4_000);

/** The engine that is always there: filters, words and distances over `search_document` and `search_text`. */
export function postgresSearch<Shown>(db: Queryable): SearchIndex<Shown> {
  return {
    async find(question) {
      const words = askedWords(question.words);
      const exact = await answer<Shown>(db, question, words.map(asTyped));
      if (exact.total > 0 || words.length === 0) return exact;
      const forgiving = await Promise.all(words.map((word) => withSlips(db, word)));
      return forgiving.some((term) => term === null)
        ? exact
        : answer<Shown>(db, question, forgiving as Term[]);
    },

    async put(practitionerIds, documents) {
      if (practitionerIds.length === 0) return;
      // In one go: a search in between finds these people as they were or as they are.
      await alone(db, async (trx) => {
        await insert(trx, documents);
        const keys = documents.map(({ practitionerId, locationId }) => `${practitionerId} ${locationId}`);
        await sql`DELETE FROM search_document WHERE practitioner_id = ANY (${practitionerIds}::uuid[])
                     AND practitioner_id || ' ' || location_id <> ALL (${keys}::text[])`.execute(trx);
      });
    },

    async replaceAll(batches) {
      await alone(db, async (trx) => {
        await sql`SET LOCAL statement_timeout = 0`.execute(trx);
        await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(trx);
        await sql`DELETE FROM search_document`.execute(trx);
        await sql`DELETE FROM search_word`.execute(trx);
        for await (const documents of batches) await insert(trx, documents);
      });
    },

    holdings: () => holdings(db),
  };
}

/** One writer after the other: what was made later is written later. */
function alone<T>(db: Queryable, work: (trx: Queryable) => Promise<T>): Promise<T> {
  const locked = async (trx: Queryable) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('search_document'))`.execute(trx);
    return work(trx);
  };
  return db.isTransaction ? locked(db) : db.transaction().execute(locked);
}

async function* holdings(db: Queryable): Batches<Holding> {
  let last: Holding | undefined;
  do {
    const { rows }: { rows: Holding[] } = await sql<Holding>`
      SELECT practitioner_id AS "practitionerId", location_id AS "locationId", fingerprint FROM search_document
       WHERE ${last === undefined ? anything : sql<boolean>`(practitioner_id, location_id) > (${last.practitionerId}::uuid, ${last.locationId}::uuid)`}
       ORDER BY practitioner_id, location_id LIMIT ${HOLDINGS_AT_ONCE}`.execute(db);
    if (rows.length > 0) yield rows;
    last = rows.length < HOLDINGS_AT_ONCE ? undefined : rows.at(-1);
  } while (last !== undefined);
}

// Words

/** A word that is looked for, as parts of a tsquery: anywhere, in the name alone, and as a whole in the name. */
interface Term {
  anywhere: string;
  inName: string;
  wholeInName: string;
}

/** Letters and digits alone come here, so nothing of the query language does. */
function asTyped(word: string): Term {
  return { anywhere: `${word}:*`, inName: `${word}:*A`, wholeInName: `${word}:A` };
}

/** The same for every word in the index that is at most some slips away; null where there is none. */
async function withSlips(db: Queryable, typed: string): Promise<Term | null> {
  const allowed = slipsAllowed(typed);
  // Two neighbours swapped are two slips for levenshtein, and one for us.
  const { rows } = await sql<{ word: string }>`
    SELECT word FROM search_word
     WHERE length(word) BETWEEN ${typed.length - allowed} AND ${typed.length + allowed}
       AND levenshtein_less_equal(word, ${typed}, ${2 * allowed}) <= ${2 * allowed}`.execute(db);
  const meant = rows
    .map(({ word }) => ({ word, slips: slipsBetween(typed, word) }))
    .filter(({ slips }) => slips <= allowed)
    .toSorted((a, b) => a.slips - b.slips);
  if (meant.length === 0) return null;
  const nearest = meant.filter(({ slips }) => slips === meant[0]!.slips);
  const anyOf = (words: readonly { word: string }[], suffix: string) =>
    `(${words.map(({ word }) => `${word}${suffix}`).join(' | ')})`;
  return { anywhere: anyOf(meant, ''), inName: anyOf(meant, ':A'), wholeInName: anyOf(nearest, ':A') };
}

function query(terms: readonly Term[], part: keyof Term): RawBuilder<unknown> {
  return sql`${terms.map((term) => term[part]).join(' & ')}::tsquery`;
}

/** 0: all of it is the name; 1: the name begins like it; 2: found by other words. */
function fitOf(terms: readonly Term[]): RawBuilder<number> {
  if (terms.length === 0) return sql<number>`0`;
  return sql<number>`CASE WHEN lexemes @@ ${query(terms, 'wholeInName')} THEN 0
                          WHEN lexemes @@ ${query(terms, 'inName')} THEN 1 ELSE 2 END`;
}

// Conditions

type Condition = RawBuilder<boolean>;
const anything: Condition = sql<boolean>`true`;

function both(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? anything : sql<boolean>`(${sql.join(conditions, sql` AND `)})`;
}

/** What has to fit whatever is chosen of the facets. */
function frameOf(question: SearchQuestion, terms: readonly Term[]): Condition {
  const { near, feeMinMinor, feeMaxMinor, free } = question;
  const conditions: Condition[] = [];
  if (terms.length > 0) conditions.push(sql<boolean>`lexemes @@ ${query(terms, 'anywhere')}`);
  if (near !== undefined) {
    const north = near.withinKm / KM_PER_DEGREE;
    // Degrees of longitude shrink towards the poles; at the far end of the box, not at its middle.
    const east = north / Math.cos((Math.min(89, Math.abs(near.latitude) + north) * Math.PI) / 180);
    const [west, south] = [near.longitude - east, near.latitude - north];
    conditions.push(
      sql<boolean>`point(longitude, latitude) <@ box(point(${west}, ${south}), point(${near.longitude + east}, ${near.latitude + north}))`,
      sql<boolean>`${distance(near)} <= ${near.withinKm}`,
    );
  }
  if (feeMinMinor !== undefined) conditions.push(sql<boolean>`fee_minor >= ${feeMinMinor}`);
  if (feeMaxMinor !== undefined) conditions.push(sql<boolean>`fee_minor <= ${feeMaxMinor}`);
  if (free !== undefined) {
    const zones = freeWanted(question).map(
      ({ timeZone, numbers }) =>
        sql<boolean>`time_zone = ${text(timeZone)} AND bit_count(free & ${bitsOf(numbers)}::bit(384)) > 0`,
    );
    conditions.push(zones.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(zones, sql` OR `)})`);
  }
  return both(conditions);
}

function bitsOf(numbers: readonly number[]): string {
  const bits = new Array<string>(FREE_BITS).fill('0');
  for (const number of numbers) bits[number % FREE_BITS] = '1';
  return bits.join('');
}

/** PostgreSQL takes no NUL for a text; nobody has a value with one. */
const text = (value: string) => value.replaceAll('\0', '\u{fffd}');
const texts = (values: readonly string[]) => values.map(text);

/** What is chosen of each facet; undefined where nothing is. */
function chosenOf(question: SearchQuestion): Record<Facet, Condition | undefined> {
  const allOf = (column: string, values: readonly string[] | undefined) =>
    values?.length ? sql<boolean>`${sql.ref(column)} @> ${texts(values)}::text[]` : undefined;
  const oneOf = (column: string, values: readonly string[] | undefined) =>
    values?.length
      ? sql<boolean>`coalesce(${sql.ref(column)} = ANY (${texts(values)}::text[]), false)`
      : undefined;
  return {
    concern: allOf('concerns', question.concerns),
    profession: oneOf('profession', question.professions),
    consultant: oneOf('consultant', question.consultants),
    credential: allOf('credentials', question.credentials),
    language: question.languages?.length
      ? sql<boolean>`languages && ${texts(question.languages)}::text[]`
      : undefined,
    gender: oneOf('gender', question.genders),
    access: allOf('access', question.access),
  };
}

/** Kilometres from the place asked for; null without one. */
function distance(near: SearchQuestion['near']): RawBuilder<number | null> {
  if (near === undefined) return sql<number | null>`NULL::float8`;
  return sql<
    number | null
  >`distance_km(latitude, longitude, ${near.latitude}::float8, ${near.longitude}::float8)`;
}

/** Nobody can pay for a better place. */
const ORDER_BY: Record<SearchQuestion['order'], RawBuilder<unknown>> = {
  best: sql`fit, earliest_week NULLS LAST, checks_complete DESC, distance_km, earliest_slot_at`,
  soonest: sql`fit, earliest_slot_at NULLS LAST, distance_km`,
  nearest: sql`fit, distance_km, earliest_slot_at NULLS LAST`,
  fee: sql`fit, fee_minor, earliest_week NULLS LAST, distance_km, earliest_slot_at`,
};

// Answers

async function answer<Shown>(
  db: Queryable,
  question: SearchQuestion,
  terms: readonly Term[],
): Promise<SearchAnswer<Shown>> {
  const [{ hits, total }, counts] = await Promise.all([
    findHits<Shown>(db, question, terms),
    question.counts === false ? noCounts() : countFacets(db, question, terms),
  ]);
  return { hits, total, counts };
}

/** The tables to look in: the wide one only for words. */
function documents(terms: readonly Term[]): RawBuilder<unknown> {
  return terms.length > 0
    ? sql`search_document JOIN search_text USING (practitioner_id, location_id)`
    : sql`search_document`;
}

async function findHits<Shown>(
  db: Queryable,
  question: SearchQuestion,
  terms: readonly Term[],
): Promise<{ hits: SearchHit<Shown>[]; total: number }> {
  const order = ORDER_BY[question.order];
  const chosen = Object.values(chosenOf(question)).filter((condition) => condition !== undefined);
  const { rows } = await sql<SearchHit<Shown> & { total: number }>`
    WITH practice AS (
      SELECT DISTINCT ON (practitioner_id) practitioner_id, location_id, earliest_week, checks_complete, earliest_slot_at, fee_minor,
             ${fitOf(terms)} AS fit, ${distance(question.near)} AS distance_km
        FROM ${documents(terms)}
       WHERE ${frameOf(question, terms)} AND ${both(chosen)}
       ORDER BY practitioner_id, ${order}, location_id
    ), page AS (
      SELECT *, row_number() OVER (ORDER BY ${order}, practitioner_id) AS place
        FROM practice
       ORDER BY place LIMIT ${question.limit} OFFSET ${question.offset}
    )
    SELECT practitioner_id AS "practitionerId", location_id AS "locationId", distance_km AS "distanceKm", shown, total
      FROM (SELECT count(*) AS total FROM practice) AS counted
      LEFT JOIN (page JOIN search_text USING (practitioner_id, location_id)) ON true
     ORDER BY place`.execute(db);
  return {
    hits: rows.filter(({ practitionerId }) => practitionerId !== null).map(({ total: _, ...hit }) => hit),
    total: rows[0]?.total ?? 0,
  };
}

const COLUMNS: Record<Facet, { column: string; isList: boolean }> = {
  concern: { column: 'concerns', isList: true },
  profession: { column: 'profession', isList: false },
  consultant: { column: 'consultant', isList: false },
  credential: { column: 'credentials', isList: true },
  language: { column: 'languages', isList: true },
  gender: { column: 'gender', isList: false },
  access: { column: 'access', isList: true },
};

/** Facets of which one may choose any: counted as if nothing of them were chosen. */
const ANY_OF: ReadonlySet<Facet> = new Set(['profession', 'consultant', 'language', 'gender']);

async function countFacets(
  db: Queryable,
  question: SearchQuestion,
  terms: readonly Term[],
): Promise<FacetCounts> {
  const chosen = chosenOf(question);
  const always = FACETS.flatMap((facet) => (ANY_OF.has(facet) ? [] : (chosen[facet] ?? [])));
  const fits = (facet: Facet) =>
    both(
      FACETS.filter((other) => other !== facet && ANY_OF.has(other) && chosen[other] !== undefined).map(
        (other) => sql<boolean>`${sql.ref(`${other}_fits`)}`,
      ),
    );
  const flags = FACETS.filter((facet) => ANY_OF.has(facet) && chosen[facet] !== undefined).map(
    (facet) => sql`, ${chosen[facet]} AS ${sql.ref(`${facet}_fits`)}`,
  );
  const counted = FACETS.map((facet) => {
    const { column, isList } = COLUMNS[facet];
    const from = isList ? sql`counted, unnest(${sql.ref(column)}) AS value` : sql`counted`;
    const value = isList ? sql`value` : sql.ref(column);
    return sql`SELECT ${facet} AS facet, ${value} AS value, count(DISTINCT practitioner_id) AS practitioners
                 FROM ${from} WHERE ${fits(facet)} AND ${value} IS NOT NULL GROUP BY 2`;
  });
  const { rows } = await sql<{ facet: Facet; value: string; practitioners: number; share: number }>`
    WITH fitting AS MATERIALIZED (
      SELECT practitioner_id, bucket, concerns, profession, consultant, credentials, languages, gender, access${sql.join(flags, sql``)}
        FROM ${documents(terms)} WHERE ${both([frameOf(question, terms), ...always])}
    ), share AS MATERIALIZED (
      SELECT least(${BUCKETS}, greatest(1, ${BUCKETS} * ${COUNTED_EXACTLY} / greatest(1, count(*)))) AS buckets FROM fitting
    ), counted AS MATERIALIZED (SELECT fitting.* FROM fitting, share WHERE bucket < buckets)
    SELECT facet, value, practitioners, ${BUCKETS}::float8 / buckets AS share FROM (${sql.join(counted, sql` UNION ALL `)}) AS facets, share`.execute(
    db,
  );
  const counts = noCounts();
  for (const { facet, value, practitioners, share } of rows)
    counts[facet][value] = Math.round(practitioners * share);
  return counts;
}

function noCounts(): FacetCounts {
  return Object.fromEntries(FACETS.map((facet) => [facet, {}])) as FacetCounts;
}

// Writing

async function insert(trx: Queryable, all: readonly SearchDocument<unknown>[]): Promise<void> {
  for (let first = 0; first < all.length; first += ROWS_AT_ONCE) {
    const documents = all.slice(first, first + ROWS_AT_ONCE);
    const rows = JSON.stringify(documents.map(rowOf));
    await sql`
      WITH given AS MATERIALIZED (
        SELECT * FROM json_to_recordset(${rows}::json) AS row (
          practitioner_id uuid, location_id uuid, time_zone text, latitude float8, longitude float8, concerns text[], profession text, consultant text,
          credentials text[], checks_complete boolean, languages text[], gender text, access text[], fee_minor integer, earliest_slot_at timestamptz,
          earliest_week integer, free bit(384), fingerprint text, lexemes text, shown jsonb)
      ), document AS (
        INSERT INTO search_document AS d (practitioner_id, location_id, time_zone, latitude, longitude, concerns, profession, consultant, credentials,
               checks_complete, languages, gender, access, fee_minor, earliest_slot_at, earliest_week, free, bucket, fingerprint)
        SELECT practitioner_id, location_id, time_zone, latitude, longitude, concerns, profession, consultant, credentials,
               checks_complete, languages, gender, access, fee_minor, earliest_slot_at, earliest_week, free,
               abs(hashtext(practitioner_id::text)) % ${BUCKETS}, fingerprint
          FROM given
        ON CONFLICT (practitioner_id, location_id) DO UPDATE SET
          time_zone = excluded.time_zone, latitude = excluded.latitude, longitude = excluded.longitude, concerns = excluded.concerns,
          profession = excluded.profession, consultant = excluded.consultant, credentials = excluded.credentials,
          checks_complete = excluded.checks_complete, languages = excluded.languages, gender = excluded.gender, access = excluded.access,
          fee_minor = excluded.fee_minor, earliest_slot_at = excluded.earliest_slot_at, earliest_week = excluded.earliest_week,
          free = excluded.free, fingerprint = excluded.fingerprint
         WHERE d.fingerprint <> excluded.fingerprint
        RETURNING practitioner_id, location_id
      ), written AS (
        INSERT INTO search_text AS t (practitioner_id, location_id, lexemes, shown)
        SELECT practitioner_id, location_id, lexemes::tsvector, shown FROM given JOIN document USING (practitioner_id, location_id)
        ON CONFLICT (practitioner_id, location_id) DO UPDATE SET lexemes = excluded.lexemes, shown = excluded.shown
        RETURNING lexemes
      )
      INSERT INTO search_word SELECT DISTINCT unnest(tsvector_to_array(lexemes)) FROM written ON CONFLICT DO NOTHING`.execute(
      trx,
    );
  }
}

function rowOf(document: SearchDocument<unknown>) {
  const { earliestSlotAt, timeZone } = document;
  return {
    practitioner_id: document.practitionerId,
    location_id: document.locationId,
    time_zone: timeZone,
    latitude: document.latitude,
    longitude: document.longitude,
    concerns: document.concerns,
    profession: document.profession,
    consultant: document.consultant,
    credentials: document.credentials,
    checks_complete: document.checksComplete,
    languages: document.languages,
    gender: document.gender,
    access: document.access,
    fee_minor: document.feeMinor,
    earliest_slot_at: earliestSlotAt,
    earliest_week: earliestSlotAt && weekOf(earliestSlotAt, timeZone),
    free: bitsOf(document.free.map(freeNumber)),
    fingerprint: fingerprintOf(document),
    lexemes: lexemesOf(document),
    shown: document.shown,
  };
}

/** Every word once, with where it stands: the name as A. "O'Neill" is found as "oneill" too. */
function lexemesOf({ name, words }: SearchDocument<unknown>): string {
  const inName = new Set([
    ...foldWords(name),
    ...foldWords(name.replaceAll(/(?<=\p{L})['’‐-](?=\p{L})/gu, '')),
  ]);
  const elsewhere = new Set(foldWords(words)).difference(inName);
  return [...[...inName].map((word) => `${word}:1A`), ...[...elsewhere].map((word) => `${word}:2`)].join(' ');
}
