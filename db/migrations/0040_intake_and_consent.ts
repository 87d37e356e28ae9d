import { sql, type Kysely } from 'kysely';

/**
 * The health questions as dated versions, what an answer says against a treatment, answers that are kept while somebody
 * still writes, and the patient's word before each treatment that they still hold (G4, G11). Consent item by item, on a
 * form of the place, asked again where its words change in what they mean (G1, G5).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Published with the code, once and for ever: answers are read as they were asked.
    CREATE TABLE questionnaire (
      version text PRIMARY KEY,
      asked_from date NOT NULL,
      sections jsonb NOT NULL CONSTRAINT questionnaire_sections CHECK (jsonb_typeof(sections) = 'array')
    );
    CREATE TRIGGER questionnaire_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON questionnaire EXECUTE FUNCTION append_only();
    -- What an answer says, in the codes that the prescriber's findings have too.
    CREATE TABLE answer_finding (
      questionnaire text NOT NULL REFERENCES questionnaire,
      question_code text NOT NULL,
      answer text NOT NULL,
      finding_code text NOT NULL,
      severity text NOT NULL CONSTRAINT answer_finding_severity CHECK (severity IN ('absolute', 'relative', 'caution')),
      PRIMARY KEY (questionnaire, question_code, answer, finding_code)
    );
    CREATE TRIGGER answer_finding_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON answer_finding EXECUTE FUNCTION append_only();
    GRANT SELECT ON questionnaire, answer_finding TO steadyhand_app, steadyhand_worker;

    -- Which version was answered. What was answered before versions were published is of the first.
    ALTER TABLE health_answers
      ADD COLUMN questionnaire text NOT NULL GENERATED ALWAYS AS (coalesce(answers ->> 'version', '1')) STORED,
      ADD CONSTRAINT health_answers_questionnaire FOREIGN KEY (questionnaire) REFERENCES questionnaire NOT VALID;

    -- What the answers say, each finding with its weight: for a product, what its label forbids is absolute.
    CREATE FUNCTION health_findings(wanted uuid, product text) RETURNS TABLE (code text, severity text)
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT DISTINCT f.finding_code, CASE WHEN EXISTS (SELECT FROM public.product_contraindication c
               WHERE c.product_code = product AND c.finding_code = f.finding_code) THEN 'absolute' ELSE f.severity END
        FROM public.health_answers h JOIN public.answer_finding f
          ON f.questionnaire = h.questionnaire AND f.answer = h.answers ->> f.question_code
       WHERE h.id = wanted $$;
    -- Whether the answers rule a product out. A finding that the consultation looked into, with these very answers on the
    -- table, and found absent does not count.
    CREATE FUNCTION answers_rule_out(wanted uuid, product text, consultation uuid) RETURNS boolean
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.health_findings(wanted, product) f
                      WHERE f.severity = 'absolute'
                        AND NOT EXISTS (SELECT FROM public.consultation_record r JOIN public.consultation_finding j ON j.consultation_id = r.id
                                         WHERE r.id = consultation AND r.health_answers_id = wanted AND j.code = f.code AND NOT j.present)) $$;

    -- "Suitable" takes answers that rule nothing out, and the prescriber's own word on each thing that they raise (G11).
    CREATE FUNCTION consultation_record_answers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF EXISTS (SELECT FROM public.health_findings(NEW.health_answers_id, NULL) f WHERE f.severity = 'absolute') THEN
        RAISE EXCEPTION 'an answer rules it out' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_answers_allow';
      END IF;
      IF EXISTS (SELECT f.code FROM public.health_findings(NEW.health_answers_id, NULL) f EXCEPT
                 SELECT j.code FROM public.consultation_finding j WHERE j.consultation_id = NEW.id) THEN
        RAISE EXCEPTION 'what an answer raises is not judged' USING ERRCODE = '23514', CONSTRAINT = 'consultation_record_answers_judged';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER consultation_record_answers BEFORE UPDATE OF state ON consultation_record FOR EACH ROW
      WHEN (NEW.state = 'signed' AND OLD.state = 'draft' AND NEW.outcome = 'suitable') EXECUTE FUNCTION consultation_record_answers();

    CREATE FUNCTION prescription_health() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF public.answers_rule_out((SELECT h.id FROM public.health_answers h WHERE h.patient_id = NEW.patient_id ORDER BY h.version DESC LIMIT 1),
           NEW.product_code, NEW.consultation_id) THEN
        RAISE EXCEPTION 'an answer rules this product out' USING ERRCODE = '23514', CONSTRAINT = 'prescription_answers_allow';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER prescription_health BEFORE INSERT ON prescription FOR EACH ROW EXECUTE FUNCTION prescription_health();

    -- What rules every product out is answered anew, or it stands: no decision gets around it (G4).
    CREATE FUNCTION health_decision_allowed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NEW.decision = 'may_proceed' AND EXISTS (SELECT FROM public.health_findings(NEW.health_answers_id, NULL) f WHERE f.severity = 'absolute') THEN
        RAISE EXCEPTION 'an answer rules it out' USING ERRCODE = '23514', CONSTRAINT = 'health_decision_answers_allow';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER health_decision_allowed BEFORE INSERT ON health_decision FOR EACH ROW EXECUTE FUNCTION health_decision_allowed();

    -- Before each treatment, in private: nothing has changed since these answers. Who treats learns no more than that.
    CREATE TABLE health_confirmation (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      appointment_id uuid NOT NULL,
      patient_id uuid NOT NULL,
      health_answers_id uuid NOT NULL,
      said_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      said_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT health_confirmation_visit FOREIGN KEY (appointment_id, patient_id) REFERENCES appointment (id, patient_id),
      CONSTRAINT health_confirmation_answers FOREIGN KEY (health_answers_id, patient_id) REFERENCES health_answers (id, patient_id)
    );
    CREATE INDEX health_confirmation_by_visit ON health_confirmation (appointment_id);
    CREATE FUNCTION health_confirmation_say() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE visit record;
    BEGIN
      -- No newer answers come in between.
      PERFORM 1 FROM public.patient WHERE id = NEW.patient_id FOR NO KEY UPDATE;
      NEW.said_by := public.current_actor();
      NEW.said_at := public.app_now();
      SELECT a.kind, a.state, lower(a.during) AS starts, p.account_id AS patient, w.account_id AS practitioner INTO visit
        FROM public.appointment a JOIN public.patient p ON p.id = a.patient_id JOIN public.practitioner w ON w.id = a.practitioner_id
       WHERE a.id = NEW.appointment_id;
      IF (NEW.said_by IN (visit.patient, visit.practitioner)) IS NOT TRUE THEN
        RAISE EXCEPTION 'the patient says so, alone or to who treats' USING ERRCODE = '23514', CONSTRAINT = 'health_confirmation_by';
      END IF;
      IF (visit.kind = 'treatment' AND visit.state IN ('confirmed', 'arrived')) IS NOT TRUE THEN
        RAISE EXCEPTION 'before a treatment that is to come' USING ERRCODE = '23514', CONSTRAINT = 'health_confirmation_to_come';
      END IF;
      IF NEW.said_at < visit.starts - interval '24 hours' THEN
        RAISE EXCEPTION 'shortly before, not earlier' USING ERRCODE = '23514', CONSTRAINT = 'health_confirmation_shortly_before';
      END IF;
      IF EXISTS (SELECT FROM public.health_answers h JOIN public.health_answers read ON read.id = NEW.health_answers_id
                  WHERE h.patient_id = NEW.patient_id AND h.version > read.version) THEN
        RAISE EXCEPTION 'there are newer answers' USING ERRCODE = '23514', CONSTRAINT = 'health_confirmation_newest';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER health_confirmation_say BEFORE INSERT ON health_confirmation FOR EACH ROW EXECUTE FUNCTION health_confirmation_say();
    CREATE TRIGGER health_confirmation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON health_confirmation EXECUTE FUNCTION append_only();
    -- Answered or confirmed in the day before the visit.
    CREATE FUNCTION health_confirmed(visit uuid, wanted uuid, starts timestamptz) RETURNS boolean
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.health_answers h WHERE h.id = wanted AND h.answered_at >= starts - interval '24 hours')
          OR EXISTS (SELECT FROM public.health_confirmation c WHERE c.appointment_id = visit AND c.health_answers_id = wanted
                      AND c.said_at >= starts - interval '24 hours') $$;

    -- The gate holds the patient's row while this looks: it fires right after it.
    CREATE FUNCTION treatment_health() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE newest uuid := (SELECT h.id FROM public.health_answers h WHERE h.patient_id = NEW.patient_id ORDER BY h.version DESC LIMIT 1);
    BEGIN
      IF NEW.state NOT IN ('held', 'confirmed', 'started')
         OR (TG_OP = 'UPDATE' AND (NEW.state, NEW.during) IS NOT DISTINCT FROM (OLD.state, OLD.during)) THEN RETURN NEW; END IF;
      IF public.answers_rule_out(newest, NEW.product_code, NEW.consultation_id) THEN
        RAISE EXCEPTION 'an answer rules this product out' USING ERRCODE = '23514', CONSTRAINT = 'treatment_answers_allow';
      END IF;
      IF NEW.state = 'started' AND NOT public.health_confirmed(NEW.id, newest, lower(NEW.during)) THEN
        RAISE EXCEPTION 'the answers are confirmed shortly before' USING ERRCODE = '23514', CONSTRAINT = 'treatment_answers_confirmed';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER treatment_health BEFORE INSERT OR UPDATE ON appointment FOR EACH ROW WHEN (NEW.kind = 'treatment') EXECUTE FUNCTION treatment_health();

    -- Answers on the way: kept as they are written, read by the patient alone, gone once they are given.
    CREATE TABLE health_draft (
      patient_id uuid PRIMARY KEY REFERENCES patient,
      answers jsonb NOT NULL CONSTRAINT health_draft_answers CHECK (jsonb_typeof(answers) = 'object' AND length(answers::text) <= 60000),
      saved_at timestamptz NOT NULL DEFAULT app_now()
    );
    ALTER TABLE health_draft ENABLE ROW LEVEL SECURITY;
    CREATE POLICY health_draft_own ON health_draft TO steadyhand_app
      USING (EXISTS (SELECT FROM patient p WHERE p.id = patient_id AND p.account_id = current_actor()));
    GRANT SELECT, INSERT, UPDATE, DELETE ON health_draft TO steadyhand_app;

    ALTER TABLE health_confirmation ENABLE ROW LEVEL SECURITY;
    CREATE POLICY health_confirmation_own ON health_confirmation TO steadyhand_app
      USING (actor_may_see_patient(patient_id)) WITH CHECK (actor_may_see_patient(patient_id));
    CREATE POLICY health_confirmation_worker ON health_confirmation FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT, INSERT ON health_confirmation TO steadyhand_app;
    GRANT SELECT ON health_confirmation TO steadyhand_worker;

    -- What patients agree to, in the words of a place and a language. Published with the code, once and for ever. "material"
    -- counts up where what is said changes, and then everybody is asked again.
    CREATE TABLE consent_form (
      code text PRIMARY KEY,
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      language text NOT NULL CONSTRAINT consent_form_language CHECK (language ~ '^[a-z]{2}$'),
      version smallint NOT NULL,
      material smallint NOT NULL,
      asked_from date NOT NULL,
      items jsonb NOT NULL CONSTRAINT consent_form_items CHECK (jsonb_typeof(items) = 'array' AND jsonb_array_length(items) > 0),
      CONSTRAINT consent_form_version UNIQUE (jurisdiction, language, version)
    );
    CREATE TRIGGER consent_form_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_form EXECUTE FUNCTION append_only();
    GRANT SELECT ON consent_form TO steadyhand_app, steadyhand_worker;

    ALTER TABLE consent ADD COLUMN interpreter text NOT NULL DEFAULT ''
      CONSTRAINT consent_interpreter CHECK (length(interpreter) <= 200);
    -- Each item that was agreed to, one by one.
    CREATE TABLE consent_item (
      consent_id uuid NOT NULL REFERENCES consent,
      form_code text NOT NULL REFERENCES consent_form,
      item_code text NOT NULL,
      said_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      said_at timestamptz NOT NULL DEFAULT app_now(),
      PRIMARY KEY (consent_id, form_code, item_code)
    );
    CREATE FUNCTION consent_item_say() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      given record;
      form public.consent_form;
    BEGIN
      NEW.said_by := public.current_actor();
      NEW.said_at := public.app_now();
      SELECT c.state, c.paper_id, c.given_by, rx.jurisdiction, p.account_id AS patient INTO given
        FROM public.consent c JOIN public.prescription rx ON rx.id = c.prescription_id JOIN public.patient p ON p.id = c.patient_id
       WHERE c.id = NEW.consent_id FOR SHARE OF c;
      IF (NEW.said_by = given.patient OR (given.paper_id IS NOT NULL AND NEW.said_by = given.given_by)) IS NOT TRUE THEN
        RAISE EXCEPTION 'the patient alone agrees' USING ERRCODE = '23514', CONSTRAINT = 'consent_item_by_the_patient';
      END IF;
      IF given.state <> 'given' THEN
        RAISE EXCEPTION 'a consent that was taken back is given anew' USING ERRCODE = '23514', CONSTRAINT = 'consent_item_of_standing_consent';
      END IF;
      SELECT * INTO form FROM public.consent_form f WHERE f.code = NEW.form_code;
      IF (form.jurisdiction = given.jurisdiction AND form.asked_from <= public.app_now()::date AND NOT EXISTS (
            SELECT FROM public.consent_form n WHERE n.jurisdiction = form.jurisdiction AND n.language = form.language
               AND n.version > form.version AND n.asked_from <= public.app_now()::date)) IS NOT TRUE THEN
        RAISE EXCEPTION 'not the form of this place and day' USING ERRCODE = '23514', CONSTRAINT = 'consent_item_of_form_in_force';
      END IF;
      IF NOT form.items @> jsonb_build_array(jsonb_build_object('code', NEW.item_code)) THEN
        RAISE EXCEPTION 'the form has no such item' USING ERRCODE = '23514', CONSTRAINT = 'consent_item_on_form';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER consent_item_say BEFORE INSERT ON consent_item FOR EACH ROW EXECUTE FUNCTION consent_item_say();
    CREATE TRIGGER consent_item_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_item EXECUTE FUNCTION append_only();
    -- Every item of one form was agreed to, and no newer form of the place says anything that counts more.
    CREATE FUNCTION consent_complete(wanted uuid, place text, on_day date) RETURNS boolean
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.consent_form f
                      WHERE f.jurisdiction = place AND f.asked_from <= on_day
                        AND f.material = (SELECT max(m.material) FROM public.consent_form m WHERE m.jurisdiction = place AND m.asked_from <= on_day)
                        AND NOT EXISTS (SELECT FROM jsonb_array_elements(f.items) i WHERE NOT EXISTS (
                              SELECT FROM public.consent_item s WHERE s.consent_id = wanted AND s.form_code = f.code AND s.item_code = i ->> 'code'))) $$;
    CREATE FUNCTION treatment_consent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NEW.state IN ('held', 'confirmed', 'started') AND (TG_OP = 'INSERT' OR (NEW.state, NEW.during) IS DISTINCT FROM (OLD.state, OLD.during))
         AND EXISTS (SELECT FROM public.consent c JOIN public.prescription x ON x.id = c.prescription_id
                      WHERE c.id = NEW.consent_id AND NOT public.consent_complete(c.id, x.jurisdiction, public.app_now()::date)) THEN
        RAISE EXCEPTION 'not every item is agreed to' USING ERRCODE = '23514', CONSTRAINT = 'treatment_consent_complete';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER treatment_consent BEFORE INSERT OR UPDATE ON appointment FOR EACH ROW WHEN (NEW.kind = 'treatment') EXECUTE FUNCTION treatment_consent();

    -- Consent on paper: signed before a witness, and taken in at the desk of the clinic by somebody who will not inject. It
    -- counts like the other, and which one it was stays known.
    CREATE TABLE consent_paper (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      prescription_id uuid NOT NULL,
      patient_id uuid NOT NULL,
      injector_id uuid NOT NULL,
      form_code text NOT NULL REFERENCES consent_form,
      witness_name text NOT NULL CONSTRAINT consent_paper_witness_words CHECK (length(trim(witness_name)) BETWEEN 3 AND 120),
      signed_on date NOT NULL,
      interpreter text NOT NULL DEFAULT '' CONSTRAINT consent_paper_interpreter CHECK (length(interpreter) <= 200),
      name text NOT NULL CONSTRAINT consent_paper_name CHECK (length(name) BETWEEN 1 AND 120 AND name !~ '[[:cntrl:]/]'),
      media_type text NOT NULL,
      bytes bytea NOT NULL CONSTRAINT consent_paper_size CHECK (octet_length(bytes) BETWEEN 8 AND 8388608),
      taken_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      taken_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT consent_paper_for_prescription FOREIGN KEY (prescription_id, patient_id, injector_id) REFERENCES prescription (id, patient_id, injector_id),
      CONSTRAINT consent_paper_sniffed CHECK (CASE media_type
        WHEN 'application/pdf' THEN substring(bytes FOR 5) = '\\x255044462d'
        WHEN 'image/jpeg' THEN substring(bytes FOR 3) = '\\xffd8ff'
        WHEN 'image/png' THEN substring(bytes FOR 8) = '\\x89504e470d0a1a0a'
        ELSE false END),
      UNIQUE (id, prescription_id)
    );
    ALTER TABLE consent_paper ALTER COLUMN bytes SET STORAGE EXTERNAL;
    CREATE INDEX consent_paper_by_prescription ON consent_paper (prescription_id);
    CREATE FUNCTION consent_paper_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE rx record;
    BEGIN
      NEW.taken_by := public.current_actor();
      NEW.taken_at := public.app_now();
      SELECT x.patient_id, x.injector_id, x.clinic_id, x.jurisdiction, x.state, (x.consultation_signed_at AT TIME ZONE v.time_zone)::date AS consulted_on,
             (public.app_now() AT TIME ZONE v.time_zone)::date AS today, i.account_id AS injector, i.display_name, i.family_name INTO rx
        FROM public.prescription x JOIN public.appointment v ON v.id = x.consultation_appointment_id JOIN public.practitioner i ON i.id = x.injector_id
       WHERE x.id = NEW.prescription_id FOR NO KEY UPDATE OF x;
      IF (public.works_at_desk(NEW.taken_by, rx.clinic_id) AND NEW.taken_by <> rx.injector) IS NOT TRUE THEN
        RAISE EXCEPTION 'the desk of the clinic takes it in, not who injects' USING ERRCODE = '23514', CONSTRAINT = 'consent_paper_by_desk';
      END IF;
      IF rx.state <> 'active' THEN
        RAISE EXCEPTION 'the prescription has ended' USING ERRCODE = '23514', CONSTRAINT = 'consent_paper_for_active';
      END IF;
      IF position(lower(rx.display_name) IN lower(NEW.witness_name)) > 0 THEN
        RAISE EXCEPTION 'who injects is no witness' USING ERRCODE = '23514', CONSTRAINT = 'consent_paper_witness';
      END IF;
      IF NEW.signed_on NOT BETWEEN rx.consulted_on AND rx.today THEN
        RAISE EXCEPTION 'signed after the consultation, and not in the future' USING ERRCODE = '23514', CONSTRAINT = 'consent_paper_signed_on';
      END IF;
      NEW.patient_id := rx.patient_id;
      NEW.injector_id := rx.injector_id;
      NEW.form_code := (SELECT f.code FROM public.consent_form f WHERE f.jurisdiction = rx.jurisdiction AND f.language = 'en'
                           AND f.asked_from <= public.app_now()::date ORDER BY f.version DESC LIMIT 1);
      RETURN NEW;
    END $$;
    CREATE TRIGGER consent_paper_take BEFORE INSERT ON consent_paper FOR EACH ROW EXECUTE FUNCTION consent_paper_take();
    CREATE TRIGGER consent_paper_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_paper EXECUTE FUNCTION append_only();

    -- Given by the patient's own account, or by a paper: the key of before, for the first kind alone.
    ALTER TABLE consent ADD COLUMN paper_id uuid CONSTRAINT consent_one_of_paper UNIQUE,
      ADD COLUMN given_by_patient uuid,
      ADD CONSTRAINT consent_of_paper FOREIGN KEY (paper_id, prescription_id) REFERENCES consent_paper (id, prescription_id);
    ALTER TABLE consent DISABLE TRIGGER USER;
    UPDATE consent SET given_by_patient = given_by;
    ALTER TABLE consent ENABLE TRIGGER USER;
    ALTER TABLE consent DROP CONSTRAINT consent_by_the_patient,
      ADD CONSTRAINT consent_by_the_patient FOREIGN KEY (patient_id, given_by_patient) REFERENCES patient (id, account_id),
      ADD CONSTRAINT consent_by_one CHECK ((paper_id IS NULL) = (given_by_patient IS NOT NULL));
    CREATE FUNCTION consent_kind() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      NEW.given_by_patient := CASE WHEN NEW.paper_id IS NULL THEN public.current_actor() END;
      RETURN NEW;
    END $$;
    CREATE TRIGGER consent_kind BEFORE INSERT ON consent FOR EACH ROW EXECUTE FUNCTION consent_kind();
    CREATE FUNCTION consent_paper_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      consent_id uuid;
      codes text[] := (SELECT array_agg(i ->> 'code') FROM public.consent_form f, jsonb_array_elements(f.items) i WHERE f.code = NEW.form_code);
    BEGIN
      INSERT INTO public.consent (prescription_id, patient_id, injector_id, text_version, items, interpreter, paper_id)
      VALUES (NEW.prescription_id, NEW.patient_id, NEW.injector_id, NEW.form_code, codes, NEW.interpreter, NEW.id) RETURNING id INTO consent_id;
      INSERT INTO public.consent_item (consent_id, form_code, item_code) SELECT consent_id, NEW.form_code, code FROM unnest(codes) code;
      RETURN NULL;
    END $$;
    CREATE TRIGGER consent_paper_counts AFTER INSERT ON consent_paper FOR EACH ROW EXECUTE FUNCTION consent_paper_counts();

    -- What a desk sees of it: whose consent is still to be given, and which one stands on paper. Nothing clinical.
    CREATE FUNCTION desk_consents() RETURNS TABLE (prescription_id uuid, patient_id uuid, patient_name text, born date, injector_name text, prescriber_name text,
        clinic_name text, issued_on date, expires_on date, signed_on date, witness_name text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT x.id, p.id, p.given_name || ' ' || p.family_name, p.date_of_birth, concat_ws(' ', i.title, i.display_name), concat_ws(' ', r.title, r.display_name),
             c.name, (x.issued_at AT TIME ZONE v.time_zone)::date, (x.expires_at AT TIME ZONE v.time_zone)::date, k.signed_on, k.witness_name
        FROM public.prescription x JOIN public.patient p ON p.id = x.patient_id JOIN public.practitioner i ON i.id = x.injector_id
        JOIN public.practitioner r ON r.id = x.prescriber_id JOIN public.clinic c ON c.id = x.clinic_id JOIN public.appointment v ON v.id = x.consultation_appointment_id
        LEFT JOIN public.consent g ON g.prescription_id = x.id AND g.state = 'given' LEFT JOIN public.consent_paper k ON k.id = g.paper_id
       WHERE x.state = 'active' AND x.expires_at > public.app_now() AND (g.id IS NULL OR g.paper_id IS NOT NULL)
         AND EXISTS (SELECT FROM public.care_episode e WHERE e.id = x.episode_id AND e.state = 'open')
         AND public.works_at_desk(public.current_actor(), x.clinic_id) AND i.account_id <> public.current_actor()
       ORDER BY 3, 1 $$;
    -- The patient says so to the desk: at any moment, with no reason.
    CREATE FUNCTION take_back_paper_consent(wanted uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      WITH taken AS (UPDATE public.consent g SET state = 'withdrawn' FROM public.prescription x
        WHERE x.id = g.prescription_id AND x.id = wanted AND g.state = 'given' AND g.paper_id IS NOT NULL
          AND public.works_at_desk(public.current_actor(), x.clinic_id) RETURNING g.id)
      SELECT EXISTS (SELECT FROM taken) $$;

    ALTER TABLE consent_paper ENABLE ROW LEVEL SECURITY;
    CREATE POLICY consent_paper_own ON consent_paper TO steadyhand_app USING (actor_may_see_patient(patient_id)) WITH CHECK (true);
    CREATE POLICY consent_paper_worker ON consent_paper FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT, INSERT ON consent_paper TO steadyhand_app;
    GRANT SELECT ON consent_paper TO steadyhand_worker;
    REVOKE ALL ON FUNCTION desk_consents, take_back_paper_consent FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION desk_consents, take_back_paper_consent TO steadyhand_app;
    REVOKE ALL ON FUNCTION consent_paper_take, consent_paper_counts, consent_kind FROM PUBLIC;

    ALTER TABLE consent_item ENABLE ROW LEVEL SECURITY;
    CREATE POLICY consent_item_own ON consent_item TO steadyhand_app USING (EXISTS (SELECT FROM consent c WHERE c.id = consent_id));
    CREATE POLICY consent_item_worker ON consent_item FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT, INSERT ON consent_item TO steadyhand_app;
    GRANT SELECT ON consent_item TO steadyhand_worker;
    REVOKE ALL ON FUNCTION consent_item_say, treatment_consent, consultation_record_answers, prescription_health, health_decision_allowed, health_confirmation_say, treatment_health FROM PUBLIC;
  `.execute(db);
}
