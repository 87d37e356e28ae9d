import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { formatDate, formatDateTime, formatDayTime } from '../../shared/dates.ts';
import { Refusal } from '../../shared/refusal.ts';
import { refusals } from '../../shared/refusals.ts';
import type { AppointmentKind } from '../schedule.ts';
import { MOST_PUT_BACKS } from './our-entry.ts';
import { findCalendars, findConflicts, findOwnPractices } from './queries.ts';
import { KEPT_HOURS } from './refresh-calendar.ts';
import { findConnected, findPutBack } from './sync-queries.ts';

const KIND_NAMES = {
  consultation: 'Consultation',
  treatment: 'Treatment',
  follow_up: 'Review visit',
} as const satisfies Record<AppointmentKind, string>;

/** It is read all the same. */
const UNWRITABLE = 'calendar_read_only';

/** A calendar as its practitioner sees it; of its address the host alone. */
export interface ShownCalendar {
  id: string;
  name: string;
  kind: 'address' | 'file' | 'caldav';
  host: string | null;
  /** Waiting for its first reading, fine, failing with its times still kept, failing and its times given back, or going. */
  state: 'waiting' | 'fine' | 'failing' | 'stale' | 'ending';
  /** What is wrong with it, in few words; null while nothing is. */
  trouble: string | null;
  /** What there is to know, line by line. */
  lines: string[];
}

/** A practitioner's other calendars, the appointments that lie in their times, and the locations to add one for. */
export async function readOtherCalendars(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  const [calendars, conflicts, putBack, practices] = await Promise.all([
    findCalendars(db, accountId),
    findConflicts(db, accountId),
    findPutBack(db, accountId),
    findOwnPractices(db, accountId),
  ]);
  return {
    calendars: calendars.map(shown),
    conflicts: conflicts.map(({ id, kind, during, timeZone, calendarName }) => ({
      appointmentId: id,
      text: `${KIND_NAMES[kind as AppointmentKind]}, ${formatDayTime(during.start!, timeZone)}`,
      calendarName,
    })),
    putBack: putBack.map(({ appointmentId, during, timeZone, why, calendarName, putBack: times }) => ({
      appointmentId,
      text: formatDayTime(during.start!, timeZone),
      about: `${why === 'removed' ? 'was deleted' : 'was changed'} in ${calendarName}${
        times >= MOST_PUT_BACKS ? ', again and again; it is put back no more' : ' and put back'
      }`,
      calendarName,
    })),
    locations: practices.map(shownPractice),
  };
}

/** Where a calendar may be added for. */
export async function readCalendarLocations(db: Db, actor: Actor) {
  return (await findOwnPractices(db, accountOf(actor))).map(shownPractice);
}

/** A connected calendar of the actor's own, for the page that asks how it is to end; refuses with `not_found`. */
export async function readConnected(db: Db, actor: Actor, calendarId: string) {
  const connected = await findConnected(db, calendarId, accountOf(actor));
  if (connected === undefined) throw new Refusal('not_found');
  return connected;
}

function shownPractice({ locationId, locationName, clinicName }: OwnPractice) {
  return { id: locationId, text: `${clinicName}, ${locationName}` };
}

type OwnPractice = Awaited<ReturnType<typeof findOwnPractices>>[number];

type Row = Awaited<ReturnType<typeof findCalendars>>[number];

function shown(row: Row): ShownCalendar {
  const { id, name, host, timeZone, readAt, skipped } = row;
  const kind = row.kind as ShownCalendar['kind'];
  const state = stateOf(row);
  const lines = [...contactLines(row, state)];
  const trouble = troubleOf(row, state);
  if (state === 'ending') return { id, name, kind, host, state, trouble, lines };
  if (row.writes && readAt !== null)
    lines.push(
      row.copiesToCome === 1
        ? 'One of your appointments stands in it.'
        : `${row.copiesToCome} of your appointments stand in it.`,
    );
  if (readAt !== null && state !== 'stale') {
    lines.push(
      row.timesToCome === 1
        ? 'It takes 1 time from now on.'
        : `It takes ${row.timesToCome} times from now on.`,
    );
    if (kind === 'file')
      lines.push(
        `A file is not read again: its times reach until ${formatDate(readAt.add({ hours: 400 * 24 }), timeZone)}.`,
      );
    if (skipped > 0)
      lines.push(
        skipped === 1
          ? '1 entry could not be understood and takes no time.'
          : `${skipped} entries could not be understood and take no time.`,
      );
  }
  return { id, name, kind, host, state, trouble, lines };
}

function troubleOf({ failure }: Row, state: ShownCalendar['state']): string | null {
  if (failure === null) return null;
  if (state === 'stale') return 'Out of date';
  if (state === 'ending') return 'Your appointments are still in it';
  return failure === UNWRITABLE ? 'Could not be written into' : 'Could not be read';
}

function stateOf({ failedSince, readAt, now, endingAt }: Row): ShownCalendar['state'] {
  if (endingAt !== null) return 'ending';
  if (failedSince === null) return readAt === null ? 'waiting' : 'fine';
  const isKept = Temporal.Instant.compare(failedSince.add({ hours: KEPT_HOURS }), now) > 0;
  return isKept ? 'failing' : 'stale';
}

function contactLines(
  { fetchedAt, failedSince, failure, timeZone, kind }: Row,
  state: ShownCalendar['state'],
) {
  const at = (instant: Temporal.Instant) => formatDateTime(instant, timeZone);
  if (kind === 'file') return [`Added ${at(fetchedAt!)}.`];
  if (state === 'waiting') return ['It is being read for the first time. Open this page again in a moment.'];
  const reason = isKnown(failure) ? refusals[failure].text : '';
  if (state === 'ending')
    return [
      'Disconnected. Your appointments are being taken out of it.',
      ...(failedSince === null
        ? []
        : [`That has failed since ${at(failedSince)}. ${reason} It is tried again; or leave them there.`]),
    ];
  const last = fetchedAt === null ? 'Never read yet' : `Last read ${at(fetchedAt)}`;
  if (failedSince === null) return [`${last}.`];
  if (failure === UNWRITABLE) return [`${last}. ${reason} Your appointments do not stand in it.`];
  return [
    `${last}; it could not be read since ${at(failedSince)}. ${reason}`,
    ...(fetchedAt === null
      ? []
      : [
          state === 'failing'
            ? `Its times are kept free until ${at(failedSince.add({ hours: KEPT_HOURS }))}.`
            : 'Its times are no longer kept free: patients can book them.',
        ]),
  ];
}

function isKnown(failure: string | null): failure is keyof typeof refusals {
  return failure !== null && failure in refusals;
}
