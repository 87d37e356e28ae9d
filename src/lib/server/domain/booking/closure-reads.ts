import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudits } from '../audit/record-audit.ts';
import { loadCalendars, nearestSlots } from '../availability/calendar.ts';
import type { Dates, FreeSlot, PracticeCalendar } from '../availability/calendar.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatDayTime, formatTime, formatZone, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireCloser, timeOf, type TimeOff } from './close-time.ts';
import {
  findAffected,
  findClosable,
  findClosures,
  findColleagues,
  findPausedIn,
  type Affected,
  type ClosedFor,
} from './closure-queries.ts';

const VISIT_NAMES = { consultation: 'Consultation', treatment: 'Treatment', follow_up: 'Review visit' };
const OFFERS = 3;
const MINUTE_MS = 60_000;
const WEEKS_AHEAD = 6;
/** So long before its start a visit that is still on hold is cancelled by the system (L2). */
const PAUSED_UNTIL_HOURS = 24;

/** Another time for an appointment that cannot stay. */
export interface Offer {
  practitionerId: string;
  practitionerName: string;
  isColleague: boolean;
  locationId: string;
  start: string;
  text: string;
}

/** An appointment in the time that is to be closed, for who decides about it. */
export interface AffectedVisit {
  id: string;
  name: string;
  patientName: string;
  phone: string;
  practitionerName: string;
  practitionerId: string;
  when: string;
  /** The patient is here already: then it can only be cancelled. */
  isHere: boolean;
  offers: Offer[];
}

export interface ClosurePreview {
  from: string;
  to: string;
  /** "Tue 8 December, 09:00" */
  fromText: string;
  toText: string;
  zone: string;
  visits: AffectedVisit[];
  /**
   * Visits on hold, because their practitioner cannot see patients at the moment. They stay so while the time is closed,
   * and end by themselves a day before their start.
   */
  paused: {
    id: string;
    name: string;
    patientName: string;
    phone: string;
    practitionerName: string;
    when: string;
    endsAt: string;
  }[];
  /** Visitors who are just keeping a time; their holds end. */
  holds: number;
}

/** What lies in a time that is to be closed, each appointment with the nearest other times. Nothing is changed yet. */
export async function previewClosure(db: Db, actor: Actor, off: TimeOff): Promise<ClosurePreview> {
  return transact(db, actor, async (trx) => {
    const timeZone = await requireCloser(trx, actor, off);
    const affected = await findAffected(trx, off, timeOf(off));
    const visits = affected.filter(({ state }) => state !== 'held');
    const paused = await findPausedIn(trx, off, timeOf(off));
    await recordAudits(
      trx,
      [...new Set([...visits, ...paused].flatMap(({ patientId }) => patientId ?? []))].map((id) => ({
        stream: { kind: 'patient', id } as const,
        action: 'closure.read',
        subjectType: 'patient',
        subjectId: id,
      })),
    );
    return {
      from: off.from.toString(),
      to: off.to.toString(),
      fromText: formatDayTime(off.from, timeZone),
      toText: formatDayTime(off.to, timeZone),
      zone: formatZone(timeZone),
      visits: await withOffers(trx, off, visits),
      paused: paused.map(({ id, kind, during, patientName, phone, practitionerName, timeZone: zone }) => ({
        id,
        name: VISIT_NAMES[kind],
        patientName,
        phone: phone ?? '',
        practitionerName,
        when: formatDayTime(during.start!, zone),
        endsAt: formatDayTime(during.start!.subtract({ hours: PAUSED_UNTIL_HOURS }), zone),
      })),
      holds: affected.length - visits.length,
    };
  });
}

/**
 * The nearest times for each: with the same practitioner, and for a consultation with colleagues of the clinic.
 * No time is offered to two, so whatever is chosen fits together.
 */
