import { z } from 'zod';
import { isoDay, isoInstant } from '../shared/days.ts';
import { DIARY_VIEWS, instantAt } from './diary.ts';
import { requestKey } from './input.ts';

const date = isoDay();

/** What the calendar's address asks for; what makes no sense is left out. */
export const diaryQuery = z.object({
  view: z.enum(DIARY_VIEWS).catch('week'),
  day: date.nullable().catch(null),
  /** One practitioner of several. */
  who: z.uuid().nullable().catch(null),
  /** The visit that is looked at. */
  visit: z.uuid().nullable().catch(null),
  /** The day on which it could be. */
  on: date.nullable().catch(null),
  /** The visit that was just moved, and its time before. */
  moved: z.uuid().nullable().catch(null),
  from: isoInstant({ offset: true }).nullable().catch(null),
});

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Enter a time, like 14:30');

/** A new time: one of those offered, or a day and a time on the diary's clock. */
export const moveForm = z
  .object({
    visit: z.uuid(),
    start: isoInstant({ offset: true }).optional(),
    day: isoDay('Choose a day').optional(),
    time: time.optional(),
    timeZone: z.string().refine(isZone),
    from: isoInstant({ offset: true }),
    requestKey,
  })
  .transform(({ visit, start, day, time, timeZone, from, requestKey }, context) => {
    if (start !== undefined)
      return { appointmentId: visit, start: Temporal.Instant.from(start), from, requestKey };
    if (day !== undefined && time !== undefined)
      return { appointmentId: visit, start: instantAt(day, time, timeZone), from, requestKey };
    context.addIssue({ code: 'custom', path: ['time'], message: 'Choose a time' });
    return z.NEVER;
  });

/** Another room for a visit. */
export const roomForm = z.object({ visit: z.uuid(), room: z.uuid('Choose a room') });

function isZone(name: string): boolean {
  try {
    Temporal.PlainDate.from('2026-01-01').toZonedDateTime(name);
    return true;
  } catch {
    return false;
  }
}
