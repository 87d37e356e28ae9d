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
  create(template?: Template): Promise<TestDatabase>;
  drop(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL server in a temporary folder, gone with everything in it after `stop`. */
export async function startCluster({ durable = false } = {}): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'steadyhand-test-'));
  await chmod(dataDir, 0o711);
  const server = await startEmbedded({ dataDir, durable });
  const admin = new Client({ connectionString: server.superuserUrl() });
  await admin.connect();

  const makers: Record<Template, () => Promise<string>> = {
    empty: once(async () => {
      await prepareDatabase(admin, 'template_empty', async (name) => {
        await migrate(server.urls(name).owner);
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
    create: async (template = 'empty') => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await createDatabase(admin, name, await makers[template]());
      return { name, urls: server.urls(name), superuserUrl: server.superuserUrl(name) };
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

/** Makes it at the first call, and answers every later one with the same. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