async function withOffers(trx: Trx, off: TimeOff, affected: readonly Affected[]): Promise<AffectedVisit[]> {
  const colleagues = await findColleagues(trx, [...new Set(affected.map(({ clinicId }) => clinicId))]);
  const nameOf = new Map(colleagues.map(({ practitionerId, name }) => [practitionerId, name]));
  const calendars = await calendarsFor(trx, off, affected, [...nameOf.keys()]);

  return affected
    .toSorted((a, b) => Temporal.Instant.compare(a.during.start!, b.during.start!))
    .map((visit) => {
      const ofKind = calendars
        .filter(({ terms }) => terms.kind === visit.kind)
        .map((calendar) => (visit.isDouble ? twice(calendar) : calendar));
      const own = ofKind.filter((calendar) => isForVisit(calendar, visit));
      const others =
        visit.kind === 'consultation' ? ofKind.filter((calendar) => isOfColleague(calendar, visit)) : [];
      const nearest = (among: readonly PracticeCalendar[]) =>
        takeNearest(among, calendars, datesAround(off), visit);
      const offers =
        visit.state === 'arrived'
          ? []
          : [...nearest(own), ...nearest(others)].map(
              ({ practitionerId, locationId, start, timeZone }): Offer => ({
                practitionerId,
                practitionerName: nameOf.get(practitionerId) ?? '',
                isColleague: practitionerId !== visit.practitionerId,
                locationId,
                start: start.toString(),
                text: formatDayTime(start, timeZone),
              }),
            );
      return {
        id: visit.id,
        name: VISIT_NAMES[visit.kind],
        patientName: visit.patientName,
        phone: visit.phone ?? '',
        practitionerId: visit.practitionerId,
        practitionerName: visit.practitionerName,
        when: formatDayTime(visit.during.start!, visit.timeZone),
        isHere: visit.state === 'arrived',
        offers,
      };
    });
}

/** The calendars of these practitioners for what is affected, as they will be once the time is closed. */
async function calendarsFor(
  trx: Trx,
  off: TimeOff,
  affected: readonly Affected[],
  practitionerIds: readonly string[],
): Promise<PracticeCalendar[]> {
  const { practitionerId, locationId, from, to } = off;
  const closed = { startsAt: from.epochMilliseconds, endsAt: to.epochMilliseconds, locationId };
  const calendars: PracticeCalendar[] = [];
  for (const kind of new Set(affected.map((visit) => visit.kind)))
    calendars.push(...(await loadCalendars(trx, { practitionerIds }, kind, datesAround(off))));
  return calendars.map((calendar) => {
    const { schedule } = calendar;
    const isClosed = practitionerId === null || practitionerId === calendar.practitionerId;
    const closures = isClosed ? [...schedule.closures, closed] : schedule.closures;
    return { ...calendar, schedule: { ...schedule, closures } };
  });
}

function datesAround({ from, to }: TimeOff): Dates {
  return {
    from: localDate(from.subtract({ hours: 7 * 24 }), 'UTC'),
    to: localDate(to.add({ hours: WEEKS_AHEAD * 7 * 24 }), 'UTC'),
  };
}

/** The same calendar, with the same blocks, for a visit of double length. */
function twice(calendar: PracticeCalendar): PracticeCalendar {
  const { terms } = calendar;
  return { ...calendar, terms: { ...terms, durationMinutes: 2 * terms.durationMinutes } };
}

function isForVisit({ practitionerId, locationId }: PracticeCalendar, visit: Affected): boolean {
  return practitionerId === visit.practitionerId && locationId === visit.locationId;
}

function isOfColleague(calendar: PracticeCalendar, visit: Affected): boolean {
  const { practitionerId, clinicId, jurisdiction } = calendar;
  return (
    practitionerId !== visit.practitionerId &&
    clinicId === visit.clinicId &&
    jurisdiction === visit.jurisdiction
  );
}

/** The nearest times of some calendars; in all the calendars of the same person they are taken from now on. */
function takeNearest(
  among: readonly PracticeCalendar[],
  all: readonly PracticeCalendar[],
  dates: Dates,
  { during }: Affected,
): FreeSlot[] {
  const wanted = during.start!;
  const distance = ({ start }: FreeSlot) => Math.abs(start.since(wanted).total('minutes'));
  const nearest = among
    .flatMap((calendar) =>
      nearestSlots(calendar, dates, wanted, OFFERS).map((slot) => ({ terms: calendar.terms, slot })),
    )
    .sort((a, b) => distance(a.slot) - distance(b.slot))
    .slice(0, OFFERS);
  for (const { terms, slot } of nearest) {
    const taken = {
      startsAt: slot.start.epochMilliseconds - terms.bufferBeforeMinutes * MINUTE_MS,
      endsAt: slot.end.epochMilliseconds + terms.bufferAfterMinutes * MINUTE_MS,
    };
    for (const { practitionerId, schedule } of all)
      if (practitionerId === slot.practitionerId) schedule.blocks = [...schedule.blocks, taken];
  }
  return nearest.map(({ slot }) => slot).sort((a, b) => Temporal.Instant.compare(a.start, b.start));
}

