import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import {
  bookConsultation,
  bookReview,
  chart,
  chooseTreatmentTime,
  fillConsultation,
  holdReview,
  prescribe,
  prescriptionOf,
  startOf,
  startTreatment,
  stateOf,
} from './road-steps.ts';
import { expectSound, openTown, personAgain, press, pressEnter, shared, signIn, type Town } from './world.ts';

const PATIENT = 'patient@demo.steadyhand.example';
const PRESCRIBER = 'prescriber@demo.steadyhand.example';
const ESTHETICIAN = 'esthetician@demo.steadyhand.example';

let town: Town;
const open = async () => {
  town = await openTown();
};
shared(open);

/** Somebody at the keyboard, signed in anew: weeks pass between the visits. */
async function at(
  email: string,
  work: (page: Page) => Promise<void>,
  { javaScriptEnabled = true } = {},
): Promise<void> {
  const { page, faults } = await personAgain(town, email, { javaScriptEnabled });
  await signIn(page, email);
  await work(page);
  expect([email, faults]).toEqual([email, []]);
}

it('two reviewers, never the same person: queue, case and operations are sound', async () => {
  await at('reviewer.one@demo.steadyhand.example', async (page) => {
    await page.goto('/staff/vetting');
    await expectSound(page);
    await pressEnter(page.getByRole('main').locator('a[href^="/staff/vetting/"]').first());
    await page.waitForURL(/\/staff\/vetting\//);
    await expectSound(page);
    await page.goto('/staff/practitioners');
    await expectSound(page);
  });
  await at('operator@demo.steadyhand.example', async (page) => {
    await page.goto('/staff/operator');
    await expectSound(page);
    await press(page, 'button', 'Read all of it again');
    await page.waitForURL('/staff/operator#audit');
    await page
      .getByText(/about to be read|being read from the beginning|follows from the one before/)
      .first()
      .waitFor();
    await expectSound(page);
  });
});

it.each([
  ['', true],
  [', the patient without JavaScript', false],
])(
  'the whole road: consultation, prescription, consent, treatment, review visit; and nobody leaves it%s',
  async (_how, javaScriptEnabled) => {
    // The same people walk it again, as if for the first time.
    if (!javaScriptEnabled) await open();
    // The pages are the same on both ways, so they are looked at once.
    const look = (page: Page) => (javaScriptEnabled ? expectSound(page) : Promise.resolve());
    const atPatient = (work: (page: Page) => Promise<void>) => at(PATIENT, work, { javaScriptEnabled });
    let consultation = '';
    let treatment = '';

    await atPatient(async (page) => {
      await page.goto('/my-care');
      await look(page);
      consultation = await bookConsultation(page, 'amara-okafor-bell', look);
      await page.goto(`/my-care/appointments/${consultation}/move`);
      await look(page);
      await page.goto(`/my-care/appointments/${consultation}/cancel`);
      await look(page);
    });

    // Nobody begins before the day has come, and who may only treat finds no such patient.
    await at(ESTHETICIAN, async (page) => {
      expect((await page.goto(`/desk/appointments/${consultation}`))!.status()).toBe(404);
    });
    await town.moveClockTo(await startOf(town, consultation));

    await at(PRESCRIBER, async (page) => {
      await page.goto('/desk');
      await look(page);
      await press(page, 'link', 'Hannah Whitlock');
      await page.waitForURL(/\/desk\/appointments\//);
      await look(page);
      await press(page, 'button', 'Start the visit');
      await page.goto(`/desk/appointments/${consultation}/consultation`);
      await look(page);

      // Signed as it is, it says beside each field what is missing, and loses nothing.
      await page.locator('[name=examination]').fill('Strong, even movement. Brows level.');
      await page.locator('[name=outcome][value=suitable]').press('Space');
      await press(page, 'button', 'Sign the record');
      await page.getByRole('alert').waitFor();
      expect(await page.locator('[name=examination]').inputValue()).toBe(
        'Strong, even movement. Brows level.',
      );

      await fillConsultation(page);
      await press(page, 'button', 'Sign the record');
      await page.waitForURL(/\/prescription$/);
      expect(await stateOf(town, consultation)).toBe('completed');
      await page.goto(`/desk/appointments/${consultation}/consultation`);
      await look(page);

      await prescribe(page, consultation, 'Maya Lindqvist', look);
    });
    const prescription = await prescriptionOf(town, consultation);

    await atPatient(async (page) => {
      await page.goto('/my-care');
      await look(page);
      await press(page, 'link', 'Read the summary');
      await page.waitForURL(/\/consultations\//);
      await look(page);
      expect(await page.getByRole('main').textContent()).toContain('Yes, more softly.');
      // Before consent there is nothing to book, and a way to it.
      await page.goto(`/my-care/prescriptions/${prescription}/treatment`);
      await look(page);
      expect(await page.getByRole('main').locator('.time').count()).toBe(0);
      await press(page, 'link', 'Read and decide');
      await page.waitForURL(`/my-care/prescriptions/${prescription}/consent`);
      await look(page);
      await press(page, 'button', 'I agree');
      await page.getByRole('alert').waitFor();
      for (const item of await page.getByRole('checkbox').all()) await item.press('Space');
      await press(page, 'button', 'I agree');
      await page.waitForURL(/\/my-care$/);
      treatment = await chooseTreatmentTime(page, look);
    });
    const hours = await town.ask(
      `SELECT (extract(epoch FROM lower(a.during) - a.consultation_signed_at) / 3600)::int::text FROM appointment a WHERE id = $1`,
      [treatment],
    );
    expect(Number(hours)).toBeGreaterThanOrEqual(48);

    await town.moveClockTo(await startOf(town, treatment));
    await at(ESTHETICIAN, async (page) => {
      await page.goto('/desk');
      await look(page);
      await page.goto(`/desk/appointments/${treatment}`);
      await look(page);
      // What the prescriber wrote is not hers to read.
      expect((await page.goto(`/desk/appointments/${consultation}/consultation`))!.status()).toBe(404);
      await startTreatment(page, treatment, look);
      // More than was prescribed: a fact, so it can be written down, with the reason.
      await chart(page, '11');
      await press(page, 'button', 'Sign what was given');
      await page.getByRole('alert').waitFor();
      await page
        .locator('[name=deviation-over_dose]')
        .fill('Asymmetry at rest; agreed with Dr Okafor-Bell by telephone.');
      await press(page, 'button', 'Sign what was given');
      await page.waitForURL(/\/treatment$/);
      expect(await stateOf(town, treatment)).toBe('completed');
      await page.goto(`/desk/appointments/${treatment}/treatment`);
      await look(page);
      await page.goto('/desk/calendar');
      await look(page);
      await page.goto('/desk/patients');
      await look(page);
    });
    expect(await town.ask(`SELECT string_agg(kind, ',') FROM deviation`)).toBe('over_dose');
    expect(await town.ask(`SELECT state FROM prescription WHERE id = $1`, [prescription])).toBe('used');

    let review = '';
    await atPatient(async (page) => {
      await page.goto('/my-care');
      await look(page);
      const words = (await page.getByRole('main').textContent())!;
      expect(words.trimStart().startsWith('Something doesn’t feel right?')).toBe(true);
      await page.goto(`/my-care/appointments/${treatment}/urgent`);
      await look(page);
      await page.getByLabel(/What do you notice/).fill('My left eyelid hangs a little since this morning.');
      await page.getByLabel(/which number/).fill('07700 900123');
      await press(page, 'button', 'Send');
      await page.getByText(/Somebody answers by/).waitFor();
      review = await bookReview(page, treatment, look);
    });

    await at(PRESCRIBER, async (page) => {
      await page.goto('/desk');
      expect(await page.getByRole('main').textContent()).toContain('My left eyelid hangs');
      await look(page);
      await press(page, 'button', 'I have it');
    });

    await town.moveClockTo(await startOf(town, review));
    await at(ESTHETICIAN, async (page) => {
      await holdReview(page, review, look);
    });
    expect(await stateOf(town, review)).toBe('completed');

    await atPatient(async (page) => {
      await page.goto('/my-care');
      expect(await page.getByRole('main').textContent()).toContain('Review visit');
      await look(page);
    });
    // The audit trail holds, and says who read what.
    expect(
      Number(await town.ask(`SELECT count(*)::text FROM audit WHERE stream LIKE 'patient:%'`)),
    ).toBeGreaterThan(5);
  },
);
