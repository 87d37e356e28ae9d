/*
 * When somebody is reminded of an appointment. Every hour here is one of the clinic's own clock. Nobody is written to at
 * night, nor of what they have only just arranged.
 */

/** The steps, in their order; `last` is three hours ahead, or the evening before where that would be at night. */
export type ReminderStep = 'week' | 'two_days' | 'last';

export interface PlannedReminder {
  step: ReminderStep;
  dueAt: Temporal.Instant;
  /** From here on it would tell nothing in time. */
  usefulUntil: Temporal.Instant;
}

/** The night: from nine in the evening to eight in the morning. */
const NIGHT_BEGINS = 21;
const NIGHT_ENDS = 8;
/** What would fall into the night and cannot wait is said at this hour, the evening before it. */
const EVENING = 20;

interface Step {
  step: ReminderStep;
  /** Before the start, on the clock on the wall. */
  lead: Temporal.DurationLike;
  /** Whether the morning is early enough, when it falls between midnight and morning. */
  mayWait: boolean;
  /** Not within so many hours of arranging: the letter about that is still fresh. */
  hoursAfterArranging: number;
  /** Of no use any more within so many hours of the start. */
  usefulHours: number;
}

const STEPS: readonly Step[] = [
  { step: 'week', lead: { days: 7 }, mayWait: true, hoursAfterArranging: 24, usefulHours: 96 },
  { step: 'two_days', lead: { days: 2 }, mayWait: true, hoursAfterArranging: 12, usefulHours: 24 },
  { step: 'last', lead: { hours: 3 }, mayWait: false, hoursAfterArranging: 4, usefulHours: 1 },
];

/** The reminders of an appointment that was booked, moved or taken up again at `arrangedAt`. */
export function remindersOf(visit: {
  start: Temporal.Instant;
  timeZone: string;
  arrangedAt: Temporal.Instant;
}): PlannedReminder[] {
  const start = visit.start.toZonedDateTimeISO(visit.timeZone);
  return STEPS.flatMap(({ step, lead, mayWait, hoursAfterArranging, usefulHours }) => {
    const dueAt = byDay(start.subtract(lead), mayWait).toInstant();
    const isFresh = Temporal.Instant.compare(dueAt, visit.arrangedAt.add({ hours: hoursAfterArranging })) < 0;
    return isFresh ? [] : [{ step, dueAt, usefulUntil: visit.start.subtract({ hours: usefulHours }) }];
  });
}

function byDay(due: Temporal.ZonedDateTime, mayWait: boolean): Temporal.ZonedDateTime {
  if (due.hour >= NIGHT_BEGINS) return at(due, EVENING);
  if (due.hour >= NIGHT_ENDS) return due;
  return mayWait ? at(due, NIGHT_ENDS) : at(due.subtract({ days: 1 }), EVENING);
}

/** The same moment by day; at night the hour when the night is over. */
export function afterTheNight(moment: Temporal.Instant, timeZone: string): Temporal.Instant {
  const local = moment.toZonedDateTimeISO(timeZone);
  if (local.hour >= NIGHT_BEGINS) return at(local.add({ days: 1 }), NIGHT_ENDS).toInstant();
  return local.hour < NIGHT_ENDS ? at(local, NIGHT_ENDS).toInstant() : moment;
}

function at(day: Temporal.ZonedDateTime, hour: number): Temporal.ZonedDateTime {
  return day.toPlainDate().toZonedDateTime({ timeZone: day.timeZoneId, plainTime: { hour } });
}
