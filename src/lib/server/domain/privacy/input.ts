import { z } from 'zod';
import { lengthOf, words } from '../shared/words.ts';

/** Being forgotten cannot be undone once it is done: it takes a tick of its own. */
export const forgetForm = z.object({
  understood: z.literal('yes', { error: 'Please tick that you have read what goes and what stays.' }),
});

/** What a member of the staff does about a practitioner who asks to be forgotten. */
export const forgettingForm = z
  .object({
    step: z.enum(['propose', 'agree', 'refuse'], { error: 'Choose what follows.' }),
    words: words(0, 2000).default(''),
  })
  .refine(({ step, words: said }) => step !== 'propose' || lengthOf(said) >= 20, {
    path: ['words'],
    error: 'Write down what you saw: how you know that it is them, and who keeps the records.',
  })
  .refine(({ step, words: said }) => step !== 'refuse' || lengthOf(said) >= 10, {
    path: ['words'],
    error: 'Say why, in a sentence. They read it.',
  });

export const openLockedForm = z.object({
  patientId: z.uuid({ error: 'Choose a record.' }),
  reason: words(10, 2000, 'Say why, in a sentence.'),
});

export const allowOpeningForm = z.object({ openingId: z.uuid({ error: 'Choose what to allow.' }) });
