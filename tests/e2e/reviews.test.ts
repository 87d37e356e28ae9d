import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

const REVIEWERS = ['reviewer.one@demo.steadyhand.example', 'reviewer.two@demo.steadyhand.example'] as const;
const DOCTOR = 'prescriber@demo.steadyhand.example';
const WORDS = 'I asked four questions and got two answers.\nNobody pushed me, that much is true.';

/** A kept visit with the doctor whose patient has written nothing about it yet, and that patient's address. */
async function visitToReview(): Promise<{ id: string; email: string }> {
  const about = `FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
      JOIN practitioner r ON r.id = a.practitioner_id JOIN account d ON d.id = r.account_id
     WHERE a.state = 'completed' AND d.email = '${DOCTOR}' AND NOT EXISTS (SELECT FROM review v WHERE v.appointment_id = a.id)
     ORDER BY a.id LIMIT 1`;
  return { id: await town.ask(`SELECT a.id ${about}`), email: await town.ask(`SELECT x.email ${about}`) };
}

/** Chooses with the space bar, as a keyboard does. */
async function choose(page: Page, group: string, label: string): Promise<void> {
  await page.getByRole('group', { name: group }).getByRole('radio', { name: label, exact: true }).focus();
  await page.keyboard.press('Space');
}

async function answer(page: Page): Promise<void> {
  await choose(page, 'Did they listen to you?', 'Partly');
  await choose(page, 'Did they explain what can go wrong?', 'No');
  await choose(page, 'Did you feel free to say no?', 'Yes');
  await choose(page, 'Was the place clean and calm?', 'Yes');
  await choose(page, 'Were they easy to reach afterwards?', 'I did not need to');
}

it('a critical review comes back for one word, is published word for word, and replied to, by keyboard', async () => {
  const { id: visitId, email } = await visitToReview();
  const slug = await town.ask(
    `SELECT r.slug FROM practitioner r JOIN account d ON d.id = r.account_id WHERE d.email = $1`,
    [DOCTOR],
  );
  const patient = await person(town);
  await signIn(patient.page, email);
  await patient.page.goto(`/my-care/appointments/${visitId}`);
  await press(patient.page, 'link', /^Review this visit/);
  await expectSound(patient.page);
  expect(await patient.page.getByRole('link', { name: 'Make a complaint' }).getAttribute('href')).toContain(
    visitId,
  );

  // What no page may carry comes back beside the field, with all that was answered.
  await answer(patient.page);
  await patient.page.getByLabel('How was it, in your own words?').fill('The Botox did nothing for me.');
  await press(patient.page, 'button', 'Send the review');
  await patient.page.getByText('Public pages cannot say “Botox”').first().waitFor();
  expect(
    await patient.page
      .getByRole('group', { name: 'Did they listen to you?' })
      .getByRole('radio', { name: 'Partly' })
      .isChecked(),
  ).toBe(true);
  await expectSound(patient.page);
  await patient.page
    .getByLabel('How was it, in your own words?')
    .fill(`${WORDS} Mrs Jones of Hill Street says the same.`);
  await press(patient.page, 'button', 'Send the review');
  await patient.page.getByRole('heading', { name: 'Your review', exact: true }).waitFor();
  await expectSound(patient.page);
  const id = await town.ask(`SELECT id FROM review WHERE appointment_id = $1`, [visitId]);

  // Whom it is about reads nothing yet.
  const doctor = await person(town);
  await signIn(doctor.page, DOCTOR);
  expect((await doctor.page.goto(`/desk/reviews/${id}`))!.status()).toBe(404);

  const one = await person(town);
  await signIn(one.page, REVIEWERS[0]);
  await one.page.goto('/staff/reviews');
  await expectSound(one.page);
  await one.page.goto(`/staff/reviews/${id}`);
  await expectSound(one.page);
  await press(one.page, 'button', 'Send it back for the wording');
  await one.page.getByText('Choose why it goes back').first().waitFor();
  await one.page.getByRole('radio', { name: /^It names or describes somebody else/ }).focus();
  await one.page.keyboard.press('Space');
  await one.page
    .getByLabel('What shows it, and how it could be put')
    .fill('Leave out Mrs Jones and where she lives: “a friend says the same”.');
  await press(one.page, 'button', 'Send it back for the wording');
  await one.page.getByText('Back with who wrote it, for the wording').waitFor();

  await patient.page.goto('/my-care/reviews');
  await expectSound(patient.page);
  await patient.page.getByText('Your move').first().waitFor();
  await patient.page.goto(`/my-care/appointments/${visitId}/review`);
  await patient.page.getByText('“a friend says the same”').first().waitFor();
  await expectSound(patient.page);
  await patient.page.getByLabel('Your words').fill(WORDS);
  await press(patient.page, 'button', 'Send it again');
  await patient.page.getByRole('heading', { name: 'Put otherwise' }).waitFor();

  const two = await person(town);
  await signIn(two.page, REVIEWERS[1]);
  await two.page.goto(`/staff/reviews/${id}`);
  await press(two.page, 'button', 'Publish it as it was written');
  await two.page.getByRole('heading', { name: 'Published as it was written' }).waitFor();

  await doctor.page.goto('/desk/reviews');
  await expectSound(doctor.page);
  await doctor.page.goto(`/desk/reviews/${id}`);
  await expectSound(doctor.page);
  await doctor.page.getByLabel('Your words').fill('I am sorry. Please call me, I have time on Fridays.');
  await press(doctor.page, 'button', 'Send the reply');
  await doctor.page.getByText('Somebody at Steadyhand reads it.').waitFor();
  await two.page.goto(`/staff/reviews/${id}`);
  await expectSound(two.page);
  await press(two.page, 'button', 'Publish the reply');
  await two.page.getByRole('heading', { name: 'The reply was published' }).waitFor();

  const visitor = await person(town);
  await visitor.page.goto(`/practitioners/${slug}`);
  const shown = visitor.page.getByRole('region', { name: 'What people wrote after a visit' });
  await shown.getByText('I asked four questions and got two answers.').waitFor();
  await shown.getByText('I am sorry. Please call me, I have time on Fridays.').waitFor();
  expect(await shown.textContent()).not.toContain('Mrs Jones');
  await expectSound(visitor.page);
  expect(await visitor.page.content()).not.toMatch(/aggregateRating|ratingValue/);
  expect([...patient.faults, ...doctor.faults, ...one.faults, ...two.faults, ...visitor.faults]).toEqual([]);
});

