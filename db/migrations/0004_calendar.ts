import { sql, type Kysely } from 'kysely';

/** Working hours, closures, blocks and appointments; the guards of the calendar (C1 to C8) and of who may be booked (L2 to L4). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Weekly working hours, local to the location. end_minute may pass 1440: the span runs past midnight.
    CREATE TABLE opening_hours (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      weekday smallint NOT NULL CONSTRAINT opening_hours_weekday CHECK (weekday BETWEEN 1 AND 7),
      start_minute smallint NOT NULL CONSTRAINT opening_hours_start CHECK (start_minute BETWEEN 0 AND 1439),
      end_minute smallint NOT NULL CONSTRAINT opening_hours_end CHECK (end_minute > start_minute AND end_minute <= start_minute + 1440),
      kinds text[] NOT NULL DEFAULT '{consultation,treatment,follow_up}'
        CONSTRAINT opening_hours_kinds CHECK (kinds <@ '{consultation,treatment,follow_up}' AND cardinality(kinds) > 0),
      valid daterange NOT NULL DEFAULT '(,)',
      FOREIGN KEY (practitioner_id, location_id) REFERENCES practice
    );
    CREATE INDEX opening_hours_by_practice ON opening_hours (practitioner_id, location_id);

    -- An extra session outside the weekly hours.
    CREATE TABLE opening (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      on_date date NOT NULL,
      start_minute smallint NOT NULL CONSTRAINT opening_start CHECK (start_minute BETWEEN 0 AND 1439),
      end_minute smallint NOT NULL CONSTRAINT opening_end CHECK (end_minute > start_minute AND end_minute <= start_minute + 1440),
      kinds text[] NOT NULL DEFAULT '{consultation,treatment,follow_up}'
        CONSTRAINT opening_kinds CHECK (kinds <@ '{consultation,treatment,follow_up}' AND cardinality(kinds) > 0),
      FOREIGN KEY (practitioner_id, location_id) REFERENCES practice
    );
    CREATE INDEX opening_by_practice ON opening (practitioner_id, location_id);

    -- Time taken in a practitioner's calendar: an appointment with its buffers, or a closure. The one place where
    -- double booking is decided (C1). Claim with INSERT ... ON CONFLICT DO NOTHING: a plain insert deadlocks under contention.
    CREATE TABLE block (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      kind text NOT NULL CONSTRAINT block_kind CHECK (kind IN ('appointment', 'closure')),
      span tstzrange NOT NULL CONSTRAINT block_span CHECK (NOT isempty(span) AND NOT lower_inf(span) AND NOT upper_inf(span)
        AND lower_inc(span) AND NOT upper_inc(span)),
      note text NOT NULL DEFAULT '',
      CONSTRAINT block_no_overlap EXCLUDE USING gist (practitioner_id WITH =, span WITH &&),
      UNIQUE (id, practitioner_id, kind, span)
    );

    CREATE TABLE care_episode (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      clinic_id uuid NOT NULL REFERENCES clinic,
      state text NOT NULL DEFAULT 'open' CONSTRAINT care_episode_state CHECK (state IN ('open', 'closed')),
      opened_at timestamptz NOT NULL DEFAULT app_now(),
      closed_at timestamptz,
      CONSTRAINT care_episode_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
      UNIQUE (id, patient_id, clinic_id)
    );
    CREATE INDEX care_episode_by_patient ON care_episode (patient_id);

    CREATE TABLE appointment (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      kind text NOT NULL CONSTRAINT appointment_kind CHECK (kind IN ('consultation', 'treatment', 'follow_up')),
      mode text NOT NULL DEFAULT 'in_person' CONSTRAINT appointment_mode CHECK (mode IN ('in_person', 'video', 'telephone')),
      state text NOT NULL CONSTRAINT appointment_state CHECK (state IN ('held', 'confirmed', 'paused', 'arrived', 'started',
        'completed', 'stopped', 'cancelled', 'no_show', 'left_unseen', 'expired')),
      live boolean NOT NULL GENERATED ALWAYS AS (state IN ('held', 'confirmed', 'arrived', 'started')) STORED,
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      clinic_id uuid NOT NULL,
      jurisdiction text NOT NULL,
      time_zone text NOT NULL,
      during tstzrange NOT NULL CONSTRAINT appointment_during CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)
        AND lower_inc(during) AND NOT upper_inc(during) AND upper(during) - lower(during) BETWEEN interval '5 minutes' AND interval '4 hours'),
      block_id uuid,
      block_span tstzrange,
      block_kind text NOT NULL GENERATED ALWAYS AS ('appointment') STORED,
      party_id uuid REFERENCES booking_party,
      patient_id uuid,
      patient_date_of_birth date,
      episode_id uuid,
      concerns text[] NOT NULL DEFAULT '{}',
      patient_note text NOT NULL DEFAULT '',
      hold_expires_at timestamptz,
      hold_extensions smallint NOT NULL DEFAULT 0 CONSTRAINT appointment_hold_extensions CHECK (hold_extensions BETWEEN 0 AND 2),
      created_at timestamptz NOT NULL DEFAULT app_now(),
      started_at timestamptz,
      ended_at timestamptz,
      cancelled_by text CONSTRAINT appointment_cancelled_by_known CHECK (cancelled_by IN ('patient', 'practice', 'system')),
      no_show_by text CONSTRAINT appointment_no_show_by_known CHECK (no_show_by IN ('patient', 'practitioner')),
      corrects_id uuid REFERENCES appointment,
      reason text NOT NULL DEFAULT '',

      -- What a live appointment needs of its practitioner. NULL where it does not apply, and then not checked.
      needed_standing text GENERATED ALWAYS AS (CASE WHEN state IN ('held', 'confirmed', 'arrived', 'started') THEN 'good' END) STORED,
      needed_capability text GENERATED ALWAYS AS (CASE kind WHEN 'consultation' THEN 'consult' WHEN 'treatment' THEN 'inject' END) STORED,
      -- A consultation needs the capability when it is booked and when it starts (L4); a treatment throughout (G3).
      needed_span tstzrange GENERATED ALWAYS AS (CASE
        WHEN state NOT IN ('held', 'confirmed', 'arrived', 'started') OR kind = 'follow_up' THEN NULL
        WHEN kind = 'treatment' AND started_at IS NULL THEN during
        WHEN kind = 'treatment' THEN tstzrange(least(lower(during), started_at), greatest(upper(during), started_at), '[]')
        WHEN started_at IS NULL THEN tstzrange(created_at, created_at, '[]')
        ELSE tstzrange(started_at, started_at, '[]') END) STORED,

      CONSTRAINT appointment_practice FOREIGN KEY (practitioner_id, location_id) REFERENCES practice,
      CONSTRAINT appointment_location FOREIGN KEY (location_id, clinic_id, jurisdiction, time_zone) REFERENCES location (id, clinic_id, jurisdiction, time_zone),
      CONSTRAINT appointment_patient FOREIGN KEY (patient_id, patient_date_of_birth) REFERENCES patient (id, date_of_birth),
      CONSTRAINT appointment_episode FOREIGN KEY (episode_id, patient_id, clinic_id) REFERENCES care_episode (id, patient_id, clinic_id),
      CONSTRAINT appointment_standing FOREIGN KEY (practitioner_id, needed_standing) REFERENCES practitioner (id, standing),
      CONSTRAINT appointment_capability FOREIGN KEY (practitioner_id, jurisdiction, needed_capability, PERIOD needed_span)
        REFERENCES capability_period (practitioner_id, jurisdiction, capability, PERIOD valid),
      CONSTRAINT appointment_block FOREIGN KEY (block_id, practitioner_id, block_kind, block_span) REFERENCES block (id, practitioner_id, kind, span)
        DEFERRABLE INITIALLY IMMEDIATE,
      CONSTRAINT appointment_one_per_block UNIQUE (block_id),
      CONSTRAINT appointment_live_has_block CHECK ((state IN ('held', 'confirmed', 'arrived', 'started')) = (block_id IS NOT NULL)
        AND (block_id IS NULL) = (block_span IS NULL)),
      CONSTRAINT appointment_within_block CHECK (block_span @> during),
      CONSTRAINT appointment_in_person CHECK (kind = 'follow_up' OR mode = 'in_person'),
      CONSTRAINT appointment_held_until CHECK ((state = 'held') = (hold_expires_at IS NOT NULL)),
      CONSTRAINT appointment_held_is_owned CHECK (state NOT IN ('held', 'expired') OR party_id IS NOT NULL OR patient_id IS NOT NULL),
      CONSTRAINT appointment_named CHECK (state IN ('held', 'expired', 'cancelled') OR (patient_id IS NOT NULL AND episode_id IS NOT NULL)),
      CONSTRAINT appointment_patient_with_birth CHECK ((patient_id IS NULL) = (patient_date_of_birth IS NULL)),
      CONSTRAINT appointment_started CHECK (state NOT IN ('started', 'completed', 'stopped') OR started_at IS NOT NULL),
      CONSTRAINT appointment_cancelled_by CHECK ((state = 'cancelled') = (cancelled_by IS NOT NULL)),
      CONSTRAINT appointment_no_show_by CHECK ((state = 'no_show') = (no_show_by IS NOT NULL)),
      -- Of age on the day of booking, by the clinic's own date; born on 29 February comes of age on 1 March.
      CONSTRAINT appointment_adult CHECK (patient_date_of_birth IS NULL
        OR extract(year FROM age((created_at AT TIME ZONE time_zone)::date::timestamp, patient_date_of_birth::timestamp)) >= 18),
      CONSTRAINT appointment_patient_no_overlap EXCLUDE USING gist (patient_id WITH =, during WITH &&)
        WHERE (state IN ('held', 'confirmed', 'arrived', 'started')),
      UNIQUE (id, patient_id, practitioner_id, kind, mode, jurisdiction),
      UNIQUE (id, patient_id, state),
      UNIQUE (id, patient_id, during),
      UNIQUE (id, patient_id)
    );
    CREATE INDEX appointment_by_practitioner ON appointment USING gist (practitioner_id, during);
    CREATE INDEX appointment_by_patient ON appointment (patient_id);
    CREATE INDEX appointment_by_party ON appointment (party_id);
    CREATE INDEX appointment_holds ON appointment (hold_expires_at) WHERE state = 'held';

    -- What may happen when, and what the database fills in itself (C4, C8). The application's table of states mirrors it.
    CREATE FUNCTION appointment_transition() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      terms public.practice;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('held', 'confirmed') THEN
          RAISE EXCEPTION 'an appointment starts held or confirmed' USING ERRCODE = '23514', CONSTRAINT = 'appointment_transition';
        END IF;
        NEW.created_at := at;
        NEW.started_at := NULL;
        NEW.ended_at := NULL;
        NEW.hold_extensions := 0;
        IF NEW.state = 'held' THEN NEW.hold_expires_at := at + interval '10 minutes'; END IF;
      ELSE
        IF OLD.state IN ('completed', 'stopped', 'cancelled', 'no_show', 'left_unseen', 'expired') AND NEW IS DISTINCT FROM OLD THEN
          RAISE EXCEPTION 'a finished appointment is frozen' USING ERRCODE = '23514', CONSTRAINT = 'appointment_frozen';
        END IF;
        IF (NEW.id, NEW.kind, NEW.mode, NEW.practitioner_id, NEW.location_id, NEW.clinic_id, NEW.jurisdiction, NEW.time_zone, NEW.created_at, NEW.party_id)
             IS DISTINCT FROM (OLD.id, OLD.kind, OLD.mode, OLD.practitioner_id, OLD.location_id, OLD.clinic_id, OLD.jurisdiction, OLD.time_zone, OLD.created_at, OLD.party_id)
           OR (OLD.patient_id IS NOT NULL AND NEW.patient_id IS DISTINCT FROM OLD.patient_id)
           OR (OLD.episode_id IS NOT NULL AND NEW.episode_id IS DISTINCT FROM OLD.episode_id)
        THEN
          RAISE EXCEPTION 'the parties of an appointment do not change' USING ERRCODE = '23514', CONSTRAINT = 'appointment_parties';
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
             ('held', 'confirmed'), ('held', 'expired'), ('held', 'cancelled'),
             ('confirmed', 'paused'), ('confirmed', 'arrived'), ('confirmed', 'cancelled'), ('confirmed', 'no_show'),
             ('paused', 'confirmed'), ('paused', 'cancelled'),
             ('arrived', 'started'), ('arrived', 'left_unseen'), ('arrived', 'cancelled'), ('arrived', 'no_show'),
             ('started', 'completed'), ('started', 'stopped'))
        THEN
          RAISE EXCEPTION 'an appointment does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514', CONSTRAINT = 'appointment_transition';
        END IF;
        -- A hold that has run out confirms nothing, and is extended only while it lives.
        IF OLD.state = 'held' AND NEW.state IN ('held', 'confirmed') AND OLD.hold_expires_at <= at THEN
          RAISE EXCEPTION 'the hold has ended' USING ERRCODE = '23514', CONSTRAINT = 'appointment_hold_live';
        END IF;
        IF NEW.state = 'held' THEN
          IF NEW.hold_extensions NOT IN (OLD.hold_extensions, OLD.hold_extensions + 1) THEN
            RAISE EXCEPTION 'a hold is extended once at a time' USING ERRCODE = '23514', CONSTRAINT = 'appointment_hold_live';
          END IF;
          NEW.hold_expires_at := CASE WHEN NEW.hold_extensions > OLD.hold_extensions THEN at + interval '10 minutes' ELSE OLD.hold_expires_at END;
        ELSE
          NEW.hold_expires_at := NULL;
        END IF;
        -- No visit is recorded before its day has come, nor back-dated: the clock writes both ends.
        IF NEW.state IN ('arrived', 'started') AND NEW.state <> OLD.state AND at < lower(NEW.during) - interval '1 hour' THEN
          RAISE EXCEPTION 'too early to begin' USING ERRCODE = '23514', CONSTRAINT = 'appointment_not_yet';
        END IF;
        -- Nor long after it: what was checked for one day does not hold for another.
        IF NEW.state IN ('arrived', 'started') AND NEW.state <> OLD.state AND at > upper(NEW.during) + interval '12 hours' THEN
          RAISE EXCEPTION 'its day is over' USING ERRCODE = '23514', CONSTRAINT = 'appointment_day_over';
        END IF;
        IF NEW.state = 'no_show' AND at < lower(NEW.during) + interval '10 minutes' THEN
          RAISE EXCEPTION 'too early for a no-show' USING ERRCODE = '23514', CONSTRAINT = 'appointment_not_yet';
        END IF;
        NEW.started_at := CASE WHEN NEW.state = 'started' AND OLD.state <> 'started' THEN at ELSE OLD.started_at END;
        NEW.ended_at := CASE WHEN NEW.state IN ('completed', 'stopped') AND NEW.state <> OLD.state THEN at ELSE OLD.ended_at END;
        IF NEW.state NOT IN ('held', 'confirmed', 'arrived', 'started') THEN
          NEW.block_id := NULL;
          NEW.block_span := NULL;
        END IF;
      END IF;

      IF NEW.block_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.block_id IS DISTINCT FROM OLD.block_id OR NEW.block_span IS DISTINCT FROM OLD.block_span OR NEW.during IS DISTINCT FROM OLD.during) THEN
        IF lower(NEW.during) < at - interval '5 minutes' THEN
          RAISE EXCEPTION 'an appointment is not back-dated' USING ERRCODE = '23514', CONSTRAINT = 'appointment_not_back_dated';
        END IF;
        SELECT * INTO terms FROM public.practice WHERE practitioner_id = NEW.practitioner_id AND location_id = NEW.location_id;
        IF lower(NEW.block_span) > lower(NEW.during) - terms.buffer_before_minutes * interval '1 minute'
           OR upper(NEW.block_span) < upper(NEW.during) + terms.buffer_after_minutes * interval '1 minute' THEN
          RAISE EXCEPTION 'the block must hold the buffers' USING ERRCODE = '23514', CONSTRAINT = 'appointment_buffers';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER appointment_transition BEFORE INSERT OR UPDATE ON appointment FOR EACH ROW EXECUTE FUNCTION appointment_transition();

    -- An appointment that is no longer live, or has moved, gives its block back.
    CREATE FUNCTION appointment_release_block() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      DELETE FROM public.block WHERE id = OLD.block_id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER appointment_release_block AFTER UPDATE ON appointment FOR EACH ROW
      WHEN (OLD.block_id IS NOT NULL AND NEW.block_id IS DISTINCT FROM OLD.block_id) EXECUTE FUNCTION appointment_release_block();

    CREATE TRIGGER appointment_never_deleted BEFORE DELETE OR TRUNCATE ON appointment EXECUTE FUNCTION append_only();
  `.execute(db);
}
