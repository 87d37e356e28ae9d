import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { initialise, refuseOtherVersion, setAsideUnfinished } from './embedded/cluster.ts';
import { prepareDatabase } from './embedded/databases.ts';
import { freePort, launchWhenFree, urlOf } from './embedded/launch.ts';
import { findPlace } from './embedded/place.ts';
import { ensureRoles, passwordsIn, type Role } from './embedded/roles.ts';

const mainDatabase = 'steadyhand';

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

  const site = { place, cluster, passwords, durable, dataDir, say };
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
