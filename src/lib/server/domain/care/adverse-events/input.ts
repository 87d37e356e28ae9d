import { z } from 'zod';
import { CONCERNS } from '../../booking/appointment.ts';
import { isoDay } from '../../shared/days.ts';
import { words } from '../../shared/words.ts';
import { EFFECT_CODES, EFFECT_OUTCOMES, SEVERITIES, SIDES } from './adverse-event.ts';

const keys = <Code extends string>(words: Readonly<Record<Code, string>>) => Object.keys(words) as Code[];

/** An unwanted effect as somebody tells it: by the patient, or at the desk with the region as well. */
export const effectForm = z.object({
  code: z.enum(EFFECT_CODES, { error: 'Choose what it is' }),
  side: z.enum(keys(SIDES), { error: 'Choose a side' }),
  region: z.enum(['', ...CONCERNS]).default(''),
  onsetOn: isoDay({ error: 'Enter the day on which it began' }),
  severity: z.enum(keys(SEVERITIES), { error: 'Choose how bad it is' }),
  inHospital: z
    .literal('yes')
    .optional()
    .transform((said) => said === 'yes'),
  words: words(3, 2_000, 'Say in a few words how it is'),
});
export type EffectInput = z.output<typeof effectForm>;

const who = words(2, 200, 'Write down who');

/** What was done about it: each kind of step asks for what belongs to it. */
export const effectStepForm = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('managed'), who, words: words(3, 2_000, 'Write down what was done') }),
  z.object({ kind: z.literal('talked'), who, words: words(3, 2_000, 'Write down what was said') }),
  z.object({
    kind: z.literal('reported'),
    reference: words(2, 100, 'Enter the reference'),
    words: words(3, 2_000, 'Write down what was reported'),
  }),
  z.object({
    kind: z.literal('closed'),
    outcome: z.enum(keys(EFFECT_OUTCOMES), { error: 'Choose how it ended' }),
    words: words(3, 2_000, 'Write down how it ended'),
  }),
  z.object({ kind: z.literal('addendum'), words: words(3, 2_000, 'Write something') }),
]);
export type EffectStepInput = z.output<typeof effectStepForm>;
