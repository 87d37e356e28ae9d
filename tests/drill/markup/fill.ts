import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Stage } from '../../http/authorisation-stage.ts';
import { fill, treatedPatients } from '../canary/stage.ts';
import { WORDS } from '../canary/statements.ts';

const LINK = { text: 'A place to press', href: 'https://example.test/' };
/** A letter with everything in it that a letter may have. */
const LETTER = {
  letter: {
    subject: 'What it is about',
    heading: 'What stands above',
    opening: ['it begins so.\nOn two lines.'],
    facts: [{ name: 'What it is', value: 'As it is' }],
    more: ['And it goes on.'],
    action: LINK,
    after: ['And after that.'],
    links: [LINK],
  },
  frame: { toName: 'Ada Lovelace', stop: LINK.href, oneClick: LINK.href },
};

/** Gives the people of the stage a row in each table that may tell of one. `client` is past every guard. */
export async function fillEmptyTables(client: pg.Client, stage: Stage): Promise<void> {
  const { ids } = stage.sides.one;
  const treated = await treatedPatients(client);
  const row = treated.find((one) => one.patient === ids.person) ?? treated[0]!;
  const { carer, reviewer, operator, prescriber, reception, patient, otherPatient } = stage.accounts;
  await fill(client, row, { carer: carer!, reviewer: reviewer!, operator: operator! });

  const one = async (text: string, values: unknown[]) =>
    (await client.query<Record<string, string>>(text, values)).rows[0]!;
  const { practitioner, location, clinic, offer } = await one(
    `SELECT p.id AS practitioner, l.id AS location, l.clinic_id AS clinic, (SELECT id FROM waitlist_offer ORDER BY id LIMIT 1) AS offer
       FROM practitioner p JOIN practice w ON w.practitioner_id = p.id JOIN location l ON l.id = w.location_id WHERE p.account_id = $1 AND l.id = $2`,
    [prescriber, ids.own_place],
  );
  const { id: gone } = await one(
    `SELECT id FROM practitioner WHERE id <> ALL ($1) AND account_id <> ALL ($2) ORDER BY id DESC LIMIT 1`,
    [[ids.practitioner, stage.sides.other.ids.practitioner, practitioner], Object.values(stage.accounts)],
  );
  const { id: other } = await one(`SELECT id FROM patient WHERE account_id = $1`, [otherPatient]);
  const [release, hash] = [randomUUID(), randomBytes(32).toString('hex')];
  const spans = `tstzrange(app_now() + interval '5 days', app_now() + interval '5 days 1 hour')`;
  const statements: readonly (readonly [text: string, values: readonly unknown[]])[] = [
    [
      `INSERT INTO booking_draft (appointment_id, date_of_birth, note) VALUES ($1, '1961-03-12', $2)`,
      [ids.visit, WORDS],
    ],
    [
      `INSERT INTO birth_correction (patient_id, clinic_id, was, became, known_by, corrected_by) VALUES ($1, $2, '1961-03-12', '1961-03-13', 'said', $3)`,
      [ids.person, clinic, reception],
    ],
    [
      `INSERT INTO calendar_copy (calendar_id, appointment_id, href, sequence, during, status, put_back_at, put_back_why) VALUES ($1, $2, '/a.ics', 0, ${spans}, 'CONFIRMED', app_now(), 'changed')`,
      [ids.connected, ids.visit],
    ],
    [
      `INSERT INTO dropped_job (job_id, task, reason, dropped_by) VALUES (1, 'send_mail', $1, $2)`,
      [WORDS, operator],
    ],
    [
      `INSERT INTO graphile_worker._private_jobs (task_id, payload, attempts, max_attempts, last_error)
       SELECT id, '{}', 25, 25, $1 FROM graphile_worker._private_tasks ORDER BY id LIMIT 1`,
      [WORDS],
    ],
    [
      `INSERT INTO health_draft (patient_id, answers) VALUES ($1, '{"eyelid_surgery": "Once, long ago, on the left."}') ON CONFLICT DO NOTHING`,
      [ids.person],
    ],
    [
      `INSERT INTO high_risk_change (practitioner_id, kind, before, after, reason, state, asked_by, asked_at, checked_by, checked_at, finding)
       VALUES ($1, 'name', '{"display_name": "As it was"}', '{"display_name": "As it is"}', $2, 'checked', $3, app_now(), $4, app_now(), $2)`,
      [practitioner, WORDS, prescriber, reviewer],
    ],
    [
      `INSERT INTO imported_appointment (practitioner_id, location_id, reference, appointment_id) VALUES ($1, $2, 'From the old diary', $3)`,
      [practitioner, location, ids.treatment],
    ],
    [
      `INSERT INTO joint_reservation (consultation_appointment_id, injector_id, location_id, during, block_span, kept_until, ended_at, outcome)
       VALUES ($1, $2, $3, ${spans}, tstzrange(app_now(), app_now() + interval '9 days'), app_now(), app_now(), 'lapsed')`,
      [ids.visit, practitioner, location],
    ],
    [
      `INSERT INTO clinic_invitation (clinic_id, role, invited_email, code_hash, invited_by) VALUES ($1, 'reception', 'asked@example.test', $2, $3)`,
      [clinic, hash, prescriber],
    ],
    [
      `INSERT INTO patient_death (patient_id, told_by, recorded_by, recorded_at, undone_by, undone_at) VALUES ($1, 'family', $2, app_now(), $2, app_now())`,
      [ids.person, reception],
    ],
    [
      `INSERT INTO patient_merge (clinic_id, keep_id, other_id, proposed_by) VALUES ($1, $2, $3, $4)`,
      [clinic, ids.person, other, reception],
    ],
    [
      `INSERT INTO policy_change (jurisdiction, key, value, status, source, source_date, effective_from, reason, proposed_by, proposed_as, proposed_at)
       SELECT jurisdiction, key, value, 'assumed', $1, '2026-01-01', '2027-01-01', $1, $2, 'operator', app_now() FROM policy_row
        WHERE key = 'retention_years' ORDER BY id LIMIT 1`,
      [WORDS, operator],
    ],
    [
      `INSERT INTO practice_ending (practitioner_id, kind, records_custodian, records_contact, said_by, said_at) VALUES ($1, 'leaves', $2, $2, $3, app_now())`,
      [practitioner, WORDS, reviewer],
    ],
    [
      `INSERT INTO profile_change (practitioner_id, field, before, after, changed_by) VALUES ($1, 'practitioner.headline', '"As it was then"', '"As it is now"', $2)`,
      [practitioner, prescriber],
    ],
    [
      `INSERT INTO record_claim (patient_id, clinic_id, state, code_hash, issued_by, claimed_by, claimed_at, id_document)
       VALUES ($1, $2, 'asked', $3, $4, $5, app_now(), 'A passport')`,
      [other, clinic, hash, reception, patient],
    ],
    [
      `INSERT INTO register_release (id, register, kind, as_of, state, file_name, fingerprint, first_bad_rows, published_at)
       SELECT $1, register, 'full', '2026-02-01', 'current', 'a.csv', $2, '["Row 3 has no number"]', app_now() FROM credential WHERE register IS NOT NULL LIMIT 1`,
      [release, hash],
    ],
    [
      `INSERT INTO register_entry (release_id, number, family_name, given_names, other_names, status, conditions)
       VALUES ($1, '1', 'Osei', 'Ada', '["Ada the other"]', 'registered', $2)`,
      [release, WORDS],
    ],
    [
      `INSERT INTO register_look_up (register, number, found, family_name, given_names, status, conditions, page_url, evidence_sha256, read_by)
       SELECT register, number, true, 'Osei', 'Ada', 'registered', $1, 'https://example.test/', $2, $3 FROM credential WHERE register IS NOT NULL LIMIT 1`,
      [WORDS, hash, reviewer],
    ],
    [
      `INSERT INTO push_subscription (account_id, endpoint, p256dh, auth, device) VALUES ($1, 'https://push.example/a', repeat('A', 87), repeat('A', 22), 'Firefox')`,
      [patient],
    ],
    [
      `INSERT INTO text_number (account_id, number, code_hash, confirmed_at) VALUES ($1, '+447700900123', $2, app_now())`,
      [patient, hash],
    ],
    [
      `INSERT INTO short_message (account_id, channel, kind, dedupe_key, number, body, failed_at, failure) VALUES ($1, 'text', 'reminder_last', 'a', '+447700900123', $2, app_now(), $2)`,
      [patient, WORDS],
    ],
    [
      `INSERT INTO safety_case (about, injector_id, why, closed_at, closed_by, finding, reference) VALUES ('injector', $1, 'lid_droop', app_now(), $2, $3, 'A reference')`,
      [practitioner, reviewer, WORDS],
    ],
    [
      `INSERT INTO suspension (practitioner_id, reason, suspended_by) VALUES ($1, $2, $3)`,
      [gone, WORDS, reviewer],
    ],
    [`UPDATE practitioner SET standing = 'suspended' WHERE id = $1`, [gone]],
    [
      `INSERT INTO practitioner_forgetting (erasure_id, state, proposed_by, proposed_at, saw, decided_by, decided_at, refusal)
       VALUES ($1, 'refused', $2, app_now(), $3, $2, app_now(), $3)`,
      [ids.forgetting, reviewer, WORDS],
    ],
    [`UPDATE practitioner SET native_name = 'Another script' WHERE id = $1`, [practitioner]],
    [
      `INSERT INTO consultation_finding (consultation_id, code, present, severity, note)
       SELECT $1, code, present, severity, $2 FROM consultation_finding ORDER BY code LIMIT 1 ON CONFLICT DO NOTHING`,
      [ids.consultation, WORDS],
    ],
    [
      `UPDATE record_lock SET person = '{"given_name": "Ada of old"}', visits = '[{"reason": "Something was said."}]' WHERE deleted_at IS NULL`,
      [],
    ],
    [
      `UPDATE mail_message SET letter = $1, patient_id = $2 WHERE id = (SELECT id FROM mail_message WHERE letter IS NOT NULL ORDER BY id LIMIT 1)`,
      [JSON.stringify(LETTER), ids.person],
    ],
    [
      `INSERT INTO visit_word (appointment_id, said_by, said_at, starts_at, word) SELECT id, $2, app_now(), lower(during), 'will_come' FROM appointment WHERE id = $1`,
      [ids.visit, patient],
    ],
    [
      `INSERT INTO waitlist_passed_over (offer_id, entry_id, reason) SELECT $1, id, 'busy' FROM waitlist_entry ORDER BY id LIMIT 1`,
      [offer],
    ],
    [`INSERT INTO second_factor_use (account_id, kind) VALUES ($1, 'recovery')`, [patient]],
    [
      `INSERT INTO calendar_feed (account_id, whose, secret_hash) VALUES ($1, 'patient', decode($2, 'hex'))`,
      [patient, hash],
    ],
    [`INSERT INTO audit_break (stream, seq, why) VALUES ($1, 1, $2)`, [`patient:${ids.person}`, WORDS]],
    [`INSERT INTO audit_checked (stream, seq, hash) VALUES ($1, 1, '\\x00')`, [`patient:${ids.person}`]],
    [
      `UPDATE mail_message SET calendar = '{"title": "An appointment of theirs"}' WHERE id = (SELECT id FROM mail_message WHERE calendar IS NULL ORDER BY id LIMIT 1)`,
      [],
    ],
  ];
  for (const [text, values] of statements)
    await client.query(text, [...values]).catch((error: unknown) => {
      console.error(`no row: ${text.trim().slice(0, 60)}: ${(error as Error).message}`);
    });
}
