import { sql, type Kysely } from 'kysely';

/**
 * How long what is kept, as data; accounts whose address nobody confirms go. Who waits to be forgotten is tried again later and
 * later, so that they keep nobody else back. Practitioners are forgotten too: at once what is theirs alone, and who wrote the
 * records when the last of these has run out.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE retention_term (
      what text PRIMARY KEY,
      keep_for interval NOT NULL CONSTRAINT retention_term_ahead CHECK (keep_for > interval '0'),
      -- Whose rule it is: said in words, for who changes it.
      why text NOT NULL CONSTRAINT retention_term_why CHECK (trim(why) <> '')
    );
    INSERT INTO retention_term (what, keep_for, why) VALUES
      ('unconfirmed_account', interval '30 days', 'Nobody has shown that the address is theirs, and nobody can sign in. Whoever comes back later registers again.'),
      ('letter', interval '2 years', 'To show what somebody was told of a visit, while it may still be asked.');
    CREATE FUNCTION kept_since(wanted text) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT public.app_now() - t.keep_for FROM public.retention_term t WHERE t.what = wanted $$;

    -- The same as before, by the term.
    CREATE OR REPLACE FUNCTION delete_old_letters(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE gone integer;
    BEGIN
      PERFORM public.begin_erasing();
      gone := public.forget_letters(ARRAY(SELECT m.id FROM public.mail_message m
        WHERE m.created_at < public.kept_since('letter') AND (m.sent_at IS NOT NULL OR m.stopped_at IS NOT NULL) ORDER BY m.id LIMIT most));
      DELETE FROM public.short_message WHERE created_at < public.kept_since('letter');
      PERFORM public.end_erasing();
      RETURN gone;
    END $$;

    -- Accounts that nobody has confirmed, after the one that is named: nobody ever signed in with them, so nothing hangs on them
    -- but links and the letters that these were in. Somebody who holds a link that still opens is waited for.
    CREATE FUNCTION is_unconfirmed(wanted account) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT wanted.email_verified_at IS NULL AND wanted.suspended_at IS NULL
         AND wanted.created_at < public.kept_since('unconfirmed_account')
         AND NOT EXISTS (SELECT FROM public.account_code c WHERE c.account_id = wanted.id AND c.used_at IS NULL AND c.expires_at > public.app_now()) $$;
    CREATE FUNCTION unconfirmed_accounts(after_id uuid, most integer) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT a.id FROM public.account a WHERE a.email_verified_at IS NULL AND (after_id IS NULL OR a.id > after_id) AND public.is_unconfirmed(a) ORDER BY a.id LIMIT most $$;
    CREATE INDEX account_unconfirmed ON account (id) WHERE email_verified_at IS NULL;
    CREATE FUNCTION delete_unconfirmed_account(wanted uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE who public.account;
    BEGIN
      SELECT * INTO who FROM public.account WHERE id = wanted FOR UPDATE;
      IF NOT FOUND OR NOT public.is_unconfirmed(who) THEN RETURN false; END IF;
      PERFORM public.begin_erasing();
      -- Other letters to that address may be about visits that a clinic has entered: they have a term of their own.
      PERFORM public.forget_letters(ARRAY(SELECT m.id FROM public.mail_message m WHERE m.to_address = who.email AND m.kind = 'account_verify'));
      DELETE FROM public.account WHERE id = who.id;
      PERFORM public.end_erasing();
      RETURN true;
    END $$;

    -- Whoever is waited for is looked at again after an hour, then two, then four, and from then on once a day.
    ALTER TABLE erasure
      ADD COLUMN tries smallint NOT NULL DEFAULT 0,
      ADD COLUMN next_try_at timestamptz NOT NULL DEFAULT '-infinity';
    DROP INDEX erasure_due;
    CREATE INDEX erasure_due ON erasure (greatest(due_at, next_try_at)) WHERE taken_back_at IS NULL AND done_at IS NULL;
    CREATE FUNCTION put_erasure_off(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM public.begin_erasing();
      UPDATE public.erasure SET tries = least(tries + 1, 100),
             next_try_at = public.app_now() + least(make_interval(hours => (2 ^ least(tries, 5))::int), interval '1 day')
       WHERE id = wanted AND taken_back_at IS NULL AND done_at IS NULL;
      PERFORM public.end_erasing();
    END $$;

    -- Nothing more for who has died: letters, what was said shortly beside them and waits, and no time is kept for them.
    CREATE OR REPLACE FUNCTION patient_death_ends_letters() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE owner uuid := (SELECT p.account_id FROM public.patient p WHERE p.id = NEW.patient_id);
    BEGIN
      UPDATE public.mail_message m SET stopped_at = public.app_now(), stopped_why = 'died', waits_until = NULL
       WHERE m.sent_at IS NULL AND m.stopped_at IS NULL
         AND (m.patient_id = NEW.patient_id OR m.to_address = (SELECT x.email FROM public.account x WHERE x.id = owner));
      UPDATE public.short_message s SET failed_at = public.app_now(), failure = 'nobody is written to who has died', waits_until = NULL
       WHERE s.account_id = owner AND s.sent_at IS NULL AND s.failed_at IS NULL;
      UPDATE public.waitlist_entry SET state = 'ended' WHERE patient_id = NEW.patient_id AND state = 'waiting';
      RETURN NULL;
    END $$;

    -- Who wrote clinical records: until when the law keeps the last of them, and with it who it was.
    CREATE TABLE practitioner_lock (
      practitioner_id uuid PRIMARY KEY REFERENCES practitioner,
      locked_at timestamptz NOT NULL DEFAULT app_now(),
      keep_until date NOT NULL,
      deleted_at timestamptz
    );
    CREATE INDEX practitioner_lock_due ON practitioner_lock (keep_until) WHERE deleted_at IS NULL;
    CREATE FUNCTION practice_kept_until(wanted uuid) RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT max(((upper(a.during) AT TIME ZONE a.time_zone)::date
               + make_interval(years => public.policy_number(a.jurisdiction, 'retention_years', (public.app_now() AT TIME ZONE a.time_zone)::date)::int))::date)
        FROM public.appointment a WHERE wanted IN (a.practitioner_id, a.prescriber_id) AND a.state NOT IN ('held', 'expired')
         AND (EXISTS (SELECT FROM public.consultation_record c WHERE c.appointment_id = a.id)
           OR EXISTS (SELECT FROM public.treatment_record t WHERE t.appointment_id = a.id)
           OR EXISTS (SELECT FROM public.follow_up_record f WHERE f.appointment_id = a.id)
           OR EXISTS (SELECT FROM public.complaint c WHERE c.appointment_id = a.id)) $$;

    -- Why somebody cannot be forgotten now; null where nothing is in the way. What others wait for comes first.
    CREATE OR REPLACE FUNCTION erasure_obstacle(wanted uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      WITH own AS (SELECT r.id, r.standing FROM public.practitioner r WHERE r.account_id = wanted)
      SELECT CASE
        WHEN EXISTS (SELECT FROM public.staff s WHERE s.account_id = wanted)
          OR (NOT EXISTS (SELECT FROM own) AND EXISTS (SELECT FROM public.clinic_member m WHERE m.account_id = wanted AND m.valid @> public.app_now()))
          THEN 'erasure_by_patients'
        WHEN EXISTS (SELECT FROM public.patient p JOIN public.appointment a ON a.patient_id = p.id WHERE p.account_id = wanted AND a.needed_birth IS NOT NULL)
          THEN 'erasure_visits_ahead'
        WHEN EXISTS (SELECT FROM own JOIN public.appointment a ON own.id IN (a.practitioner_id, a.prescriber_id) WHERE a.state IN ('held', 'confirmed', 'paused', 'arrived', 'started'))
          THEN 'erasure_visits_to_give'
        WHEN EXISTS (SELECT FROM own JOIN public.consultation_record c ON c.prescriber_id = own.id JOIN public.appointment a ON a.id = c.appointment_id
                      WHERE c.state = 'draft' AND a.state IN ('completed', 'stopped'))
          OR EXISTS (SELECT FROM own JOIN public.treatment_record t ON t.injector_id = own.id WHERE t.state = 'draft')
          OR EXISTS (SELECT FROM own JOIN public.appointment a ON own.id IN (a.practitioner_id, a.prescriber_id)
                      JOIN public.urgent_contact u ON u.treatment_appointment_id = a.id WHERE u.acknowledged_at IS NULL)
          THEN 'erasure_work_open'
        WHEN EXISTS (SELECT FROM public.complaint c WHERE (c.made_by = wanted OR c.practitioner_id IN (SELECT id FROM own)) AND NOT public.complaint_ended(
               (SELECT s.state FROM public.complaint_step s WHERE s.complaint_id = c.id ORDER BY s.nth DESC LIMIT 1))) THEN 'erasure_complaint_open'
        WHEN EXISTS (SELECT FROM own WHERE own.standing <> 'withdrawn' AND public.was_approved(own.id)) THEN 'erasure_practice_goes_on'
        WHEN EXISTS (SELECT FROM own JOIN public.practice_ending e ON e.practitioner_id = own.id WHERE e.covered_until > public.app_now()) THEN 'erasure_cover_runs' END $$;
    CREATE OR REPLACE FUNCTION erasure_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE obstacle text;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.account_id IS DISTINCT FROM public.current_actor() THEN
          RAISE EXCEPTION 'everybody asks for themselves' USING ERRCODE = '23514', CONSTRAINT = 'erasure_own';
        END IF;
        obstacle := public.erasure_obstacle(NEW.account_id);
        IF obstacle = 'erasure_by_patients' THEN
          RAISE EXCEPTION 'not of who checks or runs it' USING ERRCODE = '23514', CONSTRAINT = 'erasure_by_patients';
        ELSIF obstacle = 'erasure_visits_ahead' THEN
          RAISE EXCEPTION 'visits first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_visits_ahead';
        ELSIF obstacle = 'erasure_visits_to_give' THEN
          RAISE EXCEPTION 'their patients first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_visits_to_give';
        ELSIF obstacle = 'erasure_work_open' THEN
          RAISE EXCEPTION 'what is open of their patients first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_work_open';
        ELSIF obstacle = 'erasure_complaint_open' THEN
          RAISE EXCEPTION 'the complaint first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_complaint_open';
        ELSIF obstacle = 'erasure_practice_goes_on' THEN
          RAISE EXCEPTION 'the end of the practice first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_practice_goes_on';
        ELSIF obstacle = 'erasure_cover_runs' THEN
          RAISE EXCEPTION 'four weeks after the last treatment first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_cover_runs';
        END IF;
        NEW.asked_at := public.app_now();
        NEW.due_at := public.app_now() + interval '7 days';
        NEW.taken_back_at := NULL;
        NEW.done_at := NULL;
        NEW.tries := 0;
        NEW.next_try_at := '-infinity';
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

    -- What freezes a claim, a case or who answers complaints lets a practitioner be forgotten.
    DO $$
    DECLARE f record;
    BEGIN
      FOR f IN SELECT DISTINCT t.tgfoid, pg_get_functiondef(t.tgfoid) AS definition FROM pg_trigger t
                WHERE NOT t.tgisinternal AND t.tgtype & 1 = 1 AND t.tgrelid = ANY ('{credential,vetting_case,complaint_handler}'::regclass[])
      LOOP
        EXECUTE regexp_replace(f.definition, 'BEGIN', $code$BEGIN
      IF current_setting('app.erasing', true) = 'on' AND public.is_erasing() THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
      END IF;$code$);
      END LOOP;
    END $$;

    -- Who wrote it: the name, the claims and what reviewers saw of them. Rows that records name stay, without words.
    CREATE FUNCTION forget_author(wanted uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE look_ups uuid[];
    BEGIN
      DELETE FROM public.evidence_file f WHERE f.credential_id IN (SELECT c.id FROM public.credential c WHERE c.practitioner_id = wanted);
      SELECT coalesce(array_agg(k.look_up_id), '{}') INTO look_ups FROM public.credential_check k JOIN public.credential c ON c.id = k.credential_id
       WHERE c.practitioner_id = wanted AND k.look_up_id IS NOT NULL;
      UPDATE public.credential_check SET note = '', conditions = '', reasons = '{}', source = '', source_url = NULL, look_up_id = NULL
       WHERE credential_id IN (SELECT c.id FROM public.credential c WHERE c.practitioner_id = wanted);
      DELETE FROM public.register_look_up u WHERE u.id = ANY (look_ups) AND NOT EXISTS (SELECT FROM public.credential_check k WHERE k.look_up_id = u.id);
      UPDATE public.credential SET issuer = '', number = '', title = '' WHERE practitioner_id = wanted;
      UPDATE public.vetting_case SET note = '', reason = '' WHERE practitioner_id = wanted;
      DELETE FROM public.high_risk_change WHERE practitioner_id = wanted;
      DELETE FROM public.practice_ending WHERE practitioner_id = wanted;
      UPDATE public.practitioner SET title = NULL, display_name = 'Former practitioner', family_name = 'practitioner', out_of_hours_name = NULL,
             out_of_hours_phone = NULL, records_custodian = NULL WHERE id = wanted;
      UPDATE public.account SET display_name = 'Forgotten person' WHERE id = (SELECT p.account_id FROM public.practitioner p WHERE p.id = wanted);
      -- The database has noted what was changed, word for word.
      DELETE FROM public.profile_change WHERE practitioner_id = wanted;
    END $$;

    -- What is theirs alone goes at once: what they say of themselves, their pictures of others, their hours and calendars.
    CREATE FUNCTION forget_practitioner(wanted uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
      who public.practitioner;
      kept date := public.practice_kept_until(wanted);
      words text[];
    BEGIN
      -- As whoever writes documents: one after the other.
      PERFORM pg_advisory_xact_lock(hashtext('search_document'));
      PERFORM public.begin_erasing();
      DELETE FROM public.portfolio_rendition WHERE picture_id IN (SELECT x.id FROM public.portfolio_picture x JOIN public.portfolio_case c ON c.id = x.case_id WHERE c.practitioner_id = wanted);
      DELETE FROM public.portfolio_picture WHERE case_id IN (SELECT c.id FROM public.portfolio_case c WHERE c.practitioner_id = wanted);
      DELETE FROM public.portfolio_upload WHERE case_id IN (SELECT c.id FROM public.portfolio_case c WHERE c.practitioner_id = wanted);
      DELETE FROM public.portfolio_step WHERE case_id IN (SELECT c.id FROM public.portfolio_case c WHERE c.practitioner_id = wanted);
      DELETE FROM public.portfolio_case WHERE practitioner_id = wanted;
      DELETE FROM public.external_calendar WHERE practitioner_id = wanted;
      DELETE FROM public.running_late WHERE practitioner_id = wanted;
      DELETE FROM public.opening_hours WHERE practitioner_id = wanted;
      DELETE FROM public.opening WHERE practitioner_id = wanted;
      DELETE FROM public.closure WHERE practitioner_id = wanted;
      UPDATE public.practitioner SET slug = 'former-' || replace(id::text, '-', ''), headline = '', biography = '', languages = '{}', regions = '{}',
             native_name = NULL, pronouns = NULL, gender = NULL, practising_since = NULL, portrait_seed = 0,
             standing = 'withdrawn'
       WHERE id = wanted RETURNING * INTO who;
      DELETE FROM public.practitioner_slug WHERE practitioner_id = wanted AND slug <> who.slug;
      SELECT array_agg(DISTINCT word) INTO words FROM public.search_text t, unnest(tsvector_to_array(t.lexemes)) AS word WHERE t.practitioner_id = wanted;
      DELETE FROM public.search_document WHERE practitioner_id = wanted;
      PERFORM public.drop_unused_words(words);
      DELETE FROM public.review_step s USING public.review r
       WHERE r.id = s.review_id AND r.practitioner_id = wanted AND s.kind IN ('replied', 'reply_published', 'reply_returned');
      DELETE FROM public.profile_change WHERE practitioner_id = wanted;
      UPDATE public.clinic_member SET valid = tstzrange(lower(valid), public.app_now())
       WHERE account_id = who.account_id AND valid @> public.app_now() AND lower(valid) IS DISTINCT FROM public.app_now();
      UPDATE public.complaint_handler SET ended_at = public.app_now() WHERE account_id = who.account_id AND ended_at IS NULL;
      IF kept IS NULL THEN
        PERFORM public.forget_author(wanted);
      ELSE
        -- Records go on saying who wrote them.
        INSERT INTO public.practitioner_lock (practitioner_id, keep_until) VALUES (wanted, kept);
        UPDATE public.account SET display_name = who.display_name WHERE id = who.account_id;
      END IF;
      PERFORM public.end_erasing();
    END $$;

    ALTER FUNCTION erase_account(uuid) RENAME TO forget_account;
    CREATE FUNCTION erase_account(wanted uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      became text := public.forget_account(wanted);
      practised uuid;
    BEGIN
      IF became = 'waits' THEN PERFORM public.put_erasure_off(wanted); END IF;
      IF became = 'done' THEN
        SELECT p.id INTO practised FROM public.practitioner p JOIN public.erasure e ON e.account_id = p.account_id WHERE e.id = wanted FOR UPDATE OF p;
        IF FOUND THEN PERFORM public.forget_practitioner(practised); END IF;
      END IF;
      RETURN became;
    END $$;

    -- The last of the records has run out: who wrote them goes too.
    CREATE FUNCTION delete_locked_practitioner(wanted uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM FROM public.practitioner_lock l WHERE l.practitioner_id = wanted AND l.deleted_at IS NULL
          AND l.keep_until < (public.app_now() AT TIME ZONE 'UTC')::date FOR UPDATE;
      IF NOT FOUND THEN RETURN false; END IF;
      PERFORM public.begin_erasing();
      PERFORM public.forget_author(wanted);
      UPDATE public.practitioner_lock SET deleted_at = public.app_now() WHERE practitioner_id = wanted;
      PERFORM public.end_erasing();
      RETURN true;
    END $$;

    REVOKE ALL ON FUNCTION kept_since, is_unconfirmed, unconfirmed_accounts, delete_unconfirmed_account, put_erasure_off, practice_kept_until, forget_author,
      forget_practitioner, erase_account, delete_locked_practitioner FROM PUBLIC;
    REVOKE ALL ON FUNCTION forget_account FROM steadyhand_worker;
    GRANT EXECUTE ON FUNCTION practice_kept_until TO steadyhand_app;
    GRANT EXECUTE ON FUNCTION unconfirmed_accounts, delete_unconfirmed_account, put_erasure_off, erase_account, delete_locked_practitioner TO steadyhand_worker;

    ALTER TABLE retention_term ENABLE ROW LEVEL SECURITY;
    CREATE POLICY retention_term_read ON retention_term FOR SELECT TO steadyhand_app, steadyhand_worker USING (true);
    GRANT SELECT ON retention_term TO steadyhand_app, steadyhand_worker;
    ALTER TABLE practitioner_lock ENABLE ROW LEVEL SECURITY;
    CREATE POLICY practitioner_lock_staff ON practitioner_lock FOR SELECT TO steadyhand_app USING (actor_operates());
    CREATE POLICY practitioner_lock_worker ON practitioner_lock FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT ON practitioner_lock TO steadyhand_app, steadyhand_worker;
  `.execute(db);
}
