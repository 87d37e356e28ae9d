import { z } from 'zod';
import { NEEDS } from '../booking/appointment.ts';
import { anyOf, isRealDate, requestKey } from '../booking/input.ts';
import { CANCEL_REASONS } from '../booking/notice.ts';
import { isoInstant } from '../shared/days.ts';
import { atLeast, words } from '../shared/words.ts';
import { checkWish, wishFields, wishOf } from '../waitlist/input.ts';

const needs = anyOf(NEEDS);

const birth = {
  'dateOfBirth-day': words(0, 2).default(''),
  'dateOfBirth-month': words(0, 2).default(''),
  'dateOfBirth-year': words(0, 4).default(''),
};
type Birth = Record<keyof typeof birth, string>;

/** The three fields as one date, or a problem beside them. */
function dateOfBirth(fields: Birth, context: z.RefinementCtx): string {
  const { 'dateOfBirth-day': day, 'dateOfBirth-month': month, 'dateOfBirth-year': year } = fields;
  const date = `${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (isRealDate(date)) return date;
  const message =
    day && month && year ? 'Enter a real date' : 'Enter the date of birth, for example 27 3 1984';
  context.addIssue({ code: 'custom', path: ['dateOfBirth'], message });
  return z.NEVER;
}

/** Date of birth first; a name only sorts what is found. */
export const findForm = z
  .object({ ...birth, name: words(0, 200).default('') })
  .transform((form, context) => ({ name: form.name, dateOfBirth: dateOfBirth(form, context) }));

/** A time of the list: when, where, with whom. */
const start = z
  .string({ error: 'Choose a time' })
  .transform((text) => text.split(' '))
  .pipe(
    z.tuple([isoInstant({ error: 'Choose a time' }), z.uuid('Choose a time'), z.uuid('Choose a time')], {
      error: 'Choose a time',
    }),
  )
  .transform(([at, locationId, practitionerId]) => ({
    start: Temporal.Instant.from(at),
    locationId,
    practitionerId,
  }));

/** How somebody asks for a time. */
export const channel = z.enum(['telephone', 'desk'], { error: 'Choose how they asked' });

const newPerson = z
  .object({
    ...birth,
    givenName: words(1, 100, 'Enter the first name'),
    familyName: words(1, 100, 'Enter the last name'),
    phone: z.union([
      z.literal(''),
      words(0, 40).regex(/^[+\d][\d\s().-]{5,}$/, 'Enter a telephone number, like 020 7946 0018'),
    ]),
    postalAddress: words(0, 500).default(''),
    email: z.union([
      z.literal(''),
      words(0, 254).toLowerCase().pipe(z.email('Enter an e-mail address like name@example.org')),
    ]),
    another: z.literal('yes').optional(),
    need: needs,
    requestKey,
  })
  .refine(({ phone, postalAddress }) => phone !== '' || postalAddress !== '', {
    path: ['phone'],
    message: 'Enter a telephone number or an address for letters',
  });
type NewPersonForm = z.output<typeof newPerson>;

function personOf(form: NewPersonForm, context: z.RefinementCtx) {
  const { givenName, familyName, phone, postalAddress, email } = form;
  return {
    person: {
      newPerson: {
        givenName,
        familyName,
        phone,
        postalAddress,
        email,
        dateOfBirth: dateOfBirth(form, context),
      },
      isAnother: form.another === 'yes',
    },
    needs: form.need,
    requestKey: form.requestKey,
  };
}

/** Somebody new, before there is a time. */
export const newPersonForm = newPerson.transform(personOf);

/** Somebody new, put on the waitlist for a consultation with somebody of the clinic. */
export const waitNewForm = newPerson
  .safeExtend(wishFields.shape)
  .superRefine(checkWish)
  .transform((form, context) => ({ ...personOf(form, context), wish: wishOf(form) }));

const wanted = z
  .string({ error: 'Choose what for' })
  .transform((text) => {
    const [what = '', which] = text.split(' ');
    return { [what]: which };
  })
  .pipe(
    z.union(
      [
        z.strictObject({ appointment: z.uuid() }),
        z.strictObject({ practitioner: z.string().check(atLeast(1)) }),
      ],
      {
        error: 'Choose what for',
      },
    ),
  );

/** Somebody of the clinic, put on the waitlist for a visit or for a consultation. */
export const waitKnownForm = wishFields
  .extend({ wanted, requestKey })
  .superRefine((form, context) => checkWish({ ...form, ...form.wanted }, context))
  .transform(({ wanted, requestKey, ...form }) => ({ wish: wishOf({ ...form, ...wanted }), requestKey }));

/** What somebody on the telephone says to a time that is kept, or that they wait no longer. */
export const answerOfferForm = z.object({
  offerId: z.uuid(),
  answer: z.enum(['accept', 'decline'], { error: 'Choose one' }),
});
export const leaveForm = z.object({ entryId: z.uuid() });

/** Somebody new, with the time that was pressed. */
export const bookNewForm = newPerson
  .safeExtend({ start, channel })
  .transform((form, context) => ({ ...personOf(form, context), ...form.start, channel: form.channel }));

export const bookKnownForm = z.object({ start, channel, need: needs, requestKey });
export const walkInKnownForm = z.object({ need: needs, requestKey });

/** What is pressed in the day's list. */
export const dayForm = z.object({ appointmentId: z.uuid() });

const askedBy = z.enum(['patient', 'practice'], { error: 'Choose who asks for it' });
export const moveForm = z.object({ start, askedBy, requestKey });

export const deskCancelForm = z.object({
  askedBy,
  reasonCode: z.union([z.literal('').transform(() => undefined), z.enum(CANCEL_REASONS)]).optional(),
  reason: words(0, 500).default(''),
  requestKey,
});

/** Which photo identification somebody may show. */
export const ID_DOCUMENTS = {
  passport: 'Passport',
  driving_licence: 'Driving licence',
  national_id: 'National identity card',
  other: 'Another official photo identification',
} as const;
export const grantForm = z.object({
  claimId: z.uuid(),
  idDocument: z.enum(Object.keys(ID_DOCUMENTS) as (keyof typeof ID_DOCUMENTS)[], {
    error: 'Choose what was shown',
  }),
});

/** How a date of birth is known to be another one. */
export const BIRTH_KNOWN_BY = { said: 'They said so: it was mistyped', ...ID_DOCUMENTS } as const;
export const birthForm = z
  .object({
    ...birth,
    knownBy: z.enum(Object.keys(BIRTH_KNOWN_BY) as (keyof typeof BIRTH_KNOWN_BY)[], {
      error: 'Choose how you know',
    }),
  })
  .transform((form, context) => ({ knownBy: form.knownBy, dateOfBirth: dateOfBirth(form, context) }));

/** Who told the desk. */
export const DEATH_TOLD_BY = {
  family: 'Family or a friend',
  carer: 'Who helps with their appointments',
  clinic: 'Another clinic or their doctor',
  authority: 'A register or an authority',
} as const;
export const deathForm = z.object({
  toldBy: z.enum(Object.keys(DEATH_TOLD_BY) as (keyof typeof DEATH_TOLD_BY)[], {
    error: 'Choose who told you',
  }),
});

/** Nothing but the press of a button. */
export const codeForm = z.object({});

export const proposeForm = z.object({ otherId: z.uuid() });
export const decideForm = z.object({ mergeId: z.uuid(), decision: z.enum(['merged', 'declined']) });

/** The code of a printed confirmation, and the date of birth of the person it was printed for. */
export const claimForm = z
  .object({ ...birth, code: words(1, 40, 'Enter the code from the printed page') })
  .transform((form, context) => ({ code: form.code, dateOfBirth: dateOfBirth(form, context) }));
