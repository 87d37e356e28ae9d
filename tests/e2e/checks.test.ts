import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, type Town } from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

it('what was checked is read on a page of its own, by people and by machines, and goes with the listing', async () => {
  const { page, faults } = await person(town);
  await page.goto('/practitioners/amara-okafor-bell');
  await press(page, 'link', 'Every check, and what nobody checks');
  await page.getByRole('heading', { level: 1, name: 'What was checked of Dr Amara Okafor-Bell' }).waitFor();
  await expectSound(page);
  await page.getByText('General Medical Council').first().waitFor();
  await page.getByRole('heading', { name: 'Not checked' }).waitFor();
  const reviewers = await town.ask(
    `SELECT string_agg(DISTINCT a.display_name, ';') FROM credential_check c JOIN account a ON a.id = c.checked_by`,
  );
  const text = await page.content();
  expect(reviewers.split(';').filter((name) => text.includes(name))).toEqual([]);

  const address = await page.getByRole('link', { name: 'The same for machines' }).getAttribute('href');
  const answer = await page.request.get(address!);
  expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'application/fhir+json']);

  // The clock reaches the day on which the first of her papers ends.
  await town.moveClockTo(
    await town.ask(
      `SELECT (max(l.listed_until) + interval '1 second')::text FROM listing l JOIN practitioner p ON p.id = l.practitioner_id WHERE p.slug = 'amara-okafor-bell'`,
    ),
  );
  for (const gone of ['/practitioners/amara-okafor-bell/checks', address!])
    expect((await page.request.get(gone)).status()).toBe(404);
  expect(faults).toEqual([]);
});
