import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Queryable, Trx } from '#lib/server/platform/db.ts';
import { findPatient } from '../booking/queries.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDay, formatDayTime, formatTime, formatZone, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import * as queries from './queries.ts';
import { MOST_WISHES, type Wish } from './wish.ts';

const VISIT_NAMES = { consultation: 'consultation', follow_up: 'review visit' } as const satisfies Record<
  Wish['kind'],
  string
>;
const WEEKDAY_NAMES = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'];
/** Who only wants a consultation waits this long, unless told otherwise. */
const FIRST_GUESS_DAYS = 42;

/** What the acting patient waits for. Who is no patient yet waits for nothing. */
export async function readWaitlist(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  const entries = await queries.findWaitingEntries(db, { accountId });
  return {
    entries: entries.map((entry) => shownEntry(entry, 'your')),
    mayAskForMore: entries.length < MOST_WISHES,
  };
}

/** What a patient waits for at these clinics, as their desk reads it; the caller may. */
export async function readWaitingAt(db: Queryable, patientId: string, clinicIds: readonly string[]) {
  const entries = await queries.findWaitingEntries(db, { patientId, clinicIds });
  return entries.map((entry) => ({ ...shownEntry(entry, 'the'), offer: shownOffer(entry) }));
}

/** Times that are kept for people whom the desk of these clinics knows; the caller may. */
export async function readKeptTimes(db: Queryable, clinicIds: readonly string[]) {
  return (await queries.findKeptTimes(db, clinicIds)).map(({ during, openUntil, timeZone, ...kept }) => ({
    ...kept,
    when: formatDayTime(during.start!, timeZone),
    until: formatTime(openUntil, timeZone),
  }));
}

/** An offer at these clinics to this patient, locked; the caller may answer it for them. */
export function lockOfferAt(
  trx: Trx,
  offerId: string,
  whose: { patientId: string; clinicIds: readonly string[] },
) {
  return queries.lockOffer(trx, offerId, whose);
}

function shownEntry(entry: queries.WaitingEntry, whose: 'your' | 'the') {
  return {
    id: entry.id,
    offerId: entry.offerId,
    appointmentId: entry.appointmentId,
    wanted: inWords(entry, whose),
    days: daysInWords(entry.weekdays),
    hours: hoursInWords(entry.fromMinute, entry.untilMinute),
    from: formatCalendarDay(entry.earliestDay),
    until: formatCalendarDay(entry.latestDay),
  };
}

function shownOffer({ offerId, offerDuring, offerUntil, offerTimeZone }: queries.WaitingEntry) {
  return offerId === null
    ? null
    : {
        id: offerId,
        when: formatDayTime(offerDuring!.start!, offerTimeZone!),
        until: formatTime(offerUntil!, offerTimeZone!),
      };
}

/** What the form asks about: the visit or the practitioner it was opened for, or anybody near a place. */
export async function readAsk(
  db: Db,
  actor: Actor,
  about: { appointmentId: string | null; practitioner: string | null },
) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  const patient = await findPatient(db, accountId);
  const consultant =
    about.practitioner === null ? undefined : await queries.findConsultant(db, about.practitioner);
  if (about.practitioner !== null && consultant === undefined) throw new Refusal('not_found');
  const visit =
    about.appointmentId === null || patient === undefined
      ? undefined
      : await queries.findVisitToMove(db, patient.id, about.appointmentId);
  if (about.appointmentId !== null && visit === undefined) throw new Refusal('not_found');
  const earliestDay = localDate(await appNow(db), 'UTC');
  const start = visit?.during.start;
  return {
    isPatient: patient !== undefined,
    practitioner: consultant ? { slug: consultant.slug, name: consultant.name } : null,
    visit: visit
      ? {
          id: visit.id,
          name: VISIT_NAMES[visit.kind as Wish['kind']],
          with: visit.practitionerName,
          when: formatDayTime(start!, visit.timeZone),
        }
      : null,
    earliestDay,
    latestDay: start
      ? localDate(start, visit.timeZone)
      : Temporal.PlainDate.from(earliestDay).add({ days: FIRST_GUESS_DAYS }).toString(),
  };
}

/** A time that is or was kept for the acting patient. Anybody else's does not exist (P1). */
export async function readOffer(db: Db, actor: Actor, offerId: string) {
  const accountId = accountOf(actor);
  const offer = accountId === null ? undefined : await queries.findOffer(db, offerId, accountId);
  if (offer === undefined) throw new Refusal('not_found');
  const { timeZone } = offer;
  const start = offer.during.start!;
  return {
    id: offer.id,
    state: offer.state,
    name: VISIT_NAMES[offer.kind],
    when: formatDayTime(start, timeZone),
    zone: formatZone(timeZone),
    until: formatTime(offer.openUntil, timeZone),
    insteadOf: offer.bookedFor === null ? null : formatDayTime(offer.bookedFor, timeZone),
    appointmentId: offer.acceptedId,
    with: offer.practitionerName,
    slug: offer.slug,
    clinicName: offer.clinicName,
    clinicPhone: offer.clinicPhone,
    address: offer.address,
    locale: offer.locale,
    fee: { minorUnits: offer.feeMinorUnits, currency: offer.currency, covers: offer.feeCovers },
  };
}

/** How many people wait for an earlier time with this practitioner. */
export function countWaiting(db: Db, practitionerId: string): Promise<number> {
  return queries.countWaiting(db, practitionerId);
}

function inWords(
  { kind, bookedFor, timeZone, practitionerName, near, radiusKm }: queries.WaitingEntry,
  whose: 'your' | 'the',
): string {
  if (near !== null)
    return `A consultation with anybody within ${miles(radiusKm!)} miles (${radiusKm} km) of ${near}`;
  if (bookedFor === null) return `A consultation with ${practitionerName}`;
  return `An earlier time for ${whose} ${VISIT_NAMES[kind]} with ${practitionerName} on ${formatDayTime(bookedFor, timeZone!)}`;
}

function daysInWords(weekdays: readonly number[]): string {
  if (weekdays.length === 7) return 'Any day';
  return weekdays
    .toSorted((a, b) => a - b)
    .map((weekday) => WEEKDAY_NAMES[weekday - 1])
    .join(', ');
}

function hoursInWords(fromMinute: number, untilMinute: number): string {
  if (fromMinute === 0 && untilMinute === 1440) return 'at any hour';
  const hour = (minute: number) => `${String(minute / 60).padStart(2, '0')}:00`;
  return `between ${hour(fromMinute)} and ${hour(untilMinute)}`;
}

function miles(km: number): number {
  return Math.round(km / 1.609);
}
