import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { fillFormer, fillLocked, fillPractitioner } from './fill-professionals.ts';
import { runAll, sha256, WORDS, type Statement } from './statements.ts';

/** Who looks, as the data map calls them; two of each kind where one has nothing to do with the marked patient. */
export const VIEWERS = [
  'visitor',
  'self',
  'otherPatient',
  'practitioner',
  'otherPractitioner',
  'desk',
  'otherDesk',
  'carer',
  'reviewer',
  'operator',
] as const;
export type Viewer = (typeof VIEWERS)[number];

export interface Stage {
  /** Two patients of one practitioner, whose rows are marked. */
  patientId: string;
  accountId: string;
  otherPatientId: string;
  otherAccountId: string;
  practitionerId: string;
  /** Somebody who has stopped to practise, and was suspended once. */
  formerId: string;
  formerAccountId: string;
  formerToken: string;
  /** Somebody who is forgotten already, and whose record is locked away. */
  lockedPatientId: string;
  /** Profiles of both practitioners. */
  profiles: readonly string[];
  /** What each is asked with. */
  tokens: Readonly<Record<Viewer, string | null>>;
  accounts: Readonly<Record<Exclude<Viewer, 'visitor'>, string>>;
  /** Secrets of calendars that are subscribed to. */
  feeds: readonly string[];
}

type Row = Readonly<Record<string, string>>;

/**
 * A patient of the demo town with a treatment and a review visit behind them, made to have a row in each table that may be about
 * a patient; another one of the same practitioner likewise; and whoever looks. `client` is past every guard.
 */
