import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import type { Patient, Practitioner } from '../builders/people.ts';
import { begin, type Visit } from '../builders/visits.ts';
import { goAbroad, type Abroad } from './abroad.ts';
import { stateOf } from './road-steps.ts';
import { expectSound, openTown, person, shared, type Town } from './world.ts';

let town: Town;
let leeds: Abroad;
let doctor: Practitioner;
let patient: Patient;
let visit: Visit;
shared(async () => {
  town = await openTown();
  leeds = await goAbroad(town, 'england');
  doctor = await leeds.practitioner('doctor');
  patient = await leeds.patient();
  const { db, where } = leeds;
  const first = await care.consulted(db, { patient, prescriber: doctor, where });
  const consent = await care.giveConsent(db, await care.prescribe(db, first));
  await passTime(db, { hours: 49 });
  await care.treat(db, await care.bookTreatment(db, consent, await later(db)));
  await passTime(db, { hours: 100 * 24 });
  await care.answerHealth(db, patient);
  visit = await begin(db, { kind: 'consultation', patient, who: doctor, where });
});

type Focused = { name: string; type: string; value: string; checked: boolean; text: string };
const focused = (page: Page) =>
  page.evaluate<Focused>(`(({ name = '', type = '', value = '', checked = false, textContent }) =>
    ({ name, type, value, checked, text: textContent.trim() }))(document.activeElement)`);

/** What is typed where; everything else stays as it is. */
const WORDS: Readonly<Record<string, string>> = {
  identityDocument: 'Passport',
  chaperone: 'Declined',
  examination: 'As last time, even on both sides.',
};
/** Where the space bar chooses what the focus stands on. */
const CHOSEN: Readonly<Record<string, string | null>> = {
  identitySeen: null,
  ageSeen: null,
  seenAlone: null,
  ownChoice: null,
  capacity: 'has_capacity',
  bodyImageScreen: 'negative',
  riskTold: null,
  riskAcknowledged: null,
  same: null,
  outcome: 'suitable',
};
/** As fast as somebody who knows the form; the bar is four minutes. */
const KEYS_A_SECOND = 2;

it('a returning visit is gone through and signed with the keyboard alone', async () => {
  const { page, context, faults } = await person(town);
  await leeds.signIn(page, doctor);
  await page.goto(`/desk/appointments/${visit.id}/consultation`);
  await page.getByRole('heading', { name: /^Last time/ }).waitFor();

  let keys = 0;
  const key = async (name: string) => {
    keys += 1;
    await page.keyboard.press(name);
  };
  const from = performance.now();
  for (let steps = 0; steps < 400; steps++) {
    await key('Tab');
    const { name, type, value, checked, text } = await focused(page);
    if (text === 'Sign the record') break;
    const words = WORDS[name];
    if (words !== undefined && value === '') {
      keys += words.length;
      await page.keyboard.type(words);
    }
    const wanted = CHOSEN[name];
    if (wanted === undefined || checked) continue;
    if (type === 'checkbox' || value === wanted) await key('Space');
  }
  await key('Enter');
  await page.waitForURL(/\/prescription$/);
  const seconds = Math.round(performance.now() - from) / 1000;
  process.stdout.write(
    `a returning visit, signed by keyboard: ${keys} keys, ${seconds} s here; at ${KEYS_A_SECOND} keys a second ${Math.round(keys / KEYS_A_SECOND)} s\n`,
  );
  expect(await stateOf(town, visit.id)).toBe('completed');
  // What was confirmed as last time was carried over: nobody typed the plan again.
  expect(await town.ask(`SELECT plan FROM consultation_record WHERE appointment_id = $1`, [visit.id])).toBe(
    'Soften, keep movement.',
  );
  // Read back, it says what was written; what was not stands in one line.
  await page.goto(`/desk/appointments/${visit.id}/consultation`);
  const main = page.getByRole('main');
  expect(await main.getByText('Not given', { exact: true }).count()).toBe(0);
  expect(await main.locator('dt', { hasText: 'Not written down' }).locator('+ dd').textContent()).toMatch(
    /^\s*Speaks against it, .* and interpreter\s*$/,
  );
  await expectSound(page);
  expect(keys / KEYS_A_SECOND).toBeLessThan(4 * 60);
  expect(faults).toEqual([]);
  await context.close();
});
