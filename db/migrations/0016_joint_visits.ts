import { sql, type Kysely } from 'kysely';

/**
 * Joint visits: an injector's time kept right after a consultation, in case the patient decides for the same treatment
 * as last time. It is a reserved block and no appointment: what becomes of it passes every guard of a treatment.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE joint_reservation (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      consultation_appointment_id uuid NOT NULL REFERENCES appointment,
      injector_id uuid NOT NULL,
      -- Filled in from the consultation and the block.
      location_id uuid NOT NULL,
      during tstzrange NOT NULL,
      block_id uuid,
      block_kind text NOT NULL DEFAULT 'reserved' CONSTRAINT joint_reservation_block_kind CHECK (block_kind = 'reserved'),
      block_span tstzrange NOT NULL,
      kept_until timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT app_now(),
      created_by uuid REFERENCES account DEFAULT current_actor(),
      ended_at timestamptz,
      outcome text CONSTRAINT joint_reservation_outcome CHECK (outcome IN ('treated', 'let_go', 'lapsed')),
      CONSTRAINT joint_reservation_block FOREIGN KEY (block_id, injector_id, block_kind, block_span) REFERENCES block (id, practitioner_id, kind, span)
        ON DELETE SET NULL (block_id),
      CONSTRAINT joint_reservation_block_location FOREIGN KEY (block_id, location_id) REFERENCES block (id, location_id) ON DELETE SET NULL (block_id),
      CONSTRAINT joint_reservation_one_per_block UNIQUE (block_id),
      CONSTRAINT joint_reservation_within_block CHECK (block_span @> during),
      CONSTRAINT joint_reservation_ended CHECK ((ended_at IS NULL) = (outcome IS NULL) AND (ended_at IS NOT NULL OR block_id IS NOT NULL))
    );
    CREATE UNIQUE INDEX joint_reservation_one_open ON joint_reservation (consultation_appointment_id) WHERE ended_at IS NULL;

    CREATE FUNCTION joint_reservation_begins() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE visit public.appointment;
    BEGIN
      -- It may not be cancelled or moved while its time is being kept.
      SELECT * INTO visit FROM public.appointment WHERE id = NEW.consultation_appointment_id FOR SHARE;
      IF visit.kind IS DISTINCT FROM 'consultation' OR visit.state <> 'confirmed' THEN
        RAISE EXCEPTION 'no confirmed consultation' USING ERRCODE = '23514', CONSTRAINT = 'joint_reservation_confirmed';
      END IF;
      IF lower(NEW.during) < upper(visit.during) OR lower(NEW.during) > upper(visit.during) + interval '30 minutes' THEN
        RAISE EXCEPTION 'not right after the consultation' USING ERRCODE = '23514', CONSTRAINT = 'joint_reservation_right_after';
      END IF;
      IF NOT EXISTS (SELECT FROM public.appointment b
                      WHERE b.patient_id = visit.patient_id AND b.clinic_id = visit.clinic_id AND b.kind = 'treatment' AND b.state = 'completed'
                        AND b.started_at > lower(NEW.during) - interval '12 months') THEN
        RAISE EXCEPTION 'never treated here' USING ERRCODE = '23514', CONSTRAINT = 'joint_reservation_treated_here';
      END IF;
      SELECT span, reserved_until INTO NEW.block_span, NEW.kept_until FROM public.block WHERE id = NEW.block_id;
      IF NEW.kept_until > upper(visit.during) + interval '60 minutes' THEN
        RAISE EXCEPTION 'kept for too long' USING ERRCODE = '23514', CONSTRAINT = 'joint_reservation_an_hour';
      END IF;
      NEW.location_id := visit.location_id;
      NEW.created_at := public.app_now();
      NEW.created_by := public.current_actor();
      NEW.ended_at := NULL;
      NEW.outcome := NULL;
      RETURN NEW;
    END $$;
    CREATE TRIGGER joint_reservation_begins BEFORE INSERT ON joint_reservation FOR EACH ROW EXECUTE FUNCTION joint_reservation_begins();

    -- Without its block it is over, whoever gave the block back.
    CREATE FUNCTION joint_reservation_ends() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
      IF OLD.ended_at IS NOT NULL AND NEW.outcome IS DISTINCT FROM OLD.outcome THEN
        RAISE EXCEPTION 'kept time ends once' USING ERRCODE = '23514', CONSTRAINT = 'joint_reservation_ends_once';
      END IF;
      IF NEW.block_id IS NULL AND NEW.outcome IS NULL THEN
        NEW.outcome := CASE WHEN OLD.kept_until <= public.app_now() THEN 'lapsed' ELSE 'let_go' END;
      END IF;
      IF OLD.outcome IS NULL AND NEW.outcome IS NOT NULL THEN NEW.ended_at := public.app_now(); END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER joint_reservation_ends BEFORE UPDATE ON joint_reservation FOR EACH ROW EXECUTE FUNCTION joint_reservation_ends();

    -- What it was kept for can no longer follow: the block is given back at once. The argument names the column that
    -- says of which consultation, or of which course of care.
    CREATE FUNCTION joint_reservation_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      DELETE FROM public.block WHERE id IN (
        SELECT j.block_id FROM public.joint_reservation j JOIN public.appointment a ON a.id = j.consultation_appointment_id
         WHERE j.ended_at IS NULL AND (to_jsonb(NEW) ->> TG_ARGV[0])::uuid IN (a.id, a.episode_id));
      RETURN NULL;
    END $$;
    CREATE TRIGGER joint_reservation_visit AFTER UPDATE ON appointment FOR EACH ROW
      WHEN (NEW.kind = 'consultation' AND (NEW.during IS DISTINCT FROM OLD.during
        OR (NEW.state <> OLD.state AND NEW.state NOT IN ('confirmed', 'arrived', 'started', 'completed'))))
      EXECUTE FUNCTION joint_reservation_release('id');
    CREATE TRIGGER joint_reservation_record AFTER UPDATE ON consultation_record FOR EACH ROW
      WHEN (NEW.state = 'signed' AND OLD.state <> 'signed' AND NEW.outcome <> 'suitable') EXECUTE FUNCTION joint_reservation_release('appointment_id');
    CREATE TRIGGER joint_reservation_episode AFTER UPDATE ON care_episode FOR EACH ROW
      WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION joint_reservation_release('id');

    DO $$
    DECLARE r text;
    BEGIN
      FOREACH r IN ARRAY ARRAY['steadyhand_app', 'steadyhand_worker'] LOOP
        EXECUTE format('GRANT SELECT, INSERT ON joint_reservation TO %I', r);
        EXECUTE format('GRANT UPDATE (outcome) ON joint_reservation TO %I', r);
      END LOOP;
    END $$;
  `.execute(db);
}
