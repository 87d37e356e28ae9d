import { sql, type Kysely } from 'kysely';

/**
 * Who works at a clinic: whoever runs it invites somebody by e-mail, and a member is made by accepting alone. A membership
 * ends and is never deleted. Who runs a clinic is said by `leads_clinic()` in 0027, and nowhere else.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE clinic_invitation (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      clinic_id uuid NOT NULL REFERENCES clinic,
      role text NOT NULL CONSTRAINT clinic_invitation_role CHECK (role IN ('reception', 'manager')),
      invited_email citext NOT NULL,
      code_hash text NOT NULL CONSTRAINT clinic_invitation_code_once UNIQUE
        CONSTRAINT clinic_invitation_code_is_hash CHECK (code_hash ~ '^[0-9a-f]{64}$'),
      invited_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      invited_at timestamptz NOT NULL DEFAULT app_now(),
      expires_at timestamptz NOT NULL DEFAULT app_now() + interval '7 days',
      accepted_by uuid REFERENCES account,
      accepted_at timestamptz,
      taken_back_by uuid REFERENCES account,
      taken_back_at timestamptz,
      CONSTRAINT clinic_invitation_accepted CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
      CONSTRAINT clinic_invitation_taken_back CHECK ((taken_back_at IS NULL) = (taken_back_by IS NULL)),
      -- One open at a time; what has run out stands in nobody's way.
      CONSTRAINT clinic_invitation_one_open EXCLUDE USING gist (clinic_id WITH =, role WITH =, lower(invited_email::text) WITH =,
        tstzrange(invited_at, expires_at) WITH &&) WHERE (accepted_at IS NULL AND taken_back_at IS NULL)
    );
    CREATE INDEX clinic_invitation_to ON clinic_invitation (invited_email);
    CREATE INDEX clinic_invitation_age ON clinic_invitation (invited_at);

    CREATE FUNCTION clinic_invitation_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
    BEGIN
      -- The clinic is locked: of two at once the later one counts the earlier.
      PERFORM FROM public.clinic c WHERE c.id = NEW.clinic_id FOR NO KEY UPDATE;
      IF TG_OP = 'INSERT' THEN
        NEW.invited_by := actor;
        NEW.invited_at := at;
        NEW.expires_at := at + interval '7 days';
        NEW.accepted_by := NULL;
        NEW.accepted_at := NULL;
        NEW.taken_back_by := NULL;
        NEW.taken_back_at := NULL;
        IF public.leads_clinic(actor, NEW.clinic_id) IS NOT TRUE THEN
          RAISE EXCEPTION 'who runs the clinic invites' USING ERRCODE = '23514', CONSTRAINT = 'clinic_invitation_by_clinic';
        END IF;
        IF (SELECT count(*) FROM public.clinic_invitation i WHERE i.clinic_id = NEW.clinic_id AND i.accepted_at IS NULL
               AND i.taken_back_at IS NULL AND i.expires_at > at) >= 20 THEN
          RAISE EXCEPTION 'twenty open invitations at most' USING ERRCODE = '23514', CONSTRAINT = 'clinic_invitation_twenty';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.accepted_at IS NOT NULL OR OLD.taken_back_at IS NOT NULL THEN
        RAISE EXCEPTION 'an invitation ends once' USING ERRCODE = '23514', CONSTRAINT = 'clinic_invitation_frozen';
      END IF;
      IF NEW.accepted_by IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM public.account a WHERE a.id = NEW.accepted_by AND a.id = actor
                          AND a.email = OLD.invited_email AND a.email_verified_at IS NOT NULL) THEN
          RAISE EXCEPTION 'only who was invited accepts' USING ERRCODE = '23514', CONSTRAINT = 'clinic_invitation_is_who_was_invited';
        END IF;
        IF OLD.expires_at <= at THEN
          RAISE EXCEPTION 'the invitation has run out' USING ERRCODE = '23514', CONSTRAINT = 'clinic_invitation_in_time';
        END IF;
        NEW := OLD;
        NEW.accepted_by := actor;
        NEW.accepted_at := at;
        INSERT INTO public.clinic_member (account_id, clinic_id, role, valid) VALUES (actor, OLD.clinic_id, OLD.role, tstzrange(at, NULL));
        -- What opens a desk lasts no longer than a day's work, also where it was opened before.
        UPDATE public.session SET expires_at = least(expires_at, at + interval '12 hours') WHERE account_id = actor;
        RETURN NEW;
      END IF;
      -- Who is ended takes what they asked along.
      IF OLD.invited_by IS DISTINCT FROM actor AND public.leads_clinic(actor, OLD.clinic_id) IS NOT TRUE THEN
        RAISE EXCEPTION 'who runs the clinic takes it back' USING ERRCODE = '23514', CONSTRAINT = 'clinic_invitation_taken_back_by_clinic';
      END IF;
      NEW := OLD;
      NEW.taken_back_by := actor;
      NEW.taken_back_at := at;
      RETURN NEW;
    END $$;
    CREATE TRIGGER clinic_invitation_steps BEFORE INSERT OR UPDATE ON clinic_invitation FOR EACH ROW EXECUTE FUNCTION clinic_invitation_steps();

    -- Whatever is written, a membership is closed now.
    CREATE FUNCTION clinic_member_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
    BEGIN
      IF current_setting('app.erasing', true) = 'on' AND public.is_erasing() THEN RETURN NEW; END IF;
      -- Of two managers who leave at once the later one sees that the earlier has gone.
      PERFORM FROM public.clinic c WHERE c.id = OLD.clinic_id FOR NO KEY UPDATE;
      IF NOT upper_inf(OLD.valid) THEN
        RAISE EXCEPTION 'a membership ends once' USING ERRCODE = '23514', CONSTRAINT = 'clinic_member_ended_once';
      END IF;
      IF OLD.account_id IS DISTINCT FROM actor AND public.leads_clinic(actor, OLD.clinic_id) IS NOT TRUE THEN
        RAISE EXCEPTION 'who runs the clinic ends it, or the member' USING ERRCODE = '23514', CONSTRAINT = 'clinic_member_ended_by_clinic';
      END IF;
      IF OLD.role = 'manager'
         AND NOT EXISTS (SELECT FROM public.clinic_member m WHERE m.clinic_id = OLD.clinic_id AND m.role = 'manager'
                            AND m.account_id <> OLD.account_id AND m.valid @> at)
         AND NOT EXISTS (SELECT FROM public.practice w JOIN public.location l ON l.id = w.location_id JOIN public.practitioner p ON p.id = w.practitioner_id
                          WHERE l.clinic_id = OLD.clinic_id AND p.standing <> 'withdrawn') THEN
        RAISE EXCEPTION 'somebody has to run the clinic' USING ERRCODE = '23514', CONSTRAINT = 'clinic_member_last_manager';
      END IF;
      UPDATE public.clinic_invitation SET taken_back_at = at
       WHERE clinic_id = OLD.clinic_id AND invited_by = OLD.account_id AND OLD.role = 'manager' AND accepted_at IS NULL AND taken_back_at IS NULL;
      UPDATE public.complaint_handler SET ended_at = at
       WHERE clinic_id = OLD.clinic_id AND account_id = OLD.account_id AND ended_at IS NULL;
      NEW := OLD;
      NEW.valid := tstzrange(lower(OLD.valid), greatest(at, lower(OLD.valid) + interval '1 microsecond'));
      RETURN NEW;
    END $$;
    CREATE TRIGGER clinic_member_steps BEFORE UPDATE ON clinic_member FOR EACH ROW EXECUTE FUNCTION clinic_member_steps();
    REVOKE ALL ON FUNCTION clinic_invitation_steps, clinic_member_steps FROM PUBLIC;

    -- As before; whoever was named may lay it down themselves, as who leaves the desk does.
    CREATE OR REPLACE FUNCTION complaint_handler_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF current_setting('app.erasing', true) = 'on' AND public.is_erasing() THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
      END IF;
      IF public.leads_clinic(public.current_actor(), NEW.clinic_id) IS NOT TRUE
         AND (TG_OP = 'INSERT' OR NEW.account_id IS DISTINCT FROM public.current_actor()) THEN
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

    -- Kept for a month: by then it was accepted, or has long run out. Who works where stays in clinic_member.
    INSERT INTO retention_term (what, keep_for, why) VALUES
      ('clinic_invitation', interval '30 days', 'It works for a week. Then it is an address of somebody who may never have come, kept for nothing.');
    CREATE FUNCTION delete_old_invitations() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE gone integer;
    BEGIN
      DELETE FROM public.clinic_invitation WHERE invited_at < public.kept_since('clinic_invitation');
      GET DIAGNOSTICS gone = ROW_COUNT;
      RETURN gone;
    END $$;
    REVOKE ALL ON FUNCTION delete_old_invitations FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION delete_old_invitations TO steadyhand_worker;

    -- Forgotten with either side, as carers are.
    DO $$
    DECLARE
      definition text := pg_get_functiondef('public.forget_account(uuid)'::regprocedure);
      before text := 'DELETE FROM public.carer WHERE';
    BEGIN
      IF position(before IN definition) = 0 THEN RAISE EXCEPTION 'forget_account() reads otherwise than was thought'; END IF;
      EXECUTE replace(definition, before,
        'DELETE FROM public.clinic_invitation WHERE who.id IN (invited_by, accepted_by, taken_back_by) OR invited_email = who.email; ' || before);
    END $$;

    ALTER TABLE clinic_invitation ENABLE ROW LEVEL SECURITY;
    CREATE POLICY clinic_invitation_own ON clinic_invitation TO steadyhand_app
      USING (current_actor() IN (invited_by, accepted_by) OR leads_clinic(current_actor(), clinic_id)
        OR EXISTS (SELECT FROM account a WHERE a.id = current_actor() AND a.email = invited_email AND a.email_verified_at IS NOT NULL));
    GRANT SELECT, INSERT, UPDATE (accepted_by, taken_back_at) ON clinic_invitation TO steadyhand_app;

    -- A member is made by accepting, and a membership is ended; nothing else of it is anybody's to write.
    REVOKE INSERT, UPDATE, DELETE ON clinic_member FROM steadyhand_app, steadyhand_worker;
    GRANT UPDATE (valid) ON clinic_member TO steadyhand_app;
  `.execute(db);
}
