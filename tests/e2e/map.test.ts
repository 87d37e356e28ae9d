import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';
import { expectSound, openTown, person, pressEnter, shared, violationsOf, type Town } from './world.ts';

const LEEDS = '/search?place=Leeds&map=1';
const STYLE_ORIGIN = 'https://maps.example.org';
const STYLE = { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background' }] };

let town: Town;
let styled: { url: string; browser: Town['browser'] };
shared(async () => {
  town = await openTown();
  const { url } = await startTestServer(town.database, {
    env: { MAP_STYLE_URL: `${STYLE_ORIGIN}/style.json` },
  });
  styled = { url, browser: town.browser };
});

const moving = (page: Page) => page.locator('#map canvas:visible');
const spots = (page: Page) => page.locator('#map button.spot');
const rows = (page: Page) => page.locator('li.result');

/** The numbers of all markers, however they are gathered. */
async function numbersOn(page: Page): Promise<number[]> {
  const names = await page
    .locator('#map :is(button.spot, svg a)')
    .evaluateAll((markers) => markers.map((marker) => marker.getAttribute('aria-label')!));
  return names
    .map((name) => /^\d+ here: results (.+)$/.exec(name)?.[1] ?? name.split(':')[0]!)
    .flatMap((text) => text.match(/\d+/g)!.map(Number))
    .toSorted((a, b) => a - b);
}

/** All that the page asks for. */
function requestsOf(page: Page): string[] {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  return requests;
}

const isOfTheMap = (url: string) => /maplibre|moving-map/.test(url);

describe('with JavaScript and WebGL', () => {
  it('is fetched when it is asked for, from nobody else, and holds the results of the list', async () => {
    const { page, context, faults } = await person(town);
    const requests = requestsOf(page);
    await page.goto('/search?place=Leeds');
    await page.waitForLoadState('networkidle');
    const before = await scriptBytes(page);
    expect(requests.filter(isOfTheMap)).toEqual([]);

    await pressEnter(page.getByRole('link', { name: 'Show the map' }));
    await moving(page).waitFor();
    expect(requests.some(isOfTheMap)).toBe(true);
    expect(await scriptBytes(page)).toBeGreaterThan(before);
    expect(new URL(page.url()).searchParams.get('map')).toBe('1');
    expect(requests.filter((url) => /^https?:/.test(url) && !url.startsWith(town.url))).toEqual([]);

    await expect
      .poll(() => numbersOn(page))
      .toEqual(Array.from({ length: await rows(page).count() }, (_, at) => at + 1));
    await expectSound(page);

    // The next page numbers on, and the address keeps the map.
    await pressEnter(page.getByRole('link', { name: 'Next' }));
    await page.waitForURL(/page=2/);
    await page.locator('#result-11').waitFor();
    await expect
      .poll(() => numbersOn(page))
      .toEqual(Array.from({ length: await rows(page).count() }, (_, at) => at + 11));
    await page.reload();
    await moving(page).waitFor();
    await expect.poll(async () => (await numbersOn(page))[0]).toBe(11);

    await pressEnter(page.getByRole('link', { name: 'Hide the map' }));
    await page.waitForURL((address) => !address.searchParams.has('map'));
    expect(await page.locator('#map').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is used by keyboard: markers lead to rows, rows to markers, Escape away', async () => {
    const { page, context, faults } = await person(town);
    await page.goto('/search?map=1');
    await moving(page).waitFor();

    const single = page
      .getByRole('button', { name: /^\d+: .+, .+, (from \w{3} \d+ \w+ \d|no free time)/ })
      .first();
    const number = (await single.textContent())!;
    await single.focus();
    await page.keyboard.press('Enter');
    const card = page.getByRole('group', { name: `On the map: ${number}`, exact: true });
    await card.waitFor();
    expect(await card.textContent()).toMatch(/Consultation (£|\$|Free)/);
    await expect.poll(() => focusedId(page)).toBe(`result-${number}`);
    const row = page.locator(`#result-${number}`);
    await expect.poll(() => isSeen(page, `#result-${number} h2`)).toBe(true);

    await row.getByRole('link', { name: `${number}: on the map` }).press('Enter');
    await expect.poll(() => focusedId(page)).toBe(`on-map-${number}`);
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    await expect.poll(() => focusedId(page)).toBe(`on-map-${number}`);
    await page.keyboard.press('Escape');
    await expect.poll(() => focusedId(page)).toBe('map-end');

    await page.getByRole('link', { name: 'Skip the map' }).press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement!.closest('#map'))).toBeNull();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('gathers what would overlap, and parts it from nearer by', async () => {
    const { page, context } = await person(town);
    await page.goto('/search?place=Manchester&map=1');
    await moving(page).waitFor();
    const several = page.locator('#map button.several');
    await several.first().waitFor();
    const shown = await numbersOn(page);
    const count = await spots(page).count();
    expect(count).toBeLessThan(shown.length);
    await several.first().focus();
    await page.keyboard.press('Enter');
    const card = page.getByRole('group', { name: /^On the map:/ });
    await card.waitFor();
    await expect.poll(() => focusedLabel(page)).toMatch(/^On the map: \d+(, \d+)* and \d+$/);
    expect(await card.getByRole('link', { name: /^Number \d+ in the list$/ }).count()).toBeGreaterThan(1);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Zoom in', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Zoom in', exact: true }).press('Enter');
    await expect.poll(() => spots(page).count()).toBeGreaterThanOrEqual(count);
    await expect.poll(() => numbersOn(page)).toEqual(shown);
    await context.close();
  });
});

