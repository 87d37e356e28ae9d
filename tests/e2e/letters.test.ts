import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { letterHtml } from '#lib/server/domain/shared/letter-html.ts';
import { everyLetter } from '../domain/notifications/every-letter.ts';
import { launchBrowser } from '../harness/browser.ts';
import { PATIENCE_MS, violationsOf } from './world.ts';

let page: Page;
beforeAll(async () => {
  page = await (await launchBrowser()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
});

/** One of each kind, and for pictures of each form as well; of those that differ in a sentence only, the first. */
const formOf = (name: string) =>
  process.env.PICTURES ? (/, (no account|carer)$/.exec(name)?.[0] ?? '') : '';
const shapes = Map.groupBy(everyLetter, ({ kind, name }) => `${kind}${formOf(name)}`);

it.each([...shapes].map(([name, [first]]) => [name, first!] as const))(
  '%s reads well on a telephone and in a window, by day and by night',
  async (name, { letter, frame }) => {
    await page.setContent(letterHtml(letter, frame));
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violationsOf(page)).toEqual([]);
      for (const width of [360, 640]) {
        await page.setViewportSize({ width, height: 700 });
        expect(
          await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
        ).toBeLessThanOrEqual(0);
        const folder = process.env.PICTURES;
        if (folder)
          await page.screenshot({
            path: join(folder, `letter-${name.replaceAll(/\W+/g, '-')}-${width}-${colorScheme}.png`),
            fullPage: true,
          });
      }
    }
  },
);
