import { z } from 'zod';
import { atMost } from '../shared/words.ts';
import { requestKey, start } from './input.ts';

/** A checkbox is sent when it is ticked, and only then. */
const ticked = z
  .literal('yes')
  .optional()
  .transform((value) => value === 'yes');

export const inviteForm = z.object({
  email: z
    .string({ error: 'Enter their e-mail address' })
    .trim()
    .toLowerCase()
    .check(atMost(254, 'That address is too long'))
    .pipe(z.email('Enter an e-mail address like name@example.org')),
  getsLetters: ticked,
});
export const lettersForm = z.object({ carerId: z.uuid(), getsLetters: ticked });
export const endForm = z.object({ carerId: z.uuid() });
export const acceptForm = z.object({ code: z.string().check(atMost(100)).default('') });
export const carerMoveForm = z.object({ start, requestKey });
export const carerCancelForm = z.object({ requestKey });
