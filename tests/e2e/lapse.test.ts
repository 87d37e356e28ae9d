import { expect, it } from 'vitest';
import { paths } from '#lib/paths.ts';
import { answer, checkEverything, decide } from './vetting.ts';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown({ entry: 'start' });
});

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
/** What nobody but the practitioner and the reviewers reads. */
const REASONS = /insur|lapse|suspen|expire|indemnity|ran out/i;

it('a doctor’s insurance ends: she is gone everywhere, visits wait, patients are told kindly, and two people list her again', async () => {
  const { rows } = await town.owner.query<Record<string, string>>(
    `SELECT a.id AS visit, p.id, p.slug, p.display_name AS name, x.email, y.email AS patient, l.id AS place
         FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id JOIN account x ON x.id = p.account_id
         JOIN patient t ON t.id = a.patient_id JOIN account y ON y.id = t.account_id JOIN location l ON l.id = a.location_id
        WHERE a.kind = 'consultation' AND a.state = 'confirmed' AND p.profession = 'doctor' AND x.password_hash IS NOT NULL
          AND y.password_hash IS NOT NULL AND l.jurisdiction = 'england' AND lower(a.during) > app_now() + interval '4 days'
          AND EXISTS (SELECT FROM appointment f WHERE f.practitioner_id = p.id AND f.kind = 'follow_up' AND f.state = 'confirmed'
                         AND lower(f.during) > app_now() + interval '4 days')
        ORDER BY lower(a.during) DESC, a.id LIMIT 1`,
  );
  const [{ visit, id, slug, name, email, patient }] = rows as [Record<string, string>];
  // Whom she treated lately, and is to see once more.
  const {
    rows: [review],
  } = await town.owner.query<Record<string, string>>(
    `SELECT y.email, p.out_of_hours_name AS cover
         FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id
         JOIN patient t ON t.id = a.patient_id JOIN account y ON y.id = t.account_id
        WHERE a.practitioner_id = $1 AND a.kind = 'follow_up' AND a.state = 'confirmed' ORDER BY lower(a.during) DESC LIMIT 1`,
    [id],
  );
  // As if she had been checked with an insurance that ends at midnight, the day after tomorrow.
  const ending = await town.ask(`SELECT ((app_now() AT TIME ZONE 'UTC')::date + 2)::text`);
  for (const [table, sql] of [
    [
      'credential',
      `UPDATE credential SET valid = daterange(lower(valid), $2::date) WHERE practitioner_id = $1 AND kind = 'indemnity_insurance' AND upper(valid) > app_now()::date`,
    ],
    [
      'capability_period',
      `UPDATE capability_period SET valid = tstzrange(lower(valid), $2::date::timestamptz) WHERE practitioner_id = $1 AND valid @> app_now()`,
    ],
  ] as const) {
    await town.owner.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await town.owner.query(sql, [id, ending]);
    await town.owner.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  }
  // What looks for the lapsed all the time is to find her: the job of each minute is kept away.
  await town.owner.query(
    `CREATE FUNCTION kept_away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.task_id = (SELECT id FROM graphile_worker._private_tasks WHERE identifier = 'lapse_listings') THEN RETURN NULL; END IF;
         RETURN NEW; END $$`,
  );
  await town.owner.query(
    `CREATE TRIGGER kept_away BEFORE INSERT ON graphile_worker._private_jobs FOR EACH ROW EXECUTE FUNCTION kept_away()`,
  );
  const stateOf = () => town.ask(`SELECT state FROM appointment WHERE id = $1`, [visit]);
  const lettersTo = async (address = patient!) => {
    const letters = await town.owner.query<{ subject: string; body: string }>(
      `SELECT subject, body FROM mail_message WHERE to_address = $1 ORDER BY id`,
      [address],
    );
    return letters.rows;
  };

  const { page, faults } = await person(town);
  const profile = paths.practitioner(slug!);
  const search = paths.search({ q: name! });
  const textOf = async (path: string) => (await page.request.get(path)).text();
  const seen = async () => ({
    page: (await textOf(profile)).includes('Next free consultation times'),
    search: (await textOf(search)).includes(`href="${profile}"`),
    sitemap: (await textOf('/sitemap.xml')).includes(`${profile}<`),
    api: (await page.request.get(`/api/v1${profile}/checks`)).status() === 200,
    checks: (await page.request.get(paths.practitionerChecks(slug!))).status() === 200,
    slots: (await page.request.get(`/api/v1/slots?practitioner=${slug}`)).status() === 200,
    isLive: (await stateOf()) === 'confirmed',
  });
  const everywhere = {
    page: true,
    search: true,
    sitemap: true,
    api: true,
    checks: true,
    slots: true,
    isLive: true,
  };
  const nowhere = Object.fromEntries(Object.keys(everywhere).map((key) => [key, false]));
  expect(await seen()).toEqual(everywhere);
  await page.goto(profile);
  const time = (await page.locator('a.time').first().getAttribute('href'))!;

  await town.moveClockTo(`${ending}T00:00:00.5Z`);
  // At once, whatever the worker does: they ask the listing itself.
  const atOnce = await seen();
  expect({ ...atOnce, isLive: false }).toEqual(nowhere);
  await page.goto(time);
  expect(await page.getByRole('button', { name: 'Keep this time for me' }).count()).toBe(0);
  await expect.poll(stateOf).toBe('paused');

  // A neutral sentence, on her page and to her patient, and never the reason.
  await page.goto(profile);
  await page.getByText('This does not mean anything is wrong with care you have had').waitFor();
  await expectSound(page);
  await expect.poll(async () => (await lettersTo()).length).toBeGreaterThan(0);
  for (const { subject, body } of await lettersTo()) expect(`${subject}\n${body}`).not.toMatch(REASONS);
  const own = await person(town);
  await signIn(own.page, patient!);
  await own.page.goto(`/my-care/appointments/${visit}`);
  await expectSound(own.page);
  expect(await own.page.getByRole('main').textContent()).not.toMatch(REASONS);

  // Her review visit is a case for the operator, with who is named for complications, and its patient knows whom to ask.
  const operator = await person(town);
  await signIn(operator.page, 'operator@demo.steadyhand.example');
  const cases = operator.page.getByRole('region', { name: 'Review visits that need somebody else' });
  const herCase = cases.getByRole('listitem').filter({ hasText: name! });
  await expect
    .poll(async () => {
      await operator.page.goto('/staff/operator');
      return herCase.getByText(`Named for complications: ${review!.cover}`).count();
    })
    .toBeGreaterThan(0);
  await expect
    .poll(async () => (await lettersTo(review!.email)).map(({ subject }) => subject))
    .toContain('How to get help after your visit');

  // She answers that one question anew, by keyboard, and two people look at it.
  const doctor = await person(town);
  await signIn(doctor.page, email!);
  await doctor.page.goto('/application');
  for (const choice of ['England', 'Doctor']) {
    if (!doctor.page.url().includes('/begin')) break;
    await doctor.page.getByLabel(choice, { exact: true }).focus();
    await doctor.page.keyboard.press('Space');
    await press(doctor.page, 'button', 'Continue');
  }
  await doctor.page.waitForURL(/\/application\/[0-9a-f-]+$/);
  const application = doctor.page.url();
  const day = (days: number) => town.ask(`SELECT ((app_now() + $1 * interval '1 day')::date)::text`, [days]);
  const policy = {
    Insurer: 'Harbour Mutual',
    'Policy number': 'HM-200300',
    'Begins on': await day(0),
    'Ends on': await day(365),
    'It names this work': true as const,
  };
  // The invented people of a demo never sent a file; what else they said stands there.
  for (const [step, answers] of [
    ['Indemnity insurance', policy],
    ['Training in this treatment', {}],
    ['Life support', {}],
  ] as const) {
    await doctor.page.goto(application);
    await press(doctor.page, 'link', new RegExp(`: ${step}`));
    await doctor.page.getByRole('heading', { level: 1, name: step }).waitFor();
    await doctor.page
      .getByLabel('A file that shows it')
      .setInputFiles({ name: 'paper.pdf', buffer: PDF, mimeType: 'application/pdf' });
    await answer(doctor.page, answers);
  }
  await doctor.page.goto(application);
  await press(doctor.page, 'link', 'Check your answers and send');
  await doctor.page.waitForURL(/\/check$/);
  await doctor.page.getByLabel('This is true, and I may be asked about it').check();
  await press(doctor.page, 'button', 'Send to the reviewers');
  await doctor.page.getByText('Being checked').waitFor();
  const caseId = await town.ask(
    `SELECT id FROM vetting_case WHERE practitioner_id = $1 ORDER BY submitted_at DESC LIMIT 1`,
    [id],
  );
  const [checker, decider] = [await person(town), await person(town)];
  await signIn(checker.page, 'reviewer.one@demo.steadyhand.example');
  await signIn(decider.page, 'reviewer.two@demo.steadyhand.example');
  await checkEverything(
    checker.page,
    caseId,
    {
      Registration: 'Read on the public register',
      'Right to prescribe': 'Read on the public register',
    },
    { again: true },
  );
  expect((await seen()).page).toBe(false);
  await decide(decider.page, caseId, 'Approve', 'The new policy was confirmed by the insurer.');

  await town.doNow('resume_paused');
  await expect.poll(seen, { interval: 500 }).toEqual(everywhere);
  // The letter is a job of its own: it may come after she is listed.
  await expect.poll(async () => (await lettersTo()).at(-1)!.subject).toBe('Your appointment is going ahead');
  expect([
    ...faults,
    ...own.faults,
    ...operator.faults,
    ...doctor.faults,
    ...checker.faults,
    ...decider.faults,
  ]).toEqual([]);
});
