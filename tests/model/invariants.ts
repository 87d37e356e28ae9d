import { sql } from 'kysely';
import type { Db, Trx } from '#lib/server/platform/db.ts';

/**
 * What must never be, asked of the rows themselves in words of its own: from the rules, not from the guards. A function of
 * the test's database, because planning it takes longer than running it and it is asked after every command.
 */
export async function writeRules(db: Db): Promise<void> {
  await sql`CREATE FUNCTION broken_rules() RETURNS TABLE (broken text, by_row uuid) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY
    WITH treatment AS (
      SELECT a.*, lower(a.during) AS starts, upper(a.during) AS ends,
             a.state IN ('held', 'confirmed', 'arrived', 'started') AS is_live,
             coalesce(a.started_at, lower(a.during)) AS begins
        FROM appointment a WHERE a.kind = 'treatment' AND a.state NOT IN ('cancelled', 'expired', 'no_show', 'left_unseen')),
    chain AS (
      SELECT t.*, t.id AS treatment_id, v.id AS visit_id, v.kind AS visit_kind, v.mode AS visit_mode, v.state AS visit_state, v.patient_id AS visit_patient,
             v.practitioner_id AS seen_by, v.jurisdiction AS seen_in, v.started_at AS seen_from, v.ended_at AS seen_until,
             c.state AS record_state, c.outcome, c.signed_at, c.signed_by, c.identity_seen, c.age_seen, c.health_answers_id, c.id AS record_id,
             rx.patient_id AS rx_patient, rx.prescriber_id AS rx_prescriber, rx.injector_id AS rx_injector, rx.state AS rx_state, rx.expires_at AS rx_ends, rx.issued_at, rx.unchanged_requested_at,
             k.state AS consent_state, k.patient_id AS consent_patient, k.given_by, k.given_at, k.confirmed_at, k.injector_id AS consent_injector,
             p.account_id AS patient_account, p.date_of_birth AS born
        FROM treatment t
        LEFT JOIN prescription rx ON rx.id = t.prescription_id
        LEFT JOIN consultation_record c ON c.id = rx.consultation_id
        LEFT JOIN appointment v ON v.id = c.appointment_id
        LEFT JOIN consent k ON k.id = t.consent_id AND k.prescription_id = rx.id
        LEFT JOIN patient p ON p.id = t.patient_id)
    SELECT 'a completed face-to-face consultation of this patient, there' AS rule, treatment_id AS id FROM chain
     WHERE (visit_kind, visit_mode, visit_state, visit_patient, seen_in) IS DISTINCT FROM ('consultation', 'in_person', 'completed', patient_id, jurisdiction)
    UNION ALL
    SELECT 'signed suitable in that visit, identity and age seen, nothing against it', treatment_id FROM chain
     WHERE (record_state, outcome, identity_seen, age_seen) IS DISTINCT FROM ('signed', 'suitable', true, true)
        OR signed_at NOT BETWEEN seen_from AND seen_until
        OR signed_by IS DISTINCT FROM (SELECT account_id FROM practitioner WHERE id = seen_by)
        OR EXISTS (SELECT FROM consultation_finding f WHERE f.consultation_id = record_id AND f.severity = 'absolute' AND f.present)
        OR EXISTS (SELECT FROM consultation_question q WHERE q.consultation_id = record_id AND trim(q.answer) = '')
    UNION ALL
    SELECT 'a prescription for both, by who saw the patient', treatment_id FROM chain
     WHERE (rx_patient, rx_prescriber, rx_injector) IS DISTINCT FROM (patient_id, seen_by, practitioner_id) OR issued_at < signed_at
        OR greatest(ends, started_at) > rx_ends OR (is_live AND rx_state <> 'active')
    UNION ALL
    SELECT 'the patient’s own consent, given afterwards', treatment_id FROM chain
     WHERE (consent_patient, consent_injector, given_by) IS DISTINCT FROM (patient_id, practitioner_id, patient_account) OR given_at < signed_at
        OR (is_live AND consent_state <> 'given')
    UNION ALL
    SELECT 'consent confirmed on the day, before it began', treatment_id FROM chain
     WHERE started_at IS NOT NULL AND NOT coalesce(
           confirmed_at <= started_at AND (confirmed_at AT TIME ZONE time_zone)::date = (started_at AT TIME ZONE time_zone)::date, false)
       -- For its top-up the same consent is confirmed anew, also where that is called off afterwards.
       AND NOT EXISTS (SELECT FROM appointment top WHERE top.top_up_of_id = treatment_id)
    UNION ALL
    SELECT 'time to think over', treatment_id FROM chain WHERE top_up_of_id IS NULL AND begins < signed_at + interval '48 hours'
       AND (unchanged_requested_at IS NULL OR NOT EXISTS (SELECT FROM treatment before WHERE before.patient_id = chain.patient_id AND before.ended_at < chain.begins))
    UNION ALL
    SELECT 'the consultation not too long ago', treatment_id FROM chain WHERE begins >= signed_at + interval '84 days'
    UNION ALL
    SELECT 'of age', treatment_id FROM chain WHERE age(begins::date, born) < interval '18 years'
    UNION ALL
    SELECT 'who injects and who prescribed in good standing, until it begins', treatment_id FROM chain
     WHERE state IN ('held', 'confirmed', 'arrived') AND EXISTS (SELECT FROM practitioner WHERE id IN (practitioner_id, seen_by) AND standing <> 'good')
    UNION ALL
    SELECT 'the right to inject throughout', treatment_id FROM chain
     WHERE is_live AND NOT EXISTS (SELECT FROM capability_period cp WHERE cp.practitioner_id = chain.practitioner_id AND cp.capability = 'inject'
                                      AND cp.jurisdiction = chain.jurisdiction AND cp.valid @> chain.during)
    UNION ALL
    SELECT 'the right to prescribe, or the prescriber’s supervision, throughout', treatment_id FROM chain
     WHERE is_live AND NOT EXISTS (SELECT FROM capability_period cp WHERE cp.practitioner_id = chain.practitioner_id AND cp.capability = 'prescribe'
                                      AND cp.jurisdiction = chain.jurisdiction AND cp.valid @> chain.during)
       AND NOT EXISTS (SELECT FROM supervision s WHERE s.injector_id = chain.practitioner_id AND s.prescriber_id = seen_by
                          AND s.jurisdiction = chain.jurisdiction AND s.valid @> chain.during)
    UNION ALL
    SELECT 'answers that changed were decided on before it began', treatment_id FROM chain
     WHERE started_at IS NOT NULL AND EXISTS (
       SELECT FROM health_answers h WHERE h.patient_id = chain.patient_id AND h.answered_at <= started_at
          AND h.version = (SELECT max(version) FROM health_answers WHERE patient_id = chain.patient_id AND answered_at <= started_at)
          AND h.id <> health_answers_id
          AND 'may_proceed' IS DISTINCT FROM (SELECT d.decision FROM health_decision d
                WHERE d.health_answers_id = h.id AND d.prescriber_id = seen_by AND d.decided_at <= started_at ORDER BY d.decided_at DESC LIMIT 1))
    UNION ALL
    SELECT 'one treatment for one prescription, its top-up apart', min(id::text)::uuid FROM treatment GROUP BY prescription_id, top_up_of_id HAVING count(*) > 1
    UNION ALL
    SELECT 'the interval, unless the prescriber wrote why not', one.id FROM treatment one JOIN treatment other ON other.patient_id = one.patient_id AND other.id <> one.id
     WHERE one.top_up_of_id IS NULL AND other.top_up_of_id IS NULL AND one.interval_override_reason IS NULL AND other.starts <= one.starts
       AND one.starts < other.starts + other.retreatment_days * interval '1 day'
       -- One that the prescriber then put before it is met at its start.
       AND NOT (one.started_at IS NULL AND other.interval_override_reason IS NOT NULL AND other.created_at > one.created_at)
    UNION ALL
    SELECT 'an override is the prescriber’s', treatment_id FROM chain
     WHERE interval_override_reason IS NOT NULL AND interval_override_by IS DISTINCT FROM (SELECT account_id FROM practitioner WHERE id = seen_by)
    UNION ALL
    SELECT 'a top-up 14 to 28 days on, after a review visit', top.id FROM treatment top JOIN treatment first ON first.id = top.top_up_of_id
     WHERE top.starts NOT BETWEEN first.started_at + interval '14 days' AND first.started_at + interval '28 days' OR first.prescription_id <> top.prescription_id
        OR NOT EXISTS (SELECT FROM appointment f WHERE f.patient_id = top.patient_id AND f.kind = 'follow_up' AND f.state = 'completed' AND f.started_at > first.started_at)
    UNION ALL
    SELECT 'a practitioner in one place', one.id FROM block one JOIN block other ON other.practitioner_id = one.practitioner_id AND other.id < one.id AND other.span && one.span
    UNION ALL
    SELECT 'a patient in one place', one.id FROM appointment one JOIN appointment other ON other.patient_id = one.patient_id AND other.id < one.id AND other.during && one.during
     WHERE one.state IN ('held', 'confirmed', 'arrived', 'started') AND other.state IN ('held', 'confirmed', 'arrived', 'started')
    UNION ALL
    SELECT 'a live visit within time of its own', a.id FROM appointment a LEFT JOIN block b ON b.id = a.block_id AND b.practitioner_id = a.practitioner_id
     WHERE a.state IN ('held', 'confirmed', 'arrived', 'started') AND NOT coalesce(b.span @> a.during, false)
    UNION ALL
    SELECT 'a consultation by who may consult', a.id FROM appointment a
     WHERE a.kind = 'consultation' AND a.started_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM capability_period cp WHERE cp.practitioner_id = a.practitioner_id AND cp.capability = 'consult'
                          AND cp.jurisdiction = a.jurisdiction AND cp.valid @> a.started_at)
    UNION ALL
    SELECT 'a signed treatment differs only with a reason', t.id FROM treatment_record t CROSS JOIN LATERAL treatment_deviations(t) AS kind
     WHERE t.state = 'signed' AND NOT EXISTS (SELECT FROM deviation d WHERE d.treatment_id = t.id AND d.kind = kind AND trim(d.reason) <> ''); END $$`.execute(
    db,
  );
}

/** The rules that do not hold, and for which row. Empty is good. */
export async function brokenRules(trx: Trx): Promise<string[]> {
  const { rows } = await sql<{ broken: string; by_row: string }>`SELECT * FROM broken_rules()`.execute(trx);
  return rows.map(({ broken, by_row }) => `${by_row} breaks: ${broken}`);
}

/** The state of every appointment. */
export async function statesOf(trx: Trx): Promise<Map<string, string>> {
  const rows = await trx.selectFrom('appointment').select(['id', 'state']).execute();
  return new Map(rows.map(({ id, state }) => [id, state]));
}
