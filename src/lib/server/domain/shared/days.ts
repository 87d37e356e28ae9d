import { z } from 'zod';

/*
 * Days and instants as somebody writes them. The year 0 is none to PostgreSQL, and the last day that Temporal knows has no
 * day after it: beyond what a life or a calendar can hold they are no days to us.
 */

const YEARS = { first: 1900, last: 2199 };

function isInReach(iso: string): boolean {
  const year = Number(iso.slice(0, 4));
  return year >= YEARS.first && year <= YEARS.last;
}

type Message = string | { error: string };

/** A real day, `2026-12-08`. */
export const isoDay = (message?: Message) => z.iso.date(message).refine(isInReach, message);

/** An instant, `2026-12-08T14:30:00Z`; with `offset` on any clock. */
export function isoInstant({ error, offset = false }: { error?: string; offset?: boolean } = {}) {
  return z.iso.datetime({ offset, ...(error !== undefined && { error }) }).refine(isInReach, error);
}

const day = isoDay();

/** The day that an address names; null where it names none. */
export function dayIn(text: string | null | undefined): Temporal.PlainDate | null {
  const { success, data } = day.safeParse(text);
  return success ? Temporal.PlainDate.from(data) : null;
}
