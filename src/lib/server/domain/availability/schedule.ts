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
  /** 2 is every second week; the weeks are counted, both ways, from the one that begins on `firstMonday`. */
  everyWeeks?: number;
  firstMonday?: LocalDate | null;
}

/** Hours on one date, in addition to the weekly ones. */
export interface Opening extends Hours {
  date: LocalDate;
}

/** Time off: of the practitioner, or at one location only. */
export interface Closure extends Range {
  locationId?: string | null;
}

/** Time taken, its own buffers included. */
export interface Block extends Range {
  /** Unknown where the time is taken by something outside of our calendars: then no way is kept to it. */
  locationId?: string | null;
  /** Kept free around it for the way, when the neighbouring visit is at another location. */
  travelMinutes?: number;
}

export interface Room {
  roomId: string;
  blocks: readonly Range[];
}

/** How many visits may begin on a local day and in an ISO week, and when those begin that there are. */
export interface Limits {
  perDay?: number | null;
  perWeek?: number | null;
  starts: readonly EpochMs[];
}

export interface LocationHours {
  locationId: string;
  /** IANA name, `Europe/London`. */
  timeZone: string;
  weeklyHours: readonly WeeklyHours[];
  openings: readonly Opening[];
  /** Dates without weekly hours, as public holidays are; an opening opens them all the same. */
  closedDates?: readonly LocalDate[];
  travelMinutes?: number;
  /** A visit takes one of them, buffers included. Left out where a visit needs no room. */
  rooms?: readonly Room[];
  limits?: Limits;
}

/** Everything that decides when one practitioner can be booked. */
export interface Schedule {
  practitionerId: string;
  locations: readonly LocationHours[];
  closures: readonly Closure[];
  /** Wherever the practitioner is. */
  blocks: readonly Block[];
}

/** What is to be booked, on the practitioner's terms. */
export interface AppointmentTerms {
  kind: AppointmentKind;
  durationMinutes: number;
  bufferBeforeMinutes: number;
  bufferAfterMinutes: number;
  stepMinutes: number;
  /** What the steps are counted from: the start of the hours, or midnight on the wall clock. */
  startsCountFrom?: 'hours' | 'clock';
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
