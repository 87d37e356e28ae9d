import type { App } from '../app.ts';
import { appNow } from '../platform/clock.ts';

/** Whether this process can serve: the database answers. Detail for operators, nothing about people. */
export async function readiness({
  db,
  log,
  config,
}: App): Promise<{ ready: boolean; database: 'up' | 'down'; mode: string }> {
  try {
    await appNow(db);
    return { ready: true, database: 'up', mode: config.mode };
  } catch (error) {
    log.error({ err: error }, 'not ready: the database does not answer');
    return { ready: false, database: 'down', mode: config.mode };
  }
}
