import { z } from 'zod';
import { isoDay } from '../shared/days.ts';
import { atLeast, atMost, words } from '../shared/words.ts';
import { CONCERNS, NEEDS } from './appointment.ts';

/** One or many answers to a list of checkboxes; a form sends nothing when none is ticked. */
export const anyOf = <const Code extends readonly string[]>(codes: Code) =>
  z
    .union([z.string().transform((code) => [code]), z.array(z.string())])
    .pipe(z.array(z.enum(codes)).transform((chosen) => [...new Set(chosen)]))
    .default([]);

const calendarDate = z
  .string({ error: 'Enter your date of birth' })
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'Write the date as 1984-03-27')
  .refine(isRealDate, 'Enter a real date');

/** A start: an ISO 8601 instant, with an offset. */
export const start = z
  .string({ error: 'Choose a time' })
  .refine(isInstant, 'Write the time as 2026-12-08T14:30:00Z')
  .transform((text) => Temporal.Instant.from(text));

/** Made by the page or the client, once for each thing it asks for. */
export const requestKey = z.string().check(atLeast(8, 'Use at least 8 characters'), atMost(255)).optional();

/** Whom a carer books for; nobody else is asked. */
export const bookedFor = z
  .union([z.literal('self').transform(() => undefined), z.uuid('Choose whom it is for')])
  .optional();

const practitioner = words(1, 200, 'Name a practitioner');
const wanted = { location: z.uuid('Choose a location'), start };

/** The body of POST /api/v1/holds. A patient who is signed in has a date of birth on record. */
export const holdInput = z.strictObject({
  practitioner,
  ...wanted,
  dateOfBirth: calendarDate.nullish(),
  needs: z.array(z.enum(NEEDS)).optional(),
});

/** The date of birth as three fields, with the time it is for. */
export const bookForm = z
  .object({
    ...wanted,
    requestKey,
    known: z.literal('yes').optional(),
    'dateOfBirth-day': words(0, 2).default(''),
    'dateOfBirth-month': words(0, 2).default(''),
    'dateOfBirth-year': words(0, 4).default(''),
  })
  .transform((form, context) => {
    const { 'dateOfBirth-day': day, 'dateOfBirth-month': month, 'dateOfBirth-year': year, ...rest } = form;
    if (form.known && !day && !month && !year) return { ...rest, dateOfBirth: null };
    const dateOfBirth = `${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    if (isRealDate(dateOfBirth)) return { ...rest, dateOfBirth };
    const message =
      !day || !month || !year ? 'Enter your date of birth, for example 27 3 1984' : 'Enter a real date';
    context.addIssue({ code: 'custom', path: ['dateOfBirth'], message });
    return z.NEVER;
  });

/** The query of the page that asks for the date of birth. */
export const bookQuery = z.object(wanted);

const givenName = words(1, 100, 'Enter your first name');
const familyName = words(1, 100, 'Enter your last name');
const phone = words(0, 40).regex(/^[+\d][\d\s().-]{5,}$/, 'Enter a telephone number, like 020 7946 0018');
const concerns = anyOf(CONCERNS);
const needs = anyOf(NEEDS);
const note = words(0, 2_000).default('');

export const youForm = z.object({ givenName, familyName, phone });
/** For who is on record already: only how to reach them. */
export const reachForm = z.object({ phone });
export const concernsForm = z.object({ concern: concerns, note });
export const needsForm = z.object({ need: needs });
/** Another start for a time that is kept already. */
export const startForm = z.object({ start });

/** The body of POST /api/v1/holds/[id]/confirmation; what is left out was given before, or stays empty. */
export const confirmationInput = z.strictObject({
  givenName: givenName.optional(),
  familyName: familyName.optional(),
  phone: phone.optional(),
  concerns: z.array(z.enum(CONCERNS)).optional(),
  note: words(0, 2_000).optional(),
  needs: z.array(z.enum(NEEDS)).optional(),
  usualLength: z.boolean().optional(),
});

/** No reason is ever asked of a patient (P6); one may be given. */
export const cancellationInput = z.strictObject({ reason: words(0, 500).default('') });

/** The query of GET /api/v1/slots. */
export const slotsQuery = z.strictObject({
  practitioner,
  location: z.uuid().optional(),
  from: isoDay().optional(),
  to: isoDay().optional(),
  needs,
});

export function isRealDate(text: string): boolean {
  try {
    const date = Temporal.PlainDate.from(text, { overflow: 'reject' });
    // Who would be older than anybody alive has mistyped the year.
    return date.year >= 1900;
  } catch {
    return false;
  }
}

function isInstant(text: string): boolean {
  try {
    const { year } = Temporal.Instant.from(text).toZonedDateTimeISO('UTC');
    return text.length <= 40 && year >= 2000 && year < 2200;
  } catch {
    return false;
  }
}
