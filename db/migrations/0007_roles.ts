import { sql, type Kysely } from 'kysely';

/** What the application's roles may do, and row-level security on clinical records as the second line (P1, P3). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    DO $$
    DECLARE r text; t text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN EXECUTE format('CREATE ROLE %I NOLOGIN', r); END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', r);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', r);
        EXECUTE format('REVOKE SELECT ON audit_head FROM %I', r);
        EXECUTE format('GRANT EXECUTE ON FUNCTION enqueue TO %I', r);
        -- Facts that are added and never changed.
        FOREACH t IN ARRAY ARRAY['event', 'audit', 'credential', 'credential_check', 'health_answers', 'health_decision', 'consultation_addendum', 'deviation', 'follow_up_record', 'vetting_evidence', 'vial'] LOOP
          EXECUTE format('GRANT INSERT ON %I TO %I', t, r);
        END LOOP;
        -- Rows that live and change, and are never deleted.
        FOREACH t IN ARRAY ARRAY['account', 'account_code', 'patient', 'booking_party', 'clinic', 'location', 'room', 'clinic_member', 'practice',
            'vetting_case', 'supervision', 'care_episode', 'appointment', 'consultation_record', 'prescription', 'consent',
            'treatment_record', 'urgent_contact', 'mail_message'] LOOP
          EXECUTE format('GRANT INSERT, UPDATE ON %I TO %I', t, r);
        END LOOP;
        -- Rows that may go.
        FOREACH t IN ARRAY ARRAY['session', 'idempotency_key', 'rate_limit', 'opening_hours', 'opening', 'block', 'planned_vial', 'search_document',
            'consultation_question', 'consultation_finding', 'risk_disclosure', 'injection_point'] LOOP
          EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %I TO %I', t, r);
        END LOOP;
        EXECUTE format('GRANT INSERT ON practitioner TO %I', r);
        -- standing is not among them: suspension and reinstatement have their own functions.
        EXECUTE format('GRANT UPDATE (slug, title, display_name, family_name, native_name, pronouns, gender, headline, biography, regions, languages, practising_since, portrait_seed,
          out_of_hours_name, out_of_hours_phone, records_custodian) ON practitioner TO %I', r);
        EXECUTE format('GRANT EXECUTE ON FUNCTION decide_vetting, suspend_practitioner TO %I', r);
      END LOOP;
    END $$;

    -- graphile-worker's tables have row security without policies: only the owner could work them.
    GRANT USAGE ON SCHEMA graphile_worker TO steadyhand_worker;
    GRANT ALL ON ALL TABLES IN SCHEMA graphile_worker TO steadyhand_worker;
    GRANT ALL ON ALL SEQUENCES IN SCHEMA graphile_worker TO steadyhand_worker;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO steadyhand_worker;
    DO $$
    DECLARE t text;
    BEGIN
      FOR t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'graphile_worker'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity LOOP
        EXECUTE format('CREATE POLICY worker_works ON graphile_worker.%I TO steadyhand_worker USING (true) WITH CHECK (true)', t);
      END LOOP;
    END $$;

    -- The patient, and who treats, prescribes for or has seen that patient; nobody else (P1).
    CREATE FUNCTION actor_may_see_patient(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.patient p WHERE p.id = wanted AND p.account_id = public.current_actor())
          OR EXISTS (SELECT FROM public.practitioner me
                      WHERE me.account_id = public.current_actor()
                        AND (EXISTS (SELECT FROM public.appointment a WHERE a.patient_id = wanted AND (a.practitioner_id = me.id OR a.prescriber_id = me.id)
                                      AND a.state NOT IN ('held', 'expired'))
                          OR EXISTS (SELECT FROM public.prescription rx WHERE rx.patient_id = wanted AND (rx.prescriber_id = me.id OR rx.injector_id = me.id)))) $$;

    DO $$
    DECLARE t text;
    BEGIN
      FOREACH t IN ARRAY ARRAY['health_answers', 'health_decision', 'consultation_record', 'prescription', 'consent', 'treatment_record', 'follow_up_record', 'urgent_contact'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_app USING (actor_may_see_patient(patient_id)) WITH CHECK (actor_may_see_patient(patient_id))', t || '_own', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_worker USING (true) WITH CHECK (true)', t || '_worker', t);
      END LOOP;
      FOREACH t IN ARRAY ARRAY['consultation_question', 'consultation_finding', 'risk_disclosure', 'consultation_addendum'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_app USING (EXISTS (SELECT FROM consultation_record c WHERE c.id = consultation_id))', t || '_own', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_worker USING (true) WITH CHECK (true)', t || '_worker', t);
      END LOOP;
      FOREACH t IN ARRAY ARRAY['injection_point', 'deviation'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_app USING (EXISTS (SELECT FROM treatment_record r WHERE r.id = treatment_id))', t || '_own', t);
        EXECUTE format('CREATE POLICY %I ON %I TO steadyhand_worker USING (true) WITH CHECK (true)', t || '_worker', t);
      END LOOP;
    END $$;

    -- The guards must see every row, whoever acts: under row security a missing row would read as a missing obstacle.
    ALTER FUNCTION treatment_gate() SECURITY DEFINER;
    ALTER FUNCTION consultation_record_sign() SECURITY DEFINER;
    ALTER FUNCTION consultation_part_frozen() SECURITY DEFINER;
    ALTER FUNCTION treatment_record_sign() SECURITY DEFINER;
    ALTER FUNCTION treatment_part_frozen() SECURITY DEFINER;
    ALTER FUNCTION health_answers_sign() SECURITY DEFINER;
    ALTER FUNCTION consent_sign() SECURITY DEFINER;
    ALTER FUNCTION planned_vial_copy() SECURITY DEFINER;
    ALTER FUNCTION appointment_transition() SECURITY DEFINER;
  `.execute(db);
}
