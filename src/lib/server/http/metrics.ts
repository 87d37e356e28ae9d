import { createHash, timingSafeEqual } from 'node:crypto';
import type { App } from '../app.ts';
import { readIndexState } from '../domain/directory/index-state.ts';

/** Whether a request comes from the monitoring system: only it knows the token. Nobody does where none is set. */
export function isMonitor({ headers }: Request, token: string | null): boolean {
  const given = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return token !== null && given !== undefined && timingSafeEqual(hashed(given), hashed(token));
}

const hashed = (text: string) => createHash('sha256').update(text).digest();

/** How searches go, in numbers. Nothing about people. */
export async function metricsText({ db, metrics, search }: App): Promise<string> {
  return metrics.text({ health: search.health(), ...(await readIndexState(db)) });
}
