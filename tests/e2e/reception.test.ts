import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import {
  expectSound,
  openTown,
  person,
  press,
  pressEnter,
  shared,
  signIn,
  signInByForm,
  type Town,
} from './world.ts';

const RECEPTION = 'reception@demo.steadyhand.example';
const PRESCRIBER = 'Dr Amara Okafor-Bell';

let town: Town;
shared(async () => {
  town = await openTown();
  // A Tuesday just after the doors open, with the weeks around it as the town has them.
  await town.moveClockTo(
    await town.ask(
      `SELECT ((date_trunc('week', app_now() AT TIME ZONE 'Europe/London') + interval '8 days 9 hours 2 minutes') AT TIME ZONE 'Europe/London')::text`,
    ),
  );
});

const idIn = (page: Page) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(page.url())![0];
const visit = (id: string, column: string) =>
  town.ask(`SELECT (${column})::text FROM appointment WHERE id = $1`, [id]);

/** Date of birth first. */
async function find(page: Page, dateOfBirth: string, name: string): Promise<void> {
  const [year, month, day] = dateOfBirth.split('-') as [string, string, string];
  await page.goto('/desk/reception');
  await press(page, 'link', 'Book for somebody');
  await page.waitForURL(/\/book/);
  await page.getByLabel('Day', { exact: true }).fill(day);
  await page.getByLabel('Month', { exact: true }).fill(month);
  await page.getByLabel('Year', { exact: true }).fill(year);
  await page.getByLabel(/^Name/).fill(name);
  await press(page, 'button', 'Find');
  await page.getByRole('heading', { name: 'Here already' }).waitFor();
}

/** Goes on with somebody whom nobody here knows, to the times. */
async function enterNew(page: Page, phone: string): Promise<void> {
  await page.getByLabel('Telephone').fill(phone);
  await press(page, 'button', 'Choose a time');
  await page.getByRole('heading', { name: 'Choose a time' }).waitFor();
}

/** Presses one of today's times with the prescriber, and answers the visit's id. */
async function pickToday(page: Page, which: 'first' | 'last'): Promise<string> {
  const today = await page
    .getByRole('button', { name: new RegExp(`, with ${PRESCRIBER}$`) })
    .first()
    .getAttribute('aria-label');
  const day = today!.split(', ')[1]!;
  const times = page.getByRole('button', { name: new RegExp(`, ${day}, with ${PRESCRIBER}$`) });
  await times[which]().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/appointments\//);
  return idIn(page);
}

