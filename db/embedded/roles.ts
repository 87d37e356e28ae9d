import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { type Client, escapeLiteral } from 'pg';
import { CannotStart } from '../cannot-start.ts';

const superuser = 'postgres';

/**
 * Who may log in, and the limits each lives under. The owner migrates and has no limits; the application
 * must give up before a visitor does; the worker may take longer. A fixed search path keeps a table made
 * elsewhere from standing in for ours.
 */
const settings = {
  steadyhand_owner: { search_path: 'public' },
  steadyhand_app: {
    search_path: 'public',
    statement_timeout: '5s',
    lock_timeout: '2s',
    idle_in_transaction_session_timeout: '10s',
    transaction_timeout: '15s',
  },
  steadyhand_worker: {
    search_path: 'public',
    statement_timeout: '60s',
    lock_timeout: '5s',
    idle_in_transaction_session_timeout: '60s',
    transaction_timeout: '120s',
  },
} as const;

export type Role = keyof typeof settings | typeof superuser;
export type Passwords = Record<Role, string>;

const roles = Object.keys(settings) as (keyof typeof settings)[];

/** The passwords beside the cluster, made up on first use; a cluster without its passwords cannot be opened. */
export async function passwordsIn(file: string, clusterExists: boolean): Promise<Passwords> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new CannotStart(`${file} cannot be read (${error.code}): start as the user it belongs to.`);
  });
  if (kept) return JSON.parse(kept) as Passwords;
  if (clusterExists) {
    throw new CannotStart(
      `${file} is missing, so the database beside it cannot be opened: put it back, or move that folder away to begin anew.`,
    );
  }
  const made = Object.fromEntries(
    [superuser, ...roles].map((role) => [role, randomBytes(24).toString('base64url')]),
  ) as Passwords;
  await writeFile(`${file}.new`, JSON.stringify(made), { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
  return made;
}

/** The roles and their limits. Runs at every start, so an interrupted first start is completed. */
export async function ensureRoles(client: Client, passwords: Passwords): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles');
  const existing = new Set(rows.map((row) => row.rolname));
  for (const role of roles) {
    if (!existing.has(role)) {
      await client.query(`create role ${role} login password ${escapeLiteral(passwords[role])}`);
    }
    for (const [name, value] of Object.entries(settings[role])) {
      await client.query(`alter role ${role} set ${name} = ${escapeLiteral(value)}`);
    }
  }
}
