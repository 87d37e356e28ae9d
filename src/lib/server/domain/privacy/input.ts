import { z } from 'zod';

/** Being forgotten cannot be undone once it is done: it takes a tick of its own. */
export const forgetForm = z.object({
  understood: z.literal('yes', { error: 'Please tick that you have read what goes and what stays.' }),
});

export const openLockedForm = z.object({
  patientId: z.uuid({ error: 'Choose a record.' }),
  reason: z
    .string()
    .trim()
    .min(10, { error: 'Say why, in a sentence.' })
    .max(2000, { error: 'Please keep it to 2,000 characters.' }),
});

export const allowOpeningForm = z.object({ openingId: z.uuid({ error: 'Choose what to allow.' }) });
