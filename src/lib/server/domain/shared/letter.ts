import { z } from 'zod';

const link = z.object({ text: z.string(), href: z.string() });
const fact = z.object({ name: z.string(), value: z.string() });

/**
 * A letter as data: the text that mail programs of every kind read, and the page that most show, are both made from it.
 * Subject, heading and the first words name no drug, no treatment and no prescription (P4).
 */
const letter = z.object({
  subject: z.string(),
  /** What stands on top of the page; the subject, unless that is said. */
  heading: z.string().optional(),
  /** Said first. */
  opening: z.array(z.string()),
  /** When, where, with whom. */
  facts: z.array(fact).optional(),
  /** Said after the facts. */
  more: z.array(z.string()).optional(),
  /** The one thing that most readers want to do next. */
  action: link.optional(),
  /** Said after it. */
  after: z.array(z.string()).optional(),
  links: z.array(link).optional(),
});
export type Letter = z.infer<typeof letter>;
export type LetterLink = z.infer<typeof link>;

/** Whom it is for, and what stands at its foot. */
const letterFrame = z.object({
  toName: z.string(),
  /** The page where this kind is stopped by one press, without signing in. */
  stop: z.string().optional(),
  /** The same for mail programs that press it for their reader (RFC 8058). */
  oneClick: z.string().optional(),
});
export type LetterFrame = z.infer<typeof letterFrame>;

/** A letter as its row keeps it. */
export const storedLetter = z.object({ letter, frame: letterFrame });

/** "Hello Ada," */
export function greeting({ toName }: LetterFrame): string {
  return toName.trim() === '' ? 'Hello,' : `Hello ${toName},`;
}

/** What is said first, which begins a sentence of its own below the greeting, whoever wrote it. */
export function openingOf({ opening: [first = '', ...others] }: Letter): string[] {
  return [`${first.charAt(0).toLocaleUpperCase('en-GB')}${first.slice(1)}`, ...others];
}

/** The foot of every letter. */
export function footOf({ stop }: LetterFrame): { words: string; links: LetterLink[] } {
  return {
    words: 'Steadyhand. An answer to this letter comes to us, not to a clinic, and is not read at once.',
    links: stop === undefined ? [] : [{ text: 'Stop letters of this kind', href: stop }],
  };
}
