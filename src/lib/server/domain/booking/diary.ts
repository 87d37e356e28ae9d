import type { Db, Trx } from '#lib/server/platform/db.ts';
import { span, type InstantRange } from '#lib/server/platform/instants.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import { loadCalendars, slotsIn, type FreeSlot } from '../availability/calendar.ts';
import { clockText, fallsOn } from '../availability/hours.ts';
import { slotDays } from '../availability/reads.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatCalendarDay, formatDayTime } from '../shared/dates.ts';
import { formatTime, formatZone, localDate } from '../shared/dates.ts';
import { dayIn } from '../shared/days.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { may } from './appointment.ts';
import {
  findDiaryClosures,
  findDiaryExternal,
  findDiaryHours,
  findDiaryPractices,
  findDiaryReserved,
  findDiaryRooms,
  findDiaryVisit,
  findDiaryVisits,
  findRoomsFor,
  type DiaryPractice,
  type DiaryVisit,
} from './diary-queries.ts';

export const DIARY_VIEWS = ['day', 'week', 'month', 'rooms'] as const;
export type DiaryView = (typeof DIARY_VIEWS)[number];

const KIND_NAMES = { consultation: 'Consultation', treatment: 'Treatment', follow_up: 'Review visit' };

const STATE_WORDS: Readonly<Record<string, string>> = {
  held: 'Being booked',
  confirmed: 'Confirmed',
  paused: 'On hold',
  arrived: 'Here',
  started: 'Under way',
  completed: 'Done',
  stopped: 'Stopped',
  no_show: 'Did not come',
  left_unseen: 'Left unseen',
};

/** Something in the calendar. Local times are those of the diary's one clock. */
export interface DiaryEntry {
  id: string;
  kind: 'consultation' | 'treatment' | 'follow_up' | 'hold' | 'closure' | 'busy';
  /** Who, or what for. */
  title: string;
  note: string;
  start: { datetime: string; local: string; text: string };
  end: { datetime: string; local: string; text: string };
  /** Empty for what concerns everybody. */
  practitionerIds: string[];
  roomId: string | null;
  /** A visit of somebody with a name. */
  mayOpen: boolean;
  /** Whether the practice may move it now. */
  mayMove: boolean;
}

/** The calendar of a practitioner, or of the clinics whose desk the actor keeps; for anybody else it does not exist (P1). */
export async function readDiary(
  db: Db,
  actor: Actor,
  asked: { view: DiaryView; day: string | null; practitionerId?: string | null },
) {
  return transact(db, actor, async (trx) => {
    const all = await requireDiary(trx, actor);
    const chosen = all.filter(({ practitionerId }) => practitionerId === asked.practitionerId);
    const practices = chosen.length > 0 ? chosen : all;
    const { timeZone, now } = practices[0]!;
    const today = localDate(now, timeZone);
    const day = dayIn(asked.day) ?? Temporal.PlainDate.from(today);
    const { first, last, step } = rangeOf(asked.view, day);
    const window = span(startOfDay(first, timeZone), startOfDay(last.add({ days: 1 }), timeZone));

    const visits = await findDiaryVisits(trx, practices, window);
    const closures = await findDiaryClosures(trx, practices, window);
    const reserved = await findDiaryReserved(trx, practices, window);
    const external = await findDiaryExternal(trx, practices, window);
    const hours = await findDiaryHours(trx, practices, first.toString(), last.toString());
    const rooms = await findDiaryRooms(trx, practices);
    await recordRead(trx, actor, visits);

    const dates = datesFrom(first, last);
    const times = (range: InstantRange) => timesOf(range, timeZone);
    const entries: DiaryEntry[] = [
      ...visits.map((visit) => shownVisit(visit, practices.length > 1 ? practices : [], times)),
      ...closures.map(({ id, practitionerId, note, span: range }): DiaryEntry => ({
        ...idle,
        ...times(clipped(range, window)),
        id,
        kind: 'closure',
        title: 'Closed',
        note: practices.some((own) => own.isOwn && own.practitionerId === practitionerId) ? note : '',
        practitionerIds: practitionerId === null ? [] : [practitionerId],
      })),
      ...reserved.map(
        ({ id, practitionerId, practitionerName, roomId, isSeen, span: range }): DiaryEntry => ({
          ...idle,
          ...times(range),
          id,
          kind: isSeen ? 'hold' : 'busy',
          title: isSeen ? 'Kept free' : `In use by ${practitionerName}`,
          practitionerIds: isSeen ? [practitionerId] : [],
          roomId,
        }),
      ),
      ...external.map(({ practitionerId, span: range }): DiaryEntry => ({
        ...idle,
        ...times(clipped(range, window)),
        id: `${practitionerId} ${range.start!.toString()} ${range.end!.toString()}`,
        kind: 'busy',
        title: 'Other calendar',
        practitionerIds: [practitionerId],
      })),
    ];
    return {
      view: asked.view,
      title: titleOf(asked.view, first, last, day),
      day: day.toString(),
      today,
      previous: day.subtract(step).toString(),
      next: day.add(step).toString(),
      timeZone,
      zone: formatZone(timeZone),
      // Formats of the drawn grid; all other texts are written here.
      locale: timeZone.startsWith('America/') ? 'en-US' : 'en-GB',
      days: dates.map((date) => ({
        date,
        text: formatCalendarDay(date),
        isToday: date === today,
        holiday: hours.holidays.find((holiday) => holiday.date === date)?.name ?? null,
      })),
      entries: entries
        // In the rooms somebody else's use matters; in one's own calendar it does not.
        .filter(
          ({ kind, practitionerIds }) =>
            asked.view === 'rooms' || kind !== 'busy' || practitionerIds.length > 0,
        )
        .toSorted((a, b) => a.start.local.localeCompare(b.start.local)),
      hours: openHours(hours, dates),
      practitioners: namesOf(practices),
      everybody: namesOf(all),
      practitionerId: chosen.length > 0 ? chosen[0]!.practitionerId : null,
      rooms: rooms.map(({ id, name, locationName }) => ({ id, name: `${name}, ${locationName}` })),
      stepMinutes: Math.min(...practices.map(({ stepMinutes }) => stepMinutes)),
    };
  });
}

