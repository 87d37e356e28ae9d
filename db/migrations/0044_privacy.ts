import { sql, type Kysely } from 'kysely';

/**
 * Being forgotten: asked for, thought over, done; what the law keeps is locked away with the day on which it goes, and opened by
 * two people for an hour. What has run out is deleted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Which transaction forgets. Nobody but the functions below writes here, so nobody else passes what is kept for good.
    CREATE TABLE erasing (xact xid8 PRIMARY KEY);
    CREATE FUNCTION is_erasing() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.erasing e WHERE e.xact = pg_current_xact_id_if_assigned()) $$;
    CREATE FUNCTION begin_erasing() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      INSERT INTO public.erasing VALUES (pg_current_xact_id());
      PERFORM set_config('app.erasing', 'on', true);
    END $$;
    CREATE FUNCTION end_erasing() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      DELETE FROM public.erasing WHERE xact = pg_current_xact_id();
      PERFORM set_config('app.erasing', '', true);
    END $$;
    -- The audit trail and the events hold ids and codes; they are never touched.
    CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP <> 'TRUNCATE' AND TG_TABLE_NAME NOT IN ('audit', 'event') AND current_setting('app.erasing', true) = 'on' AND public.is_erasing() THEN
        RETURN NULL;
      END IF;
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '55000', CONSTRAINT = TG_NAME;
    END $$;
    -- What freezes a row, or checks it again on each change, lets it be forgotten.
    DO $$
    DECLARE f record;
    BEGIN
      FOR f IN SELECT DISTINCT t.tgfoid, pg_get_functiondef(t.tgfoid) AS definition FROM pg_trigger t
                WHERE NOT t.tgisinternal AND t.tgtype & 1 = 1
                  AND t.tgrelid = ANY ('{appointment,patient,consultation_question,consultation_finding,risk_disclosure,injection_point,planned_vial,portfolio_picture,portfolio_rendition,batch_quarantine}'::regclass[])
      LOOP
        EXECUTE regexp_replace(f.definition, 'BEGIN', $code$BEGIN
      IF current_setting('app.erasing', true) = 'on' AND public.is_erasing() THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
      END IF;$code$);
      END LOOP;
    END $$;

    -- Somebody asks to be forgotten. Until the day comes they may take it back.
    CREATE TABLE erasure (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account,
      asked_at timestamptz NOT NULL DEFAULT app_now(),
      due_at timestamptz NOT NULL DEFAULT app_now() + interval '7 days',
      taken_back_at timestamptz,
      done_at timestamptz,
      CONSTRAINT erasure_ends_once CHECK (num_nonnulls(taken_back_at, done_at) <= 1)
    );
    CREATE UNIQUE INDEX erasure_one_open ON erasure (account_id) WHERE taken_back_at IS NULL AND done_at IS NULL;
    CREATE INDEX erasure_due ON erasure (due_at) WHERE taken_back_at IS NULL AND done_at IS NULL;
    -- Why somebody cannot be forgotten now; null where nothing is in the way.
    CREATE FUNCTION erasure_obstacle(wanted uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT CASE
        WHEN EXISTS (SELECT FROM public.practitioner r WHERE r.account_id = wanted) OR EXISTS (SELECT FROM public.staff s WHERE s.account_id = wanted)
          OR EXISTS (SELECT FROM public.clinic_member m WHERE m.account_id = wanted) THEN 'erasure_by_patients'
        WHEN EXISTS (SELECT FROM public.patient p JOIN public.appointment a ON a.patient_id = p.id WHERE p.account_id = wanted AND a.needed_birth IS NOT NULL)
          THEN 'erasure_visits_ahead'
        WHEN EXISTS (SELECT FROM public.complaint c WHERE c.made_by = wanted AND NOT public.complaint_ended(
               (SELECT s.state FROM public.complaint_step s WHERE s.complaint_id = c.id ORDER BY s.nth DESC LIMIT 1))) THEN 'erasure_complaint_open' END $$;
    CREATE FUNCTION erasure_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE obstacle text;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.account_id IS DISTINCT FROM public.current_actor() THEN
          RAISE EXCEPTION 'everybody asks for themselves' USING ERRCODE = '23514', CONSTRAINT = 'erasure_own';
        END IF;
        obstacle := public.erasure_obstacle(NEW.account_id);
        IF obstacle = 'erasure_by_patients' THEN
          RAISE EXCEPTION 'not of who treats, checks or runs it' USING ERRCODE = '23514', CONSTRAINT = 'erasure_by_patients';
        ELSIF obstacle = 'erasure_visits_ahead' THEN
          RAISE EXCEPTION 'visits first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_visits_ahead';
        ELSIF obstacle = 'erasure_complaint_open' THEN
          RAISE EXCEPTION 'the complaint first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_complaint_open';
        END IF;
        NEW.asked_at := public.app_now();
        NEW.due_at := public.app_now() + interval '7 days';
        NEW.taken_back_at := NULL;
        NEW.done_at := NULL;
        RETURN NEW;
      END IF;
      IF public.is_erasing() THEN RETURN NEW; END IF;
      IF OLD.done_at IS NOT NULL OR OLD.taken_back_at IS NOT NULL OR NEW.taken_back_at IS NULL OR OLD.account_id IS DISTINCT FROM public.current_actor() THEN
        RAISE EXCEPTION 'who asked takes it back, once' USING ERRCODE = '23514', CONSTRAINT = 'erasure_taken_back';
      END IF;
      NEW := OLD;
      NEW.taken_back_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER erasure_steps BEFORE INSERT OR UPDATE ON erasure FOR EACH ROW EXECUTE FUNCTION erasure_steps();

    -- A record that the law keeps: who it is about, until when. The row of the patient names nobody any more.
    CREATE TABLE record_lock (
      patient_id uuid PRIMARY KEY REFERENCES patient,
      locked_at timestamptz NOT NULL DEFAULT app_now(),
      keep_until date NOT NULL,
      person jsonb,
      visits jsonb,
      deleted_at timestamptz,
      CONSTRAINT record_lock_emptied CHECK ((deleted_at IS NULL) = (person IS NOT NULL) AND (deleted_at IS NULL) = (visits IS NOT NULL))
    );
    CREATE INDEX record_lock_due ON record_lock (keep_until) WHERE deleted_at IS NULL;
    -- An operator asks with a reason, another one allows it; then the first reads for an hour.
    CREATE TABLE record_lock_opening (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES record_lock,
      reason text NOT NULL CONSTRAINT record_lock_opening_reason CHECK (length(trim(reason)) BETWEEN 10 AND 2000),
      asked_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      asked_at timestamptz NOT NULL DEFAULT app_now(),
      allowed_by uuid REFERENCES account,
      allowed_at timestamptz,
      expires_at timestamptz,
      CONSTRAINT record_lock_opening_allowed CHECK (num_nonnulls(allowed_by, allowed_at, expires_at) IN (0, 3))
    );
    CREATE INDEX record_lock_opening_by_patient ON record_lock_opening (patient_id);
    CREATE FUNCTION record_lock_opening_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NOT public.actor_operates() THEN
        RAISE EXCEPTION 'operators only' USING ERRCODE = '23514', CONSTRAINT = 'record_lock_opening_operator';
      END IF;
      IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM public.record_lock l WHERE l.patient_id = NEW.patient_id AND l.deleted_at IS NULL) THEN
          RAISE EXCEPTION 'nothing is locked away there' USING ERRCODE = '23514', CONSTRAINT = 'record_lock_opening_of_lock';
        END IF;
        NEW.asked_by := public.current_actor();
        NEW.asked_at := public.app_now();
        NEW.allowed_by := NULL;
        NEW.allowed_at := NULL;
        NEW.expires_at := NULL;
        RETURN NEW;
      END IF;
      IF OLD.allowed_at IS NOT NULL OR NEW.allowed_at IS NULL THEN
        RAISE EXCEPTION 'it is allowed once' USING ERRCODE = '23514', CONSTRAINT = 'record_lock_opening_once';
      END IF;
      IF OLD.asked_by = public.current_actor() THEN
        RAISE EXCEPTION 'a second person allows it' USING ERRCODE = '23514', CONSTRAINT = 'record_lock_opening_second_person';
      END IF;
      NEW := OLD;
      NEW.allowed_by := public.current_actor();
      NEW.allowed_at := public.app_now();
      NEW.expires_at := public.app_now() + interval '1 hour';
      RETURN NEW;
    END $$;
    CREATE TRIGGER record_lock_opening_steps BEFORE INSERT OR UPDATE ON record_lock_opening FOR EACH ROW EXECUTE FUNCTION record_lock_opening_steps();

    CREATE FUNCTION record_locked(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.record_lock l WHERE l.patient_id = wanted) $$;
    CREATE FUNCTION record_opened(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.record_lock_opening o
                      WHERE o.patient_id = wanted AND o.asked_by = public.current_actor() AND o.expires_at > public.app_now())
         AND public.actor_operates() $$;

    -- A locked record is there for nobody, whatever else lets them in; for who has it open it is.
    DO $$
    DECLARE t text;
    BEGIN
      FOREACH t IN ARRAY ARRAY['health_answers', 'health_confirmation', 'health_decision', 'consultation_record', 'prescription', 'consent', 'consent_paper', 'treatment_record', 'follow_up_record',
          'urgent_contact', 'document_code', 'start_proof', 'record_share', 'record_access', 'case_file', 'adverse_event', 'complaint',
          'batch_recall_treatment', 'batch_recall_reach'] LOOP
        EXECUTE format('CREATE POLICY %I ON %I AS RESTRICTIVE TO steadyhand_app, steadyhand_worker USING (NOT record_locked(patient_id) OR record_opened(patient_id))', t || '_locked', t);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO steadyhand_app USING (record_opened(patient_id))', t || '_opened', t);
      END LOOP;
    END $$;
    -- What is read beside its complaint is locked with it.
    CREATE POLICY complaint_evidence_locked ON complaint_evidence AS RESTRICTIVE FOR SELECT TO steadyhand_app USING (EXISTS (SELECT FROM complaint c WHERE c.id = complaint_id));

    -- Until when the law keeps what was written of a patient: so many years after the last visit, by the rule of each place.
    CREATE FUNCTION record_kept_until(wanted uuid[]) RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT max(((upper(a.during) AT TIME ZONE a.time_zone)::date
               + make_interval(years => public.policy_number(a.jurisdiction, 'retention_years', (public.app_now() AT TIME ZONE a.time_zone)::date)::int))::date)
        FROM public.appointment a WHERE a.patient_id = ANY (wanted) AND a.state NOT IN ('held', 'expired')
         AND (EXISTS (SELECT FROM public.consultation_record c WHERE c.appointment_id = a.id)
           OR EXISTS (SELECT FROM public.treatment_record t WHERE t.appointment_id = a.id)
           OR EXISTS (SELECT FROM public.follow_up_record f WHERE f.appointment_id = a.id)
           OR EXISTS (SELECT FROM public.complaint c WHERE c.appointment_id = a.id)) $$;

    -- Letters to somebody or about them, with what came back of them.
    CREATE FUNCTION forget_letters(wanted uuid[]) RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE gone integer;
    BEGIN
      DELETE FROM public.mail_bounce WHERE mail_id = ANY (wanted);
      DELETE FROM public.dropped_job WHERE mail_id = ANY (wanted);
      DELETE FROM public.mail_message WHERE id = ANY (wanted);
      GET DIAGNOSTICS gone = ROW_COUNT;
      RETURN gone;
    END $$;

    -- Forgets one account whose day has come: 'done', 'waits' where something is in the way again, null where there is nothing to do.
    CREATE FUNCTION erase_account(wanted uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      asked public.erasure;
      who public.account;
      people uuid[];
      visits uuid[];
      complaints uuid[];
      kept date;
    BEGIN
      SELECT * INTO asked FROM public.erasure e
       WHERE e.id = wanted AND e.taken_back_at IS NULL AND e.done_at IS NULL AND e.due_at <= public.app_now() FOR UPDATE;
      IF NOT FOUND THEN RETURN NULL; END IF;
      SELECT * INTO who FROM public.account WHERE id = asked.account_id FOR UPDATE;
      -- Whoever books for them comes before or after.
      PERFORM FROM public.patient p WHERE p.account_id = who.id FOR UPDATE;
      IF public.erasure_obstacle(who.id) IS NOT NULL THEN RETURN 'waits'; END IF;
      PERFORM public.begin_erasing();

      WITH RECURSIVE own AS (
        SELECT p.id FROM public.patient p WHERE p.account_id = who.id
        UNION SELECT p.id FROM public.patient p JOIN own ON p.merged_into_id = own.id)
      SELECT coalesce(array_agg(id), '{}') INTO people FROM own;
      SELECT coalesce(array_agg(id), '{}') INTO visits FROM public.appointment WHERE patient_id = ANY (people);

      -- Letters, written and waiting, and what somebody wanted of them.
      PERFORM public.forget_letters(ARRAY(SELECT m.id FROM public.mail_message m
        WHERE m.patient_id = ANY (people) OR m.to_address = who.email
           OR m.to_address IN (SELECT p.email FROM public.patient p WHERE p.id = ANY (people))));
      DELETE FROM public.mail_declined WHERE to_address = who.email OR to_address IN (SELECT p.email FROM public.patient p WHERE p.id = ANY (people));
      DELETE FROM public.message_preference WHERE account_id = who.id;
      DELETE FROM public.short_message WHERE account_id = who.id;
      DELETE FROM public.push_subscription WHERE account_id = who.id;
      DELETE FROM public.text_number WHERE account_id = who.id;
      DELETE FROM public.calendar_feed WHERE account_id = who.id;

      -- What opens the account.
      DELETE FROM public.session WHERE account_id = who.id;
      DELETE FROM public.second_factor_use WHERE account_id = who.id;
      DELETE FROM public.passkey WHERE account_id = who.id;
      DELETE FROM public.passkey_challenge WHERE account_id = who.id;
      DELETE FROM public.authenticator_app WHERE account_id = who.id;
      DELETE FROM public.recovery_code WHERE account_id = who.id;
      DELETE FROM public.account_code WHERE account_id = who.id;
      DELETE FROM public.account_recovery WHERE account_id = who.id;
      DELETE FROM public.address_change WHERE account_id = who.id;
      DELETE FROM public.terms_agreement WHERE account_id = who.id;

      -- What was said in public, shown, wished for, or allowed to others.
      DELETE FROM public.review_step WHERE review_id IN (SELECT r.id FROM public.review r WHERE r.written_by = who.id);
      DELETE FROM public.review WHERE written_by = who.id;
      DELETE FROM public.portfolio_rendition WHERE picture_id IN (SELECT x.id FROM public.portfolio_picture x JOIN public.portfolio_case c ON c.id = x.case_id WHERE c.patient_id = ANY (people));
      DELETE FROM public.portfolio_picture WHERE case_id IN (SELECT c.id FROM public.portfolio_case c WHERE c.patient_id = ANY (people));
      DELETE FROM public.portfolio_upload WHERE case_id IN (SELECT c.id FROM public.portfolio_case c WHERE c.patient_id = ANY (people));
      DELETE FROM public.portfolio_step WHERE case_id IN (SELECT c.id FROM public.portfolio_case c WHERE c.patient_id = ANY (people));
      DELETE FROM public.portfolio_case WHERE patient_id = ANY (people);
      DELETE FROM public.photo_consent WHERE patient_id = ANY (people);
      DELETE FROM public.waitlist_passed_over WHERE entry_id IN (SELECT w.id FROM public.waitlist_entry w WHERE w.patient_id = ANY (people))
         OR offer_id IN (SELECT o.id FROM public.waitlist_offer o WHERE o.patient_id = ANY (people));
      DELETE FROM public.block WHERE id IN (SELECT o.block_id FROM public.waitlist_offer o WHERE o.patient_id = ANY (people));
      DELETE FROM public.waitlist_offer WHERE patient_id = ANY (people);
      DELETE FROM public.waitlist_entry WHERE patient_id = ANY (people);
      DELETE FROM public.carer WHERE patient_id = ANY (people) OR carer_account_id = who.id OR invited_email = who.email;
      DELETE FROM public.record_claim WHERE patient_id = ANY (people);
      DELETE FROM public.health_draft WHERE patient_id = ANY (people);
      DELETE FROM public.booking_draft WHERE appointment_id = ANY (visits);
      DELETE FROM public.appointment_correction WHERE appointment_id = ANY (visits);
      DELETE FROM public.appointment_appeal WHERE appointment_id = ANY (visits);

      -- A record that the law keeps is locked away with its person; of everything else nothing is kept.
      kept := public.record_kept_until(people);
      IF kept IS NOT NULL THEN
        INSERT INTO public.record_lock (patient_id, locked_at, keep_until, person, visits)
        SELECT p.id, public.app_now(), kept,
               jsonb_build_object('given_name', p.given_name, 'family_name', p.family_name, 'date_of_birth', p.date_of_birth,
                 'email', p.email, 'phone', p.phone, 'postal_address', p.postal_address),
               coalesce((SELECT jsonb_agg(jsonb_build_object('appointment_id', a.id, 'patient_note', a.patient_note, 'reason', a.reason,
                   'concerns', a.concerns, 'needs', a.needs, 'interval_override_reason', a.interval_override_reason) ORDER BY a.id)
                 FROM public.appointment a WHERE a.patient_id = p.id), '[]')
          FROM public.patient p WHERE p.id = ANY (people);
      ELSE
        DELETE FROM public.health_confirmation WHERE patient_id = ANY (people);
        DELETE FROM public.health_decision WHERE patient_id = ANY (people);
        DELETE FROM public.health_answers WHERE patient_id = ANY (people);
        DELETE FROM public.record_access WHERE patient_id = ANY (people);
        DELETE FROM public.record_share WHERE patient_id = ANY (people);
        DELETE FROM public.birth_correction WHERE patient_id = ANY (people);
      END IF;
      SELECT coalesce(array_agg(c.id), '{}') INTO complaints FROM public.complaint c WHERE c.made_by = who.id AND (kept IS NULL OR c.patient_id IS NULL);
      DELETE FROM public.complaint_evidence WHERE complaint_id = ANY (complaints);
      DELETE FROM public.complaint_step WHERE complaint_id = ANY (complaints);
      DELETE FROM public.complaint WHERE id = ANY (complaints);
      UPDATE public.appointment SET patient_note = '', reason = '', concerns = '{}', needs = '{}',
             interval_override_reason = CASE WHEN interval_override_reason IS NOT NULL THEN 'locked away' END,
             patient_date_of_birth = make_date(extract(year FROM patient_date_of_birth)::int, 1, 1)
       WHERE id = ANY (visits);
      UPDATE public.patient SET given_name = 'Forgotten', family_name = 'person', date_of_birth = make_date(extract(year FROM date_of_birth)::int, 1, 1),
             email = NULL, phone = NULL,
             -- Who was entered at a desk has to be reachable: nowhere.
             postal_address = CASE WHEN entered_by IS NULL THEN '' ELSE '-' END
       WHERE id = ANY (people);
      -- The row stays, for ids name it; the address is free again.
      UPDATE public.account SET email = who.id || '@forgotten.invalid', display_name = 'Forgotten person', password_hash = NULL,
             email_verified_at = NULL, suspended_at = public.app_now()
       WHERE id = who.id;
      UPDATE public.erasure SET done_at = public.app_now() WHERE id = asked.id;
      PERFORM public.end_erasing();
      RETURN 'done';
    END $$;

    -- The day has come: nothing of the record is left. One statement, for its rows name each other in circles.
    CREATE FUNCTION delete_locked_record(wanted uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM FROM public.record_lock l WHERE l.patient_id = wanted AND l.deleted_at IS NULL
          AND l.keep_until < (public.app_now() AT TIME ZONE 'UTC')::date FOR UPDATE;
      IF NOT FOUND THEN RETURN false; END IF;
      PERFORM public.begin_erasing();
      UPDATE public.batch_quarantine SET adverse_event_id = NULL
       WHERE adverse_event_id IN (SELECT e.id FROM public.adverse_event e WHERE e.patient_id = wanted);
      WITH visit AS (SELECT a.id FROM public.appointment a WHERE a.patient_id = wanted),
        seen AS (SELECT c.id FROM public.consultation_record c WHERE c.patient_id = wanted),
        given AS (SELECT t.id FROM public.treatment_record t WHERE t.patient_id = wanted),
        said AS (SELECT c.id FROM public.complaint c WHERE c.patient_id = wanted),
        bad AS (SELECT e.id FROM public.adverse_event e WHERE e.patient_id = wanted),
        urgent AS (SELECT u.id FROM public.urgent_contact u WHERE u.patient_id = wanted),
        d01 AS (DELETE FROM public.record_access WHERE patient_id = wanted),
        d02 AS (DELETE FROM public.record_share WHERE patient_id = wanted),
        d03 AS (DELETE FROM public.document_code WHERE patient_id = wanted),
        d04 AS (DELETE FROM public.case_file WHERE patient_id = wanted),
        d05 AS (DELETE FROM public.start_proof WHERE patient_id = wanted),
        d06 AS (DELETE FROM public.safety_case_event WHERE event_id IN (SELECT id FROM bad)),
        d07 AS (DELETE FROM public.adverse_event_step WHERE event_id IN (SELECT id FROM bad)),
        d08 AS (DELETE FROM public.adverse_event WHERE patient_id = wanted),
        d09 AS (DELETE FROM public.batch_recall_reach WHERE patient_id = wanted),
        d10 AS (DELETE FROM public.batch_recall_treatment WHERE patient_id = wanted),
        d11 AS (DELETE FROM public.urgent_step WHERE contact_id IN (SELECT id FROM urgent)),
        d12 AS (DELETE FROM public.urgent_contact WHERE patient_id = wanted),
        d13 AS (DELETE FROM public.complaint_evidence WHERE complaint_id IN (SELECT id FROM said)),
        d14 AS (DELETE FROM public.complaint_step WHERE complaint_id IN (SELECT id FROM said)),
        d15 AS (DELETE FROM public.complaint WHERE patient_id = wanted),
        d16 AS (DELETE FROM public.deviation WHERE treatment_id IN (SELECT id FROM given)),
        d17 AS (DELETE FROM public.injection_point WHERE treatment_id IN (SELECT id FROM given)),
        d18 AS (DELETE FROM public.treatment_record WHERE patient_id = wanted),
        d19 AS (DELETE FROM public.follow_up_record WHERE patient_id = wanted),
        d20 AS (DELETE FROM public.planned_vial WHERE patient_id = wanted),
        d21 AS (DELETE FROM public.consultation_question WHERE consultation_id IN (SELECT id FROM seen)),
        d22 AS (DELETE FROM public.consultation_finding WHERE consultation_id IN (SELECT id FROM seen)),
        d23 AS (DELETE FROM public.consultation_addendum WHERE consultation_id IN (SELECT id FROM seen)),
        d24 AS (DELETE FROM public.risk_disclosure WHERE consultation_id IN (SELECT id FROM seen)),
        d25 AS (DELETE FROM public.consultation_record WHERE patient_id = wanted),
        d26 AS (DELETE FROM public.prescription WHERE patient_id = wanted),
        d27 AS (DELETE FROM public.consent WHERE patient_id = wanted),
        d37 AS (DELETE FROM public.consent_item WHERE consent_id IN (SELECT c.id FROM public.consent c WHERE c.patient_id = wanted)),
        d38 AS (DELETE FROM public.consent_paper WHERE patient_id = wanted),
        d39 AS (DELETE FROM public.health_confirmation WHERE patient_id = wanted),
        d28 AS (DELETE FROM public.health_decision WHERE patient_id = wanted),
        d29 AS (DELETE FROM public.health_answers WHERE patient_id = wanted),
        d30 AS (DELETE FROM public.joint_reservation WHERE consultation_appointment_id IN (SELECT id FROM visit)),
        d31 AS (DELETE FROM public.imported_appointment WHERE appointment_id IN (SELECT id FROM visit)),
        d32 AS (DELETE FROM public.reminder WHERE appointment_id IN (SELECT id FROM visit)),
        d33 AS (DELETE FROM public.review_request WHERE appointment_id IN (SELECT id FROM visit)),
        d34 AS (DELETE FROM public.visit_word WHERE appointment_id IN (SELECT id FROM visit)),
        d35 AS (DELETE FROM public.birth_correction WHERE patient_id = wanted),
        d36 AS (DELETE FROM public.appointment WHERE patient_id = wanted)
      DELETE FROM public.care_episode WHERE patient_id = wanted;
      UPDATE public.record_lock SET person = NULL, visits = NULL, deleted_at = public.app_now() WHERE patient_id = wanted;
      PERFORM public.end_erasing();
      RETURN true;
    END $$;

    -- Letters that left two years ago, some at a time, and what was said shortly beside them. Answers how many letters went.
    CREATE FUNCTION delete_old_letters(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE gone integer;
    BEGIN
      PERFORM public.begin_erasing();
      gone := public.forget_letters(ARRAY(SELECT m.id FROM public.mail_message m
        WHERE m.created_at < public.app_now() - interval '2 years' AND (m.sent_at IS NOT NULL OR m.stopped_at IS NOT NULL) ORDER BY m.id LIMIT most));
      DELETE FROM public.short_message WHERE created_at < public.app_now() - interval '2 years';
      PERFORM public.end_erasing();
      RETURN gone;
    END $$;

    -- What is locked away, for operators: ids and days, nothing of whom it is about.
    CREATE FUNCTION locked_records(most integer) RETURNS TABLE (patient_id uuid, locked_at timestamptz, keep_until date, deleted_at timestamptz)
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM public.require_operator();
      RETURN QUERY SELECT l.patient_id, l.locked_at, l.keep_until, l.deleted_at FROM public.record_lock l
        ORDER BY l.deleted_at NULLS FIRST, l.keep_until, l.patient_id LIMIT most;
    END $$;
    -- One's own date of birth as it was before the desk put it right.
    CREATE FUNCTION own_birth_corrections(wanted uuid[]) RETURNS SETOF birth_correction LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT b.* FROM public.birth_correction b JOIN public.patient p ON p.id = b.patient_id
       WHERE b.patient_id = ANY (wanted) AND (p.account_id = public.current_actor() OR public.record_opened(p.id)) $$;

    -- Which version of what somebody agreed to, and when. Whoever has no row agreed to the first.
    CREATE TABLE terms_agreement (
      account_id uuid NOT NULL REFERENCES account,
      document text NOT NULL CONSTRAINT terms_agreement_document CHECK (document IN ('terms', 'privacy')),
      version smallint NOT NULL CONSTRAINT terms_agreement_version CHECK (version > 0),
      agreed_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT terms_agreement_once PRIMARY KEY (account_id, document, version)
    );
    CREATE FUNCTION terms_agreement_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      NEW.agreed_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER terms_agreement_sign BEFORE INSERT ON terms_agreement FOR EACH ROW EXECUTE FUNCTION terms_agreement_sign();
    CREATE TRIGGER terms_agreement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON terms_agreement EXECUTE FUNCTION append_only();

    REVOKE ALL ON FUNCTION is_erasing, begin_erasing, end_erasing, erasure_obstacle, erasure_steps, record_lock_opening_steps, record_locked, record_opened,
      record_kept_until, forget_letters, erase_account, delete_locked_record, delete_old_letters, locked_records, own_birth_corrections FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION is_erasing, record_locked, record_opened TO steadyhand_app, steadyhand_worker;
    GRANT EXECUTE ON FUNCTION erasure_obstacle, record_kept_until, locked_records, own_birth_corrections TO steadyhand_app;
    GRANT EXECUTE ON FUNCTION erase_account, delete_locked_record, delete_old_letters TO steadyhand_worker;

    -- Who wrote in to be let in again reads of it in their copy.
    CREATE POLICY account_recovery_about ON account_recovery FOR SELECT TO steadyhand_app USING (account_id = current_actor());

    ALTER TABLE erasure ENABLE ROW LEVEL SECURITY;
    CREATE POLICY erasure_own ON erasure TO steadyhand_app USING (account_id = current_actor()) WITH CHECK (account_id = current_actor());
    CREATE POLICY erasure_worker ON erasure FOR SELECT TO steadyhand_worker USING (true);
    ALTER TABLE record_lock ENABLE ROW LEVEL SECURITY;
    CREATE POLICY record_lock_own ON record_lock FOR SELECT TO steadyhand_app USING (record_opened(patient_id));
    CREATE POLICY record_lock_worker ON record_lock FOR SELECT TO steadyhand_worker USING (true);
    ALTER TABLE record_lock_opening ENABLE ROW LEVEL SECURITY;
    CREATE POLICY record_lock_opening_own ON record_lock_opening TO steadyhand_app USING (actor_operates()) WITH CHECK (actor_operates());
    ALTER TABLE terms_agreement ENABLE ROW LEVEL SECURITY;
    CREATE POLICY terms_agreement_own ON terms_agreement TO steadyhand_app USING (account_id = current_actor()) WITH CHECK (account_id = current_actor());
    GRANT SELECT, INSERT ON terms_agreement TO steadyhand_app;
    GRANT SELECT, INSERT (account_id), UPDATE (taken_back_at) ON erasure TO steadyhand_app;
    GRANT SELECT ON erasure TO steadyhand_worker;
    GRANT SELECT ON record_lock TO steadyhand_app;
    GRANT SELECT (patient_id, keep_until, deleted_at) ON record_lock TO steadyhand_worker;
    GRANT SELECT, INSERT (patient_id, reason), UPDATE (allowed_at) ON record_lock_opening TO steadyhand_app;
  `.execute(db);
}
