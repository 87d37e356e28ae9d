import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { expectSound, openTown, PASSWORD, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

const HANNAH = 'patient@demo.steadyhand.example';

it('somebody takes a copy, asks to be forgotten, and takes it back', async () => {
  const { page, faults } = await person(town);
  await signIn(page, HANNAH);
  await page.goto('/account/sessions');
  await press(page, 'link', /Your data/);
  await expectSound(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download everything' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('steadyhand-data.json');
  const copy = JSON.parse(await readFile(await file.path(), 'utf8')) as {
    format: string;
    account: { email: string };
    tables: Record<string, { what: string; rows: unknown[] }>;
  };
  expect(copy).toMatchObject({ format: 'steadyhand-personal-data', account: { email: HANNAH } });
  expect(copy.tables.account?.rows).toHaveLength(1);

  // An old proof is asked for again, and a wrong one changes nothing.
  await town.owner.query(`UPDATE session SET proved_at = proved_at - interval '1 hour'`);
  await page.goto('/account/privacy');
  await press(page, 'button', 'Download everything');
  await page.getByText('Show once more that it is you, then').first().waitFor();
  await expectSound(page);
  await page.goto('/account/privacy/copy');
  expect(new URL(page.url()).pathname).toBe('/account/privacy');

  const ahead = `FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account c ON c.id = p.account_id WHERE c.email = '${HANNAH}' AND a.needed_birth IS NOT NULL`;
  const visits = Number(await town.ask(`SELECT count(*)::text ${ahead}`));
  await press(page, 'link', 'What goes, what stays, and how to ask');
  await expectSound(page);
  if (visits > 0) {
    await page.getByText('You have visits ahead.').first().waitFor();
    await town.owner.query(
      `UPDATE appointment SET state = 'cancelled', cancelled_by = 'patient' WHERE id IN (SELECT a.id ${ahead})`,
    );
    await page.reload();
  }
  await press(page, 'button', 'Forget me in a week');
  await page.getByText('Please tick that you have read').first().waitFor();
  await expectSound(page);
  await page.getByLabel('I have read what goes and what stays').check();
  await press(page, 'button', 'Forget me in a week');
  await page.getByText('Show once more that it is you').first().waitFor();
  expect(await page.getByLabel('I have read what goes and what stays').isChecked()).toBe(true);
  await page.getByLabel('Your password').fill(PASSWORD);
  await press(page, 'button', 'Forget me in a week');
  await page.getByText('You have asked us to forget you.').waitFor();
  await page.getByText(/^On .* we forget you$/).waitFor();
  await expectSound(page);
  await press(page, 'button', 'Take it back');
  await page.getByText('Everything stays as it is.').waitFor();
  expect(faults).toEqual([]);
});

it('everybody reads the terms and the notice, and what they agreed to', async () => {
  const { page, faults } = await person(town);
  for (const path of ['/terms', '/privacy']) {
    await page.goto(path);
    await expectSound(page);
  }
  await page.getByText('Care by professionals who are bound to secrecy').click();
  await page.getByText('What was given, from which batch.').waitFor();
  await signIn(page, HANNAH);
  await page.goto('/account/terms');
  await page.getByText('You opened your account under it.').first().waitFor();
  await expectSound(page);
  expect(faults).toEqual([]);
});

it('who treats others reads why not, without a script too', async () => {
  const { page, faults } = await person(town, { javaScriptEnabled: false });
  await signIn(page, 'prescriber@demo.steadyhand.example');
  await page.goto('/account/privacy/forget');
  await page.getByText('Patients still have visits with you').first().waitFor();
  expect(await page.getByRole('button', { name: 'Forget me in a week' }).count()).toBe(0);
  expect(faults).toEqual([]);
});

it('a locked record is asked for by one operator and allowed by another', async () => {
  const patientId = await town.ask(
    `INSERT INTO patient (given_name, family_name, date_of_birth) VALUES ('Forgotten', 'person', '1980-01-01') RETURNING id`,
  );
  const { page, faults } = await person(town);
  await signIn(page, 'operator@demo.steadyhand.example');
  await page.goto('/staff/locked-records');
  await page.getByText('Nobody whose record the law keeps').waitFor();
  await expectSound(page);
  await town.owner.query(
    `INSERT INTO record_lock (patient_id, keep_until, person, visits) VALUES ($1, '2099-01-01', '{"given_name":"Ada"}', '[]')`,
    [patientId],
  );
  await page.reload();
  await press(page, 'link', /Ask to open it/);
  await press(page, 'button', 'Ask');
  await page.getByText('Say why, in a sentence.').first().waitFor();
  await expectSound(page);
  await page.getByLabel('Why does it have to be read?').fill('A court has asked for it, case 12.');
  await press(page, 'button', 'Ask');
  await page.getByText('Another operator has to allow it, until').waitFor();
  await expectSound(page);
  expect((await page.request.get(`/staff/locked-records/${patientId}`)).status()).toBe(404);

  await town.owner.query(
    `INSERT INTO staff (account_id, role) SELECT id, 'operator' FROM account WHERE email = 'reviewer.one@demo.steadyhand.example'`,
  );
  const second = await person(town);
  await signIn(second.page, 'reviewer.one@demo.steadyhand.example');
  await second.page.goto('/staff/locked-records');
  // Signed in an hour ago: whoever sits at that desk now shows once more that it is them.
  await town.owner.query(
    `UPDATE session SET proved_at = app_now() - interval '1 hour'
      WHERE account_id = (SELECT id FROM account WHERE email = 'reviewer.one@demo.steadyhand.example')`,
  );
  await press(second.page, 'button', /Allow it for an hour/);
  await second.page.getByRole('alert').waitFor();
  await expectSound(second.page);
  await second.page.goto('/staff/locked-records');
  await press(second.page, 'link', /Allow it for an hour/);
  await expectSound(second.page);
  await second.page.getByLabel(/^Your password/).fill(PASSWORD);
  await press(second.page, 'button', /Allow it for an hour/);
  await second.page.getByText(/^Allowed by/).waitFor();
  await expectSound(second.page);
  await page.reload();
  await page.getByRole('link', { name: 'Read it (JSON)' }).waitFor();
  await expectSound(page);
  const answer = await page.request.get(`/staff/locked-records/${patientId}`);
  expect([answer.status(), answer.headers()['cache-control']]).toEqual([200, 'no-store']);
  expect(await answer.text()).toContain('"given_name": "Ada"');

  // One that nobody answered for a week, before the job has noted it.
  await town.owner.query(`ALTER TABLE record_lock_opening DISABLE TRIGGER record_lock_opening_steps`);
  await town.owner.query(
    `INSERT INTO record_lock_opening (patient_id, reason, asked_by, asked_at)
     SELECT patient_id, 'A coroner has asked for it.', asked_by, app_now() - interval '8 days' FROM record_lock_opening WHERE patient_id = $1`,
    [patientId],
  );
  await town.owner.query(`ALTER TABLE record_lock_opening ENABLE TRIGGER record_lock_opening_steps`);
  for (const who of [page, second.page]) {
    await who.goto('/staff/locked-records');
    await who.getByText('Lapsed: nobody allowed it until').waitFor();
    expect(await who.getByRole('link', { name: /Allow it for an hour/ }).count()).toBe(0);
    await expectSound(who);
  }
  expect([...faults, ...second.faults]).toEqual([]);
});

it('no page asks anybody else for anything, and there are no cookies but ours', async () => {
  const { page, context } = await person(town);
  const elsewhere: string[] = [];
  const origin = new URL(town.url).origin;
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin) elsewhere.push(request.url());
  });
  const slug = await town.ask(`SELECT slug FROM practitioner WHERE slug = 'amara-okafor-bell'`);
  const visit = async (paths: string[]) => {
    for (const path of paths) {
      await page.goto(path, { waitUntil: 'networkidle' });
      for (const resource of await page.evaluate<string[]>(
        `[...document.querySelectorAll('[src], link[href], [srcset], form[action]')].map((one) => one.src || one.href || one.action || '')`,
      ))
        if (/^https?:/.test(resource) && !resource.startsWith(origin)) elsewhere.push(`${path}: ${resource}`);
    }
  };
  await visit([
    '/',
    '/search?place=London',
    `/practitioners/${slug}`,
    `/practitioners/${slug}/checks`,
    '/how-we-check',
    '/safety-report',
    '/terms',
    '/privacy',
    '/urgent',
    '/verify',
    '/emergency-card',
    '/contact',
    '/account/sign-in',
    '/account/register',
  ]);
  await signIn(page, HANNAH);
  await visit(['/my-care', '/my-care/record', '/account/sessions', '/account/privacy', '/account/messages']);
  await context.clearCookies();
  await signIn(page, 'prescriber@demo.steadyhand.example');
  await visit(['/desk', '/desk/calendar', '/desk/profile']);
  expect(elsewhere).toEqual([]);
  const names = (await context.cookies()).map(({ name }) => name.replace('__Host-', ''));
  expect(names.filter((name) => !['session', 'sign-in', 'party', 'under-age'].includes(name))).toEqual([]);
});

