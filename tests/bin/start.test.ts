import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../harness/port.ts';
import { projectFolder } from '../../src/bin/build.ts';
import { askFor } from '../harness/parts.ts';

let dataDir: string;
beforeAll(async () => {
  await askFor('build');
  dataDir = await mkdtemp(join(tmpdir(), 'steadyhand-start-'));
  await chmod(dataDir, 0o711);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** Runs `npm start`'s program in an environment with nothing else in it. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ['src/bin/start.ts'], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...env },
  });
  let output = '';
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<boolean>((resolve) => {
    void closed.then(() => resolve(false));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/^ready /m.test(output)) resolve(true);
      });
    }
  });
  return { child, closed, ready, lines: () => output.trim().split('\n') };
}

const serverPid = (folder: string) =>
  Number(readFileSync(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);

test('one command: ready in the last line, hardened answers, and everything stops with it', async () => {
  const port = await freePort();
  const run = start({ PORT: String(port) });
  expect(await run.ready, run.lines().join('\n')).toBe(true);
  expect(run.lines().at(-1)).toBe(`ready http://127.0.0.1:${port}`);
  const database = serverPid(dataDir);

  for (const path of ['/', '/robots.txt', '/no-such-page']) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const headers = Object.fromEntries(response.headers);
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': expect.any(String) as string,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()') as string,
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
    });
    await response.arrayBuffer();
  }

  run.child.kill('SIGINT');
  expect(await run.closed).toBe(0);
  expect(() => process.kill(database, 0)).toThrow('ESRCH');
});

test('a port in use is told in one line, before anything is made', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const untouched = join(dataDir, 'untouched');

  const run = start({ PORT: String(port), DATA_DIR: untouched });
  expect(await run.closed).toBe(1);
  expect(run.lines()).toEqual([
    `Port ${port} is in use: stop what is running there, or choose another with PORT=${port + 1}.`,
  ]);
  expect(existsSync(untouched)).toBe(false);
  other.close();
});

test('an impossible environment is told in one line', async () => {
  const run = start({ PORT: 'many', MODE: 'holiday' });
  expect(await run.closed).toBe(1);
  expect(run.lines()).toEqual([expect.stringMatching(/MODE.*PORT/)]);
});

test('production refuses demo people, a moved clock and rules that nobody reviewed', async () => {
  const { urls } = await askFor<{ urls: { owner: string; app: string } }>('create', 'demo');
  const client = new Client({ connectionString: urls.owner });
  await client.connect();
  await client.query(`update clock set ahead_by = '1 day'`);
  await client.end();

  const run = start({
    MODE: 'production',
    PORT: String(await freePort()),
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://steadyhand.test',
    MAIL_URL: 'smtp://127.0.0.1:25',
    MAIL_FROM: 'desk@steadyhand.test',
    CONTACT_EMAIL: 'help@steadyhand.test',
    SEALING_KEYS: `a:${Buffer.alloc(32, 1).toString('base64')}`,
    DATABASE_URL: urls.app,
    OWNER_DATABASE_URL: urls.owner,
  });
  expect(await run.closed).toBe(1);
  expect(run.lines()).toEqual([
    expect.stringMatching(/^Not fit for production: .*demo people.*clock.*nobody reviewed/),
  ]);
});

test('a database newer than the code is told in one line', async () => {
  const { urls } = await askFor<{ urls: { owner: string; app: string } }>('create', 'empty');
  const client = new Client({ connectionString: urls.owner });
  await client.connect();
  await client.query(`insert into kysely_migration values ('9999_from_the_future', '2099-01-01')`);
  await client.end();

  const run = start({
    MODE: 'test',
    PORT: String(await freePort()),
    DATABASE_URL: urls.app,
    OWNER_DATABASE_URL: urls.owner,
  });
  expect(await run.closed).toBe(1);
  expect(run.lines()).toEqual([expect.stringMatching(/^The database is newer than this code/)]);
});
