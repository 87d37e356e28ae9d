import { spawn, type ChildProcess } from 'node:child_process';
import type { DatabaseUrls } from '#db/embedded.ts';
import { freePort } from './port.ts';
import { projectFolder } from '../../src/bin/build.ts';

export interface ServerProcess {
  url: string;
  child: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** `serve` is the web server alone; `start` has the worker in it too. */
  entry?: 'serve' | 'start';
  env?: Record<string, string>;
}

/** The built application as a process of its own, on a free port. */
export async function startServerProcess(
  urls: DatabaseUrls,
  options: ServerOptions = {},
): Promise<ServerProcess> {
  for (let tries = 1; ; tries++) {
    const server = await startOn(await freePort(), urls, options);
    const { exitCode, signalCode } = server.child;
    if (exitCode === null && signalCode === null) return server;
    // Somebody may have taken the port since it was found free.
    if (tries === 5 || !/^Port \d+ is in use/m.test(server.output()))
      throw new Error(`The server did not start:\n${server.output()}`);
  }
}

async function startOn(
  port: number,
  urls: DatabaseUrls,
  { entry = 'serve', env = {} }: ServerOptions,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [`src/bin/${entry}.ts`], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      MODE: 'test',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      DATABASE_URL: urls.app,
      WORKER_DATABASE_URL: urls.worker,
      OWNER_DATABASE_URL: urls.owner,
      ...env,
    },
  });
  let output = '';
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/^ready /m.test(output)) resolve();
      });
    }
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await closed;
  };
  // The run may end without its teardown: nothing of it stays behind.
  process.once('exit', () => child.kill('SIGKILL'));
  await Promise.race([ready, closed]);
  return { url: `http://127.0.0.1:${port}`, child, output: () => output, stop };
}
