import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { OwnId, Role, Side } from './authorisation.ts';

/*
 * The demo town with everything in it that an address can name, twice: once with one patient, practice and desk, and once
 * with another. Everybody has a session, and nobody has done anything yet.
 */

export interface Stage {
  /** Sessions, by who carries them; a visitor has none. */
  readonly cookies: Readonly<Record<Role, string | null>>;
  readonly accounts: Readonly<Partial<Record<Role, string>>>;
  readonly sides: Readonly<Record<Side, { ids: Readonly<Record<OwnId, string>>; slug: string }>>;
  /** The address of a route, with this id where it wants one. */
  addressOf(route: string, id?: string, side?: Side): string;
  /** Signs somebody in anew. Answers the cookie. */
  signIn(role: Role): Promise<string | null>;
}

/** Of a link that the one patient has given, and of a reading by it. */
const SECRET = 'S'.repeat(43);

type Values = Record<string, string>;
type One = (sql: string, values?: unknown[]) => Promise<Values>;

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Sets the stage in a database with the demo town, as its owner. */
/** Not one of those whom a record that is locked away needs as the second. */
const FIRST_OPERATOR = `SELECT s.account_id AS id FROM staff s JOIN account a ON a.id = s.account_id
   WHERE s.role = 'operator' AND a.email NOT LIKE 'second-%' ORDER BY 1 LIMIT 1`;

export async function setStage(client: pg.Client): Promise<Stage> {
  const one: One = async (sql, values = []) => (await client.query<Values>(sql, values)).rows[0]!;
  const [first, second] = await episodesApart(client);
  const sides = { one: await fill(client, one, first, 1), other: await fill(client, one, second, 2) };
  await share(client, one, first);

  const accounts: Partial<Record<Role, string>> = {
    reception: await memberOf(one, first),
    otherReception: await memberOf(one, second),
    carer: await carerOf(one, sides.one.caredFor),
    patient: sides.one.patient,
    otherPatient: sides.other.patient,
    prescriber: sides.one.practitioner,
    otherPrescriber: sides.other.practitioner,
    esthetician: (
      await one(
        `SELECT p.account_id AS id FROM listing l JOIN practitioner p ON p.id = l.practitioner_id
          WHERE p.profession = 'esthetician' AND NOT EXISTS (
            SELECT FROM supervision s WHERE s.injector_id = p.id AND s.prescriber_id = ANY ($1)) ORDER BY p.id LIMIT 1`,
        [[first.prescriber_id, second.prescriber_id]],
      )
    ).id!,
    reviewer: (await one(`SELECT account_id AS id FROM staff WHERE role = 'reviewer' ORDER BY 1 LIMIT 1`))
      .id!,
    operator: (await one(FIRST_OPERATOR)).id!,
    locked: await somebody(one, 'Locked out'),
  };
  await client.query(`UPDATE account SET suspended_at = app_now() WHERE id = $1`, [accounts.locked]);

  const signIn = async (role: Role) => {
    const token = randomBytes(32).toString('base64url');
    if (role === 'halfSignedIn') {
      // The password was right; the second step is still to come.
      await client.query(
        `INSERT INTO account_code (account_id, purpose, token_hash, expires_at) VALUES ($1, 'sign_in', $2, app_now() + interval '10 minutes')`,
        [accounts.prescriber, hashOf(token)],
      );
      return `sign-in=${token}`;
    }
    if (accounts[role] === undefined) return null;
    await client.query(
      `INSERT INTO session (id, account_id, expires_at) VALUES ($1, $2, app_now() + interval '12 hours')`,
      [hashOf(token), accounts[role]],
    );
    return `session=${token}`;
  };
  const cookies = { visitor: null } as Record<Role, string | null>;
  for (const role of [...(Object.keys(accounts) as Role[]), 'halfSignedIn'] as const)
    cookies[role] = await signIn(role);

  // A page of pictures is there only where the law lets everybody see some.
  const pictured = await one(
    `SELECT p.slug FROM practitioner p JOIN listing i ON i.practitioner_id = p.id
      WHERE portfolio_lawful(i.jurisdiction, p.id) = 'public' ORDER BY p.id LIMIT 1`,
  );

  return {
    cookies,
    accounts,
    sides: {
      one: { ids: sides.one.ids, slug: sides.one.slug },
      other: { ids: sides.other.ids, slug: sides.other.slug },
    },
    signIn,
    addressOf: (route, id = '', side = 'one') => {
      const path = route
        .replaceAll(/\/\([^)]+\)/g, '')
        // A dot at the beginning of a folder's name is written so.
        .replace('[x+2e]', '.')
        .replace('[id=uuid]', id)
        .replace('[slug]', route.endsWith('/pictures') ? pictured.slug! : sides[side].slug)
        .replace('[side=side]', 'before')
        .replace('[paper]', 'prescription')
        .replace('[secret]', SECRET)
        .replace('[seed=seed]', '16')
        .replace('[kind]', 'registration');
      return path === '' ? '/' : path;
    },
  };
}

