import { AxeBuilder } from '@axe-core/playwright';
import { HtmlValidate, type ConfigData } from 'html-validate';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { createTestDatabase } from '../harness/database.ts';
import { launchBrowser } from '../harness/browser.ts';
import type { ServerOptions } from '../harness/processes.ts';
import { startTestServer } from '../harness/server.ts';

export const PASSWORD = 'steadyhand demo town';

/** The demo town served to a real browser, with a clock that the test moves. */
export async function openTown(options?: ServerOptions) {
  const database = await createTestDatabase('demo');
  const owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  const { url } = await startTestServer(database, options);
  const browser = await launchBrowser();
  return {
    url,
    database,
    browser,
    owner,
    /** From now on it is `instant`, and time goes on. */
    async moveClockTo(instant: string) {
      await owner.query(`UPDATE clock SET ahead_by = ahead_by + ($1::timestamptz - app_now())`, [instant]);
    },
    /** One column of the first row. */
    async ask(sql: string, values: unknown[] = []): Promise<string> {
      const { rows } = await owner.query<Record<string, string>>(sql, values);
      return Object.values(rows[0] ?? {})[0]!;
    },
    close: () => owner.end(),
  };
}
export type Town = Awaited<ReturnType<typeof openTown>>;

/** A person with a browser of their own. Everything that goes wrong in it fails the test. */
export async function person(
  town: { url: string; browser: Browser },
  options: {
    javaScriptEnabled?: boolean;
    viewport?: { width: number; height: number };
    timezoneId?: string;
    hasTouch?: boolean;
  } = {},
): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
  const context = await town.browser.newContext({
    baseURL: town.url,
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A form that comes back with a problem is answered 4xx, which the browser notes as an error.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
  });
  return { page, context, faults };
}

export async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/account/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Password').press('Enter');
  await page.waitForURL(({ pathname }) => !/^\/account\/sign-in/.test(pathname));
  // Professionals are asked for a second step, which the demo lets wait.
  if (new URL(page.url()).pathname !== '/account/second-factor') return;
  await page.getByRole('link', { name: 'Not now' }).click();
  await page.waitForURL(({ pathname }) => !pathname.startsWith('/account'));
}

/** Reaches a link or button as a keyboard does, and presses it. */
export async function press(page: Page, role: 'link' | 'button', name: string | RegExp): Promise<void> {
  const target = page.getByRole('main').getByRole(role, { name }).first();
  await target.focus();
  await Promise.all([page.waitForLoadState('load'), target.press('Enter')]);
}

/** A field or button with another value than the page gave it, sent in the same breath: no script of the page comes in between and puts it right. */
export async function sendTampered(field: Locator, value: string, button?: string): Promise<void> {
  await field.evaluate(
    (tampered: HTMLInputElement | HTMLButtonElement, [value, button]) => {
      tampered.value = value!;
      if (tampered instanceof HTMLInputElement) tampered.checked = true;
      const buttons = [...tampered.form!.querySelectorAll('button')];
      const pressed = button ? buttons.find((one) => one.textContent?.trim() === button)! : buttons[0]!;
      tampered.form!.requestSubmit(tampered instanceof HTMLButtonElement ? tampered : pressed);
    },
    [value, button] as const,
  );
}

const htmlValidate = new HtmlValidate(JSON.parse(readFileSync('.htmlvalidate.json', 'utf8')) as ConfigData);

/** What every page must hold: no accessibility violation, valid HTML, no sideways scroll at 360 px, one heading and a title. */
export async function expectSound(page: Page): Promise<void> {
  const at = new URL(page.url()).pathname;
  // In one go: its other way opens a page of its own for frames, of which there are none.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect([at, violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)]).toEqual([at, []]);

  const size = page.viewportSize()!;
  await page.setViewportSize({ width: 360, height: 740 });
  const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  expect([at, Number(overflow) <= 0]).toEqual([at, true]);
  await page.setViewportSize(size);

  expect([at, await page.locator('h1').count()]).toEqual([at, 1]);
  expect(await page.title()).not.toBe('');

  const html = await (await page.request.get(page.url())).text();
  const report = await htmlValidate.validateString(html);
  const problems = report.results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId} ${line}: ${message}`),
  );
  expect([at, problems]).toEqual([at, []]);
  await picture(page);
}

/** The page as it comes on paper, a picture of it when `PICTURES` names a folder. */
export async function onPaper(page: Page): Promise<void> {
  const folder = process.env.PICTURES;
  if (!folder) return;
  const size = page.viewportSize()!;
  const name = new URL(page.url()).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll('/', '_');
  await page.emulateMedia({ media: 'print' });
  // A4 at 96 dots an inch.
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: join(folder, `${name}-on-paper.png`), fullPage: true });
  await page.setViewportSize(size);
  await page.emulateMedia({ media: null });
}

/** Pictures of the page to be looked at, phone and desk, light and dark, when `PICTURES` names a folder. */
async function picture(page: Page): Promise<void> {
  const folder = process.env.PICTURES;
  if (!folder) return;
  const size = page.viewportSize()!;
  const name = new URL(page.url()).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll('/', '_');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(size);
}
