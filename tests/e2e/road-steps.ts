import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { press, pressEnter, type Town } from './world.ts';

/** The steps of a patient's road as people take them in a browser. `look` sees each page that is new on the way. */
export type Look = (page: Page) => Promise<void>;

export const startOf = (town: Town, appointmentId: string) =>
  town.ask(
    `SELECT to_char(lower(during) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM appointment WHERE id = $1`,
    [appointmentId],
  );
export const stateOf = (town: Town, appointmentId: string) =>
  town.ask(`SELECT state FROM appointment WHERE id = $1`, [appointmentId]);
export const prescriptionOf = (town: Town, consultationId: string) =>
  town.ask(`SELECT id FROM prescription WHERE consultation_appointment_id = $1`, [consultationId]);
const idIn = (page: Page) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(page.url())![0];

async function pickTime(page: Page, nth = 0): Promise<void> {
  await pressEnter(page.getByRole('main').locator('.time').nth(nth));
}

/** A signed-in patient books a consultation and answers the health questions. Answers the appointment's id. */
export async function bookConsultation(page: Page, slug: string, look: Look): Promise<string> {
  await page.goto(`/practitioners/${slug}`);
  await pickTime(page, 2);
  await page.waitForURL(/\/book\?/);
  await look(page);
  await pressEnter(page.getByRole('main').getByRole('button').first());
  for (const step of ['you', 'concerns', 'help', 'check']) {
    await page.waitForURL(new RegExp(`/${step}`));
    await look(page);
    if (step === 'you') await page.getByLabel(/telephone/i).fill('07700 900123');
    await press(page, 'button', /^(Continue|Book this consultation)$/);
  }
  await page.waitForURL(/\/confirmed/);
  await look(page);
  const consultation = idIn(page);
  await page.goto('/my-care/health');
  await look(page);
  for (const answer of await page.getByRole('radio', { name: 'No', exact: true }).all())
    await answer.press('Space');
  await press(page, 'button', 'Save my answers');
  await page.waitForURL(/\/my-care$/);
  return consultation;
}

/** All that “suitable” takes, beside examination and outcome. */
export async function fillConsultation(page: Page): Promise<void> {
  for (const name of ['identitySeen', 'ageSeen', 'seenAlone', 'ownChoice'])
    await page.locator(`[name=${name}]`).setChecked(true);
  await page.locator('[name=identityDocument]').fill('Passport');
  await page.locator('[name=chaperone]').fill('Offered, not wanted');
  await page.locator('[name=capacity][value=has_capacity]').check();
  await page.locator('[name=bodyImageScreen][value=negative]').check();
  await page.locator('[name=region][value=frown_lines]').check();
  await page.locator('[name=movementToKeep]').fill('About half');
  await page.locator('[name=alternatives]').fill('Doing nothing; sun protection.');
  await page.locator('[name="question-0-question"]').fill('Will I still be able to frown?');
  await page.locator('[name="question-0-answer"]').fill('Yes, more softly.');
  for (const risk of await page.locator('[name=riskTold], [name=riskAcknowledged]').all())
    await risk.setChecked(true);
}

/** From the start of the visit to the signature. */
export async function holdConsultation(page: Page, consultation: string): Promise<void> {
  await page.goto(`/desk/appointments/${consultation}`);
  await press(page, 'button', 'Start the visit');
  await page.goto(`/desk/appointments/${consultation}/consultation`);
  await page.locator('[name=examination]').fill('Strong, even movement. Brows level.');
  await page.locator('[name=outcome][value=suitable]').press('Space');
  await fillConsultation(page);
  await press(page, 'button', 'Sign the record');
  await page.waitForURL(/\/prescription$/);
}

/** For the first licensed product and the practitioner of that name. */
export async function prescribe(
  page: Page,
  consultation: string,
  injector: string,
  look: Look,
): Promise<void> {
  await page.goto(`/desk/appointments/${consultation}/prescription`);
  await look(page);
  await page.locator('[name=productCode]').selectOption({ index: 1 });
  await page.locator('[name=doseUnits]').fill('20');
  await page.locator('[name=topUpUnits]').fill('0');
  await page.locator('[name=region][value=frown_lines]').setChecked(true);
  await page.getByLabel(injector).check();
  await press(page, 'button', 'Sign the prescription');
  await page.getByText('Next, the patient reads it').waitFor();
  // One stands: a second one is folded away, so that nobody signs it by mistake.
  expect(await page.getByRole('button', { name: 'Sign the prescription' }).isVisible()).toBe(false);
  await look(page);
}

