import { sql, type Kysely } from 'kysely';

/** Secrets that are sealed; accounts that two of the staff let somebody into; short messages; calendars on servers of practitioners' choice, read and written. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE external_calendar
      DROP CONSTRAINT external_calendar_kind,
      DROP CONSTRAINT external_calendar_address,
      ADD COLUMN username text,
      -- Sealed with a key that is not in the database: what opens it is named in it.
      ADD COLUMN sealed_password text CONSTRAINT external_calendar_sealed CHECK (sealed_password ~ '^[a-z0-9]{1,20}[.][A-Za-z0-9_-]{38,}$'),
      -- Whether our visits are written into it.
      ADD COLUMN writes boolean NOT NULL DEFAULT false,
      -- Disconnected; it goes once what we wrote is out of it.
      ADD COLUMN ending_at timestamptz,
      ADD CONSTRAINT external_calendar_kind CHECK (kind IN ('address', 'file', 'caldav')),
      ADD CONSTRAINT external_calendar_address CHECK ((kind = 'file') = (address IS NULL)
        AND (address IS NULL) = (host IS NULL) AND (kind = 'file') = (next_fetch_at IS NULL)),
      ADD CONSTRAINT external_calendar_login CHECK ((kind = 'caldav') = (username IS NOT NULL) AND (kind = 'caldav') = (sealed_password IS NOT NULL)),
      ADD CONSTRAINT external_calendar_two_ways CHECK (kind = 'caldav' OR (NOT writes AND ending_at IS NULL));

    -- A visit as we wrote it last into such a calendar, and what somebody did to it there.
    CREATE TABLE calendar_copy (
      calendar_id uuid NOT NULL REFERENCES external_calendar ON DELETE CASCADE,
      appointment_id uuid NOT NULL REFERENCES appointment ON DELETE CASCADE,
      href text NOT NULL,
      etag text,
      sequence integer NOT NULL CONSTRAINT calendar_copy_sequence CHECK (sequence >= 0),
      during tstzrange NOT NULL CONSTRAINT calendar_copy_during CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
      status text NOT NULL CONSTRAINT calendar_copy_status CHECK (status IN ('CONFIRMED', 'TENTATIVE', 'CANCELLED')),
      written_at timestamptz NOT NULL DEFAULT app_now(),
      put_back smallint NOT NULL DEFAULT 0,
      put_back_at timestamptz,
      put_back_why text CONSTRAINT calendar_copy_why CHECK (put_back_why IN ('changed', 'removed')),
      CONSTRAINT calendar_copy_put_back CHECK ((put_back_at IS NULL) = (put_back_why IS NULL)),
      PRIMARY KEY (calendar_id, appointment_id)
    );
    CREATE INDEX calendar_copy_by_appointment ON calendar_copy (appointment_id);

    -- Secrets of apps: sealed from now on. Those of before are sealed when their next code is right.
    ALTER TABLE authenticator_app
      ALTER COLUMN secret DROP NOT NULL,
      ADD COLUMN sealed_secret text CONSTRAINT authenticator_app_sealed CHECK (sealed_secret ~ '^[a-z0-9]{1,20}[.][A-Za-z0-9_-]{38,}$'),
      ADD CONSTRAINT authenticator_app_one_form CHECK ((secret IS NULL) <> (sealed_secret IS NULL));
    REVOKE INSERT (secret) ON authenticator_app FROM steadyhand_app;
    GRANT INSERT (sealed_secret) ON authenticator_app TO steadyhand_app;
    CREATE FUNCTION seal_authenticator_app(wanted uuid, sealed text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      UPDATE public.authenticator_app SET secret = NULL, sealed_secret = sealed WHERE id = wanted AND account_id = public.current_actor() $$;
    REVOKE ALL ON FUNCTION seal_authenticator_app FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION seal_authenticator_app TO steadyhand_app;

    -- Somebody who has lost what opens their account. Two of the staff see who it is, one after the other, and then it waits.
    ALTER TABLE account_code DROP CONSTRAINT account_code_purpose,
      ADD CONSTRAINT account_code_purpose CHECK (purpose IN ('verify_address', 'reset_password', 'sign_in', 'recover_account'));
    CREATE TABLE account_recovery (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      -- Where the way in is sent to in the end, and how they are reached until then.
      new_email citext NOT NULL,
      contact text NOT NULL CONSTRAINT account_recovery_contact CHECK (length(trim(contact)) BETWEEN 3 AND 300),
      stop_hash text NOT NULL CONSTRAINT account_recovery_stop_once UNIQUE CONSTRAINT account_recovery_stop_is_hash CHECK (stop_hash ~ '^[0-9a-f]{64}$'),
      -- The same, sealed: the second letter has it as well.
      sealed_stop text NOT NULL CONSTRAINT account_recovery_stop_sealed CHECK (sealed_stop ~ '^[a-z0-9]{1,20}[.][A-Za-z0-9_-]{38,}$'),
      state text NOT NULL DEFAULT 'asked' CONSTRAINT account_recovery_state CHECK (state IN ('asked', 'seen', 'waiting', 'open', 'done', 'refused', 'stopped', 'lapsed')),
      asked_at timestamptz NOT NULL DEFAULT app_now(),
      first_by uuid REFERENCES account,
      first_at timestamptz,
      first_saw text,
      second_by uuid REFERENCES account,
      second_at timestamptz,
      second_saw text,
      opens_at timestamptz,
      opened_at timestamptz,
      ended_by uuid REFERENCES account,
      ended_at timestamptz,
      refusal text,
      CONSTRAINT account_recovery_first CHECK (state IN ('asked', 'refused', 'stopped', 'lapsed')
        OR (first_by IS NOT NULL AND length(trim(coalesce(first_saw, ''))) BETWEEN 20 AND 2000)),
      CONSTRAINT account_recovery_second CHECK (state NOT IN ('waiting', 'open', 'done')
        OR (second_by IS NOT NULL AND opens_at IS NOT NULL AND length(trim(coalesce(second_saw, ''))) BETWEEN 20 AND 2000)),
      CONSTRAINT account_recovery_two_people CHECK (first_by <> second_by),
      CONSTRAINT account_recovery_not_oneself CHECK (first_by IS DISTINCT FROM account_id AND second_by IS DISTINCT FROM account_id),
      CONSTRAINT account_recovery_refusal CHECK (state <> 'refused' OR length(trim(coalesce(refusal, ''))) BETWEEN 3 AND 2000)
    );
    CREATE UNIQUE INDEX account_recovery_one_open ON account_recovery (account_id) WHERE state IN ('asked', 'seen', 'waiting', 'open');
    CREATE INDEX account_recovery_by_time ON account_recovery (asked_at);

    -- One step after the other, each signed by whoever takes it. The last one ends everything that opened the account before.
    CREATE FUNCTION account_recovery_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
      steps text[] := ARRAY['state', 'first_by', 'first_at', 'first_saw', 'second_by', 'second_at', 'second_saw', 'opens_at', 'opened_at', 'ended_by', 'ended_at', 'refusal'];
    BEGIN
      IF (OLD.state, NEW.state) NOT IN (('asked', 'seen'), ('seen', 'waiting'), ('waiting', 'open'), ('open', 'done'),
            ('asked', 'refused'), ('seen', 'refused'), ('waiting', 'refused'),
            ('asked', 'stopped'), ('seen', 'stopped'), ('waiting', 'stopped'), ('open', 'stopped'),
            ('asked', 'lapsed'), ('seen', 'lapsed'), ('open', 'lapsed'))
         OR to_jsonb(NEW) - steps IS DISTINCT FROM to_jsonb(OLD) - steps THEN
        RAISE EXCEPTION 'it does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514', CONSTRAINT = 'account_recovery_order';
      END IF;
      NEW.first_by := CASE NEW.state WHEN 'seen' THEN actor ELSE OLD.first_by END;
      NEW.first_at := CASE NEW.state WHEN 'seen' THEN at ELSE OLD.first_at END;
      NEW.first_saw := CASE NEW.state WHEN 'seen' THEN NEW.first_saw ELSE OLD.first_saw END;
      NEW.second_by := CASE NEW.state WHEN 'waiting' THEN actor ELSE OLD.second_by END;
      NEW.second_at := CASE NEW.state WHEN 'waiting' THEN at ELSE OLD.second_at END;
      NEW.second_saw := CASE NEW.state WHEN 'waiting' THEN NEW.second_saw ELSE OLD.second_saw END;
      NEW.opens_at := CASE NEW.state WHEN 'waiting' THEN at + interval '7 days' ELSE OLD.opens_at END;
      NEW.opened_at := CASE NEW.state WHEN 'open' THEN at ELSE OLD.opened_at END;
      NEW.ended_by := CASE WHEN NEW.state IN ('refused', 'stopped') THEN actor END;
      NEW.ended_at := CASE WHEN NEW.state IN ('done', 'refused', 'stopped', 'lapsed') THEN at END;
      IF NEW.state = 'open' AND at < OLD.opens_at THEN
        RAISE EXCEPTION 'its owner may still stop it' USING ERRCODE = '23514', CONSTRAINT = 'account_recovery_wait';
      END IF;
      IF NEW.state = 'done' THEN
        DELETE FROM public.session WHERE account_id = NEW.account_id;
        DELETE FROM public.authenticator_app WHERE account_id = NEW.account_id;
        DELETE FROM public.passkey WHERE account_id = NEW.account_id;
        DELETE FROM public.recovery_code WHERE account_id = NEW.account_id;
        DELETE FROM public.address_change WHERE account_id = NEW.account_id AND confirmed_at IS NULL;
        UPDATE public.account_code SET used_at = at WHERE account_id = NEW.account_id AND used_at IS NULL;
        UPDATE public.account SET email = NEW.new_email, email_verified_at = at WHERE id = NEW.account_id;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER account_recovery_take BEFORE UPDATE ON account_recovery FOR EACH ROW EXECUTE FUNCTION account_recovery_take();

    -- Who asks has no account open, and is not told whether there is one. Answers whose it is, to whoever writes the letters.
    CREATE FUNCTION ask_for_recovery(wanted citext, to_new citext, reached_by text, hash text, sealed text) RETURNS uuid
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE owner uuid;
    BEGIN
      INSERT INTO public.account_recovery (account_id, new_email, contact, stop_hash, sealed_stop)
      SELECT x.id, to_new, reached_by, hash, sealed FROM public.account x
       WHERE x.email = wanted AND x.suspended_at IS NULL AND NOT EXISTS (SELECT FROM public.account o WHERE o.email = to_new AND o.id <> x.id)
      ON CONFLICT (account_id) WHERE state IN ('asked', 'seen', 'waiting', 'open') DO NOTHING
      RETURNING account_id INTO owner;
      RETURN owner;
    END $$;
    -- By the link in the letters, until it is over. Answers whose it was.
    CREATE FUNCTION stop_recovery(hash text) RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      UPDATE public.account_recovery SET state = 'stopped' WHERE stop_hash = hash AND state IN ('asked', 'seen', 'waiting', 'open') RETURNING account_id $$;
    -- By the link that went to the new address, once its time has come.
    CREATE FUNCTION finish_recovery(wanted uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      UPDATE public.account_recovery SET state = 'done' WHERE account_id = wanted AND state = 'open';
      RETURN FOUND;
    END $$;
    REVOKE ALL ON FUNCTION account_recovery_take, ask_for_recovery, stop_recovery, finish_recovery FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ask_for_recovery, stop_recovery, finish_recovery TO steadyhand_app;

    ALTER TABLE account_recovery ENABLE ROW LEVEL SECURITY;
    CREATE POLICY account_recovery_own ON account_recovery TO steadyhand_app USING (actor_is_staff()) WITH CHECK (actor_is_staff());
    CREATE POLICY account_recovery_worker ON account_recovery TO steadyhand_worker USING (true) WITH CHECK (true);
    GRANT SELECT, UPDATE (state, first_saw, second_saw, refusal) ON account_recovery TO steadyhand_app;
    GRANT SELECT, UPDATE (state) ON account_recovery TO steadyhand_worker;

    -- Where short messages go: a telephone number that was shown to be its owner's, and browsers that were asked.
    CREATE TABLE text_number (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL CONSTRAINT text_number_one UNIQUE REFERENCES account ON DELETE CASCADE,
      number text NOT NULL CONSTRAINT text_number_form CHECK (number ~ '^[+][1-9][0-9]{7,14}$'),
      code_hash text NOT NULL CONSTRAINT text_number_code_is_hash CHECK (code_hash ~ '^[0-9a-f]{64}$'),
      code_sent_at timestamptz NOT NULL DEFAULT app_now(),
      tries smallint NOT NULL DEFAULT 0,
      confirmed_at timestamptz,
      -- Its owner has answered STOP.
      stopped_at timestamptz
    );
    CREATE INDEX text_number_by_number ON text_number (number);
    CREATE TABLE push_subscription (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      endpoint text NOT NULL CONSTRAINT push_subscription_once UNIQUE CONSTRAINT push_subscription_endpoint CHECK (endpoint ~ '^https?://' AND length(endpoint) <= 2000),
      p256dh text NOT NULL CONSTRAINT push_subscription_key CHECK (p256dh ~ '^[A-Za-z0-9_-]{80,100}=*$'),
      auth text NOT NULL CONSTRAINT push_subscription_auth CHECK (auth ~ '^[A-Za-z0-9_-]{20,30}=*$'),
      device text NOT NULL DEFAULT '' CONSTRAINT push_subscription_device CHECK (length(device) <= 100),
      made_at timestamptz NOT NULL DEFAULT app_now(),
      -- Its browser's own server said that it is no more.
      ended_at timestamptz
    );
    CREATE INDEX push_subscription_by_account ON push_subscription (account_id);
    CREATE TABLE short_message (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      channel text NOT NULL CONSTRAINT short_message_channel CHECK (channel IN ('text', 'push')),
      kind text NOT NULL,
      dedupe_key text NOT NULL,
      number text,
      subscription_id uuid REFERENCES push_subscription ON DELETE CASCADE,
      body text NOT NULL CONSTRAINT short_message_body CHECK (length(body) BETWEEN 1 AND 300),
      url text,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      waits_until timestamptz,
      sent_at timestamptz,
      delivered_at timestamptz,
      failed_at timestamptz,
      failure text CONSTRAINT short_message_failure CHECK (length(failure) <= 200),
      CONSTRAINT short_message_target CHECK ((channel = 'text') = (number IS NOT NULL) AND (channel = 'push') = (subscription_id IS NOT NULL)),
      CONSTRAINT short_message_once UNIQUE NULLS NOT DISTINCT (dedupe_key, account_id, number, subscription_id)
    );
    CREATE INDEX short_message_waiting ON short_message (waits_until) WHERE waits_until IS NOT NULL;
    CREATE INDEX short_message_by_account ON short_message (account_id, created_at);

    -- Says a letter once more in few words, wherever its reader wants that. Called beside the letter, in its transaction.
    CREATE FUNCTION queue_short(to_address citext, of_kind text, dedupe text, words text, link text, may_wait boolean) RETURNS integer
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE owner uuid; until timestamptz; made integer;
    BEGIN
      SELECT x.id INTO owner FROM public.account x WHERE x.email = to_address AND x.suspended_at IS NULL;
      IF NOT FOUND THEN RETURN 0; END IF;
      until := CASE WHEN may_wait THEN public.quiet_hours_end(to_address, public.app_now()) END;
      WITH fresh AS (
        INSERT INTO public.short_message (account_id, channel, kind, dedupe_key, number, subscription_id, body, url, waits_until)
        SELECT owner, 'text', of_kind, dedupe, n.number, NULL::uuid, words, link, until FROM public.text_number n
         WHERE n.account_id = owner AND n.confirmed_at IS NOT NULL AND n.stopped_at IS NULL
        UNION ALL
        SELECT owner, 'push', of_kind, dedupe, NULL, s.id, words, link, until FROM public.push_subscription s
         WHERE s.account_id = owner AND s.ended_at IS NULL
        ON CONFLICT DO NOTHING RETURNING id, waits_until),
      queued AS (
        SELECT public.enqueue('send_short', json_build_object('shortId', f.id), 'short:' || f.id) FROM fresh f WHERE f.waits_until IS NULL)
      SELECT (SELECT count(*) FROM fresh) + 0 * (SELECT count(*) FROM queued) INTO made;
      RETURN made;
    END $$;
    -- A code that went to a number, typed by its owner: five tries, ten minutes.
    CREATE FUNCTION confirm_text_number(typed_hash text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE n public.text_number;
    BEGIN
      UPDATE public.text_number SET tries = tries + 1
       WHERE account_id = public.current_actor() AND confirmed_at IS NULL AND tries < 5 AND code_sent_at > public.app_now() - interval '10 minutes'
      RETURNING * INTO n;
      IF NOT FOUND OR n.code_hash <> typed_hash THEN RETURN false; END IF;
      UPDATE public.text_number SET confirmed_at = public.app_now() WHERE account_id = n.account_id;
      RETURN true;
    END $$;
    -- What a gateway reports: a message arrived or did not; somebody wants no more of them, or wants them again.
    CREATE FUNCTION note_short_delivery(wanted uuid, arrived boolean, why text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      UPDATE public.short_message SET delivered_at = CASE WHEN arrived THEN public.app_now() END,
             failed_at = CASE WHEN NOT arrived THEN public.app_now() END, failure = CASE WHEN NOT arrived THEN left(why, 200) END
       WHERE id = wanted AND channel = 'text' AND delivered_at IS NULL AND failed_at IS NULL;
      RETURN FOUND;
    END $$;
    CREATE FUNCTION set_texts_by_number(wanted text, stopped boolean) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE changed integer;
    BEGIN
      UPDATE public.text_number SET stopped_at = CASE WHEN stopped THEN public.app_now() END WHERE number = wanted AND (stopped_at IS NULL) = stopped;
      GET DIAGNOSTICS changed = ROW_COUNT;
      RETURN changed;
    END $$;
    REVOKE ALL ON FUNCTION queue_short, confirm_text_number, note_short_delivery, set_texts_by_number FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION queue_short TO steadyhand_app, steadyhand_worker;
    GRANT EXECUTE ON FUNCTION confirm_text_number, note_short_delivery, set_texts_by_number TO steadyhand_app;
    DO $$
    DECLARE t text;
    BEGIN
      FOREACH t IN ARRAY ARRAY['text_number', 'push_subscription', 'short_message'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_app USING (account_id = current_actor()) WITH CHECK (account_id = current_actor())', t || '_own', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_worker USING (true) WITH CHECK (true)', t || '_worker', t);
      END LOOP;
    END $$;
    GRANT SELECT, DELETE ON text_number, push_subscription TO steadyhand_app;
    GRANT INSERT (account_id, number, code_hash) ON text_number TO steadyhand_app;
    GRANT INSERT (account_id, endpoint, p256dh, auth, device) ON push_subscription TO steadyhand_app;
    GRANT SELECT ON short_message TO steadyhand_app;
    GRANT SELECT ON text_number TO steadyhand_worker;
    GRANT SELECT, UPDATE (ended_at) ON push_subscription TO steadyhand_worker;
    GRANT SELECT, UPDATE (waits_until, sent_at, failed_at, failure) ON short_message TO steadyhand_worker;

    GRANT SELECT (writes, ending_at) ON external_calendar TO steadyhand_app;
    GRANT SELECT ON calendar_copy TO steadyhand_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_copy TO steadyhand_worker;
  `.execute(db);
}
