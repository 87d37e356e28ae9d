/*
 * Loaded before the application by `node --import`: its machine's clock is wrong by so many milliseconds.
 */

const ahead = Number(process.env.CLOCK_AHEAD_MS);
const RightDate = Date;

globalThis.Date = class extends RightDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RightDate.now() + ahead);
    else super(...(given as [number]));
  }
  static override now(): number {
    return RightDate.now() + ahead;
  }
} as DateConstructor;

const instant = Temporal.Now.instant.bind(Temporal.Now);
Temporal.Now.instant = () => instant().add({ milliseconds: ahead });
