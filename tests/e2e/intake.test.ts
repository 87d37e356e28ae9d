import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { expectSound, openTown, personAgain, press, pressEnter, shared, signIn, type Town } from './world.ts';

/*
 * Health questions and consent, by keyboard, once with scripts and once without: branches, answers kept on the way, what
 * an answer rules out, item by item, once more before the treatment, and printed.
 */

const PATIENT = 'patient@demo.steadyhand.example';
const PRESCRIBER = 'prescriber@demo.steadyhand.example';
const RECEPTION = 'reception@demo.steadyhand.example';

let town: Town;
const open = async () => {
  town = await openTown();
};
shared(open);

async function at(
  email: string,
  work: (page: Page) => Promise<void>,
  options: { javaScriptEnabled?: boolean } = {},
) {
  const { page, faults } = await personAgain(town, email, options);
  await signIn(page, email);
  await work(page);
  expect(faults).toEqual([]);
}

const startOf = (id: string) => town.ask(`SELECT lower(during)::text FROM appointment WHERE id = $1`, [id]);
const idIn = (page: Page) => /[0-9a-f-]{36}/.exec(page.url())![0];
const pressSpace = (page: Page, name: string, value: string) =>
  page.locator(`[name="${name}"][value="${value}"]`).press('Space');

/** Every question that is asked of everybody, with no. */
async function sayNo(page: Page): Promise<void> {
  for (const answer of await page.getByRole('radio', { name: 'No', exact: true }).all())
    await answer.press('Space');
}

/** Books the first time that Dr Okafor-Bell offers; answers the visit's id. */
async function book(page: Page): Promise<string> {
  await page.goto('/practitioners/amara-okafor-bell');
  await pressEnter(page.getByRole('main').locator('a.time, button.time').first());
  await page.waitForURL(/\/book\?/);
  await pressEnter(page.getByRole('main').getByRole('button').first());
  for (const step of ['you', 'concerns', 'help', 'check']) {
    await page.waitForURL(new RegExp(`/${step}`));
    if (step === 'you') await page.getByLabel(/telephone/i).fill('07700 900123');
    await press(page, 'button', /^(Continue|Book this consultation)$/);
  }
  await page.waitForURL(/\/confirmed/);
  return idIn(page);
}

it('a consent signed on paper is taken in at the desk, opened, printed and taken back', async () => {
  // Of somebody of the town who has not been treated yet: as if nothing was agreed to.
  const prescription = await town.ask(`
      SELECT x.id FROM prescription x
       WHERE x.state = 'active' AND x.expires_at > app_now() AND EXISTS (SELECT FROM consent c WHERE c.prescription_id = x.id AND c.state = 'given')
       ORDER BY x.id LIMIT 1`);
  expect(prescription).toBeDefined();
  await town.owner.query(
    `INSERT INTO clinic_member (account_id, clinic_id, role, valid)
       SELECT r.id, x.clinic_id, 'manager', '[,)' FROM account r, prescription x WHERE r.email = $2 AND x.id = $1`,
    [prescription, RECEPTION],
  );
  await town.owner.query(
    `UPDATE appointment SET state = 'cancelled', cancelled_by = 'patient' WHERE prescription_id = $1 AND state = 'confirmed'`,
    [prescription],
  );
  await town.owner.query(
    `UPDATE consent SET state = 'withdrawn' WHERE prescription_id = $1 AND state = 'given'`,
    [prescription],
  );
  await at(RECEPTION, async (page) => {
    await page.goto(`/desk/reception/paper-consents?for=${prescription}`);
    await page.getByLabel(/Scan or photograph/).setInputFiles({
      name: 'signed.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7 signed'),
    });
    await page.getByLabel('Name of the witness').fill('Joan Marsh');
    await page
      .getByLabel('Signed on')
      .fill(await town.ask(`SELECT (app_now() AT TIME ZONE 'UTC')::date::text`));
    await page.getByRole('checkbox').press('Space');
    await press(page, 'button', 'Take it in');
    await page.waitForURL(/\/paper-consents$/);
    await page.getByText('before Joan Marsh').waitFor();
    await expectSound(page);
    // Who works at the desk has taken it in, and does not read it.
    expect((await page.request.get(`/documents/paper-consent/${prescription}`)).status()).toBe(404);
    await press(page, 'button', /^The patient takes it back/);
    await page.waitForURL(/\/paper-consents$/);
    await page.getByText('before Joan Marsh').waitFor({ state: 'detached' });
  });
  expect(
    await town.ask(`SELECT state FROM consent WHERE prescription_id = $1 AND paper_id IS NOT NULL`, [
      prescription,
    ]),
  ).toBe('withdrawn');
});

