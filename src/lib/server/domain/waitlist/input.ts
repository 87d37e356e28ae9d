import { z } from 'zod';

const WEEKDAYS = ['1', '2', '3', '4', '5', '6', '7'] as const;
/** How far somebody would go, in kilometres. */
export const RADII_KM = ['5', '10', '25', '50', '100'] as const;

const day = (message: string) => z.iso.date({ error: message });
const hour = z.coerce.number().int().min(0).max(24);

/** What somebody asks for: exactly one of a visit, a practitioner, a place; and when it would suit. */
export const askForm = z
  .object({
    appointment: z.uuid().optional(),
    practitioner: z.string().min(1).max(200).optional(),
    near: z.string().trim().max(100).optional(),
    radiusKm: z.enum(RADII_KM, { error: 'Choose how far' }).transform(Number).optional(),
    weekday: z
      .union([z.enum(WEEKDAYS).transform((one) => [one]), z.array(z.enum(WEEKDAYS))], {
        error: 'Choose at least one day',
      })
      .transform((days) => [...new Set(days)].map(Number)),
    fromHour: hour,
    untilHour: hour,
    earliestDay: day('Enter a day'),
    latestDay: day('Enter a day'),
  })
  .superRefine((form, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const wanted = [form.appointment, form.practitioner, form.near].filter(Boolean).length;
    if (wanted !== 1) problem('near', 'Enter a town or city');
    else if (form.near && form.radiusKm === undefined) problem('radiusKm', 'Choose how far');
    if (form.fromHour >= form.untilHour) problem('untilHour', 'Choose a time after the first one');
    if (form.latestDay < form.earliestDay) problem('latestDay', 'Choose a day after the first one');
  })
  .transform(({ weekday, fromHour, untilHour, ...form }) => ({
    ...form,
    near: form.near || undefined,
    weekdays: weekday,
    fromMinute: fromHour * 60,
    untilMinute: untilHour * 60,
  }));

export type AskInput = z.output<typeof askForm>;

export const entryForm = z.object({ entryId: z.uuid() });
export const answerForm = z.object({ answer: z.enum(['accept', 'decline'], { error: 'Choose one' }) });
