import { sql, type Kysely } from 'kysely';

/**
 * Carers: somebody whom a patient lets look after the times of their appointments. The permission opens no record and
 * stands for no consent: the guards of those know the patient's own account alone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE carer (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      invited_email citext NOT NULL,
      code_hash text NOT NULL CONSTRAINT carer_code_once UNIQUE CONSTRAINT carer_code_is_hash CHECK (code_hash ~ '^[0-9a-f]{64}$'),
      -- Whether letters about appointments go to the carer too.
      gets_letters boolean NOT NULL DEFAULT false,
      invited_at timestamptz NOT NULL DEFAULT app_now(),
      expires_at timestamptz NOT NULL DEFAULT app_now() + interval '7 days',
      carer_account_id uuid REFERENCES account,
      accepted_at timestamptz,
      ended_at timestamptz,
      ended_by uuid REFERENCES account,
      CONSTRAINT carer_accepted CHECK ((accepted_at IS NULL) = (carer_account_id IS NULL)),
      CONSTRAINT carer_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
    );
    CREATE UNIQUE INDEX carer_invited_once ON carer (patient_id, invited_email) WHERE ended_at IS NULL;
    CREATE UNIQUE INDEX carer_one_live ON carer (patient_id, carer_account_id) WHERE ended_at IS NULL;
    CREATE INDEX carer_of_account ON carer (carer_account_id) WHERE ended_at IS NULL;

    CREATE FUNCTION carer_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
      patient_account uuid;
      is_patient boolean;
    BEGIN
      -- The row is locked: of two invitations at once the later one counts the earlier.
      SELECT p.account_id INTO patient_account FROM public.patient p WHERE p.id = NEW.patient_id FOR NO KEY UPDATE;
      is_patient := coalesce(patient_account = actor, false);
      IF TG_OP = 'INSERT' THEN
        NEW.invited_at := at;
        NEW.expires_at := at + interval '7 days';
        NEW.carer_account_id := NULL;
        NEW.accepted_at := NULL;
        NEW.ended_at := NULL;
        NEW.ended_by := NULL;
        IF NOT is_patient THEN
          RAISE EXCEPTION 'patients choose their carers themselves' USING ERRCODE = '23514', CONSTRAINT = 'carer_chosen_by_patient';
        END IF;
        IF EXISTS (SELECT FROM public.account a WHERE a.id = patient_account AND a.email = NEW.invited_email) THEN
          RAISE EXCEPTION 'nobody is their own carer' USING ERRCODE = '23514', CONSTRAINT = 'carer_not_oneself';
        END IF;
        IF (SELECT count(*) FROM public.carer c WHERE c.patient_id = NEW.patient_id AND c.ended_at IS NULL
               AND (c.accepted_at IS NOT NULL OR c.expires_at > at)) >= 3 THEN
          RAISE EXCEPTION 'three carers at most' USING ERRCODE = '23514', CONSTRAINT = 'carer_three';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.ended_at IS NOT NULL
         OR (OLD.carer_account_id IS NOT NULL AND NEW.carer_account_id IS DISTINCT FROM OLD.carer_account_id)
         OR (NEW.id, NEW.patient_id, NEW.invited_email, NEW.code_hash, NEW.invited_at, NEW.expires_at)
              IS DISTINCT FROM (OLD.id, OLD.patient_id, OLD.invited_email, OLD.code_hash, OLD.invited_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'a permission is given once, and ended once' USING ERRCODE = '23514', CONSTRAINT = 'carer_frozen';
      END IF;
      IF NEW.gets_letters <> OLD.gets_letters AND NOT is_patient THEN
        RAISE EXCEPTION 'patients say who gets letters about them' USING ERRCODE = '23514', CONSTRAINT = 'carer_letters_by_patient';
      END IF;
      IF NEW.carer_account_id IS DISTINCT FROM OLD.carer_account_id THEN
        NEW.accepted_at := at;
        IF is_patient THEN
          RAISE EXCEPTION 'nobody is their own carer' USING ERRCODE = '23514', CONSTRAINT = 'carer_not_oneself';
        END IF;
        IF OLD.expires_at <= at THEN
          RAISE EXCEPTION 'the invitation has run out' USING ERRCODE = '23514', CONSTRAINT = 'carer_in_time';
        END IF;
        IF NOT EXISTS (SELECT FROM public.account a WHERE a.id = NEW.carer_account_id AND a.id = actor
                          AND a.email = NEW.invited_email AND a.email_verified_at IS NOT NULL) THEN
          RAISE EXCEPTION 'only who was invited accepts' USING ERRCODE = '23514', CONSTRAINT = 'carer_is_who_was_invited';
        END IF;
      ELSE
        NEW.accepted_at := OLD.accepted_at;
      END IF;
      IF NEW.ended_at IS NULL THEN
        NEW.ended_by := NULL;
      ELSE
        NEW.ended_at := at;
        NEW.ended_by := actor;
        IF NOT is_patient AND OLD.carer_account_id IS DISTINCT FROM actor THEN
          RAISE EXCEPTION 'the patient or the carer ends it' USING ERRCODE = '23514', CONSTRAINT = 'carer_ended_by_a_side';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER carer_steps BEFORE INSERT OR UPDATE ON carer FOR EACH ROW EXECUTE FUNCTION carer_steps();

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON carer TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