describe('where it cannot move', () => {
  const stays = 'A map that moves cannot be shown here';

  it('without WebGL the drawing stays, and says why', async () => {
    const { page, context, faults } = await person(town);
    await page.addInitScript(() => {
      const original = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: []) {
        return kind.startsWith('webgl') ? null : original.call(this, kind as '2d', ...rest);
      } as typeof original;
    });
    await page.goto(LEEDS);
    await page.getByText(stays).waitFor();
    expect(await page.getByRole('group', { name: 'Plain map' }).isVisible()).toBe(true);
    expect(await numbersOn(page)).toEqual(Array.from({ length: 10 }, (_, at) => at + 1));
    expect(faults).toEqual([]);
    await expectSound(page);
    await context.close();
  });

  it('and so where its script does not arrive', async () => {
    const { page, context } = await person(town);
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto('/search?place=Leeds');
    await page.waitForLoadState('networkidle');
    const known = new Set(
      await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name)),
    );
    await page.route('**/*.js', (route) =>
      known.has(route.request().url()) ? route.continue() : route.abort(),
    );
    await page.goto(LEEDS);
    await page.getByText(stays).waitFor();
    expect(await rows(page).count()).toBe(10);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('without JavaScript it is a drawing whose numbers are links to the rows', async () => {
    const { page, context, faults } = await person(town, { javaScriptEnabled: false });
    await page.goto('/search?place=Leeds');
    await page.getByRole('link', { name: 'Show the map' }).click();
    await page.waitForURL(/map=1#map$/);
    expect(await numbersOn(page)).toEqual(Array.from({ length: 10 }, (_, at) => at + 1));
    await page.locator('#map svg a').first().press('Enter');
    await page.waitForURL(/#result-\d+$/);
    await page.getByRole('link', { name: '3: on the map' }).press('Enter');
    await page.waitForURL(/#on-map-3$/);
    await page.getByRole('button', { name: 'Search' }).first().click();
    await page.waitForURL(/map=1/);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('with a style of somebody else', () => {
  it('opens that one origin to the page of the map, and to no other page', async () => {
    const { page, context, faults } = await person(styled);
    const policyOf = async (path: string) =>
      (await page.request.get(path)).headers()['content-security-policy']!;
    for (const path of ['/', '/search?place=Leeds', '/how-we-check'])
      expect(await policyOf(path)).not.toContain(STYLE_ORIGIN);
    const policy = await policyOf(LEEDS);
    expect(policy.split('; ').filter((directive) => directive.includes(STYLE_ORIGIN))).toEqual([
      `connect-src 'self' ${STYLE_ORIGIN}`,
      `img-src 'self' ${STYLE_ORIGIN} data:`,
    ]);

    const styles: string[] = [];
    await page.route(`${STYLE_ORIGIN}/**`, (route) => {
      styles.push(route.request().url());
      return route.fulfill({ json: STYLE, headers: { 'access-control-allow-origin': '*' } });
    });
    await page.goto('/search?place=Leeds');
    await page.getByRole('link', { name: 'Show the map' }).click();
    await moving(page).waitFor();
    expect(styles).toEqual([`${STYLE_ORIGIN}/style.json`]);
    expect(await page.getByText('GeoNames', { exact: true }).count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('takes our own map where the style cannot be had', async () => {
    const { page, context } = await person(styled);
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.route(`${STYLE_ORIGIN}/**`, (route) => route.abort());
    await page.goto(LEEDS);
    await page.getByText('The usual map is out of reach').waitFor();
    await moving(page).waitFor();
    await expect.poll(() => numbersOn(page)).toEqual(Array.from({ length: 10 }, (_, at) => at + 1));
    expect(await page.getByText('GeoNames', { exact: true }).count()).toBe(1);
    expect(errors).toEqual([]);
    await context.close();
  });
});

const focusedId = (page: Page) => page.evaluate(() => document.activeElement!.id);
const focusedLabel = (page: Page) => page.evaluate(() => document.activeElement!.getAttribute('aria-label'));

/** Whether it is in the window and nothing lies over it. */
const isSeen = (page: Page, selector: string) =>
  page.evaluate((selector) => {
    const element = document.querySelector(selector)!;
    const { left, top } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(left + 4, top + 4));
  }, selector);

const scriptBytes = (page: Page) =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => /\.m?js$/.test(name))
      .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
  );
