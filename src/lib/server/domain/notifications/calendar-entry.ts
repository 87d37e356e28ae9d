import { z } from 'zod';

/**
 * An appointment as it goes into somebody's calendar: neutral words, the same `uid` along the whole road of a booking, and
 * a `sequence` that rises with each change, so that a calendar keeps one entry and knows which word is the last.
 */
export const calendarEntry = z.object({
  method: z.enum(['REQUEST', 'CANCEL']),
  uid: z.string(),
  sequence: z.number(),
  start: z.string(),
  end: z.string(),
  timeZone: z.string(),
  title: z.string(),
  place: z.string(),
  words: z.string(),
});
export type CalendarEntry = z.infer<typeof calendarEntry>;
