import { chromium, type Page } from 'playwright-core';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { findChrome } from '../harness/chrome.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess } from '../harness/processes.ts';

/*
 * What a public page weighs before a person acts: scripts and styles as they cross the network, in a real browser with
 * an empty cache. A kilobyte is 1,000 bytes.
 */

const SCRIPT_BAR = 60;
const STYLE_BAR = 20;

/** Opens every kind of public page once and adds up what it fetched. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  const browser = await chromium.launch({
    executablePath: await findChrome(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const database = await cluster.create('demo');
    const server = await startServerProcess(database.urls);
    const figures: Figure[] = [];
    for (const [name, path] of await publicPages(server.url)) {
      const page = await browser.newPage();
      await page.goto(new URL(path, server.url).href, { waitUntil: 'networkidle' });
      const weight = await weigh(page);
      await page.close();
      figures.push(
        figure(`${name}: scripts`, weight.js, SCRIPT_BAR),
        figure(`${name}: styles`, weight.css, STYLE_BAR),
      );
    }
    await server.stop();
    return figures;
  } finally {
    await browser.close();
    await cluster.stop();
  }
}

/** Every kind of page that is open to all, by name; a practitioner and a free time are taken from the search page. */
async function publicPages(origin: URL | string): Promise<[name: string, path: string][]> {
  const html = await (await fetch(new URL('/search', origin))).text();
  const [profile] = /\/practitioners\/[a-z0-9-]+/.exec(html)!;
  const [book] = /\/practitioners\/[a-z0-9-]+\/book\?[^"]+/.exec(html)!;
  return [
    ['home', '/'],
    ['search', '/search'],
    ['profile', profile],
    ['a time', book.replaceAll('&amp;', '&')],
    ['how we check', '/how-we-check'],
    ['urgent', '/urgent'],
    ['sign in', '/account/sign-in'],
    ['register', '/account/register'],
  ];
}

/** Kilobytes of scripts and of styles, compressed. */
function weigh(page: Page): Promise<{ js: number; css: number }> {
  return page.evaluate(() => {
    const fetched = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const kilobytes = (pattern: RegExp) =>
      fetched
        .filter(({ name }) => pattern.test(new URL(name).pathname))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1_000;
    return { js: kilobytes(/\.js$/), css: kilobytes(/\.css$/) };
  });
}

function figure(name: string, value: number, bar: number): Figure {
  return {
    name,
    value: Math.round(value * 10) / 10,
    unit: 'kB',
    bar,
    ok: value > 0 && value <= bar,
    seed: 0,
    n: 1,
  };
}
