import { openLimits, type Limits } from './http/limits.ts';
import type { ShownPractitioner } from './domain/directory/documents.ts';
import { askToCatchUp } from './domain/directory/repair-index.ts';
import { readConfig, type Config } from './platform/config.ts';
import { openDb, openPool, type Db } from './platform/db.ts';
import { openLog, type Logger } from './platform/log.ts';
import { openMetrics, type Metrics } from './platform/metrics.ts';
import { openSearch, type Search } from './platform/search/open.ts';

/** Everything the running system is made of, built once. */
export type App = {
  readonly config: Config;
  readonly db: Db;
  readonly log: Logger;
  readonly limits: Limits;
  readonly search: Search<ShownPractitioner>;
  readonly metrics: Metrics;
  close(): Promise<void>;
};

const WEB_CONNECTIONS = 8;
const WORKER_CONNECTIONS = 6;
/** While the search server fails, whoever notices asks this often that it be put right. */
const CATCH_UP_MS = 10_000;

/** Config -> App. The web server and the worker each build one, on their own database role. */
export function createApp(env: Readonly<Record<string, string | undefined>>, role: 'web' | 'worker'): App {
  const config = readConfig(env);
  const log = openLog(config.logLevel);
  const pool = openPool(role === 'web' ? config.databaseUrl : config.workerDatabaseUrl, {
    max: role === 'web' ? WEB_CONNECTIONS : WORKER_CONNECTIONS,
    onError: (error) => log.warn({ err: error }, 'a database connection broke'),
  });
  const db = openDb(pool);
  const metrics = openMetrics();
  const search = openSearch<ShownPractitioner>(db, config.search, role, {
    ...metrics.watch,
    onFailure(error) {
      metrics.watch.onFailure(error);
      log.warn({ err: error }, 'the search server failed; PostgreSQL goes on');
    },
  });
  const watching = setInterval(() => {
    if (search.health().failing)
      askToCatchUp(db).catch((error: unknown) =>
        log.warn({ err: error }, 'nobody was asked to mend the search'),
      );
  }, CATCH_UP_MS).unref();
  const close = async () => {
    clearInterval(watching);
    await db.destroy();
  };
  return { config, db, log, limits: openLimits(pool), search, metrics, close };
}
