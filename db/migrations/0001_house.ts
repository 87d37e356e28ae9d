import { sql, type Kysely } from 'kysely';

/** Clock, actor, jobs, events, audit, idempotency, mail, rates: what every area stands on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE EXTENSION IF NOT EXISTS btree_gist;
    CREATE EXTENSION IF NOT EXISTS citext;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE EXTENSION IF NOT EXISTS unaccent;

    -- One clock for SQL and for the application. Only the owner may move it.
    CREATE TABLE clock (
      singleton boolean PRIMARY KEY DEFAULT true CONSTRAINT clock_singleton CHECK (singleton),
      ahead_by interval NOT NULL DEFAULT interval '0'
    );
    INSERT INTO clock DEFAULT VALUES;
    CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
      SET search_path = pg_catalog, public
      AS $$ SELECT clock_timestamp() + (SELECT ahead_by FROM public.clock) $$;

    -- Who acts in this transaction: the account id that transact() sets, or NULL.
    CREATE FUNCTION current_actor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
      SET search_path = pg_catalog
      AS $$ SELECT nullif(current_setting('app.actor_id', true), '')::uuid $$;

    -- The only way the application's roles queue work: graphile-worker's own tables refuse them.
    CREATE FUNCTION enqueue(task text, payload json, job_key text DEFAULT NULL, queue text DEFAULT NULL, run_at timestamptz DEFAULT NULL)
      RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
      AS $$ SELECT graphile_worker.add_job(task, payload, queue_name => queue, run_at => run_at, job_key => job_key) $$;
    REVOKE ALL ON FUNCTION enqueue FROM PUBLIC;

    CREATE TABLE event (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      type text NOT NULL CONSTRAINT event_type_form CHECK (type ~ '^[a-z_]+[.][a-z_]+$'),
      version smallint NOT NULL DEFAULT 1,
      subject_type text NOT NULL,
      subject_id uuid NOT NULL,
      clinic_id uuid,
      actor_id uuid DEFAULT current_actor(),
      occurred_at timestamptz NOT NULL DEFAULT app_now(),
      payload jsonb NOT NULL DEFAULT '{}'
    );
    CREATE INDEX event_by_subject ON event (subject_type, subject_id, id);

    -- Append-only, one hash chain per stream (a patient, a practitioner, or 'system').
    CREATE TABLE audit (
      stream text NOT NULL,
      seq bigint NOT NULL DEFAULT 0,
      at timestamptz NOT NULL DEFAULT app_now(),
      actor_id uuid,
      action text NOT NULL,
      subject_type text NOT NULL,
      subject_id uuid NOT NULL,
      detail jsonb NOT NULL DEFAULT '{}',
      previous_hash bytea NOT NULL DEFAULT '',
      hash bytea NOT NULL DEFAULT '',
      PRIMARY KEY (stream, seq)
    );
    CREATE TABLE audit_head (stream text PRIMARY KEY, seq bigint NOT NULL, hash bytea NOT NULL);
    CREATE FUNCTION audit_hash(a audit) RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog
      AS $$ SELECT sha256(a.previous_hash || convert_to(jsonb_build_array(a.stream, a.seq, extract(epoch FROM a.at)::text,
              a.actor_id, a.action, a.subject_type, a.subject_id, a.detail)::text, 'UTF8')) $$;
    CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE head public.audit_head;
    BEGIN
      INSERT INTO public.audit_head VALUES (NEW.stream, 0, '\\x00') ON CONFLICT DO NOTHING;
      SELECT * INTO head FROM public.audit_head WHERE stream = NEW.stream FOR UPDATE;
      NEW.seq := head.seq + 1;
      NEW.previous_hash := head.hash;
      NEW.at := public.app_now();
      NEW.actor_id := public.current_actor();
      NEW.hash := public.audit_hash(NEW);
      UPDATE public.audit_head SET seq = NEW.seq, hash = NEW.hash WHERE stream = NEW.stream;
      RETURN NEW;
    END $$;
    CREATE TRIGGER audit_chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chain();
    CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '55000', CONSTRAINT = TG_NAME;
    END $$;
    -- Who wrote a row, and when, is the database's to say: the arguments name the two columns.
    CREATE FUNCTION signed_by_actor() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], public.current_actor(), TG_ARGV[1], public.app_now()));
    END $$;
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION append_only();
    ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_append_only;
    CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event EXECUTE FUNCTION append_only();

    -- The stored answer commits with the work it answers for (C5).
    CREATE TABLE idempotency_key (
      owner_key text NOT NULL,
      key text NOT NULL CONSTRAINT idempotency_key_length CHECK (length(key) BETWEEN 8 AND 255),
      fingerprint bytea NOT NULL,
      status smallint,
      body jsonb,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      PRIMARY KEY (owner_key, key)
    );

    CREATE TABLE mail_message (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      dedupe_key text NOT NULL CONSTRAINT mail_message_once UNIQUE,
      to_name text NOT NULL,
      to_address citext NOT NULL,
      subject text NOT NULL CONSTRAINT mail_message_subject_one_line CHECK (subject !~ '[[:cntrl:]]'),
      body text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      sent_at timestamptz
    );
    CREATE INDEX mail_message_to_send ON mail_message (id) WHERE sent_at IS NULL;
    CREATE INDEX mail_message_by_address ON mail_message (to_address, id);

    -- Shape asked for by rate-limiter-flexible's PostgreSQL store.
    CREATE TABLE rate_limit (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint);
  `.execute(db);
}
