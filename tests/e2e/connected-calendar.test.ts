import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

const PRESCRIBER = 'prescriber@demo.steadyhand.example';

let town: Town;
shared(async () => {
  town = await openTown();
});

it.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('a calendar is connected both ways and disconnected, %s', async (how, javaScriptEnabled) => {
  const { page, context, faults } = await person(town, { javaScriptEnabled });
  const sound = () => (javaScriptEnabled ? expectSound(page) : undefined);
  const name = `Connected ${how}`;
  await signIn(page, PRESCRIBER);
  await page.goto('/desk/calendars');
  await press(page, 'link', 'connect a calendar both ways');
  await page.waitForURL('/desk/calendars/connect');
  await sound();
  await page.getByLabel('What you call it').fill(name);
  await page.getByLabel('Address of the calendar').fill('https://127.0.0.1/dav/');
  await page.getByLabel('Your user name there').fill('amara');
  await page.getByLabel('App password').fill('four words for calendars');
  await press(page, 'button', 'Connect');
  await page.getByRole('alert').waitFor();
  expect(await page.getByLabel('Your user name there').inputValue()).toBe('amara');
  expect(await page.getByLabel('App password').inputValue()).toBe('');
  await sound();
  await page.getByLabel('Address of the calendar').fill('https://calendar.example/dav/');
  await page.getByLabel('App password').fill('four words for calendars');
  await press(page, 'button', 'Connect');
  await page.getByRole('heading', { name }).waitFor();
  expect(await page.content()).not.toContain('four words for calendars');

  // What the worker would have written, and found changed.
  await town.owner.query(
    `INSERT INTO calendar_copy (calendar_id, appointment_id, href, sequence, during, status, put_back, put_back_at, put_back_why)
     SELECT k.id, a.id, '/dav/a.ics', 1, a.during, 'CONFIRMED', 1, app_now(), 'removed'
       FROM external_calendar k JOIN appointment a ON a.practitioner_id = k.practitioner_id AND a.state = 'confirmed' AND upper(a.during) > app_now()
      WHERE k.name = $1 ORDER BY a.during LIMIT 1`,
    [name],
  );
  await town.owner.query(
    `UPDATE external_calendar SET read_at = app_now(), fetched_at = app_now() WHERE name = $1`,
    [name],
  );
  await page.goto('/desk/calendars');
  await page.getByText(`was deleted in ${name} and put back`).waitFor();
  await sound();
  await press(page, 'link', /^Disconnect/);
  await page.getByRole('heading', { name: `Disconnect ${name}` }).waitFor();
  await sound();
  await press(page, 'button', 'Disconnect');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Take them out').check();
  await press(page, 'button', 'Disconnect');
  await page.getByText('Your appointments are being taken out of it').waitFor();
  await sound();
  await press(page, 'button', /^Leave them there/);
  await page.waitForURL('/desk/calendars');
  expect(await page.getByRole('heading', { name }).count()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});
