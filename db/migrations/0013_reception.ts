import { sql, type Kysely } from 'kysely';

/**
 * The desk: people whom the clinic enters for them, claims of such a record by its person, and two entries of one person
 * joined by two members. Who may do it is asked here again, because each of them opens somebody's record.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE patient
      ADD COLUMN postal_address text NOT NULL DEFAULT '',
      -- The member of a clinic who entered this person; null for who entered themselves.
      ADD COLUMN entered_by uuid REFERENCES account,
      ADD COLUMN merged_into_id uuid REFERENCES patient,
      ADD CONSTRAINT patient_reachable CHECK (entered_by IS NULL OR phone IS NOT NULL OR postal_address <> '');
    CREATE INDEX patient_by_birth ON patient (date_of_birth);

    CREATE FUNCTION works_at_desk(wanted_account uuid, wanted_clinic uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.clinic_member m
                      WHERE m.account_id = wanted_account AND m.clinic_id = wanted_clinic AND m.valid @> public.app_now()) $$;
    CREATE FUNCTION known_at_clinic(wanted_patient uuid, wanted_clinic uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.appointment a
                      WHERE a.patient_id = wanted_patient AND a.clinic_id = wanted_clinic AND a.state NOT IN ('held', 'expired')) $$;
    CREATE FUNCTION has_clinical_record(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.health_answers WHERE patient_id = wanted)
          OR EXISTS (SELECT FROM public.consultation_record WHERE patient_id = wanted)
          OR EXISTS (SELECT FROM public.prescription WHERE patient_id = wanted)
          OR EXISTS (SELECT FROM public.consent WHERE patient_id = wanted)
          OR EXISTS (SELECT FROM public.treatment_record WHERE patient_id = wanted)
          OR EXISTS (SELECT FROM public.urgent_contact WHERE patient_id = wanted) $$;

    -- A code on a printed confirmation. Its person asks with it; a member who has seen photo identification grants it.
    CREATE TABLE record_claim (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      patient_id uuid NOT NULL REFERENCES patient,
      clinic_id uuid NOT NULL REFERENCES clinic,
      state text NOT NULL DEFAULT 'issued' CONSTRAINT record_claim_state CHECK (state IN ('issued', 'asked', 'granted', 'void')),
      code_hash text NOT NULL CONSTRAINT record_claim_code_once UNIQUE CONSTRAINT record_claim_code_is_hash CHECK (code_hash ~ '^[0-9a-f]{64}$'),
      issued_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      issued_at timestamptz NOT NULL DEFAULT app_now(),
      expires_at timestamptz NOT NULL DEFAULT app_now() + interval '90 days',
      claimed_by uuid REFERENCES account,
      claimed_at timestamptz,
      id_document text NOT NULL DEFAULT '',
      id_seen_by uuid REFERENCES account,
      id_seen_at timestamptz,
      CONSTRAINT record_claim_granted CHECK (state <> 'granted' OR (claimed_by IS NOT NULL AND id_seen_by IS NOT NULL AND id_document <> '')),
      CONSTRAINT record_claim_two_people CHECK (id_seen_by <> claimed_by)
    );
    CREATE UNIQUE INDEX record_claim_one_open ON record_claim (patient_id) WHERE state IN ('issued', 'asked');

    CREATE FUNCTION record_claim_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
      of_clinic boolean := public.works_at_desk(actor, NEW.clinic_id) AND public.known_at_clinic(NEW.patient_id, NEW.clinic_id);
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.state := 'issued';
        NEW.issued_by := actor;
        NEW.issued_at := at;
        NEW.expires_at := at + interval '90 days';
        NEW.claimed_by := NULL;
        NEW.claimed_at := NULL;
        NEW.id_document := '';
        NEW.id_seen_by := NULL;
        NEW.id_seen_at := NULL;
        IF of_clinic IS NOT TRUE THEN
          RAISE EXCEPTION 'a clinic issues codes for its own patients' USING ERRCODE = '23514', CONSTRAINT = 'record_claim_of_the_clinic';
        END IF;
        IF EXISTS (SELECT FROM public.patient p WHERE p.id = NEW.patient_id AND (p.account_id IS NOT NULL OR p.merged_into_id IS NOT NULL)) THEN
          RAISE EXCEPTION 'this record has its person' USING ERRCODE = '23514', CONSTRAINT = 'record_claim_still_free';
        END IF;
        RETURN NEW;
      END IF;
      IF (OLD.state, NEW.state) NOT IN (('issued', 'asked'), ('asked', 'granted'), ('issued', 'void'), ('asked', 'void'))
         OR (NEW.id, NEW.patient_id, NEW.clinic_id, NEW.code_hash, NEW.issued_by, NEW.issued_at, NEW.expires_at)
              IS DISTINCT FROM (OLD.id, OLD.patient_id, OLD.clinic_id, OLD.code_hash, OLD.issued_by, OLD.issued_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'a claim goes its way once' USING ERRCODE = '23514', CONSTRAINT = 'record_claim_frozen';
      END IF;
      IF NEW.state = 'asked' THEN
        NEW.claimed_by := actor;
        NEW.claimed_at := at;
        IF OLD.expires_at <= at THEN
          RAISE EXCEPTION 'the code has run out' USING ERRCODE = '23514', CONSTRAINT = 'record_claim_live';
        END IF;
      ELSE
        NEW.claimed_by := OLD.claimed_by;
        NEW.claimed_at := OLD.claimed_at;
      END IF;
      IF NEW.state = 'granted' THEN
        NEW.id_seen_by := actor;
        NEW.id_seen_at := at;
        IF of_clinic IS NOT TRUE THEN
          RAISE EXCEPTION 'a member of the clinic sees the identification' USING ERRCODE = '23514', CONSTRAINT = 'record_claim_id_seen';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER record_claim_steps BEFORE INSERT OR UPDATE ON record_claim FOR EACH ROW EXECUTE FUNCTION record_claim_steps();

    -- Two entries of one person: one member proposes, another decides. Nothing of it is ever deleted.
    CREATE TABLE patient_merge (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      clinic_id uuid NOT NULL REFERENCES clinic,
      keep_id uuid NOT NULL REFERENCES patient,
      other_id uuid NOT NULL REFERENCES patient,
      state text NOT NULL DEFAULT 'proposed' CONSTRAINT patient_merge_state CHECK (state IN ('proposed', 'merged', 'declined')),
      proposed_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      proposed_at timestamptz NOT NULL DEFAULT app_now(),
      decided_by uuid REFERENCES account,
      decided_at timestamptz,
      CONSTRAINT patient_merge_two_entries CHECK (keep_id <> other_id),
      CONSTRAINT patient_merge_decided CHECK ((state = 'proposed') = (decided_by IS NULL)),
      CONSTRAINT patient_merge_two_people CHECK (state <> 'merged' OR decided_by <> proposed_by)
    );
    CREATE UNIQUE INDEX patient_merge_one_open ON patient_merge (other_id) WHERE state = 'proposed';

    CREATE FUNCTION patient_merge_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.state := 'proposed';
        NEW.proposed_by := actor;
        NEW.proposed_at := at;
        NEW.decided_by := NULL;
        NEW.decided_at := NULL;
      ELSE
        IF OLD.state <> 'proposed' OR NEW.state = 'proposed'
           OR (NEW.id, NEW.clinic_id, NEW.keep_id, NEW.other_id, NEW.proposed_by, NEW.proposed_at)
                IS DISTINCT FROM (OLD.id, OLD.clinic_id, OLD.keep_id, OLD.other_id, OLD.proposed_by, OLD.proposed_at) THEN
          RAISE EXCEPTION 'a proposal is decided once' USING ERRCODE = '23514', CONSTRAINT = 'patient_merge_frozen';
        END IF;
        NEW.decided_by := actor;
        NEW.decided_at := at;
      END IF;
      IF public.works_at_desk(actor, NEW.clinic_id) IS NOT TRUE
         OR NOT public.known_at_clinic(NEW.keep_id, NEW.clinic_id) OR NOT public.known_at_clinic(NEW.other_id, NEW.clinic_id) THEN
        RAISE EXCEPTION 'a clinic joins entries of its own patients' USING ERRCODE = '23514', CONSTRAINT = 'patient_merge_of_the_clinic';
      END IF;
      IF NEW.state = 'declined' THEN RETURN NEW; END IF;
      IF (SELECT count(DISTINCT p.date_of_birth) FROM public.patient p WHERE p.id IN (NEW.keep_id, NEW.other_id) AND p.merged_into_id IS NULL) <> 1 THEN
        RAISE EXCEPTION 'one person has one date of birth' USING ERRCODE = '23514', CONSTRAINT = 'patient_merge_same_birth';
      END IF;
      -- Clinical records are never joined at a desk, and nobody loses the account that opens a record.
      IF public.has_clinical_record(NEW.other_id)
         OR EXISTS (SELECT FROM public.patient p WHERE p.id = NEW.other_id AND p.account_id IS NOT NULL) THEN
        RAISE EXCEPTION 'the entry that goes holds nothing but bookings' USING ERRCODE = '23514', CONSTRAINT = 'patient_merge_empty';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER patient_merge_steps BEFORE INSERT OR UPDATE ON patient_merge FOR EACH ROW EXECUTE FUNCTION patient_merge_steps();

    CREATE FUNCTION patient_ties() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NEW.account_id IS DISTINCT FROM OLD.account_id THEN
        IF OLD.account_id IS NOT NULL THEN
          RAISE EXCEPTION 'a record stays with its person' USING ERRCODE = '23514', CONSTRAINT = 'patient_account_once';
        END IF;
        IF NOT EXISTS (SELECT FROM public.record_claim c
                        WHERE c.patient_id = NEW.id AND c.claimed_by = NEW.account_id AND c.state = 'granted') THEN
          RAISE EXCEPTION 'identification is seen first' USING ERRCODE = '23514', CONSTRAINT = 'patient_identity_seen';
        END IF;
      END IF;
      IF NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id THEN
        IF OLD.merged_into_id IS NOT NULL OR NOT EXISTS (SELECT FROM public.patient_merge m
                        WHERE m.other_id = NEW.id AND m.keep_id = NEW.merged_into_id AND m.state = 'merged') THEN
          RAISE EXCEPTION 'two people decide that two entries are one' USING ERRCODE = '23514', CONSTRAINT = 'patient_merge_confirmed';
        END IF;
        IF EXISTS (SELECT FROM public.appointment a
                    WHERE a.patient_id = NEW.id AND a.state IN ('held', 'confirmed', 'paused', 'arrived', 'started')) THEN
          RAISE EXCEPTION 'its bookings go over first' USING ERRCODE = '23514', CONSTRAINT = 'patient_merge_leaves_nothing';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER patient_ties BEFORE UPDATE OF account_id, merged_into_id ON patient FOR EACH ROW EXECUTE FUNCTION patient_ties();

    -- FOR SHARE: a booking and the joining of two entries wait for each other.
    CREATE FUNCTION appointment_of_kept_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      PERFORM FROM public.patient p WHERE p.id = NEW.patient_id AND p.merged_into_id IS NULL FOR SHARE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'this entry was joined with another' USING ERRCODE = '23514', CONSTRAINT = 'appointment_of_kept_entry';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER appointment_of_kept_entry_insert BEFORE INSERT ON appointment FOR EACH ROW
      WHEN (NEW.patient_id IS NOT NULL) EXECUTE FUNCTION appointment_of_kept_entry();
    CREATE TRIGGER appointment_of_kept_entry_update BEFORE UPDATE ON appointment FOR EACH ROW
      WHEN (NEW.patient_id IS DISTINCT FROM OLD.patient_id) EXECUTE FUNCTION appointment_of_kept_entry();

    -- Whether papers are still to come, and nothing of what is in them.
    CREATE FUNCTION papers_due(wanted uuid[]) RETURNS TABLE (patient_id uuid, answers_due boolean, identity_due boolean)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT p.id,
             NOT EXISTS (SELECT FROM public.health_answers h WHERE h.patient_id = p.id),
             NOT EXISTS (SELECT FROM public.consultation_record c WHERE c.patient_id = p.id AND c.identity_seen)
               AND NOT EXISTS (SELECT FROM public.record_claim r WHERE r.patient_id = p.id AND r.state = 'granted')
        FROM public.patient p
       WHERE p.id = ANY (wanted)
         AND EXISTS (SELECT FROM public.clinic_member m
                      WHERE m.account_id = public.current_actor() AND m.valid @> public.app_now() AND public.known_at_clinic(p.id, m.clinic_id)) $$;

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON record_claim, patient_merge TO %I', r);
        EXECUTE format('GRANT EXECUTE ON FUNCTION papers_due, has_clinical_record TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
