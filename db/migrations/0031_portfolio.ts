import { sql, type Kysely } from 'kysely';

/**
 * The portfolio: what a patient says about pictures of themselves, use by use; cases, their pictures, and what a reviewer
 * decided. Whether a case is shown is never stored: it is asked of consent, decision and policy at every moment (L5, L6).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Asked once by who treated, for one use of pictures of one treatment; then the patient's word alone, the last counts.
    CREATE TABLE photo_consent (
      treatment_id uuid NOT NULL,
      patient_id uuid NOT NULL,
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      purpose text NOT NULL CONSTRAINT photo_consent_purpose CHECK (purpose IN ('record', 'consultation', 'public')),
      nth smallint NOT NULL,
      word text NOT NULL CONSTRAINT photo_consent_word CHECK (word IN ('asked', 'given', 'declined', 'withdrawn')),
      said_by uuid NOT NULL REFERENCES account,
      said_at timestamptz NOT NULL,
      CONSTRAINT photo_consent_in_turn PRIMARY KEY (treatment_id, purpose, nth),
      CONSTRAINT photo_consent_of_visit FOREIGN KEY (treatment_id, patient_id) REFERENCES appointment (id, patient_id)
    );
    CREATE INDEX photo_consent_by_patient ON photo_consent (patient_id);
    CREATE INDEX photo_consent_by_practitioner ON photo_consent (practitioner_id);
    CREATE FUNCTION photo_consent_say() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      visit record;
      before public.photo_consent;
    BEGIN
      -- One word after the other.
      SELECT a.id, a.patient_id, a.practitioner_id, a.kind, a.state, p.account_id AS practitioner, t.account_id AS patient INTO visit
        FROM public.appointment a JOIN public.practitioner p ON p.id = a.practitioner_id JOIN public.patient t ON t.id = a.patient_id
       WHERE a.id = NEW.treatment_id FOR NO KEY UPDATE OF a;
      SELECT * INTO before FROM public.photo_consent c
       WHERE c.treatment_id = NEW.treatment_id AND c.purpose = NEW.purpose ORDER BY c.nth DESC LIMIT 1;
      NEW.patient_id := visit.patient_id;
      NEW.practitioner_id := visit.practitioner_id;
      NEW.nth := coalesce(before.nth, 0) + 1;
      NEW.said_by := public.current_actor();
      NEW.said_at := public.app_now();
      IF NEW.word = 'asked' AND (visit.practitioner = NEW.said_by AND visit.kind = 'treatment' AND visit.state IN ('completed', 'stopped')) IS NOT TRUE THEN
        RAISE EXCEPTION 'who treated asks, afterwards' USING ERRCODE = '23514', CONSTRAINT = 'photo_consent_by_practitioner';
      END IF;
      IF NEW.word <> 'asked' AND (visit.patient = NEW.said_by) IS NOT TRUE THEN
        RAISE EXCEPTION 'the patient alone says' USING ERRCODE = '23514', CONSTRAINT = 'photo_consent_by_patient';
      END IF;
      -- Nobody is asked twice; the patient may change their mind as often as they like.
      IF (CASE NEW.word WHEN 'asked' THEN before.word IS NULL
                       WHEN 'given' THEN before.word IN ('asked', 'declined', 'withdrawn')
                       WHEN 'declined' THEN before.word = 'asked'
                       WHEN 'withdrawn' THEN before.word = 'given' END) IS NOT TRUE THEN
        RAISE EXCEPTION '% does not follow %', NEW.word, before.word USING ERRCODE = '23514', CONSTRAINT = 'photo_consent_order';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER photo_consent_say BEFORE INSERT ON photo_consent FOR EACH ROW EXECUTE FUNCTION photo_consent_say();
    CREATE TRIGGER photo_consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON photo_consent EXECUTE FUNCTION append_only();

    -- Given for one of these uses, and not taken back.
    CREATE FUNCTION photo_given(wanted_treatment uuid, purposes text[]) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.photo_consent c
                      WHERE c.treatment_id = wanted_treatment AND c.purpose = ANY (purposes) AND c.word = 'given'
                        AND c.nth = (SELECT max(l.nth) FROM public.photo_consent l WHERE l.treatment_id = c.treatment_id AND l.purpose = c.purpose)) $$;

    CREATE TABLE portfolio_case (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      treatment_id uuid NOT NULL CONSTRAINT portfolio_case_once UNIQUE,
      patient_id uuid NOT NULL,
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      jurisdiction text NOT NULL REFERENCES jurisdiction,
      treated_on date NOT NULL,
      before_on date NOT NULL,
      after_on date NOT NULL,
      days_since integer NOT NULL GENERATED ALWAYS AS (after_on - treated_on) STORED,
      regions text[] NOT NULL CONSTRAINT portfolio_case_regions CHECK (cardinality(regions) BETWEEN 1 AND 8),
      asked_for text NOT NULL,
      why text NOT NULL,
      unaltered boolean NOT NULL CONSTRAINT portfolio_case_unaltered CHECK (unaltered),
      begun_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT portfolio_case_of_visit FOREIGN KEY (treatment_id, patient_id) REFERENCES appointment (id, patient_id),
      CONSTRAINT portfolio_case_words CHECK (length(trim(asked_for)) BETWEEN 10 AND 600 AND length(trim(why)) BETWEEN 10 AND 600),
      CONSTRAINT portfolio_case_dates CHECK (before_on <= treated_on AND after_on > treated_on)
    );
    CREATE INDEX portfolio_case_by_practitioner ON portfolio_case (practitioner_id);

    -- What became of a case, one row after the other.
    CREATE TABLE portfolio_step (
      case_id uuid NOT NULL REFERENCES portfolio_case,
      nth smallint NOT NULL,
      kind text NOT NULL CONSTRAINT portfolio_step_kind CHECK (kind IN ('sent', 'approved', 'refused', 'taken_down')),
      reason text NOT NULL DEFAULT '' CONSTRAINT portfolio_step_reason CHECK (length(reason) <= 1000),
      taken_by uuid NOT NULL REFERENCES account,
      taken_at timestamptz NOT NULL,
      CONSTRAINT portfolio_step_in_turn PRIMARY KEY (case_id, nth),
      CONSTRAINT portfolio_step_reasoned CHECK (kind <> 'refused' OR length(trim(reason)) >= 10)
    );
    CREATE FUNCTION portfolio_state(wanted_case uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
      AS $$ SELECT coalesce((SELECT s.kind FROM public.portfolio_step s WHERE s.case_id = wanted_case ORDER BY s.nth DESC LIMIT 1), 'draft') $$;

    -- A picture as it is kept: whole and cropped, each drawn anew by us. Its address is a number nobody can guess.
    CREATE TABLE portfolio_picture (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      case_id uuid NOT NULL REFERENCES portfolio_case,
      side text NOT NULL CONSTRAINT portfolio_picture_side CHECK (side IN ('before', 'after')),
      -- What of the whole is shown, in thousandths of its width and height.
      crop_left smallint NOT NULL DEFAULT 0,
      crop_top smallint NOT NULL DEFAULT 0,
      crop_width smallint NOT NULL DEFAULT 1000,
      crop_height smallint NOT NULL DEFAULT 1000,
      placeholder text NOT NULL CONSTRAINT portfolio_picture_placeholder CHECK (length(placeholder) <= 2000 AND placeholder ~ '^data:image/webp;base64,[A-Za-z0-9+/=]+$'),
      added_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT portfolio_picture_one_a_side UNIQUE (case_id, side),
      CONSTRAINT portfolio_picture_crop CHECK (crop_left >= 0 AND crop_top >= 0 AND crop_width BETWEEN 100 AND 1000 AND crop_height BETWEEN 100 AND 1000
        AND crop_left + crop_width <= 1000 AND crop_top + crop_height <= 1000)
    );
    CREATE TABLE portfolio_rendition (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      picture_id uuid NOT NULL REFERENCES portfolio_picture ON DELETE CASCADE,
      -- The whole picture, from which the rest is cut. Never for the public.
      is_whole boolean NOT NULL,
      width smallint NOT NULL,
      height smallint NOT NULL,
      media_type text NOT NULL,
      bytes bytea NOT NULL CONSTRAINT portfolio_rendition_size CHECK (octet_length(bytes) BETWEEN 16 AND 4194304),
      CONSTRAINT portfolio_rendition_sniffed CHECK (CASE media_type
        WHEN 'image/jpeg' THEN substring(bytes FOR 3) = '\\xffd8ff'
        WHEN 'image/webp' THEN substring(bytes FOR 4) = '\\x52494646' AND substring(bytes FROM 9 FOR 4) = '\\x57454250'
        WHEN 'image/avif' THEN substring(bytes FROM 5 FOR 8) = '\\x6674797061766966'
        ELSE false END)
    );
    ALTER TABLE portfolio_rendition ALTER COLUMN bytes SET STORAGE EXTERNAL;
    CREATE INDEX portfolio_rendition_by_picture ON portfolio_rendition (picture_id);

    -- A file on its way, piece by piece. It goes as soon as it is whole, or after a day.
    CREATE TABLE portfolio_upload (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      case_id uuid NOT NULL REFERENCES portfolio_case,
      side text NOT NULL CONSTRAINT portfolio_upload_side CHECK (side IN ('before', 'after')),
      size integer NOT NULL CONSTRAINT portfolio_upload_size CHECK (size BETWEEN 1 AND 16777216),
      sha256 text NOT NULL CONSTRAINT portfolio_upload_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      received integer NOT NULL DEFAULT 0 CONSTRAINT portfolio_upload_received CHECK (received BETWEEN 0 AND size),
      begun_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT portfolio_upload_one_a_side UNIQUE (case_id, side)
    );
    CREATE TABLE portfolio_upload_piece (
      upload_id uuid NOT NULL REFERENCES portfolio_upload ON DELETE CASCADE,
      starts_at integer NOT NULL,
      bytes bytea NOT NULL CONSTRAINT portfolio_upload_piece_size CHECK (octet_length(bytes) BETWEEN 1 AND 1048576),
      CONSTRAINT portfolio_upload_piece_once PRIMARY KEY (upload_id, starts_at)
    );
    ALTER TABLE portfolio_upload_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;

    -- The actor's own case, open for changes: not being read by a reviewer, not shown, and the patient agrees.
    CREATE FUNCTION portfolio_open(wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.portfolio_case c
                      WHERE c.id = wanted_case AND public.is_actor(c.practitioner_id)
                        AND public.portfolio_state(c.id) NOT IN ('sent', 'approved')
                        AND public.photo_given(c.treatment_id, '{consultation,public}')) $$;

    -- What the strictest of floor and laws lets be shown: in the place of the case and wherever its practitioner is listed.
    CREATE FUNCTION portfolio_lawful(wanted_jurisdiction text, wanted_practitioner uuid) RETURNS text
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      WITH place AS (
        SELECT wanted_jurisdiction AS jurisdiction
        UNION SELECT l.jurisdiction FROM public.listing l WHERE l.practitioner_id = wanted_practitioner)
      SELECT (ARRAY['never', 'after_consultation', 'public'])[coalesce(min(coalesce(
               (SELECT min(array_position(ARRAY['never', 'after_consultation', 'public'], r.value #>> '{}')) FROM public.policy_row r
                 WHERE r.key = 'before_after_public' AND r.jurisdiction IN ('platform', place.jurisdiction) AND r.effective @> public.app_now()::date), 1)), 1)]
        FROM place $$;

    -- Where a case may be shown now: in public, in a consultation, or nowhere. This is the one place that decides it (L6).
    CREATE FUNCTION portfolio_reach(wanted_case uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT CASE
          WHEN public.portfolio_state(c.id) <> 'approved' OR (SELECT count(*) FROM public.portfolio_picture p WHERE p.case_id = c.id) < 2 THEN 'nowhere'
          WHEN law = 'public' AND public.photo_given(c.treatment_id, '{public}')
               AND EXISTS (SELECT FROM public.listing l WHERE l.practitioner_id = c.practitioner_id) THEN 'public'
          WHEN law IN ('public', 'after_consultation') AND public.photo_given(c.treatment_id, '{consultation,public}') THEN 'consultation'
          ELSE 'nowhere' END
        FROM public.portfolio_case c, public.portfolio_lawful(c.jurisdiction, c.practitioner_id) law
       WHERE c.id = wanted_case $$;

    -- Whether the actor may see the pictures of a case: everybody while it is public; its patient, its practitioner and,
    -- once it was sent, reviewers who are neither, as long as the patient agrees to any showing.
    CREATE FUNCTION portfolio_seen(wanted_case uuid, whole boolean) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.portfolio_case c JOIN public.patient t ON t.id = c.patient_id
                      WHERE c.id = wanted_case
                        AND ((NOT whole AND public.portfolio_reach(c.id) = 'public')
                          OR (public.photo_given(c.treatment_id, '{consultation,public}')
                            AND (public.is_actor(c.practitioner_id)
                              OR (NOT whole AND t.account_id = public.current_actor())
                              OR (NOT whole AND public.actor_reviews() AND public.portfolio_state(c.id) <> 'draft'))))) $$;

    -- What a public page shows: asked once a case, not once more for each size of each picture.
    CREATE FUNCTION portfolio_public(wanted_practitioner uuid)
      RETURNS TABLE (id uuid, days_since integer, before_on date, after_on date, regions text[], asked_for text, why text, pictures jsonb)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT c.id, c.days_since, c.before_on, c.after_on, c.regions, c.asked_for, c.why,
             (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'caseId', p.case_id, 'side', p.side, 'placeholder', p.placeholder, 'renditions', (
                  SELECT jsonb_agg(jsonb_build_object('id', r.id, 'width', r.width, 'height', r.height, 'type', r.media_type, 'whole', r.is_whole) ORDER BY r.width)
                    FROM public.portfolio_rendition r WHERE r.picture_id = p.id AND NOT r.is_whole)))
                FROM public.portfolio_picture p WHERE p.case_id = c.id)
        FROM public.portfolio_case c
       WHERE c.practitioner_id = wanted_practitioner AND public.portfolio_reach(c.id) = 'public' ORDER BY c.begun_at DESC, c.id LIMIT 12 $$;

    CREATE FUNCTION portfolio_case_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE visit record;
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF NOT public.portfolio_open(OLD.id) THEN
          RAISE EXCEPTION 'the case stays as it is' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_case_frozen';
        END IF;
        RETURN NEW;
      END IF;
      SELECT a.patient_id, a.practitioner_id, a.jurisdiction, (a.started_at AT TIME ZONE a.time_zone)::date AS treated_on,
             (public.app_now() AT TIME ZONE a.time_zone)::date AS today INTO visit
        FROM public.appointment a
       WHERE a.id = NEW.treatment_id AND a.kind = 'treatment' AND a.state IN ('completed', 'stopped') AND public.is_actor(a.practitioner_id);
      IF NOT FOUND THEN
        RAISE EXCEPTION 'a case of one''s own treatment' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_case_own_treatment';
      END IF;
      IF NOT public.photo_given(NEW.treatment_id, '{consultation,public}') THEN
        RAISE EXCEPTION 'the patient has not agreed' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_case_consent';
      END IF;
      IF NEW.after_on > visit.today THEN
        RAISE EXCEPTION 'no picture is from tomorrow' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_case_dates';
      END IF;
      NEW.patient_id := visit.patient_id;
      NEW.practitioner_id := visit.practitioner_id;
      NEW.jurisdiction := visit.jurisdiction;
      NEW.treated_on := visit.treated_on;
      NEW.begun_at := public.app_now();
      RETURN NEW;
    END $$;
    CREATE TRIGGER portfolio_case_write BEFORE INSERT OR UPDATE ON portfolio_case FOR EACH ROW EXECUTE FUNCTION portfolio_case_write();

    CREATE FUNCTION portfolio_step_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      actor uuid := public.current_actor();
      c record;
      before text;
    BEGIN
      SELECT k.id, k.treatment_id, p.account_id AS practitioner, t.account_id AS patient INTO c
        FROM public.portfolio_case k JOIN public.practitioner p ON p.id = k.practitioner_id JOIN public.patient t ON t.id = k.patient_id
       WHERE k.id = NEW.case_id FOR NO KEY UPDATE OF k;
      before := public.portfolio_state(c.id);
      NEW.nth := coalesce((SELECT max(s.nth) FROM public.portfolio_step s WHERE s.case_id = c.id), 0) + 1;
      NEW.taken_by := actor;
      NEW.taken_at := public.app_now();
      IF (CASE NEW.kind WHEN 'sent' THEN before IN ('draft', 'refused', 'taken_down')
                       WHEN 'taken_down' THEN before IN ('sent', 'approved')
                       ELSE before = 'sent' END) IS NOT TRUE THEN
        RAISE EXCEPTION 'a % case is not %', before, NEW.kind USING ERRCODE = '23514', CONSTRAINT = 'portfolio_step_order';
      END IF;
      IF NEW.kind = 'sent' AND (c.practitioner = actor) IS NOT TRUE THEN
        RAISE EXCEPTION 'whose case it is sends it' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_step_by_practitioner';
      END IF;
      IF NEW.kind = 'sent' AND (SELECT count(*) FROM public.portfolio_picture p WHERE p.case_id = c.id) < 2 THEN
        RAISE EXCEPTION 'both pictures first' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_step_pictures';
      END IF;
      IF NEW.kind IN ('approved', 'refused') AND (public.actor_reviews() AND actor <> c.practitioner AND actor IS DISTINCT FROM c.patient) IS NOT TRUE THEN
        RAISE EXCEPTION 'a reviewer whom it is not about' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_step_by_reviewer';
      END IF;
      IF NEW.kind IN ('sent', 'approved') AND NOT public.photo_given(c.treatment_id, '{consultation,public}') THEN
        RAISE EXCEPTION 'the patient has not agreed' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_step_consent';
      END IF;
      IF NEW.kind = 'taken_down' AND (c.practitioner = actor OR public.actor_reviews()) IS NOT TRUE THEN
        RAISE EXCEPTION 'not theirs to take down' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_step_own';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER portfolio_step_take BEFORE INSERT ON portfolio_step FOR EACH ROW EXECUTE FUNCTION portfolio_step_take();
    CREATE TRIGGER portfolio_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON portfolio_step EXECUTE FUNCTION append_only();

    -- Pictures and files on their way change as long as the case is open, by whose it is; whatever is no longer agreed to goes.
    CREATE FUNCTION portfolio_part_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE wanted uuid;
    BEGIN
      wanted := CASE TG_TABLE_NAME
        WHEN 'portfolio_rendition' THEN (SELECT p.case_id FROM public.portfolio_picture p WHERE p.id = (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> 'picture_id')::uuid)
        WHEN 'portfolio_upload_piece' THEN (SELECT u.case_id FROM public.portfolio_upload u WHERE u.id = (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> 'upload_id')::uuid)
        ELSE (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> 'case_id')::uuid END;
      IF TG_OP = 'DELETE' THEN
        IF wanted IS NOT NULL AND NOT public.portfolio_open(wanted) AND EXISTS (
             SELECT FROM public.portfolio_case c WHERE c.id = wanted AND public.photo_given(c.treatment_id, '{consultation,public}')) THEN
          RAISE EXCEPTION 'the case stays as it is' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_part_frozen';
        END IF;
        RETURN OLD;
      END IF;
      -- Nothing is taken back, sent or exchanged in the same moment.
      PERFORM FROM public.appointment a JOIN public.portfolio_case c ON c.treatment_id = a.id WHERE c.id = wanted FOR SHARE OF a;
      PERFORM FROM public.portfolio_case c WHERE c.id = wanted FOR NO KEY UPDATE;
      IF wanted IS NULL OR NOT public.portfolio_open(wanted) THEN
        RAISE EXCEPTION 'the case stays as it is' USING ERRCODE = '23514', CONSTRAINT = 'portfolio_part_frozen';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER portfolio_picture_write BEFORE INSERT OR UPDATE OR DELETE ON portfolio_picture FOR EACH ROW EXECUTE FUNCTION portfolio_part_write();
    CREATE TRIGGER portfolio_rendition_write BEFORE INSERT OR UPDATE OR DELETE ON portfolio_rendition FOR EACH ROW EXECUTE FUNCTION portfolio_part_write();
    CREATE TRIGGER portfolio_upload_write BEFORE INSERT OR UPDATE ON portfolio_upload FOR EACH ROW EXECUTE FUNCTION portfolio_part_write();
    CREATE TRIGGER portfolio_upload_piece_write BEFORE INSERT OR UPDATE ON portfolio_upload_piece FOR EACH ROW EXECUTE FUNCTION portfolio_part_write();

    -- Once the patient agrees to no showing any more, the pictures are gone, and what was on its way with them.
    CREATE FUNCTION photo_consent_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      IF NOT public.photo_given(NEW.treatment_id, '{consultation,public}') THEN
        DELETE FROM public.portfolio_upload u USING public.portfolio_case c WHERE c.id = u.case_id AND c.treatment_id = NEW.treatment_id;
        DELETE FROM public.portfolio_picture p USING public.portfolio_case c WHERE c.id = p.case_id AND c.treatment_id = NEW.treatment_id;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER photo_consent_ends AFTER INSERT ON photo_consent FOR EACH ROW WHEN (NEW.word = 'withdrawn') EXECUTE FUNCTION photo_consent_ends();

    -- Of a patient's word: the patient, and who treated. Of a case: those, reviewers, and everybody while it is public.
    ALTER TABLE photo_consent ENABLE ROW LEVEL SECURITY;
    CREATE POLICY photo_consent_own ON photo_consent TO steadyhand_app
      USING (is_actor(practitioner_id) OR EXISTS (SELECT FROM patient t WHERE t.id = patient_id AND t.account_id = current_actor()));
    ALTER TABLE portfolio_case ENABLE ROW LEVEL SECURITY;
    CREATE POLICY portfolio_case_own ON portfolio_case TO steadyhand_app
      USING (is_actor(practitioner_id) OR EXISTS (SELECT FROM patient t WHERE t.id = patient_id AND t.account_id = current_actor())
        OR (actor_reviews() AND portfolio_state(id) <> 'draft') OR portfolio_reach(id) = 'public')
      WITH CHECK (true);
    ALTER TABLE portfolio_step ENABLE ROW LEVEL SECURITY;
    CREATE POLICY portfolio_step_own ON portfolio_step TO steadyhand_app
      USING (actor_reviews() OR EXISTS (SELECT FROM portfolio_case c WHERE c.id = case_id AND is_actor(c.practitioner_id))) WITH CHECK (true);
    ALTER TABLE portfolio_picture ENABLE ROW LEVEL SECURITY;
    CREATE POLICY portfolio_picture_own ON portfolio_picture TO steadyhand_app USING (portfolio_seen(case_id, false)) WITH CHECK (true);
    ALTER TABLE portfolio_rendition ENABLE ROW LEVEL SECURITY;
    CREATE POLICY portfolio_rendition_own ON portfolio_rendition TO steadyhand_app
      USING (EXISTS (SELECT FROM portfolio_picture p WHERE p.id = picture_id AND (NOT is_whole OR portfolio_seen(p.case_id, true)))) WITH CHECK (true);
    ALTER TABLE portfolio_upload ENABLE ROW LEVEL SECURITY;
    CREATE POLICY portfolio_upload_own ON portfolio_upload TO steadyhand_app
      USING (EXISTS (SELECT FROM portfolio_case c WHERE c.id = case_id AND is_actor(c.practitioner_id))) WITH CHECK (true);
    ALTER TABLE portfolio_upload_piece ENABLE ROW LEVEL SECURITY;
    CREATE POLICY portfolio_upload_piece_own ON portfolio_upload_piece TO steadyhand_app
      USING (EXISTS (SELECT FROM portfolio_upload u WHERE u.id = upload_id)) WITH CHECK (true);
    CREATE POLICY portfolio_upload_worker ON portfolio_upload TO steadyhand_worker USING (true);

    GRANT SELECT, INSERT ON photo_consent, portfolio_step TO steadyhand_app;
    GRANT SELECT, INSERT, UPDATE (before_on, after_on, regions, asked_for, why) ON portfolio_case TO steadyhand_app;
    GRANT SELECT, INSERT, DELETE, UPDATE (crop_left, crop_top, crop_width, crop_height, placeholder) ON portfolio_picture TO steadyhand_app;
    GRANT SELECT, INSERT, DELETE ON portfolio_rendition TO steadyhand_app;
    GRANT SELECT, INSERT, DELETE, UPDATE (received) ON portfolio_upload TO steadyhand_app;
    GRANT SELECT, INSERT ON portfolio_upload_piece TO steadyhand_app;
    GRANT SELECT, DELETE ON portfolio_upload TO steadyhand_worker;
    REVOKE ALL ON FUNCTION photo_consent_say, photo_consent_ends, portfolio_case_write, portfolio_step_take, portfolio_part_write FROM PUBLIC;
  `.execute(db);
}
