import { z } from 'zod';
import { CHECK_METHODS, CHECK_RESULTS, type CheckMethod, type CheckResult } from './vetting.ts';

const keysOf = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as [Key, ...Key[]];
const reason = z
  .string()
  .trim()
  .min(10, 'Write the reason in a sentence: others will read it later')
  .max(2000, 'That is longer than 2,000 characters');

export const checkInput = z.object({
  credentialId: z.uuid(),
  method: z.enum(keysOf<CheckMethod>(CHECK_METHODS), 'Choose how you checked'),
  result: z.enum(keysOf<CheckResult>(CHECK_RESULTS), 'Choose what you found'),
  note: z.string().trim().max(2000, 'That is longer than 2,000 characters').default(''),
});

export const decisionInput = z.object({
  decision: z.enum(['approve', 'not_approve'], 'Choose one'),
  reason,
});

export const suspensionInput = z.object({
  reason,
  sure: z.literal('yes', 'Tick this to go on'),
});

export const newCaseInput = z.object({ practitionerId: z.uuid(), jurisdiction: z.string().max(40) });
