import { z } from 'zod';
import { words } from '../../shared/words.ts';
import { FINDINGS, SEVERITIES, type Finding, type Severity } from './complaint.ts';

const keysOf = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as [Key, ...Key[]];
const LONGEST = 5000;

export const complaintForm = z.object({
  words: words(20, LONGEST, 'Write what happened in a sentence or two'),
  wish: words(0, 2000).default(''),
  addressedTo: z.enum(['clinic', 'steadyhand'], 'Choose who should look at it'),
  locationId: z.uuid('Choose where').optional(),
});
export type ComplaintInput = z.output<typeof complaintForm>;

/** Whom a complaint is about, as the address of the page says; whatever does not fit counts as not asked. */
export const aboutQuery = z.object({
  appointment: z.uuid().optional().catch(undefined),
  practitioner: words(0, 200).optional().catch(undefined),
});
export type About = z.output<typeof aboutQuery>;

export const answerForm = z.object({ words: words(10, LONGEST, 'Write your answer') });

export const triageForm = z.object({
  severity: z.enum(keysOf<Severity>(SEVERITIES), 'Choose how serious it is'),
});

export const findingForm = z.object({
  finding: z.enum(keysOf<Finding>(FINDINGS), 'Choose what you found'),
  words: words(10, LONGEST, 'Write the reasons: the person who complained and the clinic read them'),
});
export const returnForm = z.object({ words: words(10, LONGEST, 'Write why it goes back') });

export const handlerForm = z.object({ clinicId: z.uuid(), accountId: z.uuid() });
