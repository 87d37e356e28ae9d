import { sql, type Kysely } from 'kysely';

/** What comes after a treatment: urgent messages that climb until somebody answers, adverse events, batches put aside and recalled. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION actor_operates() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT EXISTS (SELECT FROM public.staff s WHERE s.account_id = public.current_actor() AND s.role = 'operator') $$;

    -- By when somebody answers: within 2 hours by day, within 12 by night, on the clock of the place.
    CREATE FUNCTION urgent_answer_by(sent_at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT sent_at + CASE WHEN extract(hour FROM sent_at AT TIME ZONE zone) BETWEEN 8 AND 19 THEN interval '2 hours' ELSE interval '12 hours' END $$;
    -- When each of the four is told: the injector at once, the prescriber at half time, the cover when the time is over,
    -- and Steadyhand's operator an hour later at most.
    CREATE FUNCTION urgent_step_due(sent_at timestamptz, answer_by timestamptz, nth integer) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT CASE nth WHEN 1 THEN sent_at WHEN 2 THEN sent_at + (answer_by - sent_at) / 2 WHEN 3 THEN answer_by
                            WHEN 4 THEN answer_by + least((answer_by - sent_at) / 2, interval '1 hour') END $$;

    ALTER TABLE urgent_contact ADD COLUMN answer_by timestamptz;
    UPDATE urgent_contact c SET answer_by = urgent_answer_by(c.created_at, a.time_zone) FROM appointment a WHERE a.id = c.treatment_appointment_id;
    ALTER TABLE urgent_contact ALTER COLUMN answer_by SET NOT NULL, ALTER COLUMN answer_by SET DEFAULT app_now();
    CREATE INDEX urgent_contact_unanswered ON urgent_contact (created_at) WHERE acknowledged_at IS NULL;

    -- Whom a message has reached, one row after the other. Each is told once.
    CREATE TABLE urgent_step (
      contact_id uuid NOT NULL REFERENCES urgent_contact,
      nth smallint NOT NULL,
      rung text NOT NULL GENERATED ALWAYS AS ((ARRAY['injector', 'prescriber', 'cover', 'operator'])[nth]) STORED,
      -- Of the cover, who works here too, if anybody of that name does; of the operator nobody.
      practitioner_id uuid REFERENCES practitioner,
      name text NOT NULL DEFAULT '',
      phone text NOT NULL DEFAULT '',
      due_at timestamptz NOT NULL DEFAULT app_now(),
      told_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT urgent_step_once PRIMARY KEY (contact_id, nth)
    );
    CREATE TRIGGER urgent_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON urgent_step EXECUTE FUNCTION append_only();

    -- Whom, and when, is the database's to say.
    CREATE FUNCTION urgent_step_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      c public.urgent_contact;
      a public.appointment;
      i public.practitioner;
      p public.practitioner;
    BEGIN
      -- One step after the other, and none beside an answer.
      SELECT * INTO c FROM public.urgent_contact WHERE id = NEW.contact_id FOR UPDATE;
      SELECT * INTO a FROM public.appointment WHERE id = c.treatment_appointment_id;
      NEW.due_at := public.urgent_step_due(c.created_at, c.answer_by, NEW.nth);
      NEW.told_at := at;
      IF c.acknowledged_at IS NOT NULL THEN
        RAISE EXCEPTION 'answered' USING ERRCODE = '23514', CONSTRAINT = 'urgent_step_open';
      END IF;
      IF NEW.nth > 1 AND NOT EXISTS (SELECT FROM public.urgent_step s WHERE s.contact_id = c.id AND s.nth = NEW.nth - 1) THEN
        RAISE EXCEPTION 'nobody is passed over' USING ERRCODE = '23514', CONSTRAINT = 'urgent_step_order';
      END IF;
      IF at < NEW.due_at THEN
        RAISE EXCEPTION 'the one before still has time' USING ERRCODE = '23514', CONSTRAINT = 'urgent_step_due';
      END IF;
      SELECT * INTO i FROM public.practitioner WHERE id = a.practitioner_id;
      SELECT * INTO p FROM public.practitioner WHERE id = CASE NEW.nth WHEN 1 THEN a.practitioner_id WHEN 2 THEN a.prescriber_id END;
      NEW.practitioner_id := p.id;
      NEW.name := coalesce(concat_ws(' ', p.title, p.display_name), '');
      NEW.phone := '';
      IF NEW.nth = 3 THEN
        NEW.name := coalesce(nullif(trim(i.out_of_hours_name), ''), (SELECT k.name FROM public.clinic k WHERE k.id = a.clinic_id));
        NEW.phone := coalesce(nullif(trim(i.out_of_hours_phone), ''), (SELECT k.phone FROM public.clinic k WHERE k.id = a.clinic_id));
        NEW.practitioner_id := (SELECT o.id FROM public.practitioner o JOIN public.practice w ON w.practitioner_id = o.id
          WHERE w.location_id = a.location_id AND o.standing = 'good' AND o.id <> a.practitioner_id
            AND lower(NEW.name) IN (lower(o.display_name), lower(concat_ws(' ', o.title, o.display_name))) ORDER BY o.id LIMIT 1);
      ELSIF NEW.nth = 4 THEN
        NEW.name := 'Steadyhand';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER urgent_step_take BEFORE INSERT ON urgent_step FOR EACH ROW EXECUTE FUNCTION urgent_step_take();

    -- Who may answer: injector, prescriber, and from their step on the cover and the operators.
    CREATE FUNCTION answers_urgent(wanted uuid, wanted_account uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.urgent_contact c JOIN public.appointment a ON a.id = c.treatment_appointment_id
                       JOIN public.practitioner p ON p.id IN (a.practitioner_id, a.prescriber_id)
                      WHERE c.id = wanted AND p.account_id = wanted_account)
          OR EXISTS (SELECT FROM public.urgent_step s JOIN public.practitioner p ON p.id = s.practitioner_id
                      WHERE s.contact_id = wanted AND p.account_id = wanted_account)
          OR EXISTS (SELECT FROM public.urgent_step s JOIN public.staff o ON o.account_id = wanted_account AND o.role = 'operator'
                      WHERE s.contact_id = wanted AND s.rung = 'operator') $$;

    CREATE FUNCTION urgent_contact_sign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.created_at := public.app_now();
        NEW.acknowledged_by := NULL;
        NEW.acknowledged_at := NULL;
        NEW.answer_by := public.urgent_answer_by(NEW.created_at, coalesce((SELECT a.time_zone FROM public.appointment a WHERE a.id = NEW.treatment_appointment_id), 'UTC'));
        RETURN NEW;
      END IF;
      IF OLD.acknowledged_at IS NOT NULL OR (to_jsonb(NEW) - '{acknowledged_by,acknowledged_at}'::text[]) <> (to_jsonb(OLD) - '{acknowledged_by,acknowledged_at}'::text[]) THEN
        RAISE EXCEPTION 'what was written stays, and is answered once' USING ERRCODE = '23514', CONSTRAINT = 'urgent_contact_frozen';
      END IF;
      NEW.acknowledged_by := public.current_actor();
      NEW.acknowledged_at := public.app_now();
      IF public.answers_urgent(NEW.id, NEW.acknowledged_by) IS NOT TRUE THEN
        RAISE EXCEPTION 'answered by who treats, covers or operates' USING ERRCODE = '23514', CONSTRAINT = 'urgent_contact_answered_by';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER urgent_contact_sign BEFORE INSERT OR UPDATE ON urgent_contact FOR EACH ROW EXECUTE FUNCTION urgent_contact_sign();
    CREATE TRIGGER urgent_contact_never_deleted BEFORE DELETE OR TRUNCATE ON urgent_contact EXECUTE FUNCTION append_only();

    CREATE FUNCTION urgent_contact_begin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      INSERT INTO public.urgent_step (contact_id, nth) VALUES (NEW.id, 1);
      RETURN NULL;
    END $$;
    CREATE TRIGGER urgent_contact_begin AFTER INSERT ON urgent_contact FOR EACH ROW EXECUTE FUNCTION urgent_contact_begin();
    INSERT INTO urgent_step (contact_id, nth) SELECT c.id, 1 FROM urgent_contact c WHERE c.acknowledged_at IS NULL;

    CREATE POLICY urgent_contact_answering ON urgent_contact TO steadyhand_app USING (answers_urgent(id, current_actor()));
    ALTER TABLE urgent_step ENABLE ROW LEVEL SECURITY;
    CREATE POLICY urgent_step_own ON urgent_step FOR SELECT TO steadyhand_app USING (EXISTS (SELECT FROM urgent_contact c WHERE c.id = contact_id));
    CREATE POLICY urgent_step_worker ON urgent_step TO steadyhand_worker USING (true) WITH CHECK (true);
    GRANT SELECT ON urgent_step TO steadyhand_app, steadyhand_worker;
    GRANT INSERT ON urgent_step TO steadyhand_worker;
    REVOKE ALL ON FUNCTION urgent_step_take, urgent_contact_sign, urgent_contact_begin FROM PUBLIC;

    -- An unwanted effect of a treatment, as it was first told: by its patient, or by who treats or prescribed.
    CREATE TABLE adverse_event (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL,
      appointment_id uuid NOT NULL,
      code text NOT NULL CONSTRAINT adverse_event_code CHECK (code IN ('lid_droop', 'brow_droop', 'double_vision', 'swallowing', 'speech', 'breathing', 'weakness_elsewhere',
        'allergic_reaction', 'infection', 'asymmetry', 'crooked_smile', 'too_stiff', 'no_effect', 'dry_eye', 'bruising', 'swelling', 'headache', 'other')),
      side text NOT NULL CONSTRAINT adverse_event_side CHECK (side IN ('left', 'right', 'both', 'not_said')),
      region text NOT NULL DEFAULT '',
      onset_on date NOT NULL,
      severity text NOT NULL CONSTRAINT adverse_event_severity CHECK (severity IN ('mild', 'moderate', 'severe')),
      in_hospital boolean NOT NULL DEFAULT false,
      words text NOT NULL CONSTRAINT adverse_event_words CHECK (length(trim(words)) BETWEEN 3 AND 2000),
      botulism_like boolean NOT NULL GENERATED ALWAYS AS (code IN ('double_vision', 'swallowing', 'speech', 'breathing', 'weakness_elsewhere')) STORED,
      serious boolean NOT NULL GENERATED ALWAYS AS (in_hospital OR code IN ('double_vision', 'swallowing', 'speech', 'breathing', 'weakness_elsewhere')) STORED,
      told_as text NOT NULL DEFAULT 'patient' CONSTRAINT adverse_event_told_as CHECK (told_as IN ('patient', 'practitioner')),
      told_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      told_at timestamptz NOT NULL DEFAULT app_now(),
      -- What was given, where, by whom: copied from the treatment, as far as it was written down by then.
      treatment_id uuid REFERENCES treatment_record,
      product_code text,
      product_name text NOT NULL DEFAULT '',
      batch text NOT NULL DEFAULT '',
      location_id uuid NOT NULL REFERENCES location,
      clinic_id uuid NOT NULL REFERENCES clinic,
      jurisdiction text NOT NULL,
      injector_id uuid NOT NULL REFERENCES practitioner,
      prescriber_id uuid NOT NULL REFERENCES practitioner,
      CONSTRAINT adverse_event_of_visit FOREIGN KEY (appointment_id, patient_id) REFERENCES appointment (id, patient_id)
    );
    CREATE INDEX adverse_event_by_appointment ON adverse_event (appointment_id);
    CREATE INDEX adverse_event_by_told_at ON adverse_event (told_at);
    CREATE TRIGGER adverse_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON adverse_event EXECUTE FUNCTION append_only();

    -- What was done about it. Closed, it takes addenda alone.
    CREATE TABLE adverse_event_step (
      event_id uuid NOT NULL REFERENCES adverse_event,
      nth smallint NOT NULL,
      kind text NOT NULL CONSTRAINT adverse_event_step_kind CHECK (kind IN ('managed', 'talked', 'reported', 'closed', 'addendum')),
      words text NOT NULL CONSTRAINT adverse_event_step_words CHECK (length(trim(words)) BETWEEN 3 AND 2000),
      -- By whom it was managed, who talked with the patient, the scheme's own reference, how it ended.
      who text NOT NULL DEFAULT '',
      reference text NOT NULL DEFAULT '',
      outcome text CONSTRAINT adverse_event_step_outcome CHECK (outcome IN ('recovered', 'recovering', 'lasting', 'not_known')),
      taken_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      taken_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT adverse_event_step_in_turn PRIMARY KEY (event_id, nth),
      CONSTRAINT adverse_event_step_says CHECK ((kind NOT IN ('managed', 'talked') OR trim(who) <> '') AND (kind <> 'reported' OR trim(reference) <> '')
        AND (kind = 'closed') = (outcome IS NOT NULL))
    );
    CREATE TRIGGER adverse_event_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON adverse_event_step EXECUTE FUNCTION append_only();

    CREATE FUNCTION adverse_event_sign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      a public.appointment;
      t public.treatment_record;
    BEGIN
      SELECT * INTO a FROM public.appointment WHERE id = NEW.appointment_id;
      SELECT * INTO t FROM public.treatment_record WHERE appointment_id = NEW.appointment_id;
      NEW.told_by := public.current_actor();
      NEW.told_at := public.app_now();
      NEW.told_as := CASE WHEN EXISTS (SELECT FROM public.patient p WHERE p.id = a.patient_id AND p.account_id = NEW.told_by) THEN 'patient' ELSE 'practitioner' END;
      IF a.kind IS DISTINCT FROM 'treatment' OR a.started_at IS NULL THEN
        RAISE EXCEPTION 'of a treatment that was given' USING ERRCODE = '23514', CONSTRAINT = 'adverse_event_of_treatment';
      END IF;
      IF NEW.onset_on NOT BETWEEN (a.started_at AT TIME ZONE a.time_zone)::date AND (NEW.told_at AT TIME ZONE a.time_zone)::date THEN
        RAISE EXCEPTION 'after the treatment, and not to come' USING ERRCODE = '23514', CONSTRAINT = 'adverse_event_onset';
      END IF;
      NEW.location_id := a.location_id;
      NEW.clinic_id := a.clinic_id;
      NEW.jurisdiction := a.jurisdiction;
      NEW.injector_id := a.practitioner_id;
      NEW.prescriber_id := a.prescriber_id;
      NEW.treatment_id := t.id;
      NEW.product_code := t.product_code;
      NEW.product_name := coalesce(t.product_name, '');
      NEW.batch := coalesce(t.batch, '');
      RETURN NEW;
    END $$;
    CREATE TRIGGER adverse_event_sign BEFORE INSERT ON adverse_event FOR EACH ROW EXECUTE FUNCTION adverse_event_sign();

    CREATE FUNCTION adverse_event_step_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      e public.adverse_event;
    BEGIN
      -- One after the other.
      SELECT * INTO e FROM public.adverse_event WHERE id = NEW.event_id FOR UPDATE;
      NEW.nth := (SELECT coalesce(max(s.nth), 0) + 1 FROM public.adverse_event_step s WHERE s.event_id = e.id);
      NEW.taken_by := public.current_actor();
      NEW.taken_at := public.app_now();
      IF NOT EXISTS (SELECT FROM public.practitioner p WHERE p.account_id = NEW.taken_by) OR public.actor_may_see_patient(e.patient_id) IS NOT TRUE THEN
        RAISE EXCEPTION 'by who treats' USING ERRCODE = '23514', CONSTRAINT = 'adverse_event_step_by_practitioner';
      END IF;
      IF NEW.kind <> 'addendum' AND EXISTS (SELECT FROM public.adverse_event_step s WHERE s.event_id = e.id AND s.kind = 'closed') THEN
        RAISE EXCEPTION 'closed: addenda only' USING ERRCODE = '23514', CONSTRAINT = 'adverse_event_closed';
      END IF;
      IF NEW.kind = 'closed' AND (SELECT count(DISTINCT s.kind) FROM public.adverse_event_step s WHERE s.event_id = e.id AND s.kind IN ('managed', 'talked')) < 2 THEN
        RAISE EXCEPTION 'managed, and talked about openly' USING ERRCODE = '23514', CONSTRAINT = 'adverse_event_step_complete';
      END IF;
      IF NEW.kind = 'closed' AND e.serious AND NOT EXISTS (SELECT FROM public.adverse_event_step s WHERE s.event_id = e.id AND s.kind = 'reported') THEN
        RAISE EXCEPTION 'reported to the authority' USING ERRCODE = '23514', CONSTRAINT = 'adverse_event_step_reported';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER adverse_event_step_take BEFORE INSERT ON adverse_event_step FOR EACH ROW EXECUTE FUNCTION adverse_event_step_take();

    CREATE FUNCTION actor_is_staff() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT EXISTS (SELECT FROM public.staff s WHERE s.account_id = public.current_actor()) $$;
    ALTER TABLE adverse_event ENABLE ROW LEVEL SECURITY;
    CREATE POLICY adverse_event_own ON adverse_event TO steadyhand_app USING (actor_may_see_patient(patient_id));
    CREATE POLICY adverse_event_staff ON adverse_event FOR SELECT TO steadyhand_app USING (actor_is_staff());
    CREATE POLICY adverse_event_worker ON adverse_event FOR SELECT TO steadyhand_worker USING (true);
    ALTER TABLE adverse_event_step ENABLE ROW LEVEL SECURITY;
    CREATE POLICY adverse_event_step_own ON adverse_event_step TO steadyhand_app USING (EXISTS (SELECT FROM adverse_event e WHERE e.id = event_id));
    CREATE POLICY adverse_event_step_worker ON adverse_event_step FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT, INSERT ON adverse_event, adverse_event_step TO steadyhand_app;
    GRANT SELECT ON adverse_event, adverse_event_step TO steadyhand_worker;
    REVOKE ALL ON FUNCTION adverse_event_sign, adverse_event_step_take FROM PUBLIC;

    -- What rules one product out and not another. Published with the code that names the findings.
    CREATE TABLE product_contraindication (
      product_code text NOT NULL REFERENCES product,
      finding_code text NOT NULL,
      PRIMARY KEY (product_code, finding_code)
    );
    GRANT SELECT ON product_contraindication TO steadyhand_app, steadyhand_worker;
    -- Looked at again when a product is chosen: the consultation was suitable, this product may not be.
    CREATE FUNCTION prescription_contraindications() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF EXISTS (SELECT FROM public.consultation_finding f JOIN public.product_contraindication c ON c.finding_code = f.code
                  WHERE f.consultation_id = NEW.consultation_id AND f.present AND c.product_code = NEW.product_code) THEN
        RAISE EXCEPTION 'a finding rules this product out' USING ERRCODE = '23514', CONSTRAINT = 'prescription_contraindicated';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER prescription_contraindications BEFORE INSERT ON prescription FOR EACH ROW EXECUTE FUNCTION prescription_contraindications();
    REVOKE ALL ON FUNCTION prescription_contraindications FROM PUBLIC;

    -- At the review visit, region by region: how it came out against what was wished.
    ALTER TABLE follow_up_record ADD COLUMN outcomes jsonb NOT NULL DEFAULT '{}'
      CONSTRAINT follow_up_record_outcomes CHECK (jsonb_typeof(outcomes) = 'object');

    -- A batch as people write it: capitals, spaces and strokes make no difference.
    CREATE FUNCTION batch_key(batch text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $$ SELECT upper(regexp_replace(batch, '[^[:alnum:]]', '', 'g')) $$;
    CREATE INDEX treatment_record_by_batch_key ON treatment_record (batch_key(batch));

    -- A batch that is put aside: at one place, or everywhere by Steadyhand. Nothing of it is set aside for a treatment or
    -- opened, until somebody who may lets it go again.
    CREATE TABLE batch_quarantine (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      product_code text NOT NULL REFERENCES product,
      batch text NOT NULL,
      key text NOT NULL GENERATED ALWAYS AS (batch_key(batch)) STORED,
      location_id uuid REFERENCES location,
      reason text NOT NULL,
      adverse_event_id uuid REFERENCES adverse_event,
      placed_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      placed_at timestamptz NOT NULL DEFAULT app_now(),
      released_by uuid REFERENCES account,
      released_at timestamptz,
      release_reason text NOT NULL DEFAULT '',
      CONSTRAINT batch_quarantine_batch CHECK (batch_key(batch) <> ''),
      CONSTRAINT batch_quarantine_reason CHECK (length(trim(reason)) BETWEEN 3 AND 1000),
      CONSTRAINT batch_quarantine_release CHECK ((released_at IS NULL) = (released_by IS NULL) AND (released_at IS NULL) = (trim(release_reason) = ''))
    );
    CREATE UNIQUE INDEX batch_quarantine_one_live ON batch_quarantine (product_code, key, location_id) NULLS NOT DISTINCT WHERE released_at IS NULL;
    CREATE TRIGGER batch_quarantine_never_deleted BEFORE DELETE OR TRUNCATE ON batch_quarantine EXECUTE FUNCTION append_only();

    CREATE FUNCTION batch_in_quarantine(wanted_product text, wanted_batch text, wanted_location uuid, at timestamptz) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.batch_quarantine q
        WHERE q.product_code = wanted_product AND q.key = public.batch_key(wanted_batch) AND coalesce(q.location_id, wanted_location) = wanted_location
          AND q.placed_at <= at AND (q.released_at IS NULL OR q.released_at > at)) $$;
    CREATE FUNCTION actor_practises_at(wanted_location uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT EXISTS (SELECT FROM public.practice w JOIN public.practitioner p ON p.id = w.practitioner_id
                            WHERE w.location_id = wanted_location AND p.account_id = public.current_actor()) $$;

    CREATE FUNCTION batch_quarantine_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.placed_by := actor;
        NEW.placed_at := at;
        NEW.released_by := NULL;
        NEW.released_at := NULL;
        NEW.release_reason := '';
        IF NOT public.actor_is_staff() AND NOT coalesce(public.actor_practises_at(NEW.location_id), false)
           AND NOT EXISTS (SELECT FROM public.adverse_event e WHERE e.id = NEW.adverse_event_id AND e.serious AND e.told_by = actor
                            AND e.location_id = NEW.location_id AND e.product_code = NEW.product_code AND public.batch_key(e.batch) = public.batch_key(NEW.batch)) THEN
          RAISE EXCEPTION 'by who practises there, or by Steadyhand' USING ERRCODE = '23514', CONSTRAINT = 'batch_quarantine_placed_by';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.released_at IS NOT NULL OR (to_jsonb(NEW) - '{released_by,released_at,release_reason,key}'::text[]) <> (to_jsonb(OLD) - '{released_by,released_at,release_reason,key}'::text[]) THEN
        RAISE EXCEPTION 'let go once, and never altered' USING ERRCODE = '23514', CONSTRAINT = 'batch_quarantine_frozen';
      END IF;
      NEW.released_by := actor;
      NEW.released_at := at;
      -- What Steadyhand put aside everywhere, another of its people lets go; at a place, who may prescribe there.
      IF NOT (CASE WHEN OLD.location_id IS NULL THEN public.actor_is_staff() AND actor <> OLD.placed_by
                  ELSE EXISTS (SELECT FROM public.practice w JOIN public.practitioner p ON p.id = w.practitioner_id JOIN public.location l ON l.id = w.location_id
                                 JOIN public.capability_period k ON k.practitioner_id = p.id AND k.jurisdiction = l.jurisdiction AND k.capability = 'prescribe' AND k.valid @> at
                                WHERE w.location_id = OLD.location_id AND p.account_id = actor AND p.standing = 'good') END) THEN
        RAISE EXCEPTION 'a prescriber there, or another person of Steadyhand' USING ERRCODE = '23514', CONSTRAINT = 'batch_quarantine_released_by';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER batch_quarantine_steps BEFORE INSERT OR UPDATE ON batch_quarantine FOR EACH ROW EXECUTE FUNCTION batch_quarantine_steps();

    -- A serious event puts its batch aside at that place, at once.
    CREATE FUNCTION adverse_event_quarantine() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NEW.serious AND NEW.product_code IS NOT NULL AND public.batch_key(NEW.batch) <> '' THEN
        INSERT INTO public.batch_quarantine (product_code, batch, location_id, reason, adverse_event_id)
        VALUES (NEW.product_code, NEW.batch, NEW.location_id, 'A serious event after a treatment from this batch', NEW.id)
        ON CONFLICT DO NOTHING;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER adverse_event_quarantine AFTER INSERT ON adverse_event FOR EACH ROW EXECUTE FUNCTION adverse_event_quarantine();

    CREATE FUNCTION planned_vial_quarantine() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF EXISTS (SELECT FROM public.vial v WHERE v.id = NEW.vial_id AND public.batch_in_quarantine(v.product_code, v.batch, v.location_id, public.app_now())) THEN
        RAISE EXCEPTION 'the batch is put aside' USING ERRCODE = '23514', CONSTRAINT = 'planned_vial_quarantined';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER planned_vial_quarantine BEFORE INSERT OR UPDATE OF vial_id ON planned_vial FOR EACH ROW EXECUTE FUNCTION planned_vial_quarantine();
    CREATE FUNCTION treatment_vial_quarantine() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF EXISTS (SELECT FROM public.planned_vial p JOIN public.vial v ON v.id = p.vial_id
                  WHERE p.appointment_id = NEW.id AND public.batch_in_quarantine(v.product_code, v.batch, v.location_id, public.app_now())) THEN
        RAISE EXCEPTION 'the batch is put aside' USING ERRCODE = '23514', CONSTRAINT = 'treatment_vial_quarantined';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER treatment_vial_quarantine BEFORE UPDATE OF state ON appointment FOR EACH ROW
      WHEN (NEW.kind = 'treatment' AND NEW.state = 'started' AND OLD.state <> 'started') EXECUTE FUNCTION treatment_vial_quarantine();

    -- What was given of it all the same is a fact, and a difference that needs a reason.
    ALTER TABLE deviation DROP CONSTRAINT deviation_kind, ADD CONSTRAINT deviation_kind CHECK (kind IN ('over_dose', 'expired_batch', 'unlisted_product', 'other_product',
      'other_region', 'stopped_half_way', 'other_vial', 'without_prescription', 'quarantined_batch'));
    CREATE OR REPLACE FUNCTION treatment_deviations(t treatment_record) RETURNS SETOF text LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
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
      UNION ALL SELECT 'quarantined_batch' FROM a WHERE public.batch_in_quarantine(t.product_code, t.batch, a.location_id, a.started_at)
      UNION ALL SELECT 'stopped_half_way' WHERE t.ended_as = 'stopped' $$;

    -- A recall: one proposes it, another confirms it, and that names who was treated from the batch.
    CREATE TABLE batch_recall (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      product_code text NOT NULL REFERENCES product,
      batch text NOT NULL,
      key text NOT NULL GENERATED ALWAYS AS (batch_key(batch)) STORED,
      why text NOT NULL CONSTRAINT batch_recall_why CHECK (length(trim(why)) BETWEEN 10 AND 2000),
      -- What those treated read: what to look out for, and what to do.
      advice text NOT NULL CONSTRAINT batch_recall_advice CHECK (length(trim(advice)) BETWEEN 10 AND 1000),
      state text NOT NULL DEFAULT 'proposed' CONSTRAINT batch_recall_state CHECK (state IN ('proposed', 'confirmed', 'withdrawn')),
      proposed_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      proposed_at timestamptz NOT NULL DEFAULT app_now(),
      decided_by uuid REFERENCES account,
      decided_at timestamptz,
      CONSTRAINT batch_recall_batch CHECK (batch_key(batch) <> ''),
      CONSTRAINT batch_recall_decided CHECK ((state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
    );
    CREATE UNIQUE INDEX batch_recall_one ON batch_recall (product_code, key) WHERE state <> 'withdrawn';
    CREATE TRIGGER batch_recall_never_deleted BEFORE DELETE OR TRUNCATE ON batch_recall EXECUTE FUNCTION append_only();
    CREATE TABLE batch_recall_treatment (
      recall_id uuid NOT NULL REFERENCES batch_recall,
      treatment_id uuid NOT NULL REFERENCES treatment_record,
      appointment_id uuid NOT NULL REFERENCES appointment,
      patient_id uuid NOT NULL REFERENCES patient,
      injector_id uuid NOT NULL REFERENCES practitioner,
      prescriber_id uuid NOT NULL REFERENCES practitioner,
      named_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT batch_recall_treatment_once PRIMARY KEY (recall_id, treatment_id)
    );
    CREATE INDEX batch_recall_treatment_by_patient ON batch_recall_treatment (patient_id);
    CREATE TRIGGER batch_recall_treatment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_recall_treatment EXECUTE FUNCTION append_only();
    -- How each was reached: by a letter, by their own word that they have read it, by a talk; or not yet.
    CREATE TABLE batch_recall_reach (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      recall_id uuid NOT NULL REFERENCES batch_recall,
      patient_id uuid NOT NULL REFERENCES patient,
      how text NOT NULL CONSTRAINT batch_recall_reach_how CHECK (how IN ('letter', 'read', 'spoken', 'not_reached')),
      words text NOT NULL DEFAULT '' CONSTRAINT batch_recall_reach_words CHECK (length(words) <= 500),
      said_by uuid REFERENCES account,
      said_at timestamptz NOT NULL DEFAULT app_now()
    );
    CREATE INDEX batch_recall_reach_by_patient ON batch_recall_reach (recall_id, patient_id);
    CREATE UNIQUE INDEX batch_recall_reach_once ON batch_recall_reach (recall_id, patient_id, how) WHERE how IN ('letter', 'read');
    CREATE TRIGGER batch_recall_reach_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_recall_reach EXECUTE FUNCTION append_only();

    -- Every treatment from a batch, begun or signed; written down as another product only where the batch fits by chance.
    CREATE FUNCTION treated_from(wanted_product text, wanted_key text) RETURNS TABLE (treatment_id uuid, appointment_id uuid, patient_id uuid, injector_id uuid, prescriber_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT t.id, a.id, a.patient_id, a.practitioner_id, a.prescriber_id
        FROM public.treatment_record t JOIN public.appointment a ON a.id = t.appointment_id
       WHERE public.batch_key(t.batch) = wanted_key AND wanted_key <> '' AND coalesce(t.product_code, wanted_product) = wanted_product $$;
    -- How many a recall would name, for who decides on one.
    CREATE FUNCTION count_treated_from(wanted_product text, wanted_batch text) RETURNS TABLE (treatments integer, patients integer, practitioners integer, clinics integer, first_at timestamptz, last_at timestamptz)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT count(*)::integer, count(DISTINCT t.patient_id)::integer, count(DISTINCT t.injector_id)::integer, count(DISTINCT a.clinic_id)::integer, min(a.started_at), max(a.started_at)
        FROM public.treated_from(wanted_product, public.batch_key(wanted_batch)) t JOIN public.appointment a ON a.id = t.appointment_id
       WHERE public.actor_is_staff() $$;
    -- Names who is not named yet; what is written down later is found later. Harmless when run twice.
    CREATE FUNCTION name_recalled(wanted uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE named integer;
    BEGIN
      INSERT INTO public.batch_recall_treatment (recall_id, treatment_id, appointment_id, patient_id, injector_id, prescriber_id)
      SELECT r.id, t.treatment_id, t.appointment_id, t.patient_id, t.injector_id, t.prescriber_id
        FROM public.batch_recall r CROSS JOIN LATERAL public.treated_from(r.product_code, r.key) t
       WHERE r.id = wanted AND r.state = 'confirmed'
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS named = ROW_COUNT;
      RETURN named;
    END $$;

    CREATE FUNCTION batch_recall_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      actor uuid := public.current_actor();
    BEGIN
      IF public.actor_is_staff() IS NOT TRUE THEN
        RAISE EXCEPTION 'Steadyhand recalls' USING ERRCODE = '23514', CONSTRAINT = 'batch_recall_by_staff';
      END IF;
      IF TG_OP = 'INSERT' THEN
        NEW.state := 'proposed';
        NEW.proposed_by := actor;
        NEW.proposed_at := public.app_now();
        NEW.decided_by := NULL;
        NEW.decided_at := NULL;
        RETURN NEW;
      END IF;
      IF OLD.state <> 'proposed' OR (to_jsonb(NEW) - '{state,decided_by,decided_at,key}'::text[]) <> (to_jsonb(OLD) - '{state,decided_by,decided_at,key}'::text[]) THEN
        RAISE EXCEPTION 'decided once, and never altered' USING ERRCODE = '23514', CONSTRAINT = 'batch_recall_frozen';
      END IF;
      IF NEW.state = 'confirmed' AND actor = OLD.proposed_by THEN
        RAISE EXCEPTION 'another person confirms' USING ERRCODE = '23514', CONSTRAINT = 'batch_recall_two_people';
      END IF;
      NEW.decided_by := actor;
      NEW.decided_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER batch_recall_steps BEFORE INSERT OR UPDATE ON batch_recall FOR EACH ROW EXECUTE FUNCTION batch_recall_steps();
    CREATE FUNCTION batch_recall_effect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM public.name_recalled(NEW.id);
      INSERT INTO public.batch_quarantine (product_code, batch, reason) VALUES (NEW.product_code, NEW.batch, 'The batch is recalled') ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE TRIGGER batch_recall_effect AFTER UPDATE ON batch_recall FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION batch_recall_effect();

    CREATE FUNCTION batch_recall_reach_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      is_own boolean := EXISTS (SELECT FROM public.patient p WHERE p.id = NEW.patient_id AND p.account_id = public.current_actor());
    BEGIN
      NEW.said_by := public.current_actor();
      NEW.said_at := public.app_now();
      IF NOT EXISTS (SELECT FROM public.batch_recall_treatment t WHERE t.recall_id = NEW.recall_id AND t.patient_id = NEW.patient_id) THEN
        RAISE EXCEPTION 'who is named in it' USING ERRCODE = '23514', CONSTRAINT = 'batch_recall_reach_named';
      END IF;
      -- Read is the patient's own word, a talk the practitioner's, a letter the system's.
      IF NOT (CASE NEW.how WHEN 'read' THEN is_own WHEN 'letter' THEN NEW.said_by IS NULL ELSE NOT is_own AND NEW.said_by IS NOT NULL END) THEN
        RAISE EXCEPTION 'said by who knows' USING ERRCODE = '23514', CONSTRAINT = 'batch_recall_reach_said_by';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER batch_recall_reach_take BEFORE INSERT ON batch_recall_reach FOR EACH ROW EXECUTE FUNCTION batch_recall_reach_take();

    -- A cluster: one botulism-like event, or two people with drooping lids, on one batch or after one injector in 28 days.
    CREATE TABLE safety_case (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      about text NOT NULL CONSTRAINT safety_case_about CHECK (about IN ('batch', 'injector')),
      why text NOT NULL CONSTRAINT safety_case_why CHECK (why IN ('lid_droop', 'botulism_like')),
      product_code text REFERENCES product,
      key text,
      injector_id uuid REFERENCES practitioner,
      opened_at timestamptz NOT NULL DEFAULT app_now(),
      finding text NOT NULL DEFAULT '',
      reference text NOT NULL DEFAULT '',
      closed_by uuid REFERENCES account,
      closed_at timestamptz,
      CONSTRAINT safety_case_subject CHECK ((about = 'batch') = (key IS NOT NULL) AND (about = 'injector') = (injector_id IS NOT NULL)),
      CONSTRAINT safety_case_closing CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL OR (length(trim(finding)) >= 10 AND trim(reference) <> '')))
    );
    CREATE UNIQUE INDEX safety_case_one_open ON safety_case (about, why, product_code, key, injector_id) NULLS NOT DISTINCT WHERE closed_at IS NULL;
    CREATE TRIGGER safety_case_never_deleted BEFORE DELETE OR TRUNCATE ON safety_case EXECUTE FUNCTION append_only();
    CREATE TABLE safety_case_event (
      case_id uuid NOT NULL REFERENCES safety_case,
      event_id uuid NOT NULL REFERENCES adverse_event,
      PRIMARY KEY (case_id, event_id)
    );
    CREATE INDEX safety_case_event_by_event ON safety_case_event (event_id);
    CREATE TRIGGER safety_case_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON safety_case_event EXECUTE FUNCTION append_only();
    CREATE FUNCTION safety_case_close() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF OLD.closed_at IS NOT NULL OR (to_jsonb(NEW) - '{finding,reference,closed_by,closed_at}'::text[]) <> (to_jsonb(OLD) - '{finding,reference,closed_by,closed_at}'::text[]) THEN
        RAISE EXCEPTION 'closed once, and never altered' USING ERRCODE = '23514', CONSTRAINT = 'safety_case_frozen';
      END IF;
      NEW.closed_by := public.current_actor();
      NEW.closed_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER safety_case_close BEFORE UPDATE ON safety_case FOR EACH ROW EXECUTE FUNCTION safety_case_close();

    -- Opens what is to be opened, and answers with the new cases. An event that a case of the same kind has counted counts no more.
    CREATE FUNCTION open_safety_cases() RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      cluster record;
      opened uuid;
    BEGIN
      FOR cluster IN
        WITH lately AS (
          SELECT e.*, kind.about, kind.why,
                 CASE kind.about WHEN 'batch' THEN e.product_code END AS case_product,
                 CASE kind.about WHEN 'batch' THEN nullif(public.batch_key(e.batch), '') END AS case_key,
                 CASE kind.about WHEN 'injector' THEN e.injector_id END AS case_injector
            FROM public.adverse_event e
           CROSS JOIN (VALUES ('batch', 'lid_droop'), ('batch', 'botulism_like'), ('injector', 'lid_droop'), ('injector', 'botulism_like')) kind (about, why)
           WHERE e.told_at > public.app_now() - interval '28 days'
             AND CASE kind.why WHEN 'lid_droop' THEN e.code = 'lid_droop' ELSE e.botulism_like END
             AND NOT EXISTS (SELECT FROM public.safety_case_event x JOIN public.safety_case c ON c.id = x.case_id
                              WHERE x.event_id = e.id AND c.about = kind.about AND c.why = kind.why))
        SELECT about, why, case_product, case_key, case_injector, array_agg(id) AS events FROM lately
         WHERE about = 'injector' OR (case_key IS NOT NULL AND case_product IS NOT NULL)
         GROUP BY about, why, case_product, case_key, case_injector
        HAVING count(DISTINCT patient_id) >= CASE why WHEN 'lid_droop' THEN 2 ELSE 1 END
            OR EXISTS (SELECT FROM public.safety_case c WHERE c.closed_at IS NULL AND c.about = lately.about AND c.why = lately.why AND c.product_code IS NOT DISTINCT FROM case_product
                         AND c.key IS NOT DISTINCT FROM case_key AND c.injector_id IS NOT DISTINCT FROM case_injector)
      LOOP
        INSERT INTO public.safety_case (about, why, product_code, key, injector_id)
        VALUES (cluster.about, cluster.why, cluster.case_product, cluster.case_key, cluster.case_injector)
        ON CONFLICT DO NOTHING RETURNING id INTO opened;
        INSERT INTO public.safety_case_event (case_id, event_id)
        SELECT c.id, unnest(cluster.events) FROM public.safety_case c
         WHERE c.closed_at IS NULL AND c.about = cluster.about AND c.why = cluster.why AND c.product_code IS NOT DISTINCT FROM cluster.case_product
           AND c.key IS NOT DISTINCT FROM cluster.case_key AND c.injector_id IS NOT DISTINCT FROM cluster.case_injector
        ON CONFLICT DO NOTHING;
        IF opened IS NOT NULL THEN RETURN NEXT opened; END IF;
      END LOOP;
    END $$;

    -- The public safety report: counts by quarter of the year, counted by the worker. A number of one to four is never kept:
    -- it would point at people.
    CREATE TABLE safety_figure (
      quarter date NOT NULL,
      what text NOT NULL,
      n integer,
      counted_at timestamptz NOT NULL DEFAULT app_now(),
      PRIMARY KEY (quarter, what),
      CONSTRAINT safety_figure_not_few CHECK (n IS NULL OR n = 0 OR n >= 5)
    );
    CREATE FUNCTION count_safety() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      this_quarter date := date_trunc('quarter', public.app_now() AT TIME ZONE 'UTC')::date;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('count_safety'));
      DELETE FROM public.safety_figure;
      INSERT INTO public.safety_figure (quarter, what, n)
      WITH fact (what, at) AS (
        SELECT 'treatments', t.signed_at FROM public.treatment_record t WHERE t.state = 'signed'
        UNION ALL SELECT 'deviations', d.recorded_at FROM public.deviation d
        UNION ALL SELECT 'overrides', a.created_at FROM public.appointment a WHERE a.interval_override_reason IS NOT NULL
        UNION ALL SELECT 'unwanted_effects', e.told_at FROM public.adverse_event e
        UNION ALL SELECT 'serious_effects', e.told_at FROM public.adverse_event e WHERE e.serious
        UNION ALL SELECT 'urgent_messages', u.created_at FROM public.urgent_contact u
        UNION ALL SELECT 'urgent_in_time', u.created_at FROM public.urgent_contact u WHERE u.acknowledged_at <= u.answer_by
        UNION ALL SELECT 'batches_put_aside', q.placed_at FROM public.batch_quarantine q
        UNION ALL SELECT 'recalls', r.decided_at FROM public.batch_recall r WHERE r.state = 'confirmed'
        UNION ALL SELECT 'complaints', c.made_at FROM public.complaint c
        UNION ALL SELECT 'checks', v.decided_at FROM public.vetting_case v WHERE v.decided_at IS NOT NULL
        UNION ALL SELECT 'suspensions', x.suspended_at FROM public.suspension x),
      counted AS (
        SELECT what, date_trunc('quarter', at AT TIME ZONE 'UTC')::date AS quarter, count(*)::integer AS n FROM fact GROUP BY 1, 2)
      SELECT q.quarter, w.what, CASE WHEN coalesce(c.n, 0) BETWEEN 1 AND 4 THEN NULL ELSE coalesce(c.n, 0) END
        FROM (SELECT (this_quarter - back * interval '3 months')::date AS quarter FROM generate_series(0, 3) back) q
       CROSS JOIN unnest(ARRAY['treatments', 'deviations', 'overrides', 'unwanted_effects', 'serious_effects', 'urgent_messages', 'urgent_in_time',
         'batches_put_aside', 'recalls', 'complaints', 'checks', 'suspensions']) w (what)
        LEFT JOIN counted c ON c.quarter = q.quarter AND c.what = w.what;
    END $$;
    GRANT SELECT ON safety_figure TO steadyhand_app, steadyhand_worker;
    REVOKE ALL ON FUNCTION count_safety FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION count_safety TO steadyhand_worker;

    ALTER TABLE batch_quarantine ENABLE ROW LEVEL SECURITY;
    CREATE POLICY batch_quarantine_own ON batch_quarantine TO steadyhand_app USING (actor_is_staff() OR actor_practises_at(location_id)
      OR (location_id IS NULL AND EXISTS (SELECT FROM practitioner p WHERE p.account_id = current_actor())));
    CREATE POLICY batch_quarantine_worker ON batch_quarantine FOR SELECT TO steadyhand_worker USING (true);
    ALTER TABLE batch_recall_treatment ENABLE ROW LEVEL SECURITY;
    CREATE POLICY batch_recall_treatment_own ON batch_recall_treatment FOR SELECT TO steadyhand_app USING (actor_is_staff() OR actor_may_see_patient(patient_id));
    CREATE POLICY batch_recall_treatment_worker ON batch_recall_treatment FOR SELECT TO steadyhand_worker USING (true);
    ALTER TABLE batch_recall ENABLE ROW LEVEL SECURITY;
    CREATE POLICY batch_recall_own ON batch_recall TO steadyhand_app USING (actor_is_staff() OR EXISTS (SELECT FROM batch_recall_treatment t WHERE t.recall_id = batch_recall.id));
    CREATE POLICY batch_recall_worker ON batch_recall FOR SELECT TO steadyhand_worker USING (true);
    ALTER TABLE batch_recall_reach ENABLE ROW LEVEL SECURITY;
    CREATE POLICY batch_recall_reach_own ON batch_recall_reach TO steadyhand_app USING (actor_is_staff() OR actor_may_see_patient(patient_id))
      WITH CHECK (actor_may_see_patient(patient_id));
    CREATE POLICY batch_recall_reach_worker ON batch_recall_reach TO steadyhand_worker USING (true) WITH CHECK (true);
    ALTER TABLE safety_case ENABLE ROW LEVEL SECURITY;
    CREATE POLICY safety_case_own ON safety_case TO steadyhand_app USING (actor_is_staff());
    CREATE POLICY safety_case_worker ON safety_case FOR SELECT TO steadyhand_worker USING (true);
    ALTER TABLE safety_case_event ENABLE ROW LEVEL SECURITY;
    CREATE POLICY safety_case_event_own ON safety_case_event FOR SELECT TO steadyhand_app USING (actor_is_staff());
    CREATE POLICY safety_case_event_worker ON safety_case_event FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT ON batch_quarantine, batch_recall, batch_recall_treatment, batch_recall_reach, safety_case, safety_case_event TO steadyhand_app, steadyhand_worker;
    GRANT INSERT, UPDATE ON batch_quarantine, batch_recall TO steadyhand_app;
    GRANT UPDATE ON safety_case TO steadyhand_app;
    GRANT INSERT ON batch_recall_reach TO steadyhand_app, steadyhand_worker;
    REVOKE ALL ON FUNCTION batch_quarantine_steps, adverse_event_quarantine, planned_vial_quarantine, treatment_vial_quarantine, treated_from, count_treated_from, name_recalled,
      batch_recall_steps, batch_recall_effect, batch_recall_reach_take, safety_case_close, open_safety_cases FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION count_treated_from TO steadyhand_app;
    GRANT EXECUTE ON FUNCTION name_recalled, open_safety_cases TO steadyhand_worker;
  `.execute(db);
}
