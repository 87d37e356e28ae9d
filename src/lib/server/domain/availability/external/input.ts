import { z } from 'zod';
import { atLeast, atMost, words } from '../../shared/words.ts';

const name = words(1, 60, 'Give it a name');

/** A calendar by its address, or as a file. */
export const newCalendarForm = z
  .object({
    name,
    location: z.uuid('Choose a location'),
    address: words(0, 2_000).default(''),
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
  address: words(1, 2_000, 'Enter the address'),
  // A colon would end it in the header that carries it (RFC 7617).
  username: words(1, 200, 'Enter your user name there').regex(
    /^[^\p{Cc}:]*$/u,
    'A user name there has no colon in it',
  ),
  appPassword: z
    .string({ error: 'Enter the app password' })
    .check(atLeast(1, 'Enter the app password'), atMost(500))
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