/** One visit, and where it could go: the nearest free times before and after, and those of a day. */
export async function readDiaryMove(db: Db, actor: Actor, appointmentId: string, onDay: string | null) {
  const { visit, practice, timeZone, rooms } = await transact(db, actor, async (trx) => {
    const practices = await requireDiary(trx, actor);
    const visit = await findDiaryVisit(trx, appointmentId);
    const practice = practices.find(
      ({ practitionerId, locationId }) =>
        practitionerId === visit?.practitionerId && locationId === visit.locationId,
    );
    if (visit === undefined || practice === undefined) throw new Refusal('not_found');
    await recordRead(trx, actor, [visit]);
    const rooms = await findRoomsFor(trx, visit);
    return { visit, practice, timeZone: practices[0]!.timeZone, rooms };
  });
  const start = visit.during.start!;
  const end = visit.during.end!;
  const date = localDate(start, timeZone);
  const today = localDate(practice.now, timeZone);
  const day = dayIn(onDay)?.toString() ?? (date < today ? today : date);
  const mayMove = may('practice', 'move', visit.state);
  const slots = mayMove ? await slotsAround(db, visit, day, date) : [];
  const before = slots.findLast((slot) => Temporal.Instant.compare(slot.start, start) < 0);
  const after = slots.find((slot) => Temporal.Instant.compare(slot.start, start) > 0);
  const shown = (slot: FreeSlot | undefined) =>
    slot && { start: slot.start.toString(), text: formatDayTime(slot.start, timeZone) };
  return {
    id: visit.id,
    name: `${KIND_NAMES[visit.kind]}, ${visit.patientName ?? 'being booked'}`,
    when: `${formatDayTime(start, timeZone)} to ${formatTime(end, timeZone)}`,
    with: practice.practitionerName,
    isOwn: practice.isOwn,
    start: start.toString(),
    minutes: start.until(end).total('minutes'),
    stateText: STATE_WORDS[visit.state] ?? visit.state,
    mayMove,
    /** The rooms that it can be in; none where it needs no room, or is over. */
    rooms: may('practice', 'changeRoom', visit.state) ? rooms : [],
    roomId: visit.roomId,
    room: rooms.find(({ id }) => id === visit.roomId)?.name ?? null,
    day,
    dayBefore: Temporal.PlainDate.from(day).subtract({ days: 1 }).toString(),
    dayAfter: Temporal.PlainDate.from(day).add({ days: 1 }).toString(),
    dayText: formatCalendarDay(day),
    time: clockText(minuteOfDay(start, timeZone)),
    timeZone,
    zone: formatZone(timeZone),
    earlier: shown(before),
    later: shown(after),
    times: slotDays(slots.filter((slot) => localDate(slot.start, timeZone) === day)),
  };
}

/** The instant at which that clock reads this time; one that comes twice means its first coming. */
export function instantAt(day: string, time: string, timeZone: string): Temporal.Instant {
  return Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(timeZone).toInstant();
}

async function requireDiary(trx: Trx, actor: Actor): Promise<DiaryPractice[]> {
  const accountId = accountOf(actor);
  const practices = accountId === null ? [] : await findDiaryPractices(trx, accountId);
  if (practices.length === 0) throw new Refusal('not_found');
  return practices;
}

/** Free times of the visit's own day and of the asked day; its own time is no obstacle to it. */
async function slotsAround(
  db: Db,
  visit: NonNullable<Awaited<ReturnType<typeof findDiaryVisit>>>,
  ...days: string[]
): Promise<FreeSlot[]> {
  const slots: FreeSlot[] = [];
  for (const day of new Set(days.toSorted())) {
    const dates = { from: day, to: day };
    const calendars = await loadCalendars(
      db,
      { practitionerIds: [visit.practitionerId], locationId: visit.locationId },
      visit.kind,
      dates,
      { insteadOfBlockIds: visit.blockId === null ? [] : [visit.blockId] },
    );
    slots.push(...calendars.flatMap((calendar) => slotsIn(calendar, dates)));
  }
  return slots.filter(({ start }) => !start.equals(visit.during.start!));
}

