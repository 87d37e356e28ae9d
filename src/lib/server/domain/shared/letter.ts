import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import type { MailContact } from '#lib/server/platform/mail.ts';

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
/** Where its reader writes to is no part of the row: it is by the settings of the day on which the letter leaves. */
export type LetterFrame = z.infer<typeof letterFrame> & { contact?: MailContact };

/** How whoever runs this is reached: their address, where they have named one, and the page that says so. */
export function contactAt(about: { publicUrl: URL; contactEmail: string | null }): MailContact {
  return { email: about.contactEmail, page: new URL(paths.contact(), about.publicUrl).href };
}

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
export function footOf({ stop, contact }: LetterFrame): { words: string; links: LetterLink[] } {
  return {
    words:
      contact === undefined || contact.email === null
        ? 'Steadyhand'
        : `Steadyhand. To write to us, answer this letter or write to ${contact.email}`,
    links: [
      ...(contact === undefined ? [] : [{ text: 'How to reach us', href: contact.page }]),
      ...(stop === undefined ? [] : [{ text: 'Stop letters of this kind', href: stop }]),
    ],
  };
}
