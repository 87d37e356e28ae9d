import { pino, type Logger } from 'pino';
import { databaseError } from './db.ts';

export type { Logger };

/**
 * Structured log on stdout. An error is written as its name, code, constraint and stack: a driver's `detail`, `where`
 * and `query` can hold a patient's row (P4), so they never get this far.
 */
export function openLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: {
      err(error: unknown) {
        if (!(error instanceof Error)) return { type: typeof error };
        return {
          type: error.name,
          ...databaseError(error),
          stack: error.stack?.split('\n').slice(1).join('\n'),
        };
      },
    },
  });
}