it('answers are kept by themselves while somebody writes, where scripts run', async () => {
  await at(PATIENT, async (page) => {
    await page.goto('/my-care/health');
    await page.getByLabel('Is there anything you want to add?').fill('A scar on the brow');
    await page.getByText('Kept. You can go on later.').waitFor();
    await page.goto('/my-care/health');
    expect(await page.getByLabel('Is there anything you want to add?').inputValue()).toBe(
      'A scar on the brow',
    );
  });
});

it.each([
  ['', true],
  [', the patient without JavaScript', false],
])(
  'health questions branch, are kept on the way, and stop what they rule out; consent is given item by item%s',
  async (_how, javaScriptEnabled) => {
    // Each walks it as if for the first time.
    await open();
    // The pages are the same on both ways, so they are looked at once.
    const look = (page: Page) => (javaScriptEnabled ? expectSound(page) : Promise.resolve());
    const byHand = { javaScriptEnabled };
    let consultation = '';

    // Half of it, kept, and gone on with later.
    await at(
      PATIENT,
      async (page) => {
        consultation = await book(page);
        await page.goto('/my-care/health');
        await sayNo(page);
        expect(await page.getByText('Which one?', { exact: true }).isVisible()).toBe(false);
        await pressSpace(page, 'neuromuscular_condition', 'yes');
        expect(await page.getByText('Which one?', { exact: true }).isVisible()).toBe(true);
        await look(page);
        await press(page, 'button', /Save, and go on to Reactions/);
        await page.waitForURL(/kept#section-reactions/);
        expect(await page.locator('[name=neuromuscular_condition][value=yes]').isChecked()).toBe(true);
        await page.goto('/my-care');
        expect(await page.getByRole('link', { name: 'Go on with them' }).count()).toBe(1);
        await press(page, 'link', 'Go on with them');
        await page.waitForURL(/\/health/);

        // What is asked further has to be answered; an error stands beside it, and all else is kept.
        await pressSpace(page, 'treated_elsewhere', 'yes');
        await press(page, 'button', 'Save my answers');
        await page.getByRole('alert').waitFor();
        await look(page);
        const errors = await page.locator('.error').allTextContents();
        expect(errors.map((text) => text.trim())).toEqual(
          expect.arrayContaining(['Choose an answer', 'Enter the day. A guess is fine']),
        );
        await pressSpace(page, 'neuromuscular_which', 'myasthenia_gravis');
        await pressSpace(page, 'treated_elsewhere', 'no');
        await pressSpace(page, 'blood_thinners', 'yes');
        await page.getByLabel('Which medicines do you take?').fill('Aspirin');
        await press(page, 'button', 'Save my answers');
        await page.waitForURL(/\/my-care$/);
      },
      byHand,
    );

    await town.moveClockTo(await startOf(consultation));
    await at(PRESCRIBER, async (page) => {
      await page.goto(`/desk/appointments/${consultation}`);
      await press(page, 'button', 'Start the visit');
      await page.goto(`/desk/appointments/${consultation}/consultation`);
      await look(page);
      const words = (await page.getByRole('main').textContent())!;
      expect(words).toContain('Rules it out: Myasthenia gravis, Lambert-Eaton syndrome, ALS');
      expect(words).toContain('Take care: Bleeds easily, or takes a blood thinner');

      for (const name of ['identitySeen', 'ageSeen', 'seenAlone', 'ownChoice'])
        await page.locator(`[name=${name}]`).setChecked(true);
      await page.locator('[name=chaperone]').fill('Offered, not wanted');
      await page.locator('[name=interpreter]').fill('Ana Ruiz, Spanish');
      await page.locator('[name=capacity][value=has_capacity]').check();
      await page.locator('[name=bodyImageScreen][value=negative]').check();
      await page.locator('[name=region][value=frown_lines]').check();
      await page.locator('[name=examination]').fill('Strong, even movement.');
      for (const risk of await page.locator('[name=riskTold], [name=riskAcknowledged]').all())
        await risk.setChecked(true);
      await page.locator('[name=outcome][value=suitable]').press('Space');
      await press(page, 'button', 'Sign the record');
      await page.getByRole('alert').waitFor();
      const refused = (await page.getByRole('alert').textContent())!;
      expect(refused).toContain('was answered “Myasthenia gravis”');
      expect(refused).toContain('say whether it is so');

      // It was another illness: the answers are taken again, and each finding gets its word.
      await press(page, 'button', 'Save, and go through them again');
      await page.waitForURL(/\/health$/);
      await look(page);
      await pressSpace(page, 'neuromuscular_condition', 'no');
      await press(page, 'button', 'Save the answers');
      await page.waitForURL(/\/consultation$/);
      await page.locator('[name="contra-bleeding-present"][value=yes]').check();
      await press(page, 'button', 'Sign the record');
      await page.waitForURL(/\/prescription$/);
      await page.locator('[name=productCode]').selectOption({ index: 1 });
      await page.locator('[name=doseUnits]').fill('20');
      await page.locator('[name=topUpUnits]').fill('0');
      await page.locator('[name=region][value=frown_lines]').setChecked(true);
      const injector = page.locator('[name=injectorId]');
      if ((await injector.first().evaluate('(element) => element.tagName')) === 'SELECT')
        await injector.selectOption({ index: 1 });
      else await injector.first().check();
      await press(page, 'button', 'Sign the prescription');
      await page.waitForURL(/\/prescription$/);

      // On paper the record reads as a record, without what can only be pressed.
      await page.goto(`/desk/appointments/${consultation}/consultation`);
      await look(page);
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByText('Strong, even movement.').isVisible()).toBe(true);
      expect(await page.getByText('It supports a treatment until').isVisible()).toBe(true);
      expect(await page.getByRole('button', { name: 'Sign the addition' }).isVisible()).toBe(false);
      expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
      await page.emulateMedia({ media: null });
    });

    const prescription = await town.ask(
      `SELECT id FROM prescription WHERE consultation_appointment_id = $1`,
      [consultation],
    );
    // At reception: whose consent is awaited, and what a paper takes.
    await at(RECEPTION, async (page) => {
      await page.goto('/desk/reception');
      await press(page, 'link', 'Consent on paper');
      await page.waitForURL(/\/paper-consents$/);
      await look(page);
      await press(page, 'link', 'Hannah Whitlock');
      await page.waitForURL(/for=/);
      await look(page);
      await page.getByLabel('Name of the witness').fill('Joan Marsh');
      await press(page, 'button', 'Take it in');
      await page.getByRole('alert').waitFor();
      expect(await page.getByLabel('Name of the witness').inputValue()).toBe('Joan Marsh');
      expect(await page.getByRole('main').textContent()).toContain('Choose the scan or photograph');
      await look(page);
    });

    let treatment = '';
    await at(
      PATIENT,
      async (page) => {
        await page.goto(`/my-care/prescriptions/${prescription}/consent`);
        expect(await page.getByRole('main').textContent()).toContain('Ana Ruiz, Spanish');
        await look(page);
        // One item left open: it is named, and the others stay ticked.
        const items = await page.getByRole('checkbox').all();
        expect(items.length).toBeGreaterThan(15);
        for (const item of items.slice(1)) await item.press('Space');
        await page.getByLabel(/translate this/).fill('Ana Ruiz, Spanish');
        await press(page, 'button', 'I agree');
        await page.getByRole('alert').waitFor();
        await look(page);
        expect(await page.getByRole('checkbox', { checked: false }).count()).toBe(1);
        await page.getByRole('checkbox', { checked: false }).press('Space');
        await press(page, 'button', 'I agree');
        await page.waitForURL(/\/my-care$/);
        await page.goto(`/my-care/prescriptions/${prescription}/consent`);
        await look(page);
        await page.goto(`/my-care/prescriptions/${prescription}/treatment`);
        await pressEnter(page.getByRole('main').locator('button.time').first());
        await page.waitForURL(/\/my-care\/appointments\//);
        treatment = idIn(page);
        await page.goto('/my-care/health');
        expect(await page.getByRole('button', { name: 'Nothing has changed' }).count()).toBe(0);
      },
      byHand,
    );

    // Shortly before: once more, in private.
    await town.moveClockTo(await startOf(treatment));
    await at(PATIENT, async (page) => {
      await page.goto('/my-care');
      await press(page, 'link', 'Look at them');
      await page.waitForURL(/\/health/);
      await look(page);
      await press(page, 'button', 'Nothing has changed');
      await page.waitForURL(/\/my-care$/);
      await page.goto('/my-care/record');
      await look(page);
    });
    expect(
      await town.ask(`SELECT count(*)::text FROM health_confirmation WHERE appointment_id = $1`, [treatment]),
    ).toBe('1');
  },
);
