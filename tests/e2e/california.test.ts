import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { sql } from 'kysely';
import { refusals } from '#lib/server/domain/shared/refusals.ts';
import type { Patient, Practitioner } from '../builders/people.ts';
import { supervise } from '../builders/vetting.ts';
import { goAbroad, type Abroad } from './abroad.ts';
import {
  agree,
  bookConsultation,
  bookReview,
  chart,
  chooseTreatmentTime,
  holdConsultation,
  holdReview,
  prescribe,
  prescriptionOf,
  startOf,
  startTreatment,
  stateOf,
} from './road-steps.ts';
import { openTown, person, personAgain, press, sendTampered, shared, type Town } from './world.ts';

let town: Town;
let california: Abroad;
let physician: Practitioner;
let nurse: Practitioner;
let esthetician: Practitioner;
let patient: Patient;
shared(async () => {
  town = await openTown();
  california = await goAbroad(town, 'california');
  physician = await california.practitioner('doctor');
  nurse = await california.practitioner('registered_nurse');
  esthetician = await california.practitioner('esthetician', { checked: false });
  patient = await california.patient();
  await supervise(california.db, nurse, physician, { jurisdiction: 'california' });
});

const unseen = () => Promise.resolve();
const nameOf = ({ id }: { id: string }) =>
  town.ask(`SELECT display_name FROM practitioner WHERE id = $1`, [id]);

async function at(who: { accountId: string }, work: (page: Page) => Promise<void>): Promise<void> {
  const { page, faults } = await personAgain(town, who.accountId, { timezoneId: 'America/Los_Angeles' });
  await california.signIn(page, who);
  await work(page);
  expect(faults).toEqual([]);
}

it('an esthetician is listed by nobody in California', async () => {
  const { page, context } = await person(town);
  const applicant = await california.patient();
  await california.signIn(page, applicant);
  await page.goto('/application/begin?in=california');
  expect(await page.getByRole('radio', { name: 'Registered nurse' }).count()).toBe(1);
  expect(await page.getByRole('radio', { name: 'Esthetician' }).count()).toBe(0);
  // Sent all the same, by a page that was tampered with.
  await sendTampered(page.getByRole('radio', { name: 'Registered nurse' }), 'esthetician', 'Continue');
  await page.getByText(refusals.profession_not_here.text).first().waitFor();
  expect(
    await town.ask(
      `SELECT count(*)::text FROM application a JOIN practitioner p ON p.id = a.practitioner_id WHERE p.account_id = $1`,
      [applicant.accountId],
    ),
  ).toBe('0');
  await page.goto('/application/begin?in=texas');
  expect(await page.getByRole('radio', { name: 'Esthetician' }).count()).toBe(1);
  await context.close();
});

it('a registered nurse treats what a physician prescribed, and no esthetician can be named for it', async () => {
  let consultation = '';
  let treatment = '';
  let review = '';
  await at(patient, async (page) => {
    consultation = await bookConsultation(page, physician.slug, unseen);
  });
  await town.moveClockTo(await startOf(town, consultation));
  await at(physician, async (page) => {
    await holdConsultation(page, consultation);
    await page.goto(`/desk/appointments/${consultation}/prescription`);
    const offered = (await page.getByRole('main').textContent())!;
    expect(offered).toContain(await nameOf(nurse));
    expect(offered).not.toContain(await nameOf(esthetician));

    // The name of the esthetician, put in by hand.
    await page.locator('[name=productCode]').selectOption({ index: 1 });
    await page.locator('[name=doseUnits]').fill('20');
    await page.locator('[name=topUpUnits]').fill('0');
    await page.locator('[name=region][value=frown_lines]').setChecked(true);
    await sendTampered(page.locator('[name=injectorId]').first(), esthetician.id, 'Sign the prescription');
    await page.getByText(refusals.injector_not_permitted.text).first().waitFor();
    expect(
      await town.ask(`SELECT count(*)::text FROM prescription WHERE injector_id = $1`, [esthetician.id]),
    ).toBe('0');
    await prescribe(page, consultation, await nameOf(nurse), unseen);
  });
  const prescription = await prescriptionOf(town, consultation);
  await at(patient, async (page) => {
    await agree(page, prescription);
    treatment = await chooseTreatmentTime(page, unseen);
  });
  await town.moveClockTo(await startOf(town, treatment));
  // Hers is no such patient.
  await at(esthetician, async (page) => {
    expect((await page.goto(`/desk/appointments/${treatment}`))!.status()).toBe(404);
  });
  await at(nurse, async (page) => {
    await startTreatment(page, treatment, unseen);
    await chart(page, '10');
    await press(page, 'button', 'Sign what was given');
  });
  expect(await stateOf(town, treatment)).toBe('completed');
  const { rows } = await sql<{ deviations: string; product: string }>`
      SELECT (SELECT count(*) FROM deviation)::text AS deviations, product_code AS product FROM treatment_record WHERE appointment_id = ${treatment}`.execute(
    california.db,
  );
  expect(rows).toEqual([{ deviations: '0', product: 'botox_cosmetic' }]);

  await at(patient, async (page) => {
    review = await bookReview(page, treatment, unseen);
  });
  await town.moveClockTo(await startOf(town, review));
  await at(nurse, (page) => holdReview(page, review, unseen));
  expect(await stateOf(town, review)).toBe('completed');
});
