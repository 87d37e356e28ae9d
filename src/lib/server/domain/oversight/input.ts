import { z } from 'zod';
import { JURISDICTIONS, RULE_MAKERS } from '../policy/codes.ts';
import { POLICY_KEY_NAMES } from '../policy/keys.ts';
import { isoDay } from '../shared/days.ts';
import { atMost, words } from '../shared/words.ts';
import { CHECK_METHODS, CHECK_RESULTS, type CheckMethod, type CheckResult } from './vetting.ts';

const keysOf = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as [Key, ...Key[]];
const reason = words(10, 2000, 'Write the reason in a sentence: others will read it later');

export const checkInput = z.object({
  credentialId: z.uuid(),
  method: z.enum(keysOf<CheckMethod>(CHECK_METHODS), 'Choose how you checked'),
  result: z.enum(keysOf<CheckResult>(CHECK_RESULTS), 'Choose what you found'),
  note: words(0, 2000).default(''),
});

export const decisionInput = z.object({
  decision: z.enum(['approve', 'not_approve'], 'Choose one'),
  reason,
});

export const suspensionInput = z.object({
  reason,
  sure: z.literal('yes', 'Tick this to go on'),
});

/** Why somebody stops: they say so themselves, or staff do for who no longer can. */
export const OWN_ENDINGS = { leaves: 'I leave', retires: 'I retire' } as const;
export const OTHER_ENDINGS = { died: 'They have died', clinic_closed: 'Their clinic has closed' } as const;
type EndingKind = keyof typeof OWN_ENDINGS | keyof typeof OTHER_ENDINGS;

const endingForm = <Kind extends EndingKind>(kinds: Record<Kind, string>) =>
  z.object({
    kind: z.enum(keysOf<Kind>(kinds), 'Choose one'),
    recordsCustodian: words(2, 120, 'Enter who keeps the records'),
    recordsContact: words(5, 200, 'Enter an address or telephone number where patients reach them'),
    coverName: words(0, 120).default(''),
    coverPhone: z
      .string()
      .trim()
      .regex(/^(\+?[\d ()-]{7,24})?$/, 'Enter a telephone number, with the area code')
      .default(''),
    sure: z.literal('yes', 'Tick this to go on'),
  });
export const ownEndingForm = endingForm(OWN_ENDINGS);
export const otherEndingForm = endingForm(OTHER_ENDINGS);
export type EndingInput = z.output<typeof ownEndingForm> | z.output<typeof otherEndingForm>;

const day = isoDay('Write the day as 2026-12-01');

/** What the page of the rules is asked for; whatever does not fit counts as not asked. */
export const policyPageInput = z.object({
  in: z.enum(JURISDICTIONS).catch('england'),
  with: z.enum(JURISDICTIONS).optional().catch(undefined),
  on: isoDay().optional().catch(undefined),
  /** The change that is decided now: one form at a time stands on the page. */
  change: z.uuid().optional().catch(undefined),
});

export const policyChangeInput = z.object({
  jurisdiction: z.enum(RULE_MAKERS, 'Choose whose rule it is'),
  key: z.enum(POLICY_KEY_NAMES, 'Choose the rule'),
  value: words(1, 2000, 'Write the new value'),
  status: z.enum(['sourced', 'secondary', 'assumed'], 'Choose how sure this is'),
  source: words(10, 500, 'Name the source, with its article or address'),
  sourceDate: day,
  effectiveFrom: day,
  reason,
  warned: z
    .literal('yes')
    .optional()
    .transform((ticked) => ticked === 'yes'),
});
export type PolicyChangeInput = z.output<typeof policyChangeInput>;

export const policyDecisionInput = z.object({
  changeId: z.uuid(),
  decision: z.enum(['accept', 'reject'], 'Choose one'),
  reason,
});

/** The change that is looked at now, on the page of those that wait. */
export const profileChangesPageInput = z.object({ change: z.uuid().optional().catch(undefined) });

export const profileFindingInput = z.object({ changeId: z.uuid(), finding: reason });

export const profileDecisionInput = z.object({
  changeId: z.uuid(),
  decision: z.enum(['accept', 'reject'], 'Choose one'),
  reason,
});

export const newCaseInput = z.object({ practitionerId: z.uuid(), jurisdiction: words(0, 40) });

export const submissionInput = z.object({
  note: words(0, 2000).default(''),
  sure: z.literal('yes', 'Tick this to send it'),
});

export const askForSupervisionForm = z.object({ prescriberId: z.uuid(), jurisdiction: words(0, 40) });

export const inviteInjectorForm = z.object({
  email: z
    .string()
    .trim()
    .toLowerCase()
    .check(atMost(254))
    .pipe(z.email('Enter an e-mail address like name@example.org')),
  jurisdiction: words(0, 40),
});

export const supervisionForm = z.object({ supervisionId: z.uuid() });

export const acceptSupervisionForm = z.object({
  supervisionId: z.uuid(),
  until: isoDay('Enter a day that exists'),
});

const jobId = z.string().regex(/^\d{1,18}$/);
/** A job that was given up; none means all of them. */
export const retryForm = z.object({ jobId: jobId.optional().transform((id) => id ?? null) });
export const dropForm = z.object({
  jobId,
  reason: words(3, 500, 'Say why: whoever reads this later was not here'),
});
export const bounceForm = z.object({ mailId: z.uuid() });
