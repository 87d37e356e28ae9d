import type { EpochMs, Range } from './schedule.ts';

const DAY_MS = 86_400_000;

/** What a clock on the wall reads, written as the milliseconds at which a clock in UTC would read the same. */
export type WallMs = number;

/** The whole or the part of a local day in which the clock is not changed. */
interface DayPart extends Range {
  /** Days since 1 January 1970, on the local calendar. */
  day: number;
  /** When the clock read midnight, or would have if it had always run as it runs in this part. */
  midnight: EpochMs;
}

export interface ZoneClock {
  /** The first instant at which the local clock reads `wall` or later. */
  toInstant: (wall: WallMs) => EpochMs;
  /** The local day of an instant, in days since 1 January 1970. */
  dayOf: (instant: EpochMs) => number;
  /** Cuts a range where local days begin and where the clock is changed. */
  dayPartsOf: (range: Range) => DayPart[];
}

/**
 * The clock of a time zone, for wall times between `from` and `to`.
 *
 * "The first instant at which it reads that or later" answers both clock changes: a time that is skipped in
 * spring means the moment of the change, a time that comes twice in autumn means its first coming.
 */
export function zoneClock(timeZone: string, from: WallMs, to: WallMs): ZoneClock {
  const stretches = stretchesOfOneOffset(timeZone, from - DAY_MS, to + DAY_MS);
  return {
    toInstant: (wall) => {
      for (const { startsAt, endsAt, offsetMs } of stretches) {
        const instant = Math.max(startsAt, wall - offsetMs);
        if (instant < endsAt) return instant;
      }
      throw new RangeError(`No instant in ${timeZone} for ${wall}`);
    },
    dayOf: (instant) => {
      const { offsetMs } = stretches.find(({ endsAt }) => instant < endsAt)!;
      return Math.floor((instant + offsetMs) / DAY_MS);
    },
    dayPartsOf: (range) => {
      const parts: DayPart[] = [];
      for (const stretch of stretches) {
        const until = Math.min(stretch.endsAt, range.endsAt);
        let startsAt = Math.max(stretch.startsAt, range.startsAt);
        while (startsAt < until) {
          const day = Math.floor((startsAt + stretch.offsetMs) / DAY_MS);
          const midnight = day * DAY_MS - stretch.offsetMs;
          const endsAt = Math.min(midnight + DAY_MS, until);
          parts.push({ startsAt, endsAt, day, midnight });
          startsAt = endsAt;
        }
      }
      return parts;
    },
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
