import { expect, it } from 'vitest';
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { refusals } from '#lib/server/domain/shared/refusals.ts';
import { acting, later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import type { Patient, Practitioner } from '../builders/people.ts';
import { goAbroad, type Abroad } from './abroad.ts';
import { openTown, person, shared, type Town } from './world.ts';

let town: Town;
let queensland: Abroad;
let doctor: Practitioner;
let patient: Patient;
let treatment: care.Treatment;
shared(async () => {
  town = await openTown();
  queensland = await goAbroad(town, 'queensland');
  doctor = await queensland.practitioner('doctor');
  patient = await queensland.patient();
  const { db, where } = queensland;
  const consultation = await care.consulted(db, { patient, prescriber: doctor, where });
  const consent = await care.giveConsent(db, await care.prescribe(db, consultation));
  await passTime(db, { hours: 49 });
  treatment = await care.bookTreatment(db, consent, await later(db));
  await care.treat(db, treatment);
  await passTime(db, { hours: 24 });
});

/** What tells of others' experience, or shows them. */
const SHOWN = /testimonial|people wrote|before and after|star rating|out of 5/i;
const inMain = async (page: Page) => (await page.getByRole('main').textContent())!;

it('a practitioner in Queensland has neither testimonials nor pictures of people, anywhere in public', async () => {
  const { page, context, faults } = await person(town);
  await page.goto(`/practitioners/${doctor.slug}`);
  const profile = await inMain(page);
  expect(profile).not.toMatch(SHOWN);
  expect(await page.getByRole('heading', { name: /review|before and after/i }).count()).toBe(0);
  const data = await page.locator('script[type="application/ld+json"]').allTextContents();
  expect(data.join()).not.toMatch(/review|rating/i);
  // There is no page of pictures, and it says why.
  const { page: visitor, context: anybody } = await person(town);
  const answered = await visitor.goto(`/practitioners/${doctor.slug}/pictures`);
  expect(answered!.status()).toBe(404);
  expect(await inMain(visitor)).toContain(refusals.pictures_not_public.text);
  expect(await visitor.locator('img[src^="/pictures/"], picture').count()).toBe(0);
  expect(await visitor.title()).not.toMatch(SHOWN);
  await anybody.close();

  // In England the same page speaks of reviews, so the silence above is the law's.
  await page.goto('/practitioners/amara-okafor-bell');
  expect(await inMain(page)).toContain('What people wrote after a visit');

  await page.goto('/search?place=Brisbane');
  expect(await inMain(page)).not.toMatch(SHOWN);
  const answer = await page.request.get(`/api/v1/practitioners/${doctor.slug}/checks`);
  expect(await answer.text()).not.toMatch(/review|testimonial|photo/i);
  expect(faults).toEqual([]);
  await context.close();
});

it('a patient there is asked for no review and can send none', async () => {
  const { page, context } = await person(town);
  await queensland.signIn(page, patient);
  await page.goto(`/my-care/appointments/${treatment.id}`);
  expect(await page.getByRole('link', { name: /^Review this visit/ }).count()).toBe(0);
  await page.goto(`/my-care/appointments/${treatment.id}/review`);
  expect(await page.getByRole('button', { name: 'Send the review' }).count()).toBe(0);

  // Past every page, the database says the same.
  const said = acting(queensland.db, patient, (trx) =>
    sql`INSERT INTO review (appointment_id, listened, explained_risks, free_to_say_no, clean_and_calm, easy_to_reach, words)
      VALUES (${treatment.id}, 'yes', 'yes', 'yes', 'yes', 'yes', 'They listened, and took their time.')`.execute(
      trx,
    ),
  );
  await expect(said).rejects.toMatchObject({ constraint: 'review_allowed' });
  await context.close();
});

it('a picture there is for the consultation at most', async () => {
  expect(await town.ask(`SELECT portfolio_lawful('queensland', $1)`, [doctor.id])).not.toBe('public');
  const { page, context, faults } = await person(town);
  await queensland.signIn(page, doctor);
  await page.goto('/desk/portfolio');
  expect(await inMain(page)).toContain('keeps such pictures off public pages');
  expect(faults).toEqual([]);
  await context.close();
});
