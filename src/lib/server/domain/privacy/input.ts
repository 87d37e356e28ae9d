import { z } from 'zod';

/** Being forgotten cannot be undone once it is done: it takes a tick of its own. */
export const forgetForm = z.object({
  understood: z.literal('yes', { error: 'Please tick that you have read what goes and what stays.' }),
});

/** As the database counts: a letter that takes two places in JavaScript is one. */
const hasLetters = (text: string, least: number): boolean => [...text].length >= least;

/** What a member of the staff does about a practitioner who asks to be forgotten. */
export const forgettingForm = z
  .object({
    step: z.enum(['propose', 'agree', 'refuse'], { error: 'Choose what follows.' }),
    words: z.string().trim().max(2000, { error: 'Please keep it to 2,000 characters.' }).default(''),
  })
  .refine(({ step, words }) => step !== 'propose' || hasLetters(words, 20), {
    path: ['words'],
    error: 'Write down what you saw: how you know that it is them, and who keeps the records.',
  })
  .refine(({ step, words }) => step !== 'refuse' || hasLetters(words, 10), {
    path: ['words'],
    error: 'Say why, in a sentence. They read it.',
  });

export const openLockedForm = z.object({
  patientId: z.uuid({ error: 'Choose a record.' }),
  reason: z
    .string()
    .trim()
    .refine((reason) => hasLetters(reason, 10), { error: 'Say why, in a sentence.' })
    .max(2000, { error: 'Please keep it to 2,000 characters.' }),
});

export const allowOpeningForm = z.object({ openingId: z.uuid({ error: 'Choose what to allow.' }) });
