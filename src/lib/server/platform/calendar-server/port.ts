import type { FetchFailure } from '../safe-fetch.ts';

/** Why a calendar on somebody's server could not be read or written. Whatever else it said is not passed on. */
export type CalendarFailure = FetchFailure | 'login' | 'no_calendar' | 'several' | 'read_only';

export class CalendarProblem extends Error {
  readonly failure: CalendarFailure;

  constructor(failure: CalendarFailure) {
    super(failure);
    this.name = 'CalendarProblem';
    this.failure = failure;
  }
}

/** How somebody signs in at a server of their choice. */
export interface CalendarLogin {
  address: string;
  username: string;
  password: string;
}

/** One entry as it stands there: its own address, its version, and its text (RFC 5545). */
export interface OutsideEntry {
  href: string;
  etag: string | null;
  text: string;
}

/** What must still hold there for a change to be made: that it is the version we know, or that nothing is there. */
export type Expected = { readonly etag: string | null } | 'nothing';

/** `conflict`: something else is there than was expected, and nothing was changed. */
export type Changed = { readonly etag: string | null } | 'conflict';

/** A calendar on a server of its owner's choice. Every call may throw a `CalendarProblem`. */
export interface CalendarServer {
  /** The calendar that an address means, or the only one of an account whose address it is. Answers its own address. */
  find(): Promise<string>;
  /** Something that changes whenever an entry does; null where the server knows no such thing. */
  version(): Promise<string | null>;
  /** Every entry that touches this time. */
  read(from: Temporal.Instant, until: Temporal.Instant): Promise<OutsideEntry[]>;
  /** One entry, or undefined where there is none. */
  readOne(href: string): Promise<OutsideEntry | undefined>;
  /** The address that an entry of this name would have. */
  hrefOf(name: string): string;
  put(href: string, text: string, expected: Expected): Promise<Changed>;
  remove(href: string, expected: { readonly etag: string | null }): Promise<Changed>;
}

export type OpenCalendar = (login: CalendarLogin) => CalendarServer;
