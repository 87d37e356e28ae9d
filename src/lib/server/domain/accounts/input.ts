import { z } from 'zod';

/** Only a password protects an account here, so it is long (NIST SP 800-63B-4: 15 characters) and free of any other rule. */
const LEAST_CHARACTERS = 15;
const GUESSED_FIRST =
  /^(.)\1+$|^(?:password|passwort|qwertyuiop|1234567890|0123456789|abcdefghij|letmein|steadyhand)+[\d!.]*$/i;

const email = z
  .string({ error: 'Enter your e-mail address' })
  .trim()
  .toLowerCase()
  .max(254, 'That address is too long')
  .pipe(z.email('Enter an e-mail address like name@example.org'));

const newPassword = z
  .string({ error: 'Choose a password' })
  .min(
    LEAST_CHARACTERS,
    `Use at least ${LEAST_CHARACTERS} characters: three or four words you will remember work well`,
  )
  .max(256, 'Use at most 256 characters')
  .refine((text) => !GUESSED_FIRST.test(text), 'That password is one of the first that others would guess');

/** A page of our own to return to; anything else is dropped. */
const next = z
  .string()
  .optional()
  .transform((path) => (path !== undefined && /^\/(?![/\\])[^\\\s]*$/.test(path) ? path : undefined));

export const registerInput = z.object({
  name: z
    .string({ error: 'Enter your name' })
    .trim()
    .min(1, 'Enter your name')
    .max(100, 'Use at most 100 characters'),
  email,
  next,
});

export const signInInput = z.object({
  email,
  password: z
    .string({ error: 'Enter your password' })
    .min(1, 'Enter your password')
    .max(1024, 'Enter your password'),
  next,
});

export const forgotInput = z.object({ email });

const token = z
  .string({ error: 'Open the link in the e-mail again' })
  .regex(/^[\w-]{43}$/, 'Open the link in the e-mail again');

export const verifyInput = z.object({ token, password: newPassword, next });
export const resetInput = z.object({ token, password: newPassword });
