import { z } from 'zod';
import { batchFields } from '../../care/batches/input.ts';
import { atMost, words } from '../../shared/words.ts';

/** Which batch is looked at before a recall is proposed. Both empty: none yet. */
export const recallQuery = z.object({
  product: z.string().check(atMost(60)).default(''),
  batch: words(0, 60).default(''),
});

export const recallForm = z.object({
  ...batchFields,
  why: words(10, 2_000, 'Say why, in a sentence'),
  advice: words(10, 1_000, 'Say what those treated look out for and do'),
});

export const recallDecision = z.object({ decision: z.enum(['confirmed', 'withdrawn']) });

/** A case is closed with what was found, and the reference of the report to the authority. */
export const caseForm = z.object({
  caseId: z.uuid(),
  finding: words(10, 2_000, 'Say what was found, in a sentence'),
  reference: words(2, 100, 'Enter the reference of the report'),
});
