import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { formatCalendarDay, formatTime, localDate } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { loadCalendars, slotsIn, type PracticeCalendar } from './calendar.ts';
import { requireOwnPractice } from './own-practice.ts';
import type { WeeklyHours } from './schedule.ts';

/** What patients would see next week if these were the hours, by the engine that offers them. Nothing is saved. */
export async function readPreview(
  db: Db,
  actor: Actor,
  { locationId, hours }: { locationId: string; hours: readonly WeeklyHours[] },
) {
  const { practitionerId, today } = await transact(db, actor, (trx) =>
    requireOwnPractice(trx, actor, locationId),
  );
  const day = Temporal.PlainDate.from(today);
  const monday = day.add({ days: 8 - day.dayOfWeek });
  const dates = Array.from({ length: 7 }, (_, index) => monday.add({ days: index }).toString());
  const week = { from: dates[0]!, to: dates.at(-1)! };
  for (const kind of ['consultation', 'treatment'] as const) {
    const filter = { practitionerIds: [practitionerId], locationId };
    const [calendar] = await loadCalendars(db, filter, kind, week);
    if (calendar === undefined) continue;
    const slots = slotsIn(withHours(calendar, hours), week);
    return {
      kind,
      days: dates.map((date) => {
        const starts = slots.filter(({ start }) => localDate(start, calendar.timeZone) === date);
        return {
          day: formatCalendarDay(date),
          count: starts.length,
          times: starts.map(({ start }) => formatTime(start, calendar.timeZone)),
        };
      }),
    };
  }
  return { kind: null, days: [] };
}

function withHours(calendar: PracticeCalendar, hours: readonly WeeklyHours[]): PracticeCalendar {
  const { schedule } = calendar;
  const locations = schedule.locations.map((location) => ({ ...location, weeklyHours: hours }));
  return { ...calendar, schedule: { ...schedule, locations } };
}
