import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

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

/** The server that MEILI_URL names, or one of our own in a temporary folder, gone after `stop`. */
export async function startMeilisearch(): Promise<MeilisearchServer> {
  const { MEILI_URL, MEILI_MASTER_KEY = '' } = process.env;
  if (MEILI_URL) return { url: MEILI_URL, key: MEILI_MASTER_KEY, pid: null, stop: async () => {} };

  const folder = await mkdtemp(join(tmpdir(), 'steadyhand-meili-'));
  const key = randomBytes(24).toString('hex');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(
    binary()!,
    [
      '--db-path',
      join(folder, 'data'),
      '--http-addr',
      `127.0.0.1:${port}`,
      '--master-key',
      key,
      '--no-analytics',
      '--env',
      'production',
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 200; tries++) {
    const healthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return { url, key, pid: server.pid!, stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error('meilisearch did not start');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
