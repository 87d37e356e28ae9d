import type { Page } from 'playwright-core';
import { expectSound, press } from './world.ts';

/** Answers a question page and presses its button; the next page is another one. */
export async function answer(
  page: Page,
  answers: Record<string, string | true>,
  judge: (page: Page) => Promise<void> = expectSound,
): Promise<void> {
  for (const [label, value] of Object.entries(answers)) {
    const field = page.getByRole('main').getByLabel(label, { exact: true }).first();
    if (value === true) {
      await field.focus();
      // What was answered before stands there.
      if (!(await field.isChecked())) await page.keyboard.press('Space');
    } else await field.fill(value);
  }
  await judge(page);
  const before = page.url();
  await press(page, 'button', 'Save and continue');
  await page.waitForURL((address) => address.href !== before);
}

/** One reviewer checks everything that is claimed, and what was checked before once more if asked to, and says so. */
export async function checkEverything(
  page: Page,
  caseId: string,
  method: Record<string, string>,
  { again = false } = {},
): Promise<void> {
  await page.goto(`/staff/vetting/${caseId}`);
  const links = page.getByRole('link', { name: again ? /^(Record a check|Check again)/ : /^Record a check/ });
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
  for (const href of hrefs) {
    await page.goto(`/staff/vetting/${caseId}`);
    const link = page.locator(`a[href="${href}"]`);
    const kind = (await link.textContent())!.split(':').at(-1)!.trim();
    await link.press('Enter');
    await page.waitForURL(/credential=/);
    await page.getByLabel(method[kind] ?? 'Document confirmed by its issuer').check();
    await page.getByLabel('Confirmed', { exact: true }).check();
    await page.getByLabel('Note').fill('Read there today; the name is the same.');
    await press(page, 'button', 'Record this check');
    await page.waitForURL((address) => address.search === '');
  }
  await press(page, 'button', 'The checks are complete');
  await page.getByText('You did the checks, so a second reviewer decides.').waitFor();
}

export async function decide(page: Page, caseId: string, how: 'Approve' | 'Do not approve', reason: string) {
  await page.goto(`/staff/vetting/${caseId}`);
  await page.getByLabel(how, { exact: true }).check();
  await page.getByLabel('Reason').fill(reason);
  await press(page, 'button', 'Decide');
  await page.getByText('The next step').waitFor({ state: 'detached' });
}
