import { sql, type Kysely } from 'kysely';

/**
 * How far the audit trail was read again, stream by stream, and where it does not hold: read by a job in parts, shown to operators. The
 * address of a register that stands beside a check leads to a page, and is never a script.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The last line of each stream that was read and held. It has to be there with this hash whenever the stream is read again.
    CREATE TABLE audit_checked (
      stream text PRIMARY KEY,
      seq bigint NOT NULL,
      hash bytea NOT NULL,
      -- When it was last read from its first line on.
      checked_at timestamptz NOT NULL DEFAULT app_now(),
      -- How far it is read once more, while it is.
      again_seq bigint,
      again_hash bytea,
      CONSTRAINT audit_checked_again CHECK ((again_seq IS NULL) = (again_hash IS NULL))
    );
    CREATE INDEX audit_checked_by_time ON audit_checked (checked_at);
    CREATE INDEX audit_checked_under_way ON audit_checked (stream) WHERE again_seq IS NOT NULL;
    -- Where a stream first did not hold. Nobody but the owner of the database takes such a line away.
    CREATE TABLE audit_break (
      stream text PRIMARY KEY,
      seq bigint NOT NULL,
      why text NOT NULL,
      found_at timestamptz NOT NULL DEFAULT app_now()
    );
    -- When there was last nothing left to read.
    CREATE TABLE audit_check (
      singleton boolean PRIMARY KEY DEFAULT true CONSTRAINT audit_check_one CHECK (singleton),
      ran_at timestamptz NOT NULL DEFAULT app_now()
    );
    DO $$
    DECLARE t text;
    BEGIN
      FOREACH t IN ARRAY ARRAY['audit_checked', 'audit_break', 'audit_check'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO steadyhand_app USING (actor_operates())', t || '_own', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_worker USING (true) WITH CHECK (true)', t || '_worker', t);
        EXECUTE format('REVOKE ALL ON %I FROM steadyhand_app, steadyhand_worker', t);
        EXECUTE format('GRANT SELECT ON %I TO steadyhand_app', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO steadyhand_worker', t);
      END LOOP;
    END $$;
    GRANT UPDATE ON audit_checked, audit_check TO steadyhand_worker;
    -- Read the whole trail in one go, which a large one outgrows.
    DROP FUNCTION audit_breaks();

    -- It becomes a link on public pages.
    ALTER TABLE credential_check ADD CONSTRAINT credential_check_source_url CHECK (source_url ~ '^https://[^[:space:]]+$');
  `.execute(db);
}
