import { sql, type Kysely } from 'kysely';

/**
 * Documents of the record: codes printed on prescriptions and treatment cards, what was known when a treatment began, a
 * second opinion by link, emergency access by the card, and files for an insurer or a regulator.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The code on a printed prescription or treatment card. 80 random bits, made here and nowhere else.
    CREATE TABLE document_code (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      code text NOT NULL DEFAULT upper(substr(encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 1, 20))
        CONSTRAINT document_code_once UNIQUE CONSTRAINT document_code_form CHECK (code ~ '^[0-9A-F]{20}$'),
      patient_id uuid NOT NULL REFERENCES patient,
      prescription_id uuid CONSTRAINT document_code_prescription_once UNIQUE REFERENCES prescription,
      treatment_id uuid CONSTRAINT document_code_treatment_once UNIQUE REFERENCES treatment_record,
      made_at timestamptz NOT NULL DEFAULT app_now(),
      ended_at timestamptz,
      CONSTRAINT document_code_of_one CHECK (num_nonnulls(prescription_id, treatment_id) = 1)
    );
    CREATE FUNCTION prescription_code() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      INSERT INTO public.document_code (patient_id, prescription_id) VALUES (NEW.patient_id, NEW.id);
      RETURN NULL;
    END $$;
    CREATE TRIGGER prescription_code AFTER INSERT ON prescription FOR EACH ROW EXECUTE FUNCTION prescription_code();
    CREATE FUNCTION treatment_card_code() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      INSERT INTO public.document_code (patient_id, treatment_id) VALUES (NEW.patient_id, NEW.id);
      RETURN NULL;
    END $$;
    CREATE TRIGGER treatment_card_code AFTER UPDATE OF state ON treatment_record FOR EACH ROW
      WHEN (NEW.state = 'signed' AND OLD.state <> 'signed') EXECUTE FUNCTION treatment_card_code();
    INSERT INTO document_code (patient_id, prescription_id) SELECT patient_id, id FROM prescription;
    INSERT INTO document_code (patient_id, treatment_id) SELECT patient_id, id FROM treatment_record WHERE state = 'signed';

    -- A lost card: the patient ends its code, once. The code of a prescription stays as long as the prescription.
    CREATE FUNCTION document_code_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF OLD.ended_at IS NOT NULL OR OLD.treatment_id IS NULL OR NEW.ended_at IS NULL
         OR (to_jsonb(NEW) - 'ended_at') <> (to_jsonb(OLD) - 'ended_at') THEN
        RAISE EXCEPTION 'only the code of a card ends, and once' USING ERRCODE = '23514', CONSTRAINT = 'document_code_ends_once';
      END IF;
      IF NOT EXISTS (SELECT FROM public.patient p WHERE p.id = NEW.patient_id AND p.account_id = public.current_actor()) THEN
        RAISE EXCEPTION 'patients end the code of their own card' USING ERRCODE = '23514', CONSTRAINT = 'document_code_ended_by_patient';
      END IF;
      NEW.ended_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER document_code_ends BEFORE UPDATE ON document_code FOR EACH ROW EXECUTE FUNCTION document_code_ends();

    -- All that the public learns from a prescription's code.
    CREATE FUNCTION verify_prescription(wanted text) RETURNS TABLE (state text, issued_on date, initials text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT CASE WHEN rx.state = 'active' AND rx.expires_at <= public.app_now() THEN 'expired' WHEN rx.state = 'active' THEN 'valid' ELSE rx.state END,
             (rx.issued_at AT TIME ZONE v.time_zone)::date, upper(left(p.given_name, 1) || left(p.family_name, 1))
        FROM public.document_code d JOIN public.prescription rx ON rx.id = d.prescription_id
        JOIN public.appointment v ON v.id = rx.consultation_appointment_id JOIN public.patient p ON p.id = rx.patient_id
       WHERE d.code = wanted $$;

    -- What was known at the moment a treatment began (G4). Written by the database as it lets the treatment begin.
    CREATE TABLE start_proof (
      appointment_id uuid PRIMARY KEY REFERENCES appointment,
      patient_id uuid NOT NULL REFERENCES patient,
      made_at timestamptz NOT NULL DEFAULT app_now(),
      facts jsonb NOT NULL
    );
    CREATE TRIGGER start_proof_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON start_proof EXECUTE FUNCTION append_only();
    -- What the gate stood on at that moment: facts and codes, none of the reasons that an injector may not know.
    CREATE FUNCTION start_facts(a appointment, at timestamptz) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT jsonb_build_object(
          'age', extract(year FROM age(today.on_day::timestamp, a.patient_date_of_birth::timestamp))::int,
          'min_age', public.policy_number(a.jurisdiction, 'min_age', today.on_day),
          'consulted_at', rx.consultation_signed_at, 'consult_valid_days', public.policy_number(a.jurisdiction, 'consult_valid_days', today.on_day),
          'prescribed_at', rx.issued_at, 'prescription_expires_at', rx.expires_at,
          'consented_at', c.given_at, 'consent_confirmed_at', c.confirmed_at,
          'last_treated_at', (SELECT max(o.started_at) FROM public.appointment o WHERE o.patient_id = a.patient_id AND o.kind = 'treatment'
                               AND o.id <> a.id AND o.started_at < at AND o.state IN ('completed', 'stopped')),
          'last_treated_elsewhere_on', (SELECT max(h.last_treated_elsewhere_on) FROM public.health_answers h WHERE h.patient_id = a.patient_id AND h.answered_at <= at),
          'retreatment_days', rx.retreatment_days, 'interval_overridden', a.interval_override_reason IS NOT NULL, 'is_top_up', a.top_up_of_id IS NOT NULL,
          'may_inject_until', (SELECT upper(k.valid) FROM public.capability_period k WHERE k.practitioner_id = a.practitioner_id
                                AND k.jurisdiction = a.jurisdiction AND k.capability = 'inject' AND k.valid @> at LIMIT 1),
          'prescribes_alone', a.independent,
          'supervised_since', (SELECT lower(s.valid) FROM public.supervision s WHERE s.injector_id = a.practitioner_id AND s.prescriber_id = a.prescriber_id
                                AND s.jurisdiction = a.jurisdiction AND s.valid @> at LIMIT 1),
          'cover_name', i.out_of_hours_name, 'vial_batch', v.batch, 'vial_custody', pv.custody)
        FROM public.prescription rx JOIN public.practitioner i ON i.id = a.practitioner_id
        CROSS JOIN LATERAL (SELECT (at AT TIME ZONE a.time_zone)::date AS on_day) today
        LEFT JOIN public.consent c ON c.id = a.consent_id
        LEFT JOIN public.planned_vial pv ON pv.appointment_id = a.id LEFT JOIN public.vial v ON v.id = pv.vial_id
       WHERE rx.id = a.prescription_id $$;
    CREATE FUNCTION start_proof_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      INSERT INTO public.start_proof (appointment_id, patient_id, facts) VALUES (NEW.id, NEW.patient_id, public.start_facts(NEW, public.app_now()));
      RETURN NULL;
    END $$;
    CREATE TRIGGER start_proof_write AFTER UPDATE OF state ON appointment FOR EACH ROW
      WHEN (NEW.kind = 'treatment' AND NEW.state = 'started' AND OLD.state <> 'started') EXECUTE FUNCTION start_proof_write();

    -- A second opinion: chosen parts of a record, for whoever has the link, until it runs out or the patient ends it.
    CREATE TABLE record_share (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      secret_hash text NOT NULL CONSTRAINT record_share_secret_once UNIQUE CONSTRAINT record_share_secret_is_hash CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
      for_whom text NOT NULL CONSTRAINT record_share_for_whom CHECK (length(trim(for_whom)) BETWEEN 2 AND 120),
      parts text[] NOT NULL CONSTRAINT record_share_parts CHECK (cardinality(parts) > 0
        AND parts <@ '{health,consultations,prescriptions,treatments}'::text[]),
      made_at timestamptz NOT NULL DEFAULT app_now(),
      expires_at timestamptz NOT NULL,
      ended_at timestamptz,
      CONSTRAINT record_share_span CHECK (expires_at > made_at AND expires_at <= made_at + interval '31 days')
    );
    CREATE INDEX record_share_by_patient ON record_share (patient_id);
    CREATE FUNCTION record_share_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM public.patient p WHERE p.id = NEW.patient_id AND p.account_id = public.current_actor()) THEN
        RAISE EXCEPTION 'patients share their own record' USING ERRCODE = '23514', CONSTRAINT = 'record_share_by_patient';
      END IF;
      IF TG_OP = 'INSERT' THEN
        NEW.made_at := public.app_now();
        NEW.ended_at := NULL;
        -- Two at once are counted one after the other.
        PERFORM 1 FROM public.patient p WHERE p.id = NEW.patient_id FOR NO KEY UPDATE;
        IF (SELECT count(*) FROM public.record_share s WHERE s.patient_id = NEW.patient_id AND s.ended_at IS NULL AND s.expires_at > NEW.made_at) >= 5 THEN
          RAISE EXCEPTION 'five links at most' USING ERRCODE = '23514', CONSTRAINT = 'record_share_five';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.ended_at IS NOT NULL OR (to_jsonb(NEW) - 'ended_at') <> (to_jsonb(OLD) - 'ended_at') THEN
        RAISE EXCEPTION 'a link is given once, and ended once' USING ERRCODE = '23514', CONSTRAINT = 'record_share_frozen';
      END IF;
      NEW.ended_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER record_share_steps BEFORE INSERT OR UPDATE ON record_share FOR EACH ROW EXECUTE FUNCTION record_share_steps();

    -- Somebody without an account who was let in, by a link or by a card: who they say they are, and until when.
    CREATE TABLE record_access (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      share_id uuid REFERENCES record_share,
      document_code_id uuid REFERENCES document_code,
      secret_hash text NOT NULL CONSTRAINT record_access_secret_once UNIQUE CONSTRAINT record_access_secret_is_hash CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
      reader_name text NOT NULL CONSTRAINT record_access_reader CHECK (length(trim(reader_name)) BETWEEN 2 AND 120),
      reader_place text NOT NULL CONSTRAINT record_access_place CHECK (length(trim(reader_place)) BETWEEN 2 AND 160),
      opened_at timestamptz NOT NULL DEFAULT app_now(),
      expires_at timestamptz NOT NULL,
      CONSTRAINT record_access_by_one CHECK (num_nonnulls(share_id, document_code_id) = 1)
    );
    CREATE INDEX record_access_by_patient ON record_access (patient_id);
    CREATE TRIGGER record_access_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_access EXECUTE FUNCTION append_only();
    -- The two ways in; nothing where the link or the code does not stand. A reading by link lasts a day, one by card 72 hours.
    CREATE FUNCTION open_shared_record(link_hash text, new_secret_hash text, reader text, place text) RETURNS TABLE (access_id uuid, patient_id uuid)
      LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      INSERT INTO public.record_access (patient_id, share_id, secret_hash, reader_name, reader_place, opened_at, expires_at)
      SELECT s.patient_id, s.id, new_secret_hash, reader, place, public.app_now(), least(s.expires_at, public.app_now() + interval '1 day')
        FROM public.record_share s WHERE s.secret_hash = link_hash AND s.ended_at IS NULL AND s.expires_at > public.app_now()
      RETURNING id, record_access.patient_id $$;
    CREATE FUNCTION open_by_card(wanted text, new_secret_hash text, reader text, place text) RETURNS TABLE (access_id uuid, patient_id uuid)
      LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      INSERT INTO public.record_access (patient_id, document_code_id, secret_hash, reader_name, reader_place, opened_at, expires_at)
      SELECT d.patient_id, d.id, new_secret_hash, reader, place, public.app_now(), public.app_now() + interval '72 hours'
        FROM public.document_code d WHERE d.code = wanted AND d.treatment_id IS NOT NULL AND d.ended_at IS NULL
      RETURNING id, record_access.patient_id $$;
    -- Whether a link stands at all, before anybody says who they are.
    CREATE FUNCTION share_stands(link_hash text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.record_share s WHERE s.secret_hash = link_hash AND s.ended_at IS NULL AND s.expires_at > public.app_now()) $$;
    -- The reading that somebody shows the secret of, as long as it stands.
    CREATE FUNCTION access_of(access_hash text) RETURNS TABLE (access_id uuid, patient_id uuid, parts text[], treatment_id uuid, expires_at timestamptz, reader_name text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT x.id, x.patient_id, s.parts, d.treatment_id, x.expires_at, x.reader_name
        FROM public.record_access x LEFT JOIN public.record_share s ON s.id = x.share_id LEFT JOIN public.document_code d ON d.id = x.document_code_id
       WHERE x.secret_hash = access_hash AND x.expires_at > public.app_now()
         AND (x.share_id IS NULL OR (s.ended_at IS NULL AND s.expires_at > public.app_now()))
         AND (x.document_code_id IS NULL OR d.ended_at IS NULL) $$;
    -- Whether the reading that this transaction shows the secret of includes this part of this patient's record.
    CREATE FUNCTION access_shows(wanted uuid, part text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.access_of(nullif(current_setting('app.access_hash', true), '')) x WHERE x.patient_id = wanted AND part = ANY (x.parts)) $$;
    -- All that a card shows: what was given last under it, by whom, and whom to call.
    CREATE FUNCTION card_lines(access_hash text) RETURNS TABLE (initials text, born_in integer, product_name text, product_code text, unit_system text, batch text,
        batch_expires_on date, units numeric, regions text[], treated_at timestamptz, time_zone text, jurisdiction text, injector text, prescriber text,
        clinic_name text, clinic_phone text, out_of_hours_name text, out_of_hours_phone text, reader_name text, expires_at timestamptz)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT upper(left(p.given_name, 1) || left(p.family_name, 1)), extract(year FROM p.date_of_birth)::int, t.product_name, t.product_code, m.unit_system, t.batch,
             t.batch_expires_on, (SELECT coalesce(sum(g.units), 0) FROM public.injection_point g WHERE g.treatment_id = t.id),
             (SELECT coalesce(array_agg(DISTINCT g.region), '{}') FROM public.injection_point g WHERE g.treatment_id = t.id),
             a.started_at, a.time_zone, a.jurisdiction, concat_ws(' ', i.title, i.display_name), concat_ws(' ', r.title, r.display_name),
             c.name, c.phone, i.out_of_hours_name, i.out_of_hours_phone, x.reader_name, x.expires_at
        FROM public.access_of(access_hash) x JOIN public.treatment_record t ON t.id = x.treatment_id
        JOIN public.appointment a ON a.id = t.appointment_id JOIN public.patient p ON p.id = t.patient_id
        JOIN public.practitioner i ON i.id = t.injector_id JOIN public.clinic c ON c.id = a.clinic_id
        LEFT JOIN public.practitioner r ON r.id = a.prescriber_id LEFT JOIN public.product m ON m.code = t.product_code $$;

    -- A file for an insurer or a regulator: who made it of whose record, for whom and why.
    CREATE TABLE case_file (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      practitioner_id uuid NOT NULL,
      for_whom text NOT NULL CONSTRAINT case_file_for_whom CHECK (for_whom IN ('insurer', 'regulator')),
      recipient text NOT NULL CONSTRAINT case_file_recipient CHECK (length(trim(recipient)) BETWEEN 2 AND 160),
      reason text NOT NULL CONSTRAINT case_file_reason CHECK (length(trim(reason)) BETWEEN 10 AND 2000),
      made_by uuid NOT NULL DEFAULT current_actor(),
      made_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT case_file_by_practitioner FOREIGN KEY (practitioner_id, made_by) REFERENCES practitioner (id, account_id)
    );
    CREATE INDEX case_file_by_patient ON case_file (patient_id);
    CREATE TRIGGER case_file_sign BEFORE INSERT ON case_file FOR EACH ROW EXECUTE FUNCTION signed_by_actor('made_by', 'made_at');
    CREATE TRIGGER case_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_file EXECUTE FUNCTION append_only();

    -- More of a consultation: words carried over, and how the face was before anything. Each save of a draft counts, so that
    -- two windows never write over each other unseen.
    ALTER TABLE consultation_record
      ADD COLUMN interpreter text NOT NULL DEFAULT '',
      ADD COLUMN teach_back text NOT NULL DEFAULT '',
      ADD COLUMN brow_height text NOT NULL DEFAULT '' CONSTRAINT consultation_record_brow_height CHECK (brow_height IN ('', 'level', 'right_higher', 'left_higher')),
      ADD COLUMN lid_position text NOT NULL DEFAULT '' CONSTRAINT consultation_record_lid_position CHECK (lid_position IN ('', 'normal', 'right_low', 'left_low', 'both_low')),
      ADD COLUMN dry_eye text NOT NULL DEFAULT '' CONSTRAINT consultation_record_dry_eye CHECK (dry_eye IN ('', 'no', 'yes')),
      ADD COLUMN revision integer NOT NULL DEFAULT 1;
    CREATE FUNCTION consultation_record_revision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      NEW.revision := OLD.revision + 1;
      RETURN NEW;
    END $$;
    CREATE TRIGGER consultation_record_revision BEFORE UPDATE ON consultation_record FOR EACH ROW EXECUTE FUNCTION consultation_record_revision();

    DO $$
    DECLARE r text; t text;
    BEGIN
      FOREACH t IN ARRAY ARRAY['document_code', 'start_proof', 'record_share', 'record_access', 'case_file'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_app USING (actor_may_see_patient(patient_id)) WITH CHECK (actor_may_see_patient(patient_id))', t || '_own', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_worker USING (true) WITH CHECK (true)', t || '_worker', t);
        FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
          EXECUTE format('GRANT SELECT ON %I TO %I', t, r);
        END LOOP;
      END LOOP;
      REVOKE ALL ON FUNCTION prescription_code, treatment_card_code, document_code_ends, start_facts, start_proof_write, record_share_steps,
        verify_prescription, open_shared_record, open_by_card, share_stands, access_of, access_shows, card_lines FROM PUBLIC;
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT UPDATE (ended_at) ON document_code TO %I', r);
        EXECUTE format('GRANT INSERT, UPDATE (ended_at) ON record_share TO %I', r);
        EXECUTE format('GRANT INSERT ON case_file TO %I', r);
        EXECUTE format('GRANT EXECUTE ON FUNCTION verify_prescription, open_shared_record, open_by_card, share_stands, access_of, access_shows, card_lines TO %I', r);
      END LOOP;
    END $$;

    -- Who was let in by a link reads the parts that the patient chose, and writes nothing.
    CREATE POLICY health_answers_shared ON health_answers FOR SELECT TO steadyhand_app USING (access_shows(patient_id, 'health'));
    CREATE POLICY consultation_record_shared ON consultation_record FOR SELECT TO steadyhand_app USING (access_shows(patient_id, 'consultations'));
    CREATE POLICY prescription_shared ON prescription FOR SELECT TO steadyhand_app USING (access_shows(patient_id, 'prescriptions'));
    CREATE POLICY consent_shared ON consent FOR SELECT TO steadyhand_app USING (access_shows(patient_id, 'prescriptions'));
    CREATE POLICY treatment_record_shared ON treatment_record FOR SELECT TO steadyhand_app USING (access_shows(patient_id, 'treatments'));
    CREATE POLICY follow_up_record_shared ON follow_up_record FOR SELECT TO steadyhand_app USING (access_shows(patient_id, 'treatments'));
  `.execute(db);
}
