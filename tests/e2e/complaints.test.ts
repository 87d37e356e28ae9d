import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, pressEnter, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  // The worker takes what lies too long to Steadyhand.
  town = await openTown({ entry: 'start' });
});

const REVIEWERS = ['reviewer.one@demo.steadyhand.example', 'reviewer.two@demo.steadyhand.example'] as const;

/** Chooses with the space bar, as a keyboard does. */
async function choose(page: Page, label: string | RegExp): Promise<void> {
  await page.getByRole('radio', { name: label }).focus();
  await page.keyboard.press('Space');
}

/** Comes back to the page until it says so. */
async function waitFor(page: Page, path: string, text: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.goto(path);
        return page.getByRole('main').textContent();
      },
      { interval: 500 },
    )
    .toContain(text);
}

it('a complaint that the clinic leaves lying is decided by two reviewers, by keyboard', async () => {
  const visitId = await town.ask(
    `SELECT a.id FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
        JOIN practitioner r ON r.id = a.practitioner_id JOIN account d ON d.id = r.account_id
       WHERE a.state = 'completed' AND a.kind = 'treatment' AND x.password_hash IS NOT NULL AND d.email = 'prescriber@demo.steadyhand.example'
       ORDER BY a.id LIMIT 1`,
  );
  const email = await town.ask(
    `SELECT x.email FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id WHERE a.id = $1`,
    [visitId],
  );
  const patient = await person(town);
  await signIn(patient.page, email);
  await patient.page.goto(`/my-care/appointments/${visitId}`);
  await press(patient.page, 'link', 'Make a complaint about this visit');
  await expectSound(patient.page);
  await patient.page.getByLabel('What happened?').fill('Too short');
  await press(patient.page, 'button', 'Send the complaint');
  await patient.page.getByText('Choose who should look at it').first().waitFor();
  expect(await patient.page.getByLabel('What happened?').inputValue()).toBe('Too short');
  await patient.page
    .getByLabel('What happened?')
    .fill('My lid droops since the visit.\nI called twice and nobody called back.');
  await choose(patient.page, /^The clinic/);
  await press(patient.page, 'button', 'Send the complaint');
  await patient.page.getByRole('heading', { name: 'The clinic acknowledges it' }).waitFor();
  const path = new URL(patient.page.url()).pathname;
  const id = path.split('/').at(-1)!;
  await expectSound(patient.page);

  // Whom it is about reads it; the desk, which nobody has named, does not.
  const practitioner = await person(town);
  await signIn(practitioner.page, 'prescriber@demo.steadyhand.example');
  await practitioner.page.goto('/desk/complaints');
  await expectSound(practitioner.page);
  await press(practitioner.page, 'link', /about Dr Amara Okafor-Bell/);
  await practitioner.page.getByRole('button', { name: 'Acknowledge it' }).waitFor();
  await expectSound(practitioner.page);
  const desk = await person(town);
  await signIn(desk.page, 'reception@demo.steadyhand.example');
  expect((await desk.page.goto(`/desk/complaints/${id}`))!.status()).toBe(404);

  // The clinic lets its three days pass.
  await town.moveClockTo(await town.ask(`SELECT acknowledge_by::text FROM complaint WHERE id = $1`, [id]));
  await signIn(patient.page, email);
  await town.doNow('escalate_complaints');
  await waitFor(patient.page, path, 'The clinic did not acknowledge it in time');

  const one = await person(town);
  await signIn(one.page, REVIEWERS[0]);
  await one.page.goto('/staff/complaints');
  await expectSound(one.page);
  await one.page.goto(`/staff/complaints/${id}`);
  await press(one.page, 'button', 'I look after it');
  await choose(one.page, /^High/);
  await press(one.page, 'button', 'Write it down');
  await one.page.getByText('This is about safety').waitFor();
  expect(await one.page.getByRole('link', { name: /^suspend Dr Amara/ }).count()).toBe(1);
  await expectSound(one.page);
  await choose(one.page, /^Upheld$/);
  await one.page.getByLabel('Reasons').fill('Nobody called back, and the record says nothing of it.');
  await press(one.page, 'button', 'Propose it to a second reviewer');
  await one.page.getByText('A second reviewer closes it').waitFor();
  await press(one.page, 'button', 'Close it');
  await one.page.getByText('Choose what you found').first().waitFor();

  const two = await person(town);
  await signIn(two.page, REVIEWERS[1]);
  await two.page.goto(`/staff/complaints/${id}`);
  await expectSound(two.page);
  await press(two.page, 'button', 'Close it');
  await two.page.getByRole('heading', { name: 'Decided: upheld' }).waitFor();

  await patient.page.goto(path);
  await patient.page.getByText('Nobody called back, and the record says nothing of it.').waitFor();
  await patient.page.getByRole('heading', { name: 'Where you can go next' }).waitFor();
  await expectSound(patient.page);
  expect([...patient.faults, ...practitioner.faults, ...one.faults, ...two.faults]).toEqual([]);
});

it('from a public page, without JavaScript: signed in first, then sent and withdrawn', async () => {
  const slug = await town.ask(
    `SELECT p.slug FROM practitioner p JOIN account a ON a.id = p.account_id WHERE a.email = 'prescriber@demo.steadyhand.example'`,
  );
  const { page, faults } = await person(town, { javaScriptEnabled: false });
  await page.goto(`/practitioners/${slug}`);
  await press(page, 'link', 'Make a complaint');
  await page.getByLabel('E-mail address').fill('patient@demo.steadyhand.example');
  await page.getByLabel('Password').fill('steadyhand demo town');
  await pressEnter(page.getByLabel('Password'));
  await page.getByRole('heading', { name: /^Make a complaint about/ }).waitFor();
  await page.getByLabel('What happened?').fill('Nobody picks up the telephone of this practice.');
  const places = page.getByRole('group', { name: 'Where was it?' }).getByRole('radio');
  if ((await places.count()) > 0) await places.first().check();
  await page.getByRole('radio', { name: /^Steadyhand/ }).check();
  await press(page, 'button', 'Send the complaint');
  await page.getByRole('heading', { name: 'Steadyhand decides' }).waitFor();
  await page.getByText('Withdraw it').first().click();
  await press(page, 'button', 'Withdraw the complaint');
  await page.getByRole('heading', { name: 'Withdrawn' }).waitFor();
  const again = await person(town);
  await signIn(again.page, 'patient@demo.steadyhand.example');
  await again.page.goto('/my-care/complaints');
  await again.page.getByRole('link', { name: /^About Dr Amara Okafor-Bell/ }).waitFor();
  await expectSound(again.page);
  expect([...faults, ...again.faults]).toEqual([]);
});
