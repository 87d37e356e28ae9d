import { sql, type Kysely } from 'kysely';

/**
 * Where the prescriber is while somebody else injects: said by the injector as the treatment begins, held against the law of
 * the place and the day. "On site" takes the prescriber's own word too, from their own account.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The words that a key knows, from the strictest to the loosest; null where it is no word. Published with the rows.
    ALTER TABLE policy_key ADD COLUMN words text[];
    -- The stricter of floor and law for a word on a day; an unknown key is an error, never the loosest one.
    CREATE FUNCTION policy_word(wanted_jurisdiction text, wanted_key text, on_day date) RETURNS text
      LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
    DECLARE answer text;
    BEGIN
      SELECT r.value #>> '{}' INTO answer
        FROM public.policy_row r JOIN public.policy_key k ON k.key = r.key
       WHERE r.key = wanted_key AND r.jurisdiction IN ('platform', wanted_jurisdiction) AND r.effective @> on_day
         AND r.value #>> '{}' = ANY (k.words)
       ORDER BY array_position(k.words, r.value #>> '{}') * CASE k.direction WHEN 'max' THEN -1 ELSE 1 END LIMIT 1;
      IF answer IS NULL THEN
        RAISE EXCEPTION 'no policy % for % on %', wanted_key, wanted_jurisdiction, on_day USING ERRCODE = '23514', CONSTRAINT = 'policy_known';
      END IF;
      RETURN answer;
    END $$;

    -- A practitioner says that they are at a place: themselves, in one place at a time, until they leave or the day there ends.
    CREATE TABLE presence (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL,
      location_id uuid NOT NULL,
      began_at timestamptz NOT NULL DEFAULT app_now(),
      ends_at timestamptz NOT NULL DEFAULT app_now() + interval '12 hours',
      said_by uuid NOT NULL DEFAULT current_actor(),
      CONSTRAINT presence_practice FOREIGN KEY (practitioner_id, location_id) REFERENCES practice,
      CONSTRAINT presence_in_person FOREIGN KEY (practitioner_id, said_by) REFERENCES practitioner (id, account_id),
      CONSTRAINT presence_in_one_place EXCLUDE USING gist (practitioner_id WITH =, tstzrange(began_at, ends_at) WITH &&)
    );
    CREATE FUNCTION presence_say() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      zone text;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        SELECT l.time_zone INTO zone FROM public.location l WHERE l.id = NEW.location_id;
        NEW.said_by := public.current_actor();
        NEW.began_at := at;
        NEW.ends_at := least(at + interval '12 hours', (((at AT TIME ZONE zone)::date + 1)::timestamp AT TIME ZONE zone));
        RETURN NEW;
      END IF;
      IF OLD.ends_at <= at OR public.current_actor() IS DISTINCT FROM OLD.said_by THEN
        RAISE EXCEPTION 'who is there says that they leave, once' USING ERRCODE = '23514', CONSTRAINT = 'presence_ends_once';
      END IF;
      NEW := OLD;
      NEW.ends_at := at;
      RETURN NEW;
    END $$;
    CREATE TRIGGER presence_say BEFORE INSERT OR UPDATE ON presence FOR EACH ROW EXECUTE FUNCTION presence_say();
    CREATE TRIGGER presence_never_deleted BEFORE DELETE OR TRUNCATE ON presence EXECUTE FUNCTION append_only();
    -- Since when somebody is at a place, by their own word; null where they have not said so, or have left.
    CREATE FUNCTION here_since(wanted uuid, place uuid) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT max(p.began_at) FROM public.presence p
       WHERE p.practitioner_id = wanted AND p.location_id = place AND p.began_at <= public.app_now() AND public.app_now() < p.ends_at $$;

    ALTER TABLE appointment
      ADD COLUMN prescriber_where text
        CONSTRAINT appointment_prescriber_where CHECK (prescriber_where IN ('on_site', 'immediately_available', 'reachable')),
      ADD COLUMN prescriber_way text,
      -- Who is not on site is reached in a way that has a name.
      ADD CONSTRAINT appointment_prescriber_way CHECK (CASE
        WHEN prescriber_where IS NULL THEN prescriber_way IS NULL
        WHEN prescriber_way IS NULL THEN prescriber_where = 'on_site'
        ELSE length(trim(prescriber_way)) BETWEEN 3 AND 120 END);
    CREATE FUNCTION treatment_prescriber_place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      demanded text;
    BEGIN
      IF TG_OP = 'INSERT' OR NEW.state <> 'started' OR OLD.state = 'started' THEN
        IF (NEW.prescriber_where, NEW.prescriber_way) IS DISTINCT FROM (OLD.prescriber_where, OLD.prescriber_way) THEN
          RAISE EXCEPTION 'said as it begins, and never changed' USING ERRCODE = '23514', CONSTRAINT = 'treatment_prescriber_said_once';
        END IF;
        RETURN NEW;
      END IF;
      IF NEW.kind <> 'treatment' OR NEW.practitioner_id = NEW.prescriber_id THEN RETURN NEW; END IF;
      IF NEW.prescriber_where IS NULL THEN
        RAISE EXCEPTION 'nobody says where the prescriber is' USING ERRCODE = '23514', CONSTRAINT = 'treatment_prescriber_said';
      END IF;
      IF NOT EXISTS (SELECT FROM public.practitioner p WHERE p.id = NEW.practitioner_id AND p.account_id = public.current_actor()) THEN
        RAISE EXCEPTION 'who injects says it' USING ERRCODE = '23514', CONSTRAINT = 'treatment_prescriber_said_by';
      END IF;
      demanded := public.policy_word(NEW.jurisdiction, 'prescriber_onsite', (public.app_now() AT TIME ZONE NEW.time_zone)::date);
      IF (SELECT array_position(k.words, NEW.prescriber_where) <= array_position(k.words, demanded)
            FROM public.policy_key k WHERE k.key = 'prescriber_onsite') IS NOT TRUE THEN
        RAISE EXCEPTION 'the law wants the prescriber nearer' USING ERRCODE = '23514', CONSTRAINT = 'treatment_prescriber_near';
      END IF;
      IF NEW.prescriber_where = 'on_site' AND public.here_since(NEW.prescriber_id, NEW.location_id) IS NULL THEN
        RAISE EXCEPTION 'the prescriber has not said so' USING ERRCODE = '23514', CONSTRAINT = 'treatment_prescriber_here';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER treatment_prescriber_place BEFORE INSERT OR UPDATE ON appointment FOR EACH ROW EXECUTE FUNCTION treatment_prescriber_place();

    -- As in 0037, and where the prescriber was.
    CREATE OR REPLACE FUNCTION start_facts(a appointment, at timestamptz) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT jsonb_build_object(
          'age', extract(year FROM age(today.on_day::timestamp, a.patient_date_of_birth::timestamp))::int,
          'min_age', public.policy_number(a.jurisdiction, 'min_age', today.on_day),
          'consulted_at', rx.consultation_signed_at, 'consult_valid_days', public.policy_number(a.jurisdiction, 'consult_valid_days', today.on_day),
          'prescribed_at', rx.issued_at, 'prescription_expires_at', rx.expires_at,
          'consented_at', c.given_at, 'consent_confirmed_at', c.confirmed_at,
          'last_treated_at', (SELECT max(o.started_at) FROM public.appointment o WHERE o.patient_id = a.patient_id AND o.kind = 'treatment'
                               AND o.id <> a.id AND o.started_at < at AND o.state IN ('completed', 'stopped')),
          'last_treated_elsewhere_on', (SELECT max(h.last_treated_elsewhere_on) FROM public.health_answers h WHERE h.patient_id = a.patient_id AND h.answered_at <= at),
          'retreatment_days', rx.retreatment_days, 'interval_overridden', a.interval_override_reason IS NOT NULL, 'is_top_up', a.top_up_of_id IS NOT NULL,
          'may_inject_until', (SELECT upper(k.valid) FROM public.capability_period k WHERE k.practitioner_id = a.practitioner_id
                                AND k.jurisdiction = a.jurisdiction AND k.capability = 'inject' AND k.valid @> at LIMIT 1),
          'prescribes_alone', a.independent,
          'supervised_since', (SELECT lower(s.valid) FROM public.supervision s WHERE s.injector_id = a.practitioner_id AND s.prescriber_id = a.prescriber_id
                                AND s.jurisdiction = a.jurisdiction AND s.valid @> at LIMIT 1),
          'prescriber_injects', a.practitioner_id = a.prescriber_id,
          'prescriber_demanded', public.policy_word(a.jurisdiction, 'prescriber_onsite', today.on_day),
          'prescriber_where', a.prescriber_where, 'prescriber_way', a.prescriber_way,
          'prescriber_here_since', CASE WHEN a.prescriber_where = 'on_site' THEN public.here_since(a.prescriber_id, a.location_id) END,
          'cover_name', i.out_of_hours_name, 'vial_batch', v.batch, 'vial_custody', pv.custody)
        FROM public.prescription rx JOIN public.practitioner i ON i.id = a.practitioner_id
        CROSS JOIN LATERAL (SELECT (at AT TIME ZONE a.time_zone)::date AS on_day) today
        LEFT JOIN public.consent c ON c.id = a.consent_id
        LEFT JOIN public.planned_vial pv ON pv.appointment_id = a.id LEFT JOIN public.vial v ON v.id = pv.vial_id
       WHERE rx.id = a.prescription_id $$;

    -- Where somebody is, they read themselves; others learn of one place at a time, by here_since().
    ALTER TABLE presence ENABLE ROW LEVEL SECURITY;
    CREATE POLICY presence_own ON presence TO steadyhand_app
      USING (EXISTS (SELECT FROM practitioner p WHERE p.id = practitioner_id AND p.account_id = current_actor()));
    CREATE POLICY presence_worker ON presence FOR SELECT TO steadyhand_worker USING (true);
    GRANT SELECT, INSERT (practitioner_id, location_id), UPDATE (ends_at) ON presence TO steadyhand_app;
    GRANT SELECT ON presence TO steadyhand_worker;
    REVOKE ALL ON FUNCTION presence_say, here_since, treatment_prescriber_place FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION here_since TO steadyhand_app, steadyhand_worker;
  `.execute(db);
}
