import { z } from 'zod';
import { isRealDate, youForm } from '../booking/input.ts';
import { isoDay } from '../shared/days.ts';
import { words } from '../shared/words.ts';

const WEEKDAYS = ['1', '2', '3', '4', '5', '6', '7'] as const;
/** How far somebody would go, in kilometres. */
const RADII_KM = ['5', '10', '25', '50', '100'] as const;

const day = isoDay({ error: 'Enter a day' });
const hour = z.coerce.number().int().min(0).max(24);
const part = (most: number) => words(0, most).default('');

/** Who asks without having booked here before: name, number and date of birth, as the booking itself asks for them. */
const personFields = youForm.extend({
  'dateOfBirth-day': part(2),
  'dateOfBirth-month': part(2),
  'dateOfBirth-year': part(4),
});

/** Exactly one of a visit, a practitioner, a place; and when it would suit. */
export const wishFields = z.object({
  appointment: z.uuid().optional(),
  practitioner: words(1, 200).optional(),
  near: words(0, 100).optional(),
  radiusKm: z.enum(RADII_KM, { error: 'Choose how far' }).transform(Number).optional(),
  weekday: z
    .union([z.enum(WEEKDAYS).transform((one) => [one]), z.array(z.enum(WEEKDAYS))], {
      error: 'Choose at least one day',
    })
    .transform((days) => [...new Set(days)].map(Number)),
  fromHour: hour,
  untilHour: hour,
  earliestDay: day,
  latestDay: day,
});

type Wished = z.output<typeof wishFields>;

export function checkWish(form: Wished, context: z.RefinementCtx): void {
  const problem = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  const wanted = [form.appointment, form.practitioner, form.near].filter(Boolean).length;
  if (wanted !== 1) problem('near', 'Enter a town or city');
  else if (form.near && form.radiusKm === undefined) problem('radiusKm', 'Choose how far');
  if (form.fromHour >= form.untilHour) problem('untilHour', 'Choose a time after the first one');
  if (form.latestDay < form.earliestDay) problem('latestDay', 'Choose a day after the first one');
}

export function wishOf({
  appointment,
  practitioner,
  near,
  radiusKm,
  weekday,
  fromHour,
  untilHour,
  ...days
}: Wished) {
  return {
    appointment,
    practitioner,
    near: near || undefined,
    radiusKm,
    weekdays: weekday,
    fromMinute: fromHour * 60,
    untilMinute: untilHour * 60,
    earliestDay: days.earliestDay,
    latestDay: days.latestDay,
  };
}

/** What a patient asks for. */
export const askForm = wishFields
  .superRefine(checkWish)
  .transform((form) => ({ ...wishOf(form), person: null }));

/** What somebody asks for who is not on record yet. */
export const newcomerForm = wishFields
  .extend(personFields.shape)
  .superRefine(checkWish)
  .transform((form, context) => {
    const { givenName, familyName, phone } = form;
    const [birthDay, month, year] = [
      form['dateOfBirth-day'],
      form['dateOfBirth-month'],
      form['dateOfBirth-year'],
    ];
    const dateOfBirth = `${year.padStart(4, '0')}-${month.padStart(2, '0')}-${birthDay.padStart(2, '0')}`;
    if (!isRealDate(dateOfBirth)) {
      context.addIssue({
        code: 'custom',
        path: ['dateOfBirth'],
        message: 'Enter your date of birth, for example 27 3 1984',
      });
      return z.NEVER;
    }
    return { ...wishOf(form), person: { givenName, familyName, phone, dateOfBirth } };
  });

export type AskInput = z.output<typeof askForm> | z.output<typeof newcomerForm>;

/** What is wished for, whoever says it. */
export type WishInput = ReturnType<typeof wishOf>;

export const entryForm = z.object({ entryId: z.uuid() });
export const answerForm = z.object({ answer: z.enum(['accept', 'decline'], { error: 'Choose one' }) });
