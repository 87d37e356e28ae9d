import { sql, type Kysely } from 'kysely';

/**
 * The waitlist: who asks for an earlier time, which time has come free, to whom it is offered, and who was passed over
 * for it and why. An offer stands on a reserved block, so no time is ever offered to two people.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE waitlist_entry (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      -- The order of asking.
      turn bigint NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT waitlist_entry_turn UNIQUE,
      patient_id uuid NOT NULL REFERENCES patient,
      -- A patient waits for three things at most.
      number smallint NOT NULL CONSTRAINT waitlist_entry_number CHECK (number BETWEEN 1 AND 3),
      -- An earlier time for this visit, or a consultation with this practitioner, or with anybody near this place.
      appointment_id uuid,
      practitioner_id uuid REFERENCES practitioner,
      near text,
      latitude double precision,
      longitude double precision,
      radius_km smallint CONSTRAINT waitlist_entry_radius CHECK (radius_km BETWEEN 1 AND 200),
      -- Days and hours on the clock of the clinic.
      weekdays smallint[] NOT NULL CONSTRAINT waitlist_entry_weekdays CHECK (weekdays <@ '{1,2,3,4,5,6,7}' AND cardinality(weekdays) > 0),
      from_minute smallint NOT NULL,
      until_minute smallint NOT NULL,
      earliest_day date NOT NULL,
      latest_day date NOT NULL,
      state text NOT NULL DEFAULT 'waiting' CONSTRAINT waitlist_entry_state CHECK (state IN ('waiting', 'served', 'left', 'ended')),
      asked_at timestamptz NOT NULL DEFAULT app_now(),
      ended_at timestamptz,
      CONSTRAINT waitlist_entry_appointment FOREIGN KEY (appointment_id, patient_id) REFERENCES appointment (id, patient_id),
      CONSTRAINT waitlist_entry_one_wish CHECK (num_nonnulls(appointment_id, practitioner_id, near) = 1
        AND num_nonnulls(near, latitude, longitude, radius_km) IN (0, 4)),
      CONSTRAINT waitlist_entry_hours CHECK (0 <= from_minute AND from_minute < until_minute AND until_minute <= 1440),
      CONSTRAINT waitlist_entry_days CHECK (earliest_day <= latest_day),
      CONSTRAINT waitlist_entry_ended CHECK ((state = 'waiting') = (ended_at IS NULL)),
      UNIQUE (id, patient_id)
    );
    CREATE UNIQUE INDEX waitlist_entry_three ON waitlist_entry (patient_id, number) WHERE state = 'waiting';
    CREATE UNIQUE INDEX waitlist_entry_once ON waitlist_entry (appointment_id) WHERE state = 'waiting';
    CREATE INDEX waitlist_entry_by_patient ON waitlist_entry (patient_id);
    CREATE INDEX waitlist_entry_by_practitioner ON waitlist_entry (practitioner_id) WHERE state = 'waiting';
    CREATE INDEX waitlist_entry_by_latitude ON waitlist_entry (latitude) WHERE state = 'waiting' AND near IS NOT NULL;

    CREATE FUNCTION waitlist_entry_ends() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF OLD.state <> 'waiting' AND NEW.state IS DISTINCT FROM OLD.state THEN
        RAISE EXCEPTION 'who wants to wait again asks again' USING ERRCODE = '23514', CONSTRAINT = 'waitlist_entry_ends_once';
      END IF;
      IF OLD.state = 'waiting' AND NEW.state <> 'waiting' THEN NEW.ended_at := public.app_now(); END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER waitlist_entry_ends BEFORE UPDATE ON waitlist_entry FOR EACH ROW EXECUTE FUNCTION waitlist_entry_ends();

    -- Who waits for time of which practice, and for what. Treatments are not among it: their clocks are the gate's.
    CREATE VIEW waitlist_wish AS
      SELECT e.id AS entry_id, e.turn, e.patient_id, a.practitioner_id, a.location_id, e.appointment_id, e.weekdays, e.from_minute,
             e.until_minute, e.earliest_day, e.latest_day, a.kind, lower(a.during) AS booked_for
        FROM waitlist_entry e JOIN appointment a ON a.id = e.appointment_id
       WHERE e.state = 'waiting' AND a.state = 'confirmed' AND a.kind <> 'treatment'
      UNION ALL
      SELECT e.id, e.turn, e.patient_id, w.practitioner_id, w.location_id, NULL, e.weekdays, e.from_minute,
             e.until_minute, e.earliest_day, e.latest_day, 'consultation', NULL
        FROM waitlist_entry e JOIN practice w ON w.practitioner_id = e.practitioner_id
       WHERE e.state = 'waiting'
      UNION ALL
      SELECT e.id, e.turn, e.patient_id, w.practitioner_id, w.location_id, NULL, e.weekdays, e.from_minute,
             e.until_minute, e.earliest_day, e.latest_day, 'consultation', NULL
        -- Two degrees are more than the longest radius, and an index finds them.
        FROM waitlist_entry e JOIN location l ON e.latitude BETWEEN l.latitude - 2 AND l.latitude + 2
                                             AND distance_km(e.latitude, e.longitude, l.latitude, l.longitude) <= e.radius_km
        JOIN practice w ON w.location_id = l.id
       WHERE e.state = 'waiting' AND e.near IS NOT NULL;

    -- Time that somebody has given back. It is offered until nobody on the list wants it; then it is anybody's.
    CREATE TABLE freed_time (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      event_id uuid NOT NULL REFERENCES event,
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      span tstzrange NOT NULL CONSTRAINT freed_time_span CHECK (NOT isempty(span)),
      freed_at timestamptz NOT NULL DEFAULT app_now(),
      done_at timestamptz,
      CONSTRAINT freed_time_practice FOREIGN KEY (practitioner_id, location_id) REFERENCES practice,
      -- Events are delivered at least once.
      CONSTRAINT freed_time_once UNIQUE (event_id, location_id)
    );
    CREATE INDEX freed_time_to_do ON freed_time (id) WHERE done_at IS NULL;

    CREATE TABLE waitlist_offer (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      freed_time_id uuid NOT NULL REFERENCES freed_time,
      entry_id uuid NOT NULL,
      patient_id uuid NOT NULL,
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      kind text NOT NULL CONSTRAINT waitlist_offer_kind CHECK (kind IN ('consultation', 'follow_up')),
      during tstzrange NOT NULL,
      -- The time is kept by this block, as long as the offer is open.
      block_id uuid,
      block_kind text NOT NULL DEFAULT 'reserved' CONSTRAINT waitlist_offer_block_kind CHECK (block_kind = 'reserved'),
      block_span tstzrange NOT NULL,
      state text NOT NULL DEFAULT 'open' CONSTRAINT waitlist_offer_state CHECK (state IN ('open', 'accepted', 'declined', 'lapsed')),
      offered_at timestamptz NOT NULL,
      open_until timestamptz NOT NULL,
      answered_at timestamptz,
      -- What was moved or booked.
      appointment_id uuid,
      CONSTRAINT waitlist_offer_entry FOREIGN KEY (entry_id, patient_id) REFERENCES waitlist_entry (id, patient_id),
      CONSTRAINT waitlist_offer_practice FOREIGN KEY (practitioner_id, location_id) REFERENCES practice,
      CONSTRAINT waitlist_offer_block FOREIGN KEY (block_id, practitioner_id, block_kind, block_span) REFERENCES block (id, practitioner_id, kind, span)
        ON DELETE SET NULL (block_id),
      CONSTRAINT waitlist_offer_block_location FOREIGN KEY (block_id, location_id) REFERENCES block (id, location_id) ON DELETE SET NULL (block_id),
      CONSTRAINT waitlist_offer_one_per_block UNIQUE (block_id),
      CONSTRAINT waitlist_offer_within_block CHECK (block_span @> during),
      CONSTRAINT waitlist_offer_appointment FOREIGN KEY (appointment_id, patient_id) REFERENCES appointment (id, patient_id),
      CONSTRAINT waitlist_offer_accepted CHECK ((state = 'accepted') = (appointment_id IS NOT NULL)),
      CONSTRAINT waitlist_offer_answered CHECK ((state = 'open') = (answered_at IS NULL)),
      -- Nobody is asked twice about the same freed time.
      CONSTRAINT waitlist_offer_asked_once UNIQUE (freed_time_id, entry_id)
    );
    CREATE UNIQUE INDEX waitlist_offer_one_open ON waitlist_offer (patient_id) WHERE state = 'open';
    CREATE INDEX waitlist_offer_to_end ON waitlist_offer (open_until) WHERE state = 'open';
    CREATE INDEX waitlist_offer_by_entry ON waitlist_offer (entry_id);

    -- Who stood before the one that was asked, and why the time was not for them. Written with the offer, kept as it is.
    CREATE TABLE waitlist_passed_over (
      offer_id uuid NOT NULL REFERENCES waitlist_offer,
      entry_id uuid NOT NULL REFERENCES waitlist_entry,
      reason text NOT NULL CONSTRAINT waitlist_passed_over_reason CHECK (reason IN ('has_offer', 'asked_before', 'nothing_that_long', 'too_soon',
        'other_days', 'other_weekdays', 'other_hours', 'not_earlier', 'busy')),
      PRIMARY KEY (offer_id, entry_id)
    );
    CREATE TRIGGER waitlist_passed_over_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON waitlist_passed_over EXECUTE FUNCTION append_only();
    CREATE TRIGGER waitlist_offer_never_deleted BEFORE DELETE OR TRUNCATE ON waitlist_offer EXECUTE FUNCTION append_only();

    -- An offer is open as long as its block is reserved, and is answered once: in time, or not at all.
    CREATE FUNCTION waitlist_offer_state() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
    BEGIN
      IF TG_OP = 'INSERT' THEN
        SELECT span, reserved_until INTO NEW.block_span, NEW.open_until FROM public.block WHERE id = NEW.block_id;
        NEW.offered_at := at;
        NEW.state := 'open';
      ELSIF NEW.state <> OLD.state THEN
        IF OLD.state <> 'open' THEN
          RAISE EXCEPTION 'an offer is answered once' USING ERRCODE = '23514', CONSTRAINT = 'waitlist_offer_answered_once';
        END IF;
        IF NEW.state <> 'lapsed' AND OLD.open_until <= at THEN
          RAISE EXCEPTION 'the offer has lapsed' USING ERRCODE = '23514', CONSTRAINT = 'waitlist_offer_in_time';
        END IF;
        IF NEW.state = 'lapsed' AND OLD.open_until > at THEN
          RAISE EXCEPTION 'the offer is still open' USING ERRCODE = '23514', CONSTRAINT = 'waitlist_offer_kept';
        END IF;
        NEW.answered_at := at;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER waitlist_offer_state BEFORE INSERT OR UPDATE ON waitlist_offer FOR EACH ROW EXECUTE FUNCTION waitlist_offer_state();

    -- Judged when the transaction ends. 40001: who asked in between is seen by the second try.
    CREATE FUNCTION waitlist_offer_in_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
      own bigint := (SELECT turn FROM public.waitlist_wish w
                      WHERE (w.entry_id, w.practitioner_id, w.location_id, w.kind) = (NEW.entry_id, NEW.practitioner_id, NEW.location_id, NEW.kind));
    BEGIN
      IF own IS NULL THEN
        RAISE EXCEPTION 'nobody waits for that' USING ERRCODE = '40001', CONSTRAINT = 'waitlist_offer_wanted';
      END IF;
      IF EXISTS (SELECT FROM public.waitlist_wish w
                  WHERE w.practitioner_id = NEW.practitioner_id AND w.location_id = NEW.location_id AND w.turn < own
                    AND NOT EXISTS (SELECT FROM public.waitlist_passed_over p WHERE p.offer_id = NEW.id AND p.entry_id = w.entry_id)) THEN
        RAISE EXCEPTION 'somebody asked earlier' USING ERRCODE = '40001', CONSTRAINT = 'waitlist_offer_in_turn';
      END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER waitlist_offer_in_turn AFTER INSERT ON waitlist_offer DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION waitlist_offer_in_turn();

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT ON waitlist_wish TO %I', r);
        EXECUTE format('GRANT SELECT, INSERT ON waitlist_entry, freed_time, waitlist_offer, waitlist_passed_over TO %I', r);
        EXECUTE format('GRANT UPDATE (state) ON waitlist_entry TO %I', r);
        EXECUTE format('GRANT UPDATE (done_at) ON freed_time TO %I', r);
        EXECUTE format('GRANT UPDATE (state, appointment_id) ON waitlist_offer TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
