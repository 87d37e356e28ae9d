import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotStart } from '#db/cannot-start.ts';
import { alone } from './alone.ts';

/** The folder that package.json is in. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Everything the build is made from. */
const sources = [
  'src',
  'static',
  'package.json',
  'package-lock.json',
  'svelte.config.js',
  'vite.config.ts',
  'tsconfig.json',
];

const buildFolder = () => resolve(projectFolder, process.env.BUILD_DIR ?? 'build');

/** The request handler that the build made. */
export const builtHandler = () => join(buildFolder(), 'handler.js');

/** Written last and dated to the moment the build began: an interrupted build, or a file changed meanwhile, leaves it too old. */
const stamp = () => join(buildFolder(), 'built');

/** Held while something builds here: what is made on the way lies in one folder, wherever the end of it goes. */
const lock = join(projectFolder, '.svelte-kit', 'building');

/** Builds the web application unless the build there is newer than everything it is made from. Two at once are one build. */
export async function ensureBuilt(say: (line: string) => void, build = buildPages): Promise<void> {
  if (isBuilt()) return;
  const waiting = () => say('The pages are being built by another command; waiting for it ...');
  await alone(lock, waiting, async () => {
    if (isBuilt()) return;
    say('Building the pages ...');
    const beganAt = new Date();
    await build();
    writeFileSync(stamp(), '');
    utimesSync(stamp(), beganAt, beganAt);
  });
}

function isBuilt(): boolean {
  const newestSource = Math.max(...sources.map((source) => newestChange(join(projectFolder, source))));
  return existsSync(stamp()) && existsSync(builtHandler()) && newestChange(stamp()) >= newestSource;
}

async function buildPages(): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  if (code !== 0) throw new CannotStart(`${output.trim()}\nThe pages could not be built: see above.`);
}

function newestChange(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}
