import { sql, type Kysely } from 'kysely';

/** What registers publish about the people in them: releases, loaded from files by the operator. Public facts alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- One published state of a register, or what has changed since the one before. Only current ones are read.
    CREATE TABLE register_release (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      register text NOT NULL,
      kind text NOT NULL CONSTRAINT register_release_kind CHECK (kind IN ('full', 'changes')),
      as_of date NOT NULL,
      state text NOT NULL DEFAULT 'loading' CONSTRAINT register_release_state CHECK (state IN ('loading', 'current', 'superseded', 'abandoned')),
      file_name text NOT NULL,
      fingerprint text NOT NULL CONSTRAINT register_release_fingerprint CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
      -- How far the file was read when its last rows were kept: a load that was killed goes on from there.
      read_bytes bigint NOT NULL DEFAULT 0,
      read_lines bigint NOT NULL DEFAULT 0,
      entries bigint NOT NULL DEFAULT 0,
      left_out bigint NOT NULL DEFAULT 0,
      bad_rows bigint NOT NULL DEFAULT 0,
      first_bad_rows jsonb NOT NULL DEFAULT '[]',
      started_at timestamptz NOT NULL DEFAULT app_now(),
      published_at timestamptz,
      CONSTRAINT register_release_published CHECK ((state IN ('current', 'superseded')) = (published_at IS NOT NULL))
    );
    CREATE UNIQUE INDEX register_release_one_loading ON register_release (register) WHERE state = 'loading';
    CREATE UNIQUE INDEX register_release_one_full ON register_release (register) WHERE state = 'current' AND kind = 'full';
    CREATE INDEX register_release_current ON register_release (register, as_of DESC) WHERE state = 'current';

    CREATE TABLE register_entry (
      release_id uuid NOT NULL REFERENCES register_release,
      number text NOT NULL,
      family_name text NOT NULL,
      given_names text NOT NULL,
      other_names jsonb NOT NULL,
      status text NOT NULL CONSTRAINT register_entry_status CHECK (status IN ('registered', 'suspended', 'lapsed', 'removed', 'deactivated', 'unreadable')),
      conditions text NOT NULL,
      -- NULL where the register does not say it.
      may_prescribe boolean,
      registered_on date,
      ends_on date,
      PRIMARY KEY (release_id, number)
    );

    -- Entries are never edited: the loader adds them, and takes away those of releases that nobody reads any more.
    GRANT SELECT ON register_release, register_entry TO steadyhand_app, steadyhand_worker;
    GRANT INSERT, UPDATE ON register_release TO steadyhand_worker;
    GRANT INSERT, DELETE ON register_entry TO steadyhand_worker;
  `.execute(db);
}
