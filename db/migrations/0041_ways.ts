import { sql, type Kysely } from 'kysely';

/** Secrets that are sealed; calendars on servers of practitioners' choice, read and written. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE external_calendar
      DROP CONSTRAINT external_calendar_kind,
      DROP CONSTRAINT external_calendar_address,
      ADD COLUMN username text,
      -- Sealed with a key that is not in the database: what opens it is named in it.
      ADD COLUMN sealed_password text CONSTRAINT external_calendar_sealed CHECK (sealed_password ~ '^[a-z0-9]{1,20}[.][A-Za-z0-9_-]{38,}$'),
      -- Whether our visits are written into it.
      ADD COLUMN writes boolean NOT NULL DEFAULT false,
      -- Disconnected; it goes once what we wrote is out of it.
      ADD COLUMN ending_at timestamptz,
      ADD CONSTRAINT external_calendar_kind CHECK (kind IN ('address', 'file', 'caldav')),
      ADD CONSTRAINT external_calendar_address CHECK ((kind = 'file') = (address IS NULL)
        AND (address IS NULL) = (host IS NULL) AND (kind = 'file') = (next_fetch_at IS NULL)),
      ADD CONSTRAINT external_calendar_login CHECK ((kind = 'caldav') = (username IS NOT NULL) AND (kind = 'caldav') = (sealed_password IS NOT NULL)),
      ADD CONSTRAINT external_calendar_two_ways CHECK (kind = 'caldav' OR (NOT writes AND ending_at IS NULL));

    -- A visit as we wrote it last into such a calendar, and what somebody did to it there.
    CREATE TABLE calendar_copy (
      calendar_id uuid NOT NULL REFERENCES external_calendar ON DELETE CASCADE,
      appointment_id uuid NOT NULL REFERENCES appointment ON DELETE CASCADE,
      href text NOT NULL,
      etag text,
      sequence integer NOT NULL CONSTRAINT calendar_copy_sequence CHECK (sequence >= 0),
      during tstzrange NOT NULL CONSTRAINT calendar_copy_during CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
      status text NOT NULL CONSTRAINT calendar_copy_status CHECK (status IN ('CONFIRMED', 'TENTATIVE', 'CANCELLED')),
      written_at timestamptz NOT NULL DEFAULT app_now(),
      put_back smallint NOT NULL DEFAULT 0,
      put_back_at timestamptz,
      put_back_why text CONSTRAINT calendar_copy_why CHECK (put_back_why IN ('changed', 'removed')),
      CONSTRAINT calendar_copy_put_back CHECK ((put_back_at IS NULL) = (put_back_why IS NULL)),
      PRIMARY KEY (calendar_id, appointment_id)
    );
    CREATE INDEX calendar_copy_by_appointment ON calendar_copy (appointment_id);

    -- Secrets of apps: sealed from now on. Those of before are sealed when their next code is right.
    ALTER TABLE authenticator_app
      ALTER COLUMN secret DROP NOT NULL,
      ADD COLUMN sealed_secret text CONSTRAINT authenticator_app_sealed CHECK (sealed_secret ~ '^[a-z0-9]{1,20}[.][A-Za-z0-9_-]{38,}$'),
      ADD CONSTRAINT authenticator_app_one_form CHECK ((secret IS NULL) <> (sealed_secret IS NULL));
    REVOKE INSERT (secret) ON authenticator_app FROM steadyhand_app;
    GRANT INSERT (sealed_secret) ON authenticator_app TO steadyhand_app;
    CREATE FUNCTION seal_authenticator_app(wanted uuid, sealed text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      UPDATE public.authenticator_app SET secret = NULL, sealed_secret = sealed WHERE id = wanted AND account_id = public.current_actor() $$;
    REVOKE ALL ON FUNCTION seal_authenticator_app FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION seal_authenticator_app TO steadyhand_app;

    GRANT SELECT (writes, ending_at) ON external_calendar TO steadyhand_app;
    GRANT SELECT ON calendar_copy TO steadyhand_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_copy TO steadyhand_worker;
  `.execute(db);
}
