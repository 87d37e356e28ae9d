import { sql, type Kysely } from 'kysely';

/** Reference lists, accounts, patients, clinics and practitioners. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE jurisdiction (
      code text PRIMARY KEY,
      name text NOT NULL,
      country_code text NOT NULL,
      currency text NOT NULL,
      locale text NOT NULL
    );
    CREATE TABLE profession (code text PRIMARY KEY, name text NOT NULL);

    -- Policy as dated data. direction tells how platform floor and law combine: the stricter wins.
    CREATE TABLE policy_key (key text PRIMARY KEY, direction text NOT NULL);
    CREATE TABLE policy_row (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      jurisdiction text NOT NULL,
      key text NOT NULL REFERENCES policy_key,
      value jsonb NOT NULL,
      status text NOT NULL CONSTRAINT policy_row_status CHECK (status IN ('sourced', 'secondary', 'assumed')),
      source text NOT NULL,
      source_date date,
      effective_from date,
      effective_to date,
      reviewed_by text,
      reviewed_at timestamptz,
      effective daterange NOT NULL GENERATED ALWAYS AS (daterange(effective_from, effective_to, '[)')) STORED,
      CONSTRAINT policy_row_one_at_a_time UNIQUE (jurisdiction, key, effective WITHOUT OVERLAPS)
    );
    -- The stricter of floor and law for a numeric key on a day; an unknown key is an error, never "no limit".
    CREATE FUNCTION policy_number(wanted_jurisdiction text, wanted_key text, on_day date) RETURNS numeric
      LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
    DECLARE answer numeric;
    BEGIN
      SELECT CASE k.direction WHEN 'max' THEN max(r.value::text::numeric) ELSE min(r.value::text::numeric) END INTO answer
        FROM public.policy_row r JOIN public.policy_key k ON k.key = r.key
       WHERE r.key = wanted_key AND r.jurisdiction IN ('platform', wanted_jurisdiction)
         AND r.effective @> on_day AND jsonb_typeof(r.value) = 'number'
       GROUP BY k.direction;
      IF answer IS NULL THEN
        RAISE EXCEPTION 'no policy % for % on %', wanted_key, wanted_jurisdiction, on_day USING ERRCODE = '23514', CONSTRAINT = 'policy_known';
      END IF;
      RETURN answer;
    END $$;

    CREATE TABLE account (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      email citext NOT NULL CONSTRAINT account_email_once UNIQUE,
      display_name text NOT NULL,
      password_hash text,
      email_verified_at timestamptz,
      suspended_at timestamptz,
      is_demo boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT app_now()
    );
    -- id is sha256 of the bearer token: a stolen row opens nothing.
    CREATE TABLE session (
      id text PRIMARY KEY CONSTRAINT session_id_is_hash CHECK (id ~ '^[0-9a-f]{64}$'),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      last_seen_at timestamptz NOT NULL DEFAULT app_now(),
      expires_at timestamptz NOT NULL
    );
    CREATE INDEX session_by_account ON session (account_id);
    CREATE TABLE account_code (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      purpose text NOT NULL CONSTRAINT account_code_purpose CHECK (purpose IN ('verify_address', 'reset_password')),
      token_hash text NOT NULL CONSTRAINT account_code_once UNIQUE,
      expires_at timestamptz NOT NULL,
      used_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT app_now()
    );
    CREATE INDEX account_code_by_account ON account_code (account_id);
    CREATE TABLE staff (
      account_id uuid NOT NULL REFERENCES account,
      role text NOT NULL CONSTRAINT staff_role CHECK (role IN ('reviewer', 'operator')),
      PRIMARY KEY (account_id, role)
    );

    CREATE TABLE patient (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid CONSTRAINT patient_one_account UNIQUE REFERENCES account,
      given_name text NOT NULL CONSTRAINT patient_given_name CHECK (given_name <> ''),
      family_name text NOT NULL CONSTRAINT patient_family_name CHECK (family_name <> ''),
      date_of_birth date NOT NULL,
      email citext,
      phone text,
      is_demo boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      UNIQUE (id, date_of_birth),
      UNIQUE (id, account_id)
    );
    -- An anonymous visitor who keeps a time. Becomes a patient once, and stays that patient.
    CREATE TABLE booking_party (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      token_hash text NOT NULL CONSTRAINT booking_party_token_once UNIQUE,
      patient_id uuid REFERENCES patient,
      created_at timestamptz NOT NULL DEFAULT app_now()
    );
    CREATE FUNCTION booking_party_becomes_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.patient_id IS NOT NULL AND NEW.patient_id IS DISTINCT FROM OLD.patient_id THEN
        RAISE EXCEPTION 'a booking party becomes one patient' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER booking_party_becomes_once BEFORE UPDATE ON booking_party FOR EACH ROW EXECUTE FUNCTION booking_party_becomes_once();

    CREATE TABLE clinic (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      name text NOT NULL,
      phone text NOT NULL,
      is_demo boolean NOT NULL DEFAULT false
    );
    CREATE TABLE location (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      clinic_id uuid NOT NULL REFERENCES clinic,
      name text NOT NULL,
      street text NOT NULL,
      district text NOT NULL DEFAULT '',
      locality text NOT NULL,
      postcode text NOT NULL,
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      latitude double precision NOT NULL CONSTRAINT location_latitude CHECK (latitude BETWEEN -90 AND 90),
      longitude double precision NOT NULL CONSTRAINT location_longitude CHECK (longitude BETWEEN -180 AND 180),
      time_zone text NOT NULL,
      access_features text[] NOT NULL DEFAULT '{}',
      directions text NOT NULL DEFAULT '',
      UNIQUE (id, clinic_id, jurisdiction, time_zone)
    );
    CREATE TABLE room (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      location_id uuid NOT NULL REFERENCES location,
      name text NOT NULL
    );
    CREATE TABLE clinic_member (
      account_id uuid NOT NULL REFERENCES account,
      clinic_id uuid NOT NULL REFERENCES clinic,
      role text NOT NULL CONSTRAINT clinic_member_role CHECK (role IN ('reception', 'manager')),
      valid tstzrange NOT NULL,
      CONSTRAINT clinic_member_once PRIMARY KEY (account_id, clinic_id, role, valid WITHOUT OVERLAPS)
    );

    CREATE TABLE practitioner (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL CONSTRAINT practitioner_one_account UNIQUE REFERENCES account,
      slug text NOT NULL CONSTRAINT practitioner_slug_once UNIQUE CONSTRAINT practitioner_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
      title text,
      display_name text NOT NULL,
      family_name text NOT NULL,
      native_name text,
      pronouns text,
      gender text CONSTRAINT practitioner_gender CHECK (gender IN ('woman', 'man', 'non_binary')),
      profession text NOT NULL REFERENCES profession,
      headline text NOT NULL DEFAULT '',
      biography text NOT NULL DEFAULT '',
      regions text[] NOT NULL DEFAULT '{}',
      languages text[] NOT NULL DEFAULT '{}',
      practising_since smallint,
      portrait_seed integer NOT NULL DEFAULT 0,
      -- 'good' is what a live appointment needs (L2); suspending must pause those first, in one transaction.
      standing text NOT NULL DEFAULT 'good' CONSTRAINT practitioner_standing CHECK (standing IN ('good', 'suspended', 'withdrawn')),
      out_of_hours_name text,
      out_of_hours_phone text,
      records_custodian text,
      is_demo boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      UNIQUE (id, account_id),
      UNIQUE (id, standing)
    );
    -- A practitioner working at a location, and on what terms.
    CREATE TABLE practice (
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      location_id uuid NOT NULL REFERENCES location,
      currency text NOT NULL,
      consultation_fee_minor integer NOT NULL CONSTRAINT practice_fee CHECK (consultation_fee_minor >= 0),
      consultation_fee_covers text NOT NULL DEFAULT '',
      consultation_minutes smallint NOT NULL CONSTRAINT practice_consultation_minutes CHECK (consultation_minutes BETWEEN 10 AND 240),
      treatment_minutes smallint NOT NULL DEFAULT 30 CONSTRAINT practice_treatment_minutes CHECK (treatment_minutes BETWEEN 10 AND 240),
      follow_up_minutes smallint NOT NULL DEFAULT 20 CONSTRAINT practice_follow_up_minutes CHECK (follow_up_minutes BETWEEN 10 AND 240),
      buffer_before_minutes smallint NOT NULL DEFAULT 0 CONSTRAINT practice_buffer_before CHECK (buffer_before_minutes BETWEEN 0 AND 120),
      buffer_after_minutes smallint NOT NULL DEFAULT 0 CONSTRAINT practice_buffer_after CHECK (buffer_after_minutes BETWEEN 0 AND 120),
      step_minutes smallint NOT NULL DEFAULT 15 CONSTRAINT practice_step CHECK (step_minutes BETWEEN 5 AND 120),
      notice_minutes integer NOT NULL DEFAULT 120 CONSTRAINT practice_notice CHECK (notice_minutes >= 0),
      horizon_days smallint NOT NULL DEFAULT 60 CONSTRAINT practice_horizon CHECK (horizon_days BETWEEN 1 AND 366),
      PRIMARY KEY (practitioner_id, location_id)
    );
  `.execute(db);
}
