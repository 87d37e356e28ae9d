import { sql, type Kysely } from 'kysely';

/** Second factors, each use of one, and sessions that ask for it; another address for an account. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE authenticator_app (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      secret text NOT NULL CONSTRAINT authenticator_app_secret CHECK (secret ~ '^[A-Z2-7]{32,}$'),
      created_at timestamptz NOT NULL DEFAULT app_now(),
      -- Since its first code was right; until then it opens nothing and is asked for by nobody.
      confirmed_at timestamptz,
      last_step bigint
    );
    CREATE UNIQUE INDEX authenticator_app_one_confirmed ON authenticator_app (account_id) WHERE confirmed_at IS NOT NULL;
    CREATE UNIQUE INDEX authenticator_app_one_waiting ON authenticator_app (account_id) WHERE confirmed_at IS NULL;

    CREATE TABLE recovery_code (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      code_hash text NOT NULL CONSTRAINT recovery_code_is_hash CHECK (code_hash ~ '^[0-9a-f]{64}$'),
      used_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT recovery_code_differs UNIQUE (account_id, code_hash)
    );

    CREATE TABLE passkey (
      id text PRIMARY KEY,
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      name text NOT NULL CONSTRAINT passkey_name CHECK (length(trim(name)) BETWEEN 1 AND 60),
      public_key bytea NOT NULL,
      counter bigint NOT NULL DEFAULT 0,
      transports text[] NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT app_now(),
      last_used_at timestamptz
    );
    CREATE INDEX passkey_by_account ON passkey (account_id);
    -- What a passkey was asked to sign. Whoever takes the row away has used it.
    CREATE TABLE passkey_challenge (
      hash text PRIMARY KEY CONSTRAINT passkey_challenge_is_hash CHECK (hash ~ '^[0-9a-f]{64}$'),
      purpose text NOT NULL CONSTRAINT passkey_challenge_purpose CHECK (purpose IN ('register', 'use')),
      account_id uuid REFERENCES account ON DELETE CASCADE,
      expires_at timestamptz NOT NULL DEFAULT app_now() + interval '5 minutes'
    );

    CREATE FUNCTION has_authenticator_app(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.authenticator_app a WHERE a.account_id = wanted AND a.confirmed_at IS NOT NULL) $$;
    CREATE FUNCTION has_second_factor(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public AS $$
      SELECT public.has_authenticator_app(wanted) OR EXISTS (SELECT FROM public.passkey k WHERE k.account_id = wanted) $$;
    REVOKE ALL ON FUNCTION has_authenticator_app, has_second_factor FROM PUBLIC;

    -- Each time that somebody shows a factor. Inserting the row is what uses the code up.
    CREATE TABLE second_factor_use (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      kind text NOT NULL CONSTRAINT second_factor_use_kind CHECK (kind IN ('app', 'recovery', 'passkey')),
      app_id uuid,
      step bigint,
      recovery_code_id uuid,
      passkey_id text,
      challenge_hash text,
      counter bigint,
      used_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT second_factor_use_of_account UNIQUE (id, account_id)
    );
    CREATE FUNCTION second_factor_use_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
    BEGIN
      NEW.used_at := at;
      IF NEW.account_id IS DISTINCT FROM public.current_actor() THEN
        RAISE EXCEPTION 'a factor of somebody else' USING ERRCODE = '23514', CONSTRAINT = 'second_factor_use_own';
      END IF;
      IF NEW.kind = 'app' THEN
        -- One row at a time: of two that bring the same code one waits here, and then finds it used.
        UPDATE public.authenticator_app a SET last_step = NEW.step, confirmed_at = coalesce(a.confirmed_at, at)
         WHERE a.id = NEW.app_id AND a.account_id = NEW.account_id AND NEW.step > coalesce(a.last_step, 0)
           AND abs(NEW.step - floor(extract(epoch FROM at) / 30)) <= 1;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'used already, or not of now' USING ERRCODE = '23514', CONSTRAINT = 'second_factor_use_step';
        END IF;
      ELSIF NEW.kind = 'recovery' THEN
        UPDATE public.recovery_code c SET used_at = at
         WHERE c.id = NEW.recovery_code_id AND c.account_id = NEW.account_id AND c.used_at IS NULL;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'used already' USING ERRCODE = '23514', CONSTRAINT = 'second_factor_use_recovery_once';
        END IF;
      ELSE
        UPDATE public.passkey k SET last_used_at = at, counter = NEW.counter
         WHERE k.id = NEW.passkey_id AND k.account_id = NEW.account_id AND (NEW.counter > k.counter OR (NEW.counter = 0 AND k.counter = 0));
        IF NOT FOUND THEN
          RAISE EXCEPTION 'not a key of this account, or a copy of one' USING ERRCODE = '23514', CONSTRAINT = 'second_factor_use_passkey';
        END IF;
        DELETE FROM public.passkey_challenge c
         WHERE c.hash = NEW.challenge_hash AND c.purpose = 'use' AND c.expires_at > at AND (c.account_id IS NULL OR c.account_id = NEW.account_id);
        IF NOT FOUND THEN
          RAISE EXCEPTION 'used already, or too old' USING ERRCODE = '23514', CONSTRAINT = 'second_factor_use_challenge';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER second_factor_use_counts BEFORE INSERT ON second_factor_use FOR EACH ROW EXECUTE FUNCTION second_factor_use_counts();

    ALTER TABLE session
      -- What a page may call a session: the id is the hash of what opens it.
      ADD COLUMN ref uuid NOT NULL DEFAULT uuidv7() CONSTRAINT session_ref_once UNIQUE,
      ADD COLUMN device text NOT NULL DEFAULT '' CONSTRAINT session_device CHECK (length(device) <= 100),
      -- When the person last proved who they are.
      ADD COLUMN proved_at timestamptz NOT NULL DEFAULT app_now(),
      ADD COLUMN factor_use_id uuid CONSTRAINT session_factor_once UNIQUE,
      ADD CONSTRAINT session_factor_of_account FOREIGN KEY (factor_use_id, account_id) REFERENCES second_factor_use (id, account_id);
    -- Where an account has a second factor, no session begins without one that was shown just now.
    CREATE FUNCTION session_admission() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF public.has_second_factor(NEW.account_id) AND NOT EXISTS (
           SELECT FROM public.second_factor_use u WHERE u.id = NEW.factor_use_id AND u.account_id = NEW.account_id
              AND u.used_at > public.app_now() - interval '1 minute') THEN
        RAISE EXCEPTION 'the second factor is missing' USING ERRCODE = '23514', CONSTRAINT = 'session_second_factor';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER session_admission BEFORE INSERT OR UPDATE OF account_id, factor_use_id ON session FOR EACH ROW EXECUTE FUNCTION session_admission();
    REVOKE ALL ON FUNCTION second_factor_use_counts, session_admission FROM PUBLIC;

    ALTER TABLE account_code DROP CONSTRAINT account_code_purpose,
      ADD CONSTRAINT account_code_purpose CHECK (purpose IN ('verify_address', 'reset_password', 'sign_in'));

    -- Another address for an account. Links are kept as hashes; rows go a month after they were asked for.
    CREATE TABLE address_change (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
      old_email citext NOT NULL,
      new_email citext NOT NULL,
      confirm_hash text NOT NULL CONSTRAINT address_change_confirm_once UNIQUE CONSTRAINT address_change_confirm_is_hash CHECK (confirm_hash ~ '^[0-9a-f]{64}$'),
      undo_hash text CONSTRAINT address_change_undo_once UNIQUE CONSTRAINT address_change_undo_is_hash CHECK (undo_hash ~ '^[0-9a-f]{64}$'),
      asked_at timestamptz NOT NULL DEFAULT app_now(),
      confirmed_at timestamptz,
      undone_at timestamptz,
      CONSTRAINT address_change_differs CHECK (old_email <> new_email),
      CONSTRAINT address_change_confirmed_in_time CHECK (confirmed_at <= asked_at + interval '24 hours'),
      CONSTRAINT address_change_undone_in_time CHECK (undone_at IS NULL OR coalesce(undone_at <= confirmed_at + interval '7 days', false)),
      CONSTRAINT address_change_undo_once_confirmed CHECK ((undo_hash IS NULL) = (confirmed_at IS NULL))
    );
    CREATE UNIQUE INDEX address_change_one_open ON address_change (account_id) WHERE confirmed_at IS NULL;
    GRANT SELECT, INSERT, DELETE, UPDATE (confirmed_at, undo_hash, undone_at) ON address_change TO steadyhand_app;
    GRANT SELECT, DELETE ON address_change TO steadyhand_worker;

    -- Where every stream of the audit trail ends, to be compared and anchored.
    CREATE FUNCTION audit_heads() RETURNS TABLE (stream text, seq bigint, hash bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
      AS $$ SELECT h.stream, h.seq, h.hash FROM public.audit_head h $$;
    REVOKE ALL ON FUNCTION audit_heads FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION audit_heads TO steadyhand_app, steadyhand_worker;
    CREATE INDEX audit_by_time ON audit (at, stream, seq);
    CREATE INDEX audit_by_actor ON audit (actor_id, at, stream, seq);

    -- Secrets are nobody's but their owner's.
    DO $$
    DECLARE t text;
    BEGIN
      FOREACH t IN ARRAY ARRAY['authenticator_app', 'recovery_code'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_app USING (account_id = current_actor()) WITH CHECK (account_id = current_actor())', t || '_own', t);
        EXECUTE format('GRANT SELECT, DELETE ON %I TO steadyhand_app', t);
      END LOOP;
    END $$;
    -- Confirmed and used up are no words of the application: the row of second_factor_use says both.
    GRANT INSERT (account_id, secret) ON authenticator_app TO steadyhand_app;
    GRANT INSERT (account_id, code_hash) ON recovery_code TO steadyhand_app;
    GRANT SELECT, DELETE ON passkey TO steadyhand_app;
    GRANT INSERT, UPDATE (name) ON passkey TO steadyhand_app;
    GRANT SELECT, INSERT, DELETE ON passkey_challenge TO steadyhand_app;
    GRANT SELECT, DELETE ON passkey_challenge TO steadyhand_worker;
    GRANT SELECT, INSERT ON second_factor_use TO steadyhand_app;
    GRANT EXECUTE ON FUNCTION has_authenticator_app, has_second_factor TO steadyhand_app, steadyhand_worker;
  `.execute(db);
}
