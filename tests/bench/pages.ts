import { chromium, type Browser, type Page } from 'playwright-core';
import { ensureBuilt } from '../../src/bin/build.ts';
import { median, type Figure } from '../bin/figures.ts';
import { CHROME_ARGS, findChrome } from '../harness/chrome.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess } from '../harness/processes.ts';
import { press, slowestInteraction } from './pages/interactions.ts';
import { judge, type Judgement } from './pages/lighthouse.ts';

/*
 * What public pages cost a visitor, in a real browser against the built server with the demo town in it: what crosses
 * the network before a person acts, Lighthouse's judgement of a phone, and how long the page takes to show what a
 * finger did. A kilobyte is 1,000 bytes. Visits begin with an empty cache; of several the median is told.
 */

const VISITS = 5;
const VISITS_BEFORE = 50;

/** Kilobytes as they cross the network; what has no bar is told only. */
const WEIGHT_BARS = { page: null, scripts: 60, styles: 20, images: null, fonts: null };
const SCORE_BAR = 95;
const LCP_BAR_MS = 1_000;
const CLS_BAR = 0.1;
const INP_BAR_MS = 100;

/** A page that is judged, and what a visitor does on it. */
interface Judged {
  name: string;
  path: string;
  /** Search engines may keep it. */
  isIndexed: boolean;
  act(page: Page): Promise<void>;
}

/** Weighs every kind of public page; judges those on the way to a booking. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  const browser = await chromium.launch({
    executablePath: await findChrome(),
    args: CHROME_ARGS,
  });
  try {
    const database = await cluster.create('demo');
    const server = await startServerProcess(database.urls);
    const pages = await publicPages(server.url);
    // All of them, or those that are named.
    const asked = process.argv.slice(3);
    const isAsked = (name: string) => asked.length === 0 || asked.includes(name);
    const figures: Figure[] = [];
    for (const [name, path] of Object.entries(pages).filter(([page]) => isAsked(page)))
      figures.push(...(await weighed(browser, name, new URL(path, server.url).href)));
    for (const { name, path, isIndexed, act } of onTheWayToABooking(pages).filter((page) =>
      isAsked(page.name),
    )) {
      const url = new URL(path, server.url).href;
      await warmUp(url);
      figures.push(...(await judged(name, url)));
      figures.push(await kept(browser, name, url, isIndexed));
      figures.push(await interactedWith(browser, name, url, act));
    }
    await server.stop();
    return figures;
  } finally {
    await browser.close();
    await cluster.stop();
  }
}

/** Visitors before: a server that has just started is as slow as it never is again. */
async function warmUp(url: string): Promise<void> {
  for (let visit = 0; visit < VISITS_BEFORE; visit++) await (await fetch(url)).arrayBuffer();
}

/** Every kind of page that is open to all, by name; a place, a practitioner and a free time are taken from a search. */
async function publicPages(origin: string) {
  const search = '/search?place=London';
  const html = await (await fetch(new URL(search, origin))).text();
  const [profile] = /\/practitioners\/[a-z0-9-]+/.exec(html)!;
  const [time] = /\/practitioners\/[a-z0-9-]+\/book\?[^"]+/.exec(html)!;
  return {
    home: '/',
    search,
    profile,
    'a time': time.replaceAll('&amp;', '&'),
    'how we check': '/how-we-check',
    'how search works': '/how-search-works',
    urgent: '/urgent',
    'sign in': '/account/sign-in',
    register: '/account/register',
  };
}

function onTheWayToABooking(pages: Awaited<ReturnType<typeof publicPages>>): Judged[] {
  const pressTime = async (page: Page) => {
    await press(page.locator('a.time:visible').first());
    await page.waitForURL(/\/book\?/);
  };
  return [
    {
      name: 'home',
      path: pages.home,
      isIndexed: true,
      act: async (page) => {
        await page.getByLabel('Town or city').pressSequentially('Lond', { delay: 100 });
        await press(page.getByLabel('Frown lines'));
        await press(page.getByRole('button', { name: 'See who is free' }).last());
        await page.waitForURL(/\/search/);
      },
    },
    {
      name: 'search',
      path: pages.search,
      isIndexed: true,
      act: async (page) => {
        await page.getByLabel('Name, or what it is about').pressSequentially('frown lines', { delay: 100 });
        await press(page.getByText('More choices'));
        await press(page.getByText('Who it is'));
        await press(page.getByLabel('Doctor').first());
        await pressTime(page);
      },
    },
    {
      name: 'profile',
      path: pages.profile,
      isIndexed: true,
      act: async (page) => {
        await press(page.locator('.fold > summary').nth(1));
        await press(page.locator('section[aria-labelledby=checked] summary').first());
        await pressTime(page);
      },
    },
    {
      name: 'a time',
      path: pages['a time'],
      isIndexed: false,
      act: async (page) => {
        await page.getByLabel('Day').pressSequentially('27', { delay: 100 });
        await page.getByLabel('Month').pressSequentially('3', { delay: 100 });
        // Without a year the form comes back: the time stays free for the next visit.
        await press(page.getByRole('button', { name: 'Keep this time for me' }));
        await page.getByRole('alert').waitFor();
      },
    },
  ];
}

async function weighed(browser: Browser, name: string, url: string): Promise<Figure[]> {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: 'networkidle' });
  const weights = await page.evaluate(weigh);
  await page.close();
  return Object.entries(WEIGHT_BARS).map(([kind, bar]) =>
    atMost(`${name}: ${kind}`, [weights[kind as keyof typeof weights] / 1_000], 'kB', bar),
  );
}

