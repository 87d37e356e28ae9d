import { sql, type Kysely } from 'kysely';

/** What a check at a register found, and what follows when no register could be read for too long (L4). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- What a reviewer read on the public page of a register, and the fingerprint of the copy that was saved.
    CREATE TABLE register_look_up (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      register text NOT NULL,
      number text NOT NULL CONSTRAINT register_look_up_number CHECK (number <> ''),
      found boolean NOT NULL,
      family_name text NOT NULL DEFAULT '',
      given_names text NOT NULL DEFAULT '',
      status text CONSTRAINT register_look_up_status CHECK (status IN ('registered', 'suspended', 'lapsed', 'removed', 'deactivated')),
      conditions text NOT NULL DEFAULT '',
      may_prescribe boolean,
      page_url text NOT NULL CONSTRAINT register_look_up_page CHECK (page_url ~ '^https://[^[:space:]]+$'),
      evidence_sha256 text NOT NULL CONSTRAINT register_look_up_evidence CHECK (evidence_sha256 ~ '^[0-9a-f]{64}$'),
      read_by uuid NOT NULL REFERENCES account,
      read_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT register_look_up_found CHECK (found = (status IS NOT NULL) AND found = (family_name <> ''))
    );
    CREATE INDEX register_look_up_newest ON register_look_up (register, number, read_at DESC);
    CREATE TRIGGER register_look_up_sign BEFORE INSERT ON register_look_up FOR EACH ROW EXECUTE FUNCTION signed_by_actor('read_by', 'read_at');
    CREATE TRIGGER register_look_up_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_look_up EXECUTE FUNCTION append_only();
    GRANT SELECT, INSERT ON register_look_up TO steadyhand_app, steadyhand_worker;

    -- A check says what it rests on. One that no person made compares with a release, and leaves to a person what is unclear.
    ALTER TABLE credential_check
      ALTER COLUMN checked_by DROP NOT NULL,
      ADD COLUMN release_id uuid REFERENCES register_release,
      ADD COLUMN look_up_id uuid REFERENCES register_look_up,
      ADD COLUMN name_match text CONSTRAINT credential_check_name_match CHECK (name_match IN ('same', 'close', 'partial', 'different')),
      ADD COLUMN reasons text[] NOT NULL DEFAULT '{}',
      ADD COLUMN conditions text NOT NULL DEFAULT '',
      ADD COLUMN by_person boolean NOT NULL GENERATED ALWAYS AS (checked_by IS NOT NULL) STORED,
      DROP CONSTRAINT credential_check_result,
      ADD CONSTRAINT credential_check_result CHECK (result IN ('confirmed', 'not_confirmed', 'unreachable', 'unclear')),
      ADD CONSTRAINT credential_check_by_whom CHECK (checked_by IS NOT NULL OR (method = 'register_file' AND release_id IS NOT NULL)),
      ADD CONSTRAINT credential_check_concluded CHECK (result <> 'unclear' OR checked_by IS NULL),
      ADD CONSTRAINT credential_check_by_person UNIQUE (id, by_person);
    CREATE UNIQUE INDEX credential_check_once_a_release ON credential_check (credential_id, release_id) WHERE checked_by IS NULL;

    -- No machine approves anybody: what a decision rests on was looked at by a person.
    ALTER TABLE vetting_evidence
      ADD COLUMN by_person boolean NOT NULL GENERATED ALWAYS AS (true) STORED,
      ADD CONSTRAINT vetting_evidence_by_person FOREIGN KEY (check_id, by_person) REFERENCES credential_check (id, by_person);

    -- Until when a decision holds without another look at the registers behind it. Infinite where no register is behind it,
    -- and for the people of a demo, whom no register knows.
    ALTER TABLE capability_period ADD COLUMN checked_until timestamptz NOT NULL DEFAULT 'infinity';

    -- The day on which each register behind a case was due to be read again, and the days of grace (L4); at once where
    -- something behind it was looked up and not confirmed since.
    CREATE FUNCTION checked_until(wanted_case uuid) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT coalesce(min(CASE
               WHEN last.due_on IS NULL THEN '-infinity'
               WHEN k.register IS NULL THEN 'infinity'
               ELSE (last.due_on + 1 + public.policy_number(k.jurisdiction, 'stale_grace_days', public.app_now()::date)::integer)::timestamptz END), 'infinity')
        FROM public.vetting_evidence e JOIN public.credential k ON k.id = e.credential_id
       CROSS JOIN LATERAL (
         SELECT max(c.next_due_on) AS due_on FROM public.credential_check c
          WHERE c.credential_id = k.id AND c.result = 'confirmed' AND NOT EXISTS (
            SELECT FROM public.credential_check n WHERE n.credential_id = k.id AND n.result = 'not_confirmed' AND n.checked_at > c.checked_at)) last
       WHERE e.case_id = wanted_case $$;

    -- A decision rests on what was read lately: at the source within 120 days, and no register overdue. It holds for 36 months.
    -- Source: NCQA standards 2025.
    CREATE FUNCTION capability_period_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND NEW.case_id = OLD.case_id THEN RETURN NEW; END IF;
      NEW.checked_until := public.checked_until(NEW.case_id);
      IF NEW.checked_until <= public.app_now() OR EXISTS (
           SELECT FROM public.vetting_evidence e JOIN public.credential_check c ON c.id = e.check_id
            WHERE e.case_id = NEW.case_id AND c.checked_at < public.app_now() - interval '120 days') THEN
        RAISE EXCEPTION 'the checks are too old to decide on' USING ERRCODE = '23514', CONSTRAINT = 'vetting_evidence_fresh';
      END IF;
      NEW.valid := NEW.valid * tstzrange(NULL, public.app_now() + interval '36 months');
      RETURN NEW;
    END $$;
    CREATE TRIGGER capability_period_stands BEFORE INSERT OR UPDATE ON capability_period FOR EACH ROW EXECUTE FUNCTION capability_period_stands();

    -- Every check counts at once for the decisions that rest on its credential. What has run out stays so: only another
    -- decision of two people brings it back (L2).
    CREATE FUNCTION credential_check_counts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      UPDATE public.capability_period cp SET checked_until = greatest(public.checked_until(cp.case_id), public.app_now())
        FROM public.vetting_evidence e
       WHERE e.credential_id = NEW.credential_id AND cp.case_id = e.case_id AND cp.practitioner_id = e.practitioner_id
         AND cp.jurisdiction = e.jurisdiction AND cp.checked_until > public.app_now()
         AND (cp.checked_until < 'infinity' OR NEW.result = 'not_confirmed');
      RETURN NULL;
    END $$;
    CREATE TRIGGER credential_check_counts AFTER INSERT ON credential_check FOR EACH ROW
      WHEN (NEW.result IN ('confirmed', 'not_confirmed')) EXECUTE FUNCTION credential_check_counts();
    CREATE INDEX vetting_evidence_by_credential ON vetting_evidence (credential_id);

    -- What was decided before this migration counts from now on, with the grace that a check of today would have.
    UPDATE capability_period cp SET checked_until = greatest(checked_until(cp.case_id), app_now() + interval '8 days')
     WHERE EXISTS (SELECT FROM vetting_evidence e JOIN credential k ON k.id = e.credential_id WHERE e.case_id = cp.case_id AND k.register IS NOT NULL)
       AND NOT EXISTS (SELECT FROM practitioner p WHERE p.id = cp.practitioner_id AND p.is_demo);

    -- As before, and: no register behind it has been out of reach for longer than its grace (L4).
    CREATE OR REPLACE VIEW listing AS
      SELECT p.id AS practitioner_id, held.jurisdiction, held.may_consult, held.may_prescribe, held.may_inject, held.listed_until
        FROM practitioner p
       CROSS JOIN LATERAL (
         SELECT cp.jurisdiction,
                bool_or(cp.capability = 'consult') AS may_consult,
                bool_or(cp.capability = 'prescribe') AS may_prescribe,
                bool_or(cp.capability = 'inject') AS may_inject,
                min(upper(cp.valid)) AS listed_until
           FROM capability_period cp WHERE cp.practitioner_id = p.id AND cp.valid @> app_now() AND cp.checked_until > app_now()
          GROUP BY cp.jurisdiction) held
       WHERE p.standing = 'good' AND p.out_of_hours_phone IS NOT NULL AND p.out_of_hours_name IS NOT NULL AND p.records_custodian IS NOT NULL
         AND (held.may_prescribe
           OR EXISTS (SELECT FROM supervision s WHERE s.injector_id = p.id AND s.jurisdiction = held.jurisdiction AND s.valid @> app_now()));

    -- The same for what is booked, resumed or begun. A review visit is outside of the gate.
    CREATE FUNCTION appointment_register_read() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF (TG_OP = 'INSERT' OR NEW.state <> OLD.state) AND EXISTS (
           SELECT FROM public.capability_period cp
            WHERE cp.practitioner_id = NEW.practitioner_id AND cp.jurisdiction = NEW.jurisdiction
              AND cp.capability = CASE NEW.kind WHEN 'consultation' THEN 'consult' ELSE 'inject' END
              AND cp.valid @> public.app_now() AND cp.checked_until <= public.app_now()) THEN
        RAISE EXCEPTION 'a register could not be read for too long' USING ERRCODE = '23514', CONSTRAINT = 'appointment_register_read';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER appointment_register_read BEFORE INSERT OR UPDATE ON appointment FOR EACH ROW
      WHEN (NEW.kind <> 'follow_up' AND NEW.state IN ('held', 'confirmed', 'started')) EXECUTE FUNCTION appointment_register_read();
  `.execute(db);
}
