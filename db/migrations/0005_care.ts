import { sql, type Kysely } from 'kysely';

/** Health answers, consultation, prescription, consent, custody of vials, treatment, deviations, and the gate (G1 to G11). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE product (
      code text PRIMARY KEY,
      name text NOT NULL,
      unit_system text NOT NULL,
      retreatment_days smallint NOT NULL CONSTRAINT product_retreatment CHECK (retreatment_days >= 84),
      single_session boolean NOT NULL,
      UNIQUE (code, retreatment_days),
      UNIQUE (code, single_session)
    );
    CREATE TABLE licensed_product (
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      product_code text NOT NULL REFERENCES product,
      PRIMARY KEY (jurisdiction, product_code)
    );

    -- Each set of answers is a new version; nothing is overwritten.
    CREATE TABLE health_answers (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      version integer NOT NULL,
      answers jsonb NOT NULL,
      last_treated_elsewhere_on date,
      answered_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      answered_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT health_answers_version UNIQUE (patient_id, version),
      UNIQUE (id, patient_id)
    );
    CREATE FUNCTION health_answers_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      -- The treatment gate holds the same lock while it reads the answers.
      PERFORM 1 FROM public.patient WHERE id = NEW.patient_id FOR NO KEY UPDATE;
      NEW.version := (SELECT coalesce(max(version), 0) + 1 FROM public.health_answers WHERE patient_id = NEW.patient_id);
      NEW.answered_by := public.current_actor();
      NEW.answered_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER health_answers_sign BEFORE INSERT ON health_answers FOR EACH ROW EXECUTE FUNCTION health_answers_sign();
    CREATE TRIGGER health_answers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON health_answers EXECUTE FUNCTION append_only();
    -- The prescriber's written decision on one version of the answers (G4).
    CREATE TABLE health_decision (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      health_answers_id uuid NOT NULL,
      patient_id uuid NOT NULL,
      prescriber_id uuid NOT NULL REFERENCES practitioner,
      decision text NOT NULL CONSTRAINT health_decision_known CHECK (decision IN ('may_proceed', 'may_not_proceed')),
      reason text NOT NULL CONSTRAINT health_decision_reason CHECK (length(trim(reason)) > 0),
      decided_by uuid NOT NULL DEFAULT current_actor(),
      decided_at timestamptz NOT NULL DEFAULT app_now(),
      FOREIGN KEY (health_answers_id, patient_id) REFERENCES health_answers (id, patient_id),
      CONSTRAINT health_decision_by_prescriber FOREIGN KEY (prescriber_id, decided_by) REFERENCES practitioner (id, account_id)
    );
    CREATE INDEX health_decision_by_answers ON health_decision (health_answers_id);
    CREATE TRIGGER health_decision_sign BEFORE INSERT ON health_decision FOR EACH ROW EXECUTE FUNCTION signed_by_actor('decided_by', 'decided_at');
    CREATE TRIGGER health_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON health_decision EXECUTE FUNCTION append_only();

    -- What must be said before any outcome can be "suitable".
    CREATE TABLE disclosable_risk (code text NOT NULL, version smallint NOT NULL, text text NOT NULL, required boolean NOT NULL DEFAULT true, PRIMARY KEY (code, version));

    CREATE TABLE consultation_record (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      appointment_id uuid NOT NULL CONSTRAINT consultation_record_once UNIQUE,
      patient_id uuid NOT NULL,
      prescriber_id uuid NOT NULL,
      jurisdiction text NOT NULL,
      appointment_kind text NOT NULL GENERATED ALWAYS AS ('consultation') STORED,
      appointment_mode text NOT NULL GENERATED ALWAYS AS ('in_person') STORED,
      health_answers_id uuid,
      state text NOT NULL DEFAULT 'draft' CONSTRAINT consultation_record_state CHECK (state IN ('draft', 'signed')),
      identity_seen boolean NOT NULL DEFAULT false,
      identity_document text NOT NULL DEFAULT '',
      age_seen boolean NOT NULL DEFAULT false,
      seen_alone boolean NOT NULL DEFAULT false,
      chaperone text NOT NULL DEFAULT '',
      capacity text NOT NULL DEFAULT '' CONSTRAINT consultation_record_capacity CHECK (capacity IN ('', 'has_capacity', 'in_doubt')),
      own_choice boolean NOT NULL DEFAULT false,
      body_image_screen text NOT NULL DEFAULT '' CONSTRAINT consultation_record_body_image CHECK (body_image_screen IN ('', 'negative', 'positive')),
      concerns text[] NOT NULL DEFAULT '{}',
      regions text[] NOT NULL DEFAULT '{}',
      history text NOT NULL DEFAULT '',
      examination text NOT NULL DEFAULT '',
      baseline text NOT NULL DEFAULT '',
      movement_to_keep text NOT NULL DEFAULT '',
      desired_result text NOT NULL DEFAULT '',
      alternatives text NOT NULL DEFAULT '',
      plan text NOT NULL DEFAULT '',
      outcome text CONSTRAINT consultation_record_outcome CHECK (outcome IN ('suitable', 'not_suitable', 'defer', 'refer')),
      signed_at timestamptz,
      signed_by uuid,
      signed_span tstzrange GENERATED ALWAYS AS (CASE WHEN signed_at IS NOT NULL THEN tstzrange(signed_at, signed_at, '[]') END) STORED,
      needed_capability text NOT NULL GENERATED ALWAYS AS (CASE outcome WHEN 'suitable' THEN 'prescribe' ELSE 'consult' END) STORED,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT consultation_record_of_visit FOREIGN KEY (appointment_id, patient_id, prescriber_id, appointment_kind, appointment_mode, jurisdiction)
        REFERENCES appointment (id, patient_id, practitioner_id, kind, mode, jurisdiction),
      CONSTRAINT consultation_record_health FOREIGN KEY (health_answers_id, patient_id) REFERENCES health_answers (id, patient_id),
      CONSTRAINT consultation_record_signed_by_prescriber FOREIGN KEY (prescriber_id, signed_by) REFERENCES practitioner (id, account_id),
      CONSTRAINT consultation_record_capability FOREIGN KEY (prescriber_id, jurisdiction, needed_capability, PERIOD signed_span)
        REFERENCES capability_period (practitioner_id, jurisdiction, capability, PERIOD valid),
      CONSTRAINT consultation_record_signature CHECK ((state = 'signed') = (signed_at IS NOT NULL) AND (signed_at IS NULL) = (signed_by IS NULL)
        AND (state = 'draft' OR outcome IS NOT NULL)),
      -- G11: what "suitable" takes.
      CONSTRAINT consultation_record_suitable CHECK (state = 'draft' OR outcome <> 'suitable' OR (
        identity_seen AND age_seen AND own_choice AND capacity = 'has_capacity' AND body_image_screen = 'negative'
        AND trim(chaperone) <> '' AND trim(examination) <> '' AND cardinality(regions) > 0 AND health_answers_id IS NOT NULL)),
      UNIQUE (id, appointment_id, patient_id, prescriber_id, jurisdiction, state, outcome, signed_at)
    );
    CREATE TABLE consultation_question (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      consultation_id uuid NOT NULL REFERENCES consultation_record,
      question text NOT NULL CONSTRAINT consultation_question_asked CHECK (trim(question) <> ''),
      answer text NOT NULL DEFAULT '',
      asked_at timestamptz NOT NULL DEFAULT app_now()
    );
    CREATE INDEX consultation_question_by_consultation ON consultation_question (consultation_id);
    CREATE TABLE consultation_finding (
      consultation_id uuid NOT NULL REFERENCES consultation_record,
      code text NOT NULL,
      severity text NOT NULL CONSTRAINT consultation_finding_severity CHECK (severity IN ('absolute', 'relative', 'caution')),
      present boolean NOT NULL,
      note text NOT NULL DEFAULT '',
      PRIMARY KEY (consultation_id, code)
    );
    CREATE TABLE risk_disclosure (
      consultation_id uuid NOT NULL REFERENCES consultation_record,
      risk_code text NOT NULL,
      risk_version smallint NOT NULL,
      disclosed_at timestamptz NOT NULL DEFAULT app_now(),
      acknowledged_at timestamptz,
      PRIMARY KEY (consultation_id, risk_code),
      FOREIGN KEY (risk_code, risk_version) REFERENCES disclosable_risk (code, version)
    );
    CREATE TABLE consultation_addendum (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      consultation_id uuid NOT NULL REFERENCES consultation_record,
      kind text NOT NULL CONSTRAINT consultation_addendum_kind CHECK (kind IN ('note', 'entered_in_error')),
      text text NOT NULL CONSTRAINT consultation_addendum_text CHECK (trim(text) <> ''),
      written_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      written_at timestamptz NOT NULL DEFAULT app_now()
    );
    CREATE TRIGGER consultation_addendum_sign BEFORE INSERT ON consultation_addendum FOR EACH ROW EXECUTE FUNCTION signed_by_actor('written_by', 'written_at');
    CREATE TRIGGER consultation_addendum_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consultation_addendum EXECUTE FUNCTION append_only();

    CREATE FUNCTION consultation_record_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
          RAISE EXCEPTION 'a record starts as a draft' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_starts_draft';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.state = 'signed' THEN
        RAISE EXCEPTION 'a signed record is frozen' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_frozen';
      END IF;
      IF (NEW.id, NEW.appointment_id, NEW.patient_id, NEW.prescriber_id, NEW.jurisdiction) IS DISTINCT FROM (OLD.id, OLD.appointment_id, OLD.patient_id, OLD.prescriber_id, OLD.jurisdiction) THEN
        RAISE EXCEPTION 'the parties of a record do not change' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_parties';
      END IF;
      IF NEW.state = 'signed' THEN
        NEW.signed_at := public.app_now();
        NEW.signed_by := public.current_actor();
        PERFORM 1 FROM public.appointment a WHERE a.id = NEW.appointment_id AND a.state = 'started' FOR SHARE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the visit has not begun' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_during_visit';
        END IF;
        IF NEW.outcome = 'suitable' THEN
          IF EXISTS (SELECT FROM public.consultation_finding f WHERE f.consultation_id = NEW.id AND f.severity = 'absolute' AND f.present) THEN
            RAISE EXCEPTION 'a finding rules it out' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_no_absolute_finding';
          END IF;
          IF EXISTS (SELECT FROM public.consultation_question q WHERE q.consultation_id = NEW.id AND trim(q.answer) = '') THEN
            RAISE EXCEPTION 'a question is unanswered' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_questions_answered';
          END IF;
          IF EXISTS (SELECT r.code FROM public.disclosable_risk r WHERE r.required EXCEPT
                     SELECT d.risk_code FROM public.risk_disclosure d WHERE d.consultation_id = NEW.id AND d.acknowledged_at IS NOT NULL) THEN
            RAISE EXCEPTION 'a risk is not acknowledged' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_risks_acknowledged';
          END IF;
          IF EXISTS (SELECT FROM public.health_answers h WHERE h.patient_id = NEW.patient_id AND h.version >
                      (SELECT reviewed.version FROM public.health_answers reviewed WHERE reviewed.id = NEW.health_answers_id)) THEN
            RAISE EXCEPTION 'newer health answers were not read' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_latest_answers';
          END IF;
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER consultation_record_sign BEFORE INSERT OR UPDATE ON consultation_record FOR EACH ROW EXECUTE FUNCTION consultation_record_sign();
    CREATE TRIGGER consultation_record_never_deleted BEFORE DELETE OR TRUNCATE ON consultation_record EXECUTE FUNCTION append_only();

    -- The parts of a record freeze with it. FOR SHARE waits for a signature under way and then sees it.
    CREATE FUNCTION consultation_part_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF EXISTS (SELECT FROM (SELECT c.state FROM public.consultation_record c WHERE c.id IN (OLD.consultation_id, NEW.consultation_id) FOR SHARE) parent
                  WHERE parent.state = 'signed') THEN
        RAISE EXCEPTION 'a signed record is frozen' USING ERRCODE = '23514', CONSTRAINT = 'consultation_part_frozen';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER consultation_question_frozen BEFORE INSERT OR UPDATE OR DELETE ON consultation_question FOR EACH ROW EXECUTE FUNCTION consultation_part_frozen();
    CREATE TRIGGER consultation_finding_frozen BEFORE INSERT OR UPDATE OR DELETE ON consultation_finding FOR EACH ROW EXECUTE FUNCTION consultation_part_frozen();
    CREATE TRIGGER risk_disclosure_frozen BEFORE INSERT OR UPDATE OR DELETE ON risk_disclosure FOR EACH ROW EXECUTE FUNCTION consultation_part_frozen();

    CREATE TABLE prescription (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      consultation_id uuid NOT NULL,
      consultation_appointment_id uuid NOT NULL,
      consultation_signed_at timestamptz NOT NULL,
      consultation_state text NOT NULL GENERATED ALWAYS AS ('signed') STORED,
      consultation_outcome text NOT NULL GENERATED ALWAYS AS ('suitable') STORED,
      visit_state text NOT NULL GENERATED ALWAYS AS ('completed') STORED,
      episode_id uuid NOT NULL,
      clinic_id uuid NOT NULL,
      patient_id uuid NOT NULL,
      prescriber_id uuid NOT NULL,
      injector_id uuid NOT NULL,
      jurisdiction text NOT NULL,
      product_code text NOT NULL,
      retreatment_days smallint NOT NULL,
      dose_units numeric(7, 2) NOT NULL CONSTRAINT prescription_dose CHECK (dose_units > 0),
      top_up_units numeric(7, 2) NOT NULL DEFAULT 0 CONSTRAINT prescription_top_up CHECK (top_up_units >= 0),
      regions text[] NOT NULL CONSTRAINT prescription_regions CHECK (cardinality(regions) > 0),
      directions text NOT NULL DEFAULT '',
      unchanged_requested_at timestamptz,
      state text NOT NULL DEFAULT 'active' CONSTRAINT prescription_state CHECK (state IN ('active', 'used', 'cancelled')),
      issued_at timestamptz NOT NULL DEFAULT app_now(),
      issued_by uuid NOT NULL DEFAULT current_actor(),
      expires_at timestamptz NOT NULL,
      ended_at timestamptz,
      end_reason text NOT NULL DEFAULT '',
      issued_span tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(issued_at, issued_at, '[]')) STORED,
      prescribe text NOT NULL GENERATED ALWAYS AS ('prescribe') STORED,
      inject text NOT NULL GENERATED ALWAYS AS ('inject') STORED,
      CONSTRAINT prescription_from_consultation FOREIGN KEY (consultation_id, consultation_appointment_id, patient_id, prescriber_id, jurisdiction,
          consultation_state, consultation_outcome, consultation_signed_at)
        REFERENCES consultation_record (id, appointment_id, patient_id, prescriber_id, jurisdiction, state, outcome, signed_at),
      CONSTRAINT prescription_visit_completed FOREIGN KEY (consultation_appointment_id, patient_id, visit_state) REFERENCES appointment (id, patient_id, state),
      CONSTRAINT prescription_episode FOREIGN KEY (episode_id, patient_id, clinic_id) REFERENCES care_episode (id, patient_id, clinic_id),
      CONSTRAINT prescription_by_prescriber FOREIGN KEY (prescriber_id, issued_by) REFERENCES practitioner (id, account_id),
      CONSTRAINT prescription_capability FOREIGN KEY (prescriber_id, jurisdiction, prescribe, PERIOD issued_span)
        REFERENCES capability_period (practitioner_id, jurisdiction, capability, PERIOD valid),
      CONSTRAINT prescription_injector_capability FOREIGN KEY (injector_id, jurisdiction, inject, PERIOD issued_span)
        REFERENCES capability_period (practitioner_id, jurisdiction, capability, PERIOD valid),
      CONSTRAINT prescription_licensed FOREIGN KEY (jurisdiction, product_code) REFERENCES licensed_product,
      CONSTRAINT prescription_product FOREIGN KEY (product_code, retreatment_days) REFERENCES product (code, retreatment_days),
      CONSTRAINT prescription_ended CHECK ((state = 'active') = (ended_at IS NULL)),
      CONSTRAINT prescription_span CHECK (expires_at > issued_at AND expires_at <= issued_at + interval '366 days'),
      UNIQUE (id, consultation_id, patient_id, prescriber_id, injector_id, jurisdiction, product_code, expires_at, retreatment_days, consultation_signed_at),
      UNIQUE (id, state),
      UNIQUE (id, patient_id, injector_id)
    );
    CREATE INDEX prescription_by_patient ON prescription (patient_id);
    CREATE INDEX prescription_by_consultation ON prescription (consultation_id);

    -- Never edited, only used or cancelled and written anew (G5). The clock and the actor sign it.
    CREATE FUNCTION prescription_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
      changing text[] := '{state,ended_at,end_reason,consultation_state,consultation_outcome,visit_state,issued_span,prescribe,inject}';
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.state := 'active';
        NEW.issued_at := public.app_now();
        NEW.issued_by := public.current_actor();
        PERFORM 1 FROM public.practitioner p WHERE p.id IN (NEW.prescriber_id, NEW.injector_id) AND p.standing <> 'good';
        IF FOUND THEN
          RAISE EXCEPTION 'not in good standing' USING ERRCODE = '23514', CONSTRAINT = 'prescription_in_good_standing';
        END IF;
        IF NEW.expires_at > NEW.issued_at + public.policy_number(NEW.jurisdiction, 'rx_validity_days', NEW.issued_at::date) * interval '1 day' THEN
          RAISE EXCEPTION 'valid for too long' USING ERRCODE = '23514', CONSTRAINT = 'prescription_validity';
        END IF;
        RETURN NEW;
      END IF;
      -- Generated columns are not yet computed here, so they are left out of the comparison like those that may change.
      IF OLD.state <> 'active' OR (to_jsonb(NEW) - changing) <> (to_jsonb(OLD) - changing) THEN
        RAISE EXCEPTION 'a prescription is never edited' USING ERRCODE = '23514', CONSTRAINT = 'prescription_frozen';
      END IF;
      NEW.ended_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER prescription_sign BEFORE INSERT OR UPDATE ON prescription FOR EACH ROW EXECUTE FUNCTION prescription_sign();
    CREATE TRIGGER prescription_never_deleted BEFORE DELETE OR TRUNCATE ON prescription EXECUTE FUNCTION append_only();

    -- Given by the patient alone (G5); confirmed on the day with the person who will inject (G1).
    CREATE TABLE consent (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      prescription_id uuid NOT NULL,
      patient_id uuid NOT NULL,
      injector_id uuid NOT NULL,
      text_version text NOT NULL,
      items text[] NOT NULL CONSTRAINT consent_items CHECK (items @> '{understood,own_choice,may_stop,named_injector}'),
      state text NOT NULL DEFAULT 'given' CONSTRAINT consent_state CHECK (state IN ('given', 'withdrawn')),
      given_by uuid NOT NULL DEFAULT current_actor(),
      given_at timestamptz NOT NULL DEFAULT app_now(),
      confirmed_at timestamptz,
      confirmed boolean NOT NULL GENERATED ALWAYS AS (confirmed_at IS NOT NULL) STORED,
      withdrawn_at timestamptz,
      CONSTRAINT consent_for_prescription FOREIGN KEY (prescription_id, patient_id, injector_id) REFERENCES prescription (id, patient_id, injector_id),
      CONSTRAINT consent_by_the_patient FOREIGN KEY (patient_id, given_by) REFERENCES patient (id, account_id),
      CONSTRAINT consent_withdrawn CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
      UNIQUE (id, prescription_id, patient_id, injector_id),
      UNIQUE (id, state),
      UNIQUE (id, confirmed)
    );
    CREATE UNIQUE INDEX consent_one_given ON consent (prescription_id) WHERE state = 'given';
    CREATE FUNCTION consent_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.state := 'given';
        NEW.given_at := public.app_now();
        NEW.given_by := public.current_actor();
        NEW.confirmed_at := NULL;
        RETURN NEW;
      END IF;
      IF OLD.state = 'withdrawn' OR (to_jsonb(NEW) - '{state,withdrawn_at,confirmed_at,confirmed}'::text[]) <> (to_jsonb(OLD) - '{state,withdrawn_at,confirmed_at,confirmed}'::text[]) THEN
        RAISE EXCEPTION 'consent is given anew, not edited' USING ERRCODE = '23514', CONSTRAINT = 'consent_frozen';
      END IF;
      NEW.withdrawn_at := CASE WHEN NEW.state = 'withdrawn' THEN public.app_now() END;
      -- Written by the clock, and by nobody but the patient or the injector who is with the patient.
      IF NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at THEN
        NEW.confirmed_at := public.app_now();
        IF NOT EXISTS (SELECT FROM public.practitioner p WHERE p.id = NEW.injector_id AND p.account_id = public.current_actor()) THEN
          RAISE EXCEPTION 'confirmed with the injector only' USING ERRCODE = '23514', CONSTRAINT = 'consent_confirmed_with_injector';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER consent_sign BEFORE INSERT OR UPDATE ON consent FOR EACH ROW EXECUTE FUNCTION consent_sign();
    CREATE TRIGGER consent_never_deleted BEFORE DELETE OR TRUNCATE ON consent EXECUTE FUNCTION append_only();

    -- Custody (G10): dispensed for a named patient, or practice stock held by a prescriber.
    CREATE TABLE vial (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      location_id uuid NOT NULL REFERENCES location,
      product_code text NOT NULL REFERENCES product,
      batch text NOT NULL CONSTRAINT vial_batch CHECK (trim(batch) <> ''),
      expires_on date NOT NULL,
      units numeric(7, 2) NOT NULL CONSTRAINT vial_units CHECK (units > 0),
      custody text NOT NULL CONSTRAINT vial_custody CHECK (custody IN ('dispensed', 'practice_stock')),
      dispensed_for_patient_id uuid REFERENCES patient,
      held_by_prescriber_id uuid REFERENCES practitioner,
      received_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT vial_custodian CHECK ((custody = 'dispensed') = (dispensed_for_patient_id IS NOT NULL)
        AND (custody = 'practice_stock') = (held_by_prescriber_id IS NOT NULL)),
      UNIQUE (id, custody, product_code, location_id, expires_on),
      UNIQUE (id, dispensed_for_patient_id),
      UNIQUE (id, held_by_prescriber_id)
    );
    CREATE INDEX vial_by_location ON vial (location_id);
    CREATE INDEX vial_by_batch ON vial (product_code, batch);

    -- The proof that a treatment carries, held by keys and checks; NULL for other kinds and never NULL for a treatment.
    ALTER TABLE appointment
      ADD COLUMN consultation_id uuid,
      ADD COLUMN consultation_signed_at timestamptz,
      ADD COLUMN prescription_id uuid,
      ADD COLUMN prescriber_id uuid,
      ADD COLUMN product_code text,
      ADD COLUMN prescription_expires_at timestamptz,
      ADD COLUMN retreatment_days smallint,
      ADD COLUMN consent_id uuid,
      ADD COLUMN independent boolean,
      ADD COLUMN top_up_of_id uuid,
      ADD COLUMN interval_override_reason text,
      ADD COLUMN interval_override_by uuid,
      ADD COLUMN needed_prescription_state text GENERATED ALWAYS AS (CASE WHEN kind = 'treatment' AND state IN ('held', 'confirmed', 'arrived', 'started') THEN 'active' END) STORED,
      ADD COLUMN needed_consent_state text GENERATED ALWAYS AS (CASE WHEN kind = 'treatment' AND state IN ('held', 'confirmed', 'arrived', 'started') THEN 'given' END) STORED,
      ADD COLUMN needed_consent_confirmed boolean GENERATED ALWAYS AS (CASE WHEN kind = 'treatment' AND state = 'started' THEN true END) STORED,
      ADD COLUMN needed_own_prescribing text GENERATED ALWAYS AS (CASE WHEN kind = 'treatment' AND independent THEN 'prescribe' END) STORED,
      ADD COLUMN needed_supervisor_id uuid GENERATED ALWAYS AS (CASE WHEN kind = 'treatment' AND NOT independent THEN prescriber_id END) STORED,
      ADD COLUMN needed_supervising text GENERATED ALWAYS AS (CASE WHEN kind = 'treatment' AND NOT independent THEN 'prescribe' END) STORED,
      ADD COLUMN clear_until tstzrange GENERATED ALWAYS AS (CASE WHEN kind = 'treatment' AND top_up_of_id IS NULL AND interval_override_reason IS NULL
        THEN tstzrange(lower(during), (lower(during) AT TIME ZONE 'UTC' + retreatment_days * interval '1 day') AT TIME ZONE 'UTC', '[)') END) STORED,
      ADD CONSTRAINT appointment_treatment_proof CHECK (CASE WHEN kind = 'treatment'
        THEN patient_id IS NOT NULL AND consultation_id IS NOT NULL AND consultation_signed_at IS NOT NULL AND prescription_id IS NOT NULL AND prescriber_id IS NOT NULL
          AND product_code IS NOT NULL AND prescription_expires_at IS NOT NULL AND retreatment_days IS NOT NULL AND consent_id IS NOT NULL AND independent IS NOT NULL
        ELSE consultation_id IS NULL AND consultation_signed_at IS NULL AND prescription_id IS NULL AND prescriber_id IS NULL AND product_code IS NULL
          AND prescription_expires_at IS NULL AND retreatment_days IS NULL AND consent_id IS NULL AND independent IS NULL AND top_up_of_id IS NULL
          AND interval_override_reason IS NULL END),
      ADD CONSTRAINT appointment_prescription FOREIGN KEY (prescription_id, consultation_id, patient_id, prescriber_id, practitioner_id, jurisdiction,
          product_code, prescription_expires_at, retreatment_days, consultation_signed_at)
        REFERENCES prescription (id, consultation_id, patient_id, prescriber_id, injector_id, jurisdiction, product_code, expires_at, retreatment_days, consultation_signed_at),
      ADD CONSTRAINT appointment_prescription_active FOREIGN KEY (prescription_id, needed_prescription_state) REFERENCES prescription (id, state) DEFERRABLE INITIALLY IMMEDIATE,
      ADD CONSTRAINT appointment_prescription_unexpired CHECK (greatest(upper(during), started_at) <= prescription_expires_at),
      ADD CONSTRAINT appointment_consent FOREIGN KEY (consent_id, prescription_id, patient_id, practitioner_id) REFERENCES consent (id, prescription_id, patient_id, injector_id),
      ADD CONSTRAINT appointment_consent_given FOREIGN KEY (consent_id, needed_consent_state) REFERENCES consent (id, state) DEFERRABLE INITIALLY IMMEDIATE,
      ADD CONSTRAINT appointment_consent_confirmed FOREIGN KEY (consent_id, needed_consent_confirmed) REFERENCES consent (id, confirmed),
      ADD CONSTRAINT appointment_own_prescribing FOREIGN KEY (practitioner_id, jurisdiction, needed_own_prescribing, PERIOD needed_span)
        REFERENCES capability_period (practitioner_id, jurisdiction, capability, PERIOD valid),
      ADD CONSTRAINT appointment_supervision FOREIGN KEY (practitioner_id, needed_supervisor_id, jurisdiction, PERIOD needed_span)
        REFERENCES supervision (injector_id, prescriber_id, jurisdiction, PERIOD valid),
      ADD CONSTRAINT appointment_supervisor_prescribes FOREIGN KEY (needed_supervisor_id, jurisdiction, needed_supervising, PERIOD needed_span)
        REFERENCES capability_period (practitioner_id, jurisdiction, capability, PERIOD valid),
      ADD CONSTRAINT appointment_interval_override CHECK ((interval_override_reason IS NULL) = (interval_override_by IS NULL) AND trim(interval_override_reason) <> ''),
      ADD CONSTRAINT appointment_override_by_prescriber FOREIGN KEY (prescriber_id, interval_override_by) REFERENCES practitioner (id, account_id),
      ADD CONSTRAINT appointment_retreatment_interval EXCLUDE USING gist (patient_id WITH =, clear_until WITH &&)
        WHERE (kind = 'treatment' AND clear_until IS NOT NULL AND state IN ('held', 'confirmed', 'paused', 'arrived', 'started', 'completed', 'stopped')),
      ADD CONSTRAINT appointment_top_up_of FOREIGN KEY (top_up_of_id, patient_id) REFERENCES appointment (id, patient_id);
    -- Single use, the reserved top-up apart (G2).
    CREATE UNIQUE INDEX appointment_prescription_single_use ON appointment (prescription_id)
      WHERE top_up_of_id IS NULL AND state IN ('held', 'confirmed', 'paused', 'arrived', 'started', 'completed', 'stopped');
    CREATE UNIQUE INDEX appointment_one_top_up ON appointment (top_up_of_id)
      WHERE state IN ('held', 'confirmed', 'paused', 'arrived', 'started', 'completed', 'stopped');

    -- The clocks of the gate, evaluated for the appointment's start, when booked, moved and begun (G4, G7, G8).
    CREATE FUNCTION treatment_gate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      starts timestamptz := CASE NEW.state WHEN 'started' THEN NEW.started_at ELSE lower(NEW.during) END;
      on_day date := (starts AT TIME ZONE NEW.time_zone)::date;
      cooling_off_key text := 'cooling_off_hours_first_or_changed';
      rx public.prescription;
      first_treatment public.appointment;
    BEGIN
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
           OR starts < first_treatment.started_at + interval '14 days' OR starts > first_treatment.started_at + interval '28 days'
           OR NOT EXISTS (SELECT FROM public.appointment f WHERE f.patient_id = NEW.patient_id AND f.kind = 'follow_up' AND f.mode = 'in_person'
                           AND f.state = 'completed' AND f.started_at > first_treatment.started_at) THEN
          RAISE EXCEPTION 'a top-up follows an in-person review visit, 14 to 28 days on' USING ERRCODE = '23514', CONSTRAINT = 'treatment_top_up_window';
        END IF;
      ELSIF rx.unchanged_requested_at IS NOT NULL AND EXISTS (
        SELECT FROM public.appointment b JOIN public.prescription before ON before.id = b.prescription_id
         WHERE b.patient_id = NEW.patient_id AND b.kind = 'treatment' AND b.state = 'completed' AND b.started_at > starts - interval '12 months'
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
    CREATE TRIGGER treatment_gate BEFORE INSERT OR UPDATE ON appointment FOR EACH ROW WHEN (NEW.kind = 'treatment') EXECUTE FUNCTION treatment_gate();

    -- Which vial a booked treatment will use. A plan is gated; what was really used is a fact of the treatment record.
    CREATE TABLE planned_vial (
      appointment_id uuid PRIMARY KEY,
      vial_id uuid NOT NULL,
      patient_id uuid NOT NULL,
      injector_id uuid NOT NULL,
      prescriber_id uuid NOT NULL,
      location_id uuid NOT NULL,
      product_code text NOT NULL,
      expires_on date NOT NULL,
      single_session boolean NOT NULL,
      custody text NOT NULL,
      appointment_during tstzrange NOT NULL,
      dispensed_for_patient_id uuid GENERATED ALWAYS AS (CASE custody WHEN 'dispensed' THEN patient_id END) STORED,
      held_by_prescriber_id uuid GENERATED ALWAYS AS (CASE custody WHEN 'practice_stock' THEN prescriber_id END) STORED,
      -- A treatment that moves takes its vial along, if the vial lasts until then.
      CONSTRAINT planned_vial_treatment FOREIGN KEY (appointment_id, patient_id, appointment_during) REFERENCES appointment (id, patient_id, during) ON UPDATE CASCADE,
      CONSTRAINT planned_vial_vial FOREIGN KEY (vial_id, custody, product_code, location_id, expires_on) REFERENCES vial (id, custody, product_code, location_id, expires_on),
      CONSTRAINT planned_vial_dispensed_for FOREIGN KEY (vial_id, dispensed_for_patient_id) REFERENCES vial (id, dispensed_for_patient_id),
      CONSTRAINT planned_vial_stock_of_prescriber FOREIGN KEY (vial_id, held_by_prescriber_id) REFERENCES vial (id, held_by_prescriber_id),
      -- Practice stock serves only where its prescriber practises.
      CONSTRAINT planned_vial_stock_in_practice FOREIGN KEY (held_by_prescriber_id, location_id) REFERENCES practice (practitioner_id, location_id),
      CONSTRAINT planned_vial_single_session FOREIGN KEY (product_code, single_session) REFERENCES product (code, single_session),
      CONSTRAINT planned_vial_unexpired CHECK (expires_on > (upper(appointment_during) AT TIME ZONE 'UTC')::date)
    );
    CREATE UNIQUE INDEX planned_vial_one_session ON planned_vial (vial_id) WHERE single_session;
    CREATE FUNCTION planned_vial_copy() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE a public.appointment;
    BEGIN
      IF (TG_OP <> 'INSERT' AND EXISTS (SELECT FROM public.appointment begun WHERE begun.id = OLD.appointment_id AND begun.started_at IS NOT NULL))
         OR (TG_OP <> 'DELETE' AND EXISTS (SELECT FROM public.treatment_record t WHERE t.appointment_id = NEW.appointment_id AND t.state = 'signed')) THEN
        RAISE EXCEPTION 'the vial is opened, or the record signed' USING ERRCODE = '23514', CONSTRAINT = 'planned_vial_frozen';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      IF NEW.single_session AND EXISTS (SELECT FROM public.treatment_record t WHERE t.vial_id = NEW.vial_id AND t.appointment_id <> NEW.appointment_id) THEN
        RAISE EXCEPTION 'the vial was used' USING ERRCODE = '23514', CONSTRAINT = 'planned_vial_one_session';
      END IF;
      SELECT * INTO a FROM public.appointment WHERE id = NEW.appointment_id AND kind = 'treatment';
      IF NOT FOUND OR (a.practitioner_id, a.prescriber_id, a.location_id, a.product_code, a.during)
           IS DISTINCT FROM (NEW.injector_id, NEW.prescriber_id, NEW.location_id, NEW.product_code, NEW.appointment_during) THEN
        RAISE EXCEPTION 'a vial is planned for what was prescribed' USING ERRCODE = '23514', CONSTRAINT = 'planned_vial_of_treatment';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER planned_vial_copy BEFORE INSERT OR UPDATE OR DELETE ON planned_vial FOR EACH ROW EXECUTE FUNCTION planned_vial_copy();

    -- What was really done. Always recordable; where it differs from the plan a deviation says why.
    CREATE TABLE treatment_record (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      appointment_id uuid NOT NULL CONSTRAINT treatment_record_once UNIQUE,
      patient_id uuid NOT NULL,
      injector_id uuid NOT NULL REFERENCES practitioner,
      prescription_id uuid REFERENCES prescription,
      state text NOT NULL DEFAULT 'draft' CONSTRAINT treatment_record_state CHECK (state IN ('draft', 'signed')),
      ended_as text NOT NULL DEFAULT 'completed' CONSTRAINT treatment_record_ended_as CHECK (ended_as IN ('completed', 'stopped')),
      -- As written on the vial in the hand, listed or not.
      product_name text NOT NULL DEFAULT '',
      product_code text REFERENCES product,
      batch text NOT NULL DEFAULT '',
      batch_expires_on date,
      vial_id uuid REFERENCES vial,
      diluent_ml numeric(5, 2),
      immediate_reaction text NOT NULL DEFAULT '',
      aftercare_version text NOT NULL DEFAULT '',
      note text NOT NULL DEFAULT '',
      signed_at timestamptz,
      signed_by uuid,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT treatment_record_visit FOREIGN KEY (appointment_id, patient_id) REFERENCES appointment (id, patient_id),
      CONSTRAINT treatment_record_signed_by_injector FOREIGN KEY (injector_id, signed_by) REFERENCES practitioner (id, account_id),
      CONSTRAINT treatment_record_signature CHECK ((state = 'signed') = (signed_at IS NOT NULL) AND (signed_at IS NULL) = (signed_by IS NULL)),
      CONSTRAINT treatment_record_batch CHECK (state = 'draft' OR (trim(batch) <> '' AND batch_expires_on IS NOT NULL AND trim(product_name) <> ''))
    );
    CREATE INDEX treatment_record_by_batch ON treatment_record (batch);
    CREATE TABLE injection_point (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      treatment_id uuid NOT NULL REFERENCES treatment_record,
      region text NOT NULL,
      side text NOT NULL CONSTRAINT injection_point_side CHECK (side IN ('left', 'right', 'midline')),
      x numeric(5, 4) NOT NULL CONSTRAINT injection_point_x CHECK (x BETWEEN 0 AND 1),
      y numeric(5, 4) NOT NULL CONSTRAINT injection_point_y CHECK (y BETWEEN 0 AND 1),
      units numeric(6, 2) NOT NULL CONSTRAINT injection_point_units CHECK (units > 0)
    );
    CREATE INDEX injection_point_by_treatment ON injection_point (treatment_id);
    CREATE TABLE deviation (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      treatment_id uuid NOT NULL REFERENCES treatment_record,
      kind text NOT NULL CONSTRAINT deviation_kind CHECK (kind IN ('over_dose', 'expired_batch', 'unlisted_product', 'other_product', 'other_region',
        'stopped_half_way', 'other_vial', 'without_prescription')),
      reason text NOT NULL CONSTRAINT deviation_reason CHECK (trim(reason) <> ''),
      recorded_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT deviation_once UNIQUE (treatment_id, kind)
    );
    CREATE TRIGGER deviation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deviation EXECUTE FUNCTION append_only();

    -- In what a treatment record differs from what was prescribed and planned.
    CREATE FUNCTION treatment_deviations(t treatment_record) RETURNS SETOF text LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      WITH a AS (SELECT * FROM public.appointment WHERE id = t.appointment_id),
           rx AS (SELECT * FROM public.prescription WHERE id = t.prescription_id),
           given AS (SELECT coalesce(sum(units), 0) AS units, coalesce(array_agg(DISTINCT region), '{}') AS regions FROM public.injection_point WHERE treatment_id = t.id)
      SELECT 'without_prescription' WHERE NOT EXISTS (SELECT FROM a JOIN rx ON rx.id = a.prescription_id)
      UNION ALL SELECT 'over_dose' FROM rx, a, given WHERE given.units > CASE WHEN a.top_up_of_id IS NULL THEN rx.dose_units ELSE rx.top_up_units END
      UNION ALL SELECT 'other_region' FROM rx, given WHERE NOT given.regions <@ rx.regions
      UNION ALL SELECT 'other_product' FROM rx WHERE t.product_code IS DISTINCT FROM rx.product_code
      UNION ALL SELECT 'unlisted_product' FROM a WHERE NOT EXISTS (SELECT FROM public.licensed_product l WHERE l.jurisdiction = a.jurisdiction AND l.product_code = t.product_code)
      UNION ALL SELECT 'expired_batch' FROM a WHERE t.batch_expires_on <= (a.started_at AT TIME ZONE a.time_zone)::date
      UNION ALL SELECT 'other_vial' FROM public.planned_vial p WHERE p.appointment_id = t.appointment_id AND p.vial_id IS DISTINCT FROM t.vial_id
      UNION ALL SELECT 'stopped_half_way' WHERE t.ended_as = 'stopped' $$;

    CREATE FUNCTION treatment_record_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
          RAISE EXCEPTION 'a record starts as a draft' USING ERRCODE = '23514', CONSTRAINT = 'treatment_record_starts_draft';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.state = 'signed' THEN
        RAISE EXCEPTION 'a signed record is frozen' USING ERRCODE = '23514', CONSTRAINT = 'treatment_record_frozen';
      END IF;
      IF NEW.state = 'signed' THEN
        NEW.signed_at := public.app_now();
        NEW.signed_by := public.current_actor();
        PERFORM 1 FROM public.appointment a WHERE a.id = NEW.appointment_id AND a.started_at IS NOT NULL AND a.practitioner_id = NEW.injector_id
          AND a.prescription_id IS NOT DISTINCT FROM NEW.prescription_id FOR SHARE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the visit has not begun' USING ERRCODE = '23514', CONSTRAINT = 'treatment_record_of_visit';
        END IF;
        IF EXISTS (SELECT public.treatment_deviations(NEW) EXCEPT SELECT kind FROM public.deviation WHERE treatment_id = NEW.id) THEN
          RAISE EXCEPTION 'a difference has no reason' USING ERRCODE = '23514', CONSTRAINT = 'treatment_record_deviations_told';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER treatment_record_sign BEFORE INSERT OR UPDATE ON treatment_record FOR EACH ROW EXECUTE FUNCTION treatment_record_sign();
    CREATE TRIGGER treatment_record_never_deleted BEFORE DELETE OR TRUNCATE ON treatment_record EXECUTE FUNCTION append_only();
    CREATE FUNCTION treatment_part_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF EXISTS (SELECT FROM (SELECT t.state FROM public.treatment_record t WHERE t.id IN (OLD.treatment_id, NEW.treatment_id) FOR SHARE) parent
                  WHERE parent.state = 'signed') THEN
        RAISE EXCEPTION 'a signed record is frozen' USING ERRCODE = '23514', CONSTRAINT = 'treatment_part_frozen';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER injection_point_frozen BEFORE INSERT OR UPDATE OR DELETE ON injection_point FOR EACH ROW EXECUTE FUNCTION treatment_part_frozen();
    CREATE TRIGGER deviation_frozen BEFORE INSERT ON deviation FOR EACH ROW EXECUTE FUNCTION treatment_part_frozen();

    -- Review visit, about two weeks after; outside the gate.
    CREATE TABLE follow_up_record (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      appointment_id uuid NOT NULL CONSTRAINT follow_up_record_once UNIQUE,
      patient_id uuid NOT NULL,
      practitioner_id uuid NOT NULL,
      findings text NOT NULL CONSTRAINT follow_up_record_findings CHECK (trim(findings) <> ''),
      symmetrical boolean,
      movement_kept text NOT NULL DEFAULT '',
      adverse_event text NOT NULL DEFAULT '',
      written_by uuid NOT NULL DEFAULT current_actor(),
      written_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT follow_up_record_visit FOREIGN KEY (appointment_id, patient_id) REFERENCES appointment (id, patient_id),
      CONSTRAINT follow_up_record_by_practitioner FOREIGN KEY (practitioner_id, written_by) REFERENCES practitioner (id, account_id)
    );
    CREATE TRIGGER follow_up_record_sign BEFORE INSERT ON follow_up_record FOR EACH ROW EXECUTE FUNCTION signed_by_actor('written_by', 'written_at');
    CREATE TRIGGER follow_up_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON follow_up_record EXECUTE FUNCTION append_only();

    -- "Something doesn't feel right": a fact, never a slot; recorded even when the calendar is full (C2).
    CREATE TABLE urgent_contact (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      treatment_appointment_id uuid NOT NULL,
      message text NOT NULL CONSTRAINT urgent_contact_message CHECK (trim(message) <> ''),
      phone text NOT NULL DEFAULT '',
      created_at timestamptz NOT NULL DEFAULT app_now(),
      acknowledged_by uuid REFERENCES account,
      acknowledged_at timestamptz,
      CONSTRAINT urgent_contact_about FOREIGN KEY (treatment_appointment_id, patient_id) REFERENCES appointment (id, patient_id),
      CONSTRAINT urgent_contact_acknowledged CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL))
    );
    CREATE INDEX urgent_contact_by_treatment ON urgent_contact (treatment_appointment_id);
  `.execute(db);
}
