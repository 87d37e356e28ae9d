import { sql, type Kysely } from 'kysely';

/**
 * Reviews: what a patient says of a visit that took place, every step that follows, and whether they were asked. All of it is
 * added and never changed. What of it is public the database says, by the law of each place; nothing of a booking, a record
 * or a search looks here.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Whether reviews may be public there, the strictest of floor and law; where nobody has said so, they may not.
    CREATE FUNCTION reviews_allowed(wanted_jurisdiction text, on_day date) RETURNS boolean
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT coalesce(bool_and(r.value = 'true'::jsonb), false) FROM public.policy_row r
       WHERE r.key = 'reviews_public' AND r.jurisdiction IN ('platform', wanted_jurisdiction) AND r.effective @> on_day $$;

    -- Of somebody who works in several places, the strictest of them.
    CREATE FUNCTION reviews_shown(wanted_practitioner uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT coalesce(bool_and(public.reviews_allowed(w.jurisdiction, public.app_now()::date)), false)
        FROM (SELECT l.jurisdiction FROM public.practice pr JOIN public.location l ON l.id = pr.location_id WHERE pr.practitioner_id = wanted_practitioner
              UNION SELECT c.jurisdiction FROM public.capability_period c WHERE c.practitioner_id = wanted_practitioner AND c.valid @> public.app_now()) w $$;

    -- A visit at which the two met: also one that was broken off, and one whose mark was put right.
    CREATE FUNCTION appointment_kept(wanted uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.appointment a WHERE a.id = wanted
        AND (a.state IN ('completed', 'stopped')
          OR EXISTS (SELECT FROM public.appointment_correction c WHERE c.appointment_id = a.id AND c.finding = 'was_kept'))) $$;

    CREATE TABLE review (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      appointment_id uuid NOT NULL CONSTRAINT review_once UNIQUE,
      patient_id uuid NOT NULL,
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      clinic_id uuid NOT NULL REFERENCES clinic,
      jurisdiction text NOT NULL,
      time_zone text NOT NULL,
      visited_on date NOT NULL,
      written_by uuid NOT NULL DEFAULT current_actor() REFERENCES account,
      written_at timestamptz NOT NULL DEFAULT app_now(),
      listened text NOT NULL,
      explained_risks text NOT NULL,
      free_to_say_no text NOT NULL,
      clean_and_calm text NOT NULL,
      easy_to_reach text NOT NULL,
      -- As first written; what was put otherwise since stands in its step.
      words text NOT NULL CONSTRAINT review_words CHECK (length(trim(words)) BETWEEN 20 AND 3000),
      CONSTRAINT review_answers CHECK (listened IN ('yes', 'partly', 'no') AND explained_risks IN ('yes', 'partly', 'no')
        AND free_to_say_no IN ('yes', 'partly', 'no') AND clean_and_calm IN ('yes', 'partly', 'no')
        AND easy_to_reach IN ('yes', 'partly', 'no', 'not_tried')),
      CONSTRAINT review_own_visit FOREIGN KEY (appointment_id, patient_id) REFERENCES appointment (id, patient_id)
    );
    CREATE INDEX review_by_writer ON review (written_by);
    CREATE INDEX review_by_practitioner ON review (practitioner_id);

    -- What happened, one row after the other. Each says what the review, and the reply to it, are from then on. There is no
    -- reason for refusing what is critical: a reason that is not named here does not exist.
    CREATE TABLE review_step (
      review_id uuid NOT NULL REFERENCES review,
      nth smallint NOT NULL,
      kind text NOT NULL CONSTRAINT review_step_kind CHECK (kind IN ('written', 'published', 'returned', 'reworded', 'proposed', 'refused', 'withdrawn',
        'replied', 'reply_published', 'reply_returned')),
      state text NOT NULL CONSTRAINT review_step_state CHECK (state IN ('waiting', 'published', 'returned', 'refused', 'withdrawn')),
      reply_state text NOT NULL CONSTRAINT review_step_reply_state CHECK (reply_state IN ('none', 'waiting', 'published', 'returned')),
      reason text,
      words text NOT NULL DEFAULT '',
      taken_by uuid NOT NULL REFERENCES account,
      taken_at timestamptz NOT NULL,
      PRIMARY KEY (review_id, nth),
      CONSTRAINT review_step_reason CHECK (CASE
        WHEN kind = 'returned' THEN reason IS NOT NULL AND reason IN ('medicine', 'promise', 'other_person', 'abuse')
        WHEN kind IN ('proposed', 'refused') THEN reason IS NOT NULL AND reason IN ('not_the_patient', 'paid', 'not_this_visit')
        WHEN kind = 'reply_returned' THEN reason IS NOT NULL AND reason IN ('confidential', 'medicine', 'promise', 'abuse')
        ELSE reason IS NULL END),
      -- Whoever returns or refuses says why, and how it could be put; whoever writes, writes something.
      CONSTRAINT review_step_says CHECK (length(words) <= 3000 AND CASE kind
        WHEN 'reworded' THEN length(trim(words)) >= 20
        WHEN 'published' THEN words = '' WHEN 'withdrawn' THEN words = '' WHEN 'reply_published' THEN words = '' WHEN 'written' THEN words = ''
        ELSE length(trim(words)) >= 10 END)
    );

    CREATE TRIGGER review_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review EXECUTE FUNCTION append_only();
    CREATE TRIGGER review_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review_step EXECUTE FUNCTION append_only();

    -- With whom it was, where and when is the visit's to say.
    CREATE FUNCTION review_sign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      NEW.written_at := public.app_now();
      NEW.patient_id := (SELECT p.id FROM public.patient p WHERE p.account_id = NEW.written_by);
      SELECT a.practitioner_id, a.clinic_id, a.jurisdiction, a.time_zone, (lower(a.during) AT TIME ZONE a.time_zone)::date
        INTO NEW.practitioner_id, NEW.clinic_id, NEW.jurisdiction, NEW.time_zone, NEW.visited_on
        FROM public.appointment a WHERE a.id = NEW.appointment_id;
      IF NOT public.appointment_kept(NEW.appointment_id) THEN
        RAISE EXCEPTION 'only a visit that took place' USING ERRCODE = '23514', CONSTRAINT = 'review_of_kept_visit';
      END IF;
      IF NOT public.reviews_allowed(NEW.jurisdiction, NEW.written_at::date) THEN
        RAISE EXCEPTION 'the law there allows no public reviews' USING ERRCODE = '23514', CONSTRAINT = 'review_allowed';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER review_sign BEFORE INSERT ON review FOR EACH ROW EXECUTE FUNCTION review_sign();

    CREATE FUNCTION review_begin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      INSERT INTO public.review_step (review_id, nth, kind, state, reply_state, taken_by, taken_at)
      VALUES (NEW.id, 1, 'written', 'waiting', 'none', NEW.written_by, NEW.written_at);
      RETURN NULL;
    END $$;
    CREATE TRIGGER review_begin AFTER INSERT ON review FOR EACH ROW EXECUTE FUNCTION review_begin();

    -- A reviewer of Steadyhand who neither wrote it nor is meant by it, and does not work at that desk.
    CREATE FUNCTION review_moderated_by(wanted uuid, wanted_account uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT EXISTS (SELECT FROM public.review r JOIN public.practitioner p ON p.id = r.practitioner_id
                       JOIN public.staff s ON s.account_id = wanted_account AND s.role = 'reviewer'
                      WHERE r.id = wanted AND wanted_account NOT IN (r.written_by, p.account_id) AND NOT public.works_at_desk(wanted_account, r.clinic_id)) $$;

    CREATE FUNCTION review_step_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      actor uuid := public.current_actor();
      r public.review;
      before public.review_step;
      proposal public.review_step;
    BEGIN
      -- One step after the other.
      SELECT * INTO r FROM public.review WHERE id = NEW.review_id FOR UPDATE;
      SELECT * INTO before FROM public.review_step s WHERE s.review_id = r.id ORDER BY s.nth DESC LIMIT 1;
      NEW.taken_by := actor;
      NEW.taken_at := public.app_now();
      NEW.nth := coalesce(before.nth, 0) + 1;
      NEW.reply_state := CASE NEW.kind WHEN 'written' THEN 'none' WHEN 'replied' THEN 'waiting' WHEN 'reply_published' THEN 'published'
        WHEN 'reply_returned' THEN 'returned' ELSE before.reply_state END;
      NEW.state := CASE
        WHEN NEW.kind = 'written' AND before.nth IS NULL THEN 'waiting'
        WHEN NEW.kind = 'published' AND before.state = 'waiting' THEN 'published'
        WHEN NEW.kind = 'returned' AND before.state IN ('waiting', 'published') THEN 'returned'
        WHEN NEW.kind = 'reworded' AND before.state = 'returned' THEN 'waiting'
        WHEN NEW.kind = 'proposed' AND before.state IN ('waiting', 'published') THEN before.state
        WHEN NEW.kind = 'refused' AND before.state IN ('waiting', 'published') THEN 'refused'
        WHEN NEW.kind = 'withdrawn' AND before.state IN ('waiting', 'returned', 'published') THEN 'withdrawn'
        WHEN NEW.kind = 'replied' AND before.state = 'published' AND before.reply_state IN ('none', 'returned') THEN 'published'
        WHEN NEW.kind IN ('reply_published', 'reply_returned') AND before.state = 'published' AND before.reply_state = 'waiting' THEN 'published' END;
      IF NEW.state IS NULL THEN
        RAISE EXCEPTION 'a % review is not %', before.state, NEW.kind USING ERRCODE = '23514', CONSTRAINT = 'review_step_order';
      END IF;
      IF NEW.kind IN ('reworded', 'withdrawn') AND r.written_by IS DISTINCT FROM actor THEN
        RAISE EXCEPTION 'whoever wrote it' USING ERRCODE = '23514', CONSTRAINT = 'review_step_by_writer';
      END IF;
      IF NEW.kind = 'replied' AND NOT public.is_actor(r.practitioner_id) THEN
        RAISE EXCEPTION 'whom it is about replies' USING ERRCODE = '23514', CONSTRAINT = 'review_step_by_practitioner';
      END IF;
      IF NEW.kind IN ('published', 'returned', 'proposed', 'refused', 'reply_published', 'reply_returned')
         AND NOT public.review_moderated_by(r.id, actor) THEN
        RAISE EXCEPTION 'a reviewer who has no part in it' USING ERRCODE = '23514', CONSTRAINT = 'review_step_by_reviewer';
      END IF;
      -- Nothing disappears by one pair of eyes.
      IF NEW.kind = 'refused' THEN
        SELECT * INTO proposal FROM public.review_step s
         WHERE s.review_id = r.id AND s.kind IN ('written', 'published', 'returned', 'reworded', 'proposed') ORDER BY s.nth DESC LIMIT 1;
        IF proposal.kind IS DISTINCT FROM 'proposed' OR proposal.reason <> NEW.reason OR proposal.taken_by = actor THEN
          RAISE EXCEPTION 'a second person refuses it' USING ERRCODE = '23514', CONSTRAINT = 'review_step_second_person';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER review_step_take BEFORE INSERT ON review_step FOR EACH ROW EXECUTE FUNCTION review_step_take();

    -- What everybody may read: never who wrote it, nor of which visit; only its month.
    CREATE FUNCTION published_reviews(wanted_practitioner uuid) RETURNS TABLE (id uuid, visited_month date, published_at timestamptz, listened text, explained_risks text,
        free_to_say_no text, clean_and_calm text, easy_to_reach text, words text, reply text, replied_at timestamptz)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT r.id, date_trunc('month', r.visited_on)::date,
             (SELECT max(p.taken_at) FROM public.review_step p WHERE p.review_id = r.id AND p.kind = 'published'),
             r.listened, r.explained_risks, r.free_to_say_no, r.clean_and_calm, r.easy_to_reach,
             coalesce((SELECT w.words FROM public.review_step w WHERE w.review_id = r.id AND w.kind = 'reworded' ORDER BY w.nth DESC LIMIT 1), r.words),
             y.words, y.taken_at
        FROM public.review r
        JOIN LATERAL (SELECT state, reply_state FROM public.review_step WHERE review_id = r.id ORDER BY nth DESC LIMIT 1) s ON true
        LEFT JOIN LATERAL (SELECT e.words, e.taken_at FROM public.review_step e WHERE e.review_id = r.id AND e.kind = 'replied' AND s.reply_state = 'published' ORDER BY e.nth DESC LIMIT 1) y ON true
       WHERE r.practitioner_id = wanted_practitioner AND s.state = 'published' AND public.reviews_shown(wanted_practitioner) $$;

    -- Every review that was ever written about somebody, counted by what it is now; nothing is left out.
    CREATE FUNCTION review_counts(wanted_practitioner uuid) RETURNS TABLE (is_shown boolean, published integer, returned integer, refused integer, answers jsonb)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      WITH written AS (
        SELECT r.*, s.state, EXISTS (SELECT FROM public.review_step b WHERE b.review_id = r.id AND b.kind = 'returned') AS was_returned
          FROM public.review r JOIN LATERAL (SELECT state FROM public.review_step WHERE review_id = r.id ORDER BY nth DESC LIMIT 1) s ON true
         WHERE r.practitioner_id = wanted_practitioner AND public.reviews_shown(wanted_practitioner)),
      said AS (
        SELECT a.question, a.answer, count(*)::integer AS times FROM written w
          CROSS JOIN LATERAL (VALUES ('listened', w.listened), ('explained_risks', w.explained_risks), ('free_to_say_no', w.free_to_say_no),
            ('clean_and_calm', w.clean_and_calm), ('easy_to_reach', w.easy_to_reach)) AS a (question, answer)
         WHERE w.state = 'published' GROUP BY 1, 2)
      SELECT public.reviews_shown(wanted_practitioner), count(*) FILTER (WHERE state = 'published')::integer, count(*) FILTER (WHERE was_returned)::integer,
             count(*) FILTER (WHERE state = 'refused')::integer,
             coalesce((SELECT jsonb_object_agg(q.question, q.answers) FROM
               (SELECT question, jsonb_object_agg(answer, times) AS answers FROM said GROUP BY question) q), '{}')
        FROM written $$;

    -- What whom it is about has replied, and what became of that.
    CREATE FUNCTION review_replies(wanted_practitioner uuid) RETURNS TABLE (review_id uuid, reply_state text, reply text, reason text, proposal text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT r.id, s.reply_state, y.words, b.reason, b.words
        FROM public.review r
        JOIN LATERAL (SELECT reply_state FROM public.review_step WHERE review_id = r.id ORDER BY nth DESC LIMIT 1) s ON true
        LEFT JOIN LATERAL (SELECT words FROM public.review_step WHERE review_id = r.id AND kind = 'replied' ORDER BY nth DESC LIMIT 1) y ON true
        LEFT JOIN LATERAL (SELECT e.reason, e.words FROM public.review_step e WHERE e.review_id = r.id AND e.kind = 'reply_returned' AND s.reply_state = 'returned' ORDER BY e.nth DESC LIMIT 1) b ON true
       WHERE r.practitioner_id = wanted_practitioner AND public.is_actor(wanted_practitioner) $$;

    -- Who wrote it, and reviewers who have no part in it; nobody else (P1). Whom it is about reads what everybody reads.
    ALTER TABLE review ENABLE ROW LEVEL SECURITY;
    CREATE POLICY review_own ON review FOR SELECT TO steadyhand_app USING (written_by = current_actor() OR review_moderated_by(id, current_actor()));
    CREATE POLICY review_write ON review FOR INSERT TO steadyhand_app WITH CHECK (written_by = current_actor());
    -- Whose review was replied to reads the reply that everybody reads; who replied, their own.
    CREATE FUNCTION review_reply_shown(wanted uuid, wanted_nth smallint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT wanted_nth = (SELECT max(nth) FROM public.review_step WHERE review_id = wanted AND kind = 'replied')
         AND 'published' = (SELECT reply_state FROM public.review_step WHERE review_id = wanted ORDER BY nth DESC LIMIT 1)
         AND EXISTS (SELECT FROM public.review r WHERE r.id = wanted AND r.written_by = public.current_actor()) $$;
    ALTER TABLE review_step ENABLE ROW LEVEL SECURITY;
    CREATE POLICY review_step_own ON review_step TO steadyhand_app
      USING (review_moderated_by(review_id, current_actor())
        OR (kind NOT IN ('proposed', 'replied', 'reply_returned') AND EXISTS (SELECT FROM review r WHERE r.id = review_id))
        OR (kind = 'replied' AND (taken_by = current_actor() OR review_reply_shown(review_id, nth))))
      WITH CHECK (taken_by = current_actor());
    CREATE POLICY review_worker ON review FOR SELECT TO steadyhand_worker USING (true);
    CREATE POLICY review_step_worker ON review_step FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT, INSERT ON review, review_step TO steadyhand_app;
    GRANT SELECT ON review, review_step TO steadyhand_worker;
    REVOKE ALL ON FUNCTION review_sign, review_begin, review_step_take FROM PUBLIC;

    -- One row per visit: somebody is asked once, or not at all.
    CREATE TABLE review_request (
      appointment_id uuid PRIMARY KEY REFERENCES appointment,
      due_at timestamptz NOT NULL,
      outcome text CONSTRAINT review_request_outcome CHECK (outcome IN ('written', 'no_account', 'not_needed', 'too_late')),
      done_at timestamptz,
      CONSTRAINT review_request_done CHECK ((outcome IS NULL) = (done_at IS NULL))
    );
    CREATE INDEX review_request_due ON review_request (due_at) WHERE outcome IS NULL;
    GRANT SELECT, INSERT, UPDATE (due_at, outcome, done_at) ON review_request TO steadyhand_worker;
  `.execute(db);
}
