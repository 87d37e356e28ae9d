import { z } from 'zod';
import { words } from '../../shared/words.ts';

/** Product and batch, as they stand on the vial. */
export const batchFields = {
  productCode: z.string().regex(/^[a-z_]+$/, 'Choose the product'),
  batch: words(2, 60, 'Enter the batch as it stands on the vial').regex(
    /[A-Za-z0-9]/,
    'Enter the batch as it stands on the vial',
  ),
};

/** A batch put aside at one place. */
export const quarantineForm = z.object({
  ...batchFields,
  locationId: z.uuid('Choose the place'),
  reason: words(3, 1_000, 'Say why'),
});

/** The same everywhere, by Steadyhand. */
export const quarantineEverywhereForm = z.object({ ...batchFields, reason: words(3, 1_000, 'Say why') });

/** It is let go again, with the reason. */
export const releaseForm = z.object({
  quarantineId: z.uuid(),
  reason: words(3, 1_000, 'Say why it may be used again'),
});

/** How a practitioner fared with somebody whom a recall names. */
export const reachForm = z.object({
  recallId: z.uuid(),
  patientId: z.uuid(),
  how: z.enum(['spoken', 'not_reached'], { error: 'Choose one' }),
  words: words(0, 500).default(''),
});
