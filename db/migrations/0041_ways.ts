import { sql, type Kysely } from 'kysely';

/** Secrets that are sealed; accounts that two of the staff let somebody into; calendars on servers of practitioners' choice, read and written. */
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

    CREATE FUNCTION actor_is_staff() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.staff s WHERE s.account_id = public.current_actor()) $$;

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
    REVOKE ALL ON FUNCTION actor_is_staff, account_recovery_take, ask_for_recovery, stop_recovery, finish_recovery FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION actor_is_staff, ask_for_recovery, stop_recovery, finish_recovery TO steadyhand_app;

    ALTER TABLE account_recovery ENABLE ROW LEVEL SECURITY;
    CREATE POLICY account_recovery_own ON account_recovery TO steadyhand_app USING (actor_is_staff()) WITH CHECK (actor_is_staff());
    CREATE POLICY account_recovery_worker ON account_recovery TO steadyhand_worker USING (true) WITH CHECK (true);
    GRANT SELECT, UPDATE (state, first_saw, second_saw, refusal) ON account_recovery TO steadyhand_app;
    GRANT SELECT, UPDATE (state) ON account_recovery TO steadyhand_worker;

    GRANT SELECT (writes, ending_at) ON external_calendar TO steadyhand_app;
    GRANT SELECT ON calendar_copy TO steadyhand_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_copy TO steadyhand_worker;
  `.execute(db);
}
