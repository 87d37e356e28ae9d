import { z } from 'zod';
import { words } from '../shared/words.ts';
import { requestKey } from './input.ts';
import { FINDINGS } from './marks.ts';
import { CANCEL_REASONS } from './notice.ts';
import { LATE_MINUTES } from './running-late.ts';

/** A practitioner and a location. */
const session = z
  .string()
  .transform((text) => text.split(' '))
  .pipe(z.tuple([z.uuid(), z.uuid()]))
  .transform(([practitionerId, locationId]) => ({ practitionerId, locationId }));

export const runningLateForm = z.object({
  session,
  minutes: z.coerce.number().pipe(z.literal(LATE_MINUTES, { error: 'Choose how many minutes' })),
});
export const onTimeForm = z.object({ session });

/** How late somebody will be. */
export const lateForm = z.object({
  minutes: z.coerce.number().pipe(z.literal(LATE_MINUTES, { error: 'Choose how many minutes' })),
});

/** A cancellation: a reason is never asked for, and may be given (P6). */
export const cancelForm = z.object({
  requestKey,
  reason: words(0, 500).default(''),
  reasonCode: z.enum(CANCEL_REASONS).optional(),
});

export const appealForm = z.object({ words: words(1, 2_000, 'Tell us how it was') });

export const correctionForm = z.object({
  appointmentId: z.uuid(),
  finding: z.enum(FINDINGS, { error: 'Choose what you found' }),
  reason: words(1, 1_000, 'Say why, in a sentence that the patient will read'),
});
