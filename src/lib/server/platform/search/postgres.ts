import { sql, type RawBuilder } from 'kysely';
import type { Queryable } from '../db.ts';
import { datesBetween } from './dates.ts';
import {
  FACETS,
  type FacetCounts,
  type SearchAnswer,
  type SearchDocument,
  type SearchHit,
  type SearchIndex,
  type SearchQuestion,
} from './port.ts';

const KM_PER_DEGREE = 111.2;
const ROWS_AT_ONCE = 500;
/** Share of three-letter groups that a typed word needs in common: one slip in six letters passes. */
const ALIKE = '0.5';

/** The engine that is always there: full text, trigrams and distances over `search_document`. */
export function postgresSearch<Shown>(db: Queryable): SearchIndex<Shown> {
  return {
    async find(question) {
      const words = wordsOf(question.words ?? '');
      const exact = await answer<Shown>(db, question, words.length > 0 ? holdsAll(words) : anything);
      if (exact.total > 0 || words.length === 0 || question.offset > 0) return exact;
      return inTransaction(db, async (trx) => {
        await sql`SELECT set_config('pg_trgm.word_similarity_threshold', ${ALIKE}, true)`.execute(trx);
        return answer<Shown>(trx, question, resemblesAll(words));
      });
    },

    async put(practitionerIds, documents) {
      if (practitionerIds.length === 0) return;
      // In one go: a search in between finds these people as they were or as they are.
      await inTransaction(db, async (trx) => {
        await trx.deleteFrom('search_document').where('practitioner_id', 'in', practitionerIds).execute();
        await insert(trx, documents);
      });
    },

    async replaceAll(documents) {
      await inTransaction(db, async (trx) => {
        await trx.deleteFrom('search_document').execute();
        await insert(trx, documents);
      });
    },
  };
}

async function insert(trx: Queryable, documents: readonly SearchDocument<unknown>[]): Promise<void> {
  for (let first = 0; first < documents.length; first += ROWS_AT_ONCE) {
    await trx
      .insertInto('search_document')
      .values(documents.slice(first, first + ROWS_AT_ONCE).map(rowOf))
      // Two refreshes at once find the same thing: the first to write it has written it for both.
      .onConflict((same) => same.doNothing())
      .execute();
  }
}

function inTransaction<T>(db: Queryable, run: (trx: Queryable) => Promise<T>): Promise<T> {
  return db.isTransaction ? run(db) : db.transaction().execute(run);
}

type Condition = RawBuilder<boolean>;
const anything: Condition = sql<boolean>`true`;

