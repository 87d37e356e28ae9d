import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import {
  expectSound,
  openTown,
  PASSWORD,
  person,
  press,
  sendTampered,
  shared,
  signIn,
  type Town,
} from './world.ts';

const PATIENT = 'patient@demo.steadyhand.example';
const SAW = 'Spoke with her by video; a passport, and the date of her last visit.';

let town: Town;
shared(async () => {
  town = await openTown();
});

const stateOf = () =>
  town.ask(
    `SELECT r.state FROM account_recovery r JOIN account x ON x.id = r.account_id WHERE x.email = $1 ORDER BY r.id DESC LIMIT 1`,
    [PATIENT],
  );

async function ask(page: Page): Promise<void> {
  await page.getByLabel('E-mail address of the account').fill(PATIENT);
  await page.getByLabel('Address at which you can be written to now').fill('hannah.new@example.test');
  await page.getByLabel('How we reach you').fill('0113 496 0000, after six');
  await press(page, 'button', 'Ask to be let in');
  await page.getByRole('heading', { name: 'We have your request' }).waitFor();
}

async function see(page: Page, words: string): Promise<void> {
  await page.getByLabel('It is them, as far as I can see').check();
  await page.getByLabel('What you saw, or why you refuse').fill(words);
  await press(page, 'button', 'Write it down');
}

it('somebody who has lost everything asks; two of the staff see them, and the owner stops it', async () => {
  const { page, faults } = await person(town);
  await page.goto('/account/sign-in');
  await press(page, 'link', 'I have lost what opens my account');
  await page.waitForURL('/account/recover');
  await expectSound(page);
  await press(page, 'button', 'Ask to be let in');
  await page.getByRole('alert').waitFor();
  await expectSound(page);
  await ask(page);
  await expectSound(page);

  const one = await person(town);
  await signIn(one.page, 'reviewer.one@demo.steadyhand.example');
  await one.page.goto('/staff/recoveries');
  await expectSound(one.page);
  await press(one.page, 'link', /^Hannah/);
  await one.page.getByRole('heading', { name: 'What you saw' }).waitFor();
  await expectSound(one.page);
  await see(one.page, 'It is her');
  await one.page.getByRole('alert').waitFor();
  expect(await one.page.getByLabel('What you saw, or why you refuse').inputValue()).toBe('It is her');
  await see(one.page, SAW);
  await one.page.getByText('You have seen them. Somebody else has to as well.').waitFor();
  await expectSound(one.page);

  const two = await person(town, { javaScriptEnabled: false });
  await signIn(two.page, 'reviewer.two@demo.steadyhand.example');
  await two.page.goto(new URL(one.page.url()).pathname);
  await see(two.page, SAW);
  await two.page.getByText('Seen by two of us; the seven days run').waitFor();
  expect(await stateOf()).toBe('waiting');

  const body = await town.ask(
    `SELECT body FROM mail_message WHERE to_address = $1 AND kind = 'account_changed' ORDER BY id DESC LIMIT 1`,
    [PATIENT],
  );
  const path = /\/account\/recover\/stop\?token=[\w-]+/.exec(body)![0];
  await page.goto(path);
  await expectSound(page);
  expect(await stateOf()).toBe('waiting');
  await press(page, 'button', 'It was not me: stop it');
  await page.getByRole('heading', { name: 'It is stopped' }).waitFor();
  expect(await stateOf()).toBe('stopped');
  await page.goto(path);
  await press(page, 'button', 'It was not me: stop it');
  await page.getByText('It is over already').waitFor();
  await page.goto('/account/recover/finish?token=' + 'a'.repeat(43));
  await expectSound(page);
  await page
    .getByLabel(/password/i)
    .first()
    .fill('five words nobody has guessed');
  await press(page, 'button', 'Save the password');
  await page.getByRole('link', { name: 'Ask again' }).waitFor();
  expect([...faults, ...one.faults, ...two.faults]).toEqual([]);
});

