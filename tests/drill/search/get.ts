import { setTimeout as wait } from 'node:timers/promises';

const TRIES = 3;

/** Asks over a connection of its own, and again where it breaks, as browsers do; a server that is gone stays gone. */
export async function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(url, {
        headers: { ...headers, connection: 'close' },
        signal: AbortSignal.timeout(10_000),
      });
    } catch (error) {
      if (attempt === TRIES) throw error;
      await wait(100);
    }
  }
}
