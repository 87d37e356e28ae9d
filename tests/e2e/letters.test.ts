import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { letterHtml } from '#lib/server/domain/shared/letter-html.ts';
import { everyLetter, type Sample } from '../domain/notifications/every-letter.ts';
import { launchBrowser } from '../harness/browser.ts';
import { PATIENCE_MS, violationsOf } from './world.ts';

let page: Page;
beforeAll(async () => {
  page = await (await launchBrowser()).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
});

/** One of each kind; for pictures each, but for those that differ in a sentence only. */
const formOf = ({ name, letter: { subject, opening, facts, more, action, after, links } }: Sample) => {
  if (!process.env.PICTURES) return '';
  const parts = [opening, facts, more, after, links].map((part) => part?.length ?? 0);
  const [form = ''] = /, (no account|carer)$/.exec(name) ?? [];
  return ` ${subject}${form} ${action?.text ?? ''} ${parts.join('')}`;
};
const shapes = Map.groupBy(everyLetter, (one) => `${one.kind}${formOf(one)}`);

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
