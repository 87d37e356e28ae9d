import { z } from 'zod';

/** A consent that was signed on paper, as the desk enters it. */
export const paperConsentForm = z.object({
  prescriptionId: z.uuid(),
  file: z.instanceof(File, { error: 'Choose the scan or photograph of the signed form' }),
  witnessName: z
    .string()
    .trim()
    .min(3, 'Enter the full name of the witness')
    .max(120, 'Use at most 120 characters'),
  signedOn: z.iso.date('Enter the day on which it was signed'),
  interpreter: z.string().trim().max(200, 'Use at most 200 characters').default(''),
  seen: z.literal('yes', { error: 'Look at the paper, and tick this' }),
});

export const takenBackForm = z.object({ prescriptionId: z.uuid() });
