import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { startEmbedded, type DatabaseUrls } from '#db/embedded.ts';
import { createDatabase, prepareDatabase } from '#db/embedded/databases.ts';
import { migrate } from '#db/migrate.ts';

/** `empty`: migrated, no rows. `demo`: with the demo town in it. */
export type Template = 'empty' | 'demo';

export interface TestDatabase {
  name: string;
  urls: DatabaseUrls;
  /** Past every guard: for tests that remove one. */
  superuserUrl: string;
}

export interface Cluster {
  /** Where the server keeps its data: `postmaster.pid` is there. */
  dataFolder: string;
  create(template?: Template): Promise<TestDatabase>;
  drop(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL server in a folder of its own below `parent`, gone with everything in it after `stop`. */
export async function startCluster({ durable = false, parent = tmpdir() } = {}): Promise<Cluster> {
  const dataDir = await mkdtemp(join(parent, 'steadyhand-test-'));
  await chmod(dataDir, 0o711);
  const server = await startEmbedded({ dataDir, durable });
  const admin = new Client({ connectionString: server.superuserUrl() });
  // A drill may kill the server.
  admin.on('error', () => {});
  await admin.connect();

  const makers: Record<Template, () => Promise<string>> = {
    empty: once(async () => {
      await prepareDatabase(admin, 'template_empty', async (name) => {
        await migrate(server.urls(name).owner);
        await setClock(server.superuserUrl(name), 0);
      });
      return 'template_empty';
    }),
    demo: once(async () => {
      const { publishReference } = await import('#db/reference.ts');
      const { seedDemo } = await import('#db/demo/seed.ts');
      const found = async (name: string) => {
        await publishReference(server.urls(name).owner);
        await seedDemo(server.urls(name).owner);
      };
      await prepareDatabase(admin, 'template_demo', found, await makers.empty());
      return 'template_demo';
    }),
  };

  return {
    dataFolder: join(server.folder, 'cluster'),
    create: async (template = 'empty') => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await createDatabase(admin, name, await makers[template]());
      const superuserUrl = server.superuserUrl(name);
      // However long ago the template was made: no test is the one that meets the next quarter of an hour.
      await setClock(superuserUrl, template === 'demo' ? FOUNDING_MINUTES : 0);
      return { name, urls: server.urls(name), superuserUrl };
    },
    drop: async (name) => {
      await admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    },
    stop: async () => {
      await admin.end();
      await server.stop();
      for (const folder of [server.folder, dataDir]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** More than it takes to fill the demo town: nothing in it is dated later than its tests begin. */
const FOUNDING_MINUTES = 5;

/** So many minutes past 08:00 of a Tuesday in February, far from every change of the clocks, or past `TEST_CLOCK`: no test depends on when it is run. */
async function setClock(url: string, minutes: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `UPDATE clock SET ahead_by = ahead_by + (coalesce(
       $1::timestamptz,
       date_trunc('week', date_trunc('year', app_now() - ahead_by, 'UTC') + interval '1 year 1 month 10 days', 'UTC')
         + interval '1 day 8 hours'
     ) + $2 * interval '1 minute' - app_now())`,
    [process.env.TEST_CLOCK ?? null, minutes],
  );
  await client.end();
}

/** Makes it at the first call, and answers every later one with the same. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
