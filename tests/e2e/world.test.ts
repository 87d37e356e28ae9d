import { expect, it } from 'vitest';
import { launchBrowser } from '../harness/browser.ts';
import { person, violationsOf } from './world.ts';

it('what is wrong with a page is found, with its scripts and without', async () => {
  const served = { url: 'http://127.0.0.1:9', browser: await launchBrowser() };
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await person(served, { javaScriptEnabled });
    await page.setContent(
      '<html lang="en"><head><title>Two faults</title></head><body><main><h1>Faults</h1><img src="data:,"><input></main></body></html>',
    );
    const found = (await violationsOf(page)).map((one) => one.split(':')[0]);
    expect([javaScriptEnabled, ...found]).toEqual([javaScriptEnabled, 'image-alt', 'label']);
  }
});
