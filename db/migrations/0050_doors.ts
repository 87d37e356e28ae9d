import { sql, type Kysely } from 'kysely';

/**
 * Doors that somebody else could hold shut: whoever asks first to be let into an account keeps nobody else from asking. What nobody
 * allows in time lapses. A practitioner is forgotten by two of the staff.
 */
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

    -- A new password ends what was begun with the old one: an address that is asked for and not confirmed, links for a password, and
    -- half sign-ins. Whoever asked for them may be why there is a new password.
    CREATE FUNCTION account_new_password() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      DELETE FROM public.address_change WHERE account_id = NEW.id AND confirmed_at IS NULL;
      UPDATE public.account_code SET used_at = public.app_now() WHERE account_id = NEW.id AND used_at IS NULL AND purpose IN ('reset_password', 'sign_in');
      RETURN NULL;
    END $$;
    CREATE TRIGGER account_new_password AFTER UPDATE OF password_hash ON account FOR EACH ROW
      WHEN (OLD.password_hash IS NOT NULL AND NEW.password_hash IS DISTINCT FROM OLD.password_hash) EXECUTE FUNCTION account_new_password();
    REVOKE ALL ON FUNCTION account_new_password FROM PUBLIC;

    -- Somebody asked to open a locked record and nobody allowed it: by then the reason has to be said anew.
    INSERT INTO retention_term (what, keep_for, why) VALUES
      ('unanswered_opening', interval '7 days', 'Another operator sees it after a weekend or some days away. A reason older than a week may hold no more, and is not opened by who tidies up a list.');
    ALTER TABLE record_lock_opening
      ADD COLUMN lapsed_at timestamptz,
      ADD CONSTRAINT record_lock_opening_one_end CHECK (num_nonnulls(allowed_at, lapsed_at) <= 1);
    CREATE INDEX record_lock_opening_unanswered ON record_lock_opening (asked_at) WHERE allowed_at IS NULL AND lapsed_at IS NULL;
    -- As before; beside it, one whose time is over is not allowed any more, whether or not it was noted.
    CREATE OR REPLACE FUNCTION record_lock_opening_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND NEW.lapsed_at IS NOT NULL AND OLD.lapsed_at IS NULL AND OLD.allowed_at IS NULL
         AND OLD.asked_at <= public.kept_since('unanswered_opening') THEN
        NEW := OLD;
        NEW.lapsed_at := public.app_now();
        RETURN NEW;
      END IF;
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
        NEW.lapsed_at := NULL;
        RETURN NEW;
      END IF;
      IF OLD.allowed_at IS NOT NULL OR NEW.allowed_at IS NULL THEN
        RAISE EXCEPTION 'it is allowed once' USING ERRCODE = '23514', CONSTRAINT = 'record_lock_opening_once';
      END IF;
      IF OLD.lapsed_at IS NOT NULL OR OLD.asked_at <= public.kept_since('unanswered_opening') THEN
        RAISE EXCEPTION 'nobody allowed it in time' USING ERRCODE = '23514', CONSTRAINT = 'record_lock_opening_lapsed';
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
    -- Notes those whose time is over, and answers whose records they asked for.
    CREATE FUNCTION lapse_openings() RETURNS TABLE (opening_id uuid, of_patient uuid) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      UPDATE public.record_lock_opening SET lapsed_at = public.app_now()
       WHERE allowed_at IS NULL AND lapsed_at IS NULL AND asked_at <= public.kept_since('unanswered_opening')
      RETURNING id, patient_id $$;
    REVOKE ALL ON FUNCTION lapse_openings FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION lapse_openings TO steadyhand_worker;

    -- Being forgotten as a practitioner: one of the staff looks and proposes it, another agrees, or one says why not. Until then, and
    -- for a day afterwards in which the letter is read, the job waits.
    ALTER TABLE erasure ADD COLUMN refused_at timestamptz,
      DROP CONSTRAINT erasure_ends_once, ADD CONSTRAINT erasure_ends_once CHECK (num_nonnulls(taken_back_at, done_at, refused_at) <= 1);
    DROP INDEX erasure_one_open, erasure_due;
    CREATE UNIQUE INDEX erasure_one_open ON erasure (account_id) WHERE taken_back_at IS NULL AND done_at IS NULL AND refused_at IS NULL;
    CREATE INDEX erasure_due ON erasure (greatest(due_at, next_try_at)) WHERE taken_back_at IS NULL AND done_at IS NULL AND refused_at IS NULL;
    CREATE TABLE practitioner_forgetting (
      proposed_by uuid REFERENCES account,
      proposed_at timestamptz,
      erasure_id uuid PRIMARY KEY REFERENCES erasure,
      state text NOT NULL CONSTRAINT practitioner_forgetting_state CHECK (state IN ('proposed', 'agreed', 'refused')),
      saw text,
      decided_by uuid REFERENCES account,
      decided_at timestamptz,
      refusal text,
      CONSTRAINT practitioner_forgetting_saw CHECK (state = 'refused' OR length(trim(coalesce(saw, ''))) BETWEEN 20 AND 2000),
      CONSTRAINT practitioner_forgetting_refusal CHECK (state <> 'refused' OR length(trim(coalesce(refusal, ''))) BETWEEN 10 AND 2000),
      CONSTRAINT practitioner_forgetting_signed CHECK (num_nonnulls(proposed_by, proposed_at) IN (0, 2) AND num_nonnulls(decided_by, decided_at) IN (0, 2)
        AND (state = 'proposed') = (decided_by IS NULL) AND (state = 'refused' OR proposed_by IS NOT NULL)),
      CONSTRAINT practitioner_forgetting_two_people CHECK (state <> 'agreed' OR proposed_by <> decided_by)
    );
    CREATE FUNCTION practitioner_forgetting_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      actor uuid := public.current_actor();
      at timestamptz := public.app_now();
    BEGIN
      IF public.is_erasing() THEN RETURN NEW; END IF;
      IF NOT public.actor_is_staff() THEN
        RAISE EXCEPTION 'staff only' USING ERRCODE = '23514', CONSTRAINT = 'practitioner_forgetting_by_staff';
      END IF;
      PERFORM FROM public.erasure e WHERE e.id = NEW.erasure_id AND e.taken_back_at IS NULL AND e.done_at IS NULL AND e.refused_at IS NULL
        AND EXISTS (SELECT FROM public.practitioner p WHERE p.account_id = e.account_id) FOR UPDATE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'no practitioner asks for it' USING ERRCODE = '23514', CONSTRAINT = 'practitioner_forgetting_asked';
      END IF;
      IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'agreed' THEN
          RAISE EXCEPTION 'it is proposed first' USING ERRCODE = '23514', CONSTRAINT = 'practitioner_forgetting_order';
        END IF;
        NEW.proposed_by := CASE NEW.state WHEN 'proposed' THEN actor END;
        NEW.proposed_at := CASE NEW.state WHEN 'proposed' THEN at END;
        NEW.saw := CASE NEW.state WHEN 'proposed' THEN NEW.saw END;
      ELSE
        -- What was agreed may be refused until it is done.
        IF (OLD.state, NEW.state) NOT IN (('proposed', 'agreed'), ('proposed', 'refused'), ('agreed', 'refused')) OR NEW.erasure_id <> OLD.erasure_id THEN
          RAISE EXCEPTION 'it does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514', CONSTRAINT = 'practitioner_forgetting_order';
        END IF;
        NEW.proposed_by := OLD.proposed_by;
        NEW.proposed_at := OLD.proposed_at;
        NEW.saw := OLD.saw;
      END IF;
      NEW.decided_by := CASE WHEN NEW.state <> 'proposed' THEN actor END;
      NEW.decided_at := CASE WHEN NEW.state <> 'proposed' THEN at END;
      NEW.refusal := CASE NEW.state WHEN 'refused' THEN NEW.refusal END;
      RETURN NEW;
    END $$;
    CREATE TRIGGER practitioner_forgetting_steps BEFORE INSERT OR UPDATE ON practitioner_forgetting FOR EACH ROW EXECUTE FUNCTION practitioner_forgetting_steps();
    CREATE FUNCTION practitioner_forgetting_decides() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF public.is_erasing() THEN RETURN NULL; END IF;
      PERFORM public.begin_erasing();
      UPDATE public.erasure SET refused_at = CASE NEW.state WHEN 'refused' THEN public.app_now() END, tries = 0, next_try_at = public.app_now() + interval '1 day'
       WHERE id = NEW.erasure_id;
      PERFORM public.end_erasing();
      RETURN NULL;
    END $$;
    CREATE TRIGGER practitioner_forgetting_decides AFTER INSERT OR UPDATE ON practitioner_forgetting FOR EACH ROW
      WHEN (NEW.state <> 'proposed') EXECUTE FUNCTION practitioner_forgetting_decides();

    -- As before; beside it, nobody who is a practitioner is forgotten without two, whichever function forgets.
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
        NEW.refused_at := NULL;
        NEW.tries := 0;
        NEW.next_try_at := '-infinity';
        RETURN NEW;
      END IF;
      IF public.is_erasing() THEN
        IF NEW.done_at IS NOT NULL AND OLD.done_at IS NULL AND EXISTS (SELECT FROM public.practitioner p WHERE p.account_id = OLD.account_id)
           AND NOT EXISTS (SELECT FROM public.practitioner_forgetting f WHERE f.erasure_id = OLD.id AND f.state = 'agreed') THEN
          RAISE EXCEPTION 'two of the staff first' USING ERRCODE = '23514', CONSTRAINT = 'erasure_two_people';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.done_at IS NOT NULL OR OLD.refused_at IS NOT NULL OR OLD.taken_back_at IS NOT NULL OR NEW.taken_back_at IS NULL
         OR OLD.account_id IS DISTINCT FROM public.current_actor() THEN
        RAISE EXCEPTION 'who asked takes it back, once' USING ERRCODE = '23514', CONSTRAINT = 'erasure_taken_back';
      END IF;
      NEW := OLD;
      NEW.taken_back_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE OR REPLACE FUNCTION erase_account(wanted uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      asked public.erasure;
      practised uuid;
      became text;
    BEGIN
      SELECT * INTO asked FROM public.erasure e WHERE e.id = wanted FOR UPDATE;
      IF NOT FOUND OR asked.refused_at IS NOT NULL THEN RETURN NULL; END IF;
      SELECT p.id INTO practised FROM public.practitioner p WHERE p.account_id = asked.account_id;
      IF practised IS NOT NULL AND asked.taken_back_at IS NULL AND asked.done_at IS NULL AND asked.due_at <= public.app_now()
         AND NOT EXISTS (SELECT FROM public.practitioner_forgetting f WHERE f.erasure_id = wanted AND f.state = 'agreed') THEN
        PERFORM public.put_erasure_off(wanted);
        RETURN 'waits';
      END IF;
      became := public.forget_account(wanted);
      IF became = 'waits' THEN PERFORM public.put_erasure_off(wanted); END IF;
      IF became = 'done' AND practised IS NOT NULL THEN
        PERFORM FROM public.practitioner p WHERE p.id = practised FOR UPDATE;
        PERFORM public.forget_practitioner(practised);
        -- What the staff wrote of them goes with them; who decided, and when, stays.
        PERFORM public.begin_erasing();
        UPDATE public.practitioner_forgetting SET saw = CASE WHEN saw IS NOT NULL THEN 'Gone with whom it was about.' END,
               refusal = CASE WHEN refusal IS NOT NULL THEN 'Gone with whom it was about.' END
         WHERE erasure_id IN (SELECT e.id FROM public.erasure e WHERE e.account_id = asked.account_id);
        PERFORM public.end_erasing();
      END IF;
      RETURN became;
    END $$;
    REVOKE ALL ON FUNCTION practitioner_forgetting_steps, practitioner_forgetting_decides FROM PUBLIC;

    CREATE POLICY erasure_staff ON erasure FOR SELECT TO steadyhand_app
      USING (actor_is_staff() AND EXISTS (SELECT FROM practitioner p WHERE p.account_id = erasure.account_id));
    ALTER TABLE practitioner_forgetting ENABLE ROW LEVEL SECURITY;
    CREATE POLICY practitioner_forgetting_own ON practitioner_forgetting TO steadyhand_app USING (actor_is_staff()) WITH CHECK (actor_is_staff());
    CREATE POLICY practitioner_forgetting_about ON practitioner_forgetting FOR SELECT TO steadyhand_app
      USING (EXISTS (SELECT FROM erasure e WHERE e.id = erasure_id AND e.account_id = current_actor()));
    GRANT SELECT, INSERT (erasure_id, state, saw, refusal), UPDATE (state, refusal) ON practitioner_forgetting TO steadyhand_app;
  `.execute(db);
}
