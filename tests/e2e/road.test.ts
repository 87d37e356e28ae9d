import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectSound, openTown, person, press, signIn, type Town } from './world.ts';

const PATIENT = 'patient@demo.steadyhand.example';
const PRESCRIBER = 'prescriber@demo.steadyhand.example';
const ESTHETICIAN = 'esthetician@demo.steadyhand.example';

let town: Town;
beforeEach(async () => {
  town = await openTown();
});
afterEach(() => town.close());

const startOf = (appointmentId: string) =>
  town.ask(
    `SELECT to_char(lower(during) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM appointment WHERE id = $1`,
    [appointmentId],
  );
const idIn = (page: Page) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(page.url())![0];

/** Somebody at the keyboard, signed in anew: weeks pass between the visits. */
async function at(
  email: string,
  work: (page: Page) => Promise<void>,
  { javaScriptEnabled = true } = {},
): Promise<void> {
  const { page, context, faults } = await person(town, { javaScriptEnabled });
  await signIn(page, email);
  await work(page);
  expect([email, faults]).toEqual([email, []]);
  await context.close();
}

async function pickTime(page: Page, nth = 0): Promise<void> {
  const time = page.getByRole('main').locator('.time').nth(nth);
  await time.focus();
  await page.keyboard.press('Enter');
}

const MINUTES = 60_000;

