import { devices, type Browser, type Locator, type Page } from 'playwright-core';

/** As Lighthouse slows a phone down. */
const CPU_SLOWDOWN = 4;
/** The shortest an event may take to be told of; quicker ones count as this long. */
const SHORTEST_MS = 16;

/**
 * Interaction to Next Paint of one visit: the milliseconds until the page showed the slowest of what a visitor did, on
 * a phone with a slow processor.
 * https://web.dev/articles/inp
 */
export async function slowestInteraction(
  browser: Browser,
  url: string,
  act: (page: Page) => Promise<void>,
): Promise<number> {
  const context = await browser.newContext(devices['Moto G4']);
  try {
    const page = await context.newPage();
    const durations: number[] = [];
    await page.exposeFunction('tellInteraction', (duration: number) => durations.push(duration));
    await page.addInitScript(observeInteractions, SHORTEST_MS);
    await page.goto(url, { waitUntil: 'networkidle' });
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
    await act(page);
    // The browser tells of an event some time after it was shown.
    await page.waitForTimeout(1_000);
    return Math.max(SHORTEST_MS, ...durations);
  } finally {
    await context.close();
  }
}

/** A finger finds its aim before it comes down: the page has scrolled by then. */
export async function press(target: Locator): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  await target.page().waitForTimeout(200);
  await target.tap();
}

/** Runs in the page. */
function observeInteractions(durationThreshold: number): void {
  // TypeScript does not know the threshold.
  const init: PerformanceObserverInit & { durationThreshold: number } = {
    type: 'event',
    buffered: true,
    durationThreshold,
  };
  const { tellInteraction } = window as unknown as { tellInteraction(duration: number): void };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceEventTiming[])
      if (entry.interactionId > 0) tellInteraction(entry.duration);
  }).observe(init);
}
