import { chromium, type Browser } from 'playwright-core';
import { afterFile } from './after.ts';
import { CHROME_ARGS } from './chrome.ts';
import { askFor } from './parts.ts';

let launched: Browser | undefined;

/** The browser of this test file; another one if that has gone. */
export async function launchBrowser(): Promise<Browser> {
  if (launched?.isConnected()) return launched;
  const browser = (launched = await chromium.launch({
    executablePath: await askFor<string>('chrome'),
    args: [
      ...CHROME_ARGS,
      // WebGL is drawn by the processor.
      '--enable-unsafe-swiftshader',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-quic',
      '--no-first-run',
    ],
  }));
  afterFile(() => browser.close());
  return browser;
}
