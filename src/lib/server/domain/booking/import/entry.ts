import { createHash } from 'node:crypto';
import { upTo } from '../../shared/words.ts';

/** One appointment as another system's file says it. Nothing here is believed yet. */
export interface Entry {
  /** What the other system calls it: it is brought over once. */
  reference: string;
  /** Where it stands in the file: "Row 12". */
  where: string;
  /** What it is for there. */
  service: string;
  isCancelled: boolean;
  /** On the clock of the location; null where it could not be understood. */
  start: Temporal.PlainDateTime | null;
  /** Null where the file does not say; then it takes as long as consultations here do. */
  minutes: number | null;
  givenName: string;
  familyName: string;
  dateOfBirth: string | null;
  email: string | null;
  phone: string | null;
}

/** A file read: its appointments, and for whom and what they can be. */
export interface ReadFile {
  /** Who sees patients in it; empty where it is about one person. */
  providers: { id: string; name: string; email: string }[];
  entriesOf(providerId: string | null): Entry[];
}

/** One line of text for a name or a number, without what nobody can see. */
export function line(text: string | null | undefined, most = 100): string {
  return upTo(
    most,
    (text ?? '')
      .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
}

/** An e-mail address or telephone number, or null where it does not look like one: it helps nobody then. */
export function emailOf(text: string | null | undefined): string | null {
  const email = line(text, 254);
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? email : null;
}

export function phoneOf(text: string | null | undefined): string | null {
  const phone = line(text, 40);
  return /^[+\d(][\d\s().-]{5,}$/.test(phone) ? phone : null;
}

/** `1984-03-27`, or null where it is no date in the life of anybody alive. */
export function dateOfBirthOf(text: string): string | null {
  try {
    const date = Temporal.PlainDate.from(text, { overflow: 'reject' });
    return date.year >= 1900 ? date.toString() : null;
  } catch {
    return null;
  }
}

/** For files whose rows have no reference: the same row is the same appointment. */
export function referenceOfRow(parts: readonly unknown[]): string {
  return `row-${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}`;
}
