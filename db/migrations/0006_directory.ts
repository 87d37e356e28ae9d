import { sql, type Kysely } from 'kysely';

/** The gazetteer, and the search document of the PostgreSQL engine: public fields only, one per listed practitioner and location. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- unaccent() is only STABLE because its dictionary could change; ours does not.
    CREATE FUNCTION plain(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, words)) $$;

    -- Great-circle distance (haversine, mean Earth radius). earthdistance would need a superuser.
    CREATE FUNCTION distance_km(latitude_a float8, longitude_a float8, latitude_b float8, longitude_b float8) RETURNS float8
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS $$ SELECT 12742 * asin(sqrt(least(1, power(sind((latitude_b - latitude_a) / 2), 2)
                     + cosd(latitude_a) * cosd(latitude_b) * power(sind((longitude_b - longitude_a) / 2), 2)))) $$;

    CREATE TABLE place (
      id integer PRIMARY KEY,
      name text NOT NULL,
      region text NOT NULL,
      country_code text NOT NULL,
      latitude double precision NOT NULL,
      longitude double precision NOT NULL,
      population integer NOT NULL,
      time_zone text NOT NULL,
      plain_name text NOT NULL GENERATED ALWAYS AS (plain(name)) STORED
    );
    CREATE INDEX place_by_name ON place USING gin (plain_name gin_trgm_ops);
    CREATE INDEX place_by_prefix ON place (plain_name text_pattern_ops, population DESC);

    CREATE TABLE search_document (
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      location_id uuid NOT NULL REFERENCES location,
      jurisdiction text NOT NULL,
      words text NOT NULL,
      document jsonb NOT NULL,
      profession text NOT NULL,
      gender text,
      languages text[] NOT NULL,
      concerns text[] NOT NULL DEFAULT '{}',
      fee_minor integer NOT NULL,
      currency text NOT NULL,
      sees_for_consultation boolean NOT NULL,
      latitude double precision NOT NULL,
      longitude double precision NOT NULL,
      earliest_slot_at timestamptz,
      updated_at timestamptz NOT NULL DEFAULT app_now(),
      lexemes tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', plain(words))) STORED,
      PRIMARY KEY (practitioner_id, location_id)
    );
    CREATE INDEX search_document_lexemes ON search_document USING gin (lexemes);
    CREATE INDEX search_document_words ON search_document USING gin (plain(words) gin_trgm_ops);
    CREATE INDEX search_document_near ON search_document USING gist (point(longitude, latitude));
    CREATE INDEX search_document_profession ON search_document (profession);
  `.execute(db);
}