/** Letters and digits only: nothing of the query language of full text survives. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function holdsAll(words: readonly string[]): Condition {
  const query = words.map((word) => `${word}:*`).join(' & ');
  return sql<boolean>`lexemes @@ to_tsquery('simple', plain(${query}))`;
}

function resemblesAll(words: readonly string[]): Condition {
  return both(words.map((word) => sql<boolean>`plain(${word}) <% plain(words)`));
}

function both(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? anything : sql<boolean>`(${sql.join(conditions, sql` AND `)})`;
}

async function answer<Shown>(
  db: Queryable,
  question: SearchQuestion,
  words: Condition,
): Promise<SearchAnswer<Shown>> {
  const [{ hits, total }, counts] = await Promise.all([
    findHits<Shown>(db, question, words),
    countFacets(db, question, words),
  ]);
  return { hits, total, counts };
}

/** Every document that fits, whatever is chosen of the facets. */
function fits({ near, feeMaxMinor, free }: SearchQuestion, words: Condition): Condition {
  const conditions = [words];
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
  if (feeMaxMinor !== undefined) conditions.push(sql<boolean>`fee_minor <= ${feeMaxMinor}`);
  if (free !== undefined) {
    const zones = free.map(
      ({ timeZone, from, to }) => sql<boolean>`document ->> 'timeZone' = ${timeZone}
        AND document -> 'freeDates' ?| ${datesBetween(from, to)}::text[]`,
    );
    conditions.push(zones.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(zones, sql` OR `)})`);
  }
  return both(conditions);
}

/** What is chosen of each facet. */
function chosen({ concerns, professions, language, gender }: SearchQuestion) {
  return {
    concern: concerns?.length ? sql<boolean>`concerns @> ${concerns}::text[]` : anything,
    profession: professions?.length ? sql<boolean>`profession = ANY (${professions}::text[])` : anything,
    language: language ? sql<boolean>`${language} = ANY (languages)` : anything,
    gender: gender ? sql<boolean>`gender = ${gender}` : anything,
  };
}

/** Kilometres from the place asked for; null without one. */
function distance(near: SearchQuestion['near']): RawBuilder<number | null> {
  if (near === undefined) return sql<number | null>`NULL::float8`;
  return sql<
    number | null
  >`distance_km(latitude, longitude, ${near.latitude}::float8, ${near.longitude}::float8)`;
}

async function findHits<Shown>(
  db: Queryable,
  question: SearchQuestion,
  words: Condition,
): Promise<{ hits: SearchHit<Shown>[]; total: number }> {
  // The second criterion breaks ties; nobody can pay for a better place.
  const order =
    question.order === 'nearest'
      ? sql`distance_km, earliest_slot_at NULLS LAST`
      : sql`earliest_slot_at NULLS LAST, distance_km`;
  const { rows } = await sql<SearchHit<Shown> & { total: number }>`
    WITH practice AS (
      SELECT DISTINCT ON (practitioner_id) practitioner_id, location_id, earliest_slot_at, ${distance(question.near)} AS distance_km
        FROM search_document
       WHERE ${fits(question, words)} AND ${both(Object.values(chosen(question)))}
       ORDER BY practitioner_id, ${order}, location_id
    ), page AS (
      SELECT *, count(*) OVER () AS total, row_number() OVER (ORDER BY ${order}, practitioner_id) AS place
        FROM practice
       ORDER BY place LIMIT ${question.limit} OFFSET ${question.offset}
    )
    SELECT practitioner_id AS "practitionerId", location_id AS "locationId", distance_km AS "distanceKm",
           document -> 'shown' AS shown, total
      FROM page JOIN search_document USING (practitioner_id, location_id)
     ORDER BY place`.execute(db);
  return { hits: rows.map(({ total: _, ...hit }) => hit), total: rows[0]?.total ?? 0 };
}

async function countFacets(db: Queryable, question: SearchQuestion, words: Condition): Promise<FacetCounts> {
  const facets = chosen(question);
  // All concerns must be met, so a further one narrows; of the others one may choose any.
  const { rows } = await sql<{ facet: keyof FacetCounts; value: string; practitioners: number }>`
    WITH fitting AS MATERIALIZED (
      SELECT practitioner_id, concerns, profession, languages, gender, ${facets.concern} AS concern_chosen,
             ${facets.profession} AS profession_chosen, ${facets.language} AS language_chosen, ${facets.gender} AS gender_chosen
        FROM search_document WHERE ${fits(question, words)}
    )
    SELECT 'concern' AS facet, concern AS value, count(DISTINCT practitioner_id) AS practitioners FROM fitting, unnest(concerns) AS concern
     WHERE concern_chosen AND profession_chosen AND language_chosen AND gender_chosen GROUP BY value
    UNION ALL
    SELECT 'profession', profession, count(DISTINCT practitioner_id) FROM fitting
     WHERE concern_chosen AND language_chosen AND gender_chosen GROUP BY profession
    UNION ALL
    SELECT 'language', language, count(DISTINCT practitioner_id) FROM fitting, unnest(languages) AS language
     WHERE concern_chosen AND profession_chosen AND gender_chosen GROUP BY language
    UNION ALL
    SELECT 'gender', gender, count(DISTINCT practitioner_id) FROM fitting
     WHERE gender IS NOT NULL AND concern_chosen AND profession_chosen AND language_chosen GROUP BY gender`.execute(
    db,
  );
  const counts = Object.fromEntries(FACETS.map((facet) => [facet, {}])) as FacetCounts;
  for (const { facet, value, practitioners } of rows) counts[facet][value] = practitioners;
  return counts;
}

function rowOf(document: SearchDocument<unknown>) {
  return {
    practitioner_id: document.practitionerId,
    location_id: document.locationId,
    jurisdiction: document.jurisdiction,
    words: document.words,
    document: JSON.stringify({
      timeZone: document.timeZone,
      freeDates: document.freeDates,
      shown: document.shown,
    }),
    profession: document.profession,
    gender: document.gender,
    languages: [...document.languages],
    concerns: [...document.concerns],
    fee_minor: document.feeMinor,
    currency: document.currency,
    sees_for_consultation: document.seesForConsultation,
    latitude: document.latitude,
    longitude: document.longitude,
    earliest_slot_at: document.earliestSlotAt,
    updated_at: sql<Temporal.Instant>`app_now()`,
  };
}
