import { sql, type Kysely } from 'kysely';

/** Practitioners' other calendars as busy time, and appointments that were made elsewhere before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE external_calendar (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL,
      -- Whole days and times without a zone are meant on the clock of this place.
      location_id uuid NOT NULL,
      name text NOT NULL CONSTRAINT external_calendar_name CHECK (name <> ''),
      kind text NOT NULL CONSTRAINT external_calendar_kind CHECK (kind IN ('address', 'file')),
      -- Who has such an address can read the whole calendar: the web server writes it and cannot read it.
      address text,
      host text,
      etag text,
      last_modified text,
      added_at timestamptz NOT NULL DEFAULT app_now(),
      -- When its server last answered, and when its times were last read: an unchanged calendar is not read again.
      fetched_at timestamptz,
      read_at timestamptz,
      failed_since timestamptz,
      failure text,
      failures smallint NOT NULL DEFAULT 0,
      -- Entries that could not be understood.
      skipped smallint NOT NULL DEFAULT 0,
      next_fetch_at timestamptz DEFAULT app_now(),
      CONSTRAINT external_calendar_address CHECK ((kind = 'address') = (address IS NOT NULL)
        AND (address IS NULL) = (host IS NULL) AND (kind = 'address') = (next_fetch_at IS NOT NULL)),
      CONSTRAINT external_calendar_failure CHECK ((failed_since IS NULL) = (failure IS NULL) AND (failure IS NULL) = (failures = 0)),
      CONSTRAINT external_calendar_practice FOREIGN KEY (practitioner_id, location_id) REFERENCES practice,
      CONSTRAINT external_calendar_name_once UNIQUE (practitioner_id, name),
      UNIQUE (id, practitioner_id)
    );
    CREATE INDEX external_calendar_due ON external_calendar (next_fetch_at);

    -- Times alone, no titles and no names (P4). They may overlap anything: they are not ours to order.
    CREATE TABLE external_busy (
      calendar_id uuid NOT NULL,
      practitioner_id uuid NOT NULL,
      span tstzrange NOT NULL CONSTRAINT external_busy_span CHECK (NOT isempty(span) AND NOT lower_inf(span) AND NOT upper_inf(span)
        AND lower_inc(span) AND NOT upper_inc(span)),
      PRIMARY KEY (calendar_id, span),
      FOREIGN KEY (calendar_id, practitioner_id) REFERENCES external_calendar (id, practitioner_id) ON DELETE CASCADE
    );
    CREATE INDEX external_busy_by_practitioner ON external_busy USING gist (practitioner_id, span);

    -- Which appointment an entry of another system has become here, so that it becomes one once.
    CREATE TABLE imported_appointment (
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      reference text NOT NULL,
      appointment_id uuid NOT NULL UNIQUE REFERENCES appointment,
      imported_at timestamptz NOT NULL DEFAULT app_now(),
      PRIMARY KEY (practitioner_id, location_id, reference),
      FOREIGN KEY (practitioner_id, location_id) REFERENCES practice
    );

    GRANT SELECT (id, practitioner_id, location_id, name, kind, host, added_at, fetched_at, read_at, failed_since, failure, failures, skipped, next_fetch_at),
          INSERT, UPDATE, DELETE ON external_calendar TO steadyhand_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON external_calendar TO steadyhand_worker;
    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON external_busy TO %I', r);
        EXECUTE format('GRANT SELECT, INSERT ON imported_appointment TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
