import { z } from 'zod';
import { atLeast, atMost, lengthOf, words } from '../shared/words.ts';
import { isGuessedFirst, LEAST_CHARACTERS, MOST_CHARACTERS } from './password-rules.ts';

const mailAddress = (unless: string) =>
  z
    .string({ error: unless })
    .trim()
    .toLowerCase()
    .check(atMost(254, 'That address is too long'))
    .pipe(z.email(unless));
const email = mailAddress('Enter an e-mail address like name@example.org');

const newPassword = z
  .string({ error: 'Choose a password' })
  .check(
    atLeast(
      LEAST_CHARACTERS,
      `Use at least ${LEAST_CHARACTERS} characters: three or four words you will remember work well`,
    ),
    atMost(MOST_CHARACTERS),
  )
  .refine((text) => !isGuessedFirst(text), 'That password is one of the first that others would guess');

/** A page of our own to return to, in the letters that an address has; anything else is dropped. */
const next = z
  .string()
  .optional()
  .transform((path) => (path !== undefined && /^\/(?![/\\])[!-[\]-~]*$/.test(path) ? path : undefined));

export const registerInput = z.object({
  name: words(1, 100, 'Enter your name'),
  email,
  next,
});

export const signInInput = z.object({
  email,
  password: z
    .string({ error: 'Enter your password' })
    .check(atLeast(1, 'Enter your password'), atMost(1024, 'Enter your password')),
  next,
});

export const forgotInput = z.object({ email });

const token = z
  .string({ error: 'Open the link in the e-mail again' })
  .regex(/^[\w-]{43}$/, 'Open the link in the e-mail again');

export const verifyInput = z.object({ token, password: newPassword, next });
export const resetInput = z.object({ token, password: newPassword });
export const changePasswordInput = z.object({
  currentPassword: z
    .string({ error: 'Enter the password that you have now' })
    .check(
      atLeast(1, 'Enter the password that you have now'),
      atMost(1024, 'Enter the password that you have now'),
    ),
  password: newPassword,
});
export const changeAddressInput = z.object({ email });
/** Somebody who has lost everything that opens their account. */
export const askRecoveryInput = z.object({
  email,
  newEmail: mailAddress('Enter an address at which you can be written to now'),
  contact: words(3, 300, 'Say how we can reach you'),
});
/** What a member of the staff saw, or why it is refused. */
export const recoveryStepInput = z
  .object({
    step: z.enum(['saw', 'refuse'], { error: 'Choose what follows' }),
    words: words(0, 2_000, 'Write down what you saw').default(''),
  })
  .refine(({ step, words: said }) => step !== 'saw' || lengthOf(said) >= 20, {
    path: ['words'],
    error: 'Write down what you saw: how you spoke, what papers, what they knew',
  })
  .refine(({ step, words: said }) => step !== 'refuse' || lengthOf(said) >= 3, {
    path: ['words'],
    error: 'Say why you refuse it',
  });
export const addressLinkInput = z.object({ token });

/** The second step: a code of the app or a recovery code. */
export const codeInput = z.object({
  code: z
    .string({ error: 'Enter the code' })
    .trim()
    .check(atLeast(1, 'Enter the code'), atMost(60, 'That code is too long')),
  next,
});

const passkeyName = words(1, 60, 'Give it a name that you will know it by');
const passkeyId = z.string().check(atMost(1_400));

export const nextInput = z.object({ next });
export const passkeyInput = z.object({
  name: passkeyName,
  credentialToken: z
    .string()
    .check(atLeast(1, 'Your browser made no passkey. Please try again.'), atMost(40_000)),
  next,
});
export const renamePasskeyInput = z.object({ id: passkeyId, rename: passkeyName });
export const removePasskeyInput = z.object({ id: passkeyId });
/** Stopping whoever asks to be let into one's account: nothing is chosen. */
export const stopOwnInput = z.object({});
export const endSessionInput = z.object({ ref: z.uuid().optional() });

/** A page of our own to return to, read from an address. */
export function nextOf(text: string | null): string | undefined {
  return next.parse(text ?? undefined);
}
