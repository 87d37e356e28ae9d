import { sql, type Kysely } from 'kysely';

/** Where the law wants a consultation for each treatment, the gate asks for it; and a supervisor's registers are read too. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The stricter of floor and law for a yes or no on a day; an unknown key is an error, never "no".
    CREATE FUNCTION policy_flag(wanted_jurisdiction text, wanted_key text, on_day date) RETURNS boolean
      LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
    DECLARE answer boolean;
    BEGIN
      SELECT CASE k.direction WHEN 'and' THEN bool_and(r.value = 'true') ELSE bool_or(r.value = 'true') END INTO answer
        FROM public.policy_row r JOIN public.policy_key k ON k.key = r.key
       WHERE r.key = wanted_key AND r.jurisdiction IN ('platform', wanted_jurisdiction)
         AND r.effective @> on_day AND jsonb_typeof(r.value) = 'boolean'
       GROUP BY k.direction;
      IF answer IS NULL THEN
        RAISE EXCEPTION 'no policy % for % on %', wanted_key, wanted_jurisdiction, on_day USING ERRCODE = '23514', CONSTRAINT = 'policy_known';
      END IF;
      RETURN answer;
    END $$;

    -- Comes after treatment_gate, which holds the patient against another treatment at the same time. Two treatments on one
    -- prescription are refused already.
    CREATE FUNCTION treatment_own_consultation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      starts timestamptz := CASE NEW.state WHEN 'started' THEN NEW.started_at ELSE lower(NEW.during) END;
    BEGIN
      IF NOT public.policy_flag(NEW.jurisdiction, 'consult_each_treatment', (starts AT TIME ZONE NEW.time_zone)::date) THEN RETURN NEW; END IF;
      IF NEW.top_up_of_id IS NOT NULL AND NEW.practitioner_id <> NEW.prescriber_id THEN
        RAISE EXCEPTION 'a top-up is the prescriber''s here' USING ERRCODE = '23514', CONSTRAINT = 'treatment_top_up_by_prescriber';
      END IF;
      IF NEW.top_up_of_id IS NULL AND EXISTS (
        SELECT FROM public.appointment b WHERE b.patient_id = NEW.patient_id AND b.consultation_id = NEW.consultation_id AND b.prescription_id <> NEW.prescription_id AND b.top_up_of_id IS NULL
           AND b.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired')) THEN
        RAISE EXCEPTION 'each treatment has a consultation of its own here' USING ERRCODE = '23514', CONSTRAINT = 'treatment_own_consultation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER treatment_own_consultation BEFORE INSERT OR UPDATE ON appointment FOR EACH ROW
      WHEN (NEW.kind = 'treatment' AND NEW.state IN ('held', 'confirmed', 'arrived', 'started')) EXECUTE FUNCTION treatment_own_consultation();

    REVOKE ALL ON FUNCTION treatment_own_consultation FROM PUBLIC;

    -- Whoever may not prescribe stands on somebody who may: that one's registers are read in time as well (L4).
    CREATE OR REPLACE FUNCTION appointment_register_read() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF (TG_OP = 'INSERT' OR NEW.state <> OLD.state) AND EXISTS (
           SELECT FROM public.capability_period cp
            WHERE cp.jurisdiction = NEW.jurisdiction AND cp.valid @> public.app_now() AND cp.checked_until <= public.app_now()
              AND (cp.practitioner_id = NEW.practitioner_id AND cp.capability = CASE NEW.kind WHEN 'consultation' THEN 'consult' ELSE 'inject' END
                OR NEW.kind = 'treatment' AND NOT NEW.independent AND cp.practitioner_id = NEW.prescriber_id AND cp.capability = 'prescribe')) THEN
        RAISE EXCEPTION 'a register could not be read for too long' USING ERRCODE = '23514', CONSTRAINT = 'appointment_register_read';
      END IF;
      RETURN NEW;
    END $$;
  `.execute(db);
}