/** The rest of today there, for an emergency. */
export async function readRestOfToday(
  db: Db,
  actor: Actor,
  whose: ClosedFor,
): Promise<{ from: Temporal.Instant; to: Temporal.Instant }> {
  const timeZone = await requireCloser(db, actor, whose);
  const from = (await appNow(db)).round({ smallestUnit: 'minute', roundingMode: 'floor' });
  const tomorrow = from.toZonedDateTimeISO(timeZone).toPlainDate().add({ days: 1 });
  return { from, to: tomorrow.toZonedDateTime(timeZone).toInstant() };
}

/** Wall-clock days and times there, as instants: a day without a time is the whole day, the last one included. */
export async function readTimeOff(
  db: Db,
  actor: Actor,
  whose: ClosedFor,
  days: { fromDay: string; fromTime: string | null; toDay: string | null; toTime: string | null },
): Promise<{ from: Temporal.Instant; to: Temporal.Instant }> {
  const timeZone = await requireCloser(db, actor, whose);
  const at = (day: Temporal.PlainDate, time: string | null) =>
    day.toZonedDateTime({ timeZone, plainTime: time === null ? undefined : Temporal.PlainTime.from(time) });
  const first = Temporal.PlainDate.from(days.fromDay);
  const last = Temporal.PlainDate.from(days.toDay ?? days.fromDay);
  const from = at(first, days.fromTime).toInstant();
  const to = (days.toTime === null ? at(last.add({ days: 1 }), null) : at(last, days.toTime)).toInstant();
  timeOf({ from, to });
  return { from, to };
}

/** For whom the actor may close time, and what is closed already. */
export async function readClosures(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  const practices = accountId === null ? [] : await findClosable(db, accountId);
  if (practices.length === 0) throw new Refusal('not_found');
  const closures = await findClosures(db, practices);
  const { timeZone, now } = practices[0]!;
  return {
    today: localDate(now, timeZone),
    zone: formatZone(timeZone),
    choices: choicesOf(practices),
    closures: closures.map(({ id, practitionerId, locationId, span, kind, note, ...names }) => {
      const zone = practices.find((one) => one.locationId === locationId)?.timeZone ?? timeZone;
      const whose = { practitionerId, locationId };
      return {
        id,
        who: [names.practitionerName || 'Everybody', names.locationName].filter(Boolean).join(' at '),
        fromText: formatDayTime(span.start!, zone),
        toText:
          localDate(span.start!, zone) === localDate(span.end!, zone)
            ? formatTime(span.end!, zone)
            : formatDayTime(span.end!, zone),
        kind,
        note,
        mayReopen: choicesOf(practices).some(({ value }) => value === whoseText(whose)),
      };
    }),
  };
}

/** Each practitioner everywhere or at one location, and for the desk each location as a whole. */
function choicesOf(practices: Awaited<ReturnType<typeof findClosable>>) {
  const own = practices.filter(({ isSelf }) => isSelf);
  const desk = practices.filter(({ keepsDesk }) => keepsDesk);
  const places = new Map(desk.map((practice) => [practice.locationId, practice]));
  return [
    ...own.slice(0, 1).map(({ practitionerId }) => ({
      value: whoseText({ practitionerId, locationId: null }),
      label: own.length > 1 ? 'Me, everywhere' : 'Me',
    })),
    ...(own.length > 1 ? own : []).map(({ practitionerId, locationId, locationName }) => ({
      value: whoseText({ practitionerId, locationId }),
      label: `Me, at ${locationName}`,
    })),
    ...[...places.values()].map(({ locationId, locationName, clinicName }) => ({
      value: whoseText({ practitionerId: null, locationId }),
      label: `Everybody at ${[...new Set([clinicName, locationName])].join(', ')}`,
    })),
    ...desk
      .filter(({ isSelf }) => !isSelf)
      .map(({ practitionerId, locationId, name, locationName }) => ({
        value: whoseText({ practitionerId, locationId }),
        label: `${name} at ${locationName}`,
      })),
  ];
}

/** As a form says whose time it is. */
function whoseText({ practitionerId, locationId }: ClosedFor): string {
  return `${practitionerId ?? 'all'} ${locationId ?? 'all'}`;
}
