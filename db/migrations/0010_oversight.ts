import { sql, type Kysely } from 'kysely';

/** What a suspension holds for, and what operators may see of the job queue and the audit trail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- A visit under way is a fact: a suspension cannot undo it, and whoever is in the room must be able to record what was
    -- done. Everything up to its start needs good standing; nobody starts after a suspension, because none is left to start.
    ALTER TABLE appointment ALTER COLUMN needed_standing
      SET EXPRESSION AS (CASE WHEN state IN ('held', 'confirmed', 'arrived') THEN 'good' END);

    -- A treatment stands on its prescriber's good standing too, whoever injects. The gate only reads it; this key also
    -- holds it against a suspension at the same moment.
    ALTER TABLE appointment
      ADD COLUMN needed_prescriber_standing text GENERATED ALWAYS AS (
        CASE WHEN kind = 'treatment' AND state IN ('held', 'confirmed', 'arrived') THEN 'good' END) STORED,
      ADD CONSTRAINT appointment_prescriber_standing FOREIGN KEY (prescriber_id, needed_prescriber_standing) REFERENCES practitioner (id, standing);
    CREATE INDEX appointment_by_prescriber ON appointment (prescriber_id) WHERE prescriber_id IS NOT NULL;
    CREATE INDEX appointment_paused ON appointment (id) WHERE state = 'paused';

    -- Why somebody was suspended: for reviewers and operators, never for patients (L2). Lifted only by a new vetting decision.
    CREATE TABLE suspension (
      id uuid PRIMARY KEY DEFAULT uuidv7(),
      practitioner_id uuid NOT NULL REFERENCES practitioner,
      reason text NOT NULL CONSTRAINT suspension_reason CHECK (trim(reason) <> ''),
      suspended_by uuid REFERENCES account,
      suspended_at timestamptz NOT NULL DEFAULT app_now()
    );
    CREATE INDEX suspension_by_practitioner ON suspension (practitioner_id);
    CREATE TRIGGER suspension_sign BEFORE INSERT ON suspension FOR EACH ROW EXECUTE FUNCTION signed_by_actor('suspended_by', 'suspended_at');
    CREATE TRIGGER suspension_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON suspension EXECUTE FUNCTION append_only();
    GRANT SELECT, INSERT ON suspension TO steadyhand_app, steadyhand_worker;

    -- Counts only: payloads name people, and graphile-worker's tables are not the application's to read.
    CREATE FUNCTION job_summary() RETURNS TABLE (task text, waiting bigint, running bigint, failed bigint, oldest_due_at timestamptz)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT t.identifier,
             count(*) FILTER (WHERE j.locked_at IS NULL AND j.attempts < j.max_attempts),
             count(*) FILTER (WHERE j.locked_at IS NOT NULL),
             count(*) FILTER (WHERE j.locked_at IS NULL AND j.attempts >= j.max_attempts),
             min(j.run_at) FILTER (WHERE j.locked_at IS NULL AND j.attempts < j.max_attempts)
        FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
       GROUP BY t.identifier $$;

    -- Where the audit trail does not hold: a line whose hash is not its own, that does not follow the line before it, or a
    -- stream that ends elsewhere than its head says. None is the only good answer.
    CREATE FUNCTION audit_breaks() RETURNS TABLE (stream text, seq bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      WITH line AS (
        SELECT a.stream, a.seq, a.hash, public.audit_hash(a) AS own_hash, a.previous_hash,
               lag(a.seq, 1, 0::bigint) OVER w AS before_seq, lag(a.hash, 1, '\\x00'::bytea) OVER w AS before_hash
          FROM public.audit a WINDOW w AS (PARTITION BY a.stream ORDER BY a.seq))
      SELECT line.stream, line.seq FROM line
       WHERE line.hash <> line.own_hash OR line.previous_hash <> line.before_hash OR line.seq <> line.before_seq + 1
      UNION ALL
      SELECT h.stream, h.seq FROM public.audit_head h
       WHERE NOT EXISTS (SELECT FROM public.audit a WHERE a.stream = h.stream AND a.seq = h.seq AND a.hash = h.hash)
          OR EXISTS (SELECT FROM public.audit a WHERE a.stream = h.stream AND a.seq > h.seq) $$;

    REVOKE ALL ON FUNCTION job_summary, audit_breaks FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_summary, audit_breaks TO steadyhand_app, steadyhand_worker;
  `.execute(db);
}
