import { z } from 'zod';
import { words } from '../shared/words.ts';

/** A consent that was signed on paper, as the desk enters it. */
export const paperConsentForm = z.object({
  prescriptionId: z.uuid(),
  file: z.instanceof(File, { error: 'Choose the scan or photograph of the signed form' }),
  witnessName: words(3, 120, 'Enter the full name of the witness'),
  signedOn: z.iso.date('Enter the day on which it was signed'),
  interpreter: words(0, 200).default(''),
  seen: z.literal('yes', { error: 'Look at the paper, and tick this' }),
});

export const takenBackForm = z.object({ prescriptionId: z.uuid() });
