import { sql, type Kysely } from 'kysely';

/** What comes after a treatment: urgent messages that climb until somebody answers, and adverse events. */
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
  `.execute(db);
}
