import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { awake, expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

const PRESCRIBER = 'prescriber@demo.steadyhand.example';

let town: Town;
shared(async () => {
  town = await openTown();
});

/** A consultation of the prescriber that has begun. */
async function begun(page: Page): Promise<string> {
  const where = `FROM appointment a JOIN practitioner r ON r.id = a.practitioner_id JOIN account d ON d.id = r.account_id
     WHERE a.kind = 'consultation' AND a.state = 'confirmed' AND lower(a.during) > app_now() AND d.email = '${PRESCRIBER}' ORDER BY lower(a.during) LIMIT 1`;
  const id = await town.ask(`SELECT a.id ${where}`);
  await town.moveClockTo(await town.ask(`SELECT lower(a.during)::text ${where}`));
  await signIn(page, PRESCRIBER);
  await page.goto(`/desk/appointments/${id}`);
  await press(page, 'button', 'Start the visit');
  await page.getByRole('button', { name: 'Start the visit' }).waitFor({ state: 'detached' });
  return `/desk/appointments/${id}/consultation`;
}

const plan = (page: Page) => page.locator('[name=plan]');
const told = (page: Page, words: string | RegExp) =>
  page.locator('[data-autosave-status]', { hasText: words }).waitFor();

it('two windows, a lost network and an ended session lose nothing of a draft', async () => {
  const { page, context, faults } = await person(town);
  const path = await begun(page);
  await page.goto(path);
  await expectSound(page);

  // Saved while somebody writes.
  await plan(page).fill('Soften the frown');
  await told(page, 'Saved. Nothing is signed yet.');
  const other = await context.newPage();
  await other.goto(path);
  await awake(other);
  expect(await plan(other).inputValue()).toBe('Soften the frown');

  // The other window saves; this one is told, and shows what differs.
  await plan(other).fill('Nothing today');
  await told(other, 'Saved. Nothing is signed yet.');
  await plan(page).fill('Soften the frown, keep half');
  await told(page, /another window has saved this record/);
  await press(page, 'button', 'Save the draft');
  await page.getByText('Two windows have this record open').waitFor();
  expect(await plan(page).inputValue()).toBe('Soften the frown, keep half');
  expect(await page.getByRole('row', { name: /^Plan/ }).innerText()).toMatch(
    /Nothing today\s+Soften the frown, keep half/,
  );
  await expectSound(page);
  await press(page, 'button', 'Save the draft');
  await page.getByText('Nothing is signed yet.').waitFor();
  expect(
    await town.ask(`SELECT plan FROM consultation_record WHERE appointment_id = $1`, [path.split('/')[3]]),
  ).toBe('Soften the frown, keep half');
  await other.close();

  // No network: what was typed stays in the window, and is there again when the page comes back.
  await context.setOffline(true);
  await plan(page).fill('Typed without a network');
  await told(page, /no answer from the server/);
  // The page is left before the network is back: it would try again.
  await page.goto('about:blank');
  await context.setOffline(false);
  await page.goto(path);
  await told(page, /stands in the fields again/);
  expect(await plan(page).inputValue()).toBe('Typed without a network');
  await press(page, 'button', 'Save the draft');
  await page.getByText('Nothing is signed yet.').waitFor();

  // Signed out meanwhile: the same.
  await context.clearCookies();
  await plan(page).fill('Typed after the session had ended');
  await told(page, /you are signed out/);
  await signIn(page, PRESCRIBER);
  await page.goto(path);
  await told(page, /stands in the fields again/);
  expect(await plan(page).inputValue()).toBe('Typed after the session had ended');
  await press(page, 'button', 'Save the draft');
  await page.getByText('Nothing is signed yet.').waitFor();
  expect(
    await town.ask(`SELECT plan FROM consultation_record WHERE appointment_id = $1`, [path.split('/')[3]]),
  ).toBe('Typed after the session had ended');
  expect(faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED/.test(fault))).toEqual([]);
});

it('a save that ends while the page is loaded again leaves the words in the fields', async () => {
  const { page, faults } = await person(town);
  const path = await begun(page);
  await page.goto(path);
  const [asked, askedNow] = signal();
  const [made, madeNow] = signal();
  const [heard, heardNow] = signal();
  await page.route('**/*autosave*', async (route) => {
    askedNow();
    await made;
    const response = await route.fetch();
    await route.fulfill({ response });
  });
  // While a page is on its way, only the old one itself can tell that its save was answered.
  await page.exposeFunction('statusSays', (words: string) => words.startsWith('Saved.') && heardNow());
  await page.evaluate(`(() => {
      const status = document.querySelector('[data-autosave-status]');
      new MutationObserver(() => statusSays(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
    })()`);
  await plan(page).fill('Written a moment before');
  await asked;
  // The page is made before the save is done, and arrives after it.
  await page.route(`**${path}`, async (route) => {
    const response = await route.fetch();
    madeNow();
    await heard;
    await route.fulfill({ response });
  });
  await page.goto(path);
  await told(page, /stands in the fields again/);
  expect(await plan(page).inputValue()).toBe('Written a moment before');
  await page.unrouteAll();
  await press(page, 'button', 'Save the draft');
  await page.getByText('Nothing is signed yet.').waitFor();
  expect(faults).toEqual([]);
});

/** A promise, and what keeps it. */
function signal(): [promise: Promise<void>, keep: () => void] {
  let keep!: () => void;
  return [new Promise<void>((resolve) => (keep = resolve)), () => keep()];
}
