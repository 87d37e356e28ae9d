import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import type { Patient, Practitioner } from '../builders/people.ts';
import { book } from '../builders/visits.ts';
import { goAbroad, type Abroad } from './abroad.ts';
import { stateOf } from './road-steps.ts';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
let leeds: Abroad;
shared(async () => {
  town = await openTown();
  leeds = await goAbroad(town, 'england');
});

async function at(who: Practitioner, work: (page: Page) => Promise<void>, javaScriptEnabled = true) {
  const { page, context, faults } = await person(town, { javaScriptEnabled });
  await leeds.signIn(page, who);
  await work(page);
  expect(faults).toEqual([]);
  await context.close();
}

/** Treated four months ago; booked in half an hour to talk again, with a tablet that is new. */
async function comesAgain(): Promise<{ doctor: Practitioner; patient: Patient; visitId: string }> {
  const { db, where } = leeds;
  const doctor = await leeds.practitioner('doctor');
  const patient = await leeds.patient();
  const first = await care.consulted(db, { patient, prescriber: doctor, where });
  const consent = await care.giveConsent(db, await care.prescribe(db, first));
  await passTime(db, { hours: 49 });
  await care.treat(db, await care.bookTreatment(db, consent, await later(db)));
  await passTime(db, { hours: 120 * 24 });
  await care.answerHealth(db, patient, {
    answers: { version: '2', pregnant: 'no', blood_thinners: 'yes', medicines: 'Apixaban' },
  });
  const { id } = await book(db, {
    kind: 'consultation',
    patient,
    who: doctor,
    where,
    at: await later(db, { minutes: 30 }),
  });
  return { doctor, patient, visitId: id };
}

it('an empty day at reception offers booking once, and leads on to the next day with visits', async () => {
  const { page, faults } = await person(town);
  await signIn(page, 'reception@demo.steadyhand.example');
  // Long before the town began.
  const before = await town.ask(`SELECT (app_now() - interval '200 days')::date::text`);
  await page.goto(`/desk/reception?day=${before}`);
  const main = page.getByRole('main');
  await main.getByText('Nobody is booked on this day').waitFor();
  expect(await main.getByRole('link', { name: 'Book for somebody' }).count()).toBe(1);
  await expectSound(page);
  await main.getByText('The next day with visits is').getByRole('link').press('Enter');
  await page.waitForURL((url) => url.searchParams.get('day') !== before);
  expect(await main.locator('.visit').count()).toBeGreaterThan(0);
  expect(faults).toEqual([]);
});

it.each([
  ['', true],
  [', without JavaScript', false],
])(
  'the day of a prescriber: who comes, what to know first, and one press to begin%s',
  { timeout: 300_000 },
  async (_how, javaScriptEnabled) => {
    const look = (page: Page) => (javaScriptEnabled ? expectSound(page) : Promise.resolve());
    const { doctor, visitId } = await comesAgain();
    await at(
      doctor,
      async (page) => {
        await page.goto('/desk');
        await look(page);
        const main = page.getByRole('main');
        // Who comes stands above everything that can wait.
        expect(await main.getByRole('heading', { level: 2 }).first().textContent()).toBe('Who comes');
        await page.goto(`/desk/appointments/${visitId}`);
        await look(page);
        for (const words of ['Take care: Bleeds easily', 'Apixaban', 'Allergan units', 'no more waiting'])
          expect((await main.textContent())!.replace(/\s+/g, ' '), words).toContain(words);
        await page.goto('/desk');
        await press(page, 'button', /^Start the visit/);
        await page.waitForURL(/\/consultation$/);
        expect(await stateOf(town, visitId)).toBe('started');
        expect(await main.getByRole('heading', { level: 2 }).first().textContent()).toBe('Know first');
        await look(page);
        // Nothing about a finding is to be passed over before it has an answer.
        const note = page.locator('[name="contra-bleeding-note"]');
        expect(await note.isVisible()).toBe(false);
        await page.locator('[name="contra-bleeding-present"][value=yes]').check();
        expect(await note.isVisible()).toBe(true);
        await page.goto('/desk');
        await press(page, 'link', /^Go on with the record/);
        await page.waitForURL(/\/consultation$/);
      },
      javaScriptEnabled,
    );
  },
);

it.each([
  ['', true],
  [', without JavaScript', false],
])(
  'a patient is found by a part of the name, and no name stands in an address%s',
  async (_how, hasScripts) => {
    const { doctor, patient } = await comesAgain();
    const [name, family] = (
      await town.ask(
        `SELECT given_name || ' ' || family_name || '|' || family_name FROM patient WHERE id = $1`,
        [patient.id],
      )
    ).split('|');
    await at(
      doctor,
      async (page) => {
        const main = page.getByRole('main');
        await page.goto('/desk/patients');
        await press(page, 'button', 'Find');
        await main.getByText('Write a name, or a part of one').first().waitFor();
        await page.getByLabel('Find by name').fill(family!.toUpperCase());
        await press(page, 'button', 'Find');
        await main.getByText(/of yours with/).waitFor();
        if (hasScripts) await expectSound(page);
        expect(await main.getByRole('heading', { level: 2 }).allTextContents()).toContain(name);
        expect(page.url()).not.toContain(encodeURIComponent(family!.toUpperCase()));
        await press(page, 'link', name!);
        await page.waitForURL(/\/desk\/patients\/[0-9a-f-]+$/);
      },
      hasScripts,
    );
  },
);
