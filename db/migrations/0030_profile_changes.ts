import { sql, type Kysely } from 'kysely';

/**
 * What approved people say of themselves, and what was checked of them. The first they change alone, and every change
 * stays on record; the second changes by two reviewers.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Every address that a public page has had: an old one leads on, and is never given to anybody else.
    CREATE TABLE practitioner_slug (
      slug text PRIMARY KEY,
      practitioner_id uuid NOT NULL REFERENCES practitioner ON DELETE CASCADE
    );
    CREATE INDEX practitioner_slug_by_practitioner ON practitioner_slug (practitioner_id);
    INSERT INTO practitioner_slug (slug, practitioner_id) SELECT slug, id FROM practitioner;

    CREATE FUNCTION was_approved(wanted_practitioner uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public
      AS $$ SELECT EXISTS (SELECT FROM public.vetting_case v WHERE v.practitioner_id = wanted_practitioner AND v.state = 'approved') $$;
    -- Whether the owner of a table acts on it: a migration, or one of the functions below, and never a role of the application.
    CREATE FUNCTION owner_acts(relation oid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog
      AS $$ SELECT pg_has_role(current_user, c.relowner, 'MEMBER') FROM pg_class c WHERE c.oid = relation $$;

    -- Two names that are the same wait for each other at the key. What was never public is given up.
    CREATE FUNCTION practitioner_slug_keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug AND NOT public.was_approved(NEW.id) THEN
        DELETE FROM public.practitioner_slug WHERE slug = OLD.slug;
      END IF;
      INSERT INTO public.practitioner_slug AS kept (slug, practitioner_id) VALUES (NEW.slug, NEW.id)
        ON CONFLICT (slug) DO UPDATE SET practitioner_id = excluded.practitioner_id WHERE kept.practitioner_id = excluded.practitioner_id;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'that address is somebody else’s' USING ERRCODE = '23505', CONSTRAINT = 'practitioner_slug_kept';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER practitioner_slug_keep AFTER INSERT OR UPDATE OF slug ON practitioner FOR EACH ROW EXECUTE FUNCTION practitioner_slug_keep();

    -- The address of a page follows from the name; the first that nobody else has or had.
    CREATE FUNCTION free_slug(wanted_name text, wanted_for uuid) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT candidate FROM (
        SELECT n, coalesce(nullif(trim(BOTH '-' FROM regexp_replace(public.plain(wanted_name), '[^a-z0-9]+', '-', 'g')), ''), 'practitioner')
                  || CASE n WHEN 1 THEN '' ELSE '-' || n END AS candidate
          FROM generate_series(1, 10000) n) numbered
       WHERE NOT EXISTS (SELECT FROM public.practitioner_slug k WHERE k.slug = candidate AND k.practitioner_id <> wanted_for)
       ORDER BY n LIMIT 1 $$;

    -- What reviewers look at stays as it is from the moment they are asked, unless they said no.
    CREATE FUNCTION practitioner_checked() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF (NEW.account_id, NEW.slug, NEW.title, NEW.display_name, NEW.family_name, NEW.native_name, NEW.profession, NEW.practising_since)
           IS DISTINCT FROM (OLD.account_id, OLD.slug, OLD.title, OLD.display_name, OLD.family_name, OLD.native_name, OLD.profession, OLD.practising_since)
         AND NOT public.owner_acts(TG_RELID)
         AND EXISTS (SELECT FROM public.vetting_case v WHERE v.practitioner_id = NEW.id AND v.state <> 'not_approved') THEN
        RAISE EXCEPTION 'that was checked, and stays' USING ERRCODE = '23514', CONSTRAINT = 'practitioner_checked';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER practitioner_checked BEFORE UPDATE ON practitioner FOR EACH ROW EXECUTE FUNCTION practitioner_checked();

    -- Whether somebody sees people at one of these locations whom reviewers have been asked about there.
    CREATE FUNCTION is_checked_place(wanted_clinic uuid, wanted_location uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (
        SELECT FROM public.location l JOIN public.practice w ON w.location_id = l.id
          JOIN public.vetting_case v ON v.practitioner_id = w.practitioner_id AND v.jurisdiction = l.jurisdiction AND v.state <> 'not_approved'
         WHERE l.clinic_id = wanted_clinic AND l.id = coalesce(wanted_location, l.id)) $$;
    CREATE FUNCTION location_checked() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF to_jsonb(NEW) - ARRAY['access_features', 'directions'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['access_features', 'directions']
         AND NOT public.owner_acts(TG_RELID) AND public.is_checked_place(OLD.clinic_id, OLD.id) THEN
        RAISE EXCEPTION 'people are sent to this address' USING ERRCODE = '23514', CONSTRAINT = 'location_checked';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER location_checked BEFORE UPDATE ON location FOR EACH ROW EXECUTE FUNCTION location_checked();
    CREATE FUNCTION clinic_checked() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF (NEW.name, NEW.phone) IS DISTINCT FROM (OLD.name, OLD.phone)
         AND NOT public.owner_acts(TG_RELID) AND public.is_checked_place(OLD.id, NULL) THEN
        RAISE EXCEPTION 'people are sent to this clinic' USING ERRCODE = '23514', CONSTRAINT = 'clinic_checked';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER clinic_checked BEFORE UPDATE ON clinic FOR EACH ROW EXECUTE FUNCTION clinic_checked();
    -- Nor does somebody appear elsewhere in a place for which they were checked.
    CREATE FUNCTION practice_checked() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF (TG_OP = 'INSERT' OR (NEW.practitioner_id, NEW.location_id) IS DISTINCT FROM (OLD.practitioner_id, OLD.location_id))
         AND NOT public.owner_acts(TG_RELID)
         AND EXISTS (SELECT FROM public.location l JOIN public.vetting_case v ON v.jurisdiction = l.jurisdiction
                      WHERE l.id = NEW.location_id AND v.practitioner_id = NEW.practitioner_id AND v.state <> 'not_approved') THEN
        RAISE EXCEPTION 'where somebody works was checked, and stays' USING ERRCODE = '23514', CONSTRAINT = 'practice_checked';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER practice_checked AFTER INSERT OR UPDATE OF practitioner_id, location_id ON practice FOR EACH ROW EXECUTE FUNCTION practice_checked();

    -- What was changed of somebody who has been public, by whom, from what to what. The database writes it, whoever writes the row.
    CREATE TABLE profile_change (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      location_id uuid REFERENCES location,
      -- "practitioner.headline": the table and the column.
      field text NOT NULL,
      before jsonb,
      after jsonb,
      changed_by uuid REFERENCES account, -- NULL where the system did
      changed_at timestamptz NOT NULL DEFAULT app_now()
    );
    CREATE INDEX profile_change_by_practitioner ON profile_change (practitioner_id, id DESC);
    CREATE TRIGGER profile_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON profile_change EXECUTE FUNCTION append_only();

    CREATE FUNCTION record_profile_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      was jsonb := to_jsonb(OLD);
      becomes jsonb := to_jsonb(NEW);
    BEGIN
      INSERT INTO public.profile_change (practitioner_id, location_id, field, before, after, changed_by)
      SELECT who.practitioner_id, who.location_id, TG_TABLE_NAME || '.' || named.field, was -> named.field, becomes -> named.field, public.current_actor()
        FROM unnest(TG_ARGV) AS named (field)
       CROSS JOIN (
         SELECT (becomes ->> 'id')::uuid AS practitioner_id, NULL::uuid AS location_id WHERE TG_TABLE_NAME = 'practitioner'
          UNION ALL SELECT (becomes ->> 'practitioner_id')::uuid, (becomes ->> 'location_id')::uuid WHERE TG_TABLE_NAME = 'practice'
          UNION ALL SELECT w.practitioner_id, w.location_id FROM public.practice w JOIN public.location l ON l.id = w.location_id
           WHERE TG_TABLE_NAME = 'location' AND l.id = (becomes ->> 'id')::uuid OR TG_TABLE_NAME = 'clinic' AND l.clinic_id = (becomes ->> 'id')::uuid) who
       WHERE was -> named.field IS DISTINCT FROM becomes -> named.field AND public.was_approved(who.practitioner_id);
      RETURN NULL;
    END $$;
    CREATE TRIGGER profile_change_practitioner AFTER UPDATE ON practitioner FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
      EXECUTE FUNCTION record_profile_change('slug', 'title', 'display_name', 'family_name', 'native_name', 'profession', 'practising_since', 'pronouns',
        'gender', 'languages', 'headline', 'biography', 'regions', 'out_of_hours_name', 'out_of_hours_phone', 'records_custodian');
    CREATE TRIGGER profile_change_practice AFTER UPDATE ON practice FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
      EXECUTE FUNCTION record_profile_change('consultation_fee_minor', 'consultation_fee_covers', 'consultation_minutes', 'treatment_minutes', 'follow_up_minutes');
    CREATE TRIGGER profile_change_location AFTER UPDATE ON location FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
      EXECUTE FUNCTION record_profile_change('name', 'street', 'district', 'locality', 'postcode', 'access_features', 'directions');
    CREATE TRIGGER profile_change_clinic AFTER UPDATE ON clinic FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
      EXECUTE FUNCTION record_profile_change('name', 'phone');

    -- A change of what was checked: asked for by whom it is about, checked by one reviewer, decided by another (L1).
    CREATE TABLE high_risk_change (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      kind text NOT NULL CONSTRAINT high_risk_change_kind CHECK (kind IN ('name', 'profession', 'practising_since', 'address')),
      location_id uuid,
      before jsonb NOT NULL,
      after jsonb NOT NULL,
      reason text NOT NULL CONSTRAINT high_risk_change_reason CHECK (trim(reason) <> ''),
      state text NOT NULL DEFAULT 'asked' CONSTRAINT high_risk_change_state CHECK (state IN ('asked', 'checked', 'accepted', 'rejected', 'withdrawn')),
      asked_by uuid NOT NULL,
      asked_at timestamptz NOT NULL,
      checked_by uuid,
      checked_at timestamptz,
      finding text NOT NULL DEFAULT '',
      decided_by uuid,
      decided_at timestamptz,
      decision_reason text NOT NULL DEFAULT '',
      reviewer_role text NOT NULL GENERATED ALWAYS AS ('reviewer') STORED,
      CONSTRAINT high_risk_change_place CHECK ((kind = 'address') = (location_id IS NOT NULL)),
      CONSTRAINT high_risk_change_differs CHECK (before <> after),
      -- Whose it is the row policy says: the account is the actor's own.
      CONSTRAINT high_risk_change_asked_by FOREIGN KEY (asked_by) REFERENCES account,
      CONSTRAINT high_risk_change_own_place FOREIGN KEY (practitioner_id, location_id) REFERENCES practice,
      CONSTRAINT high_risk_change_checked_by_reviewer FOREIGN KEY (checked_by, reviewer_role) REFERENCES staff (account_id, role),
      CONSTRAINT high_risk_change_decided_by_reviewer FOREIGN KEY (decided_by, reviewer_role) REFERENCES staff (account_id, role),
      CONSTRAINT high_risk_change_checked CHECK (state NOT IN ('checked', 'accepted', 'rejected') OR checked_by IS NOT NULL AND checked_at IS NOT NULL AND trim(finding) <> ''),
      CONSTRAINT high_risk_change_decided CHECK ((state IN ('accepted', 'rejected')) = (decided_by IS NOT NULL) AND (decided_by IS NULL) = (decided_at IS NULL)
        AND (decided_by IS NULL OR trim(decision_reason) <> '')),
      CONSTRAINT high_risk_change_two_people CHECK (decided_by <> checked_by),
      CONSTRAINT high_risk_change_not_the_subject CHECK (checked_by <> asked_by AND decided_by <> asked_by)
    );
    CREATE UNIQUE INDEX high_risk_change_one_open ON high_risk_change (practitioner_id, kind, location_id) NULLS NOT DISTINCT WHERE state IN ('asked', 'checked');

    -- What such a change is about, as it is now.
    CREATE FUNCTION high_risk_now(wanted_kind text, wanted_practitioner uuid, wanted_location uuid) RETURNS jsonb
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT CASE wanted_kind
               WHEN 'name' THEN jsonb_build_object('title', p.title, 'displayName', p.display_name, 'familyName', p.family_name)
               WHEN 'profession' THEN jsonb_build_object('profession', p.profession)
               WHEN 'practising_since' THEN jsonb_build_object('practisingSince', p.practising_since)
               ELSE (SELECT jsonb_build_object('clinicName', c.name, 'phone', c.phone, 'name', l.name, 'street', l.street, 'district', l.district,
                              'locality', l.locality, 'postcode', l.postcode, 'latitude', l.latitude, 'longitude', l.longitude)
                       FROM public.location l JOIN public.clinic c ON c.id = l.clinic_id WHERE l.id = wanted_location) END
        FROM public.practitioner p WHERE p.id = wanted_practitioner $$;

    -- One step at a time, each signed by whoever takes it; what was asked for never changes.
    CREATE FUNCTION high_risk_change_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
      steps text[] := ARRAY['state', 'checked_by', 'checked_at', 'finding', 'decided_by', 'decided_at', 'decision_reason', 'reviewer_role'];
    BEGIN
      IF (coalesce(OLD.state, 'new'), NEW.state) NOT IN (('new', 'asked'), ('asked', 'checked'), ('asked', 'withdrawn'), ('checked', 'withdrawn'),
            ('checked', 'accepted'), ('checked', 'rejected'))
         OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - steps IS DISTINCT FROM to_jsonb(OLD) - steps) THEN
        RAISE EXCEPTION 'a change does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514', CONSTRAINT = 'high_risk_change_waiting';
      END IF;
      IF TG_OP = 'INSERT' THEN
        NEW.asked_by := public.current_actor(); NEW.asked_at := public.app_now();
        NEW.before := public.high_risk_now(NEW.kind, NEW.practitioner_id, NEW.location_id);
        -- Each part of it is said, and no other; what is said is of the same kind as before.
        IF NEW.before IS NULL OR jsonb_typeof(NEW.after) <> 'object' OR EXISTS (
             SELECT FROM jsonb_each(NEW.before) b FULL JOIN jsonb_each(NEW.after) a ON a.key = b.key
              WHERE a.key IS NULL OR b.key IS NULL OR b.key NOT IN ('title', 'district') AND a.value IN ('null', '""')
                 OR b.key NOT IN ('title', 'practisingSince') AND jsonb_typeof(a.value) <> jsonb_typeof(b.value)) THEN
          RAISE EXCEPTION 'that is no change of this kind' USING ERRCODE = '23514', CONSTRAINT = 'high_risk_change_shape';
        END IF;
        IF NOT public.was_approved(NEW.practitioner_id) THEN
          RAISE EXCEPTION 'nothing of it has been checked' USING ERRCODE = '23514', CONSTRAINT = 'high_risk_change_of_approved';
        END IF;
        RETURN NEW;
      END IF;
      IF NEW.state = 'withdrawn' AND OLD.asked_by IS DISTINCT FROM public.current_actor() THEN
        RAISE EXCEPTION 'nobody takes it back for another' USING ERRCODE = '23514', CONSTRAINT = 'high_risk_change_own_word';
      END IF;
      NEW.checked_by := CASE NEW.state WHEN 'checked' THEN public.current_actor() ELSE OLD.checked_by END;
      NEW.checked_at := CASE NEW.state WHEN 'checked' THEN public.app_now() ELSE OLD.checked_at END;
      NEW.decided_by := CASE WHEN NEW.state IN ('accepted', 'rejected') THEN public.current_actor() END;
      NEW.decided_at := CASE WHEN NEW.state IN ('accepted', 'rejected') THEN public.app_now() END;
      RETURN NEW;
    END $$;
    CREATE TRIGGER high_risk_change_sign BEFORE INSERT OR UPDATE ON high_risk_change FOR EACH ROW EXECUTE FUNCTION high_risk_change_sign();

    -- Whether somebody holds a credential of this kind there that was confirmed at its source.
    CREATE FUNCTION holds_confirmed(wanted_practitioner uuid, wanted_jurisdiction text, wanted_kind text, wanted_register text) RETURNS boolean
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (
        SELECT FROM public.credential k
         WHERE k.practitioner_id = wanted_practitioner AND k.jurisdiction = wanted_jurisdiction AND k.kind = wanted_kind AND k.withdrawn_at IS NULL
           AND k.valid @> public.app_now()::date AND k.register IS NOT DISTINCT FROM coalesce(wanted_register, k.register)
           AND (SELECT ch.result FROM public.credential_check ch WHERE ch.credential_id = k.id ORDER BY ch.checked_at DESC, ch.id DESC LIMIT 1) = 'confirmed') $$;

    -- The next step of a change; accepted, it takes effect. The application's roles can change nothing checked in any other way.
    CREATE FUNCTION take_high_risk_step(wanted uuid, step text, words text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE c public.high_risk_change;
    BEGIN
      UPDATE public.high_risk_change SET state = step,
             finding = CASE step WHEN 'checked' THEN words ELSE finding END,
             decision_reason = CASE WHEN step IN ('accepted', 'rejected') THEN words ELSE decision_reason END
       WHERE id = wanted RETURNING * INTO c;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'no such change' USING ERRCODE = '23514', CONSTRAINT = 'high_risk_change_waiting';
      END IF;
      IF step <> 'accepted' THEN RETURN; END IF;

      IF c.before IS DISTINCT FROM public.high_risk_now(c.kind, c.practitioner_id, c.location_id) THEN
        RAISE EXCEPTION 'it is otherwise by now' USING ERRCODE = '23514', CONSTRAINT = 'high_risk_change_stale';
      END IF;
      CASE c.kind
        WHEN 'name' THEN
          UPDATE public.practitioner p
             SET title = c.after ->> 'title', display_name = c.after ->> 'displayName', family_name = c.after ->> 'familyName',
                 slug = CASE WHEN p.display_name = c.after ->> 'displayName' THEN p.slug ELSE public.free_slug(c.after ->> 'displayName', p.id) END
           WHERE p.id = c.practitioner_id;
        WHEN 'practising_since' THEN
          UPDATE public.practitioner p SET practising_since = (c.after ->> 'practisingSince')::smallint WHERE p.id = c.practitioner_id;
        WHEN 'profession' THEN
          -- What is granted now must be granted to the new profession too, on credentials that are confirmed (L3).
          IF EXISTS (
               SELECT FROM public.capability_period cp
                WHERE cp.practitioner_id = c.practitioner_id AND cp.valid @> public.app_now()
                  AND (NOT EXISTS (SELECT FROM public.profession_capability pc
                                    WHERE pc.jurisdiction = cp.jurisdiction AND pc.profession = c.after ->> 'profession' AND pc.capability = cp.capability
                                      AND (pc.required_credential IS NULL OR public.holds_confirmed(c.practitioner_id, cp.jurisdiction, pc.required_credential, NULL)))
                    OR EXISTS (SELECT FROM public.required_credential r
                                WHERE r.jurisdiction = cp.jurisdiction AND r.profession = c.after ->> 'profession'
                                  AND NOT public.holds_confirmed(c.practitioner_id, cp.jurisdiction, r.kind, r.register)))) THEN
            RAISE EXCEPTION 'the credentials of that profession are not confirmed' USING ERRCODE = '23514', CONSTRAINT = 'high_risk_change_evidence';
          END IF;
          UPDATE public.practitioner p SET profession = c.after ->> 'profession' WHERE p.id = c.practitioner_id;
        WHEN 'address' THEN
          -- Nobody stands before a shut door: who has booked keeps the address that was booked.
          IF c.before - ARRAY['clinicName', 'phone', 'name'] IS DISTINCT FROM c.after - ARRAY['clinicName', 'phone', 'name']
             AND EXISTS (SELECT FROM public.appointment a WHERE a.location_id = c.location_id
                          AND a.state IN ('held', 'confirmed', 'paused') AND upper(a.during) > public.app_now()) THEN
            RAISE EXCEPTION 'visits are booked there' USING ERRCODE = '23514', CONSTRAINT = 'high_risk_change_visits';
          END IF;
          UPDATE public.location l
             SET name = c.after ->> 'name', street = c.after ->> 'street', district = c.after ->> 'district', locality = c.after ->> 'locality',
                 postcode = c.after ->> 'postcode', latitude = (c.after ->> 'latitude')::float8, longitude = (c.after ->> 'longitude')::float8
           WHERE l.id = c.location_id;
          UPDATE public.clinic k SET name = c.after ->> 'clinicName', phone = c.after ->> 'phone'
            FROM public.location l WHERE l.id = c.location_id AND k.id = l.clinic_id;
      END CASE;
    END $$;
    REVOKE ALL ON FUNCTION take_high_risk_step FROM PUBLIC;

    -- Both are read by whom they are about and by reviewers (P1).
    ALTER TABLE profile_change ENABLE ROW LEVEL SECURITY;
    CREATE POLICY profile_change_own ON profile_change FOR SELECT TO steadyhand_app USING (is_actor(practitioner_id) OR actor_reviews());
    CREATE POLICY profile_change_worker ON profile_change FOR SELECT TO steadyhand_worker USING (true);
    ALTER TABLE high_risk_change ENABLE ROW LEVEL SECURITY;
    CREATE POLICY high_risk_change_read ON high_risk_change FOR SELECT TO steadyhand_app USING (is_actor(practitioner_id) OR actor_reviews());
    CREATE POLICY high_risk_change_worker ON high_risk_change FOR SELECT TO steadyhand_worker USING (true);
    CREATE POLICY high_risk_change_ask ON high_risk_change FOR INSERT TO steadyhand_app WITH CHECK (is_actor(practitioner_id));

    GRANT SELECT ON practitioner_slug, profile_change, high_risk_change TO steadyhand_app, steadyhand_worker;
    GRANT INSERT (practitioner_id, kind, location_id, after, reason) ON high_risk_change TO steadyhand_app;
    GRANT EXECUTE ON FUNCTION take_high_risk_step TO steadyhand_app;
  `.execute(db);
}
