import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  expectSound,
  openTown,
  person,
  personAgain,
  press,
  pressEnter,
  shared,
  signIn,
  type Town,
} from './world.ts';

const PRACTITIONER = 'prescriber@demo.steadyhand.example';

let town: Town;
shared(async () => {
  town = await openTown();
});

/** Two visits that the practitioner has on one day to come, the earlier first; times in London. */
async function twoVisits() {
  const { rows } = await town.owner.query<{
    day: string;
    firstName: string;
    firstAt: string;
    secondName: string;
    secondAt: string;
  }>(`
    WITH visit AS (
      SELECT a.during, p.given_name || ' ' || p.family_name AS name, lower(a.during) AT TIME ZONE a.time_zone AS at
        FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN practitioner w ON w.id = a.practitioner_id
        JOIN account o ON o.id = w.account_id
       WHERE o.email = '${PRACTITIONER}' AND a.state = 'confirmed' AND a.kind = 'consultation' AND lower(a.during) > app_now() + interval '1 day')
    SELECT f.at::date::text AS day, f.name AS "firstName", to_char(f.at, 'HH24:MI') AS "firstAt",
           s.name AS "secondName", to_char(s.at, 'HH24:MI') AS "secondAt"
      FROM visit f JOIN visit s ON s.at::date = f.at::date AND s.at > f.at ORDER BY f.at, s.at LIMIT 1`);
  return rows[0]!;
}

/** A visit as the drawn calendar shows it. */
const drawn = (page: Page, name: string) => page.locator('.ec-event', { hasText: name }).first();

async function dragBy(page: Page, name: string, minutes: number): Promise<void> {
  // It is drawn, stands still, and nothing lies over it.
  await drawn(page, name).hover({ trial: true });
  const visit = (await drawn(page, name).boundingBox())!;
  const hour = (await page.locator('.ec-slot').nth(2).boundingBox())!.height;
  const [x, y] = [visit.x + visit.width / 2, visit.y + 12];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + (minutes / 120) * hour, { steps: 5 });
  await page.mouse.move(x, y + (minutes / 60) * hour, { steps: 5 });
  await page.mouse.up();
}

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

