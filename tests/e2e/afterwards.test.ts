import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { photograph } from '../builders/portfolio.ts';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  // The worker climbs, tells and opens cases.
  town = await openTown({ entry: 'start' });
});

const PRESCRIBER = 'prescriber@demo.steadyhand.example';
const OPERATOR = 'operator@demo.steadyhand.example';
const REVIEWER = 'reviewer.one@demo.steadyhand.example';

/** Chooses with the space bar, as a keyboard does. */
async function choose(page: Page, label: string | RegExp): Promise<void> {
  await page.getByRole('radio', { name: label }).first().focus();
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

/** The latest treatment of the demo prescriber, and the address of its patient. */
async function treated(): Promise<{ id: string; email: string }> {
  const id = await town.ask(
    `SELECT a.id FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
       JOIN practitioner r ON r.id = a.practitioner_id JOIN account d ON d.id = r.account_id
      WHERE a.state = 'completed' AND a.kind = 'treatment' AND x.password_hash IS NOT NULL AND d.email = $1
        AND EXISTS (SELECT FROM treatment_record t WHERE t.appointment_id = a.id AND t.state = 'signed' AND t.product_code IS NOT NULL)
      ORDER BY a.id LIMIT 1`,
    [PRESCRIBER],
  );
  const email = await town.ask(
    `SELECT x.email FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id WHERE a.id = $1`,
    [id],
  );
  return { id, email };
}

const isDrawn = (page: Page, alt: string | RegExp) =>
  expect
    .poll(() =>
      page
        .getByAltText(alt)
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBeGreaterThan(0);

it('a message that nobody answers climbs as far as our operators, who take it on; the patient sees whom it reached', async () => {
  const { id, email } = await treated();
  const patient = await person(town);
  await signIn(patient.page, email);
  const path = `/my-care/appointments/${id}/urgent`;
  await patient.page.goto(path);
  await patient.page.getByLabel('What do you notice').fill('My left lid hangs since this morning.');
  await press(patient.page, 'button', 'Send');
  await patient.page.getByText('Enter a telephone number').first().waitFor();
  expect(await patient.page.getByLabel('What do you notice').inputValue()).toContain('lid');
  await patient.page.getByLabel('On which number').fill('07700 900123');
  const file = { name: 'IMG_2041.jpg', mimeType: 'image/jpeg', buffer: await photograph() };
  await patient.page.getByLabel(/A photo, if it helps/).setInputFiles(file);
  await press(patient.page, 'button', 'Send');
  await patient.page.getByText('Whom we have told').waitFor();
  await isDrawn(patient.page, 'What you sent with your message');
  await expectSound(patient.page);

  const prescriber = await person(town);
  await signIn(prescriber.page, PRESCRIBER);
  await prescriber.page.goto('/desk/urgent');
  await prescriber.page.getByText('My left lid hangs').waitFor();
  await isDrawn(prescriber.page, /^Photo that .* sent with the message$/);
  await expectSound(prescriber.page);

  const operator = await person(town);
  await signIn(operator.page, OPERATOR);
  await operator.page.goto('/staff/urgent');
  await expectSound(operator.page);
  expect(await operator.page.getByRole('main').textContent()).toContain('Nothing has come as far as this');

  await town.owner.query(`UPDATE clock SET ahead_by = ahead_by + interval '14 hours'`);
  // Half an hour without a word ends a session of ours. This one has no script.
  const later = await person(town, { javaScriptEnabled: false });
  await signIn(later.page, OPERATOR);
  await town.doNow('climb_urgent');
  await waitFor(later.page, '/staff/urgent', 'My left lid hangs');
  await signIn(operator.page, OPERATOR);
  await operator.page.goto('/staff/urgent');
  await expectSound(operator.page);
  await press(later.page, 'button', 'I have it');
  await later.page.getByText('Answered in the last two weeks').waitFor();
  await patient.page.goto(path);
  await patient.page.getByText('Somebody took it on at').waitFor();
  expect(await patient.page.getByRole('main').textContent()).toContain('Steadyhand (our own people)');
  await expectSound(patient.page);
  expect([...patient.faults, ...prescriber.faults, ...later.faults]).toEqual([]);
});

it('a serious effect puts its batch aside and opens a case; two people recall the batch; its patient reads it', async () => {
  const { id, email } = await treated();
  const batch = await town.ask(`SELECT batch FROM treatment_record WHERE appointment_id = $1`, [id]);
  const product = await town.ask(`SELECT product_code FROM treatment_record WHERE appointment_id = $1`, [id]);
  const today = await town.ask(
    `SELECT ((app_now() AT TIME ZONE time_zone)::date)::text FROM appointment WHERE id = $1`,
    [id],
  );
  // What is looked at, and who does it all without a script.
  const look = await person(town);
  await signIn(look.page, email);
  const looked = async (path: string) => {
    await look.page.goto(path);
    await expectSound(look.page);
  };
  const patient = await person(town, { javaScriptEnabled: false });
  await signIn(patient.page, email);
  await patient.page.goto(`/my-care/appointments/${id}`);
  await press(patient.page, 'link', 'Unwanted effects on record, and a new one');
  await patient.page.getByLabel('How is it, and what was done').fill('Water goes down the wrong way.');
  await press(patient.page, 'button', 'Put it on record');
  await patient.page.getByText('Choose what it is').first().waitFor();
  expect(await patient.page.getByLabel('How is it, and what was done').inputValue()).toContain('Water');
  await patient.page.getByLabel('What is it?').selectOption('swallowing');
  await choose(patient.page, 'Neither, or not sure');
  await patient.page.getByLabel('When did it begin?').fill(today);
  await choose(patient.page, /^Moderate/);
  await press(patient.page, 'button', 'Put it on record');
  await patient.page.getByRole('heading', { name: 'Trouble swallowing' }).waitFor();
  await looked(`/my-care/appointments/${id}/effects`);

  const prescriber = await person(town);
  await signIn(prescriber.page, PRESCRIBER);
  await prescriber.page.goto('/desk/effects');
  await expectSound(prescriber.page);
  await press(prescriber.page, 'link', /Trouble swallowing/);
  await prescriber.page.getByRole('heading', { name: 'What was done about it' }).waitFor();
  await expectSound(prescriber.page);
  await prescriber.page.locator('summary', { hasText: 'It is over' }).click();
  const closing = prescriber.page.locator('details', { hasText: 'It is over' });
  await closing.getByLabel('How did it end?').fill('It went by itself.');
  await closing.getByLabel('Outcome').selectOption('recovered');
  await closing.getByRole('button', { name: 'Close it' }).click();
  await prescriber.page.getByText('Write down first who looked after it').first().waitFor();
  await prescriber.page.locator('summary', { hasText: 'It was looked after' }).click();
  const managing = prescriber.page.locator('details', { hasText: 'It was looked after' });
  await managing.getByLabel('By whom?').fill('Dr Okafor-Bell, by telephone');
  await managing.getByLabel('What was done?').fill('Soft food, and a call every day.');
  await managing.getByRole('button', { name: 'Write it down' }).click();
  await prescriber.page.getByText('Soft food, and a call every day.').waitFor();

  await prescriber.page.goto(`/desk/appointments/${id}/effect`);
  await expectSound(prescriber.page);
  await prescriber.page.goto('/desk/batches');
  expect(await prescriber.page.getByRole('main').textContent()).toContain(
    'A serious event after a treatment',
  );
  await expectSound(prescriber.page);

  const operator = await person(town);
  await signIn(operator.page, OPERATOR);
  await town.doNow('open_safety_cases');
  await waitFor(operator.page, '/staff/safety', 'Swallowing, speech, breathing, seeing');
  await expectSound(operator.page);
  await operator.page.goto(`/staff/safety?product=${product}&batch=${encodeURIComponent(batch)}`);
  await operator.page.getByLabel('Why is it recalled?').fill('The maker asks for it back.');
  await press(operator.page, 'button', 'Propose the recall');
  await operator.page.getByText('Say what those treated look out for').first().waitFor();
  expect(await operator.page.getByLabel('Why is it recalled?').inputValue()).toContain('maker');
  await expectSound(operator.page);
  await operator.page
    .getByLabel('What do those treated look out for')
    .fill(
      'Trouble swallowing, speaking or seeing, and weak muscles. Call the clinic if you notice any of it.',
    );
  await press(operator.page, 'button', 'Propose the recall');
  await operator.page.waitForURL(/\/staff\/safety\/recalls\//);
  await expectSound(operator.page);
  expect(await operator.page.getByRole('button', { name: 'Confirm the recall' }).count()).toBe(0);
  const recall = new URL(operator.page.url()).pathname;

  const reviewer = await person(town, { javaScriptEnabled: false });
  await signIn(reviewer.page, REVIEWER);
  await reviewer.page.goto(recall);
  await press(reviewer.page, 'button', 'Confirm the recall');
  await reviewer.page.getByRole('heading', { name: /^Who was treated from it/ }).waitFor();
  await town.doNow('tell_recalls');
  await waitFor(reviewer.page, recall, 'A letter was sent');
  await operator.page.goto(recall);
  await expectSound(operator.page);

  await patient.page.goto('/my-care');
  await press(patient.page, 'link', /Read it now/);
  await patient.page.getByRole('heading', { name: 'About a treatment you have had' }).waitFor();
  await looked(new URL(patient.page.url()).pathname);
  await press(patient.page, 'button', 'I have read this');
  await patient.page.getByText('that you have read this').waitFor();
  await prescriber.page.goto('/desk/batches');
  await prescriber.page.getByRole('heading', { name: /^Recalled:/ }).waitFor();
  await expectSound(prescriber.page);
  await looked('/safety-report');
  expect([...patient.faults, ...prescriber.faults, ...operator.faults, ...look.faults]).toEqual([]);
});