/** The patient agrees to every item. */
export async function agree(page: Page, prescription: string): Promise<void> {
  await page.goto(`/my-care/prescriptions/${prescription}/consent`);
  for (const item of await page.getByRole('checkbox').all()) await item.press('Space');
  await press(page, 'button', 'I agree');
  await page.waitForURL(/\/my-care$/);
}

/** The first time that is offered for what was prescribed. Answers the appointment's id. */
export async function chooseTreatmentTime(page: Page, look: Look): Promise<string> {
  await press(page, 'link', 'Choose a time');
  await page.waitForURL(/\/treatment$/);
  await look(page);
  await pickTime(page);
  await page.waitForURL(/\/my-care\/appointments\//);
  await look(page);
  return idIn(page);
}

/** Vial, consent of the day, start: with the patient in the chair. */
export async function startTreatment(page: Page, treatment: string, look: Look): Promise<void> {
  await page.goto(`/desk/appointments/${treatment}/treatment`);
  await look(page);
  expect(await page.getByRole('button', { name: 'Start the treatment' }).count()).toBe(0);
  await page.locator('[name=batch]').fill('C7431A');
  await page.locator('[name^="expiresOn"]').first().waitFor();
  const expires = page.locator('[name=expiresOn]');
  if ((await expires.count()) === 1) await expires.fill('2099-03-31');
  await page.locator('[name=units]').fill('50');
  await page.locator('[name=custody]').first().check();
  await press(page, 'button', 'Take it in and set it aside');
  // Each press comes back to what is to be done next, not to the top of the page.
  await page.waitForURL(/\/treatment#answers$/);
  await press(page, 'button', /nothing has changed/);
  await page.waitForURL(/\/treatment#consent$/);
  await press(page, 'button', /still agrees/);
  await page.waitForURL(/\/treatment#start$/);
  // The page is whole where its last button is.
  await page.getByRole('button', { name: 'Start the treatment' }).waitFor();
  // Only who injects what somebody else prescribed is asked where that person is.
  const asked = page.locator('[name=prescriberWhere][value=immediately_available]');
  if ((await asked.count()) === 1) {
    await look(page);
    await asked.check();
    await page.locator('[name=prescriberWay]').fill('Telephone 0113 496 0101');
  }
  await press(page, 'button', 'Start the treatment');
  await page.waitForURL(/\/treatment$/);
  await look(page);
}

/** Two points in the frown, so many units each. */
export async function chart(page: Page, units: string): Promise<void> {
  for (const [index, side] of (['right', 'left'] as const).entries()) {
    const field = (name: string) => page.locator(`[name="point-${index}-${name}"]`);
    if ((await field('units').count()) === 0)
      await page.getByRole('button', { name: /add a (point|row)/i }).press('Enter');
    await field('region').selectOption('frown_lines');
    await field('side').selectOption(side);
    await field('x').fill(side === 'right' ? '0.46' : '0.54');
    await field('y').fill('0.33');
    await field('units').fill(units);
  }
}

/** The patient books the review visit. Answers its id. */
export async function bookReview(page: Page, treatment: string, look: Look): Promise<string> {
  await page.goto(`/my-care/appointments/${treatment}/review-visit`);
  await look(page);
  await pickTime(page);
  await page.waitForURL(/\/my-care\/appointments\/[0-9a-f-]+$/);
  return idIn(page);
}

export async function holdReview(page: Page, review: string, look: Look): Promise<void> {
  await page.goto(`/desk/appointments/${review}`);
  await press(page, 'button', 'Start the visit');
  await page.goto(`/desk/appointments/${review}/review-visit`);
  await look(page);
  // Nothing in the form leads away from what is being written.
  expect(await page.getByRole('main').locator('form a').count()).toBe(0);
  await page.locator('[name=findings]').fill('Lid back to normal, both sides alike.');
  await page.locator('[name=symmetrical]').first().check();
  await press(page, 'button', 'Sign the review');
  await page.waitForURL(/\/review-visit$/);
}
