import { sql, type Kysely } from 'kysely';

/** What is said ahead of a visit: the reminders that are planned, and what somebody says about coming. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- One row per step and start: a visit that moves is reminded of its new time, and nobody gets a step twice.
    CREATE TABLE reminder (
      appointment_id uuid NOT NULL REFERENCES appointment,
      starts_at timestamptz NOT NULL,
      step text NOT NULL CONSTRAINT reminder_step CHECK (step IN ('week', 'two_days', 'last')),
      due_at timestamptz NOT NULL,
      useful_until timestamptz NOT NULL CONSTRAINT reminder_useful CHECK (useful_until < starts_at),
      outcome text CONSTRAINT reminder_outcome CHECK (outcome IN ('written', 'no_address', 'not_needed', 'too_late')),
      done_at timestamptz,
      PRIMARY KEY (appointment_id, starts_at, step),
      CONSTRAINT reminder_done CHECK ((outcome IS NULL) = (done_at IS NULL))
    );
    CREATE INDEX reminder_due ON reminder (due_at) WHERE outcome IS NULL;

    -- "I will come", "I will be late": of one visit at one time. Of another time it says nothing.
    CREATE TABLE visit_word (
      appointment_id uuid NOT NULL REFERENCES appointment,
      starts_at timestamptz NOT NULL,
      word text NOT NULL CONSTRAINT visit_word_known CHECK (word IN ('will_come', 'late')),
      minutes smallint CONSTRAINT visit_word_minutes CHECK (minutes IN (10, 20, 30)),
      said_by uuid NOT NULL REFERENCES account,
      said_at timestamptz NOT NULL,
      CONSTRAINT visit_word_how_late CHECK ((word = 'late') = (minutes IS NOT NULL)),
      PRIMARY KEY (appointment_id, starts_at, word)
    );
    CREATE FUNCTION visit_word_said() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
      visit public.appointment;
    BEGIN
      -- Locked: the visit is not moved or cancelled while somebody speaks of it.
      SELECT * INTO visit FROM public.appointment a WHERE a.id = NEW.appointment_id FOR SHARE;
      NEW.starts_at := lower(visit.during);
      NEW.said_by := actor;
      NEW.said_at := at;
      IF visit.state IS DISTINCT FROM 'confirmed' OR at >= upper(visit.during) THEN
        RAISE EXCEPTION 'nothing is to be said about this visit' USING ERRCODE = '23514', CONSTRAINT = 'visit_word_open';
      END IF;
      IF NEW.word = 'late' AND at < lower(visit.during) - interval '12 hours' THEN
        RAISE EXCEPTION 'who is late says so on the day' USING ERRCODE = '23514', CONSTRAINT = 'visit_word_on_the_day';
      END IF;
      IF NOT EXISTS (SELECT FROM public.patient p WHERE p.id = visit.patient_id AND p.account_id = actor)
         AND NOT EXISTS (SELECT FROM public.practitioner r WHERE r.id = visit.practitioner_id AND r.account_id = actor)
         AND NOT public.works_at_desk(actor, visit.clinic_id) THEN
        RAISE EXCEPTION 'only the two sides of a visit speak of it' USING ERRCODE = '23514', CONSTRAINT = 'visit_word_of_a_side';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER visit_word_said BEFORE INSERT OR UPDATE ON visit_word FOR EACH ROW EXECUTE FUNCTION visit_word_said();

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE (minutes) ON visit_word TO %I', r);
      END LOOP;
      GRANT SELECT, INSERT, UPDATE (due_at, outcome, done_at) ON reminder TO steadyhand_worker;
    END $$;

    -- What is booked already is reminded of as well.
    SELECT enqueue('plan_reminders', json_build_object('appointmentId', id)) FROM appointment
     WHERE state = 'confirmed' AND lower(during) > app_now();
  `.execute(db);
}