it('without JavaScript it is written and taken back; on a phone nothing scrolls sideways', async () => {
  const { id, email } = await visitToReview();
  const { page, faults } = await person(town, {
    javaScriptEnabled: false,
    viewport: { width: 360, height: 740 },
  });
  await signIn(page, email);
  await page.goto(`/my-care/appointments/${id}/review`);
  await answer(page);
  await page.getByLabel('How was it, in your own words?').fill(WORDS);
  await press(page, 'button', 'Send the review');
  await page.getByText('Take it back').first().click();
  await press(page, 'button', 'Take the review back');
  await page.getByRole('heading', { name: 'Taken back' }).waitFor();
  expect(faults).toEqual([]);
});

it('where the law allows none the page has no section, and the visit offers the other road', async () => {
  const { id, email } = await visitToReview();
  const slug = await town.ask(
    `SELECT r.slug FROM practitioner r JOIN account d ON d.id = r.account_id WHERE d.email = $1`,
    [DOCTOR],
  );
  // As it is in Queensland and Ontario, where the demo has nobody.
  await town.owner.query(
    `UPDATE policy_row SET value = 'false' WHERE key = 'reviews_public' AND jurisdiction = 'england'`,
  );
  const { page, faults } = await person(town);
  await page.goto(`/practitioners/${slug}`);
  await page.getByRole('heading', { name: 'Where, and what it costs' }).waitFor();
  expect(await page.getByRole('region', { name: 'What people wrote after a visit' }).count()).toBe(0);
  await signIn(page, email);
  await page.goto(`/my-care/appointments/${id}/review`);
  await page.getByText('No reviews in England').waitFor();
  expect(await page.getByRole('button', { name: 'Send the review' }).count()).toBe(0);
  await expectSound(page);
  await press(page, 'link', 'Make a complaint');
  await page.getByRole('heading', { name: /^Make a complaint about/ }).waitFor();
  await expectSound(page);
  expect(faults).toEqual([]);
});
