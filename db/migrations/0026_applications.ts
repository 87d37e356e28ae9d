import { sql, type Kysely } from 'kysely';

/** Applying to be listed: what policy asks of each profession, what an applicant claims, and the files that show it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The credentials that a listing rests on, by place and profession, loaded from policy. Where a register proves the
    -- profession, a number of that register is asked for and no other.
    CREATE TABLE required_credential (
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      profession text NOT NULL REFERENCES profession,
      kind text NOT NULL,
      register text,
      PRIMARY KEY (jurisdiction, profession, kind)
    );
    -- Until the first policy is published, what was asked of everybody.
    INSERT INTO required_credential (jurisdiction, profession, kind)
    SELECT DISTINCT pc.jurisdiction, pc.profession, k.kind FROM profession_capability pc
     CROSS JOIN unnest(ARRAY['registration', 'toxin_training', 'life_support', 'indemnity_insurance']) k (kind);

    -- Whoever works towards a listing somewhere. What is answered is kept where it belongs: profile, practice, credentials.
    CREATE TABLE application (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      location_id uuid REFERENCES location,
      started_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT application_once UNIQUE (practitioner_id, jurisdiction)
    );

    INSERT INTO application (practitioner_id, jurisdiction, location_id, started_at)
    SELECT v.practitioner_id, v.jurisdiction,
           (SELECT pr.location_id FROM practice pr JOIN location l ON l.id = pr.location_id
             WHERE pr.practitioner_id = v.practitioner_id AND l.jurisdiction = v.jurisdiction ORDER BY pr.location_id LIMIT 1),
           min(v.submitted_at)
      FROM vetting_case v GROUP BY v.practitioner_id, v.jurisdiction;

    -- What a claim says beyond who issued it. A reviewer confirms it at the source like everything else.
    ALTER TABLE credential
      ADD COLUMN hours smallint CONSTRAINT credential_hours CHECK (hours BETWEEN 1 AND 2000),
      ADD COLUMN hands_on boolean,
      ADD COLUMN manages_complications boolean,
      ADD COLUMN covers_treatment boolean,
      ADD COLUMN covers_prescribing boolean,
      ADD COLUMN withdrawn_at timestamptz;
    -- A claim is never rewritten: it is taken back by whose it is, and made anew. What a decision rests on stays.
    CREATE FUNCTION credential_withdraw() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
         OR EXISTS (SELECT FROM public.vetting_evidence e WHERE e.credential_id = NEW.id) THEN
        RAISE EXCEPTION 'this credential stays as it is' USING ERRCODE = '23514', CONSTRAINT = 'credential_withdraw';
      END IF;
      NEW.withdrawn_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER credential_withdraw BEFORE UPDATE ON credential FOR EACH ROW EXECUTE FUNCTION credential_withdraw();

    -- The files behind a claim, for the subject and for reviewers, and for nobody else. What a file is, its first bytes say.
    CREATE TABLE evidence_file (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      credential_id uuid NOT NULL REFERENCES credential,
      place smallint NOT NULL CONSTRAINT evidence_file_three CHECK (place BETWEEN 1 AND 3),
      name text NOT NULL CONSTRAINT evidence_file_name CHECK (length(name) BETWEEN 1 AND 120 AND name !~ '[[:cntrl:]/]'),
      media_type text NOT NULL,
      bytes bytea NOT NULL CONSTRAINT evidence_file_size CHECK (octet_length(bytes) BETWEEN 8 AND 8388608),
      added_by uuid NOT NULL REFERENCES account,
      added_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT evidence_file_sniffed CHECK (CASE media_type
        WHEN 'application/pdf' THEN substring(bytes FOR 5) = '\\x255044462d'
        WHEN 'image/jpeg' THEN substring(bytes FOR 3) = '\\xffd8ff'
        WHEN 'image/png' THEN substring(bytes FOR 8) = '\\x89504e470d0a1a0a'
        ELSE false END),
      CONSTRAINT evidence_file_one_place UNIQUE (credential_id, place)
    );
    -- Pictures and PDFs are compressed already.
    ALTER TABLE evidence_file ALTER COLUMN bytes SET STORAGE EXTERNAL;
    CREATE TRIGGER evidence_file_sign BEFORE INSERT ON evidence_file FOR EACH ROW EXECUTE FUNCTION signed_by_actor('added_by', 'added_at');
    CREATE TRIGGER evidence_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_file EXECUTE FUNCTION append_only();

    -- What the applicant answers to an earlier "no".
    ALTER TABLE vetting_case ADD COLUMN note text NOT NULL DEFAULT '';

    -- Named, not just not null (L8).
    ALTER TABLE practitioner ADD CONSTRAINT practitioner_cover_named
      CHECK (trim(out_of_hours_name) <> '' AND trim(out_of_hours_phone) <> '' AND trim(records_custodian) <> '');

    -- Asked and declined is not accepted later: that takes asking anew. One question at a time between two people.
    ALTER TABLE supervision
      ADD COLUMN declined_at timestamptz,
      ADD CONSTRAINT supervision_declined CHECK (declined_at IS NULL OR valid IS NULL);
    CREATE UNIQUE INDEX supervision_one_question ON supervision (injector_id, prescriber_id, jurisdiction) WHERE valid IS NULL AND declined_at IS NULL;

    -- The profession decides what may be asked and granted, so it stays once anybody has been asked to look (L3).
    CREATE FUNCTION change_profession(wanted text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE subject uuid;
    BEGIN
      SELECT id INTO subject FROM public.practitioner WHERE account_id = public.current_actor() FOR UPDATE;
      IF subject IS NULL OR EXISTS (SELECT FROM public.vetting_case v WHERE v.practitioner_id = subject) THEN
        RAISE EXCEPTION 'the profession stays' USING ERRCODE = '23514', CONSTRAINT = 'practitioner_profession_stays';
      END IF;
      UPDATE public.practitioner SET profession = wanted WHERE id = subject;
    END $$;
    REVOKE ALL ON FUNCTION change_profession FROM PUBLIC;

    -- As before, and: what is needed is what policy asks of this profession here; training counts when it was hands-on,
    -- long enough and taught complications, insurance when it covers the work; and nobody is approved without a named
    -- person out of hours and a records custodian (L8).
    CREATE OR REPLACE FUNCTION decide_vetting(wanted_case uuid, approve boolean, why text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      c public.vetting_case;
      p public.practitioner;
      span tstzrange;
      wanted text;
      joined tstzrange;
    BEGIN
      UPDATE public.vetting_case
         SET state = CASE WHEN approve THEN 'approved' ELSE 'not_approved' END, reason = why
       WHERE id = wanted_case AND state = 'checks_complete' RETURNING * INTO c;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'case is not waiting for a decision' USING ERRCODE = '23514', CONSTRAINT = 'vetting_case_waiting';
      END IF;
      IF NOT approve THEN RETURN; END IF;

      SELECT * INTO p FROM public.practitioner WHERE id = c.practitioner_id;
      IF p.out_of_hours_name IS NULL OR p.out_of_hours_phone IS NULL OR p.records_custodian IS NULL THEN
        RAISE EXCEPTION 'nobody is named for the time out of hours' USING ERRCODE = '23514', CONSTRAINT = 'vetting_cover_named';
      END IF;

      SELECT tstzrange(greatest(max(lower(k.valid)::timestamptz), public.app_now()), min(upper(k.valid)::timestamptz), '[)') INTO span
        FROM public.vetting_evidence e JOIN public.credential k ON k.id = e.credential_id
       WHERE e.case_id = wanted_case
      HAVING min(upper(k.valid)::timestamptz) > greatest(max(lower(k.valid)::timestamptz), public.app_now());
      IF span IS NULL
         OR NOT EXISTS (SELECT FROM public.required_credential r WHERE r.jurisdiction = c.jurisdiction AND r.profession = p.profession)
         OR EXISTS (
           SELECT FROM public.required_credential r
            WHERE r.jurisdiction = c.jurisdiction AND r.profession = p.profession AND NOT EXISTS (
              SELECT FROM public.vetting_evidence e JOIN public.credential k ON k.id = e.credential_id
               WHERE e.case_id = wanted_case AND k.kind = r.kind AND k.withdrawn_at IS NULL
                 AND (r.register IS NULL OR k.register = r.register)
                 AND CASE k.kind
                       WHEN 'toxin_training' THEN k.hands_on AND k.manages_complications
                         AND k.hours >= public.policy_number(c.jurisdiction, 'training_hours', public.app_now()::date)
                       WHEN 'indemnity_insurance' THEN k.covers_treatment
                       ELSE true END))
      THEN
        RAISE EXCEPTION 'evidence is not complete' USING ERRCODE = '23514', CONSTRAINT = 'vetting_evidence_complete';
      END IF;
      FOR wanted IN
        SELECT pc.capability FROM public.profession_capability pc
         WHERE pc.profession = p.profession AND pc.jurisdiction = c.jurisdiction
           AND (pc.required_credential IS NULL OR EXISTS (
             SELECT FROM public.vetting_evidence e JOIN public.credential k ON k.id = e.credential_id
              WHERE e.case_id = wanted_case AND k.kind = pc.required_credential AND k.withdrawn_at IS NULL))
      LOOP
        -- A renewal continues the running period: one row grows, nothing under it moves.
        SELECT range_merge(cp.valid, span) INTO joined FROM public.capability_period cp
         WHERE cp.practitioner_id = c.practitioner_id AND cp.jurisdiction = c.jurisdiction AND cp.capability = wanted
           AND (cp.valid && span OR cp.valid -|- span) FOR UPDATE;
        IF FOUND THEN
          UPDATE public.capability_period cp SET valid = joined, case_id = wanted_case
           WHERE cp.practitioner_id = c.practitioner_id AND cp.jurisdiction = c.jurisdiction AND cp.capability = wanted AND cp.valid <@ joined;
        ELSE
          INSERT INTO public.capability_period (practitioner_id, jurisdiction, capability, valid, case_id)
          VALUES (c.practitioner_id, c.jurisdiction, wanted, span, wanted_case);
        END IF;
      END LOOP;
      UPDATE public.practitioner SET standing = 'good' WHERE id = c.practitioner_id;
    END $$;

    CREATE FUNCTION is_actor(wanted_practitioner uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT EXISTS (SELECT FROM public.practitioner p WHERE p.id = wanted_practitioner AND p.account_id = public.current_actor()) $$;
    CREATE FUNCTION actor_reviews() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT EXISTS (SELECT FROM public.staff s WHERE s.account_id = public.current_actor() AND s.role = 'reviewer') $$;

    -- Nobody claims for another (L3), and files are read by whose they are and by reviewers (P1).
    ALTER TABLE credential ENABLE ROW LEVEL SECURITY;
    CREATE POLICY credential_read ON credential FOR SELECT TO steadyhand_app, steadyhand_worker USING (true);
    CREATE POLICY credential_claim ON credential FOR INSERT TO steadyhand_app, steadyhand_worker WITH CHECK (is_actor(practitioner_id));
    CREATE POLICY credential_take_back ON credential FOR UPDATE TO steadyhand_app, steadyhand_worker USING (is_actor(practitioner_id));
    ALTER TABLE application ENABLE ROW LEVEL SECURITY;
    CREATE POLICY application_read ON application FOR SELECT TO steadyhand_app, steadyhand_worker USING (true);
    CREATE POLICY application_begin ON application FOR INSERT TO steadyhand_app, steadyhand_worker WITH CHECK (is_actor(practitioner_id));
    CREATE POLICY application_go_on ON application FOR UPDATE TO steadyhand_app, steadyhand_worker USING (is_actor(practitioner_id));
    ALTER TABLE evidence_file ENABLE ROW LEVEL SECURITY;
    CREATE POLICY evidence_file_own ON evidence_file FOR SELECT TO steadyhand_app
      USING (actor_reviews() OR EXISTS (SELECT FROM credential k WHERE k.id = credential_id AND is_actor(k.practitioner_id)));
    CREATE POLICY evidence_file_add ON evidence_file FOR INSERT TO steadyhand_app
      WITH CHECK (EXISTS (SELECT FROM credential k WHERE k.id = credential_id AND is_actor(k.practitioner_id)));

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT ON required_credential, application TO %I', r);
        EXECUTE format('GRANT INSERT, UPDATE (location_id) ON application TO %I', r);
        EXECUTE format('GRANT UPDATE (withdrawn_at) ON credential TO %I', r);
      END LOOP;
    END $$;
    GRANT SELECT, INSERT ON evidence_file TO steadyhand_app;
    GRANT EXECUTE ON FUNCTION change_profession TO steadyhand_app;
  `.execute(db);
}
