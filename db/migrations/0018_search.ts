import { sql, type Kysely } from 'kysely';

/**
 * The index of the PostgreSQL engine anew. What is filtered and sorted by lies in narrow rows, what is only looked for or
 * shown lies beside them. All of it is derived: the worker fills the empty tables when it starts.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

    DROP TABLE search_document;

    CREATE TABLE search_document (
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      location_id uuid NOT NULL REFERENCES location,
      time_zone text NOT NULL,
      latitude double precision NOT NULL,
      longitude double precision NOT NULL,
      concerns text[] NOT NULL,
      profession text NOT NULL,
      consultant text,
      credentials text[] NOT NULL,
      checks_complete boolean NOT NULL,
      languages text[] NOT NULL,
      gender text,
      access text[] NOT NULL,
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
    CREATE INDEX search_document_near ON search_document USING gist (point(longitude, latitude));
    CREATE INDEX search_document_best ON search_document (earliest_week, checks_complete DESC, earliest_slot_at, practitioner_id);
    CREATE INDEX search_document_soonest ON search_document (earliest_slot_at);

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

    -- Practitioners whose documents have to be made anew.
    CREATE TABLE search_stale (
      practitioner_id uuid PRIMARY KEY REFERENCES practitioner,
      since timestamptz NOT NULL DEFAULT app_now(),
      -- Marked again while they are being made: they are made once more.
      marks integer NOT NULL DEFAULT 1
    );

    DO $$
    DECLARE r text; t text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        FOREACH t IN ARRAY ARRAY['search_document', 'search_text', 'search_word', 'search_stale'] LOOP
          EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO %I', t, r);
        END LOOP;
      END LOOP;
    END $$;
  `.execute(db);
}