/** Two episodes, each from consultation to review visit, that share neither patient nor practitioner nor clinic. */
async function episodesApart(client: pg.Client): Promise<[Values, Values]> {
  const { rows } = await client.query<Values>(`
    SELECT a.patient_id, a.prescriber_id, a.practitioner_id, a.clinic_id, a.id AS treatment, a.prescription_id AS prescription,
           a.consultation_id AS consultation, f.id AS review, c.appointment_id AS visit
      FROM appointment a JOIN appointment f ON f.episode_id = a.episode_id AND f.kind = 'follow_up' AND f.practitioner_id = a.practitioner_id
      JOIN consultation_record c ON c.id = a.consultation_id JOIN patient p ON p.id = a.patient_id
     WHERE a.kind = 'treatment' AND a.state = 'completed' AND a.practitioner_id = a.prescriber_id AND f.state = 'completed'
       AND p.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM photo_consent k WHERE k.treatment_id = a.id)
     ORDER BY a.id`);
  for (const first of rows)
    for (const second of rows) {
      const isApart = (['patient_id', 'practitioner_id', 'clinic_id'] as const).every(
        (key) => first[key] !== second[key],
      );
      if (!isApart) continue;
      const { rowCount } = await client.query(
        `SELECT FROM appointment WHERE (patient_id = $1 AND (practitioner_id = $4 OR clinic_id = $6))
            OR (patient_id = $2 AND (practitioner_id = $3 OR clinic_id = $5))`,
        [
          first.patient_id,
          second.patient_id,
          first.practitioner_id,
          second.practitioner_id,
          first.clinic_id,
          second.clinic_id,
        ],
      );
      if (rowCount === 0) return [first, second];
    }
  throw new Error('The demo town has no two episodes that have nothing in common.');
}

