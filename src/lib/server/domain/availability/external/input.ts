import { z } from 'zod';

const name = z
  .string({ error: 'Give it a name' })
  .trim()
  .min(1, 'Give it a name')
  .max(60, 'Use at most 60 characters');

/** A calendar by its address, or as a file. */
export const newCalendarForm = z
  .object({
    name,
    location: z.uuid('Choose a location'),
    address: z.string().trim().max(2_000, 'Use at most 2,000 characters').default(''),
    // A file field that was left empty arrives as empty text.
    file: z.union([z.file(), z.literal('').transform(() => undefined)]).optional(),
  })
  .refine(({ address, file }) => address !== '' || file !== undefined, {
    path: ['address'],
    error: 'Enter the address, or choose a file',
  })
  .refine(({ address, file }) => address === '' || file === undefined, {
    path: ['file'],
    error: 'Give an address or a file, not both',
  });

/** A calendar on a server that lets us in. */
export const newConnectionForm = z.object({
  name,
  location: z.uuid('Choose a location'),
  address: z
    .string({ error: 'Enter the address' })
    .trim()
    .min(1, 'Enter the address')
    .max(2_000, 'Use at most 2,000 characters'),
  // A colon would end it in the header that carries it (RFC 7617).
  username: z
    .string({ error: 'Enter your user name there' })
    .trim()
    .min(1, 'Enter your user name there')
    .max(200, 'Use at most 200 characters')
    .regex(/^[^\p{Cc}:]*$/u, 'A user name there has no colon in it'),
  appPassword: z
    .string({ error: 'Enter the app password' })
    .min(1, 'Enter the app password')
    .max(500, 'Use at most 500 characters')
    .regex(/^\P{Cc}*$/u, 'That is not a password'),
  writes: z
    .literal('yes')
    .optional()
    .transform((typed) => typed === 'yes'),
});

/** How a connected calendar ends. */
export const disconnectForm = z.object({
  copies: z.enum(['leave', 'take_out'], { error: 'Choose what becomes of your appointments in it' }),
});

export const calendarForm = z.object({ calendar: z.uuid() });
