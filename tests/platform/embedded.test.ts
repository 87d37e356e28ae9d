import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmbedded, type EmbeddedOptions, type EmbeddedPostgres } from '#db/embedded.ts';
import { projectFolder } from '../../src/bin/build.ts';

let dataDir: string;
let said: string[];
let tidyings: (() => Promise<unknown>)[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'steadyhand-embedded-'));
  // As a folder made by a person is: others may pass through.
  await chmod(dataDir, 0o755);
  said = [];
  tidyings = [() => rm(dataDir, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const tidy of tidyings.toReversed()) await tidy();
});

const folder = () => join(dataDir, 'postgres');
const cluster = () => join(folder(), 'cluster');
const lock = () => readFileSync(join(cluster(), 'postmaster.pid'), 'utf8').split('\n');
const serverPid = () => Number(lock()[0]);

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ dataDir, durable: false, say: (line) => said.push(line), ...options });
  tidyings.push(server.stop);
  return server;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

/** Leaves a row behind, to see later that nothing was lost. */
const remember = (server: EmbeddedPostgres) =>
  query(server.superuserUrl(), `create table kept as select 'still here' as word`);
const recall = (server: EmbeddedPostgres) => query(server.superuserUrl(), 'select word from kept');
const kept = [{ word: 'still here' }];

async function startInProcess(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['tests/platform/embedded-process.ts', dataDir], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  tidyings.push(async () => {
    child.kill('SIGKILL');
    await gone(child.pid!);
  });
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  return { child, url };
}

