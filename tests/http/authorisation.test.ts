import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../harness/database.ts';
import { startTestServer } from '../harness/server.ts';
import { authorisation, type Audience, type OwnId } from './authorisation.ts';

const routes = globSync('src/routes/**/{+page.svelte,+server.ts}')
  .map((file) => `/${file.split('/').slice(2, -1).join('/')}`)
  .toSorted();

it('every route has a row, and every row a route', () => {
  expect(Object.keys(authorisation).toSorted()).toEqual(routes);
});

/** Of a link that a patient has given, and of a reading by it. */
const SECRET = 'S'.repeat(43);

type Role =
  | 'visitor'
  | 'patient'
  | 'otherPatient'
  | 'prescriber'
  | 'otherPrescriber'
  | 'reception'
  | 'otherReception'
  | 'carer'
  | 'reviewer'
  | 'operator';
const roles: readonly Role[] = [
  'visitor',
  'patient',
  'otherPatient',
  'prescriber',
  'otherPrescriber',
  'reception',
  'otherReception',
  'carer',
  'reviewer',
  'operator',
];

/** Whose the ids are, and who else may be let in at all. */
const insiders: Record<Audience, readonly Role[]> = {
  anyone: roles,
  signed_in: roles.filter((role) => role !== 'visitor'),
  patient: ['patient', 'otherPatient'],
  practitioner: ['prescriber', 'otherPrescriber'],
  reception: ['reception', 'otherReception'],
  practice: ['prescriber', 'otherPrescriber', 'reception', 'otherReception'],
  practice_or_operator: ['prescriber', 'otherPrescriber', 'reception', 'otherReception', 'operator'],
  reviewer: ['reviewer'],
  operator: ['operator'],
  staff: ['reviewer', 'operator'],
  holder: ['patient', 'otherPatient'],
  carer: ['carer'],
  both_sides: ['patient', 'otherPatient', 'prescriber', 'otherPrescriber', 'reception', 'otherReception'],
  subject_or_reviewer: ['prescriber', 'otherPrescriber', 'reviewer'],
  pictured: ['patient', 'otherPatient', 'prescriber', 'otherPrescriber', 'reviewer'],
  on_paper: ['patient', 'otherPatient', 'prescriber', 'otherPrescriber'],
  monitor: [],
};
const owners: Partial<Record<Audience, readonly Role[]>> = {
  patient: ['patient'],
  practitioner: ['prescriber'],
  reception: ['reception'],
  reviewer: ['reviewer'],
  staff: ['reviewer', 'operator'],
  operator: ['operator'],
  holder: ['patient'],
  carer: ['carer'],
  subject_or_reviewer: ['prescriber', 'reviewer'],
  pictured: ['patient', 'prescriber', 'reviewer'],
  both_sides: ['patient', 'prescriber', 'reception'],
  on_paper: ['patient', 'prescriber'],
};

