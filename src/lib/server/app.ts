import { openLimits, type Limits } from './http/limits.ts';
import type { ShownPractitioner } from './domain/directory/documents.ts';
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

/** Config -> App. The web server and the worker each build one, on their own database role. */
export function createApp(env: Readonly<Record<string, string | undefined>>, role: 'web' | 'worker'): App {
  const config = readConfig(env);
  const log = openLog(config.logLevel);
  const pool = openPool(role === 'web' ? config.databaseUrl : config.workerDatabaseUrl, {
    max: role === 'web' ? WEB_CONNECTIONS : 4,
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
  return { config, db, log, limits: openLimits(pool), search, metrics, close: () => db.destroy() };
}