it('one of the staff refuses, without JavaScript', async () => {
  const { page, faults } = await person(town, { javaScriptEnabled: false });
  await page.goto('/account/recover');
  await ask(page);
  await signIn(page, 'operator@demo.steadyhand.example');
  await page.goto('/staff/recoveries');
  await press(page, 'link', /^Hannah/);
  await page.getByLabel('Refuse', { exact: true }).check();
  await page.getByLabel('What you saw, or why you refuse').fill('The voice was another.');
  await press(page, 'button', 'Write it down');
  await page.getByText('The voice was another.').waitFor();
  expect(await stateOf()).toBe('refused');
  expect(faults).toEqual([]);
});

it('whoever has seen them may refuse after all, and nothing else', async () => {
  const { page, faults } = await person(town);
  await page.goto('/account/recover');
  await ask(page);
  await signIn(page, 'operator@demo.steadyhand.example');
  await page.goto('/staff/recoveries');
  await press(page, 'link', /^Hannah/);
  await see(page, SAW);
  await page.getByRole('heading', { name: 'Take it back' }).waitFor();
  expect(await page.getByLabel('It is them, as far as I can see').count()).toBe(0);
  await expectSound(page);
  await press(page, 'button', 'Refuse');
  await page.getByText('Say why you refuse it').first().waitFor();
  expect(await stateOf()).toBe('seen');
  await expectSound(page);
  // The form says refuse; whoever makes it say something else is told no by the database.
  await page.getByLabel('Why you refuse it after all').fill(SAW);
  await sendTampered(page.locator('input[name=step]'), 'saw');
  await page.getByText('Somebody else of the staff has to see them as well.').first().waitFor();
  expect(await stateOf()).toBe('seen');
  await page.getByLabel('Why you refuse it after all').fill('She rang: it was not her.');
  await press(page, 'button', 'Refuse');
  await page.getByText('She rang: it was not her.').waitFor();
  expect(await stateOf()).toBe('refused');
  expect(faults).toEqual([]);
});

it('the owner who is signed in sees it, and stops it after showing who it is', async () => {
  const { page, faults } = await person(town, { javaScriptEnabled: false });
  await page.goto('/account/recover');
  await ask(page);
  await signIn(page, PATIENT);
  await page.goto('/account/sessions');
  await page.getByText('Somebody asks to be let into your account').waitFor();
  await expectSound(page);
  await press(page, 'button', 'Stop it');
  await page.getByText('It is stopped. Nobody is let in').waitFor();
  expect(await stateOf()).toBe('stopped');
  expect(await page.getByRole('button', { name: 'Stop it' }).count()).toBe(0);

  await page.goto('/account/recover');
  await ask(page);
  await town.moveClockTo(await town.ask(`SELECT (app_now() + interval '11 minutes')::text`));
  await page.goto('/account/sessions');
  await press(page, 'button', 'Stop it');
  await page.getByText('Show once more that it is you').first().waitFor();
  expect(await stateOf()).toBe('asked');
  await page.getByLabel(/^Your password/).fill(PASSWORD);
  await press(page, 'button', 'Stop it');
  await page.getByText('It is stopped. Nobody is let in').waitFor();
  expect(await stateOf()).toBe('stopped');
  expect(faults).toEqual([]);
});

it('a stranger who asks first keeps the owner out of nothing: both stand with the staff', async () => {
  // The tests before it have asked as often as one place may in a day.
  await town.ask('DELETE FROM rate_limit', []);
  const { page, faults } = await person(town, { javaScriptEnabled: false });
  await page.goto('/account/recover');
  await ask(page);
  await page.goto('/account/recover');
  await page.getByLabel('E-mail address of the account').fill(PATIENT);
  await page.getByLabel('Address at which you can be written to now').fill('stranger@example.test');
  await page.getByLabel('How we reach you').fill('07700 900000');
  await press(page, 'button', 'Ask to be let in');
  await page.getByRole('heading', { name: 'We have your request' }).waitFor();

  const one = await person(town);
  await signIn(one.page, 'operator@demo.steadyhand.example');
  await one.page.goto('/staff/recoveries');
  await one.page.getByText('2 ask for this account.').waitFor();
  await expectSound(one.page);
  await press(one.page, 'link', 'stranger@example.test');
  await one.page.getByRole('heading', { name: 'Others who ask for this account' }).waitFor();
  await one.page.getByText('Somebody else asks as well').waitFor();
  await one.page.getByText('To be reached: 0113 496 0000, after six').first().waitFor();
  await expectSound(one.page);
  expect([...faults, ...one.faults]).toEqual([]);
});