export async function setStage(client: pg.Client): Promise<Stage> {
  const one = async (text: string, values: unknown[] = []) =>
    (await client.query<Record<string, string>>(text, values)).rows[0]!;
  await client.query(`SET session_replication_role = replica`);
  const treated = await treatedPatients(client);
  const mine = treated[0]!;
  const other =
    treated.find((row) => row.practitioner === mine.practitioner && row.patient !== mine.patient) ??
    treated[1]!;
  const staff = async (role: string) =>
    (await one(`SELECT account_id AS id FROM staff WHERE role = $1 ORDER BY account_id LIMIT 1`, [role])).id!;
  const reviewer = await staff('reviewer');
  const newAccount = async (name: string) =>
    (
      await one(
        `INSERT INTO account (email, display_name, email_verified_at) VALUES ($1, $2, app_now()) RETURNING id`,
        [`${randomUUID()}@example.test`, name],
      )
    ).id!;
  const atDesk = async (clinic: string) => {
    const id = await newAccount('At the desk');
    await client.query(
      `INSERT INTO clinic_member (account_id, clinic_id, role, valid) VALUES ($1, $2, 'manager', '[,)')`,
      [id, clinic],
    );
    return id;
  };
  const carer = await newAccount('A carer');
  for (const [row, helper] of [
    [mine, carer],
    [other, await newAccount('Another carer')],
  ] as const)
    await fill(client, row, { carer: helper, reviewer, operator: await staff('operator') });
  const former = await one(
    `SELECT p.id, p.account_id AS account, p.slug FROM practitioner p
      WHERE p.id <> $1 AND EXISTS (SELECT FROM credential_check k JOIN credential c ON c.id = k.credential_id WHERE c.practitioner_id = p.id)
        AND NOT EXISTS (SELECT FROM appointment a WHERE (a.practitioner_id = p.id OR a.prescriber_id = p.id) AND (a.patient_id = ANY ($2) OR a.clinic_id = $3))
        AND NOT EXISTS (SELECT FROM practice w JOIN location l ON l.id = w.location_id WHERE w.practitioner_id = p.id AND l.clinic_id = $3)
        AND NOT EXISTS (SELECT FROM supervision s WHERE p.id IN (s.injector_id, s.prescriber_id)) ORDER BY p.id DESC LIMIT 1`,
    [mine.practitioner, [mine.patient, other.patient], mine.clinic],
  );
  for (const [id, accountId] of [
    [mine.practitioner, mine.prescriber],
    [former.id, former.account],
  ])
    await fillPractitioner(client, { practitionerId: id!, accountId: accountId!, reviewer });
  await fillFormer(client, former.id!, reviewer);
  const lockedPatientId = await fillLocked(client, await staff('operator'));
  const { slug } = await one(`SELECT slug FROM practitioner WHERE id = $1`, [mine.practitioner]);

  const accounts = {
    self: mine.account!,
    otherPatient: other.account!,
    practitioner: mine.prescriber!,
    otherPractitioner: (
      await one(
        `SELECT p.account_id AS id FROM listing l JOIN practitioner p ON p.id = l.practitioner_id
          WHERE l.may_prescribe AND p.id <> $3 AND NOT EXISTS (SELECT FROM appointment a WHERE (a.practitioner_id = p.id OR a.prescriber_id = p.id) AND a.patient_id = ANY ($1))
            AND NOT EXISTS (SELECT FROM practice w JOIN location l ON l.id = w.location_id WHERE w.practitioner_id = p.id AND l.clinic_id = $2) ORDER BY p.id LIMIT 1`,
        [[mine.patient, other.patient], mine.clinic, former.id],
      )
    ).id!,
    desk: await atDesk(mine.clinic!),
    otherDesk: await atDesk(
      (
        await one(
          `SELECT c.id FROM clinic c WHERE NOT EXISTS (SELECT FROM appointment a WHERE a.clinic_id = c.id AND a.patient_id = ANY ($1))
              AND NOT EXISTS (SELECT FROM practice w JOIN location l ON l.id = w.location_id WHERE l.clinic_id = c.id AND w.practitioner_id = ANY ($2)) ORDER BY c.id LIMIT 1`,
          [
            [mine.patient, other.patient],
            [mine.practitioner, former.id],
          ],
        )
      ).id!,
    ),
    carer,
    reviewer,
    operator: await staff('operator'),
  };
  const tokens: Record<string, string | null> = { visitor: null };
  for (const [viewer, accountId] of Object.entries(accounts)) {
    const token = randomBytes(32).toString('base64url');
    await client.query(
      `INSERT INTO session (id, account_id, device, expires_at) VALUES ($1, $2, 'Firefox on Linux', app_now() + interval '12 hours')`,
      [sha256(token), accountId],
    );
    tokens[viewer] = token;
  }
  const feeds: string[] = [];
  for (const [accountId, whose] of [
    [mine.account, 'patient'],
    [mine.prescriber, 'practitioner'],
  ]) {
    const secret = randomBytes(32).toString('base64url');
    await client.query(
      `INSERT INTO calendar_feed (account_id, whose, secret_hash) VALUES ($1, $2, sha256($3))`,
      [accountId, whose, Buffer.from(secret)],
    );
    feeds.push(secret);
  }
  const formerToken = randomBytes(32).toString('base64url');
  await client.query(
    `INSERT INTO session (id, account_id, device, expires_at) VALUES ($1, $2, 'Firefox on Linux', app_now() + interval '12 hours')`,
    [sha256(formerToken), former.account],
  );
  await client.query(`SET session_replication_role = origin`);
  return {
    patientId: mine.patient!,
    accountId: mine.account!,
    otherPatientId: other.patient!,
    otherAccountId: other.account!,
    practitionerId: mine.practitioner!,
    formerId: former.id!,
    formerAccountId: former.account!,
    formerToken,
    lockedPatientId,
    profiles: [slug!, former.slug!],
    tokens: tokens as Stage['tokens'],
    accounts,
    feeds,
  };
}

/** Patients with a treatment and a review visit behind them, by one who prescribed it too. */
export async function treatedPatients(client: pg.Client): Promise<Row[]> {
  const { rows } = await client.query<Record<string, string>>(`
    SELECT DISTINCT ON (a.patient_id) a.patient_id AS patient, p.account_id AS account, a.practitioner_id AS practitioner, a.id AS treatment, a.clinic_id AS clinic,
           a.location_id AS location, a.jurisdiction, a.time_zone AS zone, a.consultation_id AS consultation, a.prescription_id AS prescription, c.appointment_id AS visit,
           t.id AS record, t.product_code AS product, h.id AS answers, r.account_id AS prescriber
      FROM appointment a JOIN patient p ON p.id = a.patient_id AND p.account_id IS NOT NULL
      JOIN consultation_record c ON c.id = a.consultation_id JOIN treatment_record t ON t.appointment_id = a.id
      JOIN practitioner r ON r.id = a.prescriber_id
      JOIN LATERAL (SELECT id FROM health_answers WHERE patient_id = a.patient_id ORDER BY id LIMIT 1) h ON true
     WHERE a.kind = 'treatment' AND a.state = 'completed' AND a.practitioner_id = a.prescriber_id
       AND NOT EXISTS (SELECT FROM practitioner x WHERE x.account_id = p.account_id)
       AND EXISTS (SELECT FROM appointment f WHERE f.patient_id = a.patient_id AND f.kind = 'follow_up' AND f.state = 'completed')
     ORDER BY a.patient_id, a.id`);
  return rows;
}