it.each([
  ['', true],
  [', the patient without JavaScript', false],
])(
  'the whole road: consultation, prescription, consent, treatment, review visit; and nobody leaves it%s',
  { timeout: 8 * MINUTES },
  async (_how, javaScriptEnabled) => {
    // The pages are the same on both ways, so they are looked at once.
    const look = (page: Page) => (javaScriptEnabled ? expectSound(page) : Promise.resolve());
    const atPatient = (work: (page: Page) => Promise<void>) => at(PATIENT, work, { javaScriptEnabled });
    let consultation = '';
    let treatment = '';

    await atPatient(async (page) => {
      await page.goto('/my-care');
      await look(page);
      await page.goto('/practitioners/amara-okafor-bell');
      await pickTime(page, 2);
      await page.waitForURL(/\/book\?/);
      await look(page);
      await page.getByRole('main').getByRole('button').first().focus();
      await page.keyboard.press('Enter');
      for (const step of ['you', 'concerns', 'help', 'check']) {
        await page.waitForURL(new RegExp(`/${step}`));
        await look(page);
        if (step === 'you') await page.getByLabel(/telephone/i).fill('07700 900123');
        await press(page, 'button', /^(Continue|Book this consultation)$/);
      }
      await page.waitForURL(/\/confirmed/);
      await look(page);
      consultation = idIn(page);
      await page.goto('/my-care/health');
      await look(page);
      for (const answer of await page.getByRole('radio', { name: 'No', exact: true }).all())
        await answer.press('Space');
      await press(page, 'button', 'Save my answers');
      await page.waitForURL(/\/my-care$/);
      await page.goto(`/my-care/appointments/${consultation}/move`);
      await look(page);
      await page.goto(`/my-care/appointments/${consultation}/cancel`);
      await look(page);
    });

    // Nobody begins before the day has come, and who may only treat finds no such patient.
    await at(ESTHETICIAN, async (page) => {
      expect((await page.goto(`/desk/appointments/${consultation}`))!.status()).toBe(404);
    });
    await town.moveClockTo(await startOf(consultation));

    await at(PRESCRIBER, async (page) => {
      await page.goto('/desk');
      await look(page);
      await press(page, 'link', 'Hannah Whitlock');
      await page.waitForURL(/\/desk\/appointments\//);
      await look(page);
      await press(page, 'button', 'Start the visit');
      await page.goto(`/desk/appointments/${consultation}/consultation`);
      await look(page);

      // Signed as it is, it says beside each field what is missing, and loses nothing.
      await page.locator('[name=examination]').fill('Strong, even movement. Brows level.');
      await page.locator('[name=outcome][value=suitable]').press('Space');
      await press(page, 'button', 'Sign the record');
      await page.getByRole('alert').waitFor();
      expect(await page.locator('[name=examination]').inputValue()).toBe(
        'Strong, even movement. Brows level.',
      );

      for (const name of ['identitySeen', 'ageSeen', 'seenAlone', 'ownChoice'])
        await page.locator(`[name=${name}]`).setChecked(true);
      await page.locator('[name=identityDocument]').fill('Passport');
      await page.locator('[name=chaperone]').fill('Offered, not wanted');
      await page.locator('[name=capacity][value=has_capacity]').check();
      await page.locator('[name=bodyImageScreen][value=negative]').check();
      await page.locator('[name=region][value=frown_lines]').check();
      await page.locator('[name=movementToKeep]').fill('About half');
      await page.locator('[name=alternatives]').fill('Doing nothing; sun protection.');
      await page.locator('[name="question-0-question"]').fill('Will I still be able to frown?');
      await page.locator('[name="question-0-answer"]').fill('Yes, more softly.');
      for (const risk of await page.locator('[name=riskTold], [name=riskAcknowledged]').all())
        await risk.setChecked(true);
      await press(page, 'button', 'Sign the record');
      await page.waitForURL((address) => !address.search.includes('sign'));
      expect(await town.ask(`SELECT state FROM appointment WHERE id = $1`, [consultation])).toBe('completed');
      await page.goto(`/desk/appointments/${consultation}/consultation`);
      await look(page);

      await page.goto(`/desk/appointments/${consultation}/prescription`);
      await look(page);
      await page.locator('[name=productCode]').selectOption({ index: 1 });
      await page.locator('[name=doseUnits]').fill('20');
      await page.locator('[name=topUpUnits]').fill('0');
      await page.locator('[name=region][value=frown_lines]').setChecked(true);
      const injector = page.locator('[name=injectorId]');
      if ((await injector.first().evaluate('(element) => element.tagName')) === 'SELECT')
        await injector.selectOption({
          label: await injector
            .locator('option', { hasText: 'Maya' })
            .textContent()
            .then((text) => text!.trim()),
        });
      else await page.getByLabel(/Maya Lindqvist/).check();
      await press(page, 'button', 'Sign the prescription');
      await page.waitForURL((address) => !address.search.includes('issue'));
    });
    const prescription = await town.ask(
      `SELECT id FROM prescription WHERE consultation_appointment_id = $1`,
      [consultation],
    );

    await atPatient(async (page) => {
      await page.goto('/my-care');
      await look(page);
      await press(page, 'link', 'Read the summary');
      await page.waitForURL(/\/consultations\//);
      await look(page);
      expect(await page.getByRole('main').textContent()).toContain('Yes, more softly.');
      // Before consent there is nothing to book.
      await page.goto(`/my-care/prescriptions/${prescription}/treatment`);
      await look(page);
      expect(await page.getByRole('main').locator('.time').count()).toBe(0);
      await page.goto(`/my-care/prescriptions/${prescription}/consent`);
      await look(page);
      await press(page, 'button', 'I agree');
      await page.getByRole('alert').waitFor();
      for (const item of await page.getByRole('checkbox').all()) await item.press('Space');
      await press(page, 'button', 'I agree');
      await page.waitForURL(/\/my-care$/);
      await press(page, 'link', 'Choose a time');
      await page.waitForURL(/\/treatment$/);
      await look(page);
      await pickTime(page);
      await page.waitForURL(/\/my-care\/appointments\//);
      await look(page);
      treatment = idIn(page);
    });
    const hours = await town.ask(
      `SELECT (extract(epoch FROM lower(a.during) - a.consultation_signed_at) / 3600)::int::text FROM appointment a WHERE id = $1`,
      [treatment],
    );
    expect(Number(hours)).toBeGreaterThanOrEqual(48);

    await town.moveClockTo(await startOf(treatment));
    await at(ESTHETICIAN, async (page) => {
      await page.goto('/desk');
      await look(page);
      await page.goto(`/desk/appointments/${treatment}`);
      await look(page);
      // What the prescriber wrote is not hers to read.
      expect((await page.goto(`/desk/appointments/${consultation}/consultation`))!.status()).toBe(404);
      await page.goto(`/desk/appointments/${treatment}/treatment`);
      await look(page);
      expect(await page.getByRole('button', { name: 'Start the treatment' }).count()).toBe(0);
      await page
        .locator('form[action="?/receiveVial"]')
        .evaluate('(form) => form.closest("details")?.setAttribute("open", "")');
      await page.locator('[name=batch]').fill('C7431A');
      await page.locator('[name^="expiresOn"]').first().waitFor();
      const expires = page.locator('[name=expiresOn]');
      if ((await expires.count()) === 1) await expires.fill('2028-03-31');
      await page.locator('[name=units]').fill('50');
      await page.locator('[name=custody]').first().check();
      await press(page, 'button', 'Take it in and set it aside');
      await page.waitForURL((address) => !address.search.includes('receiveVial'));
      await press(page, 'button', /nothing has changed/);
      await page.waitForURL((address) => !address.search.includes('confirmHealth'));
      await press(page, 'button', /still agrees/);
      await page.waitForURL((address) => !address.search.includes('confirmConsent'));
      await press(page, 'button', 'Start the treatment');
      await page.waitForURL((address) => !address.search.includes('start'));
      await look(page);
      // Rows are added by a script.
      await page.waitForLoadState('networkidle');

      for (const [index, side] of (['right', 'left'] as const).entries()) {
        const field = (name: string) => page.locator(`[name="point-${index}-${name}"]`);
        await expect
          .poll(async () => {
            if ((await field('units').count()) === 0)
              await page.getByRole('button', { name: /add a (point|row)/i }).press('Enter');
            return field('units').count();
          })
          .toBe(1);
        await field('region').selectOption('frown_lines');
        await field('side').selectOption(side);
        await field('x').fill(side === 'right' ? '0.46' : '0.54');
        await field('y').fill('0.33');
        // More than was prescribed: a fact, so it can be written down, with the reason.
        await field('units').fill('11');
      }
      await press(page, 'button', 'Sign what was given');
      await page.getByRole('alert').waitFor();
      await page
        .locator('[name=deviation-over_dose]')
        .fill('Asymmetry at rest; agreed with Dr Okafor-Bell by telephone.');
      await press(page, 'button', 'Sign what was given');
      await page.waitForURL((address) => !address.search.includes('sign'));
      expect(await town.ask(`SELECT state FROM appointment WHERE id = $1`, [treatment])).toBe('completed');
      await page.goto(`/desk/appointments/${treatment}/treatment`);
      await look(page);
      await page.goto('/desk/calendar');
      await look(page);
      await page.goto('/desk/patients');
      await look(page);
    });
    expect(await town.ask(`SELECT string_agg(kind, ',') FROM deviation`)).toBe('over_dose');
    expect(await town.ask(`SELECT state FROM prescription WHERE id = $1`, [prescription])).toBe('used');

    let review = '';
    await atPatient(async (page) => {
      await page.goto('/my-care');
      await look(page);
      const words = (await page.getByRole('main').textContent())!;
      expect(words.trimStart().startsWith('Something doesn’t feel right?')).toBe(true);
      await page.goto(`/my-care/appointments/${treatment}/urgent`);
      await look(page);
      await page.getByLabel(/What do you notice/).fill('My left eyelid hangs a little since this morning.');
      await page.getByLabel(/which number/).fill('07700 900123');
      await press(page, 'button', 'Send');
      await page.getByText(/Somebody answers by/).waitFor();
      await page.goto(`/my-care/appointments/${treatment}/review-visit`);
      await look(page);
      await pickTime(page);
      await page.waitForURL(/\/my-care\/appointments\/[0-9a-f-]+$/);
      review = idIn(page);
    });

    await at(PRESCRIBER, async (page) => {
      await page.goto('/desk');
      expect(await page.getByRole('main').textContent()).toContain('My left eyelid hangs');
      await look(page);
      await press(page, 'button', 'I have it');
    });

    await town.moveClockTo(await startOf(review));
    await at(ESTHETICIAN, async (page) => {
      await page.goto(`/desk/appointments/${review}`);
      await press(page, 'button', 'Start the visit');
      await page.goto(`/desk/appointments/${review}/review-visit`);
      await look(page);
      await page.locator('[name=findings]').fill('Lid back to normal, both sides alike.');
      await page.locator('[name=symmetrical]').first().check();
      await press(page, 'button', 'Sign the review');
      await page.waitForURL((address) => !address.search.includes('sign'));
    });
    expect(await town.ask(`SELECT state FROM appointment WHERE id = $1`, [review])).toBe('completed');

    await atPatient(async (page) => {
      await page.goto('/my-care');
      expect(await page.getByRole('main').textContent()).toContain('Review visit');
      await look(page);
    });
    // The audit trail holds, and says who read what.
    expect(
      Number(await town.ask(`SELECT count(*)::text FROM audit WHERE stream LIKE 'patient:%'`)),
    ).toBeGreaterThan(5);
  },
);

it('two reviewers, never the same person: queue, case and operations are sound', async () => {
  await at('reviewer.one@demo.steadyhand.example', async (page) => {
    await page.goto('/staff/vetting');
    await expectSound(page);
    await page.getByRole('main').locator('a[href^="/staff/vetting/"]').first().press('Enter');
    await page.waitForURL(/\/staff\/vetting\//);
    await expectSound(page);
    await page.goto('/staff/practitioners');
    await expectSound(page);
  });
  await at('operator@demo.steadyhand.example', async (page) => {
    await page.goto('/staff/operator');
    await expectSound(page);
  });
});
