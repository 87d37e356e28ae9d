import { sql, type Kysely } from 'kysely';

/** Where postcodes are, as far as a search needs to know: the outward half of a British one, the five digits of a ZIP code. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE postcode (
      country_code text NOT NULL,
      code text NOT NULL,
      latitude double precision NOT NULL,
      longitude double precision NOT NULL,
      PRIMARY KEY (country_code, code)
    );
    -- Where nobody has said where a postcode is, the places of those listed there tell.
    CREATE INDEX location_by_postcode ON location (upper(postcode) text_pattern_ops);

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT ON postcode TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
