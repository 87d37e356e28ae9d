import type { EpochMs } from './schedule.ts';

const DAY_MS = 86_400_000;

/** What a clock on the wall reads, written as the milliseconds at which a clock in UTC would read the same. */
export type WallMs = number;

/** The first instant at which the local clock reads `wall` or later. */
export type ToInstant = (wall: WallMs) => EpochMs;

/**
 * The clock of a time zone, for wall times between `from` and `to`.
 *
 * "The first instant at which it reads that or later" answers both clock changes: a time that is skipped in
 * spring means the moment of the change, a time that comes twice in autumn means its first coming.
 */
export function zoneClock(timeZone: string, from: WallMs, to: WallMs): ToInstant {
  const stretches = stretchesOfOneOffset(timeZone, from - DAY_MS, to + DAY_MS);
  return (wall) => {
    for (const { startsAt, endsAt, offsetMs } of stretches) {
      const instant = Math.max(startsAt, wall - offsetMs);
      if (instant < endsAt) return instant;
    }
    throw new RangeError(`No instant in ${timeZone} for ${wall}`);
  };
}

/** Splits time where the zone's offset from UTC changes; the first and last stretch are left open. */
function stretchesOfOneOffset(timeZone: string, from: EpochMs, to: EpochMs) {
  const stretches = [];
  let startsAt = -Infinity;
  let local = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  for (;;) {
    const offsetMs = local.offsetNanoseconds / 1e6;
    const change = local.getTimeZoneTransition('next');
    if (change === null || change.epochMilliseconds > to) {
      stretches.push({ startsAt, endsAt: Infinity, offsetMs });
      return stretches;
    }
    stretches.push({ startsAt, endsAt: change.epochMilliseconds, offsetMs });
    startsAt = change.epochMilliseconds;
    local = change;
  }
}
