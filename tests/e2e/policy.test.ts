import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

it('one person proposes a rule, another accepts it, without JavaScript', async () => {
  const operator = await person(town, { javaScriptEnabled: false });
  await signIn(operator.page, 'operator@demo.steadyhand.example');
  await operator.page.goto('/staff/policy?in=england&with=ontario&on=2026-12-01');
  await operator.page.getByRole('heading', { name: 'Rules of each place' }).waitFor();
  expect(await operator.page.getByRole('main').textContent()).toContain(
    'England and Ontario on 1 December 2026',
  );

  const { page } = operator;
  await page.getByLabel('Whose rule').selectOption('england');
  await page.getByLabel('Rule', { exact: true }).selectOption('retention_years');
  await page.getByLabel('New value').fill('10');
  await page.getByLabel('Read in the source itself').check();
  await page.getByLabel('Source', { exact: true }).fill('An Act that was read in full, s. 1');
  await page.getByLabel('Date of the source').fill('2026-11-01');
  await page.getByLabel('First day in force').fill('2020-01-01');
  await page.getByLabel('Why').fill('The Act was amended.');
  await press(page, 'button', 'Propose');
  await page.getByText('That day has passed').waitFor();
  expect(await page.getByLabel('New value').inputValue()).toBe('10');
  await page.getByLabel('I have read what it reaches').check();
  await press(page, 'button', 'Propose');
  await page.getByText('You proposed this: somebody else decides.').waitFor();

  const reviewer = await person(town);
  await signIn(reviewer.page, 'reviewer.one@demo.steadyhand.example');
  await reviewer.page.goto('/staff/policy');
  await expectSound(reviewer.page);
  await press(reviewer.page, 'link', 'Decide on retention_years');
  await reviewer.page.getByLabel('Accept').check();
  await expectSound(reviewer.page);
  await reviewer.page.getByLabel('Reason').fill('I have read the same section.');
  await press(reviewer.page, 'button', 'Decide');
  await reviewer.page.getByText('Nothing waits.').waitFor();
  expect(await town.ask(`SELECT policy_number('england', 'retention_years', '2026-12-01')::text`)).toBe('10');
  expect([operator.faults, reviewer.faults]).toEqual([[], []]);
});
