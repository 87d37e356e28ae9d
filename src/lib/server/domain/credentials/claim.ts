import { z } from 'zod';
import type { CredentialKind } from '../policy/codes.ts';
import { forEverybody } from '../practitioners/input.ts';
import { atLeast, words } from '../shared/words.ts';
import { checkRegisterNumber, isRegister, registers } from './registers.ts';

/** What an applicant says of one credential. Dates are `2026-12-08`; which of them is asked depends on the kind. */
export interface Claim {
  title: string;
  issuer: string;
  number: string;
  /** The day of a course or an award. */
  takenOn: string | null;
  startsOn: string | null;
  endsOn: string | null;
  hours: number | null;
  handsOn: boolean | null;
  managesComplications: boolean | null;
  coversTreatment: boolean | null;
  coversPrescribing: boolean | null;
}

/** The questions that one kind of credential can ask. */
export type ClaimField = keyof Claim;

/** What is asked of each kind, in the order of the page. A register answers who issued it. */
export function fieldsOf(kind: CredentialKind, register: string | null): ClaimField[] {
  switch (kind) {
    case 'registration':
      return register === null ? ['title', 'issuer', 'number', 'takenOn', 'endsOn'] : ['number', 'endsOn'];
    case 'prescribing_right':
      return register === null ? ['title', 'issuer', 'number', 'endsOn'] : ['title', 'number', 'endsOn'];
    case 'qualification':
      return ['title', 'issuer', 'number', 'takenOn'];
    case 'toxin_training':
      return ['title', 'issuer', 'takenOn', 'hours', 'handsOn', 'managesComplications'];
    case 'life_support':
      return ['title', 'issuer', 'takenOn'];
    case 'indemnity_insurance':
      return ['issuer', 'number', 'startsOn', 'endsOn', 'coversTreatment', 'coversPrescribing'];
    case 'premises':
      return ['title', 'issuer', 'number', 'startsOn', 'endsOn'];
  }
}

const NOTHING: Claim = {
  title: '',
  issuer: '',
  number: '',
  takenOn: null,
  startsOn: null,
  endsOn: null,
  hours: null,
  handsOn: null,
  managesComplications: null,
  coversTreatment: null,
  coversPrescribing: null,
};

const line = (missing: string) => words(1, 120, missing);
const date = (missing: string) =>
  z
    .string({ error: missing })
    .trim()
    .check(atLeast(1, missing))
    .pipe(z.iso.date('Enter a day that exists'))
    .refine((day) => day > '1950-01-01' && day < '2100-01-01', 'Enter a day that exists');
/** A form in which no file was chosen sends an empty text. */
const chosenFile = z.preprocess(
  (value) => (value instanceof File ? value : undefined),
  z.instanceof(File).optional(),
);
const tick = z
  .literal('yes')
  .optional()
  .transform((said) => said === 'yes');

const ANSWERS = {
  // Both stand on the public page.
  title: forEverybody(line('Enter what it is called')),
  issuer: forEverybody(line('Enter who issued it')),
  number: line('Enter its number').transform((text) => text.toUpperCase()),
  takenOn: date('Enter the day on which you completed it'),
  startsOn: date('Enter the first day'),
  endsOn: date('Enter the last day'),
  hours: z
    .string({ error: 'Enter how many hours it took' })
    .trim()
    .regex(/^\d{1,4}$/, 'Enter whole hours')
    .transform(Number)
    .pipe(z.number().min(1, 'Enter whole hours').max(2000, 'Enter at most 2,000 hours')),
  handsOn: z
    .enum(['hands_on', 'online'], 'Choose how you were taught')
    .transform((taught) => taught === 'hands_on'),
  managesComplications: tick,
  coversTreatment: tick,
  coversPrescribing: tick,
} satisfies Record<ClaimField, z.ZodType>;

/** The form of one kind of credential: exactly the questions of `fieldsOf`, and one file if one was chosen. */
export function claimForm(kind: CredentialKind, register: string | null) {
  const asked = fieldsOf(kind, register);
  const shape: Record<string, z.ZodType> = {};
  for (const field of asked) shape[field] = ANSWERS[field];
  if (isRegister(register) && asked.includes('number')) {
    const { formatHint, numberName } = registers[register];
    shape.number = line(`Enter your ${numberName}`)
      .transform((text) => text.toUpperCase().replaceAll(/[\s.-]/g, ''))
      .refine((number) => checkRegisterNumber(register, number).ok, {
        error: ({ input }) =>
          checkRegisterNumber(register, String(input)).ok || !registers[register].format.test(String(input))
            ? `Enter your ${numberName} as it is printed: ${formatHint}`
            : `That ${numberName} has a slip in it: its last digit does not fit the others`,
      });
  }
  return z
    .object({ ...shape, file: chosenFile })
    .transform(({ file, ...answers }) => ({
      claim: { ...NOTHING, ...(answers as Partial<Claim>) },
      file: file ?? null,
    }))
    .superRefine(({ claim }, context) => {
      if (claim.startsOn !== null && claim.endsOn !== null && claim.endsOn <= claim.startsOn)
        context.addIssue({ code: 'custom', path: ['endsOn'], message: 'It ends before it begins' });
    });
}