/** A row of this patient in whatever has none yet. */
export async function fill(
  client: pg.Client,
  row: Row,
  who: { carer: string; reviewer: string; operator: string },
): Promise<void> {
  const {
    patient,
    account,
    practitioner,
    treatment,
    clinic,
    location,
    jurisdiction,
    zone,
    consultation,
    prescription,
    visit,
    record,
    product,
    answers,
    prescriber,
  } = row;
  const ids = Object.fromEntries(
    [
      'share',
      'access',
      'urgent',
      'effect',
      'recall',
      'complaint',
      'case',
      'review',
      'appeal',
      'mail',
      'upload',
    ].map((name) => [name, randomUUID()]),
  );
  const statements: Statement[] = [
    [
      `UPDATE patient SET email = coalesce(email, 'somebody@example.test'), phone = '07700 900111', postal_address = $2 WHERE id = $1`,
      [patient, WORDS],
    ],
    [
      `UPDATE appointment SET patient_note = $2, reason = CASE WHEN state = 'cancelled' THEN $2 ELSE reason END WHERE patient_id = $1`,
      [patient, WORDS],
    ],
    [
      `INSERT INTO mail_declined (to_address, kind) SELECT email, 'day_sheet' FROM account WHERE id = $1 ON CONFLICT DO NOTHING`,
      [account],
    ],
    [
      `INSERT INTO message_preference (account_id, time_zone) VALUES ($1, 'Europe/London') ON CONFLICT DO NOTHING`,
      [account],
    ],
    [
      `INSERT INTO address_change (account_id, old_email, new_email, confirm_hash) VALUES ($1, 'old@example.test', 'new@example.test', $2)`,
      [account, sha256(account!)],
    ],
    [
      `INSERT INTO passkey (id, account_id, name, public_key) VALUES ($1, $2, 'My telephone', '\\x00')`,
      [`key of ${account}`, account],
    ],
    [
      `INSERT INTO mail_message (id, dedupe_key, kind, patient_id, to_name, to_address, subject, body, letter, calendar, sent_at)
       SELECT $3::uuid, ($3::uuid)::text, 'appointment_moved', $2, display_name, email, 'Your appointment has a new time', 'Hello, it is new.', '{"letter":{"subject":"New","opening":["it is new and long."]},"frame":{"toName":"Ada Lovelace"}}', '{"where":"Somewhere near the river"}', app_now()
         FROM account WHERE id = $1`,
      [account, patient, ids.mail],
    ],
    [`INSERT INTO mail_bounce (mail_id, status, reason) VALUES ($1, '5.1.1', 'no such mailbox')`, [ids.mail]],
    [
      `INSERT INTO carer (patient_id, invited_email, code_hash, carer_account_id, accepted_at) VALUES ($1, 'carer@example.test', $3, $2, app_now())`,
      [patient, who.carer, sha256(`carer ${patient}`)],
    ],
    [
      `INSERT INTO clinic_invitation (clinic_id, role, invited_email, code_hash, invited_by, accepted_by, accepted_at)
       VALUES ($1, 'reception', 'asked@example.test', $2, (SELECT p.account_id FROM practitioner p WHERE p.account_id <> $3 ORDER BY p.id LIMIT 1), $4, app_now())`,
      [clinic, sha256(`asked ${account}`), prescriber, account],
    ],
    [
      `INSERT INTO waitlist_entry (patient_id, number, near, latitude, longitude, radius_km, weekdays, from_minute, until_minute, earliest_day, latest_day)
       SELECT $1, n, 'Leeds, near the river', 53.8, -1.5, 10, '{1}', 0, 1440, '2026-01-01', '2100-01-01'
         FROM generate_series(1, 3) n WHERE NOT EXISTS (SELECT FROM waitlist_entry w WHERE w.patient_id = $1 AND w.number = n AND w.state = 'waiting') LIMIT 1`,
      [patient],
    ],
    [
      `INSERT INTO appointment_appeal (id, appointment_id, words, made_by, made_at) VALUES ($1, $2, $3, $4, app_now())`,
      [ids.appeal, visit, WORDS, account],
    ],
    [
      `INSERT INTO appointment_correction (appointment_id, appeal_id, finding, reason, decided_by, decided_at) VALUES ($1, $2, 'stands', $3, $4, app_now())`,
      [visit, ids.appeal, WORDS, who.reviewer],
    ],
    [
      `INSERT INTO review (id, appointment_id, patient_id, practitioner_id, clinic_id, jurisdiction, time_zone, visited_on, written_by, listened, explained_risks, free_to_say_no, clean_and_calm, easy_to_reach, words)
       VALUES ($1, $2, $3, $4, $5, $6, $7, '2026-01-05', $8, 'yes', 'yes', 'yes', 'yes', 'yes', $9) ON CONFLICT DO NOTHING`,
      [ids.review, visit, patient, practitioner, clinic, jurisdiction, zone, account, WORDS],
    ],
    [
      `INSERT INTO review_step (review_id, nth, kind, state, reply_state, taken_by, taken_at)
       SELECT r.id, 1, 'written', 'waiting', 'none', r.written_by, app_now() FROM review r WHERE r.id = $1`,
      [ids.review],
    ],
    [
      `INSERT INTO complaint (id, made_by, patient_id, appointment_id, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, addressed_to, words, wish, acknowledge_by, answer_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'steadyhand', $10, $10, app_now(), app_now())`,
      [ids.complaint, account, patient, visit, practitioner, location, clinic, jurisdiction, zone, WORDS],
    ],
    [
      `INSERT INTO complaint_step (complaint_id, nth, kind, state, taken_by, taken_at, words) VALUES ($1, 1, 'made', 'with_steadyhand', $2, app_now(), $3)`,
      [ids.complaint, account, WORDS],
    ],
    [
      `INSERT INTO complaint_evidence (complaint_id, kind, ref, snapshot, sha256) VALUES ($1, 'visit', $2, '{"note":"as it was then, word by word"}', sha256('a'))`,
      [ids.complaint, visit],
    ],
    [
      `INSERT INTO photo_consent (treatment_id, patient_id, practitioner_id, purpose, nth, word, said_by, said_at)
       SELECT $1, $2, $3, 'consultation', n, w, $4, app_now() FROM (VALUES (1, 'asked'), (2, 'given')) v (n, w) ON CONFLICT DO NOTHING`,
      [treatment, patient, practitioner, account],
    ],
    [
      `INSERT INTO portfolio_case (id, treatment_id, patient_id, practitioner_id, jurisdiction, treated_on, before_on, after_on, regions, asked_for, why, unaltered)
       VALUES ($1, $2, $3, $4, $5, '2026-01-05', '2026-01-05', '2026-01-20', '{frown_lines}', $6, $6, true) ON CONFLICT DO NOTHING`,
      [ids.case, treatment, patient, practitioner, jurisdiction, WORDS],
    ],
    [
      `INSERT INTO portfolio_step (case_id, nth, kind, taken_by, taken_at, reason) SELECT id, 1, 'sent', $2, app_now(), '' FROM portfolio_case WHERE id = $1`,
      [ids.case, prescriber],
    ],
    [
      `INSERT INTO record_share (id, patient_id, secret_hash, for_whom, parts, expires_at) VALUES ($1, $2, $3, 'Another doctor', '{treatments}', app_now() + interval '7 days')`,
      [ids.share, patient, sha256(`share ${patient}`)],
    ],
    [
      `INSERT INTO record_access (id, patient_id, share_id, secret_hash, reader_name, reader_place, expires_at) VALUES ($1, $2, $3, $4, 'A reader', 'A place', app_now() + interval '1 day')`,
      [ids.access, patient, ids.share, sha256(`access ${patient}`)],
    ],
    [
      `INSERT INTO health_decision (health_answers_id, patient_id, prescriber_id, decision, decided_by, reason) VALUES ($1, $2, $3, 'may_proceed', $4, $5)`,
      [answers, patient, practitioner, prescriber, WORDS],
    ],
    [
      `INSERT INTO consultation_addendum (consultation_id, kind, text, written_by) VALUES ($1, 'note', $2, $3)`,
      [consultation, WORDS, prescriber],
    ],
    [
      `INSERT INTO consultation_question (consultation_id, question, answer) VALUES ($1, $2, $2)`,
      [consultation, WORDS],
    ],
    [
      `INSERT INTO deviation (treatment_id, kind, reason) VALUES ($1, 'over_dose', $2) ON CONFLICT DO NOTHING`,
      [record, WORDS],
    ],
    [
      `INSERT INTO case_file (patient_id, practitioner_id, for_whom, recipient, reason, made_by) VALUES ($1, $2, 'insurer', 'An insurer of theirs', $3, $4)`,
      [patient, practitioner, WORDS, prescriber],
    ],
    [
      `INSERT INTO urgent_contact (id, patient_id, treatment_appointment_id, message, phone, answer_by, told_from) VALUES ($1, $2, $3, $4, '07700 900222', app_now() + interval '2 hours', array_fill(app_now(), ARRAY[5]))`,
      [ids.urgent, patient, treatment, WORDS],
    ],
    [
      `INSERT INTO urgent_step (contact_id, nth, practitioner_id, name, phone) VALUES ($1, 1, $2, 'The duty practitioner', '07700 900333')`,
      [ids.urgent, practitioner],
    ],
    [
      `INSERT INTO adverse_event (id, patient_id, appointment_id, code, side, onset_on, severity, words, told_by, treatment_id, location_id, clinic_id, jurisdiction, injector_id, prescriber_id)
       VALUES ($1, $2, $3, 'bruising', 'left', '2026-01-06', 'mild', $4, $5, $6, $7, $8, $9, $10, $10)`,
      [ids.effect, patient, treatment, WORDS, account, record, location, clinic, jurisdiction, practitioner],
    ],
    [
      `INSERT INTO adverse_event_step (event_id, nth, kind, words, who, taken_by) VALUES ($1, 1, 'managed', $2, 'The injector', $3)`,
      [ids.effect, WORDS, prescriber],
    ],
    [
      `INSERT INTO batch_recall (id, product_code, batch, why, advice, state, proposed_by, decided_by, decided_at)
       VALUES ($1, $2, $3, 'The maker asks for it.', 'Look out for weak muscles, and call us.', 'confirmed', $4, $4, app_now())`,
      [ids.recall, product, `Batch of ${patient}`, who.reviewer],
    ],
    [
      `INSERT INTO batch_recall_treatment (recall_id, treatment_id, appointment_id, patient_id, injector_id, prescriber_id) VALUES ($1, $2, $3, $4, $5, $5)`,
      [ids.recall, record, treatment, patient, practitioner],
    ],
    [
      `INSERT INTO batch_recall_reach (recall_id, patient_id, how, words, said_by) VALUES ($1, $2, 'spoken', $3, $4)`,
      [ids.recall, patient, WORDS, prescriber],
    ],
    [
      `UPDATE health_answers SET answers = answers || '{"eyelid_surgery": "Once, long ago, on the left."}' WHERE patient_id = $1`,
      [patient],
    ],
    [
      `INSERT INTO terms_agreement (account_id, document, version) VALUES ($1, 'terms', 1) ON CONFLICT DO NOTHING`,
      [account],
    ],
    [`UPDATE prescription SET directions = $2 WHERE id = $1 AND directions = ''`, [prescription, WORDS]],
    [
      `UPDATE appointment SET interval_override_reason = $2, interval_override_by = $3 WHERE id = $1`,
      [treatment, WORDS, prescriber],
    ],
    [
      `INSERT INTO consultation_finding (consultation_id, code, severity, present, note) VALUES ($1, 'pregnancy', 'absolute', false, $2)
       ON CONFLICT (consultation_id, code) DO UPDATE SET note = excluded.note`,
      [consultation, WORDS],
    ],
    [
      `INSERT INTO review_step (review_id, nth, kind, state, reply_state, taken_by, taken_at, words)
       SELECT r.id, 2, 'replied', 'published', 'published', $2, app_now(), $3 FROM review r WHERE r.id = $1`,
      [ids.review, prescriber, WORDS],
    ],
    [
      `INSERT INTO dropped_job (job_id, task, mail_id, reason, dropped_by) VALUES (1, 'send_mail', $1, $2, $3)`,
      [ids.mail, WORDS, who.reviewer],
    ],
    [
      `INSERT INTO text_number (account_id, number, code_hash, confirmed_at) VALUES ($1, '+447911000111', $2, app_now()) ON CONFLICT DO NOTHING`,
      [account, sha256(`number ${account}`)],
    ],
    [
      `INSERT INTO push_subscription (account_id, endpoint, p256dh, auth, device) VALUES ($1, $2, repeat('A', 87), repeat('A', 22), 'A browser of theirs')`,
      [account, `https://push.invalid/${account}`],
    ],
    [
      `INSERT INTO short_message (account_id, channel, kind, dedupe_key, number, body, sent_at) VALUES ($1, 'text', 'appointment_moved', $2, '+447911000111', $3, app_now())`,
      [account, `short of ${account}`, WORDS],
    ],
    [
      `INSERT INTO account_recovery (account_id, new_email, contact, stop_hash, sealed_stop, state, first_by, first_at, first_saw, second_by, second_at, second_saw, ended_by, ended_at, refusal)
       VALUES ($1, 'another@example.test', $2, $3, 'k1.' || repeat('A', 40), 'refused', $4, app_now(), $2, $5, app_now(), $2, $5, app_now(), $2)`,
      [account, WORDS, sha256(`stop ${account}`), who.reviewer, who.operator],
    ],
    [
      `INSERT INTO booking_draft (appointment_id, date_of_birth, given_name, family_name, phone, note) VALUES ($1, '1990-01-01', 'Ada', 'Lovelace', '07700 900444', $2) ON CONFLICT DO NOTHING`,
      [visit, WORDS],
    ],
    [
      `INSERT INTO birth_correction (patient_id, clinic_id, was, became, known_by, corrected_by) VALUES ($1, $2, '1990-01-01', '1990-01-02', 'passport', $3)`,
      [patient, clinic, prescriber],
    ],
    [
      `INSERT INTO health_draft (patient_id, answers) VALUES ($1, '{"eyelid_surgery": "Once, long ago, on the right."}') ON CONFLICT (patient_id) DO UPDATE SET answers = excluded.answers`,
      [patient],
    ],
    [
      `INSERT INTO consent_paper (prescription_id, patient_id, injector_id, form_code, witness_name, signed_on, name, media_type, bytes, taken_by)
       SELECT $1, $2, $3, (SELECT code FROM consent_form WHERE jurisdiction = $4 ORDER BY version DESC LIMIT 1), 'A witness of it', '2026-01-05', 'paper.pdf', 'application/pdf', '\\x255044462d312e370a0a', $5`,
      [prescription, patient, practitioner, jurisdiction, prescriber],
    ],
    [
      `INSERT INTO start_proof (appointment_id, patient_id, facts) SELECT a.id, a.patient_id, start_facts(a, a.started_at) || '{"cover_name": "Who is there at night"}' FROM appointment a WHERE a.id = $1
       ON CONFLICT (appointment_id) DO UPDATE SET facts = start_proof.facts || '{"cover_name": "Who is there at night"}'`,
      [treatment],
    ],
    [
      `INSERT INTO portfolio_picture (case_id, side, placeholder) SELECT id, 'before', 'data:image/webp;base64,AAAA' FROM portfolio_case WHERE id = $1`,
      [ids.case],
    ],
    [
      `INSERT INTO portfolio_rendition (picture_id, is_whole, width, height, media_type, bytes)
       SELECT p.id, whole, 320, 240, 'image/jpeg', '\\xffd8ff00000000000000000000000000' FROM portfolio_picture p, unnest('{t,f}'::boolean[]) AS whole WHERE p.case_id = $1`,
      [ids.case],
    ],
    [
      `INSERT INTO portfolio_upload (id, case_id, side, size, sha256) SELECT $2, id, 'after', 100, $3 FROM portfolio_case WHERE id = $1`,
      [ids.case, ids.upload, sha256('a file')],
    ],
    [
      `INSERT INTO portfolio_upload_piece (upload_id, starts_at, bytes) SELECT id, 0, '\\x00' FROM portfolio_upload WHERE id = $1`,
      [ids.upload],
    ],
  ];
  await runAll(client, statements);
}
