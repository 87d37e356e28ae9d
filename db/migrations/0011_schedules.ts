import { sql, type Kysely } from 'kysely';

/**
 * Schedules as people keep them: alternating weeks, closures, public holidays, rooms, the way between locations, limits.
 * What is never to happen twice is an exclusion; what must be counted is counted under a lock of the practice's row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Hours of every second week (or third ...), counted from a Monday.
    ALTER TABLE opening_hours
      ADD COLUMN every_weeks smallint NOT NULL DEFAULT 1 CONSTRAINT opening_hours_every_weeks CHECK (every_weeks BETWEEN 1 AND 8),
      ADD COLUMN first_monday date,
      ADD CONSTRAINT opening_hours_rhythm CHECK (every_weeks = 1 OR (first_monday IS NOT NULL AND extract(isodow FROM first_monday) = 1));

    ALTER TABLE practice
      -- 'hours': starts are counted from the start of the hours they lie in; 'clock': from midnight, so 9:10 to 12 gives 9:15.
      ADD COLUMN starts_count_from text NOT NULL DEFAULT 'hours' CONSTRAINT practice_starts_count_from CHECK (starts_count_from IN ('hours', 'clock')),
      -- Kept free before and after a visit here when the neighbouring visit is at another location.
      ADD COLUMN travel_minutes smallint NOT NULL DEFAULT 0 CONSTRAINT practice_travel CHECK (travel_minutes BETWEEN 0 AND 240),
      ADD COLUMN daily_limit smallint CONSTRAINT practice_daily_limit CHECK (daily_limit > 0),
      ADD COLUMN weekly_limit smallint CONSTRAINT practice_weekly_limit CHECK (weekly_limit > 0),
      ADD COLUMN closed_on_public_holidays boolean NOT NULL DEFAULT true,
      ADD COLUMN needs_room boolean NOT NULL DEFAULT false,
      ADD COLUMN cancel_notice_hours smallint NOT NULL DEFAULT 24 CONSTRAINT practice_cancel_notice CHECK (cancel_notice_hours BETWEEN 0 AND 168),
      ADD COLUMN move_notice_hours smallint NOT NULL DEFAULT 24 CONSTRAINT practice_move_notice CHECK (move_notice_hours BETWEEN 0 AND 168);

    CREATE TABLE public_holiday (
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      on_date date NOT NULL,
      name text NOT NULL,
      PRIMARY KEY (jurisdiction, on_date)
    );

    -- Time off: of a practitioner, of a location, or of one at the other. It never lies over a live appointment.
    CREATE TABLE closure (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid REFERENCES practitioner,
      location_id uuid REFERENCES location,
      span tstzrange NOT NULL CONSTRAINT closure_span CHECK (NOT isempty(span) AND NOT lower_inf(span) AND NOT upper_inf(span)
        AND lower_inc(span) AND NOT upper_inc(span)),
      kind text NOT NULL DEFAULT 'leave' CONSTRAINT closure_kind CHECK (kind IN ('leave', 'illness', 'training', 'holiday', 'emergency', 'other')),
      -- For the practice alone; nobody else reads it.
      note text NOT NULL DEFAULT '',
      made_at timestamptz NOT NULL DEFAULT app_now(),
      made_by uuid REFERENCES account,
      CONSTRAINT closure_of_somebody CHECK (practitioner_id IS NOT NULL OR location_id IS NOT NULL)
    );
    CREATE INDEX closure_by_practitioner ON closure USING gist (practitioner_id, span);
    CREATE INDEX closure_by_location ON closure USING gist (location_id, span);
    INSERT INTO closure (practitioner_id, span, note) SELECT practitioner_id, span, note FROM block WHERE kind = 'closure';
    DELETE FROM block WHERE kind = 'closure';

    ALTER TABLE room
      ADD COLUMN kinds text[] NOT NULL DEFAULT '{consultation,treatment,follow_up}'
        CONSTRAINT room_kinds CHECK (kinds <@ '{consultation,treatment,follow_up}' AND cardinality(kinds) > 0),
      ADD COLUMN active boolean NOT NULL DEFAULT true,
      ADD CONSTRAINT room_name_once UNIQUE (location_id, name),
      ADD UNIQUE (id, location_id);

    -- A block is time at a location, perhaps in a room. 'reserved' is time kept for something to come, until a moment.
    ALTER TABLE block DROP COLUMN note;
    ALTER TABLE block
      DROP CONSTRAINT block_kind,
      ADD CONSTRAINT block_kind CHECK (kind IN ('appointment', 'reserved')),
      ADD COLUMN location_id uuid,
      ADD COLUMN room_id uuid,
      ADD COLUMN reserved_until timestamptz,
      ADD CONSTRAINT block_reserved_until CHECK ((kind = 'reserved') = (reserved_until IS NOT NULL)),
      ADD COLUMN reach tstzrange DEFAULT 'empty';
    UPDATE block b SET location_id = a.location_id, reach = b.span FROM appointment a WHERE a.block_id = b.id;
    DELETE FROM block WHERE location_id IS NULL;
    ALTER TABLE block
      ALTER COLUMN location_id SET NOT NULL,
      ALTER COLUMN reach SET NOT NULL,
      ADD CONSTRAINT block_practice FOREIGN KEY (practitioner_id, location_id) REFERENCES practice,
      ADD CONSTRAINT block_room FOREIGN KEY (room_id, location_id) REFERENCES room (id, location_id),
      ADD CONSTRAINT block_room_no_overlap EXCLUDE USING gist (room_id WITH =, span WITH &&) WHERE (room_id IS NOT NULL),
      ADD CONSTRAINT block_travel EXCLUDE USING gist (practitioner_id WITH =, location_id WITH <>, reach WITH &&),
      ADD UNIQUE (id, location_id);

    -- The way is part of the block: the database reads it from the practice, whatever the caller says.
    CREATE FUNCTION block_reach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      way interval := (SELECT travel_minutes * interval '1 minute' FROM public.practice
                        WHERE practitioner_id = NEW.practitioner_id AND location_id = NEW.location_id);
    BEGIN
      NEW.reach := tstzrange(lower(NEW.span) - coalesce(way, '0'), upper(NEW.span) + coalesce(way, '0'));
      RETURN NEW;
    END $$;
    CREATE TRIGGER block_reach BEFORE INSERT OR UPDATE ON block FOR EACH ROW EXECUTE FUNCTION block_reach();

    ALTER TABLE appointment
      ADD CONSTRAINT appointment_block_location FOREIGN KEY (block_id, location_id) REFERENCES block (id, location_id) DEFERRABLE INITIALLY IMMEDIATE,
      -- Who booked it and on which way; the row it took the place of, when the patient changed to another practitioner.
      ADD COLUMN booked_by uuid REFERENCES account,
      ADD COLUMN channel text NOT NULL DEFAULT 'online' CONSTRAINT appointment_channel CHECK (channel IN ('online', 'telephone', 'desk', 'walk_in', 'waitlist', 'import')),
      ADD COLUMN follows_id uuid CONSTRAINT appointment_follows_once UNIQUE REFERENCES appointment,
      -- Cancelled within the notice that the practice asks for, and not for a reason that is never held against a patient.
      ADD COLUMN cancelled_late boolean NOT NULL DEFAULT false,
      ADD CONSTRAINT appointment_cancelled_late CHECK (NOT cancelled_late OR (state = 'cancelled' AND cancelled_by = 'patient'));

    -- A new time is outside every closure, in a room where rooms are needed, and within the day's and the week's limit.
    -- Locks: a closure takes the practice's row against every booking. A limit makes bookings of that practice wait in
    -- turn, at a lock of its own: a closure that queues at the row between two of them would lock them in a circle.
    CREATE FUNCTION appointment_calendar() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      terms public.practice;
      on_day date := (lower(NEW.during) AT TIME ZONE NEW.time_zone)::date;
      day_count integer;
      week_count integer;
    BEGIN
      SELECT * INTO terms FROM public.practice
       WHERE practitioner_id = NEW.practitioner_id AND location_id = NEW.location_id FOR KEY SHARE;
      IF EXISTS (SELECT FROM public.closure c WHERE c.practitioner_id = NEW.practitioner_id AND (c.location_id IS NULL OR c.location_id = NEW.location_id) AND c.span && NEW.during)
         OR EXISTS (SELECT FROM public.closure c WHERE c.practitioner_id IS NULL AND c.location_id = NEW.location_id AND c.span && NEW.during) THEN
        RAISE EXCEPTION 'closed at that time' USING ERRCODE = '23514', CONSTRAINT = 'appointment_closed';
      END IF;
      IF terms.needs_room AND NOT EXISTS (SELECT FROM public.block b WHERE b.id = NEW.block_id AND b.room_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a room is needed' USING ERRCODE = '23514', CONSTRAINT = 'appointment_room';
      END IF;
      IF terms.daily_limit IS NOT NULL OR terms.weekly_limit IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(NEW.practitioner_id::text || NEW.location_id::text, 11));
        SELECT count(*) FILTER (WHERE on_date = on_day), count(*) INTO day_count, week_count
          FROM (SELECT (lower(a.during) AT TIME ZONE a.time_zone)::date AS on_date FROM public.appointment a
                 WHERE a.practitioner_id = NEW.practitioner_id AND a.location_id = NEW.location_id
                   -- A day wider on both sides than any clock change could need; the local dates decide below.
                   AND a.during && tstzrange((date_trunc('week', on_day::timestamp) - interval '1 day') AT TIME ZONE NEW.time_zone,
                                             (date_trunc('week', on_day::timestamp) + interval '8 days') AT TIME ZONE NEW.time_zone)
                   AND a.state IN ('held', 'confirmed', 'arrived', 'started', 'completed', 'stopped')
                   AND (a.hold_expires_at IS NULL OR a.hold_expires_at > public.app_now())) AS counted
         WHERE date_trunc('week', on_date::timestamp) = date_trunc('week', on_day::timestamp);
        IF day_count > terms.daily_limit OR week_count > terms.weekly_limit THEN
          RAISE EXCEPTION 'as many as the practice takes' USING ERRCODE = '23514', CONSTRAINT = 'appointment_limit';
        END IF;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER appointment_calendar_insert AFTER INSERT ON appointment FOR EACH ROW
      WHEN (NEW.block_id IS NOT NULL) EXECUTE FUNCTION appointment_calendar();
    CREATE TRIGGER appointment_calendar_update AFTER UPDATE ON appointment FOR EACH ROW
      WHEN (NEW.block_id IS NOT NULL AND (NEW.block_id IS DISTINCT FROM OLD.block_id OR NEW.during IS DISTINCT FROM OLD.during))
      EXECUTE FUNCTION appointment_calendar();

    -- Whoever closes moves or cancels what is booked first. A hold that has run out is no obstacle; what has begun is a fact.
    CREATE FUNCTION closure_over_nothing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM FROM public.practice p
        WHERE (NEW.practitioner_id IS NULL OR p.practitioner_id = NEW.practitioner_id) AND (NEW.location_id IS NULL OR p.location_id = NEW.location_id)
        ORDER BY p.practitioner_id, p.location_id FOR UPDATE;
      IF EXISTS (SELECT FROM public.appointment a
                  WHERE (NEW.practitioner_id IS NULL OR a.practitioner_id = NEW.practitioner_id)
                    AND (NEW.location_id IS NULL OR a.location_id = NEW.location_id)
                    AND a.state IN ('held', 'confirmed', 'arrived') AND a.during && NEW.span
                    AND (a.hold_expires_at IS NULL OR a.hold_expires_at > public.app_now())) THEN
        RAISE EXCEPTION 'appointments lie in this time' USING ERRCODE = '23514', CONSTRAINT = 'closure_over_nothing';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER closure_over_nothing BEFORE INSERT OR UPDATE ON closure FOR EACH ROW EXECUTE FUNCTION closure_over_nothing();
    CREATE INDEX appointment_live_by_location ON appointment USING gist (location_id, during) WHERE state IN ('held', 'confirmed', 'arrived');

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT ON public_holiday, closure TO %I', r);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON closure TO %I', r);
      END LOOP;
    END $$;
    -- A job of every month brings the holidays of years to come.
    GRANT INSERT, DELETE ON public_holiday TO steadyhand_worker;
  `.execute(db);
}
