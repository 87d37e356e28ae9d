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
import { cellOf, cellsNear, chordOf, kilometresOf, vectorOf } from './sphere.ts';
import { askedWords, foldWords, nameWords } from './words.ts';

const ROWS_AT_ONCE = 500;
const HOLDINGS_AT_ONCE = 10_000;
/** As many bits as there are parts of days in `search_document.free`. */
const FREE_BITS = 384;
const BUCKETS = 64;
/** Up to this many documents are counted one by one; of more, a share is counted that is about as large. */
const COUNTED_EXACTLY = 2_000;
/** Where neither words nor a place narrow a question, a share of everybody is counted first: enough if so many fit. */
const FIRST_BUCKETS = 4;
const ENOUGH_IN_SHARE = 1_000;
/** A text is read for each document of the share: a smaller one, where words are common. */
const FIRST_BUCKETS_OF_WORDS = 2;
/** Who is at several places stands in the order several times: so many more documents are read than are shown. */
const READ_AHEAD = 3;

/** From when on words are common: then the first of all in order are looked at, and not all who have the words. */
export interface Common {
  /** So many documents are expected to have them, ... */
  documents: number;
  /** ... and so many in the share that is counted first fit in everything else too. */
  inShare: number;
}
const COMMON: Common = { documents: 5_000, inShare: 150 };

/** The engine that is always there: filters, words and distances over `search_document` and `search_text`. */
export function postgresSearch<Shown>(db: Queryable, common: Common = COMMON): SearchIndex<Shown> {
  return {
    async find(question) {
      const words = askedWords(question.words);
      const exact = await answer<Shown>(db, question, words.map(asTyped), common);
      if (exact.total > 0 || words.length === 0) return exact;
      const forgiving = await Promise.all(words.map((word) => withSlips(db, word)));
      return forgiving.some((term) => term === null)
        ? exact
        : answer<Shown>(db, question, forgiving as Term[], common);
    },

    async put(practitionerIds, documents) {
      if (practitionerIds.length === 0) return;
      // In one go: a search in between finds these people as they were or as they are.
      await alone(db, async (trx) => {
        const before = await wordsOf(trx, practitionerIds);
        await insert(trx, documents);
        const keys = documents.map(({ practitionerId, locationId }) => `${practitionerId} ${locationId}`);
        await sql`DELETE FROM search_document WHERE practitioner_id = ANY (${practitionerIds}::uuid[])
                     AND practitioner_id || ' ' || location_id <> ALL (${keys}::text[])`.execute(trx);
        const gone = [...before.difference(new Set(documents.flatMap(wordsIn)))];
        if (gone.length > 0) await sql`SELECT drop_unused_words(${gone}::text[])`.execute(trx);
      });
    },

    async replaceAll(batches) {
      await alone(db, async (trx) => {
        await sql`SET LOCAL statement_timeout = 0`.execute(trx);
        await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(trx);
        await sql`SET LOCAL transaction_timeout = 0`.execute(trx);
        await sql`DELETE FROM search_document`.execute(trx);
        await sql`DELETE FROM search_word`.execute(trx);
        for await (const documents of batches) await insert(trx, documents);
        // Whose documents came in two batches was taken for two with one place each.
        await sql`UPDATE search_document SET is_only_place = false
                   WHERE is_only_place AND practitioner_id IN
                         (SELECT practitioner_id FROM search_document GROUP BY 1 HAVING count(*) > 1)`.execute(
          trx,
        );
      });
      if (!db.isTransaction) await vacuum(db);
    },

    holdings: () => holdings(db),
  };
}