/** A dead process that nobody waits for keeps its number: as a zombie it counts as gone. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}

async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(20);
}

const parentOf = (pid: number) =>
  Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

test('starts, keeps its data and its secrets, and stops', async () => {
  const server = await start();
  await remember(server);
  expect(await query(server.superuserUrl(), 'show server_version_num')).toEqual([
    { server_version_num: expect.stringMatching(/^18/) as string },
  ]);
  expect(statSync(join(folder(), 'passwords.json')).mode & 0o777).toBe(0o600);
  const pid = serverPid();
  await server.stop();
  expect(isRunning(pid)).toBe(false);

  expect(await recall(await start())).toEqual(kept);
  expect(said).toEqual([]);
});

test('listens on loopback only, in UTC and UTF-8, and refuses a wrong password', async () => {
  const server = await start();
  const settings = await query(
    server.superuserUrl(),
    `select current_setting('listen_addresses') as listen, current_setting('timezone') as zone,
      current_setting('server_encoding') as encoding, current_setting('password_encryption') as passwords`,
  );
  expect(settings).toEqual([
    { listen: '127.0.0.1', zone: 'UTC', encoding: 'UTF8', passwords: 'scram-sha-256' },
  ]);
  const wrong = new URL(server.superuserUrl());
  wrong.password = 'guess';
  await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('the application gives up before a visitor does; only the owner makes tables', async () => {
  const server = await start();
  await server.prepareDatabase(() => Promise.resolve());
  const { owner, app, worker } = server.urls();
  const limits = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock`;
  expect(await query(owner, limits)).toEqual([{ statement: '0', lock: '0' }]);
  expect(await query(app, limits)).toEqual([{ statement: '5s', lock: '2s' }]);
  expect(await query(worker, limits)).toEqual([{ statement: '1min', lock: '5s' }]);
  await query(owner, 'create table made_by_owner ()');
  for (const url of [app, worker]) {
    await expect(query(url, 'create table made_by_other ()')).rejects.toMatchObject({ code: '42501' });
  }
});

test('a second start on the same data is refused and disturbs nothing', async () => {
  const server = await start();
  await remember(server);
  await expect(start()).rejects.toThrow(/already runs on the data in .*DATA_DIR/);
  expect(await recall(server)).toEqual(kept);
});

test('a killed program does not leave its server behind', async () => {
  const { child } = await startInProcess();
  const pid = serverPid();
  child.kill('SIGKILL');
  await gone(pid);
});

test('starts at once after a program was killed', async () => {
  const { child, url } = await startInProcess();
  await query(url, `create table kept as select 'still here' as word`);
  child.kill('SIGKILL');
  expect(await recall(await start())).toEqual(kept);
});

test.skipIf(process.platform !== 'linux')(
  'a server left behind by a killed program is stopped first',
  async () => {
    const { child, url } = await startInProcess();
    await query(url, `create table kept as select 'still here' as word`);
    const pid = serverPid();
    process.kill(parentOf(pid), 'SIGKILL');
    child.kill('SIGKILL');
    await gone(child.pid!);
    expect(isRunning(pid)).toBe(true);

    expect(await recall(await start())).toEqual(kept);
    expect(isRunning(pid)).toBe(false);
    expect(said).toEqual(['A database server that a killed run left behind is stopped first.']);
  },
);

test('the lock of a killed server whose number is another program now is removed', async () => {
  const server = await start();
  await remember(server);
  const lines = lock();
  await server.stop();
  await writeFile(join(cluster(), 'postmaster.pid'), [String(process.ppid), ...lines.slice(1)].join('\n'));

  expect(await recall(await start())).toEqual(kept);
  expect(said).toEqual([expect.stringMatching(/^The lock of a killed server is removed/)]);
});

test('the server comes back by itself after it was killed, with everything committed', async () => {
  const server = await start({ durable: true });
  await remember(server);
  const pid = serverPid();
  process.kill(pid, 'SIGKILL');
  await gone(pid);
  const rows = async (): Promise<unknown[]> => recall(server).catch(() => sleep(50).then(rows));
  expect(await rows()).toEqual(kept);
  expect(said).toContain('PostgreSQL stopped unexpectedly and is started again.');
});

test.for([
  ['no control file', (path: string) => rm(join(path, 'global', 'pg_control'))],
  ['no version', (path: string) => rm(join(path, 'PG_VERSION'))],
] as const)('an unfinished folder (%s) is set aside, not deleted', async ([, damage]) => {
  const server = await start();
  await server.stop();
  await damage(cluster());
  await writeFile(join(cluster(), 'precious'), 'something');

  await start();
  expect(readFileSync(join(folder(), 'cluster.unfinished-1', 'precious'), 'utf8')).toBe('something');
  expect(said).toEqual([
    `A database folder that was never finished is now ${cluster()}.unfinished-1; a new one is made.`,
  ]);
});

test('an initdb that was interrupted is set aside', async () => {
  await mkdir(join(folder(), 'cluster.making', 'base'), { recursive: true });
  await chmod(folder(), 0o711);
  await start();
  expect(readdirSync(folder())).toEqual(expect.arrayContaining(['cluster', 'cluster.unfinished-1']));
});

test('a database whose first preparation was interrupted is made afresh', async () => {
  const server = await start();
  const interrupted = server.prepareDatabase(async (ownerUrl) => {
    await query(ownerUrl, 'create table half_done ()');
    throw new Error('interrupted');
  });
  await expect(interrupted).rejects.toThrow('interrupted');

  await server.prepareDatabase(async (ownerUrl) => {
    await query(ownerUrl, 'create table half_done ()');
  });
  expect(await query(server.urls().owner, 'select from half_done')).toEqual([]);
});

test('a folder made by another PostgreSQL is refused with the way out', async () => {
  const server = await start();
  await server.stop();
  await writeFile(join(cluster(), 'PG_VERSION'), '17\n');
  await expect(start()).rejects.toThrow(/made by PostgreSQL 17 and this is 18: .*DATA_DIR/);
});

test('lost passwords are told, and the data is left alone', async () => {
  const server = await start();
  await server.stop();
  await rm(join(folder(), 'passwords.json'));
  await expect(start()).rejects.toThrow(/passwords\.json is missing.*put it back/);
  expect(existsSync(join(cluster(), 'global', 'pg_control'))).toBe(true);
});

test.skipIf(process.getuid?.() !== 0)(
  'root in a folder closed to others keeps the data where the server can reach it, and says where',
  async () => {
    const closed = join(dataDir, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const server = await start({ dataDir: join(closed, 'data') });
    await remember(server);
    const [line] = said;
    const kept = /^PostgreSQL keeps its data in (\S+): its user cannot enter /.exec(line ?? '')?.[1];
    expect(kept).toMatch(/steadyhand-[0-9a-f]{12}$/);
    tidyings.splice(1, 0, () => rm(kept!, { recursive: true, force: true }));
    expect(existsSync(join(kept!, 'cluster', 'PG_VERSION'))).toBe(true);
  },
);
