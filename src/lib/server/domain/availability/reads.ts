import { appNow } from '#lib/server/platform/clock.ts';
import type { Queryable } from '#lib/server/platform/db.ts';
import { formatCalendarDay, formatTime, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { loadCalendars, slotsIn, type Asked, type Dates, type Fits, type FreeSlot } from './calendar.ts';
import type { PracticeFilter } from './queries.ts';
import type { AppointmentKind } from './schedule.ts';

export type { FreeSlot };

/** A practitioner at a location. */
export interface PracticeKey {
  practitionerId: string;
  locationId: string;
}

/** The key of a practice in `earliestSlots`. */
export function practiceKey({ practitionerId, locationId }: PracticeKey): string {
  return `${practitionerId}/${locationId}`;
}

/**
 * The free times of one practitioner (by slug or id) or of many, at all their locations or one, earliest first.
 * Empty for who is not listed. Two queries, however many practitioners.
 */
export async function freeSlots(
  db: Queryable,
  {
    kind = 'consultation',
    from,
    to,
    insteadOfBlockIds,
    doubleLength,
    ...filter
  }: PracticeFilter & Dates & Asked & { kind?: AppointmentKind },
): Promise<FreeSlot[]> {
  const calendars = await loadCalendars(db, filter, kind, { from, to }, { insteadOfBlockIds, doubleLength });
  const slots = calendars.flatMap((calendar) => slotsIn(calendar, { from, to }));
  return calendars.length > 1 ? slots.sort((a, b) => Temporal.Instant.compare(a.start, b.start)) : slots;
}

/**
 * The first free times of each of these practices, by `practiceKey`; a practice with none has no entry. Two queries, however many practices.
 */
export async function earliestSlots(
  db: Queryable,
  practices: readonly PracticeKey[],
  {
    kind = 'consultation',
    limit = 6,
    fits,
    doubleLength,
    ...dates
  }: Dates & Pick<Asked, 'doubleLength'> & { kind?: AppointmentKind; limit?: number; fits?: Fits } = {},
): Promise<Map<string, FreeSlot[]>> {
  const wanted = new Set(practices.map(practiceKey));
  const practitionerIds = [...new Set(practices.map(({ practitionerId }) => practitionerId))];
  const earliest = new Map<string, FreeSlot[]>();
  for (const calendar of await loadCalendars(db, { practitionerIds }, kind, dates, { doubleLength })) {
    if (!wanted.has(practiceKey(calendar))) continue;
    const slots = slotsIn(calendar, dates, { limit, fits });
    if (slots.length > 0) earliest.set(practiceKey(calendar), slots);
  }
  return earliest;
}

/** The free consultation times of one practitioner; who is not listed does not exist. Two weeks unless dates are given. */
export async function freeSlotsOf(
  db: Queryable,
  slug: string,
  { locationId, doubleLength, from, to }: Dates & Pick<Asked, 'doubleLength'> & { locationId?: string },
): Promise<FreeSlot[]> {
  const first = from ?? localDate(await appNow(db), 'UTC');
  const last = to ?? Temporal.PlainDate.from(first).add({ days: 14 }).toString();
  if (last < first) throw new Refusal('invalid_input', { field: 'to' });
  const dates = { from: first, to: last };
  const calendars = await loadCalendars(db, { slug, locationId }, 'consultation', dates, { doubleLength });
  if (calendars.length === 0) throw new Refusal('not_found');
  return calendars
    .flatMap((calendar) => slotsIn(calendar, dates))
    .sort((a, b) => Temporal.Instant.compare(a.start, b.start));
}

/**
 * Free times grouped by local day, as pages show them: with `most`, only so many days, and so many times of each. Slots come in
 * their order.
 */
export function slotDays(slots: readonly FreeSlot[], most: { days?: number; times?: number } = {}) {
  const { days: mostDays = Infinity, times: mostTimes = Infinity } = most;
  const days = new Map<string, FreeSlot[]>();
  let day = { date: '', timeZone: '', endsAt: -Infinity };
  for (const slot of slots) {
    const { start, timeZone } = slot;
    // Most begin on the day of the one before.
    if (start.epochMilliseconds >= day.endsAt || timeZone !== day.timeZone) day = dayOf(start, timeZone);
    const { date } = day;
    let onDay = days.get(date);
    if (onDay === undefined) {
      if (days.size >= mostDays) break;
      days.set(date, (onDay = []));
    }
    if (onDay.length < mostTimes) onDay.push(slot);
  }
  return [...days].map(([date, onDay]) => ({
    date,
    text: formatCalendarDay(date),
    times: onDay.map(({ start, timeZone }) => ({
      datetime: start.toString(),
      text: formatTime(start, timeZone),
    })),
  }));
}

/** The local day of an instant, and when it ends. */
function dayOf(start: Temporal.Instant, timeZone: string) {
  const date = start.toZonedDateTimeISO(timeZone).toPlainDate();
  const endsAt = date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
  return { date: date.toString(), timeZone, endsAt };
}
