import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, signIn, signInByForm, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
  // A Tuesday just after the doors open.
  await town.moveClockTo(
    await town.ask(
      `SELECT ((date_trunc('week', app_now() AT TIME ZONE 'Europe/London') + interval '8 days 9 hours 2 minutes') AT TIME ZONE 'Europe/London')::text`,
    ),
  );
});

const PASSWORD_OF_JO = 'seven quiet herons by the mill';

/** The way that the last letter to somebody leads. */
async function linkTo(email: string, kind: string): Promise<string> {
  const body = await town.ask(
    `SELECT body FROM mail_message WHERE to_address = $1 AND kind = $2 ORDER BY id DESC LIMIT 1`,
    [email, kind],
  );
  const link = new URL(/https?:\S+/.exec(body)![0]);
  return link.pathname + link.search;
}

/** A doctor who works alone, with free times: the only one of their clinic, which has nobody at its desk. */
async function loneDoctor() {
  const { rows } = await town.owner.query<{ email: string; clinic: string; who: string }>(`
    SELECT x.email, c.name AS clinic, r.display_name AS who
      FROM clinic c JOIN location l ON l.clinic_id = c.id JOIN practice w ON w.location_id = l.id
      JOIN practitioner r ON r.id = w.practitioner_id JOIN account x ON x.id = r.account_id
     WHERE r.standing = 'good' AND l.time_zone = 'Europe/London'
       AND EXISTS (SELECT FROM listing s WHERE s.practitioner_id = r.id)
       AND (SELECT count(*) FROM practice o WHERE o.practitioner_id = r.id) = 1
       AND NOT EXISTS (SELECT FROM clinic_member m WHERE m.clinic_id = c.id)
       AND (SELECT count(DISTINCT o.practitioner_id) FROM practice o JOIN location k ON k.id = o.location_id WHERE k.clinic_id = c.id) = 1
       AND (SELECT count(*) FROM opening_hours h WHERE h.practitioner_id = r.id) > 0
     ORDER BY (SELECT count(*) FROM appointment a WHERE a.practitioner_id = r.id AND a.state = 'completed') DESC, r.id LIMIT 1`);
  return rows[0]!;
}