/** Everything of one side that an address can name. */
async function fill(client: pg.Client, one: One, episode: Values, nth: 1 | 2) {
  const ids = {} as Record<OwnId, string>;
  Object.assign(ids, {
    visit: episode.visit,
    person: episode.patient_id,
    treatment: episode.treatment,
    treated: episode.treatment,
    consultation: episode.consultation,
    prescription: episode.prescription,
    desk_consultation: episode.visit,
    desk_treatment: episode.treatment,
    desk_review: episode.review,
    offer: await offerTo(one, episode),
    case: (
      await one(`SELECT id FROM vetting_case WHERE state = 'submitted' ORDER BY id OFFSET $1 LIMIT 1`, [
        nth - 1,
      ])
    ).id,
    practitioner: (
      await one(
        `SELECT practitioner_id AS id FROM listing WHERE practitioner_id <> $2 ORDER BY practitioner_id OFFSET $1 LIMIT 1`,
        [nth - 1, episode.prescriber_id],
      )
    ).id,
  });
  const about = [episode.prescriber_id];
  ids.application = (await one(`SELECT id FROM application WHERE practitioner_id = $1`, about)).id!;
  ids.own_place = (
    await one(`SELECT location_id AS id FROM practice WHERE practitioner_id = $1 ORDER BY 1 LIMIT 1`, about)
  ).id!;
  ids.recovery = (
    await one(
      `INSERT INTO account_recovery (account_id, new_email, contact, stop_hash, sealed_stop)
       SELECT account_id, 'new@example.test', '0113 496 0000', repeat($2, 64), 'open.' || repeat('a', 40) FROM patient WHERE id = $1 RETURNING id`,
      [episode.patient_id, nth === 1 ? 'a' : 'b'],
    )
  ).id!;
  // Whether a practitioner may ask now is not the question here.
  await client.query('ALTER TABLE erasure DISABLE TRIGGER erasure_steps');
  ids.forgetting = (
    await one(
      `INSERT INTO erasure (account_id) SELECT account_id FROM practitioner WHERE id = $1 RETURNING id`,
      about,
    )
  ).id!;
  await client.query('ALTER TABLE erasure ENABLE TRIGGER erasure_steps');
  ids.connected = (
    await one(
      `INSERT INTO external_calendar (practitioner_id, location_id, name, kind, address, host, username, sealed_password, next_fetch_at)
       SELECT practitioner_id, location_id, 'Mine', 'caldav', 'https://calendar.example/', 'calendar.example', 'me', 'open.' || repeat('a', 40), app_now() + interval '1 day'
         FROM practice WHERE practitioner_id = $1 ORDER BY location_id LIMIT 1 RETURNING id`,
      about,
    )
  ).id!;
  ids.evidence = (
    await one(
      `INSERT INTO evidence_file (credential_id, place, name, media_type, bytes, added_by)
       SELECT k.id, 1, 'a.pdf', 'application/pdf', convert_to('%PDF-1.4 x', 'UTF8'), p.account_id
         FROM credential k JOIN practitioner p ON p.id = k.practitioner_id, set_config('app.actor_id', p.account_id::text, false)
        WHERE p.id = $1 LIMIT 1 RETURNING id`,
      about,
    )
  ).id!;
  // A paper of that time, past the guards that know only today.
  await client.query(`ALTER TABLE consent_paper DISABLE TRIGGER USER`);
  await client.query(
    `INSERT INTO consent_paper (prescription_id, patient_id, injector_id, form_code, witness_name, signed_on, name, media_type, bytes, taken_by)
     SELECT x.id, x.patient_id, x.injector_id, f.code, 'Joan Marsh', x.issued_at::date, 'a.pdf', 'application/pdf', convert_to('%PDF-1.4 x', 'UTF8'), p.account_id
       FROM prescription x JOIN consent_form f ON f.jurisdiction = x.jurisdiction JOIN practitioner p ON p.id = x.prescriber_id WHERE x.id = $1`,
    [episode.prescription],
  );
  await client.query(`ALTER TABLE consent_paper ENABLE TRIGGER USER`);
  ids.effect = (
    await one(
      `INSERT INTO adverse_event (patient_id, appointment_id, code, side, onset_on, severity, words, location_id, clinic_id, jurisdiction, injector_id, prescriber_id)
       SELECT a.patient_id, a.id, 'bruising', 'left', (a.started_at AT TIME ZONE a.time_zone)::date, 'mild', 'A small bruise.', a.location_id, a.clinic_id, a.jurisdiction, a.practitioner_id, a.prescriber_id
         FROM appointment a JOIN patient p ON p.id = a.patient_id, set_config('app.actor_id', p.account_id::text, false) WHERE a.id = $1 RETURNING id`,
      [episode.treatment],
    )
  ).id!;
  const { rows: staff } = await client.query<{ id: string }>(
    `SELECT DISTINCT account_id AS id FROM staff ORDER BY 1`,
  );
  ids.recall = (
    await one(
      `INSERT INTO batch_recall (product_code, batch, why, advice)
       SELECT t.product_code, $3, 'The maker asks for it.', 'Look out for weak muscles, and call us.'
         FROM treatment_record t, set_config('app.actor_id', $2, false) WHERE t.appointment_id = $1 RETURNING id`,
      [episode.treatment, staff[0]!.id, `Of this one alone, ${nth}`],
    )
  ).id!;
  await one(
    `UPDATE batch_recall SET state = 'confirmed' FROM set_config('app.actor_id', $2, false) WHERE id = $1 RETURNING id`,
    [ids.recall, staff[1]!.id],
  );
  await one(
    `INSERT INTO batch_recall_treatment (recall_id, treatment_id, appointment_id, patient_id, injector_id, prescriber_id)
     SELECT $2, t.id, a.id, a.patient_id, a.practitioner_id, a.prescriber_id
       FROM treatment_record t JOIN appointment a ON a.id = t.appointment_id WHERE a.id = $1 RETURNING recall_id`,
    [episode.treatment, ids.recall],
  );
  ids.locked = await lockedRecord(client, one, nth);
  ids.complaint = (
    await one(
      `INSERT INTO complaint (made_by, appointment_id, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, addressed_to, words, acknowledge_by, answer_by)
       SELECT p.account_id, a.id, a.practitioner_id, a.location_id, a.clinic_id, a.jurisdiction, a.time_zone, 'clinic', 'Nobody listened, and nobody called.', app_now(), app_now()
         FROM appointment a JOIN patient p ON p.id = a.patient_id WHERE a.id = $1 RETURNING id`,
      [episode.visit],
    )
  ).id!;
  await client.query(
    `INSERT INTO review (appointment_id, patient_id, practitioner_id, clinic_id, jurisdiction, time_zone, visited_on, written_by,
                         listened, explained_risks, free_to_say_no, clean_and_calm, easy_to_reach, words)
     SELECT a.id, a.patient_id, a.practitioner_id, a.clinic_id, a.jurisdiction, a.time_zone, lower(a.during)::date, p.account_id,
            'yes', 'yes', 'yes', 'yes', 'not_tried', 'They took their time and answered everything.'
       FROM appointment a JOIN patient p ON p.id = a.patient_id WHERE a.id = $1 ON CONFLICT DO NOTHING`,
    [episode.visit],
  );
  ids.review = (await one(`SELECT id FROM review WHERE appointment_id = $1`, [episode.visit])).id!;
  await one(
    `SELECT set_config('app.actor_id', account_id::text, false) FROM staff WHERE role = 'reviewer' ORDER BY account_id LIMIT 1`,
  );
  await client.query(
    `INSERT INTO review_step (review_id, nth, kind, state, reply_state, taken_by, taken_at)
     SELECT $1, 2, 'published', 'published', 'none', current_actor(), app_now()
      WHERE (SELECT state FROM review_step WHERE review_id = $1 ORDER BY nth DESC LIMIT 1) = 'waiting'`,
    [ids.review],
  );
  Object.assign(ids, await portfolioOf(one, episode));
  ids.closure = (
    await one(
      `INSERT INTO closure (practitioner_id, span, note)
       VALUES ($1, tstzrange(app_now() + interval '60 days', app_now() + interval '61 days'), 'Away.') RETURNING id`,
      about,
    )
  ).id!;
  await act(one, '');
  const caredFor = await one(
    `SELECT a.id, a.patient_id, p.account_id FROM appointment a JOIN patient p ON p.id = a.patient_id
      WHERE a.state = 'confirmed' AND p.account_id IS NOT NULL ORDER BY a.id LIMIT 1`,
  );
  const another = await one(
    `SELECT id FROM appointment WHERE state = 'confirmed' AND patient_id <> $1 ORDER BY id LIMIT 1`,
    [caredFor.patient_id],
  );
  ids.cared_for = nth === 1 ? caredFor.id! : another.id!;
  ids.urgent_photo = await urgentPhoto(client, one, episode);
  const { account_id: practitioner, slug } = await one(
    `SELECT account_id, slug FROM practitioner WHERE id = $1`,
    about,
  );
  const { account_id: patient } = await one(`SELECT account_id FROM patient WHERE id = $1`, [
    episode.patient_id,
  ]);
  return { ids, caredFor, practitioner: practitioner!, slug: slug!, patient: patient! };
}

