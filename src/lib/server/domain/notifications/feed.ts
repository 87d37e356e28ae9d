import { createHash, randomBytes } from 'node:crypto';

/** One appointment in a calendar that is subscribed to. Neutral words: a title on a lock screen tells nothing (P4). */
export interface FeedEntry {
  uid: string;
  /** Rises with each change, as in the letters. */
  sequence: number;
  changedAt: Temporal.Instant;
  start: Temporal.Instant;
  end: Temporal.Instant;
  timeZone: string;
  title: string;
  place: string;
  words: string;
  status: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED';
}

/** A secret of 256 bits, for an address that nobody guesses. */
export function newFeedSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of it. */
export function hashOfFeed(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether a text can be such a secret. */
export function isFeedSecret(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}
