import { sql, type Kysely } from 'kysely';

/**
 * Letters by kind, as data; what their readers want of them; who is written to no more; calendars that can be subscribed to;
 * letters that came back; and jobs that were given up.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE mail_message
      ADD COLUMN kind text NOT NULL DEFAULT 'earlier' CONSTRAINT mail_message_kind CHECK (kind ~ '^[a-z_]+$'),
      ADD COLUMN patient_id uuid REFERENCES patient,
      ADD COLUMN letter jsonb,
      ADD COLUMN text_only boolean NOT NULL DEFAULT false,
      ADD COLUMN can_wait boolean NOT NULL DEFAULT false,
      ADD COLUMN waits_until timestamptz,
      ADD COLUMN stop_hash bytea CONSTRAINT mail_message_stop_once UNIQUE CONSTRAINT mail_message_stop_is_hash CHECK (length(stop_hash) = 32),
      ADD COLUMN stopped_at timestamptz,
      ADD COLUMN stopped_why text CONSTRAINT mail_message_stopped_why CHECK (stopped_why IN ('died', 'dropped')),
      ADD CONSTRAINT mail_message_stopped CHECK ((stopped_at IS NULL) = (stopped_why IS NULL)),
      ADD CONSTRAINT mail_message_sent_or_stopped CHECK (sent_at IS NULL OR stopped_at IS NULL);
    ALTER TABLE mail_message ALTER COLUMN kind DROP DEFAULT;
    CREATE INDEX mail_message_waiting ON mail_message (waits_until) WHERE waits_until IS NOT NULL;
    CREATE INDEX mail_message_unsent_about ON mail_message (patient_id) WHERE sent_at IS NULL AND stopped_at IS NULL;

    -- How somebody with an account wants their letters.
    CREATE TABLE message_preference (
      account_id uuid PRIMARY KEY REFERENCES account,
      text_only boolean NOT NULL DEFAULT false,
      no_voicemail boolean NOT NULL DEFAULT false,
      -- Asked for: each morning a letter with the way to the day's sheet.
      day_sheet boolean NOT NULL DEFAULT false,
      quiet_from smallint CONSTRAINT message_preference_from CHECK (quiet_from BETWEEN 0 AND 23),
      quiet_until smallint CONSTRAINT message_preference_until CHECK (quiet_until BETWEEN 0 AND 23),
      time_zone text,
      -- A night, not days: what waits longer tells nothing in time.
      CONSTRAINT message_preference_hours CHECK ((quiet_from IS NULL) = (quiet_until IS NULL) AND (quiet_from IS NULL OR time_zone IS NOT NULL)),
      CONSTRAINT message_preference_night CHECK ((quiet_until - quiet_from + 24) % 24 BETWEEN 1 AND 12)
    );
    CREATE FUNCTION message_preference_check() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NEW.time_zone IS NOT NULL AND NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = NEW.time_zone) THEN
        RAISE EXCEPTION 'no such time zone' USING ERRCODE = '23514', CONSTRAINT = 'message_preference_zone';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER message_preference_check BEFORE INSERT OR UPDATE ON message_preference FOR EACH ROW EXECUTE FUNCTION message_preference_check();

    -- What an address wants no more, whether it has an account or not.
    CREATE TABLE mail_declined (
      to_address citext NOT NULL,
      kind text NOT NULL CONSTRAINT mail_declined_optional CHECK (kind IN ('reminder_week', 'reminder_two_days', 'reminder_last', 'waitlist_offer', 'review_request', 'day_sheet')),
      declined_at timestamptz NOT NULL DEFAULT app_now(),
      PRIMARY KEY (to_address, kind)
    );
    -- What somebody has declined goes with them to a new address.
    CREATE FUNCTION mail_declined_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      DELETE FROM public.mail_declined WHERE to_address = NEW.email;
      UPDATE public.mail_declined SET to_address = NEW.email WHERE to_address = OLD.email;
      RETURN NULL;
    END $$;
    CREATE TRIGGER mail_declined_follows AFTER UPDATE OF email ON account FOR EACH ROW
      WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION mail_declined_follows();

    -- A patient who has died: what the desk, the practitioner or a reviewer was told, and whether that was a mistake.
    CREATE TABLE patient_death (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      told_by text NOT NULL CONSTRAINT patient_death_told_by CHECK (told_by IN ('family', 'carer', 'clinic', 'authority')),
      recorded_by uuid NOT NULL REFERENCES account,
      recorded_at timestamptz NOT NULL,
      undone_by uuid REFERENCES account,
      undone_at timestamptz,
      CONSTRAINT patient_death_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
    );
    CREATE UNIQUE INDEX patient_death_once ON patient_death (patient_id) WHERE undone_at IS NULL;

    -- Who sees that patient, works at a desk where they come, or reviews for Steadyhand.
    CREATE FUNCTION may_record_death(wanted_account uuid, wanted_patient uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.staff s WHERE s.account_id = wanted_account AND s.role = 'reviewer')
          OR EXISTS (SELECT FROM public.appointment a JOIN public.practitioner r ON r.id = a.practitioner_id
                      WHERE a.patient_id = wanted_patient AND a.state NOT IN ('held', 'expired')
                        AND (r.account_id = wanted_account OR public.works_at_desk(wanted_account, a.clinic_id))) $$;

    CREATE FUNCTION patient_death_sign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE actor uuid := public.current_actor();
    BEGIN
      IF public.may_record_death(actor, NEW.patient_id) IS NOT TRUE THEN
        RAISE EXCEPTION 'only who looks after them' USING ERRCODE = '23514', CONSTRAINT = 'patient_death_by';
      END IF;
      IF TG_OP = 'INSERT' THEN
        NEW.recorded_by := actor;
        NEW.recorded_at := public.app_now();
        NEW.undone_by := NULL;
        NEW.undone_at := NULL;
      ELSIF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL THEN
        RAISE EXCEPTION 'it can be undone, once' USING ERRCODE = '23514', CONSTRAINT = 'patient_death_frozen';
      ELSE
        NEW := OLD;
        NEW.undone_by := actor;
        NEW.undone_at := public.app_now();
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER patient_death_sign BEFORE INSERT OR UPDATE ON patient_death FOR EACH ROW EXECUTE FUNCTION patient_death_sign();

    -- Whether letters to this address, or about this patient, have ended.
    CREATE FUNCTION letters_have_ended(wanted_address citext, wanted_patient uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.patient_death d WHERE d.patient_id = wanted_patient AND d.undone_at IS NULL)
          OR EXISTS (SELECT FROM public.account x JOIN public.patient p ON p.account_id = x.id JOIN public.patient_death d ON d.patient_id = p.id
                      WHERE x.email = wanted_address AND d.undone_at IS NULL) $$;
    CREATE FUNCTION may_be_written_to(wanted_address citext, wanted_kind text, wanted_patient uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT NOT public.letters_have_ended(wanted_address, wanted_patient)
         AND NOT EXISTS (SELECT FROM public.mail_declined d WHERE d.to_address = wanted_address AND d.kind = wanted_kind) $$;

    -- What is on its way to them stays here.
    CREATE FUNCTION patient_death_ends_letters() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      UPDATE public.mail_message m SET stopped_at = public.app_now(), stopped_why = 'died', waits_until = NULL
       WHERE m.sent_at IS NULL AND m.stopped_at IS NULL
         AND (m.patient_id = NEW.patient_id
           OR m.to_address IN (SELECT x.email FROM public.account x JOIN public.patient p ON p.account_id = x.id WHERE p.id = NEW.patient_id));
      RETURN NULL;
    END $$;
    CREATE TRIGGER patient_death_ends_letters AFTER INSERT ON patient_death FOR EACH ROW EXECUTE FUNCTION patient_death_ends_letters();

    -- When the quiet hours of whoever reads at this address are over; null where it is none of them.
    CREATE FUNCTION quiet_hours_end(wanted_address citext, at timestamptz) RETURNS timestamptz
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT (date_trunc('day', l.local) + make_interval(hours => p.quiet_until)
               + CASE WHEN p.quiet_from > p.quiet_until AND l.hour >= p.quiet_from THEN interval '1 day' ELSE interval '0' END) AT TIME ZONE p.time_zone
        FROM public.account x JOIN public.message_preference p ON p.account_id = x.id,
             LATERAL (SELECT at AT TIME ZONE p.time_zone AS local, extract(hour FROM at AT TIME ZONE p.time_zone)::int AS hour) l
       WHERE x.email = wanted_address AND p.quiet_from IS NOT NULL
         AND CASE WHEN p.quiet_from < p.quiet_until THEN l.hour >= p.quiet_from AND l.hour < p.quiet_until
                  ELSE l.hour >= p.quiet_from OR l.hour < p.quiet_until END $$;

    CREATE FUNCTION mail_message_address() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF public.letters_have_ended(NEW.to_address, NEW.patient_id) THEN
        RAISE EXCEPTION 'nobody is written to who has died' USING ERRCODE = '23514', CONSTRAINT = 'mail_message_to_the_living';
      END IF;
      IF EXISTS (SELECT FROM public.mail_declined d WHERE d.to_address = NEW.to_address AND d.kind = NEW.kind) THEN
        RAISE EXCEPTION 'they want no letters of this kind' USING ERRCODE = '23514', CONSTRAINT = 'mail_message_wanted';
      END IF;
      NEW.text_only := EXISTS (SELECT FROM public.account x JOIN public.message_preference p ON p.account_id = x.id
                                WHERE x.email = NEW.to_address AND p.text_only);
      NEW.waits_until := CASE WHEN NEW.can_wait THEN public.quiet_hours_end(NEW.to_address, public.app_now()) END;
      RETURN NEW;
    END $$;
    CREATE TRIGGER mail_message_address BEFORE INSERT ON mail_message FOR EACH ROW EXECUTE FUNCTION mail_message_address();

    -- One press in a letter, by whoever holds it: its kind is stopped for its address, or comes again.
    CREATE FUNCTION letters_of_secret(wanted_hash bytea) RETURNS TABLE (kind text, is_stopped boolean)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT m.kind, EXISTS (SELECT FROM public.mail_declined d WHERE d.to_address = m.to_address AND d.kind = m.kind)
        FROM public.mail_message m WHERE m.stop_hash = wanted_hash $$;
    CREATE FUNCTION set_letters_by_secret(wanted_hash bytea, stopped boolean) RETURNS TABLE (kind text)
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE m public.mail_message;
    BEGIN
      SELECT * INTO m FROM public.mail_message l WHERE l.stop_hash = wanted_hash;
      IF NOT FOUND THEN RETURN; END IF;
      IF stopped THEN
        INSERT INTO public.mail_declined (to_address, kind) VALUES (m.to_address, m.kind) ON CONFLICT DO NOTHING;
      ELSE
        DELETE FROM public.mail_declined d WHERE d.to_address = m.to_address AND d.kind = m.kind;
      END IF;
      RETURN QUERY SELECT m.kind;
    END $$;

    -- For the desk, which rings people up.
    CREATE FUNCTION wants_no_voicemail(wanted_patient uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.patient p JOIN public.message_preference m ON m.account_id = p.account_id
                      WHERE p.id = wanted_patient AND m.no_voicemail) $$;

    -- A calendar that others read by a secret address. The secret itself is nowhere.
    CREATE TABLE calendar_feed (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account,
      whose text NOT NULL CONSTRAINT calendar_feed_whose CHECK (whose IN ('patient', 'practitioner')),
      secret_hash bytea NOT NULL CONSTRAINT calendar_feed_secret_once UNIQUE CONSTRAINT calendar_feed_secret_is_hash CHECK (length(secret_hash) = 32),
      made_at timestamptz NOT NULL DEFAULT app_now(),
      ended_at timestamptz
    );
    CREATE UNIQUE INDEX calendar_feed_one_live ON calendar_feed (account_id, whose) WHERE ended_at IS NULL;
    CREATE FUNCTION calendar_feed_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.made_at := public.app_now();
        NEW.ended_at := NULL;
      ELSIF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'a calendar that was taken back stays so' USING ERRCODE = '23514', CONSTRAINT = 'calendar_feed_ends_once';
      ELSE
        NEW := OLD;
        NEW.ended_at := public.app_now();
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER calendar_feed_change BEFORE INSERT OR UPDATE ON calendar_feed FOR EACH ROW EXECUTE FUNCTION calendar_feed_change();
    CREATE FUNCTION calendar_feed_of(wanted_hash bytea) RETURNS TABLE (account_id uuid, whose text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT f.account_id, f.whose FROM public.calendar_feed f JOIN public.account x ON x.id = f.account_id
       WHERE f.secret_hash = wanted_hash AND f.ended_at IS NULL AND x.suspended_at IS NULL $$;

    -- A letter that came back: what the other mail server said.
    CREATE TABLE mail_bounce (
      mail_id uuid PRIMARY KEY REFERENCES mail_message,
      status text NOT NULL CONSTRAINT mail_bounce_status CHECK (status ~ '^[245][.][0-9]{1,3}[.][0-9]{1,3}$'),
      reason text NOT NULL CONSTRAINT mail_bounce_reason CHECK (length(reason) <= 500),
      recorded_at timestamptz NOT NULL DEFAULT app_now(),
      closed_by uuid REFERENCES account,
      closed_at timestamptz,
      CONSTRAINT mail_bounce_closed CHECK ((closed_by IS NULL) = (closed_at IS NULL))
    );

    -- A job that an operator gave up for good, and why.
    CREATE TABLE dropped_job (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      job_id bigint NOT NULL,
      task text NOT NULL,
      mail_id uuid REFERENCES mail_message,
      reason text NOT NULL CONSTRAINT dropped_job_reason CHECK (length(trim(reason)) BETWEEN 3 AND 500),
      dropped_by uuid NOT NULL REFERENCES account,
      dropped_at timestamptz NOT NULL DEFAULT app_now()
    );
    CREATE TRIGGER dropped_job_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dropped_job EXECUTE FUNCTION append_only();

    CREATE FUNCTION require_operator() RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM public.staff s WHERE s.account_id = public.current_actor() AND s.role = 'operator') THEN
        RAISE EXCEPTION 'operators only' USING ERRCODE = '23514', CONSTRAINT = 'dead_job_operator';
      END IF;
    END $$;
    -- Jobs that have used up their tries. Of what they were about only a letter's id and kind.
    CREATE FUNCTION dead_jobs(most integer) RETURNS TABLE (id bigint, task text, tries integer, failed_at timestamptz, reason text, mail_id uuid, mail_kind text)
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM public.require_operator();
      RETURN QUERY
        SELECT j.id, t.identifier, j.attempts::integer, j.updated_at, left(split_part(coalesce(j.last_error, ''), E'\n', 1), 300), m.id, m.kind
          FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
          LEFT JOIN public.mail_message m ON t.identifier = 'send_mail' AND m.id::text = j.payload ->> 'mailId'
         WHERE j.locked_at IS NULL AND j.attempts >= j.max_attempts
         ORDER BY j.updated_at DESC, j.id DESC LIMIT most;
    END $$;
    -- One of them, or all: from the beginning, at once. Answers how many.
    CREATE FUNCTION retry_dead_jobs(wanted bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE ids bigint[];
    BEGIN
      PERFORM public.require_operator();
      SELECT coalesce(array_agg(j.id), '{}') INTO ids FROM graphile_worker._private_jobs j
       WHERE j.locked_at IS NULL AND j.attempts >= j.max_attempts AND (wanted IS NULL OR j.id = wanted);
      PERFORM graphile_worker.reschedule_jobs(ids, run_at => timestamptz 'epoch', attempts => 0);
      RETURN cardinality(ids);
    END $$;
    CREATE FUNCTION drop_dead_job(wanted bigint, why text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE dead record; made uuid;
    BEGIN
      SELECT d.* INTO dead FROM public.dead_jobs(100000) d WHERE d.id = wanted;
      IF NOT FOUND THEN RETURN NULL; END IF;
      INSERT INTO public.dropped_job (job_id, task, mail_id, reason, dropped_by) VALUES (dead.id, dead.task, dead.mail_id, why, public.current_actor()) RETURNING id INTO made;
      UPDATE public.mail_message SET stopped_at = public.app_now(), stopped_why = 'dropped', waits_until = NULL
       WHERE mail_message.id = dead.mail_id AND sent_at IS NULL AND stopped_at IS NULL;
      PERFORM graphile_worker.complete_jobs(ARRAY[wanted]);
      RETURN made;
    END $$;
    -- Letters that came back and nobody has dealt with, for operators.
    CREATE FUNCTION open_bounces(most integer) RETURNS TABLE (mail_id uuid, mail_kind text, to_address citext, status text, reason text, recorded_at timestamptz)
      LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM public.require_operator();
      RETURN QUERY SELECT b.mail_id, m.kind, m.to_address, b.status, b.reason, b.recorded_at
        FROM public.mail_bounce b JOIN public.mail_message m ON m.id = b.mail_id
       WHERE b.closed_at IS NULL ORDER BY b.recorded_at DESC, b.mail_id LIMIT most;
    END $$;
    CREATE FUNCTION close_bounce(wanted uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM public.require_operator();
      UPDATE public.mail_bounce SET closed_by = public.current_actor(), closed_at = public.app_now() WHERE mail_id = wanted AND closed_at IS NULL;
      RETURN FOUND;
    END $$;

    -- What the desk has sent by post is a word about this visit at this time, too.
    ALTER TABLE visit_word DROP CONSTRAINT visit_word_known,
      ADD CONSTRAINT visit_word_known CHECK (word IN ('will_come', 'late', 'posted'));

    REVOKE ALL ON FUNCTION may_record_death, letters_have_ended, may_be_written_to, quiet_hours_end, letters_of_secret, set_letters_by_secret, wants_no_voicemail,
      calendar_feed_of, require_operator, dead_jobs, retry_dead_jobs, drop_dead_job, open_bounces, close_bounce,
      mail_declined_follows, patient_death_sign, patient_death_ends_letters, mail_message_address FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION may_record_death, letters_have_ended, may_be_written_to, quiet_hours_end, wants_no_voicemail TO steadyhand_app, steadyhand_worker;
    GRANT EXECUTE ON FUNCTION letters_of_secret, set_letters_by_secret, calendar_feed_of, dead_jobs, retry_dead_jobs, drop_dead_job, open_bounces, close_bounce TO steadyhand_app;

    -- Everybody their own; of who has died, who looks after them.
    ALTER TABLE message_preference ENABLE ROW LEVEL SECURITY;
    CREATE POLICY message_preference_own ON message_preference TO steadyhand_app USING (account_id = current_actor()) WITH CHECK (account_id = current_actor());
    ALTER TABLE mail_declined ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mail_declined_own ON mail_declined TO steadyhand_app
      USING (to_address = (SELECT email FROM account WHERE id = current_actor())) WITH CHECK (to_address = (SELECT email FROM account WHERE id = current_actor()));
    ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY;
    CREATE POLICY calendar_feed_own ON calendar_feed TO steadyhand_app USING (account_id = current_actor()) WITH CHECK (account_id = current_actor());
    ALTER TABLE patient_death ENABLE ROW LEVEL SECURITY;
    CREATE POLICY patient_death_own ON patient_death TO steadyhand_app USING (may_record_death(current_actor(), patient_id)) WITH CHECK (may_record_death(current_actor(), patient_id));
    CREATE POLICY message_preference_worker ON message_preference FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT ON message_preference TO steadyhand_worker;
    GRANT SELECT, INSERT, UPDATE ON message_preference TO steadyhand_app;
    GRANT SELECT, INSERT, DELETE ON mail_declined TO steadyhand_app;
    GRANT SELECT, INSERT, UPDATE (ended_at) ON calendar_feed TO steadyhand_app;
    GRANT SELECT, INSERT, UPDATE (undone_at) ON patient_death TO steadyhand_app;
    GRANT SELECT ON dropped_job TO steadyhand_app;
    GRANT SELECT, INSERT ON mail_bounce TO steadyhand_worker;
  `.execute(db);
}
