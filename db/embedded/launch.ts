import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { CannotStart } from '../cannot-start.ts';
import { lastLine } from './cluster.ts';
import type { Leashed } from './leash.ts';
import type { Place } from './place.ts';
import type { Passwords, Role } from './roles.ts';

const run = promisify(execFile);
const leash = fileURLToPath(new URL('./leash.ts', import.meta.url));

/** How long a server that is on its way out (or in) may keep the data folder. */
const handoverMs = 20_000;
/** How long a server may take to notice that the program it belonged to is gone. */
const noticeMs = 3_000;

/** What is to be launched. */
export interface Site {
  place: Place;
  cluster: string;
  passwords: Passwords;
  durable: boolean;
  dataDir: string;
  say: (line: string) => void;
}

/** A server that takes connections. */
export interface Running {
  port: number;
  leash: ChildProcess;
  exited: Promise<void>;
  /** Holds, as long as we live, the advisory lock that tells our server from an abandoned one. */
  keeper: Client;
}

/** The connection string of one role. */
export const urlOf = (role: Role, password: string, port: number, database: string) =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;

/** A loopback port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Launches the server as soon as nothing else holds the data folder or the port. */
export async function launchWhenFree(site: Site, firstPort: number): Promise<Running> {
  const beganAt = performance.now();
  for (let port = firstPort; ; await sleep(100)) {
    const waitedMs = performance.now() - beganAt;
    const overdue = waitedMs > handoverMs;
    if (!(await isFolderFree(site, waitedMs))) continue;
    const launched = await launch(site, port);
    if (typeof launched !== 'string') return launched;
    if (launched.includes('could not bind') && !overdue) port = await freePort();
    else if (!isHandover(launched) || overdue) {
      throw new CannotStart(
        `PostgreSQL did not start: ${lastLine(launched)} (log: ${join(site.place.folder, 'postgres.log')})`,
      );
    }
  }
}

/** The last processes of a killed server are still leaving, or another start was quicker by a moment. */
const isHandover = (log: string) => /lock file .* already exists|pre-existing shared memory/.test(log);

/** One attempt. Answers with the server's log when it ends before it takes connections. */
async function launch(site: Site, port: number): Promise<Running | string> {
  const { place, cluster, passwords } = site;
  const logFile = join(place.folder, 'postgres.log');
  const log = openSync(logFile, 'w', 0o600);
  const leashed: Leashed = {
    command: join(place.native, 'bin', 'postgres'),
    args: ['-D', cluster, '-p', String(port), ...serverSettings(site.durable)],
    cwd: place.folder,
    ...place.account,
  };
  const child = spawn(process.execPath, [leash, JSON.stringify(leashed)], {
    stdio: ['pipe', 'ignore', log],
    // A group of its own: Ctrl-C reaches the application, which drains before it lets the server go.
    detached: true,
    windowsHide: true,
  });
  closeSync(log);
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      ended = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  child.stdin?.on('error', () => {});

  const url = urlOf('postgres', passwords.postgres, port, 'postgres');
  while (!ended) {
    const keeper = await connect(url);
    if (keeper && (await takeLock(keeper))) return { port, leash: child, exited, keeper };
    await keeper?.end();
    await sleep(25);
  }
  return readFile(logFile, 'utf8');
}

function serverSettings(durable: boolean): string[] {
  const safety = durable ? 'on' : 'off';
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    fsync: safety,
    full_page_writes: safety,
    synchronous_commit: safety,
    deadlock_timeout: '250ms',
    // The detail of a refused row prints the whole row, and the statement its values: neither belongs in a log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Finds out who holds the data folder: nobody, a dead server, one that was left behind, or one in use. */
async function isFolderFree(site: Site, waitedMs: number): Promise<boolean> {
  const { cluster, passwords, dataDir, say } = site;
  const lockFile = join(cluster, 'postmaster.pid');
  const lines = (await readFile(lockFile, 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!pid || !isAlive(pid)) return true;
  if (!(await mayServe(pid, cluster))) {
    say(`The lock of a killed server is removed: process ${pid} is another program now.`);
    await rm(lockFile, { force: true });
    return true;
  }
  const visitor = port ? await connect(urlOf('postgres', passwords.postgres, port, 'postgres')) : null;
  if (!visitor && waitedMs > handoverMs) {
    throw new CannotStart(
      `Process ${pid} holds the data in ${dataDir} and does not answer: stop it (kill -INT ${pid}).`,
    );
  }
  if (!visitor) return false;
  const isAbandoned = await takeLock(visitor);
  await visitor.end();
  if (!isAbandoned && waitedMs < noticeMs) return false;
  if (!isAbandoned) {
    throw new CannotStart(
      `Steadyhand already runs on the data in ${dataDir}: stop that one, or give this one a folder of its own with DATA_DIR.`,
    );
  }
  say('A database server that a killed run left behind is stopped first.');
  process.kill(pid, 'SIGINT');
  return false;
}

async function connect(url: string): Promise<Client | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  return client.connect().then(
    () => client,
    () =>
      client.end().then(
        () => null,
        () => null,
      ),
  );
}

async function takeLock(client: Client): Promise<boolean> {
  const taken = client.query<{ taken: boolean }>(
    `select pg_try_advisory_lock(hashtext('steadyhand embedded server')) as taken`,
  );
  return taken.then(
    ({ rows }) => rows[0]?.taken ?? false,
    () => false,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process may be the server of this data folder, which works inside it. If in doubt: yes. */
async function mayServe(pid: number, cluster: string): Promise<boolean> {
  if (existsSync('/proc/self')) {
    const workingFolder = readlink(`/proc/${pid}/cwd`);
    return workingFolder.then(
      async (folder) => folder === (await realpath(cluster)),
      // A process that is gone and only waited for has no folder; another user's cannot be read.
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
  }
  const command = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: 'postgres' }));
  return command.stdout.includes('postgres');
}
