import { pino, type DestinationStream, type Logger } from 'pino';
import { databaseError } from './db.ts';

export type { Logger };

/**
 * Structured log on stdout. An error is written as its name, code, constraint and the places of its stack: its message, and a
 * driver's `detail`, `where` and `query`, can hold a patient's row (P4), so they never get this far.
 */
export function openLog(level: string, to?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: {
      err(error: unknown) {
        if (!(error instanceof Error)) return { type: typeof error };
        return { type: error.name, ...databaseError(error), stack: placesIn(error) };
      },
    },
  };
  return to === undefined ? pino(options) : pino(options, to);
}

/** A stack begins with the message, of as many lines as it has; where it does not, the lines that look like places are kept. */
function placesIn({ stack = '', message }: Error): string {
  const at = stack.indexOf(message);
  return stack
    .slice(at === -1 ? 0 : at + message.length)
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .join('\n');
}
