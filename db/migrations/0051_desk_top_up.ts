import { sql, type Kysely } from 'kysely';

/**
 * A desk books the top-up of a patient, and reads no record for it. When a top-up is open, and how long a plan counts as
 * unchanged, are the policy of the place on the day.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- As in 0005, with the days of a top-up and the months of an unchanged plan read from policy.
    CREATE OR REPLACE FUNCTION treatment_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      starts timestamptz := CASE NEW.state WHEN 'started' THEN NEW.started_at ELSE lower(NEW.during) END;
      on_day date := (starts AT TIME ZONE NEW.time_zone)::date;
      cooling_off_key text := 'cooling_off_hours_first_or_changed';
      rx public.prescription;
      first_treatment public.appointment;
    BEGIN
      IF current_setting('app.erasing', true) = 'on' AND public.is_erasing() THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
      END IF;
      IF TG_OP = 'UPDATE' AND (NEW.consultation_id, NEW.prescription_id, NEW.prescriber_id, NEW.consent_id, NEW.independent, NEW.top_up_of_id, NEW.interval_override_reason)
           IS DISTINCT FROM (OLD.consultation_id, OLD.prescription_id, OLD.prescriber_id, OLD.consent_id, OLD.independent, OLD.top_up_of_id, OLD.interval_override_reason) THEN
        RAISE EXCEPTION 'the proof of a treatment does not change' USING ERRCODE = '23514', CONSTRAINT = 'treatment_proof_frozen';
      END IF;
      IF NEW.state NOT IN ('held', 'confirmed', 'arrived', 'started') THEN RETURN NEW; END IF;

      -- Held against a change of the answers and against another treatment, until this transaction ends.
      PERFORM 1 FROM public.patient WHERE id = NEW.patient_id FOR NO KEY UPDATE;
      SELECT * INTO rx FROM public.prescription WHERE id = NEW.prescription_id;

      IF extract(year FROM age(on_day::timestamp, NEW.patient_date_of_birth::timestamp)) < public.policy_number(NEW.jurisdiction, 'min_age', on_day) THEN
        RAISE EXCEPTION 'under age' USING ERRCODE = '23514', CONSTRAINT = 'treatment_age';
      END IF;
      IF starts >= NEW.consultation_signed_at + public.policy_number(NEW.jurisdiction, 'consult_valid_days', on_day) * interval '1 day' THEN
        RAISE EXCEPTION 'the consultation is too old by then' USING ERRCODE = '23514', CONSTRAINT = 'treatment_consultation_current';
      END IF;

      IF NEW.top_up_of_id IS NOT NULL THEN
        cooling_off_key := 'cooling_off_top_up';
        SELECT * INTO first_treatment FROM public.appointment WHERE id = NEW.top_up_of_id;
        IF first_treatment.kind IS DISTINCT FROM 'treatment' OR first_treatment.state <> 'completed' OR first_treatment.top_up_of_id IS NOT NULL OR first_treatment.prescription_id <> NEW.prescription_id
           OR rx.top_up_units = 0
           OR starts < first_treatment.started_at + public.policy_number(NEW.jurisdiction, 'top_up_from_day', on_day) * interval '24 hours'
           OR starts > first_treatment.started_at + public.policy_number(NEW.jurisdiction, 'top_up_until_day', on_day) * interval '24 hours'
           OR NOT EXISTS (SELECT FROM public.appointment f WHERE f.patient_id = NEW.patient_id AND f.kind = 'follow_up' AND f.mode = 'in_person'
                           AND f.state = 'completed' AND f.started_at > first_treatment.started_at) THEN
          RAISE EXCEPTION 'a top-up follows an in-person review visit, within its days' USING ERRCODE = '23514', CONSTRAINT = 'treatment_top_up_window';
        END IF;
      ELSIF rx.unchanged_requested_at IS NOT NULL AND EXISTS (
        SELECT FROM public.appointment b JOIN public.prescription before ON before.id = b.prescription_id
         WHERE b.patient_id = NEW.patient_id AND b.kind = 'treatment' AND b.state = 'completed' AND b.started_at > starts - public.policy_number(NEW.jurisdiction, 'unchanged_plan_months', on_day) * interval '1 month'
           AND before.product_code = rx.product_code AND before.regions @> rx.regions AND before.regions <@ rx.regions AND before.dose_units >= rx.dose_units
           AND before.clinic_id = rx.clinic_id) THEN
        cooling_off_key := 'cooling_off_hours_unchanged';
      END IF;
      IF starts < NEW.consultation_signed_at + public.policy_number(NEW.jurisdiction, cooling_off_key, on_day) * interval '1 hour' THEN
        RAISE EXCEPTION 'time to think is not over' USING ERRCODE = '23514', CONSTRAINT = 'treatment_cooling_off';
      END IF;

      -- An early treatment is the prescriber's own written decision. It has no clear_until, and is counted here for those around it.
      IF TG_OP = 'INSERT' AND NEW.interval_override_by IS NOT NULL AND NEW.interval_override_by IS DISTINCT FROM public.current_actor() THEN
        RAISE EXCEPTION 'only the prescriber overrides' USING ERRCODE = '23514', CONSTRAINT = 'treatment_override_in_person';
      END IF;
      IF NEW.top_up_of_id IS NULL AND NEW.interval_override_reason IS NULL AND EXISTS (
        SELECT FROM public.appointment b WHERE b.patient_id = NEW.patient_id AND b.id <> NEW.id AND b.interval_override_reason IS NOT NULL
           AND b.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired')
           AND starts - lower(b.during) < NEW.retreatment_days * interval '1 day' AND lower(b.during) - starts < b.retreatment_days * interval '1 day') THEN
        RAISE EXCEPTION 'too soon after an early treatment' USING ERRCODE = '23514', CONSTRAINT = 'treatment_interval';
      END IF;
      IF NEW.top_up_of_id IS NULL AND NEW.interval_override_reason IS NULL AND EXISTS (
        SELECT FROM public.health_answers h WHERE h.patient_id = NEW.patient_id
           AND h.last_treated_elsewhere_on > on_day - NEW.retreatment_days) THEN
        RAISE EXCEPTION 'too soon after a treatment elsewhere' USING ERRCODE = '23514', CONSTRAINT = 'treatment_interval_elsewhere';
      END IF;
      -- An answer that changed after the consultation waits for the prescriber's written decision.
      IF EXISTS (SELECT FROM public.health_answers h
                  WHERE h.patient_id = NEW.patient_id
                    AND h.version > (SELECT r.version FROM public.consultation_record c JOIN public.health_answers r ON r.id = c.health_answers_id WHERE c.id = NEW.consultation_id)
                    AND NOT EXISTS (SELECT FROM public.health_answers later JOIN public.health_decision d ON d.health_answers_id = later.id
                                     WHERE later.patient_id = h.patient_id AND later.version >= h.version AND d.prescriber_id = NEW.prescriber_id AND d.decision = 'may_proceed'
                                       AND NOT EXISTS (SELECT FROM public.health_decision newer WHERE newer.health_answers_id = later.id AND newer.decided_at > d.decided_at)))
         OR EXISTS (SELECT FROM public.consultation_addendum x WHERE x.consultation_id = NEW.consultation_id AND x.kind = 'entered_in_error') THEN
        RAISE EXCEPTION 'waits for the prescriber' USING ERRCODE = '23514', CONSTRAINT = 'treatment_answers_reviewed';
      END IF;
      -- Cover for the 28 days after it, and a prescriber in good standing (L8, G3).
      IF NOT EXISTS (SELECT FROM public.practitioner p WHERE p.id = NEW.practitioner_id AND p.out_of_hours_phone IS NOT NULL)
         OR NOT EXISTS (SELECT FROM public.practitioner p WHERE p.id = NEW.prescriber_id AND p.standing = 'good') THEN
        RAISE EXCEPTION 'no cover afterwards' USING ERRCODE = '23514', CONSTRAINT = 'treatment_cover';
      END IF;
      IF NEW.state = 'started' AND NOT EXISTS (SELECT FROM public.consent c WHERE c.id = NEW.consent_id
            AND (c.confirmed_at AT TIME ZONE NEW.time_zone)::date = (at AT TIME ZONE NEW.time_zone)::date) THEN
        RAISE EXCEPTION 'consent is confirmed on the day' USING ERRCODE = '23514', CONSTRAINT = 'treatment_consent_today';
      END IF;
      RETURN NEW;
    END $$;

    -- What a desk is told of a top-up: that one is possible, when, and with whom. What was prescribed stays where it is; of a
    -- prescription that keeps nothing back there is no line.
    CREATE FUNCTION desk_top_ups(wanted_patient uuid) RETURNS TABLE (treatment_id uuid, injector_id uuid, injector_name text, clinic_id uuid, jurisdiction text,
        time_zone text, opens_at timestamptz, closes_at timestamptz, visit_id uuid, bar text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT t.id, i.id, concat_ws(' ', i.title, i.display_name), x.clinic_id, x.jurisdiction, t.time_zone, term.opens_at, term.closes_at, u.id,
             CASE WHEN u.id IS NOT NULL THEN 'booked'
                  WHEN e.state <> 'open' THEN 'ended'
                  WHEN term.closes_at <= public.app_now() THEN 'over'
                  WHEN x.injector_id <> x.prescriber_id AND public.policy_flag(x.jurisdiction, 'consult_each_treatment', term.today) THEN 'prescriber_only'
                  WHEN NOT EXISTS (SELECT FROM public.consent g WHERE g.prescription_id = x.id AND g.state = 'given'
                                     AND public.consent_complete(g.id, x.jurisdiction, term.today)) THEN 'ask'
                  WHEN NOT EXISTS (SELECT FROM public.appointment f WHERE f.patient_id = t.patient_id AND f.kind = 'follow_up' AND f.mode = 'in_person'
                                    AND f.state = 'completed' AND f.started_at > t.started_at) THEN 'not_reviewed'
             END
        FROM public.appointment t JOIN public.prescription x ON x.id = t.prescription_id JOIN public.practitioner i ON i.id = x.injector_id
        JOIN public.care_episode e ON e.id = x.episode_id
        CROSS JOIN LATERAL (SELECT (public.app_now() AT TIME ZONE t.time_zone)::date AS today) now
        CROSS JOIN LATERAL (SELECT now.today, t.started_at + public.policy_number(x.jurisdiction, 'top_up_from_day', now.today) * interval '24 hours' AS opens_at,
          least(t.started_at + public.policy_number(x.jurisdiction, 'top_up_until_day', now.today) * interval '24 hours', x.expires_at,
                x.consultation_signed_at + public.policy_number(x.jurisdiction, 'consult_valid_days', now.today) * interval '24 hours') AS closes_at) term
        LEFT JOIN LATERAL (SELECT a.id FROM public.appointment a WHERE a.top_up_of_id = t.id
                            AND a.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired') ORDER BY a.created_at DESC LIMIT 1) u ON true
       WHERE t.patient_id = wanted_patient AND t.kind = 'treatment' AND t.state = 'completed' AND t.top_up_of_id IS NULL
         AND x.top_up_units > 0 AND (x.state = 'active' OR u.id IS NOT NULL)
         AND public.works_at_desk(public.current_actor(), x.clinic_id) AND NOT public.record_locked(t.patient_id)
         AND NOT EXISTS (SELECT FROM public.patient_death d WHERE d.patient_id = t.patient_id AND d.undone_at IS NULL)
       ORDER BY t.started_at DESC, t.id $$;

    -- Copies the proof from what was signed; the guards of every treatment stand before it. NULL where the patient's consent or
    -- the place is missing.
    CREATE FUNCTION book_top_up_at_desk(wanted_treatment uuid, wanted_location uuid, wanted_during tstzrange, wanted_block uuid, wanted_span tstzrange, asked_by text)
      RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      rx public.prescription;
      booked uuid;
    BEGIN
      SELECT x.* INTO rx FROM public.appointment t JOIN public.prescription x ON x.id = t.prescription_id WHERE t.id = wanted_treatment;
      IF rx.id IS NULL OR NOT public.works_at_desk(public.current_actor(), rx.clinic_id) OR public.record_locked(rx.patient_id) THEN
        RAISE EXCEPTION 'booked at the desk of that clinic' USING ERRCODE = '23514', CONSTRAINT = 'top_up_by_desk';
      END IF;
      INSERT INTO public.appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, block_id, block_span,
          patient_id, patient_date_of_birth, episode_id, consultation_id, consultation_signed_at, prescription_id, prescriber_id, product_code,
          prescription_expires_at, retreatment_days, consent_id, top_up_of_id, booked_by, channel, independent)
      SELECT 'treatment', 'confirmed', rx.injector_id, l.id, l.clinic_id, l.jurisdiction, l.time_zone, wanted_during, wanted_block, wanted_span,
             rx.patient_id, p.date_of_birth, rx.episode_id, rx.consultation_id, rx.consultation_signed_at, rx.id, rx.prescriber_id, rx.product_code,
             rx.expires_at, rx.retreatment_days, c.id, wanted_treatment, public.current_actor(), asked_by,
             EXISTS (SELECT FROM public.capability_period k WHERE k.practitioner_id = rx.injector_id AND k.jurisdiction = rx.jurisdiction
                      AND k.capability = 'prescribe' AND k.valid @> wanted_during)
        FROM public.patient p JOIN public.consent c ON c.prescription_id = rx.id AND c.state = 'given'
        JOIN public.location l ON l.id = wanted_location AND l.clinic_id = rx.clinic_id AND l.jurisdiction = rx.jurisdiction
       WHERE p.id = rx.patient_id
      RETURNING id INTO booked;
      RETURN booked;
    END $$;
    REVOKE ALL ON FUNCTION desk_top_ups, book_top_up_at_desk FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION desk_top_ups, book_top_up_at_desk TO steadyhand_app;
  `.execute(db);
}