/** Runs in the page. Styles that came within the page count as much as if they had come by themselves. */
async function weigh() {
  const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const fetched = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const bytes = (pattern: RegExp) =>
    fetched
      .filter(({ name }) => pattern.test(new URL(name).pathname))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  const inlineStyles = new Blob([...document.querySelectorAll('style')].map((style) => style.textContent));
  const packed = await new Response(
    inlineStyles.stream().pipeThrough(new CompressionStream('gzip')),
  ).arrayBuffer();
  return {
    page: page!.encodedBodySize,
    scripts: bytes(/\.js$/),
    styles: bytes(/\.css$/) + packed.byteLength,
    images: bytes(/\.(avif|gif|ico|jpe?g|png|svg|webp)$/),
    fonts: bytes(/\.woff2?$/),
  };
}

async function judged(name: string, url: string): Promise<Figure[]> {
  const visits: Judgement[] = [];
  for (let visit = 0; visit < VISITS; visit++) visits.push(await judge(url));
  const each = (key: keyof Judgement) => visits.map((visit) => visit[key]);
  return [
    atLeast(`${name}: performance`, each('performance'), SCORE_BAR),
    atLeast(`${name}: accessibility`, each('accessibility'), SCORE_BAR),
    atLeast(`${name}: best practices`, each('bestPractices'), SCORE_BAR),
    atLeast(`${name}: SEO`, each('seo'), SCORE_BAR),
    atMost(`${name}: LCP`, each('lcpMs'), 'ms', LCP_BAR_MS),
    atMost(`${name}: CLS`, each('cls'), '', CLS_BAR),
  ];
}

/** Lighthouse cannot tell what a page says of itself from what a server outside production says of all pages. */
async function kept(browser: Browser, name: string, url: string, isIndexed: boolean): Promise<Figure> {
  const page = await browser.newPage();
  await page.goto(url);
  const refusals = await page.locator('meta[name=robots][content*=noindex]').count();
  await page.close();
  return {
    ...atMost(`${name}: robots kept away by the page`, [refusals], '', null),
    ok: refusals === (isIndexed ? 0 : 1),
  };
}

async function interactedWith(
  browser: Browser,
  name: string,
  url: string,
  act: Judged['act'],
): Promise<Figure> {
  const slowest: number[] = [];
  for (let visit = 0; visit < VISITS; visit++) slowest.push(await slowestInteraction(browser, url, act));
  return atMost(`${name}: INP`, slowest, 'ms', INP_BAR_MS);
}

function atMost(name: string, values: number[], unit: string, bar: number | null): Figure {
  const value = rounded(median(values));
  return { name, value, unit, bar, ok: bar === null || value <= bar, seed: 0, n: values.length };
}

function atLeast(name: string, values: number[], bar: number): Figure {
  const value = median(values);
  return { name, value, unit: 'of 100', bar, ok: value >= bar, seed: 0, n: values.length };
}

/** Three significant digits say enough. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
