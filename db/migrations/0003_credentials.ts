import { sql, type Kysely } from 'kysely';

/** Credentials, vetting by two people, capability periods, supervision, and the listing that follows from them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE credential (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      kind text NOT NULL CONSTRAINT credential_kind CHECK (kind IN ('registration', 'prescribing_right', 'qualification',
        'toxin_training', 'life_support', 'indemnity_insurance', 'premises')),
      title text NOT NULL DEFAULT '',
      issuer text NOT NULL DEFAULT '',
      register text, -- NULL where a document proves it
      number text NOT NULL DEFAULT '',
      valid daterange NOT NULL CONSTRAINT credential_valid CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
      created_at timestamptz NOT NULL DEFAULT app_now(),
      UNIQUE (id, practitioner_id, jurisdiction)
    );
    CREATE INDEX credential_by_practitioner ON credential (practitioner_id);
    CREATE TABLE credential_check (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      credential_id uuid NOT NULL REFERENCES credential,
      checked_by uuid NOT NULL REFERENCES account,
      checked_at timestamptz NOT NULL DEFAULT app_now(),
      source text NOT NULL,
      source_url text,
      method text NOT NULL CONSTRAINT credential_check_method CHECK (method IN ('register_file', 'register_page', 'document')),
      result text NOT NULL CONSTRAINT credential_check_result CHECK (result IN ('confirmed', 'not_confirmed', 'unreachable')),
      note text NOT NULL DEFAULT '',
      next_due_on date NOT NULL,
      UNIQUE (id, credential_id, result)
    );
    CREATE INDEX credential_check_by_credential ON credential_check (credential_id, checked_at DESC);
    CREATE TRIGGER credential_check_append_only BEFORE UPDATE OR DELETE ON credential_check EXECUTE FUNCTION append_only();

    -- Which capability a profession may hold where (L3), loaded from policy.
    CREATE TABLE profession_capability (
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      profession text NOT NULL REFERENCES profession,
      capability text NOT NULL CONSTRAINT profession_capability_known CHECK (capability IN ('consult', 'prescribe', 'inject')),
      required_credential text, -- e.g. the prescribing right annotated on a nurse's registration
      PRIMARY KEY (jurisdiction, profession, capability)
    );

    -- One application to be listed. One reviewer records the checks, another decides, neither is the subject (L1).
    CREATE TABLE vetting_case (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL,
      subject_account_id uuid NOT NULL,
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      state text NOT NULL DEFAULT 'submitted' CONSTRAINT vetting_case_state CHECK (state IN ('submitted', 'checks_complete', 'approved', 'not_approved')),
      submitted_at timestamptz NOT NULL DEFAULT app_now(),
      checked_by uuid,
      checked_at timestamptz,
      decided_by uuid,
      decided_at timestamptz,
      reason text NOT NULL DEFAULT '',
      reviewer_role text NOT NULL GENERATED ALWAYS AS ('reviewer') STORED,
      FOREIGN KEY (practitioner_id, subject_account_id) REFERENCES practitioner (id, account_id),
      CONSTRAINT vetting_case_checked_by_reviewer FOREIGN KEY (checked_by, reviewer_role) REFERENCES staff (account_id, role),
      CONSTRAINT vetting_case_decided_by_reviewer FOREIGN KEY (decided_by, reviewer_role) REFERENCES staff (account_id, role),
      CONSTRAINT vetting_case_checked CHECK ((state = 'submitted') = (checked_by IS NULL) AND (checked_by IS NULL) = (checked_at IS NULL)),
      CONSTRAINT vetting_case_decided CHECK ((state IN ('approved', 'not_approved')) = (decided_by IS NOT NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
      CONSTRAINT vetting_case_two_people CHECK (decided_by <> checked_by),
      CONSTRAINT vetting_case_not_the_subject CHECK (checked_by <> subject_account_id AND decided_by <> subject_account_id),
      UNIQUE (id, practitioner_id, jurisdiction),
      UNIQUE (id, practitioner_id, jurisdiction, state)
    );
    -- One step at a time, each signed by whoever takes it.
    CREATE FUNCTION vetting_case_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF (coalesce(OLD.state, 'new'), NEW.state) NOT IN (('new', 'submitted'), ('submitted', 'checks_complete'), ('checks_complete', 'approved'), ('checks_complete', 'not_approved'))
         OR (TG_OP = 'UPDATE' AND (NEW.id, NEW.practitioner_id, NEW.jurisdiction) IS DISTINCT FROM (OLD.id, OLD.practitioner_id, OLD.jurisdiction)) THEN
        RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514', CONSTRAINT = 'vetting_case_waiting';
      END IF;
      NEW.checked_by := CASE NEW.state WHEN 'checks_complete' THEN public.current_actor() ELSE OLD.checked_by END;
      NEW.checked_at := CASE NEW.state WHEN 'checks_complete' THEN public.app_now() ELSE OLD.checked_at END;
      NEW.decided_by := CASE WHEN NEW.state IN ('approved', 'not_approved') THEN public.current_actor() END;
      NEW.decided_at := CASE WHEN NEW.state IN ('approved', 'not_approved') THEN public.app_now() END;
      RETURN NEW;
    END $$;
    CREATE TRIGGER vetting_case_sign BEFORE INSERT OR UPDATE ON vetting_case FOR EACH ROW EXECUTE FUNCTION vetting_case_sign();
    CREATE UNIQUE INDEX vetting_case_one_open ON vetting_case (practitioner_id, jurisdiction) WHERE state IN ('submitted', 'checks_complete');
    -- What the decision rests on: confirmed primary-source checks of this practitioner's credentials.
    CREATE TABLE vetting_evidence (
      case_id uuid NOT NULL,
      practitioner_id uuid NOT NULL,
      jurisdiction text NOT NULL,
      credential_id uuid NOT NULL,
      check_id uuid NOT NULL,
      check_result text NOT NULL GENERATED ALWAYS AS ('confirmed') STORED,
      PRIMARY KEY (case_id, credential_id),
      CONSTRAINT vetting_evidence_of_case FOREIGN KEY (case_id, practitioner_id, jurisdiction) REFERENCES vetting_case (id, practitioner_id, jurisdiction),
      CONSTRAINT vetting_evidence_own_credential FOREIGN KEY (credential_id, practitioner_id, jurisdiction) REFERENCES credential (id, practitioner_id, jurisdiction),
      CONSTRAINT vetting_evidence_confirmed FOREIGN KEY (check_id, credential_id, check_result) REFERENCES credential_check (id, credential_id, result)
    );

    -- The span in which a practitioner may do something somewhere. Live appointments point at it with PERIOD keys:
    -- a renewal under them is accepted, a shortening is refused until they are moved, paused or cancelled.
    CREATE TABLE capability_period (
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      capability text NOT NULL CONSTRAINT capability_period_known CHECK (capability IN ('consult', 'prescribe', 'inject')),
      valid tstzrange NOT NULL CONSTRAINT capability_period_bounded CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
      case_id uuid NOT NULL,
      case_state text NOT NULL GENERATED ALWAYS AS ('approved') STORED,
      CONSTRAINT capability_period_approved FOREIGN KEY (case_id, practitioner_id, jurisdiction, case_state) REFERENCES vetting_case (id, practitioner_id, jurisdiction, state),
      CONSTRAINT capability_period_no_overlap PRIMARY KEY (practitioner_id, jurisdiction, capability, valid WITHOUT OVERLAPS)
    );

    -- Decides a case as the acting reviewer; on approval writes the capability periods as the intersection of the
    -- credentials behind it. The application's roles cannot write capability_period in any other way.
    CREATE FUNCTION decide_vetting(wanted_case uuid, approve boolean, why text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      c public.vetting_case;
      span tstzrange;
      needed text[] := ARRAY['registration', 'toxin_training', 'life_support', 'indemnity_insurance'];
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

      SELECT tstzrange(greatest(max(lower(k.valid)::timestamptz), public.app_now()), min(upper(k.valid)::timestamptz), '[)') INTO span
        FROM public.vetting_evidence e JOIN public.credential k ON k.id = e.credential_id
       WHERE e.case_id = wanted_case
      HAVING min(upper(k.valid)::timestamptz) > greatest(max(lower(k.valid)::timestamptz), public.app_now());
      IF span IS NULL OR EXISTS (SELECT unnest(needed) EXCEPT
                 SELECT k.kind FROM public.vetting_evidence e JOIN public.credential k ON k.id = e.credential_id WHERE e.case_id = wanted_case)
      THEN
        RAISE EXCEPTION 'evidence is not complete' USING ERRCODE = '23514', CONSTRAINT = 'vetting_evidence_complete';
      END IF;
      FOR wanted IN
        SELECT pc.capability FROM public.profession_capability pc JOIN public.practitioner p ON p.profession = pc.profession
         WHERE p.id = c.practitioner_id AND pc.jurisdiction = c.jurisdiction
           AND (pc.required_credential IS NULL OR EXISTS (
             SELECT FROM public.vetting_evidence e JOIN public.credential k ON k.id = e.credential_id
              WHERE e.case_id = wanted_case AND k.kind = pc.required_credential))
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
    REVOKE ALL ON FUNCTION decide_vetting FROM PUBLIC;

    -- Suspension takes effect at once and can only be lifted by a new decision of two people (L2). It is refused while
    -- live appointments stand, so the caller pauses or cancels those in the same transaction.
    CREATE FUNCTION suspend_practitioner(wanted uuid) RETURNS void
      LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
      AS $$ UPDATE public.practitioner SET standing = 'suspended' WHERE id = wanted $$;
    REVOKE ALL ON FUNCTION suspend_practitioner FROM PUBLIC;

    -- Accepted by both sides, or it has no valid span. A seat makes the cap per prescriber an exclusion (G3).
    CREATE TABLE supervision (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      injector_id uuid NOT NULL REFERENCES practitioner,
      prescriber_id uuid NOT NULL REFERENCES practitioner,
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      seat smallint NOT NULL CONSTRAINT supervision_seat CHECK (seat BETWEEN 1 AND 6),
      injector_accepted_by uuid,
      prescriber_accepted_by uuid,
      valid tstzrange,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT supervision_two_people CHECK (injector_id <> prescriber_id),
      CONSTRAINT supervision_injector_accepts FOREIGN KEY (injector_id, injector_accepted_by) REFERENCES practitioner (id, account_id),
      CONSTRAINT supervision_prescriber_accepts FOREIGN KEY (prescriber_id, prescriber_accepted_by) REFERENCES practitioner (id, account_id),
      CONSTRAINT supervision_accepted_by_both CHECK (valid IS NULL OR (injector_accepted_by IS NOT NULL AND prescriber_accepted_by IS NOT NULL)),
      CONSTRAINT supervision_valid CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
      CONSTRAINT supervision_no_overlap UNIQUE (injector_id, prescriber_id, jurisdiction, valid WITHOUT OVERLAPS),
      CONSTRAINT supervision_cap EXCLUDE USING gist (prescriber_id WITH =, jurisdiction WITH =, seat WITH =, valid WITH &&)
    );

    -- Each side accepts for itself; what both accepted may be ended by either, never stretched.
    CREATE FUNCTION supervision_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NEW.injector_accepted_by IS DISTINCT FROM coalesce(OLD.injector_accepted_by, public.current_actor()) AND NEW.injector_accepted_by IS NOT NULL
         OR NEW.prescriber_accepted_by IS DISTINCT FROM coalesce(OLD.prescriber_accepted_by, public.current_actor()) AND NEW.prescriber_accepted_by IS NOT NULL THEN
        RAISE EXCEPTION 'nobody accepts for another' USING ERRCODE = '23514', CONSTRAINT = 'supervision_accepted_in_person';
      END IF;
      IF TG_OP = 'UPDATE' AND ((NEW.injector_id, NEW.prescriber_id, NEW.jurisdiction) IS DISTINCT FROM (OLD.injector_id, OLD.prescriber_id, OLD.jurisdiction)
         OR NOT NEW.valid <@ OLD.valid) THEN
        RAISE EXCEPTION 'a supervision is agreed anew, not stretched' USING ERRCODE = '23514', CONSTRAINT = 'supervision_frozen';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER supervision_sign BEFORE INSERT OR UPDATE ON supervision FOR EACH ROW EXECUTE FUNCTION supervision_sign();

    -- Listed = in good standing, with a live capability, cover out of hours and a records custodian (L1, L8);
    -- who may not prescribe needs a live supervision too (G3).
    CREATE VIEW listing AS
      SELECT p.id AS practitioner_id, cp.jurisdiction,
             bool_or(cp.capability = 'consult') AS may_consult,
             bool_or(cp.capability = 'prescribe') AS may_prescribe,
             bool_or(cp.capability = 'inject') AS may_inject,
             min(upper(cp.valid)) AS listed_until
        FROM practitioner p JOIN capability_period cp ON cp.practitioner_id = p.id AND cp.valid @> app_now()
       WHERE p.standing = 'good' AND p.out_of_hours_phone IS NOT NULL AND p.out_of_hours_name IS NOT NULL AND p.records_custodian IS NOT NULL
       GROUP BY p.id, cp.jurisdiction
      HAVING bool_or(cp.capability = 'prescribe')
          OR EXISTS (SELECT FROM supervision s WHERE s.injector_id = p.id AND s.jurisdiction = cp.jurisdiction AND s.valid @> app_now());
  `.execute(db);
}