/** Somebody new on the telephone: found by nobody, entered, and given the first time there is. */
async function bookByTelephone(page: Page): Promise<string> {
  await press(page, 'link', 'Book for somebody');
  await page.waitForURL(/\/book/);
  await page.getByLabel('Day', { exact: true }).fill('12');
  await page.getByLabel('Month', { exact: true }).fill('3');
  await page.getByLabel('Year', { exact: true }).fill('1961');
  await page.getByLabel(/^Name/).fill('Oona Featherstone');
  await press(page, 'button', 'Find');
  await page.getByRole('heading', { name: 'Here already' }).waitFor();
  await page.getByLabel('Telephone').fill('0113 496 0123');
  await press(page, 'button', 'Choose a time');
  await page.getByRole('heading', { name: 'Choose a time' }).waitFor();
  await press(page, 'button', /, with /);
  await page.waitForURL(/\/appointments\//);
  return /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(page.url())![0];
}

it('a doctor who works alone asks somebody to the desk, who comes, books, reads no record, and is out again', async () => {
  const { email, clinic, who } = await loneDoctor();
  const jo = `${randomUUID()}@demo.steadyhand.example`;

  const doctor = await person(town, { javaScriptEnabled: false });
  await signIn(doctor.page, email);
  await doctor.page.goto('/desk/team');
  await doctor.page.getByRole('heading', { name: 'Nobody works at the desk' }).waitFor();
  await expectSound(doctor.page);
  await doctor.page.getByLabel('Their e-mail address').fill('nobody');
  await press(doctor.page, 'button', 'Ask them');
  await doctor.page.getByText('Enter an e-mail address like name@example.org').first().waitFor();
  await expectSound(doctor.page);
  await doctor.page.getByLabel('Their e-mail address').fill(jo);
  await press(doctor.page, 'button', 'Ask them');
  await doctor.page.getByRole('heading', { name: jo }).waitFor();
  await expectSound(doctor.page);
  await doctor.page.getByLabel('Their e-mail address').fill(jo);
  await press(doctor.page, 'button', 'Ask them');
  await doctor.page.getByText('is already asked to do that here').first().waitFor();
  expect(await doctor.page.getByLabel('Their e-mail address').inputValue()).toBe(jo);

  // Whoever is asked has no account yet: the letter leads there and back.
  const desk = await person(town);
  const { page } = desk;
  await page.goto(await linkTo(jo, 'clinic_member_invited'));
  await press(page, 'link', 'I have no account yet');
  await page.getByLabel('Your name').fill('Jo Marsh');
  await page.getByLabel('E-mail address').fill(jo);
  await press(page, 'button', /^Send me/);
  await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor();
  await page.goto(await linkTo(jo, 'account_verify'));
  await page.getByLabel('Your new password').fill(PASSWORD_OF_JO);
  await press(page, 'button', 'Confirm and sign in');
  await page.getByRole('heading', { name: `Work at the desk of ${clinic}?` }).waitFor();
  await expectSound(page);
  const invitation = page.url();
  await press(page, 'button', 'Yes, I work there');
  await page.waitForURL(/\/desk\/reception/);
  const booked = await bookByTelephone(page);
  expect(await town.ask(`SELECT channel FROM appointment WHERE id = $1`, [booked])).toBe('telephone');

  // The same link again opens nothing, and no record ever did.
  await page.goto(invitation);
  await page.getByRole('heading', { name: 'This link does not open anything' }).waitFor();
  await expectSound(page);
  const seen = await town.ask(
    `SELECT a.patient_id FROM appointment a JOIN practitioner r ON r.id = a.practitioner_id WHERE r.display_name = $1 AND a.patient_id IS NOT NULL LIMIT 1`,
    [who],
  );
  for (const path of [`/desk/patients/${seen}`, `/desk/appointments/${booked}`, '/desk/patients', '/desk'])
    expect([path, (await page.request.get(path)).status()]).toEqual([path, 404]);

  // A colleague sees who works here, and asks nobody.
  await page.goto('/desk/team');
  await page.getByRole('heading', { name: 'Jo Marsh (you)' }).waitFor();
  expect(await page.getByLabel('Their e-mail address').count()).toBe(0);
  await expectSound(page);
  await press(page, 'link', /^Leave/);
  await page.getByRole('heading', { name: `Leave the desk of ${clinic}?` }).waitFor();
  await expectSound(page);

  await doctor.page.goto('/desk/team');
  await press(doctor.page, 'link', /^End this.*Jo Marsh/);
  await doctor.page.getByRole('heading', { name: 'End the work of Jo Marsh at the desk?' }).waitFor();
  await expectSound(doctor.page);
  await press(doctor.page, 'button', 'End it');
  await doctor.page.getByRole('heading', { name: 'Nobody works at the desk' }).waitFor();
  for (const path of ['/desk/reception', '/desk/team', `/desk/reception/appointments/${booked}`])
    expect([path, (await page.request.get(path)).status()]).toEqual([path, 404]);
  expect(
    await town.ask(
      `SELECT count(*)::text FROM mail_message WHERE to_address = $1 AND kind = 'clinic_member_ended'`,
      [jo],
    ),
  ).toBe('1');
  expect([...doctor.faults, ...desk.faults]).toEqual([]);
});

it('a manager is asked after a proof, and from then on says who works there', async () => {
  const { email } = await loneDoctor();
  const doctor = await person(town);
  await signIn(doctor.page, email);
  await town.owner.query(
    `UPDATE session SET proved_at = app_now() - interval '1 hour' WHERE account_id = (SELECT id FROM account WHERE email = $1)`,
    [email],
  );
  const { page } = doctor;
  await page.goto('/desk/team');
  await page.getByRole('radio', { name: 'Manager' }).check();
  const boss = await town.ask(
    `INSERT INTO account (email, display_name, email_verified_at, password_hash)
     SELECT $1, 'Morgan Vale', app_now(), password_hash FROM account WHERE email = 'patient@demo.steadyhand.example' RETURNING email`,
    [`${randomUUID()}@demo.steadyhand.example`],
  );
  await page.getByLabel('Their e-mail address').fill(boss);
  await press(page, 'button', 'Ask them');
  await page.getByLabel(/^Your password/).waitFor();
  await expectSound(page);
  expect(await page.getByLabel('Their e-mail address').inputValue()).toBe(boss);
  await page.getByLabel(/^Your password/).fill('steadyhand demo town');
  await press(page, 'button', 'Ask them');
  await page.getByRole('heading', { name: boss }).waitFor();

  const manager = await person(town, { javaScriptEnabled: false });
  await signInByForm(manager.page, boss);
  await manager.page.goto(await linkTo(boss, 'clinic_member_invited'));
  await press(manager.page, 'button', 'Yes, I work there');
  await manager.page.goto('/desk/team');
  await manager.page.getByRole('heading', { name: 'Ask somebody to work here' }).waitFor();
  await expectSound(manager.page);
  await page.goto('/desk/team');
  await page.getByText('A manager says who works here.').waitFor();
  expect(await page.getByLabel('Their e-mail address').count()).toBe(0);

  // Leaving wants a proof too, where the last one is old; and then the doctor runs the clinic again.
  await press(manager.page, 'link', /^Leave/);
  await expectSound(manager.page);
  await press(manager.page, 'button', 'Leave');
  await page.goto('/desk/team');
  await page.getByRole('heading', { name: 'Ask somebody to work here' }).waitFor();
  expect([...doctor.faults, ...manager.faults]).toEqual([]);
});