it('a receptionist’s morning, by keyboard', async () => {
  const { page, context, faults } = await person(town);
  await signInByForm(page, RECEPTION);
  expect(new URL(page.url()).pathname).toBe('/desk/reception');
  await expectSound(page);
  for (const path of ['/desk', '/desk/patients', '/desk/schedule']) {
    expect((await page.request.get(path)).status()).toBe(404);
  }

  // The telephone rings: somebody new, without e-mail.
  await find(page, '1961-03-12', 'Oona Featherstone');
  await expectSound(page);
  await enterNew(page, '0113 496 0123');
  await expectSound(page);
  const oonas = await pickToday(page, 'first');
  expect(await visit(oonas, 'channel')).toBe('telephone');
  await press(page, 'button', 'Add a code for the record');
  await page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/).waitFor();
  await expectSound(page);

  // Somebody whom the clinic knows.
  const { rows } = await town.owner.query<{ id: string; name: string; born: string }>(`
    SELECT DISTINCT p.id, p.given_name || ' ' || p.family_name AS name, p.date_of_birth::text AS born
      FROM patient p JOIN appointment a ON a.patient_id = p.id JOIN practitioner r ON r.id = a.practitioner_id
     WHERE r.slug = 'amara-okafor-bell' AND a.state = 'completed' AND NOT EXISTS (
           SELECT FROM appointment b WHERE b.patient_id = p.id AND lower(b.during) > app_now() - interval '1 day')
     ORDER BY p.id LIMIT 1`);
  const known = rows[0]!;
  await find(page, known.born, known.name);
  await press(page, 'link', known.name);
  await page.waitForURL(/\/people\//);
  await expectSound(page);
  const theirs = await pickToday(page, 'last');
  expect(await visit(theirs, 'patient_id')).toBe(known.id);

  // Somebody walks in.
  await find(page, '1990-11-02', 'Passing Stranger');
  await enterNew(page, '07700 900123');
  await press(page, 'button', 'Take now');
  await page.waitForURL(/\/appointments\//);
  expect(await visit(idIn(page), `state || ' ' || channel`)).toBe('arrived walk_in');

  // Oona Featherstone is here.
  await town.moveClockTo(await visit(oonas, `lower(during) - interval '20 minutes'`));
  await signIn(page, RECEPTION);
  await page.goto('/desk/reception');
  await expectSound(page);
  await press(page, 'button', /^Arrived ?: Oona Featherstone$/);
  await page.getByRole('button', { name: /^Left before being seen ?: Oona/ }).waitFor();
  expect(await visit(oonas, 'state')).toBe('arrived');

  // Another time for the other, and back: the clinic wants it.
  await page.goto(`/desk/reception/appointments/${theirs}/move`);
  await expectSound(page);
  await page.goto(`/desk/reception/appointments/${theirs}/cancel`);
  await expectSound(page);

  await page.goto('/desk/running-late');
  await press(page, 'button', new RegExp(`^20 minutes late ?, ${PRESCRIBER}`));
  await page.getByText('About 20 minutes late.').first().waitFor();

  // And then the prescriber falls ill.
  await page.goto('/desk/closures');
  await page.getByLabel('Whose day').selectOption({ label: await choiceOf(page) });
  await press(page, 'button', 'See who is affected');
  await page.getByRole('heading', { name: 'Close the rest of today?' }).waitFor();
  await expectSound(page);
  const before = await visit(theirs, 'lower(during)');
  const move = page
    .getByRole('group', { name: new RegExp(known.name) })
    .getByRole('radio', { name: /^Move/ });
  await move.first().focus();
  await page.keyboard.press('Space');
  await press(page, 'button', 'Close this time');
  await page.waitForURL(/\/closures$/);
  expect(await visit(oonas, 'state')).toBe('cancelled');
  expect(await visit(theirs, 'state')).toBe('confirmed');
  expect(await visit(theirs, 'lower(during)')).not.toBe(before);

  await page.goto('/desk/reception');
  await page.getByText('Cancelled').first().waitFor();
  for (const path of ['/desk/reception/entries', '/claim-record']) {
    await page.goto(path);
    await expectSound(page);
  }
  expect(faults).toEqual([]);
  await context.close();
});

it('a record made at the desk becomes its person’s, without JavaScript', async () => {
  const desk = await person(town, { javaScriptEnabled: false });
  await signIn(desk.page, RECEPTION);
  await find(desk.page, '1955-06-07', 'Bea Thorne');
  await enterNew(desk.page, '07700 900456');
  await pressEnter(desk.page.locator('button[name=start]').first());
  await desk.page.waitForURL(/\/appointments\//);
  const booked = idIn(desk.page);
  await press(desk.page, 'button', 'Add a code for the record');
  const code = await desk.page.locator('code').innerText();

  // An account of somebody who is no patient here yet.
  const self = await person(town, { javaScriptEnabled: false });
  await signIn(self.page, 'operator@demo.steadyhand.example');
  await self.page.goto('/claim-record');
  await self.page.getByLabel('Day', { exact: true }).fill('7');
  await self.page.getByLabel('Month', { exact: true }).fill('6');
  await self.page.getByLabel('Year', { exact: true }).fill('1955');
  await self.page.getByLabel('The code on the page').fill('2222-2222-2222');
  await press(self.page, 'button', 'Ask for my record');
  await self.page.getByText('don’t fit together').first().waitFor();
  await self.page.getByLabel('The code on the page').fill(code.toLowerCase());
  await press(self.page, 'button', 'Ask for my record');
  await self.page.getByText('Nearly there').waitFor();
  expect((await self.page.request.get(`/my-care/appointments/${booked}`)).status()).toBe(404);

  await press(desk.page, 'link', 'Bea Thorne');
  await desk.page.waitForURL(/\/people\//);
  await desk.page.getByLabel('What was shown').selectOption({ label: 'Passport' });
  await press(desk.page, 'button', /^I have seen it/);
  await desk.page.getByText('Own account').waitFor();
  expect((await self.page.request.get(`/my-care/appointments/${booked}`)).status()).toBe(200);
  expect([...desk.faults, ...self.faults]).toEqual([]);
  await Promise.all([desk.context.close(), self.context.close()]);
});

/** The prescriber's name among those whose day can be closed. */
async function choiceOf(page: Page): Promise<string> {
  const labels = await page.getByLabel('Whose day').locator('option').allInnerTexts();
  return labels.find((label) => label.includes('Okafor-Bell'))!;
}
