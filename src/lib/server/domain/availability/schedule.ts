/** Milliseconds since the Unix epoch. */
export type EpochMs = number;

/** A date on the calendar of the place it is used in, `2026-03-29`. */
export type LocalDate = string;

export const APPOINTMENT_KINDS = ['consultation', 'treatment', 'follow_up'] as const;
export type AppointmentKind = (typeof APPOINTMENT_KINDS)[number];

/** Half-open: the end is the first moment outside. */
export interface Range {
  startsAt: EpochMs;
  endsAt: EpochMs;
}

/**
 * Hours on the wall clock, counted from local midnight of the day they begin on. `startMinute` is below 1440;
 * `endMinute` may lie up to a day after it, so 22:00 to 02:00 is 1320 to 1560.
 */
export interface Hours {
  startMinute: number;
  endMinute: number;
  /** The kinds of appointment these hours are for. */
  kinds: readonly AppointmentKind[];
}

/** Hours that return every week, on the days from `validFrom` to `validTo`, both included. */
export interface WeeklyHours extends Hours {
  /** ISO 8601: 1 is Monday, 7 is Sunday. */
  weekday: number;
  validFrom?: LocalDate | null;
  validTo?: LocalDate | null;
}

/** Hours on one date, in addition to the weekly ones. */
export interface Opening extends Hours {
  date: LocalDate;
}

/** Time off: of the practitioner, or at one location only. */
export interface Closure extends Range {
  locationId?: string | null;
}

export interface LocationHours {
  locationId: string;
  /** IANA name, `Europe/London`. */
  timeZone: string;
  weeklyHours: readonly WeeklyHours[];
  openings: readonly Opening[];
}

/** Everything that decides when one practitioner can be booked. */
export interface Schedule {
  practitionerId: string;
  locations: readonly LocationHours[];
  closures: readonly Closure[];
  /** Time taken, wherever the practitioner is; each block already contains its own buffers. */
  blocks: readonly Range[];
}

/** What is to be booked, on the practitioner's terms. */
export interface AppointmentTerms {
  kind: AppointmentKind;
  durationMinutes: number;
  bufferBeforeMinutes: number;
  bufferAfterMinutes: number;
  /** Distance between starts, counted from the start of the hours they lie in. */
  stepMinutes: number;
  /** A start is at least this far ahead of now ... */
  noticeMinutes: number;
  /** ... and less than this many times 24 hours ahead. */
  horizonDays: number;
}

/** The dates on which a slot may start, both included, on the calendar of each location. */
export interface SlotSearch {
  now: EpochMs;
  from: LocalDate;
  to: LocalDate;
}

/** A bookable start, derived and never stored. */
export interface Slot extends Range {
  locationId: string;
}
