import { z } from 'zod';
import { isoDay, isoInstant } from '../shared/days.ts';
import { words } from '../shared/words.ts';
import { CLOSURE_KINDS, type Decision } from './close-time.ts';
import { requestKey } from './input.ts';

const idOrAll = z.union([z.uuid(), z.literal('all').transform(() => null)]);

/** Whose time, as the page says it: a practitioner or all, a location or all. */
const who = z
  .string({ error: 'Choose whose time' })
  .transform((text) => text.split(' '))
  .pipe(z.tuple([idOrAll, idOrAll], { error: 'Choose whose time' }))
  .transform(([practitionerId, locationId]) => ({ practitionerId, locationId }));

const kind = z.enum(CLOSURE_KINDS, { error: 'Choose what it is' });
const emptyAsNull = (text: string) => (text === '' ? null : text);
const day = isoDay('Choose a day');
const time = z.iso.time({ precision: -1, error: 'Write the time as 13:30' });

/** The first step: whose time, and when, on the clock of the place. */
export const closureQuery = z.object({
  who,
  kind,
  fromDay: day,
  fromTime: z.string().transform(emptyAsNull).pipe(time.nullable()).default(null),
  toDay: z.string().transform(emptyAsNull).pipe(day.nullable()).default(null),
  toTime: z.string().transform(emptyAsNull).pipe(time.nullable()).default(null),
});

/** "The rest of today", for these. */
export const emergencyQuery = z.object({ who });

const instant = isoInstant({ offset: true }).transform((text) => Temporal.Instant.from(text));

/** The second step: what becomes of each appointment. Its radios carry its id in their name. */
export const closeForm = z
  .looseObject({
    who,
    kind,
    from: instant,
    to: instant,
    note: words(0, 500).default(''),
    visit: z.array(z.uuid()).max(500).default([]),
    requestKey,
  })
  .transform(({ who: whose, kind: what, from, to, note, visit, requestKey: key, ...answers }, context) => {
    const decisions = visit.flatMap((appointmentId): Decision[] => {
      const decision = decisionOf(appointmentId, answers[`visit-${appointmentId}`]);
      if (decision !== null) return [decision];
      const message = 'Choose what happens with this appointment';
      context.addIssue({ code: 'custom', path: [`visit-${appointmentId}`], message });
      return [];
    });
    return { ...whose, kind: what, from, to, note, decisions, requestKey: key };
  });

const move = z.tuple([z.literal('move'), instant]);
const change = z.tuple([z.literal('change'), instant, z.uuid(), z.uuid()]);

/** `cancel`, `move <start>`, or `change <start> <practitioner> <location>`. */
function decisionOf(appointmentId: string, answer: unknown): Decision | null {
  if (answer === 'cancel') return { appointmentId, do: 'cancel' };
  const words = String(answer).split(' ');
  const moved = move.safeParse(words);
  if (moved.success) return { appointmentId, do: 'move', start: moved.data[1] };
  const changed = change.safeParse(words);
  if (!changed.success) return null;
  const [, start, practitionerId, locationId] = changed.data;
  return { appointmentId, do: 'change', start, practitionerId, locationId };
}

export const reopenForm = z.object({ closureId: z.uuid() });
