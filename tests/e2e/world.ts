import { AxeBuilder } from '@axe-core/playwright';
import { HtmlValidate, type ConfigData } from 'html-validate';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { beforeAll, beforeEach, expect } from 'vitest';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { launchBrowser } from '../harness/browser.ts';
import type { ServerOptions } from '../harness/processes.ts';
import { startTestServer } from '../harness/server.ts';

export const PASSWORD = 'steadyhand demo town';
/** How long one step may take on a slow and busy machine. It decides nothing, and only ends what hangs. */
export const PATIENCE_MS = 90_000;

/** The demo town served to a real browser, with a clock that the test moves. */
export async function openTown(options?: ServerOptions) {
  const database = await createTestDatabase('demo');
  const owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  afterFile(() => owner.end());
  const app = openDb(openPool(database.urls.app, { max: 1, onError: () => {} }));
  afterFile(() => app.destroy());
  const { url } = await startTestServer(database, options);
  const browser = await launchBrowser();
  /** One column of the first row. */
  const ask = async (sql: string, values: unknown[] = []): Promise<string> => {
    const { rows } = await owner.query<Record<string, string>>(sql, values);
    return Object.values(rows[0] ?? {})[0]!;
  };
  return {
    url,
    database,
    browser,
    owner,
    ask,
    /** From now on it is `instant`, and time goes on. */
    async moveClockTo(instant: string) {
      await owner.query(`UPDATE clock SET ahead_by = ahead_by + ($1::timestamptz - app_now())`, [instant]);
    },
    /** The token of a session that begins now. */
    async sessionOf(email: string): Promise<string> {
      return startSession(app, await ask(`SELECT id FROM account WHERE email = $1`, [email]));
    },
    /** The worker does now what it does by the clock, and no minute is waited for. */
    async doNow(task: string): Promise<void> {
      const known = `SELECT count(*)::text FROM graphile_worker._private_known_crontabs WHERE identifier = $1`;
      await expect.poll(() => ask(known, [task]), { message: `${task} is done by the clock` }).toBe('1');
      await owner.query(`SELECT graphile_worker.add_job($1)`, [task]);
    },
  };
}
export type Town = Awaited<ReturnType<typeof openTown>>;

/** What the tests of a file share is made once; a second try of a test gets its own, so that nothing the first one left is in its way. */
export function shared(open: () => Promise<unknown>): void {
  beforeAll(async () => {
    await open();
  });
  beforeEach(async ({ task }) => {
    if ((task.result?.retryCount ?? 0) > 0) await open();
  });
}

type Served = { url: string; browser: Browser; sessionOf?: Town['sessionOf'] };
const servedBy = new WeakMap<BrowserContext, Served & { hasScripts: boolean }>();

interface Manner {
  javaScriptEnabled?: boolean;
  viewport?: { width: number; height: number };
  timezoneId?: string;
  hasTouch?: boolean;
}
interface Person {
  page: Page;
  context: BrowserContext;
  faults: string[];
}

