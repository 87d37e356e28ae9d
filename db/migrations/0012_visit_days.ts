import { sql, type Kysely } from 'kysely';

/** The day of a visit: who runs late, why a visit was cancelled, and how a mark against somebody is put right. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE appointment
      ADD COLUMN reason_code text CONSTRAINT appointment_reason_code
        CHECK (reason_code IN ('illness', 'pregnancy', 'clinic', 'changed_mind', 'time', 'other')),
      -- Who ended it without a visit, and when: the database's to say.
      ADD COLUMN marked_by uuid REFERENCES account,
      ADD COLUMN marked_at timestamptz;

    -- "We run late today": of one practitioner at one location. Said again, the last word counts.
    CREATE TABLE running_late (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      on_date date NOT NULL,
      minutes smallint NOT NULL CONSTRAINT running_late_minutes CHECK (minutes IN (10, 20, 30)),
      said_by uuid NOT NULL REFERENCES account,
      said_at timestamptz NOT NULL,
      withdrawn_at timestamptz,
      FOREIGN KEY (practitioner_id, location_id) REFERENCES practice
    );
    CREATE UNIQUE INDEX running_late_once ON running_late (practitioner_id, location_id, on_date) WHERE withdrawn_at IS NULL;
    CREATE TRIGGER running_late_sign BEFORE INSERT ON running_late FOR EACH ROW EXECUTE FUNCTION signed_by_actor('said_by', 'said_at');

    -- Nobody is marked as missing while the practice itself is late.
    CREATE FUNCTION appointment_marked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
    BEGIN
      IF NEW.state = 'no_show' AND NEW.no_show_by = 'patient' AND EXISTS (
           SELECT FROM public.running_late r
            WHERE r.practitioner_id = NEW.practitioner_id AND r.location_id = NEW.location_id AND r.withdrawn_at IS NULL
              AND r.on_date = (lower(NEW.during) AT TIME ZONE NEW.time_zone)::date
              AND at < lower(NEW.during) + (10 + r.minutes) * interval '1 minute') THEN
        RAISE EXCEPTION 'the practice runs late' USING ERRCODE = '23514', CONSTRAINT = 'appointment_late_grace';
      END IF;
      NEW.marked_by := public.current_actor();
      NEW.marked_at := at;
      RETURN NEW;
    END $$;
    CREATE TRIGGER appointment_marked BEFORE UPDATE ON appointment FOR EACH ROW
      WHEN (NEW.state IN ('cancelled', 'no_show', 'left_unseen') AND NEW.state <> OLD.state) EXECUTE FUNCTION appointment_marked();

    -- "That is not how it was": said by the patient, within 14 days of the mark.
    CREATE TABLE appointment_appeal (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      appointment_id uuid NOT NULL CONSTRAINT appointment_appeal_once UNIQUE REFERENCES appointment,
      words text NOT NULL CONSTRAINT appointment_appeal_words CHECK (trim(words) <> ''),
      made_by uuid NOT NULL REFERENCES account,
      made_at timestamptz NOT NULL,
      UNIQUE (id, appointment_id)
    );
    CREATE FUNCTION appointment_appeal_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      NEW.made_by := public.current_actor();
      NEW.made_at := public.app_now();
      IF NOT EXISTS (SELECT FROM public.appointment a JOIN public.patient p ON p.id = a.patient_id
                      WHERE a.id = NEW.appointment_id AND p.account_id = NEW.made_by
                        AND (a.no_show_by = 'patient' OR a.state = 'left_unseen' OR a.cancelled_late)
                        AND NEW.made_at <= coalesce(a.marked_at, upper(a.during)) + interval '14 days') THEN
        RAISE EXCEPTION 'not a mark that this person may appeal now' USING ERRCODE = '23514', CONSTRAINT = 'appointment_appeal_open';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER appointment_appeal_open BEFORE INSERT ON appointment_appeal FOR EACH ROW EXECUTE FUNCTION appointment_appeal_open();
    CREATE TRIGGER appointment_appeal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON appointment_appeal EXECUTE FUNCTION append_only();

    -- What was found about a mark. The appointment itself stays frozen as it was written.
    CREATE TABLE appointment_correction (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      appointment_id uuid NOT NULL CONSTRAINT appointment_correction_once UNIQUE REFERENCES appointment,
      appeal_id uuid,
      finding text NOT NULL CONSTRAINT appointment_correction_finding
        CHECK (finding IN ('was_kept', 'cancelled_in_time', 'clinic_fault', 'stands')),
      reason text NOT NULL CONSTRAINT appointment_correction_reason CHECK (trim(reason) <> ''),
      decided_by uuid NOT NULL REFERENCES account,
      decided_at timestamptz NOT NULL,
      CONSTRAINT appointment_correction_answers FOREIGN KEY (appeal_id, appointment_id) REFERENCES appointment_appeal (id, appointment_id),
      CONSTRAINT appointment_correction_stands CHECK (finding <> 'stands' OR appeal_id IS NOT NULL)
    );
    CREATE FUNCTION appointment_correction_decide() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      NEW.decided_by := public.current_actor();
      NEW.decided_at := public.app_now();
      IF NOT EXISTS (SELECT FROM public.appointment a WHERE a.id = NEW.appointment_id
                      AND (a.state IN ('no_show', 'left_unseen') OR a.cancelled_late)) THEN
        RAISE EXCEPTION 'there is no mark to put right' USING ERRCODE = '23514', CONSTRAINT = 'appointment_correction_of_mark';
      END IF;
      -- Nobody decides about their own word.
      IF EXISTS (SELECT FROM public.appointment a LEFT JOIN public.patient p ON p.id = a.patient_id
                  WHERE a.id = NEW.appointment_id
                    AND (p.account_id = NEW.decided_by OR (NEW.appeal_id IS NOT NULL AND a.marked_by = NEW.decided_by))) THEN
        RAISE EXCEPTION 'somebody else decides' USING ERRCODE = '23514', CONSTRAINT = 'appointment_correction_second_person';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER appointment_correction_decide BEFORE INSERT ON appointment_correction FOR EACH ROW EXECUTE FUNCTION appointment_correction_decide();
    CREATE TRIGGER appointment_correction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON appointment_correction EXECUTE FUNCTION append_only();

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON running_late TO %I', r);
        EXECUTE format('GRANT SELECT, INSERT ON appointment_appeal, appointment_correction TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
