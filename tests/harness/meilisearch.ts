import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './port.ts';

export interface MeilisearchServer {
  url: string;
  key: string;
  pid: number | null;
  stop(): Promise<void>;
}

/** Whether there is a search server to test against: one named by MEILI_URL, or a binary on the PATH. */
export function hasMeilisearch(): boolean {
  return Boolean(process.env.MEILI_URL) || binary() !== undefined;
}

function binary(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'meilisearch')).find((path) => existsSync(path));
}

/** One of our own can be ended without warning, and started again with what it had. */
export interface OwnMeilisearch extends MeilisearchServer {
  port: number;
  crash(): Promise<void>;
  revive(): Promise<void>;
  /** It keeps its connections and does nothing, until it goes on. */
  freeze(): void;
  thaw(): void;
}

/** Whether there is a binary on the PATH: a server that MEILI_URL names is not ours to end. */
export function hasOwnMeilisearch(): boolean {
  return binary() !== undefined;
}

/** The server that MEILI_URL names, or one of our own in a temporary folder, gone after `stop`. */
export async function startMeilisearch(): Promise<MeilisearchServer> {
  const { MEILI_URL, MEILI_MASTER_KEY = '' } = process.env;
  if (MEILI_URL) return { url: MEILI_URL, key: MEILI_MASTER_KEY, pid: null, stop: async () => {} };
  return startOwnMeilisearch();
}

export async function startOwnMeilisearch(): Promise<OwnMeilisearch> {
  const folder = await mkdtemp(join(tmpdir(), 'steadyhand-meili-'));
  const key = randomBytes(24).toString('hex');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // Without a bound every change first takes hold of a share of all memory there is, which takes ten times as long.
  const bounds = ['--max-indexing-memory', '256Mb', '--max-indexing-threads', '2'];
  const address = ['--db-path', join(folder, 'data'), '--http-addr', `127.0.0.1:${port}`, ...bounds];
  let server: ChildProcess;
  let ended: Promise<void>;

  const crash = async () => {
    server.kill('SIGKILL');
    await ended;
  };
  const revive = async () => {
    server = spawn(binary()!, [...address, '--master-key', key, '--no-analytics', '--env', 'production'], {
      cwd: folder,
      stdio: 'ignore',
    });
    ended = new Promise((resolve) => server.once('exit', () => resolve()));
    await becomeHealthy(url);
  };
  const stop = async () => {
    await crash();
    await rm(folder, { recursive: true, force: true });
  };
  // The run may end without its teardown: nothing of it stays behind.
  process.once('exit', () => server.kill('SIGKILL'));
  await revive().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url,
    key,
    port,
    pid: server!.pid!,
    crash,
    revive,
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    stop,
  };
}

async function becomeHealthy(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const healthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('meilisearch did not start');
}
