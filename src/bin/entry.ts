import { CannotStart } from '#db/cannot-start.ts';

const oldestNode = 26;

/** What an entry point started, stopped in the opposite order when it is asked to end. */
export interface Lifetime {
  onStop(stop: () => Promise<void> | void): void;
  /** Something we cannot live without is gone: stop the rest and end with a failure. */
  fail(error: unknown): void;
  /** All is done: stop what was started and end. */
  end(): void;
}

/**
 * Runs an entry point. Ctrl-C and SIGTERM stop, in reverse, everything it registered, however far it got.
 * A `CannotStart` is told in one line; anything else is a bug and keeps its stack.
 */
export async function enter(main: (lifetime: Lifetime) => Promise<void>): Promise<void> {
  const stops: (() => Promise<void> | void)[] = [];
  let ending = false;

  const end = async (exitCode: number) => {
    // npm passes on the Ctrl-C that the terminal has already sent us: one is enough.
    if (ending) return;
    ending = true;
    for (const stop of stops.toReversed()) {
      try {
        await stop();
      } catch (error) {
        console.error(error);
      }
    }
    process.exit(exitCode);
  };
  const fail = (error: unknown) => {
    if (ending) return;
    console.error(error instanceof CannotStart ? error.message : error);
    void end(1);
  };

  process.on('SIGINT', () => void end(0));
  process.on('SIGTERM', () => void end(0));
  try {
    refuseOldNode();
    await main({
      fail,
      end: () => void end(0),
      onStop: (stop) => {
        // Started while we were already ending: nobody else will stop it.
        if (ending) void stop();
        else stops.push(stop);
      },
    });
  } catch (error) {
    fail(error);
  }
}

function refuseOldNode(): void {
  if (Number.parseInt(process.versions.node) < oldestNode) {
    throw new CannotStart(
      `This needs Node ${oldestNode}, and here is ${process.versions.node}: use the npm scripts, which bring their own.`,
    );
  }
}