/** A record of somebody forgotten, of whom no other row tells: one operator has asked to open it, and a second let them. */
async function lockedRecord(client: pg.Client, one: One, nth: number): Promise<string> {
  const { id: patient } = await one(
    `INSERT INTO patient (given_name, family_name, date_of_birth) VALUES ('Forgotten', 'person', '1980-01-01') RETURNING id`,
  );
  await client.query(
    `INSERT INTO record_lock (patient_id, keep_until, person, visits) VALUES ($1, '2099-01-01', '{}', '[]')`,
    [patient],
  );
  await one(
    `INSERT INTO record_lock_opening (patient_id, reason)
     SELECT $1, 'A court has asked for it.'
       FROM set_config('app.actor_id', (${FIRST_OPERATOR})::text, false) RETURNING id`,
    [patient],
  );
  const { id: second } = await one(
    `WITH other AS (INSERT INTO account (email, display_name) VALUES ($1, 'A second operator') RETURNING id)
     INSERT INTO staff (account_id, role) SELECT id, 'operator' FROM other RETURNING account_id AS id`,
    [`second-${nth}@example.test`],
  );
  await one(
    `UPDATE record_lock_opening SET allowed_at = app_now() FROM set_config('app.actor_id', $2, false) WHERE patient_id = $1 RETURNING id`,
    [patient, second],
  );
  return patient!;
}