/** An index answers without its table only for rows that a vacuum has seen. */
function vacuum(db: Queryable): Promise<void> {
  return db.connection().execute(async (connection) => {
    await sql`SET statement_timeout = 0`.execute(connection);
    try {
      await sql`VACUUM (ANALYZE) search_document, search_text`.execute(connection);
    } finally {
      await sql`RESET statement_timeout`.execute(connection);
    }
  });
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
function frameOf(question: SearchQuestion, numbers: Numbers): Condition {
  const { near, feeMinMinor, feeMaxMinor, free } = question;
  const conditions: Condition[] = [];
  if (near !== undefined) {
    const cells = cellsNear(near);
    if (cells !== null) conditions.push(sql<boolean>`cell = ANY (${cells}::integer[])`);
    conditions.push(sql<boolean>`${squaredChord(near)} <= ${chordOf(near.withinKm) ** 2}::float8`);
  }
  if (feeMinMinor !== undefined) conditions.push(sql<boolean>`fee_minor >= ${feeMinMinor}`);
  if (feeMaxMinor !== undefined) conditions.push(sql<boolean>`fee_minor <= ${feeMaxMinor}`);
  if (free !== undefined) {
    // Mostly the dates are the same in every zone, and are compared once.
    const alike = Map.groupBy(freeWanted(question), ({ numbers: parts }) => bitsOf(parts));
    const days = [...alike].map(([bits, zones]) => {
      const inZone = zones.map(({ timeZone }) => numbers.of('zone', timeZone));
      return sql<boolean>`bit_count(free & ${bits}::bit(384)) > 0 AND choices && ${inZone}::smallint[]`;
    });
    conditions.push(days.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(days, sql` OR `)})`);
  }
  return both(conditions);
}

function bitsOf(numbers: readonly number[]): string {
  const bits = new Array<string>(FREE_BITS).fill('0');
  for (const number of numbers) bits[number % FREE_BITS] = '1';
  return bits.join('');
}

/** How far it is from the place asked for, in units that sort the same: the square of the straight line through the Earth. */
function squaredChord(near: NonNullable<SearchQuestion['near']>): RawBuilder<number> {
  const { x, y, z } = vectorOf(near);
  return sql<number>`((x - ${x}::float8) * (x - ${x}::float8) + (y - ${y}::float8) * (y - ${y}::float8) + (z - ${z}::float8) * (z - ${z}::float8))`;
}

// Choices: whatever can be chosen is a number in `search_choice`, for numbers are compared and counted faster.

type Kind = Facet | 'zone';

/** The numbers of what a question chooses; what nobody has is -1. */
interface Numbers {
  of(kind: Kind, value: string): number;
}

/** PostgreSQL takes no NUL for a text; nobody has a value with one. */
const choiceName = (kind: Kind, value: string) => `${kind} ${value.replaceAll('\0', '\u{fffd}')}`;

/** Facets of which one may choose any: counted as if nothing of them were chosen. */
const ANY_OF: ReadonlySet<Facet> = new Set(['profession', 'consultant', 'language', 'gender']);

function valuesOf(question: SearchQuestion): Record<Facet, readonly string[]> {
  return {
    concern: question.concerns ?? [],
    profession: question.professions ?? [],
    consultant: question.consultants ?? [],
    credential: question.credentials ?? [],
    language: question.languages ?? [],
    gender: question.genders ?? [],
    access: question.access ?? [],
  };
}

async function numbersOf(db: Queryable, question: SearchQuestion): Promise<Numbers> {
  const values = valuesOf(question);
  const names = FACETS.flatMap((facet) => values[facet].map((value) => choiceName(facet, value)));
  names.push(...(question.free ?? []).map(({ timeZone }) => choiceName('zone', timeZone)));
  const numbers = new Map<string, number>();
  if (names.length > 0) {
    const { rows } = await sql<{ name: string; number: number }>`
      SELECT name, number FROM search_choice WHERE name = ANY (${names}::text[])`.execute(db);
    for (const { name, number } of rows) numbers.set(name, number);
  }
  return { of: (kind, value) => numbers.get(choiceName(kind, value)) ?? -1 };
}

/** What is chosen of each facet; undefined where nothing is. */
function chosenOf(question: SearchQuestion, numbers: Numbers): Record<Facet, Condition | undefined> {
  const values = valuesOf(question);
  return Object.fromEntries(
    FACETS.map((facet) => {
      const chosen = values[facet].map((value) => numbers.of(facet, value));
      const operator = ANY_OF.has(facet) ? sql`&&` : sql`@>`;
      return [facet, chosen.length > 0 ? sql<boolean>`choices ${operator} ${chosen}::smallint[]` : undefined];
    }),
  ) as Record<Facet, Condition | undefined>;
}

// Answers

/** A question in the terms of the tables. */
interface Asked {
  question: SearchQuestion;
  /** The tables to look in: the wide one only for words. */
  tables: RawBuilder<unknown>;
  terms: readonly Term[];
  words: Condition;
  frame: Condition;
  chosen: Record<Facet, Condition | undefined>;
}

async function answer<Shown>(
  db: Queryable,
  question: SearchQuestion,
  terms: readonly Term[],
  common: Common,
): Promise<SearchAnswer<Shown>> {
  const numbers = await numbersOf(db, question);
  const asked: Asked = {
    question,
    tables:
      terms.length > 0
        ? sql`search_document JOIN search_text USING (practitioner_id, location_id)`
        : sql`search_document`,
    terms,
    frame: frameOf(question, numbers),
    words: terms.length > 0 ? sql<boolean>`lexemes @@ ${query(terms, 'anywhere')}` : anything,
    chosen: chosenOf(question, numbers),
  };
  if (terms.length > 0 && (await expected(db, terms, 'anywhere')) >= common.documents) {
    const { documents, ...counted } = await countShare(db, asked, FIRST_BUCKETS_OF_WORDS);
    if (documents >= common.inShare) return { hits: await findCommon<Shown>(db, asked, common), ...counted };
  }
  const [hits, counted] = await Promise.all([findHits<Shown>(db, asked), count(db, asked)]);
  return { hits, ...counted };
}

/** How many documents have these words, as far as the statistics of the table know. */
async function expected(db: Queryable, terms: readonly Term[], part: 'anywhere' | 'inName'): Promise<number> {
  const words = sql.lit(terms.map((term) => term[part]).join(' & '));
  const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>`
    EXPLAIN (FORMAT json) SELECT FROM search_text WHERE ${part === 'inName' ? IN_NAME : sql`lexemes`} @@ ${words}::tsquery`.execute(
    db,
  );
  return rows[0]!['QUERY PLAN'][0].Plan['Plan Rows'];
}

/** Nobody can pay for a better place. */
function orderOf({ question: { order, near }, terms }: Asked): RawBuilder<unknown> {
  const distance = near === undefined ? [] : [sql`squared_chord`];
  const week = sql`earliest_week NULLS LAST`;
  const soon = sql`earliest_slot_at NULLS LAST`;
  const orders: Record<SearchQuestion['order'], RawBuilder<unknown>[]> = {
    best: [week, sql`checks_complete DESC`, ...distance, soon],
    soonest: [soon, ...distance],
    nearest: [...distance, soon],
    fee: [sql`fee_minor`, week, ...distance, soon],
  };
  const fit = terms.length > 0 ? [sql`fit`] : [];
  return sql.join([...fit, ...orders[order], sql`practitioner_id`, sql`location_id`]);
}

interface HitRow<Shown> {
  practitionerId: string | null;
  locationId: string;
  squaredChord: number | null;
  shown: Shown;
  read: number;
}

/** The page: the first document of each practitioner in the order asked for. */
async function findHits<Shown>(db: Queryable, asked: Asked): Promise<SearchHit<Shown>[]> {
  const { question, tables, terms, words, frame, chosen } = asked;
  const { near, offset, limit } = question;
  const conditions = Object.values(chosen).filter((condition) => condition !== undefined);
  // Everybody is read in order until the page is full; few of many are found first, and then put in order.
  const hasOrder = near === undefined && terms.length === 0;
  for (let atMost = READ_AHEAD * (offset + limit); ; atMost *= READ_AHEAD) {
    const { rows } = await sql<HitRow<Shown>>`
      WITH first AS MATERIALIZED (
        SELECT *, row_number() OVER () AS place
          FROM (SELECT practitioner_id, location_id, ${near === undefined ? sql`NULL::float8` : squaredChord(near)} AS squared_chord,
                       earliest_week, checks_complete, earliest_slot_at, fee_minor${terms.length > 0 ? sql`, ${fitOf(terms)} AS fit` : sql``}
                  FROM (SELECT * FROM ${tables} WHERE ${both([words, frame, ...conditions])} ${hasOrder ? sql`` : sql`OFFSET 0`}) AS fitting
                 ORDER BY ${orderOf(asked)} LIMIT ${atMost}) AS ordered
      ), page AS (
        SELECT * FROM (SELECT DISTINCT ON (practitioner_id) * FROM first ORDER BY practitioner_id, place) AS practice
         ORDER BY place LIMIT ${limit} OFFSET ${offset}
      )
      SELECT practitioner_id AS "practitionerId", location_id AS "locationId", squared_chord AS "squaredChord", shown, read
        FROM (SELECT count(*) AS read FROM first) AS counted
        LEFT JOIN (page JOIN search_text USING (practitioner_id, location_id)) ON true
       ORDER BY place`.execute(db);
    const hits = rows.flatMap(({ practitionerId, locationId, squaredChord, shown }): SearchHit<Shown>[] => {
      const distanceKm = squaredChord === null ? null : kilometresOf(Math.sqrt(squaredChord));
      return practitionerId === null ? [] : [{ practitionerId, locationId, distanceKm, shown }];
    });
    if (hits.length === limit || rows[0]!.read < atMost) return hits;
  }
}

/** The text of one document of a table, if it has the words: looked up by its key, whatever the words are. */
function textOf(document: string, words: Condition): RawBuilder<unknown> {
  const of = (column: string) => sql.ref(`${document}.${column}`);
  return sql`SELECT FROM search_text t
              WHERE t.practitioner_id = ${of('practitioner_id')} AND t.location_id = ${of('location_id')} AND ${words} OFFSET 0`;
}

const IN_NAME = sql`ts_filter(lexemes, '{a}')`;

interface Key {
  practitionerId: string;
  locationId: string;
  squaredChord: number | null;
}

/**
 * The page of words that many have, anywhere: who is called so, whose name begins so, and then the others in the order asked
 * for, which is gone through until the page is full.
 */
async function findCommon<Shown>(db: Queryable, asked: Asked, common: Common): Promise<SearchHit<Shown>[]> {
  const { question, terms, frame, chosen } = asked;
  const { offset, limit } = question;
  const order = orderOf({ ...asked, terms: [] });
  const chord = question.near === undefined ? sql`NULL::float8` : squaredChord(question.near);
  const documents = sql`(SELECT *, ${chord} AS squared_chord FROM search_document) AS one`;
  const conditions = [frame, ...Object.values(chosen).filter((condition) => condition !== undefined)];
  const called = sql<boolean>`${IN_NAME} @@ ${query(terms, 'wholeInName')}`;
  const begun = sql<boolean>`${IN_NAME} @@ ${query(terms, 'inName')}`;
  const isCommonName = (await expected(db, terms, 'inName')) >= common.documents;
  const levels = [
    { words: called, isCommon: isCommonName },
    { words: sql<boolean>`${begun} AND NOT ${called}`, isCommon: isCommonName },
    { words: sql<boolean>`lexemes @@ ${query(terms, 'anywhere')} AND NOT ${begun}`, isCommon: true },
  ];
  const first = new Map<string, Key>();
  for (const { words, isCommon } of levels) {
    for (let atMost = READ_AHEAD * (offset + limit); ; atMost *= READ_AHEAD) {
      // One after the other in order, each with its text; or those who have the words, put in order.
      const { rows } = await sql<Key>`
        SELECT practitioner_id AS "practitionerId", location_id AS "locationId", squared_chord AS "squaredChord"
          FROM ${
            isCommon
              ? sql`(SELECT * FROM ${documents} WHERE ${both(conditions)} ORDER BY ${order} OFFSET 0) AS document
                    CROSS JOIN LATERAL (${textOf('document', words)}) AS text`
              : sql`${documents} JOIN (SELECT practitioner_id, location_id FROM search_text WHERE ${words}) AS text USING (practitioner_id, location_id)
                    WHERE ${both(conditions)}`
          }
         ORDER BY ${order} LIMIT ${atMost}`.execute(db);
      for (const key of rows) if (!first.has(key.practitionerId)) first.set(key.practitionerId, key);
      if (first.size >= offset + limit || rows.length < atMost) break;
    }
    if (first.size >= offset + limit) break;
  }
  const page = [...first.values()].slice(offset, offset + limit);
  const { rows } = await sql<{ shown: Shown; place: number }>`
    SELECT shown, place
      FROM unnest(${page.map(({ practitionerId }) => practitionerId)}::uuid[], ${page.map(({ locationId }) => locationId)}::uuid[])
           WITH ORDINALITY AS page (practitioner_id, location_id, place)
      JOIN search_text USING (practitioner_id, location_id) ORDER BY place`.execute(db);
  return rows.map(({ shown, place }) => {
    const { squaredChord, ...key } = page[place - 1]!;
    return {
      ...key,
      shown,
      distanceKm: squaredChord === null ? null : kilometresOf(Math.sqrt(squaredChord)),
    };
  });
}

// Counts

type Counted = Pick<SearchAnswer<unknown>, 'total' | 'counts'>;

async function count(db: Queryable, asked: Asked): Promise<Counted> {
  if (asked.terms.length === 0 && asked.question.near === undefined) {
    const { documents, ...counted } = await countShare(db, asked, FIRST_BUCKETS);
    if (documents >= ENOUGH_IN_SHARE) return counted;
  }
  const { documents: _, ...counted } = await countShare(db, asked, BUCKETS);
  return counted;
}

interface Tally {
  /** The facet that is counted as if nothing of it were chosen; null for all others. */
  without: Facet | null;
  choice: string;
  practitioners: number;
}

/** Counts in the first so many buckets, and says how many there may be in all of them. */
async function countShare(
  db: Queryable,
  { question, tables, terms, words, frame, chosen }: Asked,
  buckets: number,
): Promise<Counted & { documents: number }> {
  const apart = FACETS.filter((facet) => ANY_OF.has(facet) && chosen[facet] !== undefined);
  const always = FACETS.flatMap((facet) => (ANY_OF.has(facet) ? [] : (chosen[facet] ?? [])));
  const share = buckets === BUCKETS ? [] : [sql<boolean>`bucket < ${buckets}`];
  const flags = apart.map((facet) => sql`, ${chosen[facet]} AS ${sql.ref(`${facet}_fits`)}`);
  const fits = (without: Facet | null) =>
    both(
      apart.filter((facet) => facet !== without).map((facet) => sql<boolean>`${sql.ref(`${facet}_fits`)}`),
    );
  const tallies = [null, ...apart].map(
    (without) => sql`
      SELECT ${without}::text AS without, choice, sum(practitioners) AS practitioners
        FROM (SELECT choice, count(*) AS practitioners
                FROM (SELECT unnest(choices) AS choice FROM counted WHERE is_only_place AND ${fits(without)}) AS one GROUP BY 1
               UNION ALL
              SELECT choice, count(*)
                FROM (SELECT DISTINCT practitioner_id, unnest(choices) AS choice FROM counted WHERE NOT is_only_place AND ${fits(without)}) AS several
               GROUP BY 1) AS tally
       GROUP BY choice`,
  );
  const noTally = sql`SELECT NULL AS without, 0::smallint AS choice, 0 AS practitioners WHERE false`;
  const { rows } = await sql<{ documents: number; total: number; counted: number; tally: Tally[] | null }>`
    WITH fitting AS MATERIALIZED (
      SELECT practitioner_id, is_only_place, bucket, choices${sql.join(flags, sql``)}
        FROM ${
          share.length === 0 || terms.length === 0
            ? sql`${tables} WHERE ${both([words, frame, ...always, ...share])}`
            : sql`(SELECT * FROM search_document WHERE ${both([frame, ...always, ...share])} OFFSET 0) AS document
                  CROSS JOIN LATERAL (${textOf('document', words)}) AS text`
        }
    ), share AS MATERIALIZED (
      SELECT count(*) AS documents, least(${buckets}::integer, greatest(1, ${buckets}::integer * ${COUNTED_EXACTLY}::integer / greatest(1, count(*)))) AS buckets
        FROM fitting
    ), counted AS MATERIALIZED (
      SELECT fitting.* FROM fitting, share WHERE bucket < buckets
    )
    SELECT documents, buckets AS counted,
           (SELECT count(*) FILTER (WHERE is_only_place) + count(DISTINCT practitioner_id) FILTER (WHERE NOT is_only_place)
              FROM fitting WHERE ${fits(null)}) AS total,
           (SELECT json_agg(json_build_object('without', without, 'choice', name, 'practitioners', practitioners))
              FROM (${question.counts === false ? noTally : sql.join(tallies, sql` UNION ALL `)}) AS tallies
              JOIN search_choice ON number = choice) AS tally
      FROM share`.execute(db);
  const { documents, total, counted, tally } = rows[0]!;
  const counts = noCounts();
  for (const { without, choice, practitioners } of tally ?? []) {
    const [kind, value] = split(choice);
    const isCounted = kind !== 'zone' && without === (apart.includes(kind) ? kind : null);
    if (isCounted) counts[kind][value] = Math.round((practitioners * BUCKETS) / counted);
  }
  return { documents, total: Math.round((total * BUCKETS) / buckets), counts };
}

function split(choice: string): [Kind, string] {
  const space = choice.indexOf(' ');
  return [choice.slice(0, space) as Kind, choice.slice(space + 1)];
}

function noCounts(): FacetCounts {
  return Object.fromEntries(FACETS.map((facet) => [facet, {}])) as FacetCounts;
}

// Writing

async function insert(trx: Queryable, all: readonly SearchDocument<unknown>[]): Promise<void> {
  const places = Map.groupBy(all, ({ practitionerId }) => practitionerId);
  for (let first = 0; first < all.length; first += ROWS_AT_ONCE) {
    const rows = all
      .slice(first, first + ROWS_AT_ONCE)
      .map((document) => rowOf(document, places.get(document.practitionerId)!.length === 1));
    await insertChoices(trx, [...new Set(rows.flatMap(({ choices }) => choices))]);
    await sql`
      WITH given AS MATERIALIZED (
        SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS row (
          practitioner_id uuid, location_id uuid, is_only_place boolean, cell integer, x float8, y float8, z float8, choices text[], checks_complete boolean,
          fee_minor integer, earliest_slot_at timestamptz, earliest_week integer, free bit(384), fingerprint text, lexemes text, shown jsonb)
      ), document AS (
        INSERT INTO search_document AS d (practitioner_id, location_id, is_only_place, cell, x, y, z, choices, checks_complete,
               fee_minor, earliest_slot_at, earliest_week, free, bucket, fingerprint)
        SELECT practitioner_id, location_id, is_only_place, cell, x, y, z,
               ARRAY(SELECT number FROM search_choice WHERE name = ANY (choices) ORDER BY number), checks_complete,
               fee_minor, earliest_slot_at, earliest_week, free, abs(hashtext(practitioner_id::text)) % ${sql.lit(BUCKETS)}, fingerprint
          FROM given
        ON CONFLICT (practitioner_id, location_id) DO UPDATE SET
          is_only_place = excluded.is_only_place, cell = excluded.cell, x = excluded.x, y = excluded.y, z = excluded.z, choices = excluded.choices,
          checks_complete = excluded.checks_complete, fee_minor = excluded.fee_minor, earliest_slot_at = excluded.earliest_slot_at,
          earliest_week = excluded.earliest_week, free = excluded.free, fingerprint = excluded.fingerprint
         WHERE (d.fingerprint, d.is_only_place) <> (excluded.fingerprint, excluded.is_only_place)
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

/** Every word that the documents of these practitioners hold so far. */
async function wordsOf(trx: Queryable, practitionerIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ word: string }>`
    SELECT DISTINCT unnest(tsvector_to_array(lexemes)) AS word FROM search_text
     WHERE practitioner_id = ANY (${practitionerIds}::uuid[])`.execute(trx);
  return new Set(rows.map(({ word }) => word));
}

async function insertChoices(trx: Queryable, names: readonly string[]): Promise<void> {
  // Not by ON CONFLICT, which takes a number for every row that is there already.
  await sql`INSERT INTO search_choice (name) SELECT name FROM unnest(${names}::text[]) AS name
             WHERE NOT EXISTS (SELECT FROM search_choice c WHERE c.name = name.name)`.execute(trx);
}

function rowOf(document: SearchDocument<unknown>, isOnlyPlace: boolean) {
  const { earliestSlotAt, timeZone } = document;
  return {
    practitioner_id: document.practitionerId,
    location_id: document.locationId,
    is_only_place: isOnlyPlace,
    cell: cellOf(document),
    ...vectorOf(document),
    choices: choicesOf(document),
    checks_complete: document.checksComplete,
    fee_minor: document.feeMinor,
    earliest_slot_at: earliestSlotAt,
    earliest_week: earliestSlotAt && weekOf(earliestSlotAt, timeZone),
    free: bitsOf(document.free.map(freeNumber)),
    fingerprint: fingerprintOf(document),
    lexemes: lexemesOf(document),
    shown: document.shown,
  };
}

/** What somebody could choose and find this. */
function choicesOf(document: SearchDocument<unknown>): string[] {
  const { profession, consultant, gender } = document;
  const values: Record<Kind, readonly string[]> = {
    concern: document.concerns,
    profession: [profession],
    consultant: consultant === null ? [] : [consultant],
    credential: document.credentials,
    language: document.languages,
    gender: gender === null ? [] : [gender],
    access: document.access,
    zone: [document.timeZone],
  };
  return Object.entries(values).flatMap(([kind, held]) =>
    held.map((value) => choiceName(kind as Kind, value)),
  );
}

/** Every word of a document, once or more. */
function wordsIn({ name, words }: SearchDocument<unknown>): string[] {
  return [...nameWords(name), ...foldWords(words)];
}

/** Every word once, with where it stands: the name as A. */
function lexemesOf({ name, words }: SearchDocument<unknown>): string {
  const inName = new Set(nameWords(name));
  const elsewhere = new Set(foldWords(words)).difference(inName);
  return [...[...inName].map((word) => `${word}:1A`), ...[...elsewhere].map((word) => `${word}:2`)].join(' ');
}
