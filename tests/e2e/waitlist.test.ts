import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

let town: Town;
shared(async () => {
  // The worker delivers what happens, makes the offer and writes the letter.
  town = await openTown({ entry: 'start' });
  await town.moveClockTo(
    await town.ask(
      `SELECT (((app_now() AT TIME ZONE 'Europe/London')::date + 1) + time '10:00') AT TIME ZONE 'Europe/London'`,
    ),
  );
});

it('a visit that is cancelled is offered by letter to who asked, and taken by keyboard', async () => {
  const email = 'patient@demo.steadyhand.example';
  const visit = await town.ask(
    `SELECT a.id FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN listing l ON l.practitioner_id = a.practitioner_id AND l.may_consult
      WHERE a.kind = 'consultation' AND a.state = 'confirmed' AND a.time_zone = 'Europe/London' AND l.jurisdiction = 'england'
        AND lower(a.during) > app_now() + interval '2 days' AND p.account_id IS NOT NULL AND p.email <> $1
      ORDER BY lower(a.during) LIMIT 1`,
    [email],
  );
  const about = (column: string) =>
    town.ask(
      `SELECT ${column} FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id
         JOIN practitioner r ON r.id = a.practitioner_id WHERE a.id = $1`,
      [visit],
    );

  const { page, context, faults } = await person(town);
  await signIn(page, email);
  await page.goto(`/practitioners/${await about('r.slug')}`);
  await press(page, 'link', 'Ask for an earlier time');
  await page.waitForURL(/\/waitlist\/ask/);
  await expectSound(page);
  // Nothing typed is lost, and what is wrong is said beside it.
  await page.getByLabel('Not before').selectOption('18');
  await page.getByLabel('Over by').selectOption('9');
  await press(page, 'button', 'Put me on the list');
  await page.getByRole('alert').waitFor();
  expect(await page.getByLabel('Not before').inputValue()).toBe('18');
  await page.getByLabel('Not before').selectOption('0');
  await page.getByLabel('Over by').selectOption('24');
  await press(page, 'button', 'Put me on the list');
  await page.waitForURL(/\/waitlist$/);
  await expectSound(page);

  const other = await person(town);
  await signIn(other.page, await about('x.email'));
  await other.page.goto(`/my-care/appointments/${visit}/cancel`);
  await press(other.page, 'button', 'Cancel the visit');
  await other.page.waitForURL(/\/my-care$/);

  const letter = () =>
    town.ask(
      `SELECT coalesce((SELECT body FROM mail_message WHERE to_address = $1 AND subject = 'An earlier time has come free'), '')`,
      [email],
    );
  await expect.poll(letter, { interval: 200 }).toContain('/my-care/waitlist/offers/');
  await page.goto(/https?:\S+/.exec(await letter())![0]);
  await expectSound(page);
  await page.goto('/my-care/waitlist');
  await expectSound(page);
  // Somebody else’s offer does not exist.
  const offer = new URL(/https?:\S+/.exec(await letter())![0]).pathname.split('/').at(-1)!;
  await other.page.goto(`/my-care/waitlist/offers/${offer}`);
  expect(await other.page.getByRole('heading', { level: 1 }).textContent()).not.toContain('earlier');

  await press(page, 'link', /take it or let it go/);
  await press(page, 'button', 'Take this time');
  await page.waitForURL(/\/appointments\/[0-9a-f-]+$/);
  expect(await page.getByRole('main').textContent()).toContain('Confirmed');
  expect(await town.ask(`SELECT count(*)::text FROM appointment WHERE channel = 'waitlist'`)).toBe('1');
  await page.goto('/my-care/waitlist');
  expect(await page.getByRole('main').textContent()).toContain('You are not waiting for anything');
  await expectSound(page);

  expect([...faults, ...other.faults]).toEqual([]);
  await context.close();
  await other.context.close();
});
