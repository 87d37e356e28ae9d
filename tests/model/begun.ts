import { sql } from 'kysely';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Begun } from './chain.ts';

/**
 * What the oracle reads: rows as they were written, joined by their own ids alone, and no function, view or copy that a guard
 * keeps. A function of the test's database, because planning it takes longer than running it.
 */
export async function writeFacts(db: Db): Promise<void> {
  await sql`CREATE FUNCTION begun_treatment(wanted uuid) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RETURN (
    SELECT jsonb_build_object('id', a.id, 'jurisdiction', l.jurisdiction, 'place', l.id, 'at', extract(epoch FROM a.started_at), 'day', today,
      'patient', (SELECT jsonb_build_object('id', p.id, 'account', p.account_id, 'born', p.date_of_birth) FROM patient p WHERE p.id = a.patient_id),
      'injector', (SELECT jsonb_build_object('id', p.id, 'account', p.account_id, 'profession', p.profession, 'standing', p.standing, 'cover', p.out_of_hours_phone)
                     FROM practitioner p WHERE p.id = a.practitioner_id),
      'visit', CASE WHEN v.id IS NOT NULL THEN jsonb_build_object('kind', v.kind, 'mode', v.mode, 'state', v.state, 'patient', v.patient_id, 'by', v.practitioner_id,
                     'jurisdiction', there.jurisdiction, 'from', extract(epoch FROM v.started_at), 'until', extract(epoch FROM v.ended_at)) END,
      'seenBy', (SELECT jsonb_build_object('id', p.id, 'account', p.account_id, 'profession', p.profession, 'standing', p.standing, 'cover', p.out_of_hours_phone)
                   FROM practitioner p WHERE p.id = c.prescriber_id),
      'record', CASE WHEN c.id IS NOT NULL THEN jsonb_build_object('id', c.id, 'state', c.state, 'outcome', c.outcome, 'signedAt', extract(epoch FROM c.signed_at), 'signedBy', c.signed_by,
                     'identityAndAgeSeen', c.identity_seen AND c.age_seen, 'ownChoice', c.own_choice, 'capacity', c.capacity, 'chaperone', c.chaperone, 'bodyImage', c.body_image_screen,
                     'answers', (SELECT h.version FROM health_answers h WHERE h.id = c.health_answers_id),
                     'present', (SELECT coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'severity', f.severity)), '[]') FROM consultation_finding f WHERE f.consultation_id = c.id AND f.present),
                     'unanswered', (SELECT count(*) FROM consultation_question q WHERE q.consultation_id = c.id AND trim(q.answer) = ''),
                     'risksUnread', (SELECT count(DISTINCT r.code) FROM disclosable_risk r WHERE r.required AND NOT EXISTS (
                        SELECT FROM risk_disclosure d WHERE d.consultation_id = c.id AND d.risk_code = r.code AND d.acknowledged_at IS NOT NULL)),
                     'enteredInError', EXISTS (SELECT FROM consultation_addendum x WHERE x.consultation_id = c.id AND x.kind = 'entered_in_error')) END,
      'prescription', CASE WHEN rx.id IS NOT NULL THEN jsonb_build_object('id', rx.id, 'product', rx.product_code, 'regions', rx.regions, 'dose', rx.dose_units, 'clinic', rx.clinic_id,
                     'patient', rx.patient_id, 'by', rx.prescriber_id, 'injector', rx.injector_id, 'jurisdiction', rx.jurisdiction, 'state', rx.state,
                     'issuedAt', extract(epoch FROM rx.issued_at), 'expiresAt', extract(epoch FROM rx.expires_at), 'topUpUnits', rx.top_up_units,
                     'sameAsBefore', rx.unchanged_requested_at IS NOT NULL) END,
      'consent', (SELECT jsonb_build_object('patient', k.patient_id, 'prescription', k.prescription_id, 'injector', k.injector_id, 'state', k.state, 'givenBy', k.given_by,
                     'givenAt', extract(epoch FROM k.given_at), 'confirmedAt', extract(epoch FROM k.confirmed_at), 'confirmedOn', (k.confirmed_at AT TIME ZONE l.time_zone)::date)
                    FROM consent k WHERE k.id = a.consent_id),
      'answers', (SELECT jsonb_build_object('version', h.version, 'decision', (SELECT d.decision FROM health_decision d
                       WHERE d.health_answers_id = h.id AND d.prescriber_id = c.prescriber_id ORDER BY d.decided_at DESC LIMIT 1))
                    FROM health_answers h WHERE h.patient_id = a.patient_id ORDER BY h.version DESC LIMIT 1),
      'treatedElsewhereOn', (SELECT max(h.last_treated_elsewhere_on) FROM health_answers h WHERE h.patient_id = a.patient_id),
      'override', CASE WHEN a.interval_override_reason IS NOT NULL THEN jsonb_build_object('reason', a.interval_override_reason, 'by', a.interval_override_by) END,
      'topUpOf', a.top_up_of_id,
      'before', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'at', extract(epoch FROM b.started_at),
                     'day', (least(b.started_at, lower(b.during)) AT TIME ZONE b.time_zone)::date, 'state', b.state, 'topUpOf', b.top_up_of_id, 'record', old.consultation_id,
                     'plan', jsonb_build_object('id', old.id, 'product', old.product_code, 'regions', old.regions, 'dose', old.dose_units, 'clinic', old.clinic_id))), '[]')
                   FROM appointment b JOIN prescription old ON old.id = b.prescription_id
                  WHERE b.patient_id = a.patient_id AND b.kind = 'treatment' AND b.id <> a.id AND b.started_at <= a.started_at),
      'reviews', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', extract(epoch FROM f.started_at), 'mode', f.mode, 'state', f.state)), '[]')
                    FROM appointment f WHERE f.patient_id = a.patient_id AND f.kind = 'follow_up' AND f.started_at IS NOT NULL),
      'rights', (SELECT coalesce(jsonb_agg(jsonb_build_object('of', k.practitioner_id, 'to', k.capability, 'from', extract(epoch FROM lower(k.valid)),
                     'until', extract(epoch FROM upper(k.valid)), 'checkedUntil', CASE WHEN isfinite(k.checked_until) THEN extract(epoch FROM k.checked_until) ELSE 1e12 END)), '[]')
                   FROM capability_period k WHERE k.practitioner_id IN (a.practitioner_id, c.prescriber_id) AND k.jurisdiction = l.jurisdiction),
      'supervisions', (SELECT coalesce(jsonb_agg(jsonb_build_object('from', extract(epoch FROM lower(s.valid)), 'until', extract(epoch FROM upper(s.valid)))), '[]')
                         FROM supervision s WHERE s.injector_id = a.practitioner_id AND s.prescriber_id = c.prescriber_id AND s.jurisdiction = l.jurisdiction
                          AND s.injector_accepted_by IS NOT NULL AND s.prescriber_accepted_by IS NOT NULL AND s.valid IS NOT NULL),
      'prescriberIs', CASE WHEN a.prescriber_where IS NOT NULL THEN jsonb_build_object('where', a.prescriber_where, 'way', a.prescriber_way) END,
      'wasThere', (SELECT coalesce(jsonb_agg(jsonb_build_object('from', extract(epoch FROM w.began_at), 'until', extract(epoch FROM w.ends_at), 'saidBy', w.said_by)), '[]')
                     FROM presence w WHERE w.practitioner_id = c.prescriber_id AND w.location_id = l.id),
      'vial', (SELECT jsonb_build_object('product', i.product_code, 'place', i.location_id, 'expiresOn', i.expires_on, 'dispensedFor', i.dispensed_for_patient_id, 'heldBy', i.held_by_prescriber_id,
                     'holderWorksThere', EXISTS (SELECT FROM practice w WHERE w.practitioner_id = i.held_by_prescriber_id AND w.location_id = l.id),
                     'openedBefore', EXISTS (SELECT FROM planned_vial other JOIN appointment b ON b.id = other.appointment_id
                        WHERE other.vial_id = i.id AND b.id <> a.id AND b.started_at IS NOT NULL),
                     'putAside', EXISTS (SELECT FROM batch_quarantine q WHERE q.product_code = i.product_code AND q.batch = i.batch
                        AND (q.location_id IS NULL OR q.location_id = i.location_id) AND q.released_at IS NULL))
                 FROM planned_vial pv JOIN vial i ON i.id = pv.vial_id WHERE pv.appointment_id = a.id))
      FROM appointment a
      JOIN location l ON l.id = a.location_id
      CROSS JOIN LATERAL (SELECT (a.started_at AT TIME ZONE l.time_zone)::date AS today) d
      LEFT JOIN prescription rx ON rx.id = a.prescription_id
      LEFT JOIN consultation_record c ON c.id = rx.consultation_id
      LEFT JOIN appointment v ON v.id = c.appointment_id
      LEFT JOIN location there ON there.id = v.location_id
     WHERE a.id = wanted AND a.kind = 'treatment'); END $$`.execute(db);
}

/** What the oracle judges of an appointment that has just begun; null where it is no treatment. */
export async function begunTreatment(trx: Trx, id: string): Promise<Begun | null> {
  const { rows } = await sql<{ begun: Begun | null }>`SELECT begun_treatment(${id}) AS begun`.execute(trx);
  return rows[0]!.begun;
}