it('a practitioner who has stopped reads what goes and what stays, and asks', async () => {
  const doctor = 'prescriber@demo.steadyhand.example';
  const theirs = `SELECT r.id FROM practitioner r JOIN account d ON d.id = r.account_id WHERE d.email = '${doctor}'`;
  const { page, faults } = await person(town);
  await signIn(page, doctor);
  await page.goto('/account/privacy/forget');
  await expectSound(page);
  await town.owner.query(
    `UPDATE appointment SET state = 'cancelled', cancelled_by = 'system'
      WHERE state IN ('held', 'confirmed', 'paused', 'arrived') AND ((${theirs}) IN (practitioner_id, prescriber_id))`,
  );
  await page.reload();
  await page.getByText('You are still listed.').waitFor();
  await expectSound(page);
  await town.owner.query(`UPDATE practitioner SET standing = 'withdrawn' WHERE id = (${theirs})`);
  await page.goto('/desk/ending');
  await page.getByText('You are not listed and not bookable.').waitFor();
  await expectSound(page);
  await press(page, 'link', 'Take a copy, or be forgotten');
  await press(page, 'link', 'What goes, what stays, and how to ask');
  await page.getByText('a record names who wrote it').waitFor();
  await expectSound(page);
  await page.getByLabel('I have read what goes and what stays').check();
  await press(page, 'button', 'Ask to be forgotten');
  await page.getByText('You have asked us to forget you.').waitFor();
  expect(
    await town.ask(`SELECT count(*)::text FROM erasure WHERE done_at IS NULL AND taken_back_at IS NULL`),
  ).toBe('1');

  await town.owner.query(
    `INSERT INTO practitioner_lock (practitioner_id, keep_until) VALUES ((${theirs}), '2099-01-01')`,
  );
  const staff = await person(town);
  await signIn(staff.page, 'operator@demo.steadyhand.example');
  await staff.page.goto('/staff/locked-records');
  await staff.page.getByText('Practitioners who are forgotten').first().waitFor();
  await expectSound(staff.page);
  expect([...faults, ...staff.faults]).toEqual([]);
});

