import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { begin } from '../builders/visits.ts';
import type { Patient, Practitioner } from '../builders/people.ts';
import { goAbroad, type Abroad } from './abroad.ts';
import { fillConsultation } from './road-steps.ts';
import {
  openTown,
  person,
  personAgain,
  press,
  pressEnter,
  sendTampered,
  shared,
  type Town,
} from './world.ts';

/*
 * People who come with something the rules are there for, and try it on the pages as anybody would. The seventeen-year-old
 * is in `patient.test.ts`.
 */

let town: Town;
let leeds: Abroad;
let doctor: Practitioner;
shared(async () => {
  town = await openTown();
  leeds = await goAbroad(town, 'england');
  doctor = await leeds.practitioner('doctor');
});

async function at(who: { accountId: string }, work: (page: Page) => Promise<void>): Promise<void> {
  const { page, faults } = await personAgain(town, who.accountId);
  await leeds.signIn(page, who);
  await work(page);
  expect(faults).toEqual([]);
}
const inMain = async (page: Page) => (await page.getByRole('main').textContent())!;

/** Seen and found suitable an hour ago, with a prescription that waits for an answer. */
async function prescribedFor(patient: Patient): Promise<care.Prescription> {
  // The doctor is done with whoever came before.
  await passTime(leeds.db, { hours: 2 });
  const consultation = await care.consulted(leeds.db, { patient, prescriber: doctor, where: leeds.where });
  const prescription = await care.prescribe(leeds.db, consultation);
  await passTime(leeds.db, { hours: 1 });
  return prescription;
}

it('somebody who was told to come: no choice of one’s own, no “suitable”, and a kind end', async () => {
  const patient = await leeds.patient();
  await care.answerHealth(leeds.db, patient);
  const visit = await begin(leeds.db, { kind: 'consultation', patient, who: doctor, where: leeds.where });
  await at(doctor, async (page) => {
    await page.goto(`/desk/appointments/${visit.id}/consultation`);
    await page.locator('[name=examination]').fill('Even.');
    await fillConsultation(page);
    await page.locator('[name=ownChoice]').setChecked(false);
    await page.locator('[name=history]').fill('Says her partner has booked this and waits outside.');
    await page.locator('[name=outcome][value=suitable]').press('Space');
    await press(page, 'button', 'Sign the record');
    await page.getByRole('alert').waitFor();
    expect(await page.locator('[name=ownChoice]').isChecked()).toBe(false);
    expect(await page.locator('[name=history]').inputValue()).toContain('partner');
    await page.locator('[name=outcome][value=defer]').press('Space');
    await press(page, 'button', 'Sign the record');
    await page.waitForURL(/\/consultation$/);
    await page.goto(`/desk/appointments/${visit.id}/prescription`);
    expect(await page.getByRole('button', { name: 'Sign the prescription' }).count()).toBe(0);
  });
  await at(patient, async (page) => {
    await page.goto('/my-care');
    const words = await inMain(page);
    // Whoever reads over a shoulder learns nothing of what was said.
    expect(words).not.toContain('partner');
    expect(words).not.toMatch(/refused|not suitable|suspended|locked/i);
    expect(await page.getByRole('link', { name: 'Choose a time' }).count()).toBe(0);
  });
});

it('somebody who says no after the consultation: it ends, and nobody writes to ask why', async () => {
  const patient = await leeds.patient();
  const { id } = await prescribedFor(patient);
  const letters = () =>
    town.ask(
      `SELECT count(*)::text FROM mail_message m JOIN account a ON a.email = m.to_address WHERE a.id = $1`,
      [patient.accountId],
    );
  const before = await letters();
  await at(patient, async (page) => {
    await page.goto(`/my-care/prescriptions/${id}/consent`);
    const no = page.locator('details', { hasText: 'No, thank you' }).first();
    await no.locator('summary').press('Enter');
    await pressEnter(no.getByRole('button', { name: 'No, thank you, I stop here' }));
    await page.goto(`/my-care/prescriptions/${id}/treatment`);
    expect(await page.getByRole('main').locator('button[name=start]').count()).toBe(0);
  });
  await passTime(leeds.db, { hours: 48 });
  expect(await letters()).toBe(before);
});

it('somebody in a hurry: nothing is offered before the time to think is over, and nothing earlier is taken', async () => {
  const patient = await leeds.patient();
  const prescription = await prescribedFor(patient);
  await care.giveConsent(leeds.db, prescription);
  const tomorrow = (await later(leeds.db, { hours: 24 })).round({ smallestUnit: 'hour' });
  await at(patient, async (page) => {
    await page.goto(`/my-care/prescriptions/${prescription.id}/treatment`);
    expect(await inMain(page)).toContain('when your time to think is over');
    const buttons = page.getByRole('main').locator('button[name=start]');
    const offered = await buttons.evaluateAll((all: HTMLButtonElement[]) =>
      all.map(({ value }) => value.split(' ')[0]!),
    );
    const signed = await town.ask(
      `SELECT to_char((consultation_signed_at + interval '48 hours') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM prescription WHERE id = $1`,
      [prescription.id],
    );
    const opens = Temporal.Instant.from(signed);
    const starts = offered.map((start) => Temporal.Instant.from(start));
    expect(starts.length).toBeGreaterThan(0);
    expect(starts.filter((start) => Temporal.Instant.compare(start, opens) < 0)).toEqual([]);

    // The same button, with tomorrow put in by hand.
    const button = buttons.first();
    await sendTampered(button, `${tomorrow} ${(await button.getAttribute('value'))!.split(' ')[1]}`);
    await page.getByRole('alert').waitFor();
    expect(await inMain(page)).toMatch(/Not yet: there is time set aside to think it over first/);
  });
  expect(
    await town.ask(`SELECT count(*)::text FROM appointment WHERE patient_id = $1 AND kind = 'treatment'`, [
      patient.id,
    ]),
  ).toBe('0');

  // And nothing hurries anybody on the way there.
  const { page, context } = await person(town);
  for (const path of ['/', '/search?place=London', `/practitioners/${doctor.slug}`]) {
    await page.goto(path);
    expect([path, await inMain(page)]).toEqual([
      path,
      expect.not.stringMatching(
        /\bonly \d|hurry|last chance|% off|discount|people (are )?(looking|viewing)|ends in/i,
      ),
    ]);
  }
  await context.close();
});

it('somebody who asks for a product by its name finds people, and never reads the name back', async () => {
  const { page, context, faults } = await person(town);
  await page.goto('/');
  for (const typed of ['Botox', 'bo-tox London', 'azzalure']) {
    await page.goto(`/search?q=${encodeURIComponent(typed)}`);
    expect([typed, await page.getByRole('heading', { level: 1 }).textContent()]).toEqual([
      typed,
      expect.stringMatching(/[1-9]\d* practitioners/),
    ]);
    const shown = await page.evaluate<string>(
      'document.title + document.body.innerText + [...document.querySelectorAll("input")].map(({ value }) => value).join()',
    );
    expect([typed, shown]).toEqual([typed, expect.not.stringMatching(/bo-?tox|azzalure/i)]);
  }
  expect(faults).toEqual([]);
  await context.close();
});