/** A person with a browser of their own. Everything that goes wrong in it fails the test. */
export async function person(town: Served, options: Manner = {}): Promise<Person> {
  const context = await town.browser.newContext({
    baseURL: town.url,
    viewport: { width: 1280, height: 900 },
    // Nothing is looked at, or pressed, while it moves.
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  servedBy.set(context, { ...town, hasScripts: options.javaScriptEnabled !== false });
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
  arriveAwake(page);
  return { page, context, faults };
}

const came = new WeakMap<Town, Map<string, Person>>();

/** Somebody who comes again and again, each time with the browser that they came with first: a new one costs more than most pages. */
export async function personAgain(town: Town, who: string, options: Manner = {}): Promise<Person> {
  const people = came.get(town) ?? new Map<string, Person>();
  came.set(town, people);
  const key = `${who} ${JSON.stringify(options)}`;
  const them = people.get(key) ?? (await person(town, options));
  people.set(key, them);
  return them;
}

/** Every way to a page ends when it is awake. */
function arriveAwake(page: Page): void {
  for (const way of ['goto', 'reload', 'goBack', 'goForward', 'waitForURL'] as const) {
    const go = (page[way] as (...given: unknown[]) => Promise<unknown>).bind(page);
    const thenAwake = async (...given: unknown[]) => {
      const answer = await go(...given);
      // Who waits for the first byte alone wants to be there before that.
      const { waitUntil } = (given.at(-1) ?? {}) as { waitUntil?: string };
      if (waitUntil !== 'commit') await awake(page);
      return answer;
    };
    Object.assign(page, { [way]: thenAwake });
  }
}

const hasScripts = (page: Page) => servedBy.get(page.context())?.hasScripts ?? true;

/** The page is there, its scripts have taken it over where it has any, and it shows what its address says. */
export async function awake(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  if (!hasScripts(page)) return;
  await page.waitForFunction(() => {
    const isOurs = [...document.scripts].some(({ text }) => text.includes('__sveltekit_'));
    const [address] = location.href.split('#');
    return !isOurs || document.documentElement.dataset.awake?.endsWith(` ${address}`) === true;
  });
}

/** Signed in, as the form does it; on no page yet. The form itself is `signInByForm`. */
export async function signIn(page: Page, email: string): Promise<void> {
  const context = page.context();
  const served = servedBy.get(context)!;
  const token = await served.sessionOf!(email);
  await context.addCookies([
    { name: 'session', value: token, url: served.url, httpOnly: true, sameSite: 'Lax' },
  ]);
}

/** Signed in by the form, and on the page that it leads to. */
export async function signInByForm(page: Page, email: string): Promise<void> {
  await page.goto('/account/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await pressEnter(page.getByLabel('Password'));
  // Professionals are asked for a second step, which the demo lets wait.
  if (new URL(page.url()).pathname !== '/account/second-factor') return;
  await press(page, 'link', 'Not now');
}

/** Reaches a link or button as a keyboard does, and presses it. */
export async function press(page: Page, role: 'link' | 'button', name: string | RegExp): Promise<void> {
  await pressEnter(page.getByRole('main').getByRole(role, { name }).first());
}

/**
 * Presses Enter on a link, a button or a field as a keyboard does. Where that leads to a page or sends a form, the
 * answer is there and awake afterwards; what a script of the page makes of it is the test's to wait for.
 */
export async function pressEnter(target: Locator): Promise<void> {
  const page = target.page();
  await awake(page);
  await target.focus();
  if (!hasScripts(page)) {
    await Promise.all([page.waitForEvent('load'), target.press('Enter')]);
    return;
  }
  const before = await page.evaluate(() => {
    const view = window as { pressed?: Event[] };
    if (view.pressed === undefined)
      for (const type of ['click', 'submit'])
        addEventListener(type, (event) => view.pressed!.push(event), { capture: true });
    view.pressed = [];
    return document.documentElement.dataset.awake;
  });
  await target.press('Enter');
  await page.waitForFunction((before) => {
    const { pressed } = window as { pressed?: Event[] };
    // On another document this one has gone.
    if (pressed === undefined || document.documentElement.dataset.awake !== before) return true;
    const sent = pressed.findLast(({ type }) => type === 'submit');
    if (sent !== undefined) {
      const form = sent.target as HTMLFormElement;
      const isPost = form.getAttribute('method')?.toLowerCase() === 'post';
      // One that is just being saved sends itself as soon as it is.
      const isKept = sent.defaultPrevented && isPost && !form.querySelector('[data-autosave-status]');
      return isKept;
    }
    const link = (pressed.at(-1)?.target as Element | undefined)?.closest('a');
    if (!link || link.hasAttribute('download') || link.target === '_blank') return true;
    return link.href.includes('#') && link.href.split('#')[0] === location.href.split('#')[0];
  }, before);
  await awake(page);
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

/** What axe finds wrong with the page as it stands. */
export async function violationsOf(page: Page): Promise<string[]> {
  const looked = hasScripts(page) ? page : await copyForScripts(page);
  const { violations } = await new AxeBuilder({ page: looked })
    // In one go: its other way opens a page of its own for frames, of which there are none.
    .setLegacyMode()
    // What passes is not described node by node.
    .options({ resultTypes: ['violations'] })
    .analyze();
  if (looked !== page) await looked.context().close();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/**
 * The same page where scripts may run, without its own. Axe waits for timers, and in a page whose scripts are off a timer never
 * comes: there it would wait for ever.
 */
async function copyForScripts(page: Page): Promise<Page> {
  const { browser } = servedBy.get(page.context())!;
  const context = await browser.newContext({ viewport: page.viewportSize(), reducedMotion: 'reduce' });
  const copy = await context.newPage();
  const html = (await page.content())
    .replaceAll(/<script\b[^>]*>[^]*?<\/script>/g, '')
    // What is there for who has no scripts is there.
    .replaceAll(/<\/?noscript\b[^>]*>/g, '')
    .replace(/<head\b[^>]*>/, (head) => `${head}<base href="${page.url().replaceAll('"', '%22')}">`);
  await copy.setContent(html, { waitUntil: 'load' });
  return copy;
}

/** What every page must hold: no accessibility violation, valid HTML, no sideways scroll at 360 px, one heading and a title. */
export async function expectSound(page: Page): Promise<void> {
  await awake(page);
  const at = new URL(page.url()).pathname;
  expect([at, await violationsOf(page)]).toEqual([at, []]);

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

let pictures = 0;
/** In the order in which they were taken, so that a page in two states has two. */
function pictureName(page: Page): string {
  const path = new URL(page.url()).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
  return `${String(++pictures).padStart(3, '0')}${path.replaceAll('/', '_')}`;
}

/** The page as it comes on paper, a picture of it when `PICTURES` names a folder. */
export async function onPaper(page: Page): Promise<void> {
  const folder = process.env.PICTURES;
  if (!folder) return;
  const size = page.viewportSize()!;
  const name = pictureName(page);
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
  const name = pictureName(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      // As high as the page: what is out of sight is not drawn.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width, height: Math.max(900, height) });
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(size);
}
