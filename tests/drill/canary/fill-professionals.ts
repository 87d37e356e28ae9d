import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { runAll, sha256, WORDS } from './statements.ts';

/** A row of this practitioner in whatever may be about one and has none in the demo. `client` is past every guard. */
export async function fillPractitioner(
  client: pg.Client,
  { practitionerId, accountId, reviewer }: { practitionerId: string; accountId: string; reviewer: string },
): Promise<void> {
  const ids = { lookUp: randomUUID(), release: randomUUID() };
  await runAll(client, [
    [
      `INSERT INTO closure (practitioner_id, span, note) VALUES ($1, tstzrange(app_now() + interval '300 days', app_now() + interval '301 days'), 'For the practice alone.')`,
      [practitionerId],
    ],
    [
      `INSERT INTO session (id, account_id, device, expires_at) VALUES ($1, $2, 'Firefox on Linux', app_now() + interval '1 hour')`,
      [sha256(`session ${accountId}`), accountId],
    ],
    [
      // Nobody fetches it while the drill runs.
      `INSERT INTO external_calendar (practitioner_id, location_id, name, kind, address, host, failure, failed_since, failures, next_fetch_at)
       SELECT w.practitioner_id, w.location_id, 'A calendar at home', 'address', 'https://calendar.invalid/of-theirs.ics', 'calendar.invalid', $2, app_now(), 1, app_now() + interval '2 years'
         FROM practice w WHERE w.practitioner_id = $1 ORDER BY w.location_id LIMIT 1`,
      [practitionerId, WORDS],
    ],
    [
      `INSERT INTO high_risk_change (practitioner_id, kind, before, after, reason, state, asked_by, asked_at, checked_by, checked_at, finding, decided_by, decided_at, decision_reason)
       SELECT $1, 'name', '{"title": "Dr", "displayName": "A name before", "familyName": "Before"}', '{"title": "Dr", "displayName": "A name after", "familyName": "After"}',
              $4, 'rejected', $2, app_now(), $3, app_now(), $4, s.account_id, app_now(), $4
         FROM staff s WHERE s.role = 'reviewer' AND s.account_id <> $3 ORDER BY s.account_id LIMIT 1`,
      [practitionerId, accountId, reviewer, WORDS],
    ],
    [
      `INSERT INTO profile_change (practitioner_id, field, before, after, changed_by) VALUES ($1, 'practitioner.headline', '"An earlier headline"', '"A later headline"', $2)`,
      [practitionerId, accountId],
    ],
    [
      `INSERT INTO register_look_up (id, register, number, found, family_name, given_names, status, conditions, page_url, evidence_sha256, read_by)
       VALUES ($1, 'GMC', '7000000', true, 'Lovelace', 'Ada', 'registered', $2, 'https://register.invalid/7000000', $3, $4)`,
      [ids.lookUp, WORDS, sha256('a page'), reviewer],
    ],
    [
      `UPDATE credential_check SET look_up_id = $2, source_url = 'https://register.invalid/7000000'
        WHERE id = (SELECT k.id FROM credential_check k JOIN credential c ON c.id = k.credential_id WHERE c.practitioner_id = $1 ORDER BY k.id LIMIT 1)`,
      [practitionerId, ids.lookUp],
    ],
    [
      `INSERT INTO register_release (id, register, kind, as_of, state, file_name, fingerprint) VALUES ($1, 'GMC', 'full', '2020-01-01', 'abandoned', 'of ' || ($2::uuid)::text, $3)`,
      [ids.release, practitionerId, sha256('a file')],
    ],
    [
      `INSERT INTO register_entry (release_id, number, family_name, given_names, other_names, status, conditions) VALUES ($1, '7000000', 'Lovelace', 'Ada', '["Ada of old"]', 'registered', $2)`,
      [ids.release, WORDS],
    ],
    [
      `INSERT INTO evidence_file (credential_id, place, name, media_type, bytes, added_by)
       SELECT c.id, 3, 'paper.pdf', 'application/pdf', '\\x255044462d312e370a0a', $2 FROM credential c WHERE c.practitioner_id = $1 ORDER BY c.id LIMIT 1 ON CONFLICT DO NOTHING`,
      [practitionerId, accountId],
    ],
    [
      `INSERT INTO safety_case (about, why, injector_id, finding, reference, closed_by, closed_at) VALUES ('injector', 'lid_droop', $1, $2, 'A file of the regulator', $3, app_now())`,
      [practitionerId, WORDS, reviewer],
    ],
    [
      `WITH asked AS (INSERT INTO erasure (account_id, refused_at) VALUES ($1, app_now()) RETURNING id)
       INSERT INTO practitioner_forgetting (erasure_id, state, proposed_by, proposed_at, saw, decided_by, decided_at, refusal)
       SELECT id, 'refused', $2, app_now(), $3, $2, app_now(), $3 FROM asked`,
      [accountId, reviewer, WORDS],
    ],
  ]);
}

/** What stays of somebody who was suspended, and has stopped to practise. */
export async function fillFormer(client: pg.Client, practitionerId: string, reviewer: string): Promise<void> {
  await runAll(client, [
    [
      `INSERT INTO suspension (practitioner_id, reason, suspended_by) VALUES ($1, $2, $3)`,
      [practitionerId, WORDS, reviewer],
    ],
    [
      `INSERT INTO practice_ending (practitioner_id, kind, records_custodian, records_contact, cover_name, cover_phone, said_by, said_at)
       VALUES ($1, 'retires', 'Who keeps the records', 'records@example.test', 'Who is there at night', '07700 900555', $2, app_now())`,
      [practitionerId, reviewer],
    ],
  ]);
}

/** Somebody who is forgotten already: the record is locked away, and an operator has asked to open it. */
export async function fillLocked(client: pg.Client, operator: string): Promise<string> {
  const patientId = randomUUID();
  await runAll(client, [
    [
      `INSERT INTO patient (id, given_name, family_name, date_of_birth) VALUES ($1, 'Forgotten', 'person', '1990-01-01')`,
      [patientId],
    ],
    [
      `INSERT INTO record_lock (patient_id, keep_until, person, visits)
       VALUES ($1, '2090-01-01', '{"given_name": "Ada of", "postal_address": "A street, a town"}', '[{"patient_note": "What was said before it"}]')`,
      [patientId],
    ],
    [
      `INSERT INTO record_lock_opening (patient_id, reason, asked_by) VALUES ($1, $2, $3)`,
      [patientId, WORDS, operator],
    ],
  ]);
  return patientId;
}
