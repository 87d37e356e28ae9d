import { sql, type Kysely } from 'kysely';

/**
 * What a desk does for people it has entered: puts them on the waitlist before there is a visit, and puts a mistyped date
 * of birth right before they have been seen.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- At which clinic's desk it was asked for; null where the patient asked alone.
    ALTER TABLE waitlist_entry ADD COLUMN desk_clinic_id uuid REFERENCES clinic;
    CREATE INDEX waitlist_entry_by_desk ON waitlist_entry (patient_id, desk_clinic_id) WHERE desk_clinic_id IS NOT NULL;

    CREATE OR REPLACE FUNCTION known_at_clinic(wanted_patient uuid, wanted_clinic uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.appointment a
                      WHERE a.patient_id = wanted_patient AND a.clinic_id = wanted_clinic AND a.state NOT IN ('held', 'expired'))
          OR EXISTS (SELECT FROM public.waitlist_entry e WHERE e.patient_id = wanted_patient AND e.desk_clinic_id = wanted_clinic) $$;

    -- Who is put on the list is known to that desk from then on: so it is one of its own, or somebody it has just entered.
    CREATE FUNCTION waitlist_entry_desk() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      actor uuid := public.current_actor();
    BEGIN
      IF public.works_at_desk(actor, NEW.desk_clinic_id) IS NOT TRUE
         OR NOT (public.known_at_clinic(NEW.patient_id, NEW.desk_clinic_id)
                 OR EXISTS (SELECT FROM public.patient p WHERE p.id = NEW.patient_id AND p.entered_by = actor AND p.account_id IS NULL)
                    AND NOT EXISTS (SELECT FROM public.appointment a WHERE a.patient_id = NEW.patient_id)) THEN
        RAISE EXCEPTION 'a desk asks for its own patients' USING ERRCODE = '23514', CONSTRAINT = 'waitlist_entry_of_the_clinic';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER waitlist_entry_desk BEFORE INSERT ON waitlist_entry FOR EACH ROW
      WHEN (NEW.desk_clinic_id IS NOT NULL) EXECUTE FUNCTION waitlist_entry_desk();

    -- A visit that is over keeps the date of birth that was on record then: it is frozen, and so is what it stood on.
    ALTER TABLE appointment ADD COLUMN needed_birth date GENERATED ALWAYS AS (CASE
      WHEN state IN ('held', 'confirmed', 'paused', 'arrived', 'started') THEN patient_date_of_birth END) STORED;
    ALTER TABLE appointment DROP CONSTRAINT appointment_patient;
    ALTER TABLE appointment ADD CONSTRAINT appointment_patient FOREIGN KEY (patient_id, needed_birth) REFERENCES patient (id, date_of_birth);

    CREATE TABLE birth_correction (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      clinic_id uuid NOT NULL REFERENCES clinic,
      was date NOT NULL,
      became date NOT NULL CONSTRAINT birth_correction_date CHECK (became >= '1900-01-01'),
      known_by text NOT NULL CONSTRAINT birth_correction_known_by CHECK (known_by IN ('said', 'passport', 'driving_licence', 'national_id', 'other')),
      corrected_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      corrected_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT birth_correction_changes CHECK (became <> was)
    );
    CREATE TRIGGER birth_correction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON birth_correction EXECUTE FUNCTION append_only();

    -- The entry and its visits are locked first: whoever begins a visit, or books one, comes before or after.
    CREATE FUNCTION birth_correction_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      entry public.patient;
    BEGIN
      NEW.corrected_by := public.current_actor();
      NEW.corrected_at := at;
      SELECT * INTO entry FROM public.patient WHERE id = NEW.patient_id FOR UPDATE;
      PERFORM FROM public.appointment WHERE patient_id = NEW.patient_id ORDER BY id FOR UPDATE;
      NEW.was := entry.date_of_birth;
      IF public.works_at_desk(NEW.corrected_by, NEW.clinic_id) IS NOT TRUE OR NOT public.known_at_clinic(NEW.patient_id, NEW.clinic_id) THEN
        RAISE EXCEPTION 'a clinic puts entries of its own patients right' USING ERRCODE = '23514', CONSTRAINT = 'birth_correction_of_the_clinic';
      END IF;
      IF entry.entered_by IS NULL OR entry.account_id IS NOT NULL OR entry.merged_into_id IS NOT NULL THEN
        RAISE EXCEPTION 'only what a desk has entered' USING ERRCODE = '23514', CONSTRAINT = 'birth_correction_entered_at_desk';
      END IF;
      IF public.has_clinical_record(NEW.patient_id)
         OR EXISTS (SELECT FROM public.appointment a WHERE a.patient_id = NEW.patient_id AND a.started_at IS NOT NULL) THEN
        RAISE EXCEPTION 'whoever was seen was seen with this date of birth' USING ERRCODE = '23514', CONSTRAINT = 'birth_correction_before_seen';
      END IF;
      -- Of age today, by the rule of each place where it counts: of this clinic, and of every visit to come.
      IF EXISTS (SELECT FROM public.location l
                  WHERE (l.clinic_id = NEW.clinic_id
                         OR l.id IN (SELECT a.location_id FROM public.appointment a WHERE a.patient_id = NEW.patient_id AND a.needed_birth IS NOT NULL))
                    AND extract(year FROM age((at AT TIME ZONE l.time_zone)::date::timestamp, NEW.became::timestamp))
                        < public.policy_number(l.jurisdiction, 'min_age', (at AT TIME ZONE l.time_zone)::date)) THEN
        RAISE EXCEPTION 'nobody under age is entered' USING ERRCODE = '23514', CONSTRAINT = 'birth_correction_adult';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER birth_correction_steps BEFORE INSERT ON birth_correction FOR EACH ROW EXECUTE FUNCTION birth_correction_steps();

    -- One statement, so that entry and visits never differ. What is checked of a visit is checked again.
    CREATE FUNCTION birth_correction_done() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      WITH entry AS (UPDATE public.patient SET date_of_birth = NEW.became WHERE id = NEW.patient_id)
      UPDATE public.appointment SET patient_date_of_birth = NEW.became WHERE patient_id = NEW.patient_id AND needed_birth IS NOT NULL;
      RETURN NULL;
    END $$;
    CREATE TRIGGER birth_correction_done AFTER INSERT ON birth_correction FOR EACH ROW EXECUTE FUNCTION birth_correction_done();

    CREATE FUNCTION patient_origin() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      -- From inside the trigger of a correction it comes one floor lower.
      IF NEW.date_of_birth <> OLD.date_of_birth AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a date of birth is corrected, and by whom is written down' USING ERRCODE = '23514', CONSTRAINT = 'patient_birth_corrected';
      END IF;
      IF NEW.entered_by IS DISTINCT FROM OLD.entered_by THEN
        RAISE EXCEPTION 'who entered it stays' USING ERRCODE = '23514', CONSTRAINT = 'patient_entered_once';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER patient_origin BEFORE UPDATE OF date_of_birth, entered_by ON patient FOR EACH ROW EXECUTE FUNCTION patient_origin();

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT INSERT ON birth_correction TO %I', r);
        EXECUTE format('GRANT SELECT (id) ON birth_correction TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
