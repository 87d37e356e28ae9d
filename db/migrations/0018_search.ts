import { sql, type Kysely } from 'kysely';

/**
 * The index of the PostgreSQL engine anew. What is filtered and sorted by lies in narrow rows, what is only looked for or
 * shown lies beside them. All of it is derived: the worker fills the empty tables when it starts.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

    DROP TABLE search_document;

    -- Whatever can be chosen, as "language pl": documents name it by a number, which is compared and counted faster.
    CREATE TABLE search_choice (
      number smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
      name text NOT NULL UNIQUE
    );

    CREATE TABLE search_document (
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      location_id uuid NOT NULL REFERENCES location,
      -- The practitioner has no other document: most have not, and need not be told apart.
      is_only_place boolean NOT NULL,
      -- The fifth of a degree in which the place lies, and the place itself on the unit sphere.
      cell integer NOT NULL,
      x double precision NOT NULL,
      y double precision NOT NULL,
      z double precision NOT NULL,
      choices smallint[] NOT NULL,
      checks_complete boolean NOT NULL,
      fee_minor integer NOT NULL,
      earliest_slot_at timestamptz,
      -- The week of it, counted from 1970-01-01: who is free in the same week is told apart by other things.
      earliest_week integer,
      -- One bit for each part of 128 days, told apart by the number of the day modulo 128: none reaches further ahead.
      free bit(384) NOT NULL,
      -- A fixed share of all practitioners, by which large numbers are estimated.
      bucket smallint NOT NULL,
      fingerprint text NOT NULL,
      PRIMARY KEY (practitioner_id, location_id)
    );
    -- Everything that is asked of a document, side by side for a neighbourhood: the table itself is not read.
    CREATE INDEX search_document_near ON search_document (cell) INCLUDE (practitioner_id, location_id, is_only_place, x, y, z, choices,
           checks_complete, fee_minor, earliest_slot_at, earliest_week, free, bucket);
    CREATE INDEX search_document_share ON search_document (bucket);
    -- The first of everybody, in each order.
    CREATE INDEX search_document_best ON search_document (earliest_week, checks_complete DESC, earliest_slot_at, practitioner_id, location_id);
    CREATE INDEX search_document_soonest ON search_document (earliest_slot_at, practitioner_id, location_id);
    CREATE INDEX search_document_fee ON search_document (fee_minor, earliest_week, earliest_slot_at, practitioner_id, location_id);

    CREATE TABLE search_text (
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      -- Weight A is the name.
      lexemes tsvector NOT NULL,
      shown jsonb NOT NULL,
      PRIMARY KEY (practitioner_id, location_id),
      FOREIGN KEY (practitioner_id, location_id) REFERENCES search_document ON DELETE CASCADE
    );
    CREATE INDEX search_text_lexemes ON search_text USING gin (lexemes);

    -- Every word that occurs: a slip of the finger is looked for among them.
    CREATE TABLE search_word (word text PRIMARY KEY);

    -- What nobody has to do with any more is no word to slip into: a name goes with whoever bore it. To be called under the lock
    -- of whoever writes documents.
    CREATE FUNCTION drop_unused_words(words text[]) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public AS $$
      DELETE FROM public.search_word w WHERE w.word = ANY (words)
         AND NOT EXISTS (SELECT FROM public.search_text t WHERE t.lexemes @@ quote_literal(w.word)::tsquery) $$;

    -- Practitioners whose documents have to be made anew.
    CREATE TABLE search_stale (
      practitioner_id uuid PRIMARY KEY REFERENCES practitioner,
      since timestamptz NOT NULL DEFAULT app_now(),
      -- Marked again while they are being made: they are made once more.
      marks integer NOT NULL DEFAULT 1
    );

    -- Who is listed, as before. The periods are looked up for each practitioner that is asked about: an aggregate over all of
    -- them would be made anew for every page of a hundred thousand practitioners.
    CREATE OR REPLACE VIEW listing AS
      SELECT p.id AS practitioner_id, held.jurisdiction, held.may_consult, held.may_prescribe, held.may_inject, held.listed_until
        FROM practitioner p
       CROSS JOIN LATERAL (
         SELECT cp.jurisdiction,
                bool_or(cp.capability = 'consult') AS may_consult,
                bool_or(cp.capability = 'prescribe') AS may_prescribe,
                bool_or(cp.capability = 'inject') AS may_inject,
                min(upper(cp.valid)) AS listed_until
           FROM capability_period cp WHERE cp.practitioner_id = p.id AND cp.valid @> app_now()
          GROUP BY cp.jurisdiction) held
       WHERE p.standing = 'good' AND p.out_of_hours_phone IS NOT NULL AND p.out_of_hours_name IS NOT NULL AND p.records_custodian IS NOT NULL
         AND (held.may_prescribe
           OR EXISTS (SELECT FROM supervision s WHERE s.injector_id = p.id AND s.jurisdiction = held.jurisdiction AND s.valid @> app_now()));

    DO $$
    DECLARE r text; t text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        FOREACH t IN ARRAY ARRAY['search_choice', 'search_document', 'search_text', 'search_word', 'search_stale'] LOOP
          -- MAINTAIN: who has made the index anew has it vacuumed.
          EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON %I TO %I', t, r);
        END LOOP;
      END LOOP;
    END $$;
  `.execute(db);
}
