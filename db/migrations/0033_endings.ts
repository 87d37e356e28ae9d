import { sql, type Kysely } from 'kysely';

/** Endings: somebody leaves, retires or dies, or their clinic closes. Who keeps the records, and who is there for those treated lately. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE practice_ending (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      kind text NOT NULL CONSTRAINT practice_ending_kind CHECK (kind IN ('leaves', 'retires', 'died', 'clinic_closed')),
      records_custodian text NOT NULL,
      records_contact text NOT NULL,
      cover_name text NOT NULL DEFAULT '',
      cover_phone text NOT NULL DEFAULT '',
      -- 28 days after the last treatment; null where nobody was treated so lately.
      covered_until timestamptz,
      said_by uuid NOT NULL REFERENCES account,
      said_at timestamptz NOT NULL,
      CONSTRAINT practice_ending_custodian CHECK (length(trim(records_custodian)) BETWEEN 2 AND 120 AND length(trim(records_contact)) BETWEEN 5 AND 200),
      -- Nobody is left alone with what may still go wrong (L8).
      CONSTRAINT practice_ending_cover CHECK (length(cover_name) <= 120 AND length(cover_phone) <= 25
        AND (covered_until IS NULL OR (length(trim(cover_name)) >= 2 AND length(regexp_replace(cover_phone, '[^0-9]', '', 'g')) >= 6)))
    );
    CREATE INDEX practice_ending_by_practitioner ON practice_ending (practitioner_id);
    CREATE TRIGGER practice_ending_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON practice_ending EXECUTE FUNCTION append_only();

    CREATE FUNCTION practice_ending_sign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      actor uuid := public.current_actor();
      p public.practitioner;
    BEGIN
      -- Locked: a booking of the same moment comes before, or is refused.
      SELECT * INTO p FROM public.practitioner WHERE id = NEW.practitioner_id FOR UPDATE;
      NEW.said_by := actor;
      NEW.said_at := at;
      NEW.covered_until := (SELECT max(coalesce(a.ended_at, at)) + interval '28 days' FROM public.appointment a
        WHERE a.kind = 'treatment' AND a.state IN ('started', 'completed', 'stopped') AND p.id IN (a.practitioner_id, a.prescriber_id)
          AND coalesce(a.ended_at, at) > at - interval '28 days');
      IF p.standing = 'withdrawn' THEN
        RAISE EXCEPTION 'ended already' USING ERRCODE = '23514', CONSTRAINT = 'practice_ending_once';
      END IF;
      IF (NEW.kind IN ('leaves', 'retires') AND p.account_id IS DISTINCT FROM actor)
         OR (NEW.kind NOT IN ('leaves', 'retires')
             AND (p.account_id = actor OR NOT EXISTS (SELECT FROM public.staff s WHERE s.account_id = actor))) THEN
        RAISE EXCEPTION 'oneself, or staff' USING ERRCODE = '23514', CONSTRAINT = 'practice_ending_by';
      END IF;
      IF NEW.covered_until IS NOT NULL AND lower(trim(NEW.cover_name)) IN (lower(p.display_name), lower(concat_ws(' ', p.title, p.display_name))) THEN
        RAISE EXCEPTION 'somebody else covers' USING ERRCODE = '23514', CONSTRAINT = 'practice_ending_cover_other';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER practice_ending_sign BEFORE INSERT ON practice_ending FOR EACH ROW EXECUTE FUNCTION practice_ending_sign();

    -- In effect at once. The keys of appointments refuse it while any stands that has not begun.
    CREATE FUNCTION practice_ending_takes_effect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      UPDATE public.practitioner SET standing = 'withdrawn', records_custodian = concat_ws(', ', NEW.records_custodian, NEW.records_contact),
             out_of_hours_name = CASE WHEN NEW.covered_until IS NULL THEN out_of_hours_name ELSE NEW.cover_name END,
             out_of_hours_phone = CASE WHEN NEW.covered_until IS NULL THEN out_of_hours_phone ELSE NEW.cover_phone END
       WHERE id = NEW.practitioner_id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER practice_ending_takes_effect AFTER INSERT ON practice_ending FOR EACH ROW EXECUTE FUNCTION practice_ending_takes_effect();
    REVOKE ALL ON FUNCTION practice_ending_sign, practice_ending_takes_effect FROM PUBLIC;

    GRANT SELECT, INSERT ON practice_ending TO steadyhand_app;
    GRANT SELECT ON practice_ending TO steadyhand_worker;
  `.execute(db);
}
