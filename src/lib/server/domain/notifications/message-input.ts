import { z } from 'zod';
import { OPTIONAL_KINDS } from '../shared/letter-kinds.ts';

const hour = z
  .union([z.literal(''), z.coerce.number({ error: 'Choose an hour' }).int().min(0).max(23)])
  .default('')
  .transform((typed) => (typed === '' ? null : typed));
const ticked = z
  .string()
  .optional()
  .transform((value) => value === 'yes');

/** How somebody wants their letters. What is not ticked is declined. */
export const choicesForm = z
  .object({
    wanted: z
      .union([z.string().transform((kind) => [kind]), z.array(z.string())])
      .pipe(z.array(z.enum(OPTIONAL_KINDS)))
      .default([]),
    textOnly: ticked,
    noVoicemail: ticked,
    quietFrom: hour,
    quietUntil: hour,
    timeZone: z.enum(Intl.supportedValuesOf('timeZone') as [string, ...string[]], {
      error: 'Choose the time where you are',
    }),
  })
  .superRefine(({ quietFrom, quietUntil }, context) => {
    const missing = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (quietFrom === null && quietUntil !== null) missing('quietFrom', 'Choose when they begin, too');
    if (quietFrom !== null && quietUntil === null) missing('quietUntil', 'Choose when they end, too');
    if (quietFrom === null || quietUntil === null) return;
    const hours = (quietUntil - quietFrom + 24) % 24;
    if (hours === 0) missing('quietUntil', 'They end at another hour than they begin');
    if (hours > 12)
      missing('quietUntil', 'Twelve hours at most: what waits longer tells you nothing in time');
  });
export type MessageChoices = z.output<typeof choicesForm>;

/** The secret of a letter that stops its kind. */
export const stopForm = z.object({ secret: z.string().regex(/^[\w-]{16,64}$/) });

/** Whose calendar is meant. */
export const feedForm = z.object({ whose: z.enum(['patient', 'practitioner']) });
