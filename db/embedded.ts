import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { CannotStart } from './cannot-start.ts';
import type { Leashed } from './embedded/leash.ts';
import { prepareDatabase } from './embedded/databases.ts';
import { findPlace, type Place } from './embedded/place.ts';
import { ensureRoles, passwordsIn, type Passwords, type Role } from './embedded/roles.ts';

const run = promisify(execFile);
const leash = fileURLToPath(new URL('./embedded/leash.ts', import.meta.url));

const major = '18';
const mainDatabase = 'steadyhand';
/** How long a server that is on its way out (or in) may keep the data folder. */
const handoverMs = 20_000;
/** How long a server may take to notice that the program it belonged to is gone. */
const noticeMs = 3_000;

/** One connection string for each database role. */
export interface DatabaseUrls {
  owner: string;
  app: string;
  worker: string;
}

export interface EmbeddedPostgres {
  /** Where everything of it is kept. */
  folder: string;
  urls(database?: string): DatabaseUrls;
  superuserUrl(database?: string): string;
  /**
   * Brings the main database up to date with `prepare`. The first time that happens under another name: the
   * database gets its own only when it is whole, so that an interrupted first start begins afresh.
   */
  prepareDatabase(prepare: (ownerUrl: string) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The server keeps everything in `postgres` below this folder, or tells where else. */
  dataDir: string;
  /** Off only for tests: faster, and a power cut would lose what was committed. */
  durable?: boolean;
  say?: (line: string) => void;
  /** The server died and could not be started again. */
  onLost?: (reason: unknown) => void;
}

/**
 * Starts a PostgreSQL of our own on a free loopback port, and recovers what an earlier run may have left: the
 * lock of a killed server, a server that outlived its parent, a data folder that was never finished.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir, durable = true, say = () => {}, onLost = () => {} } = options;
  const place = findPlace(dataDir, say);
  const cluster = join(place.folder, 'cluster');

  await setAsideUnfinished(cluster, say);
  const passwords = await passwordsIn(join(place.folder, 'passwords.json'), existsSync(cluster));
  if (!existsSync(cluster)) await initialise(place, cluster, passwords, durable);
  refuseOtherVersion(cluster);

  const site: Site = { place, cluster, passwords, durable, dataDir, say };
  let running = await launchWhenFree(site, await freePort());
  await ensureRoles(running.keeper, passwords);

  let stopping = false;
  const relaunchWhenLost = () => {
    void running.exited.then(async () => {
      if (stopping) return;
      say('PostgreSQL stopped unexpectedly and is started again.');
      await running.keeper.end().catch(() => {});
      try {
        running = await launchWhenFree(site, running.port);
        relaunchWhenLost();
      } catch (error) {
        onLost(error);
      }
    });
  };
  relaunchWhenLost();

  const urlFor = (role: Role, database: string) => urlOf(role, passwords[role], running.port, database);
  return {
    folder: place.folder,
    urls: (database = mainDatabase) => ({
      owner: urlFor('steadyhand_owner', database),
      app: urlFor('steadyhand_app', database),
      worker: urlFor('steadyhand_worker', database),
    }),
    superuserUrl: (database = 'postgres') => urlFor('postgres', database),
    prepareDatabase: (prepare) =>
      prepareDatabase(running.keeper, mainDatabase, (name) => prepare(urlFor('steadyhand_owner', name))),
    stop: async () => {
      stopping = true;
      await running.keeper.end().catch(() => {});
      running.leash.stdin?.end();
      await running.exited;
    },
  };
}

/** A loopback port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

interface Site {
  place: Place;
  cluster: string;
  passwords: Passwords;
  durable: boolean;
  dataDir: string;
  say: (line: string) => void;
}

interface Running {
  port: number;
  leash: ChildProcess;
  exited: Promise<void>;
  /** Holds, as long as we live, the advisory lock that tells our server from an abandoned one. */
  keeper: Client;
}

const urlOf = (role: Role, password: string, port: number, database: string) =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;

/** An interrupted first start leaves a folder that no server can open. It is renamed, never deleted. */
async function setAsideUnfinished(cluster: string, say: Site['say']): Promise<void> {
  const finished = ['PG_VERSION', join('global', 'pg_control')].every((file) =>
    existsSync(join(cluster, file)),
  );
  const unfinished = [`${cluster}.making`, ...(finished ? [] : [cluster])].filter((folder) =>
    existsSync(folder),
  );
  for (const folder of unfinished) {
    let number = 1;
    while (existsSync(`${cluster}.unfinished-${number}`)) number++;
    const aside = `${cluster}.unfinished-${number}`;
    await rename(folder, aside);
    say(`A database folder that was never finished is now ${aside}; a new one is made.`);
  }
}

/** Made under another name and renamed when whole, so that `cluster` is never half a cluster. */
async function initialise(
  place: Place,
  cluster: string,
  passwords: Passwords,
  durable: boolean,
): Promise<void> {
  const { native, account, folder } = place;
  const making = `${cluster}.making`;
  const passwordFile = join(folder, 'initdb-password');
  await mkdir(making, { mode: 0o700 });
  await writeFile(passwordFile, passwords.postgres, { mode: 0o600 });
  try {
    if (account) {
      for (const path of [making, passwordFile]) await chown(path, account.uid, account.gid);
    }
    const args = [
      `--pgdata=${making}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Order and case rules that are PostgreSQL's own, the same on every machine; the system's locale
      // is asked only what counts as a letter, which pg_trgm wants to know.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      `--lc-ctype=${await systemUtf8Locale()}`,
      ...(durable ? [] : ['--no-sync']),
    ];
    await run(join(native, 'bin', 'initdb'), args, { ...account, cwd: folder });
    await rename(making, cluster);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new CannotStart(
      `PostgreSQL could not make its data folder ${cluster}: ${lastLine(stderr ?? '') || message}`,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function systemUtf8Locale(): Promise<string> {
  const known = await run('locale', ['-a']).catch(() => ({ stdout: '' }));
  return known.stdout.split('\n').find((name) => /^(C|en_US|en_GB)\.utf-?8$/i.test(name)) ?? 'C';
}

function refuseOtherVersion(cluster: string): void {
  const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (version !== major) {
    throw new CannotStart(
      `${cluster} was made by PostgreSQL ${version} and this is ${major}: dump and load it, or choose another DATA_DIR.`,
    );
  }
}

/** Launches the server as soon as nothing else holds the data folder or the port. */
async function launchWhenFree(site: Site, firstPort: number): Promise<Running> {
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
    if (!keeper) await sleep(25);
    else if (await takeLock(keeper)) return { port, leash: child, exited, keeper };
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
  if (!(await commandOf(pid)).includes('postgres')) {
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
  const { rows } = await client.query<{ taken: boolean }>(
    `select pg_try_advisory_lock(hashtext('steadyhand embedded server')) as taken`,
  );
  return rows[0]?.taken ?? false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The command line of a process; when it cannot be read, the safe guess. */
async function commandOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() =>
    run('ps', ['-o', 'args=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => 'postgres',
    ),
  );
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
