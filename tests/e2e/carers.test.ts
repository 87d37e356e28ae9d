import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  expectSound,
  openTown,
  PASSWORD,
  person,
  press,
  shared,
  signIn,
  signInByForm,
  type Town,
} from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

/** Somebody of the town with an account and nothing else, with everybody's password. */
async function neighbour(name: string): Promise<string> {
  return town.ask(
    `INSERT INTO account (email, display_name, email_verified_at, password_hash)
     SELECT $1, $2, app_now(), password_hash FROM account WHERE email = 'patient@demo.steadyhand.example' RETURNING email`,
    [`${randomUUID()}@demo.steadyhand.example`, name],
  );
}

it('somebody is asked, says yes, moves an appointment, and opens nothing else', async () => {
  // A consultation that is days away, so that no notice stands in its way.
  const visitId = await town.ask(
    `SELECT a.id FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
      WHERE a.kind = 'consultation' AND a.state = 'confirmed' AND lower(a.during) > app_now() + interval '4 days'
        AND x.password_hash IS NOT NULL ORDER BY lower(a.during) LIMIT 1`,
  );
  const email = await town.ask(
    `SELECT x.email FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id WHERE a.id = $1`,
    [visitId],
  );
  const helper = await neighbour('June Alder');

  const patient = await person(town, { javaScriptEnabled: false });
  await signIn(patient.page, email);
  await patient.page.goto('/my-care');
  await press(patient.page, 'link', 'Who helps with your appointments');
  await patient.page.getByLabel('Their e-mail address').fill(helper);
  await patient.page.getByLabel('They get the letters about my appointments too').check();
  await press(patient.page, 'button', 'Ask them');
  await patient.page.getByRole('heading', { name: helper }).waitFor();
  const letter = await town.ask(
    `SELECT body FROM mail_message WHERE to_address = $1 ORDER BY id DESC LIMIT 1`,
    [helper],
  );
  const link = new URL(/https?:\S+/.exec(letter)![0]);

  const carer = await person(town);
  await carer.page.goto(link.pathname + link.search);
  await carer.page.getByLabel('E-mail address').fill(helper);
  await carer.page.getByLabel('Password').fill(PASSWORD);
  await press(carer.page, 'button', 'Sign in');
  await carer.page.getByRole('heading', { name: /^Help .* with appointments\?$/ }).waitFor();
  await expectSound(carer.page);
  await press(carer.page, 'button', 'Yes, I will help');
  await carer.page.getByRole('heading', { name: 'People you help' }).waitFor();
  await expectSound(carer.page);
  expect(await carer.page.getByRole('main').innerText()).not.toMatch(/treatment|review visit/i);

  const startOf = () => town.ask(`SELECT lower(during)::text FROM appointment WHERE id = $1`, [visitId]);
  const before = await startOf();
  await carer.page.goto(`/carer/appointments/${visitId}/cancel`);
  await expectSound(carer.page);
  await carer.page.goto(`/carer/appointments/${visitId}/move`);
  await expectSound(carer.page);
  await carer.page
    .getByRole('button', { name: /, with / })
    .last()
    .focus();
  await carer.page.keyboard.press('Enter');
  await carer.page.waitForURL((address) => address.pathname === '/carer');
  expect(await startOf()).not.toBe(before);

  // A first talk for the same person, by their date of birth and the carer's choice at the end.
  const about = await town.ask(
    `SELECT concat_ws(' ', r.slug, p.date_of_birth, p.id) FROM appointment a
         JOIN patient p ON p.id = a.patient_id JOIN practitioner r ON r.id = a.practitioner_id WHERE a.id = $1`,
    [visitId],
  );
  const [slug, bornOn, patientId] = about.split(' ');
  const [year, month, day] = bornOn!.split('-') as [string, string, string];
  await carer.page.goto(`/practitioners/${slug}`);
  const times = carer.page.locator('a[href*="/book?"]');
  await carer.page.goto((await times.last().getAttribute('href'))!);
  await carer.page.getByLabel('Day', { exact: true }).fill(day);
  await carer.page.getByLabel('Month', { exact: true }).fill(month);
  await carer.page.getByLabel('Year', { exact: true }).fill(year);
  await expectSound(carer.page);
  await press(carer.page, 'button', 'Keep this time for me');
  await carer.page.waitForURL(/\/concerns/);
  await press(carer.page, 'button', 'Continue');
  await carer.page.waitForURL(/\/help/);
  await press(carer.page, 'button', 'Continue');
  await carer.page.waitForURL(/\/check/);
  await expectSound(carer.page);
  const booked = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(carer.page.url())![0];
  await press(carer.page, 'button', 'Book this consultation');
  await carer.page.waitForURL((address) => address.pathname === '/carer');
  expect(await town.ask(`SELECT patient_id FROM appointment WHERE id = $1`, [booked])).toBe(patientId);

  const consent = await town.ask(`SELECT id FROM prescription ORDER BY id LIMIT 1`);
  for (const path of [
    `/my-care/appointments/${visitId}`,
    `/my-care/prescriptions/${consent}/consent`,
    '/my-care/health',
    '/my-care/carers',
  ])
    expect((await carer.page.request.get(path)).status()).toBe(404);

  // Signed in again, the day begins with the people who are helped.
  const again = await person(town, { javaScriptEnabled: false });
  await signInByForm(again.page, helper);
  expect(new URL(again.page.url()).pathname).toBe('/carer');

  const script = await person(town);
  await signIn(script.page, email);
  await script.page.goto('/my-care/carers');
  await expectSound(script.page);
  await press(script.page, 'button', /^End this/);
  await script.page.getByRole('heading', { name: 'Nobody helps yet' }).waitFor();
  await again.page.goto('/carer');
  await again.page.getByRole('heading', { name: 'Nobody yet' }).waitFor();
  expect([...patient.faults, ...carer.faults, ...again.faults, ...script.faults]).toEqual([]);
});
