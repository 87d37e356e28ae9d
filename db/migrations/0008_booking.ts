import { sql, type Kysely } from 'kysely';

/** What a visitor types while a time is kept, apart from the appointment: a hold that comes to nothing leaves none of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE booking_draft (
      appointment_id uuid PRIMARY KEY REFERENCES appointment,
      date_of_birth date NOT NULL,
      given_name text NOT NULL DEFAULT '',
      family_name text NOT NULL DEFAULT '',
      phone text NOT NULL DEFAULT '',
      concerns text[] NOT NULL DEFAULT '{}',
      note text NOT NULL DEFAULT '',
      needs text[] NOT NULL DEFAULT '{}',
      -- sha256 of the network address, to count the times one address keeps at once.
      address_hash bytea
    );
    CREATE INDEX booking_draft_by_address ON booking_draft (address_hash);

    -- Asked once at booking: what would help this person on the day.
    ALTER TABLE appointment ADD COLUMN needs text[] NOT NULL DEFAULT '{}' CONSTRAINT appointment_needs_known
      CHECK (needs <@ '{interpreter,sign_language,longer_visit,step_free,quiet_room,large_print,companion,text_only,no_voicemail}');

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON booking_draft TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
