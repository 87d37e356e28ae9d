import { chromium, type Browser } from 'playwright-core';
import { afterFile } from './after.ts';
import { askFor } from './parts.ts';

/** A browser for this test file. */
export async function launchBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: await askFor<string>('chrome'),
    args: [
      // It opens our own pages only, and a container seldom allows the sandbox.
      '--no-sandbox',
      '--disable-gpu',
      // WebGL is drawn by the processor.
      '--enable-unsafe-swiftshader',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-quic',
      '--no-first-run',
    ],
  });
  afterFile(() => browser.close());
  return browser;
}
