import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { expectSound, openTown, person, press, pressEnter, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  // The worker writes the letter about a decision, and refreshes search.
  town = await openTown({ entry: 'start' });
});

const PRESCRIBER = 'prescriber@demo.steadyhand.example';
const OLD = 'amara-okafor-bell';
const NEW = 'amara-okafor';

/** Types into a field as a keyboard does, over what stood there. */
async function type(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}
const preview = (page: Page) => page.locator('section', { has: page.locator('#preview') });

it('a listed practitioner edits the profile by keyboard, sees it as patients do, and changes name by two reviewers', async () => {
  const doctor = await person(town);
  const { page } = doctor;
  await signIn(page, PRESCRIBER);
  await page.goto('/desk');
  await press(page, 'link', 'Your profile');
  await page.getByRole('heading', { level: 1, name: 'Your profile' }).waitFor();
  await expectSound(page);

  // A word that no public page may carry is named while it is typed, and refused when it is saved; nothing is lost.
  await type(page, 'One line about how you work', 'Gentle Botox with a light hand');
  await page.getByText('Public pages cannot say “Botox”').first().waitFor();
  await type(page, 'Pronouns (optional)', 'she/they');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Public pages cannot say “Botox”').waitFor();
  expect(await page.getByLabel('One line about how you work').inputValue()).toBe(
    'Gentle Botox with a light hand',
  );
  expect(await page.getByLabel('Pronouns (optional)').inputValue()).toBe('she/they');
  await expectSound(page);

  await type(page, 'One line about how you work', 'Calm, unhurried first talks');
  await preview(page).getByText('Calm, unhurried first talks').waitFor();
  await preview(page).getByText('she/they').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Saved. Patients see it now.').waitFor();
  await page
    .getByRole('row', { name: /One line about how you work.*Calm, unhurried first talks.*You/ })
    .waitFor();
  await page.goto(`/practitioners/${OLD}`);
  await page.getByText('Calm, unhurried first talks').waitFor();
  await expectSound(page);

  // A place: what the rooms offer, and the way to the door.
  await page.goto('/desk/profile');
  const place = page
    .getByRole('main')
    .locator('a[href^="/desk/profile/places/"]:not([href$="/address"])')
    .last();
  await pressEnter(place);
  await page.waitForURL(/\/desk\/profile\/places\//);
  await expectSound(page);
  await type(page, 'How to find the door (optional)', 'Ask for the toxin clinic');
  await page.getByText('Public pages cannot say “toxin”').first().waitFor();
  await press(page, 'button', 'Save');
  await page.getByRole('alert').getByText('Public pages cannot say “toxin”').waitFor();
  expect(await page.getByLabel('How to find the door (optional)').inputValue()).toBe(
    'Ask for the toxin clinic',
  );
  await type(page, 'How to find the door (optional)', 'The green door beside the bakery');
  await press(page, 'button', 'Save');
  await page.getByText('Saved. Patients see it now.').waitFor();

  // A name is asked for; until two reviewers agree the old one stays.
  await press(page, 'link', /^Ask for another address/);
  await page.getByRole('heading', { level: 1, name: 'Another name or address of this place' }).waitFor();
  await expectSound(page);
  await page.goto('/desk/profile');
  await press(page, 'link', /^Ask for another name/);
  await page.getByRole('heading', { level: 1, name: 'Another name' }).waitFor();
  await press(page, 'button', 'Ask two reviewers');
  await page.getByText('Write why, in a sentence').first().waitFor();
  await expectSound(page);
  await type(page, 'Name', 'Amara Okafor');
  await type(page, 'Last name', 'Okafor');
  await type(page, 'Why', 'The register has shown the shorter name since last week.');
  await press(page, 'button', 'Ask two reviewers');
  await page.getByText('Sent. Two reviewers look at it').waitFor();
  await page.getByText('Waiting for a first reviewer.').waitFor();
  await expectSound(page);
  expect((await page.request.get(`/practitioners/${OLD}`)).status()).toBe(200);

  const checker = await person(town);
  await signIn(checker.page, 'reviewer.one@demo.steadyhand.example');
  await checker.page.goto('/staff/vetting');
  await press(checker.page, 'link', 'Changes of what was checked (1 waiting)');
  await press(checker.page, 'link', /^Check ?: name of/);
  await checker.page.getByLabel('What you found at the source').waitFor();
  await expectSound(checker.page);
  await checker.page.getByLabel('What you found at the source').fill('The register shows Amara Okafor.');
  await press(checker.page, 'button', 'Write down what I found');
  await checker.page.getByText('You checked this, so a second reviewer decides.').waitFor();
  expect((await page.request.get(`/practitioners/${OLD}`, { maxRedirects: 0 })).status()).toBe(200);

  const decider = await person(town, { javaScriptEnabled: false });
  await signIn(decider.page, 'reviewer.two@demo.steadyhand.example');
  await decider.page.goto('/staff/profile-changes');
  await press(decider.page, 'link', /^Decide ?: name of/);
  await decider.page.getByLabel('Accept').check();
  await press(decider.page, 'button', 'Decide');
  await decider.page.getByText('Write the reason in a sentence').first().waitFor();
  expect(await decider.page.getByLabel('Accept').isChecked()).toBe(true);
  await decider.page.getByLabel('Reason').fill('I have read it there too.');
  await press(decider.page, 'button', 'Decide');
  await decider.page.getByText('Nothing waits').waitFor();
  await checker.page.goto('/staff/profile-changes');
  await expectSound(checker.page);

  // The old address leads to the new one for good, whichever page of it was kept.
  for (const rest of ['', '/checks', '?from=14']) {
    const old = await page.request.get(`/practitioners/${OLD}${rest}`, { maxRedirects: 0 });
    expect([rest, old.status(), old.headers().location]).toEqual([rest, 301, `/practitioners/${NEW}${rest}`]);
  }
  await page.goto(`/practitioners/${OLD}`);
  await page.getByRole('heading', { level: 1, name: 'Dr Amara Okafor', exact: true }).waitFor();
  await page.goto('/desk/profile');
  await page.getByRole('row', { name: /Address of the page.*Two reviewers, as you asked/ }).waitFor();
  await page.getByText('What was decided before (1)').press('Enter');
  await page.getByText('I have read it there too.').waitFor();
  await expectSound(page);
  await expect
    .poll(() =>
      town.ask(`SELECT string_agg(subject, '; ') FROM mail_message WHERE to_address = $1`, [PRESCRIBER]),
    )
    .toContain('The change to your profile is decided');
  await expect
    .poll(() => town.ask(`SELECT count(*)::text FROM search_text WHERE shown ->> 'slug' = $1`, [NEW]))
    .not.toBe('0');
  expect([...doctor.faults, ...checker.faults, ...decider.faults]).toEqual([]);
});

it('without JavaScript it is previewed by a button, refused with the reason, and saved', async () => {
  const doctor = await person(town, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  const { page } = doctor;
  await signIn(page, 'texas.prescriber@demo.steadyhand.example');
  await page.goto('/desk/profile');
  const slug = (await page.getByRole('link', { name: 'Your public page' }).getAttribute('href'))!;
  await page.getByLabel('One line about how you work').fill('Plain words, and time');
  await page.getByLabel('About you').fill('I trained in El Paso.\n\nI say no when it is not for you.');
  await press(page, 'button', 'Preview');
  await preview(page).getByText('With what you have written; nothing is saved yet.').waitFor();
  await preview(page).getByText('I say no when it is not for you.', { exact: true }).waitFor();
  expect(await (await page.request.get(slug)).text()).not.toContain('Plain words, and time');

  await page.getByLabel('About you').fill('I inject fillers.');
  await press(page, 'button', 'Preview');
  await page.getByText('Public pages cannot say').first().waitFor();
  expect(await page.getByLabel('About you').inputValue()).toBe('I inject fillers.');
  expect(await page.getByLabel('One line about how you work').inputValue()).toBe('Plain words, and time');
  await page.getByLabel('About you').fill('I trained in El Paso.\n\nI say no when it is not for you.');
  await press(page, 'button', 'Save');
  await page.getByText('Saved. Patients see it now.').waitFor();
  expect(await (await page.request.get(slug)).text()).toContain('Plain words, and time');

  // Asked for, and taken back.
  await press(page, 'link', /^Ask for another year/);
  await page.getByLabel('The year you qualified').fill('1999');
  await page.getByLabel('Why').fill('The board shows an earlier date of licence.');
  await press(page, 'button', 'Ask two reviewers');
  await page.getByText('Waiting for a first reviewer.').waitFor();
  await press(page, 'button', /^Take it back/);
  await page.getByText('Taken back. Nothing changes.').waitFor();
  expect(doctor.faults).toEqual([]);
});
