import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const run = promisify(execFile);
const commands = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'chrome',
  'msedge',
];
const places = [
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * What every browser here is started with. It opens our own pages only, and a container seldom allows the sandbox. A browser
 * that nobody looks at still draws the popup of its address field, in a process of its own for each window; the other
 * features are those that Playwright turns off too, because the last list that is named holds.
 */
export const CHROME_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  `--disable-features=${[
    'WebUIOmniboxPopup',
    'WebUIOmniboxAimPopup',
    'AimEnabled',
    'AvoidUnnecessaryBeforeUnloadCheckSync',
    'DestroyProfileOnBrowserClose',
    'HttpsUpgrades',
    'HttpsFirstBalancedModeAutoEnable',
    'LensOverlay',
    'MediaRouter',
    'OptimizationHints',
    'PaintHolding',
    'ThirdPartyStoragePartitioning',
  ].join()}`,
];

/** The path of a Chrome or Chromium that runs: the one named, one installed, or else one it installs. */
export async function findChrome(): Promise<string> {
  const found = await firstThatRuns(installed());
  if (found) return found;
  for (const install of [installPlaywrights, installPackage]) {
    await install().catch(() => {});
    const path = await firstThatRuns(installed());
    if (path) return path;
  }
  throw new Error(
    'No Chrome or Chromium was found and none could be installed: install one, or name it in CHROME_PATH.',
  );
}

function installed(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  const named = process.env.CHROME_PATH ? [process.env.CHROME_PATH] : [];
  return [...named, ...onPath, ...places, chromium.executablePath()].filter((path) => existsSync(path));
}

/** Some are stubs that only say how to install them, and some lack libraries of the system. */
async function firstThatRuns(paths: string[]): Promise<string | undefined> {
  for (const path of paths) {
    const runs = await run(path, ['--version', '--no-sandbox'], { timeout: 20_000 }).then(
      ({ stdout }) => /chrom|edge/i.test(stdout),
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}

async function installPlaywrights(): Promise<void> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  await run(process.execPath, [cli, 'install', 'chromium'], { timeout: 300_000 });
}

async function installPackage(): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
}