/** A photo goes with its message, in one transaction. */
async function urgentPhoto(client: pg.Client, one: One, episode: Values): Promise<string> {
  await client.query('BEGIN');
  await act(one, (await one(`SELECT account_id AS id FROM patient WHERE id = $1`, [episode.patient_id])).id!);
  const { id: contact } = await one(
    `INSERT INTO urgent_contact (patient_id, treatment_appointment_id, message) VALUES ($1, $2, 'My lid hangs') RETURNING id`,
    [episode.patient_id, episode.treatment],
  );
  const { id } = await one(
    `INSERT INTO urgent_photo (contact_id, patient_id, bytes) VALUES ($1, $2, '\\xffd8ff0000000000') RETURNING id`,
    [contact, episode.patient_id],
  );
  await act(one, '');
  await client.query('COMMIT');
  return id!;
}

/** A link by which the patient's record may be read, read once. */
async function share(client: pg.Client, one: One, episode: Values): Promise<void> {
  await one(`SELECT set_config('app.actor_id', account_id::text, false) FROM patient WHERE id = $1`, [
    episode.patient_id,
  ]);
  await client.query(
    `INSERT INTO record_share (patient_id, secret_hash, for_whom, parts, expires_at)
     VALUES ($1, $2, 'Another doctor', '{treatments}', app_now() + interval '7 days')`,
    [episode.patient_id, hashOf(SECRET)],
  );
  await client.query(`SELECT FROM open_shared_record($1, $1, 'A reader', 'A place')`, [hashOf(SECRET)]);
  await act(one, '');
}

const act = (one: One, accountId: string) => one(`SELECT set_config('app.actor_id', $1, false)`, [accountId]);

async function somebody(one: One, name: string): Promise<string> {
  const { id } = await one(
    `INSERT INTO account (email, display_name, email_verified_at) VALUES ($1, $2, app_now()) RETURNING id`,
    [`${randomUUID()}@example.test`, name],
  );
  return id!;
}

/** Somebody at the desk of the clinic where this was. */
async function memberOf(one: One, episode: Values): Promise<string> {
  const id = await somebody(one, 'At the desk');
  await one(
    `INSERT INTO clinic_member (account_id, clinic_id, role, valid) VALUES ($1, $2, 'reception', '[,)') RETURNING account_id`,
    [id, episode.clinic_id],
  );
  return id;
}

/** A time offered to this patient from the waitlist. Returns its id. */
async function offerTo(one: One, visit: Values): Promise<string> {
  const span = `tstzrange(app_now() + interval '40 days', app_now() + interval '40 days 30 minutes')`;
  const practice = await one(`SELECT practitioner_id, location_id FROM appointment WHERE id = $1`, [
    visit.visit,
  ]);
  const place = [practice.practitioner_id, practice.location_id];
  const entry = await one(
    `INSERT INTO waitlist_entry (patient_id, number, practitioner_id, weekdays, from_minute, until_minute, earliest_day, latest_day)
     VALUES ($1, 1, $2, '{1}', 0, 1440, '2026-01-01', '2100-01-01') RETURNING id`,
    [visit.patient_id, practice.practitioner_id],
  );
  const event = await one(
    `INSERT INTO event (type, subject_type, subject_id) VALUES ('schedule.changed', 'practitioner', $1) RETURNING id`,
    [practice.practitioner_id],
  );
  const freed = await one(
    `INSERT INTO freed_time (event_id, practitioner_id, location_id, span) VALUES ($3, $1, $2, ${span}) RETURNING id`,
    [...place, event.id],
  );
  const block = await one(
    `INSERT INTO block (practitioner_id, location_id, kind, span, reserved_until) VALUES ($1, $2, 'reserved', ${span}, app_now() + interval '15 minutes') RETURNING id`,
    place,
  );
  const offer = await one(
    `INSERT INTO waitlist_offer (freed_time_id, entry_id, patient_id, practitioner_id, location_id, kind, during, block_id)
     SELECT $1, $2, $3, practitioner_id, location_id, 'consultation', span, id FROM block WHERE id = $4 RETURNING id`,
    [freed.id, entry.id, visit.patient_id, block.id],
  );
  return offer.id!;
}

