import { z } from 'zod';

/*
 * How long a text is has one answer, for forms and for the database: as many characters as PostgreSQL's length() counts.
 * JavaScript counts the places of UTF-16, of which an emoji or a rare letter takes two.
 */

/** The length of a text as PostgreSQL counts it. */
export function lengthOf(text: string): number {
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}

/** The beginning of a text, of so many characters at most; none of them is cut in two. */
export const upTo = (most: number, text: string): string => Array.from(text).slice(0, most).join('');

/** A check for `z.string().check(…)`: so many characters at least. */
export const atLeast = (least: number, message?: string) =>
  z.refine<string>((text) => lengthOf(text) >= least, message);

/** A check for `z.string().check(…)`: so many characters at most. What comes after it is not asked of a text that is longer. */
export const atMost = (most: number, message = `Use at most ${most.toLocaleString('en-GB')} characters`) =>
  z.refine<string>((text) => lengthOf(text) <= most, { error: message, abort: true });

/**
 * Words as somebody types them, from `least` to `most` characters without the blanks around them; `missing` says what is
 * wanted where they are too few. JavaScript takes every kind of blank away, PostgreSQL's trim() the space alone: what is
 * left begins and ends with a letter to both.
 */
export const words = (least: number, most: number, missing?: string) =>
  z.string(missing).trim().check(atLeast(least, missing), atMost(most));