describe('the calendar', () => {
  it('takes a drag, refuses one onto another visit and puts it back, and keeps what was moved', async () => {
    const { day, firstName, firstAt, secondName, secondAt } = await twoVisits();
    // The browser's own zone plays no part.
    const { page, faults } = await person(town, {
      viewport: { width: 1280, height: 2200 },
      timezoneId: 'America/New_York',
    });
    await signIn(page, PRACTITIONER);
    await page.goto(`/desk/calendar?day=${day}`);
    await drawn(page, firstName).waitFor();
    await expectSound(page);
    expect(await page.getByText('you are on New York time').count()).toBe(1);

    await dragBy(page, firstName, minutesOf(secondAt) - minutesOf(firstAt));
    await page.getByRole('alert').getByText('somebody else has just taken that time').waitFor();
    await expect.poll(() => drawn(page, firstName).textContent()).toContain(firstAt);

    // 9:30 is a start on the practice's grid, and nobody has it.
    await dragBy(page, firstName, 9 * 60 + 30 - minutesOf(firstAt));
    await page.getByRole('status').getByText('09:30').waitFor();
    await page.reload();
    await drawn(page, firstName).waitFor();
    await expect.poll(() => drawn(page, firstName).textContent()).toContain('09:30');

    // How long a visit takes is not the mouse's to say.
    await drawn(page, secondName).hover({ trial: true });
    const box = (await drawn(page, secondName).boundingBox())!;
    await page.mouse.move(box.x + 20, box.y + box.height - 3);
    await page.mouse.down();
    await page.mouse.move(box.x + 20, box.y + box.height + 80, { steps: 6 });
    await page.mouse.up();
    await page.getByRole('alert').getByText('How long a consultation takes').waitFor();
    expect(faults).toEqual([]);
  });

  it.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('moves a visit by keyboard alone, %s', async (_how, javaScriptEnabled) => {
    const { day, secondName, secondAt, firstAt, firstName } = await twoVisits();
    const { page, faults } = await person(town, { javaScriptEnabled });
    await signIn(page, PRACTITIONER);
    await page.goto(`/desk/calendar?day=${day}`);
    if (javaScriptEnabled) await drawn(page, secondName).waitFor();
    await press(page, javaScriptEnabled ? 'button' : 'link', new RegExp(secondName));
    await page.getByLabel('Any time').waitFor();
    if (javaScriptEnabled) await expectSound(page);

    // Onto the other visit: refused beside the form, with other times to press and what was typed kept.
    await page.getByLabel('Any time').fill(firstAt);
    await pressEnter(page.getByLabel('Any time'));
    await page.getByRole('alert').getByText('somebody else has just taken that time').waitFor();
    expect(await page.getByLabel('Any time').inputValue()).toBe(firstAt);
    expect(await page.getByRole('heading', { name: 'The nearest free times' }).count()).toBe(1);

    await press(page, 'button', /^Later:/);
    await page.getByRole('status').getByText(`Consultation, ${secondName}`).waitFor();
    await expect.poll(async () => (await twoVisits()).secondAt > secondAt).toBe(true);

    await press(page, 'button', 'Move it back');
    await expect.poll(() => twoVisits()).toEqual({ day, firstName, firstAt, secondName, secondAt });
    expect(faults).toEqual([]);
  });

  it.each(['day', 'month', 'rooms'])('is sound as %s, for the desk of a clinic too', async (view) => {
    const { day } = await twoVisits();
    for (const who of [PRACTITIONER, 'reception@demo.steadyhand.example']) {
      const { page, faults } = await personAgain(town, who);
      await signIn(page, who);
      await page.goto(`/desk/calendar?view=${view}&day=${day}`);
      await page.locator('.ec-main').waitFor();
      await expectSound(page);
      expect(faults).toEqual([]);
    }
  });
});

describe('the schedule', () => {
  it.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])(
    'is kept by keyboard: a line more, an error beside its field, a preview, saved, %s',
    async (_how, javaScriptEnabled) => {
      const { page, faults } = await person(town, { javaScriptEnabled });
      await signIn(page, PRACTITIONER);
      await page.goto('/desk/schedule');
      if (javaScriptEnabled) await expectSound(page);

      await press(page, 'button', 'Add hours on Sunday');
      const sunday = page.getByRole('group', { name: /^Sunday, hours/ }).last();
      await sunday.getByLabel('From', { exact: true }).fill('10:05');
      await press(page, 'button', 'Save these hours');
      await page.getByRole('alert').getByText('Enter when it ends').waitFor();
      expect(await sunday.getByLabel('From', { exact: true }).inputValue()).toBe('10:05');
      await sunday.getByLabel('To', { exact: true }).fill('12:05');

      await press(page, 'button', 'Show next week first');
      await page.getByText('Nothing is saved yet').waitFor();
      expect(await page.getByText(/^\s*Sun .*from 10:05 to/).count()).toBe(1);
      if (javaScriptEnabled) await expectSound(page);

      await press(page, 'button', 'Save these hours');
      await page.getByText('Your hours are saved').waitFor();
      expect(await sunday.getByLabel('To', { exact: true }).inputValue()).toBe('12:05');

      await press(page, 'button', /^Remove Sunday, hours 1$/);
      await page.getByRole('group', { name: /^Sunday, hours/ }).waitFor({ state: 'detached' });
      // What was said of the save before has gone with it.
      await page.getByText('Your hours are saved').waitFor({ state: 'detached' });
      await press(page, 'button', 'Save these hours');
      await page.getByText('Your hours are saved').waitFor();
      expect(faults).toEqual([]);
    },
  );
});
