import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

const DOCTOR = 'prescriber@demo.steadyhand.example';

it('a practitioner retires: records and cover named, by keyboard and without JavaScript', async () => {
  const slug = await town.ask(
    `SELECT r.slug FROM practitioner r JOIN account d ON d.id = r.account_id WHERE d.email = $1`,
    [DOCTOR],
  );
  const treatedLately = await town.ask(
    `SELECT count(*) FROM appointment a JOIN practitioner r ON r.id IN (a.practitioner_id, a.prescriber_id) JOIN account d ON d.id = r.account_id
        WHERE d.email = $1 AND a.kind = 'treatment' AND a.state = 'completed' AND a.ended_at > app_now() - interval '28 days'`,
    [DOCTOR],
  );
  const look = await person(town);
  await signIn(look.page, DOCTOR);
  await look.page.goto('/application');
  await press(look.page, 'link', 'Stop seeing patients here');
  await expectSound(look.page);
  await press(look.page, 'button', 'End it');
  await look.page.getByText('Choose one').first().waitFor();
  await expectSound(look.page);

  const { page, faults } = await person(town, { javaScriptEnabled: false });
  await signIn(page, DOCTOR);
  await page.goto('/desk/ending');
  await page.getByRole('radio', { name: 'I retire' }).check();
  await page.getByLabel('Who keeps the records from now on?').fill('Northgate Records');
  await page.getByLabel('How do patients reach them?').fill('01632 960 555');
  await page.getByRole('checkbox', { name: /^End the practice of/ }).check();
  await press(page, 'button', 'End it');
  if (Number(treatedLately) > 0) {
    await page.getByText('Somebody was treated in the last 28 days').first().waitFor();
    await page.getByLabel('Who is there for them?').fill('Dr Ines Aldous');
    await page.getByLabel('Their telephone number, day and night').fill('01632 960 556');
    await page.getByRole('checkbox', { name: /^End the practice of/ }).check();
    await press(page, 'button', 'End it');
  }
  await page.getByText('You are not listed and not bookable.').waitFor();
  await page.goto(`/practitioners/${slug}`);
  await page.getByText(/can’t see patients through Steadyhand at the moment/).waitFor();
  expect([...look.faults, ...faults]).toEqual([]);
});

it('staff say so of who no longer can', async () => {
  const id = await town.ask(
    `SELECT l.practitioner_id FROM listing l JOIN practitioner p ON p.id = l.practitioner_id JOIN account d ON d.id = p.account_id
      WHERE d.email <> $1 AND NOT EXISTS (SELECT FROM appointment a WHERE p.id IN (a.practitioner_id, a.prescriber_id) AND a.kind = 'treatment')
      ORDER BY 1 LIMIT 1`,
    [DOCTOR],
  );
  const { page, faults } = await person(town);
  await signIn(page, 'reviewer.one@demo.steadyhand.example');
  await page.goto(`/staff/practitioners/${id}/end`);
  await expectSound(page);
  await page.getByRole('radio', { name: 'They have died' }).focus();
  await page.keyboard.press('Space');
  await page.getByLabel('How do patients reach them?').fill('records@example.test');
  await page.getByRole('checkbox', { name: /^End the practice of/ }).focus();
  await page.keyboard.press('Space');
  await press(page, 'button', 'End it');
  await page.getByText('Everybody who was seen was told who keeps their record.').waitFor();
  expect(faults).toEqual([]);
});
