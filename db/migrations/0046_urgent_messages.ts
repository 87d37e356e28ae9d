import { sql, type Kysely } from 'kysely';

/**
 * How long an urgent message waits at each who is told of it is policy of the place, as of the moment it was sent. A photo may
 * go with it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- When each of the four is told, and by when the last of them answers. Written as the message is sent: a rule that
    -- changes later changes nothing of it.
    ALTER TABLE urgent_contact ADD COLUMN told_from timestamptz[];
    ALTER TABLE urgent_contact DISABLE TRIGGER USER;
    UPDATE urgent_contact c SET told_from = ARRAY[urgent_step_due(c.created_at, c.answer_by, 1), urgent_step_due(c.created_at, c.answer_by, 2),
      urgent_step_due(c.created_at, c.answer_by, 3), urgent_step_due(c.created_at, c.answer_by, 4),
      urgent_step_due(c.created_at, c.answer_by, 4) + interval '1 hour'];
    ALTER TABLE urgent_contact ENABLE TRIGGER USER;
    ALTER TABLE urgent_contact ALTER COLUMN told_from SET NOT NULL, ALTER COLUMN told_from SET DEFAULT array_fill(app_now(), ARRAY[5]);
    DROP FUNCTION urgent_answer_by(timestamptz, text);
    DROP FUNCTION urgent_step_due(timestamptz, timestamptz, integer);

    -- By day is from 8 to 20 on the clock of the place. Minutes add up from one to the next.
    CREATE FUNCTION urgent_told_from(place text, zone text, sent_at timestamptz) RETURNS timestamptz[]
      LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
      SELECT array_agg(sent_at + waited.minutes * interval '1 minute' ORDER BY waited.nth)
        FROM (SELECT (sent_at AT TIME ZONE zone)::date AS on_day,
                     CASE WHEN extract(hour FROM sent_at AT TIME ZONE zone) BETWEEN 8 AND 19 THEN 'day' ELSE 'night' END AS half) local,
        LATERAL (SELECT k.nth, sum(CASE k.nth WHEN 1 THEN 0 ELSE public.policy_number(place, k.key, local.on_day) END) OVER (ORDER BY k.nth) AS minutes
                   FROM (VALUES (1, ''), (2, 'urgent_injector_minutes_' || local.half), (3, 'urgent_prescriber_minutes_' || local.half),
                                (4, 'urgent_cover_minutes'), (5, 'urgent_operator_minutes')) k(nth, key)) waited $$;

    CREATE OR REPLACE FUNCTION urgent_contact_sign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE a public.appointment;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.created_at := public.app_now();
        NEW.acknowledged_by := NULL;
        NEW.acknowledged_at := NULL;
        SELECT * INTO a FROM public.appointment WHERE id = NEW.treatment_appointment_id;
        -- Of no treatment, it is refused by its key.
        NEW.told_from := CASE WHEN a.id IS NULL THEN array_fill(NEW.created_at, ARRAY[5]) ELSE public.urgent_told_from(a.jurisdiction, a.time_zone, NEW.created_at) END;
        NEW.answer_by := NEW.told_from[3];
        RETURN NEW;
      END IF;
      IF OLD.acknowledged_at IS NOT NULL OR (to_jsonb(NEW) - '{acknowledged_by,acknowledged_at}'::text[]) <> (to_jsonb(OLD) - '{acknowledged_by,acknowledged_at}'::text[]) THEN
        RAISE EXCEPTION 'what was written stays, and is answered once' USING ERRCODE = '23514', CONSTRAINT = 'urgent_contact_frozen';
      END IF;
      NEW.acknowledged_by := public.current_actor();
      NEW.acknowledged_at := public.app_now();
      IF public.answers_urgent(NEW.id, NEW.acknowledged_by) IS NOT TRUE THEN
        RAISE EXCEPTION 'answered by who treats, covers or operates' USING ERRCODE = '23514', CONSTRAINT = 'urgent_contact_answered_by';
      END IF;
      RETURN NEW;
    END $$;

    -- As in 0038, with the times that were written.
    CREATE OR REPLACE FUNCTION urgent_step_take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
      at timestamptz := public.app_now();
      c public.urgent_contact;
      a public.appointment;
      i public.practitioner;
      p public.practitioner;
    BEGIN
      -- One step after the other, and none beside an answer.
      SELECT * INTO c FROM public.urgent_contact WHERE id = NEW.contact_id FOR UPDATE;
      SELECT * INTO a FROM public.appointment WHERE id = c.treatment_appointment_id;
      NEW.due_at := c.told_from[NEW.nth];
      NEW.told_at := at;
      IF c.acknowledged_at IS NOT NULL THEN
        RAISE EXCEPTION 'answered' USING ERRCODE = '23514', CONSTRAINT = 'urgent_step_open';
      END IF;
      IF NEW.nth > 1 AND NOT EXISTS (SELECT FROM public.urgent_step s WHERE s.contact_id = c.id AND s.nth = NEW.nth - 1) THEN
        RAISE EXCEPTION 'nobody is passed over' USING ERRCODE = '23514', CONSTRAINT = 'urgent_step_order';
      END IF;
      IF at < NEW.due_at THEN
        RAISE EXCEPTION 'the one before still has time' USING ERRCODE = '23514', CONSTRAINT = 'urgent_step_due';
      END IF;
      SELECT * INTO i FROM public.practitioner WHERE id = a.practitioner_id;
      SELECT * INTO p FROM public.practitioner WHERE id = CASE NEW.nth WHEN 1 THEN a.practitioner_id WHEN 2 THEN a.prescriber_id END;
      NEW.practitioner_id := p.id;
      NEW.name := coalesce(concat_ws(' ', p.title, p.display_name), '');
      NEW.phone := '';
      IF NEW.nth = 3 THEN
        NEW.name := coalesce(nullif(trim(i.out_of_hours_name), ''), (SELECT k.name FROM public.clinic k WHERE k.id = a.clinic_id));
        NEW.phone := coalesce(nullif(trim(i.out_of_hours_phone), ''), (SELECT k.phone FROM public.clinic k WHERE k.id = a.clinic_id));
        NEW.practitioner_id := (SELECT o.id FROM public.practitioner o JOIN public.practice w ON w.practitioner_id = o.id
          WHERE w.location_id = a.location_id AND o.standing = 'good' AND o.id <> a.practitioner_id
            AND lower(NEW.name) IN (lower(o.display_name), lower(concat_ws(' ', o.title, o.display_name))) ORDER BY o.id LIMIT 1);
      ELSIF NEW.nth = 4 THEN
        NEW.name := 'Steadyhand';
      END IF;
      RETURN NEW;
    END $$;

    -- A photo of what somebody notices, drawn anew: sent with its message, and never changed. Its id is its address.
    ALTER TABLE urgent_contact ADD CONSTRAINT urgent_contact_of_patient UNIQUE (id, patient_id);
    CREATE TABLE urgent_photo (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      contact_id uuid NOT NULL CONSTRAINT urgent_photo_one UNIQUE,
      patient_id uuid NOT NULL,
      media_type text NOT NULL DEFAULT 'image/jpeg' CONSTRAINT urgent_photo_type CHECK (media_type = 'image/jpeg'),
      bytes bytea NOT NULL CONSTRAINT urgent_photo_size CHECK (octet_length(bytes) BETWEEN 8 AND 8388608)
        CONSTRAINT urgent_photo_sniffed CHECK (substring(bytes FOR 3) = '\\xffd8ff'),
      sent_at timestamptz NOT NULL DEFAULT app_now(),
      CONSTRAINT urgent_photo_of_message FOREIGN KEY (contact_id, patient_id) REFERENCES urgent_contact (id, patient_id) ON DELETE CASCADE
    );
    ALTER TABLE urgent_photo ALTER COLUMN bytes SET STORAGE EXTERNAL;
    CREATE FUNCTION urgent_photo_send() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      NEW.sent_at := public.app_now();
      IF NOT EXISTS (SELECT FROM public.urgent_contact c JOIN public.patient p ON p.id = c.patient_id
                      WHERE c.id = NEW.contact_id AND c.created_at > NEW.sent_at - interval '1 minute' AND p.account_id = public.current_actor()) THEN
        RAISE EXCEPTION 'the patient sends it with the message' USING ERRCODE = '23514', CONSTRAINT = 'urgent_photo_with_message';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER urgent_photo_send BEFORE INSERT ON urgent_photo FOR EACH ROW EXECUTE FUNCTION urgent_photo_send();
    CREATE TRIGGER urgent_photo_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON urgent_photo EXECUTE FUNCTION append_only();

    -- The patient, and who answers as a practitioner: injector, prescriber and, once it was told, the cover. Our operators
    -- read the message, and call; of a face they need no picture.
    ALTER TABLE urgent_photo ENABLE ROW LEVEL SECURITY;
    CREATE POLICY urgent_photo_own ON urgent_photo TO steadyhand_app
      USING (EXISTS (SELECT FROM patient p WHERE p.id = patient_id AND p.account_id = current_actor()))
      WITH CHECK (EXISTS (SELECT FROM patient p WHERE p.id = patient_id AND p.account_id = current_actor()));
    CREATE POLICY urgent_photo_answering ON urgent_photo FOR SELECT TO steadyhand_app
      USING (answers_urgent(contact_id, current_actor()) AND EXISTS (SELECT FROM practitioner p WHERE p.account_id = current_actor()));
    CREATE POLICY urgent_photo_locked ON urgent_photo AS RESTRICTIVE TO steadyhand_app, steadyhand_worker
      USING (NOT record_locked(patient_id) OR record_opened(patient_id));
    CREATE POLICY urgent_photo_opened ON urgent_photo FOR SELECT TO steadyhand_app USING (record_opened(patient_id));
    GRANT SELECT, INSERT (contact_id, patient_id, bytes) ON urgent_photo TO steadyhand_app;
    REVOKE ALL ON FUNCTION urgent_photo_send FROM PUBLIC;
  `.execute(db);
}
