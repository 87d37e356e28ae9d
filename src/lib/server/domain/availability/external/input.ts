import { z } from 'zod';

/** A calendar by its address, or as a file. */
export const newCalendarForm = z
  .object({
    name: z
      .string({ error: 'Give it a name' })
      .trim()
      .min(1, 'Give it a name')
      .max(60, 'Use at most 60 characters'),
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

export const calendarForm = z.object({ calendar: z.uuid() });