it('says how it is reached, on a page and to who finds a weakness, and invents no address', async () => {
  const { page, faults } = await person(town);
  await page.goto('/');
  const way = page.getByRole('contentinfo').getByRole('link', { name: 'How to reach us' });
  await page.goto((await way.getAttribute('href'))!);
  await page.getByRole('heading', { name: 'Write to us' }).waitFor();
  await page.getByText('This site has named no address for letters').waitFor();
  expect(await page.locator('a[href^="mailto:"]').count()).toBe(0);
  await expectSound(page);
  const answer = await page.request.get('/.well-known/security.txt');
  expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await answer.text()).toMatch(/^Contact: https?:\/\/[^\n]+\/contact\nExpires: \d{4}-/);
  expect(faults).toEqual([]);
});

it('a practitioner is forgotten by two of the staff, and reads why not when one refuses', async () => {
  const doctor = 'prescriber@demo.steadyhand.example';
  const theirs = `SELECT r.id FROM practitioner r JOIN account d ON d.id = r.account_id WHERE d.email = '${doctor}'`;
  // They have asked; what stands in the way of asking is told above.
  await town.owner.query(`ALTER TABLE erasure DISABLE TRIGGER erasure_steps`);
  await town.owner.query(
    `INSERT INTO erasure (account_id) SELECT account_id FROM practitioner WHERE id = (${theirs}) ON CONFLICT DO NOTHING`,
  );
  await town.owner.query(`ALTER TABLE erasure ENABLE TRIGGER erasure_steps`);
  const { page, faults } = await person(town);
  await signIn(page, doctor);
  await page.goto('/account/privacy');
  await page.getByText('You have asked us to forget you; two of us look at it').waitFor();
  await expectSound(page);

  const one = await person(town);
  await signIn(one.page, 'reviewer.two@demo.steadyhand.example');
  await one.page.goto('/staff/vetting');
  await press(one.page, 'link', 'Practitioners to be forgotten');
  await expectSound(one.page);
  const name = await town.ask(
    `SELECT concat_ws(' ', title, display_name) FROM practitioner WHERE id = (${theirs})`,
  );
  await press(one.page, 'link', name);
  await one.page.getByRole('heading', { name: 'What follows' }).waitFor();
  await expectSound(one.page);
  await one.page.getByLabel('Propose to forget them').check();
  await one.page.getByLabel('What you saw, or why you refuse').fill('It is fine');
  await press(one.page, 'button', 'Go on');
  await one.page.getByRole('alert').waitFor();
  expect(await one.page.getByLabel('What you saw, or why you refuse').inputValue()).toBe('It is fine');
  await expectSound(one.page);
  await one.page
    .getByLabel('What you saw, or why you refuse')
    .fill('Rang the practice on its checked number: it is them.');
  await press(one.page, 'button', 'Go on');
  await one.page.getByText('Another member of the staff has to look.').waitFor();
  await expectSound(one.page);

  const two = await person(town);
  await signIn(two.page, 'operator@demo.steadyhand.example');
  await two.page.goto(new URL(one.page.url()).pathname);
  await two.page.getByLabel('Agree: forget them').check();
  await press(two.page, 'button', 'Go on');
  await two.page.getByText('Two of us have agreed').waitFor();
  await expectSound(two.page);
  await page.reload();
  await page.getByText(/^On .* we forget you$/).waitFor();
  await expectSound(page);

  await two.page.getByLabel('If you refuse it: why').fill('A regulator has asked about it today.');
  await press(two.page, 'button', 'Refuse it');
  await two.page.getByText('A regulator has asked about it today.').waitFor();
  await page.reload();
  await page.getByText('We have not forgotten you').waitFor();
  await page.getByText('A regulator has asked about it today.').waitFor();
  await expectSound(page);
  await two.page.goto('/staff/forgetting');
  await two.page.getByText('No practitioner asks to be forgotten.').waitFor();
  await expectSound(two.page);
  expect([...faults, ...one.faults, ...two.faults]).toEqual([]);
});