async function recordRead(
  trx: Trx,
  actor: Actor,
  visits: readonly { patientId: string | null }[],
): Promise<void> {
  const patientIds = visits.flatMap(({ patientId }) => patientId ?? []);
  await recordPatientAudits(trx, patientIds, {
    action: 'diary.read',
    subjectType: 'account',
    subjectId: accountOf(actor)!,
  });
}

const idle = { note: '', roomId: null, mayOpen: false, mayMove: false };

function shownVisit(
  visit: DiaryVisit,
  practices: readonly DiaryPractice[],
  times: (range: InstantRange) => Pick<DiaryEntry, 'start' | 'end'>,
): DiaryEntry {
  const isHeld = visit.state === 'held';
  const who = practices.find(({ practitionerId }) => practitionerId === visit.practitionerId);
  const words = [
    ...(who === undefined ? [] : [who.practitionerName]),
    // That a visit is confirmed goes without saying.
    ...(isHeld ? [KIND_NAMES[visit.kind]] : visit.state === 'confirmed' ? [] : [STATE_WORDS[visit.state]!]),
  ];
  return {
    ...times(visit.during),
    id: visit.id,
    kind: isHeld ? 'hold' : visit.kind,
    title: visit.patientName ?? 'Being booked',
    note: words.join(', '),
    practitionerIds: [visit.practitionerId],
    roomId: visit.roomId,
    mayOpen: !isHeld,
    mayMove: may('practice', 'move', visit.state),
  };
}

function timesOf({ start, end }: InstantRange, timeZone: string): Pick<DiaryEntry, 'start' | 'end'> {
  const shown = (instant: Temporal.Instant) => ({
    datetime: instant.toString(),
    local: instant.toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' }),
    text: formatTime(instant, timeZone),
  });
  return { start: shown(start!), end: shown(end!) };
}

function clipped(range: InstantRange, window: InstantRange): InstantRange {
  const later = (a: Temporal.Instant, b: Temporal.Instant) => (Temporal.Instant.compare(a, b) > 0 ? a : b);
  const earlier = (a: Temporal.Instant, b: Temporal.Instant) => (Temporal.Instant.compare(a, b) < 0 ? a : b);
  return span(later(range.start!, window.start!), earlier(range.end!, window.end!));
}

/** Working hours on these dates, on the wall clock. */
function openHours(
  { weekly, openings, holidays }: Awaited<ReturnType<typeof findDiaryHours>>,
  dates: readonly string[],
) {
  const at = (date: string, minute: number) =>
    `${Temporal.PlainDate.from(date)
      .add({ days: Math.floor(minute / 1440) })
      .toString()}T${clockText(minute)}`;
  return dates.flatMap((date) => {
    const isClosed = (practitionerId: string) =>
      holidays.some((holiday) => holiday.date === date && holiday.practitionerId === practitionerId);
    return [
      ...weekly.filter((hours) => fallsOn(hours, date) && !isClosed(hours.practitionerId)),
      ...openings.filter((opening) => opening.date === date),
    ].map(({ practitionerId, startMinute, endMinute }) => ({
      practitionerId,
      start: at(date, startMinute),
      end: at(date, endMinute),
    }));
  });
}

/** The dates that a view shows, and how far it goes at a step. */
function rangeOf(view: DiaryView, day: Temporal.PlainDate) {
  const monday = (date: Temporal.PlainDate) => date.subtract({ days: date.dayOfWeek - 1 });
  if (view === 'week') return { first: monday(day), last: monday(day).add({ days: 6 }), step: { days: 7 } };
  if (view === 'month') {
    const last = day.with({ day: day.daysInMonth });
    return { first: monday(day.with({ day: 1 })), last: monday(last).add({ days: 6 }), step: { months: 1 } };
  }
  return { first: day, last: day, step: { days: 1 } };
}

function titleOf(
  view: DiaryView,
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
  day: Temporal.PlainDate,
): string {
  if (view === 'month') return formatCalendarDate(day.toString()).split(' ').slice(1).join(' ');
  if (view === 'week')
    return `${formatCalendarDay(first.toString())} to ${formatCalendarDay(last.toString())}`;
  return formatCalendarDay(day.toString());
}

function datesFrom(first: Temporal.PlainDate, last: Temporal.PlainDate): string[] {
  return Array.from({ length: first.until(last).days + 1 }, (_, index) =>
    first.add({ days: index }).toString(),
  );
}

function startOfDay(date: Temporal.PlainDate, timeZone: string): Temporal.Instant {
  return date.toZonedDateTime(timeZone).toInstant();
}

function minuteOfDay(instant: Temporal.Instant, timeZone: string): number {
  const { hour, minute } = instant.toZonedDateTimeISO(timeZone);
  return hour * 60 + minute;
}

function namesOf(practices: readonly DiaryPractice[]) {
  return [
    ...new Map(
      practices.map(({ practitionerId: id, practitionerName: name }) => [id, { id, name }]),
    ).values(),
  ];
}
