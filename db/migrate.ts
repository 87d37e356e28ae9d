import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Logger, runMigrations } from 'graphile-worker';
import { Kysely, PostgresDialect } from 'kysely';
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration';
import pg from 'pg';
import { CannotStart } from './cannot-start.ts';

const shippedMigrations = fileURLToPath(new URL('./migrations/', import.meta.url));
const quiet = new Logger(() => () => {});

/**
 * Brings the database up to this code: the job queue's tables first, because ours call its functions, then
 * every migration not yet run. Two processes may start together; the second waits and finds it done. A
 * database that knows migrations this code does not is left exactly as it is.
 */
export async function migrate(ownerUrl: string, folder = shippedMigrations): Promise<{ applied: string[] }> {
  const lock = new pg.Client({ connectionString: ownerUrl });
  await lock.connect();
  try {
    await lock.query(`select pg_advisory_lock(hashtext('steadyhand migrations'))`);
    const migrations = await migrationsIn(folder);
    await refuseNewerDatabase(lock, migrations);
    await runMigrations({ connectionString: ownerUrl, logger: quiet });
    return { applied: await runOurs(ownerUrl, migrations) };
  } finally {
    await lock.end();
  }
}

async function migrationsIn(folder: string): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  const loaded = files.map(async (file) => {
    const path = pathToFileURL(join(folder, file)).href;
    return [basename(file, '.ts'), (await import(/* @vite-ignore */ path)) as Migration] as const;
  });
  return Object.fromEntries(await Promise.all(loaded));
}

async function refuseNewerDatabase(client: pg.Client, known: Record<string, Migration>): Promise<void> {
  const table = await client.query(`select from pg_tables where tablename = 'kysely_migration'`);
  if (!table.rowCount) return;
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
  const unknown = rows.map((row) => row.name).filter((name) => !(name in known));
  if (unknown.length > 0) {
    throw new CannotStart(
      `The database is newer than this code (it has ${unknown.join(', ')}): start the version that made it. Nothing was changed.`,
    );
  }
}

async function runOurs(ownerUrl: string, migrations: Record<string, Migration>): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const provider: MigrationProvider = { getMigrations: () => Promise.resolve(migrations) };
  try {
    const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest();
    const failed = results.find((result) => result.status === 'Error');
    if (failed) throw new Error(`Migration ${failed.migrationName} failed and was undone.`, { cause: error });
    if (error) throw error as Error;
    return results.map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}
