import { sql, type Kysely } from 'kysely';

/** Doors that somebody else could hold shut: whoever asks first to be let into an account keeps nobody else from asking. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Several may ask for one account, for nobody knows from afar which of them is its owner. The same words are asked once.
    DROP INDEX account_recovery_one_open;
    CREATE UNIQUE INDEX account_recovery_once ON account_recovery (account_id, new_email, contact) WHERE state IN ('asked', 'seen', 'waiting', 'open');
    -- They cannot all be its owner: one alone is on the way in.
    CREATE UNIQUE INDEX account_recovery_one_let_in ON account_recovery (account_id) WHERE state IN ('waiting', 'open');
    ALTER TABLE account_recovery DROP CONSTRAINT account_recovery_state,
      ADD CONSTRAINT account_recovery_state CHECK (state IN ('asked', 'seen', 'waiting', 'open', 'done', 'refused', 'stopped', 'lapsed', 'overtaken'));

    -- As before; beside it, what was sent may still be refused, and whoever else asked is overtaken by who is let in.
    CREATE OR REPLACE FUNCTION account_recovery_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
      steps text[] := ARRAY['state', 'first_by', 'first_at', 'first_saw', 'second_by', 'second_at', 'second_saw', 'opens_at', 'opened_at', 'ended_by', 'ended_at', 'refusal'];
    BEGIN
      IF (OLD.state, NEW.state) NOT IN (('asked', 'seen'), ('seen', 'waiting'), ('waiting', 'open'), ('open', 'done'),
            ('asked', 'refused'), ('seen', 'refused'), ('waiting', 'refused'), ('open', 'refused'),
            ('asked', 'stopped'), ('seen', 'stopped'), ('waiting', 'stopped'), ('open', 'stopped'),
            ('asked', 'lapsed'), ('seen', 'lapsed'), ('open', 'lapsed'),
            ('asked', 'overtaken'), ('seen', 'overtaken'))
         OR to_jsonb(NEW) - steps IS DISTINCT FROM to_jsonb(OLD) - steps THEN
        RAISE EXCEPTION 'it does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514', CONSTRAINT = 'account_recovery_order';
      END IF;
      IF NEW.state = 'overtaken' AND NOT EXISTS (SELECT FROM public.account_recovery o
           WHERE o.account_id = OLD.account_id AND o.state = 'done' AND o.ended_at >= OLD.asked_at) THEN
        RAISE EXCEPTION 'nobody else was let in' USING ERRCODE = '23514', CONSTRAINT = 'account_recovery_overtaken';
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
      NEW.ended_at := CASE WHEN NEW.state IN ('done', 'refused', 'stopped', 'lapsed', 'overtaken') THEN at END;
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
    -- One is let in: the others of that account end.
    CREATE FUNCTION account_recovery_others() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      UPDATE public.account_recovery SET state = 'overtaken' WHERE account_id = NEW.account_id AND state IN ('asked', 'seen');
      RETURN NULL;
    END $$;
    CREATE TRIGGER account_recovery_others AFTER UPDATE ON account_recovery FOR EACH ROW
      WHEN (NEW.state = 'done' AND OLD.state <> 'done') EXECUTE FUNCTION account_recovery_others();

    -- Answers whose it is, and how many have asked for it within a day; no row where there is no such account, or the same was asked.
    DROP FUNCTION ask_for_recovery;
    CREATE FUNCTION ask_for_recovery(wanted citext, to_new citext, reached_by text, hash text, sealed text) RETURNS TABLE (owner_id uuid, lately integer)
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      INSERT INTO public.account_recovery (account_id, new_email, contact, stop_hash, sealed_stop)
      SELECT x.id, to_new, reached_by, hash, sealed FROM public.account x
       WHERE x.email = wanted AND x.suspended_at IS NULL AND NOT EXISTS (SELECT FROM public.account o WHERE o.email = to_new AND o.id <> x.id)
      ON CONFLICT (account_id, new_email, contact) WHERE state IN ('asked', 'seen', 'waiting', 'open') DO NOTHING
      RETURNING account_id INTO owner_id;
      IF owner_id IS NULL THEN RETURN; END IF;
      lately := (SELECT count(*) FROM public.account_recovery r WHERE r.account_id = owner_id AND r.asked_at > public.app_now() - interval '1 day');
      RETURN NEXT;
    END $$;
    -- Answers how many others ended with it; null where none was open.
    DROP FUNCTION finish_recovery;
    CREATE FUNCTION finish_recovery(wanted uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE begun timestamptz := public.app_now();
    BEGIN
      UPDATE public.account_recovery SET state = 'done' WHERE account_id = wanted AND state = 'open';
      IF NOT FOUND THEN RETURN NULL; END IF;
      RETURN (SELECT count(*) FROM public.account_recovery r WHERE r.account_id = wanted AND r.state = 'overtaken' AND r.ended_at >= begun);
    END $$;
    REVOKE ALL ON FUNCTION account_recovery_others, ask_for_recovery, finish_recovery FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ask_for_recovery, finish_recovery TO steadyhand_app;
  `.execute(db);
}
