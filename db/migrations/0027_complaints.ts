import { sql, type Kysely } from 'kysely';

/**
 * Complaints: what somebody says went wrong, whom it is addressed to, every step that follows, and the evidence as it was
 * at that moment. All of it is added and never changed. Nothing of a booking or a record looks here.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The end of the day that is so many working days after a moment, on the clock and the holidays of the place.
    CREATE FUNCTION end_of_working_day(from_at timestamptz, days integer, wanted_jurisdiction text, zone text) RETURNS timestamptz
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT (working.day + 1)::timestamp AT TIME ZONE zone FROM (
        SELECT (from_at AT TIME ZONE zone)::date + n AS day FROM generate_series(1, days * 2 + 30) n
         WHERE extract(isodow FROM (from_at AT TIME ZONE zone)::date + n) < 6
           AND NOT EXISTS (SELECT FROM public.public_holiday h
                            WHERE h.jurisdiction = wanted_jurisdiction AND h.on_date = (from_at AT TIME ZONE zone)::date + n)
         ORDER BY 1 OFFSET days - 1 LIMIT 1) working $$;

    -- Who of a desk reads and answers complaints, beside the managers. Said by a manager; where there is none, by a
    -- practitioner who works there.
    CREATE TABLE complaint_handler (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      clinic_id uuid NOT NULL REFERENCES clinic,
      account_id uuid NOT NULL REFERENCES account,
      declared_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      declared_at timestamptz NOT NULL DEFAULT app_now(),
      ended_at timestamptz
    );
    CREATE UNIQUE INDEX complaint_handler_once ON complaint_handler (clinic_id, account_id) WHERE ended_at IS NULL;

    CREATE FUNCTION leads_clinic(wanted_account uuid, wanted_clinic uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      WITH manager AS (
        SELECT m.account_id FROM public.clinic_member m WHERE m.clinic_id = wanted_clinic AND m.role = 'manager' AND m.valid @> public.app_now())
      SELECT wanted_account IN (SELECT account_id FROM manager)
          OR (NOT EXISTS (SELECT FROM manager)
              AND EXISTS (SELECT FROM public.practitioner p JOIN public.practice pr ON pr.practitioner_id = p.id JOIN public.location l ON l.id = pr.location_id
                           WHERE p.account_id = wanted_account AND l.clinic_id = wanted_clinic)) $$;

    CREATE FUNCTION complaint_handler_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF public.leads_clinic(public.current_actor(), NEW.clinic_id) IS NOT TRUE THEN
        RAISE EXCEPTION 'the clinic says who answers complaints' USING ERRCODE = '23514', CONSTRAINT = 'complaint_handler_declared';
      END IF;
      IF TG_OP = 'INSERT' THEN
        NEW.declared_by := public.current_actor();
        NEW.declared_at := public.app_now();
        NEW.ended_at := NULL;
        IF public.works_at_desk(NEW.account_id, NEW.clinic_id) IS NOT TRUE THEN
          RAISE EXCEPTION 'somebody of the desk' USING ERRCODE = '23514', CONSTRAINT = 'complaint_handler_of_desk';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL THEN
        RAISE EXCEPTION 'said once, and ended once' USING ERRCODE = '23514', CONSTRAINT = 'complaint_handler_frozen';
      END IF;
      NEW.ended_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER complaint_handler_steps BEFORE INSERT OR UPDATE ON complaint_handler FOR EACH ROW EXECUTE FUNCTION complaint_handler_steps();

    -- Who of a clinic answers: its managers and whom it has named; where it has nobody of them, the practitioner.
    CREATE FUNCTION answers_complaints(wanted_account uuid, wanted_clinic uuid, wanted_practitioner uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      WITH answering AS (
        SELECT m.account_id FROM public.clinic_member m WHERE m.clinic_id = wanted_clinic AND m.role = 'manager' AND m.valid @> public.app_now()
        UNION
        SELECT h.account_id FROM public.complaint_handler h
         WHERE h.clinic_id = wanted_clinic AND h.ended_at IS NULL AND public.works_at_desk(h.account_id, h.clinic_id))
      SELECT wanted_account IN (SELECT account_id FROM answering)
          OR (NOT EXISTS (SELECT FROM answering)
              AND EXISTS (SELECT FROM public.practitioner p WHERE p.id = wanted_practitioner AND p.account_id = wanted_account)) $$;

    CREATE TABLE complaint (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      made_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      made_at timestamptz NOT NULL DEFAULT app_now(),
      -- The record of who complains, where there is one.
      patient_id uuid REFERENCES patient,
      appointment_id uuid,
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      clinic_id uuid NOT NULL,
      jurisdiction text NOT NULL,
      time_zone text NOT NULL,
      addressed_to text NOT NULL CONSTRAINT complaint_addressed_to CHECK (addressed_to IN ('clinic', 'steadyhand')),
      words text NOT NULL CONSTRAINT complaint_words CHECK (length(trim(words)) BETWEEN 20 AND 5000),
      wish text NOT NULL DEFAULT '' CONSTRAINT complaint_wish CHECK (length(wish) <= 2000),
      acknowledge_by timestamptz NOT NULL,
      answer_by timestamptz NOT NULL,
      CONSTRAINT complaint_practice FOREIGN KEY (practitioner_id, location_id) REFERENCES practice,
      CONSTRAINT complaint_location FOREIGN KEY (location_id, clinic_id, jurisdiction, time_zone) REFERENCES location (id, clinic_id, jurisdiction, time_zone),
      CONSTRAINT complaint_own_visit FOREIGN KEY (appointment_id, patient_id) REFERENCES appointment (id, patient_id),
      CONSTRAINT complaint_visit_of_patient CHECK (appointment_id IS NULL OR patient_id IS NOT NULL)
    );
    CREATE INDEX complaint_by_maker ON complaint (made_by);
    CREATE INDEX complaint_by_clinic ON complaint (clinic_id);
    CREATE INDEX complaint_by_practitioner ON complaint (practitioner_id);

    -- What happened, one row after the other. Each says what the complaint is from then on.
    CREATE TABLE complaint_step (
      complaint_id uuid NOT NULL REFERENCES complaint,
      nth smallint NOT NULL,
      kind text NOT NULL CONSTRAINT complaint_step_kind CHECK (kind IN ('made', 'acknowledged', 'answered', 'not_acknowledged', 'not_answered',
        'taken_further', 'triaged', 'assigned', 'proposed', 'returned', 'closed', 'settled', 'withdrawn')),
      state text NOT NULL CONSTRAINT complaint_step_state CHECK (state IN ('made', 'acknowledged', 'answered', 'with_steadyhand', 'closed', 'settled', 'withdrawn')),
      severity text CONSTRAINT complaint_step_severity CHECK (severity IN ('low', 'medium', 'high')),
      assigned_to uuid REFERENCES account,
      finding text CONSTRAINT complaint_step_finding CHECK (finding IN ('upheld', 'partly_upheld', 'not_upheld', 'not_for_us')),
      words text NOT NULL DEFAULT '',
      taken_by uuid REFERENCES account,
      taken_at timestamptz NOT NULL,
      PRIMARY KEY (complaint_id, nth),
      CONSTRAINT complaint_step_finds CHECK ((kind IN ('proposed', 'closed')) = (finding IS NOT NULL)),
      CONSTRAINT complaint_step_says CHECK (length(words) <= 5000 AND (kind NOT IN ('answered', 'proposed', 'returned', 'closed') OR length(trim(words)) >= 10))
    );

    -- What was on record at that moment, as it was then.
    CREATE TABLE complaint_evidence (
      complaint_id uuid NOT NULL REFERENCES complaint,
      kind text NOT NULL,
      ref text NOT NULL,
      snapshot jsonb NOT NULL,
      sha256 bytea NOT NULL,
      PRIMARY KEY (complaint_id, kind, ref)
    );

    CREATE TRIGGER complaint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON complaint EXECUTE FUNCTION append_only();
    CREATE TRIGGER complaint_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON complaint_step EXECUTE FUNCTION append_only();
    CREATE TRIGGER complaint_evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON complaint_evidence EXECUTE FUNCTION append_only();

    CREATE FUNCTION complaint_ended(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $$ SELECT state IN ('closed', 'settled', 'withdrawn') $$;

    -- Place and clocks are the database's to say; of a visit also with whom it was.
    CREATE FUNCTION complaint_sign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      NEW.made_at := public.app_now();
      NEW.patient_id := (SELECT p.id FROM public.patient p WHERE p.account_id = NEW.made_by);
      IF NEW.appointment_id IS NOT NULL THEN
        SELECT a.practitioner_id, a.location_id INTO NEW.practitioner_id, NEW.location_id
          FROM public.appointment a WHERE a.id = NEW.appointment_id;
      END IF;
      SELECT l.clinic_id, l.jurisdiction, l.time_zone INTO NEW.clinic_id, NEW.jurisdiction, NEW.time_zone
        FROM public.location l WHERE l.id = NEW.location_id;
      NEW.acknowledge_by := public.end_of_working_day(NEW.made_at,
        public.policy_number(NEW.jurisdiction, 'complaint_acknowledge_days', NEW.made_at::date)::integer, NEW.jurisdiction, NEW.time_zone);
      NEW.answer_by := public.end_of_working_day(NEW.made_at,
        public.policy_number(NEW.jurisdiction, 'complaint_answer_days', NEW.made_at::date)::integer, NEW.jurisdiction, NEW.time_zone);
      -- The row is locked: of two at once the later one counts the earlier.
      PERFORM FROM public.account a WHERE a.id = NEW.made_by FOR NO KEY UPDATE;
      IF (SELECT count(*) FROM public.complaint c
           WHERE c.made_by = NEW.made_by AND c.practitioner_id = NEW.practitioner_id
             AND NOT public.complaint_ended((SELECT s.state FROM public.complaint_step s WHERE s.complaint_id = c.id ORDER BY s.nth DESC LIMIT 1))) >= 3 THEN
        RAISE EXCEPTION 'three open complaints about one practitioner' USING ERRCODE = '23514', CONSTRAINT = 'complaint_three_open';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER complaint_sign BEFORE INSERT ON complaint FOR EACH ROW EXECUTE FUNCTION complaint_sign();

    -- What a complaint is about, as it is on record now: the visit with its course of care, or every visit with that
    -- practitioner; the messages, and the records that were written.
    CREATE FUNCTION complaint_material(wanted uuid) RETURNS TABLE (kind text, ref text, body jsonb)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET timezone = 'UTC' AS $$
      WITH visit AS (
        SELECT a.* FROM public.complaint c JOIN public.appointment a ON a.patient_id = c.patient_id
         WHERE c.id = wanted AND a.state NOT IN ('held', 'expired')
           AND CASE WHEN c.appointment_id IS NULL THEN a.practitioner_id = c.practitioner_id
                    ELSE a.episode_id = (SELECT v.episode_id FROM public.appointment v WHERE v.id = c.appointment_id) END),
      consulted AS (SELECT r.* FROM public.consultation_record r JOIN visit v ON v.id = r.appointment_id),
      prescribed AS (SELECT x.* FROM public.prescription x JOIN consulted r ON r.id = x.consultation_id),
      treated AS (SELECT t.* FROM public.treatment_record t JOIN visit v ON v.id = t.appointment_id)
      SELECT 'appointment', v.id::text, to_jsonb(v) FROM visit v
      UNION ALL SELECT 'visit_word', concat_ws(' ', w.appointment_id, w.starts_at, w.word), to_jsonb(w) FROM public.visit_word w JOIN visit v ON v.id = w.appointment_id
      UNION ALL SELECT 'appointment_appeal', o.id::text, to_jsonb(o) FROM public.appointment_appeal o JOIN visit v ON v.id = o.appointment_id
      UNION ALL SELECT 'urgent_contact', u.id::text, to_jsonb(u) FROM public.urgent_contact u JOIN visit v ON v.id = u.treatment_appointment_id
      UNION ALL SELECT 'consultation_record', r.id::text, to_jsonb(r) || jsonb_build_object(
          'questions', (SELECT jsonb_agg(to_jsonb(q) ORDER BY q.id) FROM public.consultation_question q WHERE q.consultation_id = r.id),
          'findings', (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.code) FROM public.consultation_finding f WHERE f.consultation_id = r.id),
          'risks', (SELECT jsonb_agg(to_jsonb(d) ORDER BY d.risk_code) FROM public.risk_disclosure d WHERE d.consultation_id = r.id)) FROM consulted r
      UNION ALL SELECT 'consultation_addendum', n.id::text, to_jsonb(n) FROM public.consultation_addendum n JOIN consulted r ON r.id = n.consultation_id
      UNION ALL SELECT 'prescription', x.id::text, to_jsonb(x) FROM prescribed x
      UNION ALL SELECT 'consent', k.id::text, to_jsonb(k) FROM public.consent k JOIN prescribed x ON x.id = k.prescription_id
      UNION ALL SELECT 'treatment_record', t.id::text, to_jsonb(t) || jsonb_build_object(
          'points', (SELECT jsonb_agg(to_jsonb(i) ORDER BY i.id) FROM public.injection_point i WHERE i.treatment_id = t.id)) FROM treated t
      UNION ALL SELECT 'deviation', d.id::text, to_jsonb(d) FROM public.deviation d JOIN treated t ON t.id = d.treatment_id
      UNION ALL SELECT 'follow_up_record', f.id::text, to_jsonb(f) FROM public.follow_up_record f JOIN visit v ON v.id = f.appointment_id $$;
    CREATE FUNCTION complaint_hash(body jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $$ SELECT sha256(convert_to(body::text, 'UTF8')) $$;

    CREATE FUNCTION complaint_begin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      INSERT INTO public.complaint_step (complaint_id, nth, kind, state, taken_at) VALUES (NEW.id, 1, 'made', 'made', NEW.made_at);
      INSERT INTO public.complaint_evidence (complaint_id, kind, ref, snapshot, sha256)
      SELECT NEW.id, m.kind, m.ref, m.body, public.complaint_hash(m.body) FROM public.complaint_material(NEW.id) m;
      RETURN NULL;
    END $$;
    CREATE TRIGGER complaint_begin AFTER INSERT ON complaint FOR EACH ROW EXECUTE FUNCTION complaint_begin();

    -- A reviewer who neither made it nor is meant by it, and does not work at that desk.
    CREATE FUNCTION complaint_reviewed_by(wanted uuid, wanted_account uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.complaint c JOIN public.practitioner p ON p.id = c.practitioner_id
                       JOIN public.staff s ON s.account_id = wanted_account AND s.role = 'reviewer'
                      WHERE c.id = wanted AND wanted_account NOT IN (c.made_by, p.account_id) AND NOT public.works_at_desk(wanted_account, c.clinic_id)) $$;

    -- What is frozen beside what is on record now: same, changed, gone, or written since. For reviewers.
    CREATE FUNCTION complaint_evidence_now(wanted uuid) RETURNS TABLE (kind text, ref text, snapshot jsonb, sha256 bytea, since text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT coalesce(e.kind, m.kind), coalesce(e.ref, m.ref), e.snapshot, e.sha256,
             CASE WHEN e.ref IS NULL THEN 'new' WHEN m.ref IS NULL THEN 'gone'
                  WHEN e.sha256 = public.complaint_hash(m.body) THEN 'same' ELSE 'changed' END
        FROM (SELECT * FROM public.complaint_evidence WHERE complaint_id = wanted) e
        FULL JOIN public.complaint_material(wanted) m ON m.kind = e.kind AND m.ref = e.ref
       WHERE public.complaint_reviewed_by(wanted, public.current_actor())
       ORDER BY 1, 2 $$;

    CREATE FUNCTION complaint_step_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
      c public.complaint;
      before public.complaint_step;
      proposal public.complaint_step;
    BEGIN
      -- One step after the other.
      SELECT * INTO c FROM public.complaint WHERE id = NEW.complaint_id FOR UPDATE;
      SELECT * INTO before FROM public.complaint_step s WHERE s.complaint_id = c.id ORDER BY s.nth DESC LIMIT 1;
      NEW.taken_by := actor;
      NEW.taken_at := at;
      IF NEW.kind = 'made' AND before.nth IS NULL THEN
        NEW.state := CASE c.addressed_to WHEN 'clinic' THEN 'made' ELSE 'with_steadyhand' END;
        RETURN NEW;
      END IF;
      NEW.nth := before.nth + 1;
      NEW.assigned_to := CASE NEW.kind WHEN 'assigned' THEN actor ELSE before.assigned_to END;
      NEW.severity := CASE NEW.kind WHEN 'triaged' THEN NEW.severity ELSE before.severity END;
      NEW.state := CASE
        WHEN public.complaint_ended(before.state) OR NEW.kind = 'made' THEN NULL
        WHEN NEW.kind = 'acknowledged' AND before.state = 'made' THEN 'acknowledged'
        WHEN NEW.kind = 'answered' AND before.state IN ('made', 'acknowledged') THEN 'answered'
        WHEN NEW.kind = 'answered' AND before.state = 'with_steadyhand' THEN 'with_steadyhand'
        WHEN NEW.kind = 'not_acknowledged' AND before.state = 'made' THEN 'with_steadyhand'
        WHEN NEW.kind = 'not_answered' AND before.state = 'acknowledged' THEN 'with_steadyhand'
        WHEN NEW.kind = 'taken_further' AND before.state IN ('made', 'acknowledged', 'answered') THEN 'with_steadyhand'
        -- What is about safety is not the clinic's alone.
        WHEN NEW.kind = 'triaged' THEN CASE NEW.severity WHEN 'high' THEN 'with_steadyhand' ELSE before.state END
        WHEN NEW.kind = 'assigned' THEN before.state
        WHEN NEW.kind IN ('proposed', 'returned') AND before.state = 'with_steadyhand' THEN 'with_steadyhand'
        WHEN NEW.kind = 'closed' AND before.state = 'with_steadyhand' THEN 'closed'
        WHEN NEW.kind = 'settled' AND before.state = 'answered' THEN 'settled'
        WHEN NEW.kind = 'withdrawn' THEN 'withdrawn' END;
      IF NEW.state IS NULL OR (NEW.kind = 'triaged' AND NEW.severity IS NULL) THEN
        RAISE EXCEPTION 'a % complaint is not %', before.state, NEW.kind USING ERRCODE = '23514', CONSTRAINT = 'complaint_step_order';
      END IF;

      IF NEW.kind IN ('acknowledged', 'answered') AND public.answers_complaints(actor, c.clinic_id, c.practitioner_id) IS NOT TRUE THEN
        RAISE EXCEPTION 'the clinic answers' USING ERRCODE = '23514', CONSTRAINT = 'complaint_step_by_clinic';
      END IF;
      IF NEW.kind IN ('taken_further', 'settled', 'withdrawn') AND c.made_by IS DISTINCT FROM actor THEN
        RAISE EXCEPTION 'who made it decides' USING ERRCODE = '23514', CONSTRAINT = 'complaint_step_by_maker';
      END IF;
      IF (NEW.kind = 'not_acknowledged' AND at < c.acknowledge_by) OR (NEW.kind = 'not_answered' AND at < c.answer_by) THEN
        RAISE EXCEPTION 'the clinic still has time' USING ERRCODE = '23514', CONSTRAINT = 'complaint_step_overdue';
      END IF;
      IF NEW.kind IN ('triaged', 'assigned', 'proposed', 'returned', 'closed') AND NOT public.complaint_reviewed_by(c.id, actor) THEN
        RAISE EXCEPTION 'a reviewer who has no part in it' USING ERRCODE = '23514', CONSTRAINT = 'complaint_step_by_reviewer';
      END IF;
      IF NEW.kind IN ('proposed', 'closed') AND before.severity IS NULL THEN
        RAISE EXCEPTION 'first is said how serious it is' USING ERRCODE = '23514', CONSTRAINT = 'complaint_step_triaged';
      END IF;
      -- Once high, always two people: lowering it opens no short way.
      IF NEW.kind = 'closed' AND NEW.finding IN ('upheld', 'partly_upheld')
         AND EXISTS (SELECT FROM public.complaint_step s WHERE s.complaint_id = c.id AND s.severity = 'high') THEN
        SELECT * INTO proposal FROM public.complaint_step s
         WHERE s.complaint_id = c.id AND s.kind IN ('proposed', 'returned') ORDER BY s.nth DESC LIMIT 1;
        IF proposal.kind IS DISTINCT FROM 'proposed' OR proposal.finding <> NEW.finding OR proposal.taken_by = actor THEN
          RAISE EXCEPTION 'a second person closes it' USING ERRCODE = '23514', CONSTRAINT = 'complaint_step_second_person';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER complaint_step_take BEFORE INSERT ON complaint_step FOR EACH ROW EXECUTE FUNCTION complaint_step_take();

    -- Who complains, who of the clinic answers, whom it is about, and reviewers; nobody else (P1). A proposal and the
    -- evidence are for reviewers alone.
    ALTER TABLE complaint ENABLE ROW LEVEL SECURITY;
    CREATE POLICY complaint_own ON complaint FOR SELECT TO steadyhand_app
      USING (made_by = current_actor() OR is_actor(practitioner_id) OR actor_reviews() OR answers_complaints(current_actor(), clinic_id, practitioner_id));
    CREATE POLICY complaint_make ON complaint FOR INSERT TO steadyhand_app WITH CHECK (made_by = current_actor());
    ALTER TABLE complaint_step ENABLE ROW LEVEL SECURITY;
    CREATE POLICY complaint_step_own ON complaint_step TO steadyhand_app
      USING (EXISTS (SELECT FROM complaint c WHERE c.id = complaint_id)
        AND (kind NOT IN ('proposed', 'returned') OR complaint_reviewed_by(complaint_id, current_actor())));
    ALTER TABLE complaint_evidence ENABLE ROW LEVEL SECURITY;
    CREATE POLICY complaint_evidence_own ON complaint_evidence FOR SELECT TO steadyhand_app USING (complaint_reviewed_by(complaint_id, current_actor()));
    CREATE POLICY complaint_worker ON complaint FOR SELECT TO steadyhand_worker USING (true);
    CREATE POLICY complaint_step_worker ON complaint_step TO steadyhand_worker USING (true);

    GRANT SELECT, INSERT ON complaint, complaint_step TO steadyhand_app;
    GRANT SELECT ON complaint TO steadyhand_worker;
    GRANT SELECT, INSERT ON complaint_step TO steadyhand_worker;
    GRANT SELECT ON complaint_evidence TO steadyhand_app;
    REVOKE ALL ON FUNCTION complaint_material, complaint_begin, complaint_step_take, complaint_sign FROM PUBLIC;
    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT ON complaint_handler TO %I', r);
      END LOOP;
    END $$;
    GRANT INSERT, UPDATE (ended_at) ON complaint_handler TO steadyhand_app;
  `.execute(db);
}
