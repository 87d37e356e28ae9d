import type { RegisterEntry } from './register-entry.ts';
import type { RegisterCode } from './registers.ts';

/** Where something about a number was read: a release that was loaded, or what a reviewer wrote down. */
export type ReadAt = { kind: 'file'; releaseId: string } | { kind: 'look_up'; lookUpId: string };

export interface Reading {
  /** The day of which it tells, as an ISO date. */
  asOf: string;
  at: ReadAt;
  /** Null: the register knows nobody of that number. */
  entry: RegisterEntry | null;
}

/** A register that can be asked about one of its numbers. */
export interface Register {
  /** The newest that is known of this number; null when nothing is, which is not the same as nobody. */
  read(register: RegisterCode, number: string): Promise<Reading | null>;
}
