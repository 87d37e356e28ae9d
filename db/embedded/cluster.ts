import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CannotStart } from '../cannot-start.ts';
import type { Place } from './place.ts';
import type { Passwords } from './roles.ts';

const run = promisify(execFile);
const major = '18';

/** An interrupted first start leaves a folder that no server can open. It is renamed, never deleted. */
export async function setAsideUnfinished(cluster: string, say: (line: string) => void): Promise<void> {
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
export async function initialise(
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

/** A folder can be opened only by the PostgreSQL that made it. */
export function refuseOtherVersion(cluster: string): void {
  const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (version !== major) {
    throw new CannotStart(
      `${cluster} was made by PostgreSQL ${version} and this is ${major}: dump and load it, or choose another DATA_DIR.`,
    );
  }
}

async function systemUtf8Locale(): Promise<string> {
  const known = await run('locale', ['-a']).catch(() => ({ stdout: '' }));
  return known.stdout.split('\n').find((name) => /^(C|en_US|en_GB)\.utf-?8$/i.test(name)) ?? 'C';
}

/** Where a program of PostgreSQL says what went wrong. */
export const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
