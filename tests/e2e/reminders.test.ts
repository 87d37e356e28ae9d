import { expect, it } from 'vitest';
import {
  expectSound,
  openTown,
  person,
  press,
  pressEnter,
  shared,
  onPaper,
  signIn,
  signInByForm,
  type Town,
} from './world.ts';

let town: Town;
shared(async () => {
  town = await openTown();
});

it('the links of a reminder change nothing until something is pressed; the desk reads what was said', async () => {
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
  await signInByForm(page, await about('x.email'));
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

  // At the desk: what was said, and somebody whom no letter reaches.
  const patientId = await town.ask(
    `SELECT a.patient_id FROM appointment a JOIN appointment v ON v.id = $1
        WHERE a.clinic_id = v.clinic_id AND a.state = 'confirmed' AND a.patient_id <> v.patient_id
          AND lower(a.during) BETWEEN app_now() AND app_now() + interval '2 days' ORDER BY lower(a.during) LIMIT 1`,
    [visitId],
  );
  // As if the desk had entered them: a record that has an account keeps it.
  await town.owner.query(`ALTER TABLE patient DISABLE TRIGGER USER`);
  await town.owner.query(
    `UPDATE patient SET account_id = NULL, email = NULL, phone = '0113 496 0123' WHERE id = $1`,
    [patientId],
  );
  await town.owner.query(`ALTER TABLE patient ENABLE TRIGGER USER`);
  const desk = await person(town);
  await signIn(desk.page, 'reception@demo.steadyhand.example');
  await desk.page.goto('/desk/reception');
  await desk.page.getByText('Will be about 20 minutes late').waitFor();
  const list = desk.page.getByRole('region', { name: 'To ring or write to' });
  await list.waitFor();
  await expectSound(desk.page);
  const before = await list.getByRole('listitem').count();
  await press(desk.page, 'link', /Letter to print/);
  await expectSound(desk.page);
  await desk.page.emulateMedia({ media: 'print' });
  expect(await desk.page.getByRole('button', { name: 'It is in the post' }).isVisible()).toBe(false);
  await desk.page.emulateMedia({ media: null });
  await onPaper(desk.page);
  await desk.page.goto('/desk/reception');
  await pressEnter(list.getByRole('button').first());
  expect(await list.getByRole('listitem').count()).toBe(before - 1);
  await town.owner.query(`DELETE FROM visit_word WHERE appointment_id <> $1`, [visitId]);
  await desk.page.goto('/desk/reception');
  await press(desk.page, 'link', /Letter to print/);
  await press(desk.page, 'button', 'It is in the post');
  await desk.page.waitForURL(/reception$/);
  expect(await list.getByRole('listitem').count()).toBe(before - 1);

  const again = await person(town);
  await signIn(again.page, await about('x.email'));
  await again.page.goto(link);
  await expectSound(again.page);
  expect([...desk.faults, ...again.faults]).toEqual([]);
});
