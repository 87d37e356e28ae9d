import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTown, person, press, signIn, type Town } from './world.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

it('the links of a reminder change nothing until something is pressed', { timeout: 300_000 }, async () => {
  const visitId = await town.ask(
    `SELECT a.id FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
        WHERE a.state = 'confirmed' AND x.password_hash IS NOT NULL AND lower(a.during) > app_now() + interval '1 day'
          AND a.clinic_id IN (SELECT m.clinic_id FROM clinic_member m JOIN account j ON j.id = m.account_id WHERE j.email = 'reception@demo.steadyhand.example')
        ORDER BY lower(a.during) LIMIT 1`,
  );
  const about = (column: string) =>
    town.ask(
      `SELECT ${column} FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id WHERE a.id = $1`,
      [visitId],
    );
  const words = () => town.ask(`SELECT count(*)::text FROM visit_word WHERE appointment_id = $1`, [visitId]);
  const link = `/my-care/appointments/${visitId}`;

  // A link of a letter asks who reads it, and leads on.
  const { page } = await person(town, { javaScriptEnabled: false });
  await page.goto(link);
  await page.getByLabel('E-mail address').waitFor();
  await signIn(page, await about('x.email'));
  for (const path of [link, `${link}/move`, `${link}/cancel`]) await page.goto(path);
  expect([await words(), await about('a.state')]).toEqual(['0', 'confirmed']);
  await page.goto(link);
  await press(page, 'button', 'I will come');
  await page.getByText('The clinic knows that you will come.').waitFor();
  expect(await page.getByRole('button', { name: /minutes late/ }).count()).toBe(0);

  await town.moveClockTo(await about(`(lower(a.during) - interval '40 minutes')::text`));
  await signIn(page, await about('x.email'));
  await page.goto(link);
  await press(page, 'button', '20 minutes late');
  await page.getByText('about 20 minutes late').waitFor();
  expect(await words()).toBe('2');
});
