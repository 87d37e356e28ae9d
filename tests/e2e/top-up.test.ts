import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { refusals } from '#lib/server/domain/shared/refusals.ts';
import { acting, later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { clinicMember, type Patient, type Practitioner } from '../builders/people.ts';
import { supervise } from '../builders/vetting.ts';
import { goAbroad, type Abroad } from './abroad.ts';
import { chart, startOf, startTreatment, stateOf } from './road-steps.ts';
import { expectSound, openTown, person, press, shared, type Town } from './world.ts';

let town: Town;
let leeds: Abroad;
let dublin: Abroad;
shared(async () => {
  town = await openTown();
  leeds = await goAbroad(town, 'england');
  dublin = await goAbroad(town, 'ireland');
});

async function at(
  place: Abroad,
  who: { accountId: string },
  work: (page: Page) => Promise<void>,
  options: { javaScriptEnabled?: boolean } = {},
): Promise<void> {
  const { page, context, faults } = await person(town, options);
  await place.signIn(page, who);
  await work(page);
  expect(faults).toEqual([]);
  await context.close();
}

/** Prescribed with eight units kept back, and consented to; the time to think is over. */
async function agreed(place: Abroad, doctor: Practitioner, injector = doctor) {
  const { db, where } = place;
  const patient: Patient = await place.patient();
  const consultation = await care.consulted(db, { patient, prescriber: doctor, where });
  const prescription = await care.prescribe(db, consultation, { injector, topUpUnits: 8 });
  const consent = await care.giveConsent(db, prescription);
  await passTime(db, { hours: 50 });
  return { patient, prescription, consent };
}

it.each([
  ['', true],
  [', without JavaScript', false],
])(
  'a small correction: it waits for the review, is booked by the patient, and takes what was kept back%s',
  { timeout: 300_000 },
  async (_how, javaScriptEnabled) => {
    const { db } = leeds;
    const look = (page: Page) => (javaScriptEnabled ? expectSound(page) : Promise.resolve());
    const doctor = await leeds.practitioner('doctor');
    const { patient, prescription, consent } = await agreed(leeds, doctor);
    const treatment = await care.bookTreatment(db, consent, await later(db));
    await care.treat(db, treatment);
    await passTime(db, { hours: 15 * 24 });

    await at(
      leeds,
      patient,
      async (page) => {
        await page.goto('/my-care');
        expect(await page.getByRole('main').textContent()).toContain('Small correction');
        await page.goto(`/my-care/prescriptions/${prescription.id}/top-up`);
        await look(page);
        expect(await page.getByRole('main').textContent()).toContain('Your review visit, in person.');
        expect(await page.getByRole('main').locator('.time').count()).toBe(0);
      },
      { javaScriptEnabled },
    );
    const review = await care.reviewed(db, treatment);
    await at(leeds, doctor, async (page) => {
      await page.goto(`/desk/appointments/${review.id}/review-visit`);
      await look(page);
      expect(await page.getByRole('link', { name: 'Put an adverse event on record' }).count()).toBe(1);
      await press(page, 'link', 'book it while the patient is here');
      await page.waitForURL(/\/top-up$/);
      await look(page);
      expect(await page.getByRole('main').locator('.time').count()).toBeGreaterThan(0);
    });

    let topUp = '';
    await at(
      leeds,
      patient,
      async (page) => {
        await page.goto('/my-care');
        await look(page);
        await page
          .getByRole('listitem')
          .filter({ hasText: 'Small correction' })
          .getByRole('link', { name: 'Choose a time' })
          .last()
          .press('Enter');
        await page.waitForURL(/\/top-up$/);
        await look(page);
        expect(await page.getByRole('main').textContent()).toMatch(/At most 8 \w+ units/);
        await page.getByRole('main').locator('.time').first().press('Enter');
        await page.waitForURL(/\/my-care\/appointments\/[0-9a-f-]+$/);
        expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Small correction');
        await look(page);
        topUp = page.url().split('/').at(-1)!;
        await page.goto(`/my-care/prescriptions/${prescription.id}/top-up`);
        expect(await page.getByRole('main').textContent()).toContain('It is booked');
      },
      { javaScriptEnabled },
    );

    await town.moveClockTo(await startOf(town, topUp));
    await at(leeds, doctor, async (page) => {
      await startTreatment(page, topUp, look);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Top-up');
      // Nine units of eight kept back want a reason; eight do not.
      await chart(page, '4,5');
      const sum = page.locator('.totals');
      expect(await sum.textContent()).toMatch(/In all: 9 \w+ units, of at most 8\s+1 more than prescribed/);
      await press(page, 'button', 'Sign what was given');
      await page.locator('[name=deviation-over_dose]').waitFor();
      await chart(page, '4');
      expect(await sum.textContent()).not.toContain('more than prescribed');
      await press(page, 'button', 'Sign what was given');
      await expect.poll(() => stateOf(town, topUp)).toBe('completed');
    });
    expect(await town.ask(`SELECT state FROM prescription WHERE id = $1`, [prescription.id])).toBe('used');
    expect(
      await town.ask(`SELECT count(*)::text FROM deviation d JOIN treatment_record t ON t.id = d.treatment_id
        WHERE t.appointment_id = '${topUp}'`),
    ).toBe('0');
  },
);

it('in Ireland a nurse begins only while the doctor is on site, by the doctor’s own word', async () => {
  const { db } = dublin;
  const doctor = await dublin.practitioner('doctor');
  const nurse = await dublin.practitioner('registered_nurse');
  await supervise(db, nurse, doctor, { jurisdiction: 'ireland' });
  const { patient, consent } = await agreed(dublin, doctor, nurse);
  const treatment = await care.bookTreatment(db, consent, await later(db));
  await care.planVial(db, treatment, await care.vial(db, { where: dublin.where, dispensedFor: patient }));
  await care.confirmHealth(db, treatment);
  await care.confirmConsent(db, consent);

  const onPage = async (page: Page) => {
    await page.goto(`/desk/appointments/${treatment.id}/treatment`);
    return (await page.getByRole('main').textContent())!;
  };
  await at(dublin, nurse, async (page) => {
    await page.goto(`/desk/appointments/${treatment.id}`);
    expect(await page.getByRole('link', { name: 'Prepare and start' }).count()).toBe(1);
    expect(await onPage(page)).toContain('The prescriber has to be on site, and has not said so.');
    await expectSound(page);
    expect(await page.getByRole('button', { name: 'Start the treatment' }).count()).toBe(0);
  });
  await at(dublin, doctor, async (page) => {
    // Only who gives it has something to prepare.
    await page.goto(`/desk/appointments/${treatment.id}`);
    expect(await page.getByRole('link', { name: 'The treatment', exact: true }).count()).toBe(1);
    await page.goto('/desk');
    await expectSound(page);
    await press(page, 'button', /^I am at/);
    await page.getByText(/It counts until/).waitFor();
    await expectSound(page);
  });
  await at(dublin, nurse, async (page) => {
    expect(await onPage(page)).toContain('Here at least: on site');
    await press(page, 'button', 'Start the treatment');
    await page.getByText(refusals.prescriber_place_not_said.text).first().waitFor();
    // The truth is kept as it was said, and refused in plain words.
    await page.getByRole('radio', { name: /^Reachable/ }).press('Space');
    await page.locator('[name=prescriberWay]').fill('Telephone 01 960 0101');
    await press(page, 'button', 'Start the treatment');
    await page.getByText(refusals.prescriber_too_far.text).first().waitFor();
    expect(await page.locator('[name=prescriberWay]').inputValue()).toBe('Telephone 01 960 0101');
    await expectSound(page);
    await page.getByRole('radio', { name: /^On site/ }).press('Space');
    await press(page, 'button', 'Start the treatment');
    await expect.poll(() => stateOf(town, treatment.id)).toBe('started');
  });
  expect(
    await town.ask(`SELECT facts ->> 'prescriber_where' FROM start_proof WHERE appointment_id = $1`, [
      treatment.id,
    ]),
  ).toBe('on_site');
});

it.each([
  ['', true],
  [', without JavaScript', false],
])(
  'at the desk: somebody on the telephone gets the top-up, and the desk reads nothing of the record%s',
  async (_how, javaScriptEnabled) => {
    const { db, where } = leeds;
    const look = (page: Page) => (javaScriptEnabled ? expectSound(page) : Promise.resolve());
    const doctor = await leeds.practitioner('doctor');
    const { patient, prescription, consent } = await agreed(leeds, doctor);
    const treatment = await care.bookTreatment(db, consent, await later(db));
    await care.treat(db, treatment);
    await passTime(db, { hours: 15 * 24 });
    const member = await clinicMember(db, where);
    const address = `/desk/reception/people/${patient.id}`;
    const said = async (page: Page) => (await page.getByRole('main').textContent())!;
    const clinical = [prescription.id, 'units', 'Botox', 'frown'];

    await at(
      leeds,
      member,
      async (page) => {
        await page.goto(address);
        await look(page);
        expect(await said(page)).toContain('A review visit in person comes first.');
        expect(await page.getByRole('link', { name: 'Book it' }).count()).toBe(0);
        await page.goto(`${address}/top-up`);
        await look(page);
        expect(await page.getByRole('main').locator('.time').count()).toBe(0);
      },
      { javaScriptEnabled },
    );
    await care.reviewed(db, treatment);
    await at(
      leeds,
      member,
      async (page) => {
        await page.goto(address);
        await look(page);
        await press(page, 'link', 'Book it');
        await page.waitForURL(/\/top-up$/);
        await look(page);
        for (const word of clinical) expect(await page.content()).not.toContain(word);

        // What changed since is for the practitioner alone: nothing is booked, and how they asked is kept.
        const answered = await care.answerHealth(db, patient, { answers: { more: 'A new medicine' } });
        await page.getByRole('radio', { name: 'At the desk' }).press('Space');
        await page.getByRole('main').locator('.time').first().press('Enter');
        await page.getByText(refusals.top_up_ask_first.text).first().waitFor();
        await look(page);
        expect(await page.getByRole('radio', { name: 'At the desk' }).isChecked()).toBe(true);
        for (const word of clinical) expect(await page.content()).not.toContain(word);
        expect(
          await town.ask(`SELECT count(*)::text FROM appointment WHERE top_up_of_id = $1`, [treatment.id]),
        ).toBe('0');
        await acting(db, doctor, (trx) =>
          trx
            .insertInto('health_decision')
            .values({
              health_answers_id: answered,
              patient_id: patient.id,
              prescriber_id: doctor.id,
              decision: 'may_proceed',
              reason: 'Read and discussed',
              decided_by: doctor.accountId,
            })
            .execute(),
        );

        await page.getByRole('main').locator('.time').first().press('Enter');
        await page.waitForURL(/\/desk\/reception\/appointments\/[0-9a-f-]+$/);
        await look(page);
        const topUp = page.url().split('/').at(-1)!;
        expect(await town.ask(`SELECT state || ' ' || channel FROM appointment WHERE id = $1`, [topUp])).toBe(
          'confirmed desk',
        );
        await page.goto(`${address}/top-up`);
        await look(page);
        expect(await said(page)).toContain('It is booked.');
        await page.goto(`/desk/prescriptions/${prescription.id}/top-up`);
        expect(await page.getByRole('heading', { level: 1 }).textContent()).not.toContain('top-up');
      },
      { javaScriptEnabled },
    );
  },
);
