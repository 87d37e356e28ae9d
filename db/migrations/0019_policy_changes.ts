import { sql, type Kysely } from 'kysely';

/** A rule changes by two people: one proposes value, source and first day, another accepts or rejects it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE policy_change (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      jurisdiction text NOT NULL,
      key text NOT NULL REFERENCES policy_key,
      value jsonb NOT NULL,
      status text NOT NULL CONSTRAINT policy_change_status CHECK (status IN ('sourced', 'secondary', 'assumed')),
      source text NOT NULL CONSTRAINT policy_change_source CHECK (trim(source) <> ''),
      source_date date NOT NULL,
      effective_from date NOT NULL,
      reason text NOT NULL CONSTRAINT policy_change_reason CHECK (trim(reason) <> ''),
      -- Somebody has read how many booked visits it reaches, or that it begins in the past.
      warned boolean NOT NULL DEFAULT false,
      state text NOT NULL DEFAULT 'proposed' CONSTRAINT policy_change_state CHECK (state IN ('proposed', 'accepted', 'rejected')),
      proposed_by uuid NOT NULL,
      proposed_as text,
      proposed_at timestamptz NOT NULL,
      decided_by uuid,
      decided_as text,
      decided_at timestamptz,
      decision_reason text NOT NULL DEFAULT '',
      CONSTRAINT policy_change_proposed_by_staff FOREIGN KEY (proposed_by, proposed_as) REFERENCES staff (account_id, role) MATCH FULL,
      CONSTRAINT policy_change_decided_by_staff FOREIGN KEY (decided_by, decided_as) REFERENCES staff (account_id, role) MATCH FULL,
      CONSTRAINT policy_change_decided CHECK ((state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
      CONSTRAINT policy_change_two_people CHECK (decided_by <> proposed_by),
      -- What may be done by whom, which products there are, and the words of public pages follow from the code that ships
      -- with them: capabilities, licences and rendered pages are made anew when it is released.
      CONSTRAINT policy_change_by_release CHECK (key NOT IN ('prescriber_roles', 'injector_roles', 'lay_injector', 'consult_mode',
        'register_ids', 'required_credentials', 'licensed_products', 'banned_terms', 'public_product_names', 'premises_required'))
    );
    CREATE UNIQUE INDEX policy_change_one_open ON policy_change (jurisdiction, key) WHERE state = 'proposed';

    -- Visits to come from that day on, and those under way, that the rule would be read for.
    CREATE FUNCTION policy_change_reach(wanted_jurisdiction text, from_day date) RETURNS integer
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT count(*)::integer FROM public.appointment a
       WHERE a.state IN ('held', 'confirmed', 'paused', 'arrived', 'started')
         AND wanted_jurisdiction IN ('platform', a.jurisdiction)
         AND (lower(a.during) AT TIME ZONE a.time_zone)::date >= from_day $$;
    REVOKE ALL ON FUNCTION policy_change_reach FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION policy_change_reach TO steadyhand_app;

    -- Proposed once, decided once, each signed by whoever does it; what was proposed never changes.
    CREATE FUNCTION policy_change_sign() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
      acting uuid := public.current_actor();
      acting_as text := (SELECT role FROM public.staff WHERE account_id = public.current_actor() ORDER BY role LIMIT 1);
    BEGIN
      IF (coalesce(OLD.state, 'new'), NEW.state) NOT IN (('new', 'proposed'), ('proposed', 'accepted'), ('proposed', 'rejected'))
         OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['state', 'decided_by', 'decided_as', 'decided_at', 'decision_reason']
               IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'decided_by', 'decided_as', 'decided_at', 'decision_reason']) THEN
        RAISE EXCEPTION 'a change does not go from % to %', OLD.state, NEW.state USING ERRCODE = '23514', CONSTRAINT = 'policy_change_waiting';
      END IF;
      IF TG_OP = 'UPDATE' THEN
        NEW.decided_by := acting; NEW.decided_as := acting_as; NEW.decided_at := public.app_now();
        RETURN NEW;
      END IF;
      NEW.proposed_by := acting; NEW.proposed_as := acting_as; NEW.proposed_at := public.app_now();
      NEW.decided_by := NULL; NEW.decided_as := NULL; NEW.decided_at := NULL;
      -- A number that became a text would be no rule at all to policy_number().
      IF NOT EXISTS (SELECT FROM public.policy_row r WHERE r.key = NEW.key AND jsonb_typeof(r.value) = jsonb_typeof(NEW.value)) THEN
        RAISE EXCEPTION 'no value of this kind' USING ERRCODE = '23514', CONSTRAINT = 'policy_change_value_kind';
      END IF;
      IF EXISTS (SELECT FROM public.policy_key k WHERE k.key = NEW.key
                  AND (k.direction = 'law_only' AND NEW.jurisdiction = 'platform' OR k.direction = 'floor_only' AND NEW.jurisdiction <> 'platform'))
         OR NEW.jurisdiction <> 'platform' AND NOT EXISTS (SELECT FROM public.jurisdiction j WHERE j.code = NEW.jurisdiction) THEN
        RAISE EXCEPTION 'not for this rule maker to say' USING ERRCODE = '23514', CONSTRAINT = 'policy_change_rule_maker';
      END IF;
      IF NOT NEW.warned AND (NEW.effective_from < public.app_now()::date OR public.policy_change_reach(NEW.jurisdiction, NEW.effective_from) > 0) THEN
        RAISE EXCEPTION 'visits are booked from that day on, or it has passed' USING ERRCODE = '23514', CONSTRAINT = 'policy_change_warned';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER policy_change_sign BEFORE INSERT OR UPDATE ON policy_change FOR EACH ROW EXECUTE FUNCTION policy_change_sign();
    GRANT SELECT, INSERT ON policy_change TO steadyhand_app;

    -- Puts an accepted change among the rows: it ends what was in force on its first day, and holds until the next row begins.
    -- Run when it is accepted, and again whenever the shipped rows are published.
    CREATE FUNCTION apply_policy_change(wanted uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE c public.policy_change;
    BEGIN
      SELECT * INTO STRICT c FROM public.policy_change WHERE id = wanted AND state = 'accepted';
      DELETE FROM public.policy_row r WHERE r.jurisdiction = c.jurisdiction AND r.key = c.key AND r.effective_from = c.effective_from;
      UPDATE public.policy_row r SET effective_to = c.effective_from
       WHERE r.jurisdiction = c.jurisdiction AND r.key = c.key AND r.effective @> c.effective_from;
      INSERT INTO public.policy_row (jurisdiction, key, value, status, source, source_date, effective_from, effective_to, reviewed_by, reviewed_at)
      SELECT c.jurisdiction, c.key, c.value, c.status, c.source, c.source_date, c.effective_from,
             (SELECT min(r.effective_from) FROM public.policy_row r
               WHERE r.jurisdiction = c.jurisdiction AND r.key = c.key AND r.effective_from > c.effective_from),
             (SELECT string_agg(a.display_name, ' and ' ORDER BY a.id = c.decided_by) FROM public.account a WHERE a.id IN (c.proposed_by, c.decided_by)),
             c.decided_at;
    END $$;
    REVOKE ALL ON FUNCTION apply_policy_change FROM PUBLIC;

    -- The second person. The application's roles can change no rule in any other way.
    CREATE FUNCTION decide_policy_change(wanted uuid, accept boolean, why text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
      UPDATE public.policy_change SET state = CASE WHEN accept THEN 'accepted' ELSE 'rejected' END, decision_reason = why
       WHERE id = wanted AND state = 'proposed';
      IF NOT FOUND THEN
        RAISE EXCEPTION 'change is not waiting for a decision' USING ERRCODE = '23514', CONSTRAINT = 'policy_change_waiting';
      END IF;
      IF accept THEN PERFORM public.apply_policy_change(wanted); END IF;
    END $$;
    REVOKE ALL ON FUNCTION decide_policy_change FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION decide_policy_change TO steadyhand_app;
  `.execute(db);
}