/** A case of this treatment with a reviewer, agreed to for the consultation alone, and a file on its way for another. */
async function portfolioOf(one: One, episode: Values) {
  const { practitioner, patient } = await one(
    `SELECT p.account_id AS practitioner, t.account_id AS patient FROM appointment a
       JOIN practitioner p ON p.id = a.practitioner_id JOIN patient t ON t.id = a.patient_id WHERE a.id = $1`,
    [episode.treatment],
  );
  const say = (word: string) =>
    one(
      `INSERT INTO photo_consent (treatment_id, patient_id, practitioner_id, purpose, nth, word, said_by, said_at)
       SELECT a.id, a.patient_id, a.practitioner_id, 'consultation', 0, '${word}', current_actor(), app_now() FROM appointment a WHERE a.id = $1 RETURNING word`,
      [episode.treatment],
    );
  await act(one, practitioner!);
  await say('asked');
  await act(one, patient!);
  await say('given');
  await act(one, practitioner!);
  const { id: portfolio } = await one(
    `INSERT INTO portfolio_case (treatment_id, patient_id, practitioner_id, jurisdiction, treated_on, before_on, after_on, regions, asked_for, why, unaltered)
     SELECT a.id, a.patient_id, a.practitioner_id, a.jurisdiction, a.started_at::date, a.started_at::date, (a.started_at + interval '1 day')::date, '{frown_lines}', 'To look rested again.', 'A little on each side.', true
       FROM appointment a WHERE a.id = $1 RETURNING id`,
    [episode.treatment],
  );
  const picture = async (side: string) => {
    const { id } = await one(
      `INSERT INTO portfolio_picture (case_id, side, placeholder) VALUES ($1, $2, 'data:image/webp;base64,AAAA') RETURNING id`,
      [portfolio, side],
    );
    return (
      await one(
        `INSERT INTO portfolio_rendition (picture_id, is_whole, width, height, media_type, bytes)
         VALUES ($1, false, 1, 1, 'image/jpeg', '\\xffd8ffe0000000000000000000000000') RETURNING id`,
        [id],
      )
    ).id!;
  };
  const ids = { portfolio: portfolio!, picture: await picture('before') };
  await picture('after');
  const { id: upload } = await one(
    `INSERT INTO portfolio_upload (case_id, side, size, sha256) VALUES ($1, 'before', 9, repeat('a', 64)) RETURNING id`,
    [portfolio],
  );
  await one(
    `INSERT INTO portfolio_step (case_id, nth, kind, taken_by, taken_at) VALUES ($1, 0, 'sent', current_actor(), app_now()) RETURNING nth`,
    [portfolio],
  );
  await act(one, '');
  return { ...ids, upload: upload! };
}

/** Somebody whom this patient has let look after the times of their appointments. Returns the account's id. */
async function carerOf(one: One, patient: Values): Promise<string> {
  const carer = await one(
    `INSERT INTO account (email, display_name, email_verified_at) VALUES ($1, 'A carer', app_now()) RETURNING id, email`,
    [`${randomUUID()}@example.test`],
  );
  await act(one, patient.account_id!);
  const { id } = await one(
    `INSERT INTO carer (patient_id, invited_email, code_hash) VALUES ($1, $2, $3) RETURNING id`,
    [patient.patient_id, carer.email, createHash('sha256').update(randomUUID()).digest('hex')],
  );
  await act(one, carer.id!);
  await one(`UPDATE carer SET carer_account_id = $2 WHERE id = $1 RETURNING id`, [id, carer.id]);
  await act(one, '');
  return carer.id!;
}
