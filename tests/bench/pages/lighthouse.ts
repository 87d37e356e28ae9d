import lighthouse from 'lighthouse';
import { launch, type Page } from 'puppeteer-core';
import { findChrome } from '../../harness/chrome.ts';

/** What Lighthouse says of one visit: its four scores of 100, and what the visitor of a phone sees of it. */
export interface Judgement {
  performance: number;
  accessibility: number;
  bestPractices: number;
  seo: number;
  lcpMs: number;
  cls: number;
}

/** One visit as a phone on a slow connection, in a browser of its own. */
export async function judge(url: string): Promise<Judgement> {
  const browser = await launch({
    executablePath: await findChrome(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    return await judgeIn(await browser.newPage(), url);
  } finally {
    await browser.close();
  }
}

async function judgeIn(page: Page, url: string): Promise<Judgement> {
  const judged = await lighthouse(
    url,
    {
      logLevel: 'error',
      onlyCategories: ['performance', 'accessibility', 'best-practices', 'seo'],
      // Held back for real: a guess from an unhindered visit depends on how fast this machine is.
      throttlingMethod: 'devtools',
      // A server that is not in production tells search engines to stay away from all of it.
      skipAudits: ['is-crawlable'],
      disableFullPageScreenshot: true,
    },
    undefined,
    page,
  );
  if (!judged || judged.lhr.runtimeError) {
    throw new Error(`Lighthouse could not judge ${url}: ${judged?.lhr.runtimeError?.message ?? 'no answer'}`);
  }
  const { audits, categories } = judged.lhr;
  const score = (id: string) => Math.round((categories[id]?.score ?? 0) * 100);
  const measured = (id: string) => {
    const value = audits[id]?.numericValue;
    if (value === undefined) throw new Error(`Lighthouse did not measure ${id} of ${url}.`);
    return value;
  };
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    bestPractices: score('best-practices'),
    seo: score('seo'),
    lcpMs: measured('largest-contentful-paint'),
    cls: measured('cumulative-layout-shift'),
  };
}
