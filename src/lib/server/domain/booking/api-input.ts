import { z } from 'zod';
import { words } from '../shared/words.ts';
import { CLOSURE_KINDS } from './close-time.ts';
import { start as instant } from './input.ts';

/** The body of PUT /api/v1/appointments/[id]/time. */
export const movedTimeInput = z.strictObject({ start: instant });

const appointment = z.uuid();

/** The body of POST /api/v1/closures: the time, and what becomes of each appointment in it. */
export const closureInput = z.strictObject({
  location: z.uuid().nullable().default(null),
  from: instant,
  to: instant,
  kind: z.enum(CLOSURE_KINDS),
  note: words(0, 500).default(''),
  decisions: z
    .array(
      z
        .discriminatedUnion('do', [
          z.strictObject({ appointment, do: z.literal('cancel') }),
          z.strictObject({ appointment, do: z.literal('move'), start: instant }),
        ])
        .transform(({ appointment: appointmentId, ...decision }) => ({ appointmentId, ...decision })),
    )
    .max(500)
    .default([]),
});
