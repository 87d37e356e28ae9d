import { expect, it } from 'vitest';
import { expectSound, onPaper, openTown, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

it('somebody chooses which letters come, stops a kind from a letter, and is never without what they need', async () => {
  const { page, faults } = await person(town);
  await signIn(page, 'patient@demo.steadyhand.example');
  await page.goto('/account/sessions');
  await expectSound(page);
  await press(page, 'link', 'Letters you get');
  await expectSound(page);
  await page.getByLabel('The question how a visit was').uncheck();
  await page.getByLabel('Quiet from').selectOption('21:00');
  await press(page, 'button', 'Save');
  await page.getByText('Choose when they end, too').first().waitFor();
  // What was typed is there still.
  expect(await page.getByLabel('The question how a visit was').isChecked()).toBe(false);
  expect(await page.getByLabel('Quiet from').inputValue()).toBe('21');
  await expectSound(page);
  await page.getByLabel('Until').selectOption('08:00');
  await page.getByLabel('Letters in plain text only').check();
  await press(page, 'button', 'Save');
  await page.getByText('It holds from the next letter on.').waitFor();
  expect(await page.getByLabel('Until').inputValue()).toBe('8');

  // A letter of a kind that can be stopped, as the worker writes it.
  const secret = 'x'.repeat(32);
  const stopped = () =>
    town.ask(`SELECT count(*)::text FROM mail_declined WHERE to_address = 'ada@example.test'`);
  await town.owner.query(
    `INSERT INTO mail_message (dedupe_key, kind, to_name, to_address, subject, body, letter, stop_hash)
       VALUES ('e2e', 'reminder_week', 'Ada', 'ada@example.test', 'Your appointment on Tue 9 March', 'Hello Ada',
         '{"letter":{"subject":"Your appointment on Tue 9 March","opening":["this is a reminder."]},"frame":{"toName":"Ada"}}', sha256($1))`,
    [Buffer.from(secret)],
  );
  const link = `/account/messages/stop?secret=${secret}`;
  const reader = await person(town);
  await reader.page.goto(link);
  await reader.page.reload();
  expect(await stopped()).toBe('0');
  await expectSound(reader.page);
  await press(reader.page, 'button', 'Stop them');
  await reader.page.getByText('These letters are stopped').waitFor();
  expect(await stopped()).toBe('1');
  await press(reader.page, 'button', 'Get them again');
  await reader.page.getByText('Stop these letters?').waitFor();
  expect(await stopped()).toBe('0');
  const plain = await person(town, { javaScriptEnabled: false });
  await plain.page.goto(link);
  await press(plain.page, 'button', 'Stop them');
  await plain.page.getByText('These letters are stopped').waitFor();
  await press(plain.page, 'button', 'Get them again');
  await plain.page.getByText('Stop these letters?').waitFor();
  await reader.page.goto('/account/messages/stop?secret=nothing');
  await reader.page.getByText('This link belongs to no letter').waitFor();
  await expectSound(reader.page);

  // A mail program presses for its reader: no page, no cookie, no origin.
  const oneClick = `${town.url}/account/messages/stop/one-click?secret=`;
  const press8058 = (of: string) =>
    fetch(`${oneClick}${of}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
  expect([(await press8058(secret)).status, await stopped()]).toEqual([200, '1']);
  expect((await press8058('y'.repeat(32))).status).toBe(404);
  expect((await fetch(`${oneClick}${secret}`, { redirect: 'manual' })).status).toBe(303);

  await reader.page.goto('/dev/mailbox?to=ada@example.test');
  await expectSound(reader.page);
  await press(reader.page, 'link', /As a page/);
  await reader.page.getByRole('heading', { name: 'Your appointment on Tue 9 March' }).waitFor();
  expect([...faults, ...reader.faults]).toEqual([]);
});

it('a calendar is subscribed to by an address that is shown once, asked again cheaply, and taken back', async () => {
  const { page, faults } = await person(town);
  await signIn(page, 'prescriber@demo.steadyhand.example');
  await page.goto('/account/calendar-feeds');
  await expectSound(page);
  await press(page, 'button', /Make an address.*Your diary/);
  const address = (await page.locator('code').textContent())!;
  expect(address).toMatch(/\/calendars\/[\w-]{43}\.ics$/);
  await page.goto('/account/calendar-feeds');
  expect(await page.locator('code').count()).toBe(0);
  await page.getByText('There is an address, made on').waitFor();
  await expectSound(page);

  const first = await fetch(address);
  expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
  expect(await first.text()).toMatch(/SUMMARY:Appointment\\, [A-Z]\. [A-Z]\./);
  const again = await fetch(address, { headers: { 'if-none-match': `W/${first.headers.get('etag')}` } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  await press(page, 'button', /Take it back/);
  await page.getByText('There is no address yet.').first().waitFor();
  expect((await fetch(address)).status).toBe(404);
  const guesses = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      fetch(`${town.url}/calendars/${'A'.repeat(41)}${index + 10}.ics`),
    ),
  );
  expect(guesses.map(({ status }) => status)).toContain(429);
  expect(faults).toEqual([]);
});

it('an operator reads why something was given up, tries it again, drops it with a reason', async () => {
  const { page, faults } = await person(town);
  await signIn(page, 'operator@demo.steadyhand.example');
  await page.goto('/staff/jobs');
  await page.getByText('Everything that was to be done is done').waitFor();
  await expectSound(page);
  await town.owner.query(
    `SELECT graphile_worker.add_job(task, '{"appointmentId":"01986a3e-7c1f-7c3a-9e2d-5b1d5f0c2a77"}'::json) FROM unnest(ARRAY['plan_reminders', 'send_mail']) task`,
  );
  await town.owner.query(
    `UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'connect ECONNREFUSED 127.0.0.1:25' WHERE locked_at IS NULL`,
  );
  await town.owner.query(
    `WITH letter AS (INSERT INTO mail_message (dedupe_key, kind, to_name, to_address, subject, body, letter)
         VALUES ('e2e bounce', 'reminder_week', 'Bea', 'bea@example.test', 'Your appointment on Tue 9 March', 'Hello Bea',
           '{"letter":{"subject":"Your appointment on Tue 9 March","opening":["this is a reminder."]},"frame":{"toName":"Bea"}}') RETURNING id)
       INSERT INTO mail_bounce (mail_id, status, reason) SELECT id, '5.1.1', '550 no such mailbox here' FROM letter`,
  );
  await page.goto('/staff/jobs');
  await page.getByText('ECONNREFUSED').first().waitFor();
  await expectSound(page);
  await press(page, 'link', /Drop it.*send_mail/);
  await press(page, 'button', 'Drop it for good');
  await page.getByText('Say why').first().waitFor();
  await expectSound(page);
  await page.getByLabel('Why is it dropped?').fill('The clinic has rung them up');
  await press(page, 'button', 'Drop it for good');
  await page.getByText('The clinic has rung them up').waitFor();
  await press(page, 'button', 'Dealt with');
  await press(page, 'button', 'Try all again');
  await page.getByText('Everything that was to be done is done').waitFor();
  await expectSound(page);
  expect(faults).toEqual([]);
});

it('the desk notes that somebody has died, and that it was a mistake', async () => {
  const { page, faults } = await person(town);
  await signIn(page, 'reception@demo.steadyhand.example');
  const patientId = await town.ask(
    `SELECT a.patient_id FROM appointment a WHERE a.state = 'confirmed' AND lower(a.during) > app_now()
         AND a.clinic_id IN (SELECT m.clinic_id FROM clinic_member m JOIN account j ON j.id = m.account_id WHERE j.email = 'reception@demo.steadyhand.example') LIMIT 1`,
  );
  await page.goto(`/desk/reception/people/${patientId}`);
  await page.getByText('This person has died').click();
  await press(page, 'button', 'Stop all letters');
  await page.getByText('Choose who told you').first().waitFor();
  await expectSound(page);
  await page.getByLabel('Who told you?').selectOption('Family or a friend');
  await press(page, 'button', 'Stop all letters');
  await page.getByRole('heading', { name: 'Has died' }).or(page.getByText('Has died')).first().waitFor();
  await expectSound(page);
  await press(page, 'button', 'That was a mistake');
  await page.getByText('This person has died').waitFor();
  expect(faults).toEqual([]);
});

it('a day on paper, for who works there', async () => {
  const desk = await person(town);
  await signIn(desk.page, 'reception@demo.steadyhand.example');
  const day = await town.ask(
    `SELECT (lower(a.during) AT TIME ZONE a.time_zone)::date::text FROM appointment a WHERE a.state = 'confirmed' AND lower(a.during) > app_now()
       AND a.clinic_id IN (SELECT m.clinic_id FROM clinic_member m JOIN account j ON j.id = m.account_id WHERE j.email = 'reception@demo.steadyhand.example') ORDER BY a.during LIMIT 1`,
  );
  await desk.page.goto(`/desk/day-sheet?day=${day}`);
  await desk.page.getByRole('table').first().waitFor();
  await expectSound(desk.page);
  await desk.page.emulateMedia({ media: 'print' });
  expect(await desk.page.getByRole('button', { name: 'Show' }).isVisible()).toBe(false);
  expect(await desk.page.getByRole('table').first().isVisible()).toBe(true);
  await onPaper(desk.page);
  const own = await person(town);
  await signIn(own.page, 'prescriber@demo.steadyhand.example');
  await own.page.goto('/desk/day-sheet?day=2031-01-05');
  await own.page.getByText('Nobody is booked on this day').waitFor();
  await expectSound(own.page);
  expect([...desk.faults, ...own.faults]).toEqual([]);
});