describe('the matrix', () => {
  let url: string;
  const tokens = {} as Record<Role, string | null>;
  const ids = {} as Record<OwnId, string>;
  let slug: string;

  beforeAll(async () => {
    const database = await createTestDatabase('demo');
    const client = new pg.Client({ connectionString: database.urls.owner });
    await client.connect();
    const one = async (sql: string, values: unknown[] = []) =>
      (await client.query<Record<string, string>>(sql, values)).rows[0]!;

    const episode = await one(`
      SELECT a.patient_id, a.prescriber_id, a.practitioner_id, a.id AS treatment, a.prescription_id AS prescription, a.consultation_id AS consultation,
             f.id AS review, c.appointment_id AS visit
        FROM appointment a JOIN appointment f ON f.episode_id = a.episode_id AND f.kind = 'follow_up' AND f.practitioner_id = a.practitioner_id
        JOIN consultation_record c ON c.id = a.consultation_id
       WHERE a.kind = 'treatment' AND a.state = 'completed' AND a.practitioner_id = a.prescriber_id AND f.state = 'completed' ORDER BY a.id LIMIT 1`);
    Object.assign(ids, {
      visit: episode.visit,
      person: episode.patient_id,
      treatment: episode.treatment,
      consultation: episode.consultation,
      prescription: episode.prescription,
      desk_consultation: episode.visit,
      desk_treatment: episode.treatment,
      desk_review: episode.review,
      offer: await offerTo(one, episode),
      case: (await one(`SELECT id FROM vetting_case WHERE state = 'submitted' ORDER BY id LIMIT 1`)).id,
      practitioner: (await one(`SELECT practitioner_id AS id FROM listing ORDER BY practitioner_id LIMIT 1`))
        .id,
    });
    const about = [episode.prescriber_id];
    ids.application = (await one(`SELECT id FROM application WHERE practitioner_id = $1`, about)).id!;
    ids.own_place = (
      await one(`SELECT location_id AS id FROM practice WHERE practitioner_id = $1 ORDER BY 1 LIMIT 1`, about)
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
    ids.effect = (
      await one(
        `INSERT INTO adverse_event (patient_id, appointment_id, code, side, onset_on, severity, words, location_id, clinic_id, jurisdiction, injector_id, prescriber_id)
         SELECT a.patient_id, a.id, 'bruising', 'left', (a.started_at AT TIME ZONE a.time_zone)::date, 'mild', 'A small bruise.', a.location_id, a.clinic_id, a.jurisdiction, a.practitioner_id, a.prescriber_id
           FROM appointment a JOIN patient p ON p.id = a.patient_id, set_config('app.actor_id', p.account_id::text, false) WHERE a.id = $1 RETURNING id`,
        [episode.treatment],
      )
    ).id!;
    const staff = (
      await client.query<{ id: string }>(`SELECT DISTINCT account_id AS id FROM staff ORDER BY 1`)
    ).rows;
    ids.recall = (
      await one(
        `INSERT INTO batch_recall (product_code, batch, why, advice)
         SELECT t.product_code, 'Of this one alone', 'The maker asks for it.', 'Look out for weak muscles, and call us.'
           FROM treatment_record t, set_config('app.actor_id', $2, false) WHERE t.appointment_id = $1 RETURNING id`,
        [episode.treatment, staff[0]!.id],
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
    // Of somebody whom no other row is about.
    const { id: locked } = await one(
      `INSERT INTO patient (given_name, family_name, date_of_birth) VALUES ('Forgotten', 'person', '1980-01-01') RETURNING id`,
    );
    ids.locked = locked!;
    await client.query(
      `INSERT INTO record_lock (patient_id, keep_until, person, visits) VALUES ($1, '2099-01-01', '{}', '[]')`,
      [locked],
    );
    await one(
      `INSERT INTO record_lock_opening (patient_id, reason)
       SELECT $1, 'A court has asked for it.' FROM set_config('app.actor_id', (SELECT account_id::text FROM staff WHERE role = 'operator' LIMIT 1), false) RETURNING id`,
      [locked],
    );
    const { id: second } = await one(
      `WITH other AS (INSERT INTO account (email, display_name) VALUES ('second@example.test', 'A second operator') RETURNING id)
       INSERT INTO staff (account_id, role) SELECT id, 'operator' FROM other RETURNING account_id AS id`,
    );
    await one(
      `UPDATE record_lock_opening SET allowed_at = app_now() FROM set_config('app.actor_id', $2, false) WHERE patient_id = $1 RETURNING id`,
      [locked, second],
    );
    ids.complaint = (
      await one(
        `INSERT INTO complaint (made_by, appointment_id, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, addressed_to, words, acknowledge_by, answer_by)
         SELECT p.account_id, a.id, a.practitioner_id, a.location_id, a.clinic_id, a.jurisdiction, a.time_zone, 'clinic', 'Nobody listened, and nobody called.', app_now(), app_now()
           FROM appointment a JOIN patient p ON p.id = a.patient_id WHERE a.id = $1 RETURNING id`,
        [episode.visit],
      )
    ).id!;
    await client.query(`
      INSERT INTO review (appointment_id, patient_id, practitioner_id, clinic_id, jurisdiction, time_zone, visited_on, written_by,
                          listened, explained_risks, free_to_say_no, clean_and_calm, easy_to_reach, words)
      SELECT a.id, a.patient_id, a.practitioner_id, a.clinic_id, a.jurisdiction, a.time_zone, lower(a.during)::date, p.account_id,
             'yes', 'yes', 'yes', 'yes', 'not_tried', 'They took their time and answered everything.'
        FROM appointment a JOIN patient p ON p.id = a.patient_id WHERE a.id = '${episode.visit}' ON CONFLICT DO NOTHING`);
    ids.review = (await one(`SELECT id FROM review WHERE appointment_id = $1`, [episode.visit])).id!;
    await one(`SELECT set_config('app.actor_id', account_id::text, false) FROM patient WHERE id = $1`, [
      episode.patient_id,
    ]);
    const hash = createHash('sha256').update(SECRET).digest('hex');
    await client.query(
      `INSERT INTO record_share (patient_id, secret_hash, for_whom, parts, expires_at)
       VALUES ($1, $2, 'Another doctor', '{treatments}', app_now() + interval '7 days')`,
      [episode.patient_id, hash],
    );
    await client.query(`SELECT FROM open_shared_record($1, $1, 'A reader', 'A place')`, [hash]);
    await one(
      `SELECT set_config('app.actor_id', account_id::text, false) FROM staff WHERE role = 'reviewer' ORDER BY account_id LIMIT 1`,
    );
    await client.query(
      `INSERT INTO review_step (review_id, nth, kind, state, reply_state, taken_by, taken_at)
       SELECT $1, 2, 'published', 'published', 'none', current_actor(), app_now()
        WHERE (SELECT state FROM review_step WHERE review_id = $1 ORDER BY nth DESC LIMIT 1) = 'waiting'`,
      [ids.review],
    );
    Object.assign(ids, { treated: episode.treatment, ...(await portfolioOf(one, episode)) });
    await one(`SELECT set_config('app.actor_id', '', false)`);
    const caredFor = await one(
      `SELECT a.id, a.patient_id, p.account_id FROM appointment a JOIN patient p ON p.id = a.patient_id
        WHERE a.state = 'confirmed' AND p.account_id IS NOT NULL ORDER BY a.id LIMIT 1`,
    );
    ids.cared_for = caredFor.id!;
    slug = (await one(`SELECT slug FROM practitioner WHERE id = $1`, [episode.prescriber_id])).slug!;
    const memberOf = async (clinic: string) => {
      const { id } = await one(
        `INSERT INTO account (email, display_name, email_verified_at) VALUES ($1, 'At the desk', app_now()) RETURNING id`,
        [`${randomUUID()}@example.test`],
      );
      await client.query(
        `INSERT INTO clinic_member (account_id, clinic_id, role, valid) VALUES ($1, ${clinic}, 'reception', '[,)')`,
        [id, episode.visit],
      );
      return id!;
    };
    const accounts: Record<Exclude<Role, 'visitor'>, string> = {
      reception: await memberOf(`(SELECT clinic_id FROM appointment WHERE id = $2)`),
      otherReception: await memberOf(
        `(SELECT l.clinic_id FROM location l WHERE NOT EXISTS (
            SELECT FROM appointment a JOIN appointment v ON v.patient_id = a.patient_id WHERE v.id = $2 AND a.clinic_id = l.clinic_id)
           ORDER BY l.clinic_id LIMIT 1)`,
      ),
      carer: await carerOf(one, caredFor),
      patient: (await one(`SELECT account_id FROM patient WHERE id = $1`, [episode.patient_id])).account_id!,
      otherPatient: (
        await one(`SELECT account_id FROM patient WHERE id <> $1 ORDER BY id LIMIT 1`, [episode.patient_id])
      ).account_id!,
      prescriber: (await one(`SELECT account_id FROM practitioner WHERE id = $1`, [episode.prescriber_id]))
        .account_id!,
      otherPrescriber: (
        await one(
          `SELECT p.account_id FROM listing l JOIN practitioner p ON p.id = l.practitioner_id
            WHERE l.may_prescribe AND p.id <> $1 AND NOT EXISTS (SELECT FROM appointment a WHERE a.practitioner_id = p.id AND a.patient_id = $2) ORDER BY p.id LIMIT 1`,
          [episode.prescriber_id, episode.patient_id],
        )
      ).account_id!,
      reviewer: (await one(`SELECT account_id FROM staff WHERE role = 'reviewer' LIMIT 1`)).account_id!,
      operator: (await one(`SELECT account_id FROM staff WHERE role = 'operator' LIMIT 1`)).account_id!,
    };
    tokens.visitor = null;
    for (const [role, accountId] of Object.entries(accounts) as [Role, string][]) {
      const token = randomBytes(32).toString('base64url');
      await client.query(
        `INSERT INTO session (id, account_id, expires_at) VALUES ($1, $2, app_now() + interval '1 hour')`,
        [createHash('sha256').update(token).digest('hex'), accountId],
      );
      tokens[role] = token;
    }
    await client.end();
    ({ url } = await startTestServer(database));
  });

  async function ask(route: string, role: Role, id: string | undefined, method = 'GET', body: object = {}) {
    const path = route
      .replaceAll(/\/\([^)]+\)/g, '')
      .replace('[id=uuid]', id ?? '')
      .replace('[slug]', slug)
      .replace('[side=side]', 'before')
      .replace('[paper]', 'prescription')
      .replace('[secret]', SECRET)
      .replace('[seed=seed]', '16')
      .replace('[kind]', 'registration');
    const response = await fetch(new URL(path === '' ? '/' : path, url), {
      method,
      redirect: 'manual',
      headers: {
        ...(tokens[role] !== null && { cookie: `session=${tokens[role]}` }),
        ...(method !== 'GET' && { origin: new URL(url).origin, 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      body: await response.text(),
    };
  }

  const withIds = Object.entries(authorisation).filter(([, row]) => row.own !== undefined);
  const withoutIds = Object.entries(authorisation).filter(
    ([, row]) => row.own === undefined && row.method === undefined,
  );

  it.each(withoutIds)('%s opens for its audience and for nobody else', async (route, { audience }) => {
    for (const role of roles) {
      const { status, location } = await ask(route, role, undefined);
      const seen = `${role}: ${status === 303 && location.startsWith('/account/sign-in') ? 'sign in' : status}`;
      if (insiders[audience].includes(role)) {
        // A page may still want something of the address; it is never kept from its audience.
        expect([`${role}: 200`, `${role}: 303`, `${role}: 400`, `${role}: 422`]).toContain(seen);
      } else
        expect(seen).toBe(role === 'visitor' && audience !== 'monitor' ? 'visitor: sign in' : `${role}: 404`);
    }
  });

  it.each(withIds)(
    '%s: own opens, another’s and none at all look alike',
    async (route, { audience, own, method, body }) => {
      const id = ids[own!];
      for (const role of roles) {
        const mine = await ask(route, role, id, method, body);
        const absent = await ask(route, role, randomUUID(), method, body);
        if (owners[audience]!.includes(role)) {
          expect(`${role}: ${mine.status}`).not.toBe(`${role}: 404`);
          expect(mine.status).toBeLessThan(500);
          expect(`${role} absent: ${absent.status}`).toBe(`${role} absent: 404`);
        } else {
          expect(`${role}: ${mine.status}`).toBe(`${role}: ${absent.status}`);
          expect(mine.location.replace(id, '')).toBe(absent.location.replace(/[0-9a-f-]{36}/, ''));
          expect([303, 401, 404]).toContain(mine.status);
        }
      }
    },
  );

  it('refuses every unsafe request from elsewhere, whatever its content type', async () => {
    const types = [
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data',
      'x/y',
    ];
    for (const origin of [undefined, 'null', 'https://elsewhere.example']) {
      for (const type of types) {
        for (const path of ['/account/sign-out', '/account/sign-in', '/api/v1/holds', '/my-care?/close']) {
          const response = await fetch(new URL(path, url), {
            method: 'POST',
            redirect: 'manual',
            headers: { 'content-type': type, ...(origin !== undefined && { origin }) },
            body: '',
          });
          expect(`${origin} ${type} ${path}: ${response.status}`).toBe(`${origin} ${type} ${path}: 403`);
        }
      }
    }
  });

  it('answers malformed bodies with 400 and tells nothing', async () => {
    const { origin } = new URL(url);
    const bodies: [string, string, string][] = [
      ['/api/v1/holds', 'application/json', '{"practitioner":'],
      ['/api/v1/holds', 'text/plain', 'hello'],
      ['/account/sign-in', 'multipart/form-data; boundary=x', 'no boundary here'],
    ];
    for (const [path, type, body] of bodies) {
      const response = await fetch(new URL(path, url), {
        method: 'POST',
        headers: { origin, accept: 'text/html', 'content-type': type },
        body,
      });
      expect(`${path} ${type}: ${response.status}`).toBe(`${path} ${type}: 400`);
      expect(await response.text()).not.toMatch(/at .*\.(js|ts):|SELECT|constraint/);
    }
  });

  it('sends security headers with everything, and lets nobody keep what a signed-in person sees', async () => {
    for (const path of ['/', '/search', '/robots.txt', '/favicon.svg', '/nowhere', '/api/v1/slots']) {
      const { headers } = await fetch(new URL(path, url));
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('content-security-policy')).toContain("object-src 'none'");
    }
    const page = await fetch(new URL('/', url));
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toMatch(/script-src 'self' 'nonce-/);
    expect(policy).not.toContain('unsafe-inline');
    const signedIn = await fetch(new URL('/', url), { headers: { cookie: `session=${tokens.patient}` } });
    expect(signedIn.headers.get('cache-control')).toBe('no-store');
  });
});

type One = (sql: string, values?: unknown[]) => Promise<Record<string, string>>;

/** A time offered to this patient from the waitlist. Returns its id. */
async function offerTo(one: One, visit: Record<string, string>): Promise<string> {
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
async function portfolioOf(one: One, episode: Record<string, string>) {
  const { practitioner, patient } = await one(
    `SELECT p.account_id AS practitioner, t.account_id AS patient FROM appointment a
       JOIN practitioner p ON p.id = a.practitioner_id JOIN patient t ON t.id = a.patient_id WHERE a.id = $1`,
    [episode.treatment],
  );
  const as = (accountId: string) => one(`SELECT set_config('app.actor_id', $1, false)`, [accountId]);
  const say = (word: string) =>
    one(
      `INSERT INTO photo_consent (treatment_id, patient_id, practitioner_id, purpose, nth, word, said_by, said_at)
       SELECT a.id, a.patient_id, a.practitioner_id, 'consultation', 0, '${word}', current_actor(), app_now() FROM appointment a WHERE a.id = $1 RETURNING word`,
      [episode.treatment],
    );
  await as(practitioner!);
  await say('asked');
  await as(patient!);
  await say('given');
  await as(practitioner!);
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
  await as('');
  return { ...ids, upload: upload! };
}

/** Somebody whom this patient has let look after the times of their appointments. Returns the account's id. */
async function carerOf(one: One, patient: Record<string, string>): Promise<string> {
  const as = (accountId: string) => one(`SELECT set_config('app.actor_id', $1, false)`, [accountId]);
  const carer = await one(
    `INSERT INTO account (email, display_name, email_verified_at) VALUES ($1, 'A carer', app_now()) RETURNING id, email`,
    [`${randomUUID()}@example.test`],
  );
  await as(patient.account_id!);
  const { id } = await one(
    `INSERT INTO carer (patient_id, invited_email, code_hash) VALUES ($1, $2, $3) RETURNING id`,
    [patient.patient_id, carer.email, createHash('sha256').update(randomUUID()).digest('hex')],
  );
  await as(carer.id!);
  await one(`UPDATE carer SET carer_account_id = $2 WHERE id = $1 RETURNING id`, [id, carer.id]);
  await as('');
  return carer.id!;
}
