import ICAL from 'ical.js';
import type { OutsideEntry } from '#lib/server/platform/calendar-server/port.ts';
import type { EpochMs } from '../schedule.ts';
import { clocksOf } from './ics-clock.ts';

/*
 * Our visits in a practitioner's own calendar. Here they are the truth: what is done to an entry there is put back, and
 * told. The other way round stands in `ics.ts`: what is theirs takes time, and is never touched.
 */

/** How often one entry is put back before it is left as they want it, until the visit itself changes. */
export const MOST_PUT_BACKS = 3;

const UID = /^diary-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@steadyhand$/;
/** It is shorter than the shortest line that is folded. */
const UID_LINE = /^UID:(diary-[0-9a-f-]{36}@steadyhand)\r?$/m;

/** A visit in the diary of a practitioner is one entry as long as it lives, wherever it is shown. */
export function uidOfVisit(appointmentId: string): string {
  return `diary-${appointmentId}@steadyhand`;
}

/** Whether we wrote an entry with this UID. */
export function isOurUid(uid: string): boolean {
  return UID.test(uid);
}

export type EntryStatus = 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED';

/** What an entry says as far as it matters: when, and whether it takes place. */
export interface EntryState {
  startsAt: EpochMs;
  endsAt: EpochMs;
  status: EntryStatus;
}

/** An entry as it is to stand in somebody's calendar: neutral words, no names. */
export interface DiaryEntry {
  uid: string;
  sequence: number;
  changedAt: Temporal.Instant;
  start: Temporal.Instant;
  end: Temporal.Instant;
  timeZone: string;
  title: string;
  place: string;
  words: string;
  status: EntryStatus;
}

/** What we wrote last, and how often it had to be put back. */
export interface WrittenEntry extends EntryState {
  href: string;
  sequence: number;
  putBack: number;
}

/** One of ours as it was found there; `state` is null where it is no longer what we write. */
export interface FoundEntry {
  appointmentId: string;
  href: string;
  etag: string | null;
  sequence: number;
  state: EntryState | null;
}

/** One of ours, read; undefined for every other entry. */
export function readOurs({ href, etag, text }: OutsideEntry): FoundEntry | undefined {
  const uid = UID_LINE.exec(text)?.[1];
  const appointmentId = uid === undefined ? undefined : UID.exec(uid)?.[1];
  if (appointmentId === undefined) return undefined;
  const found = { appointmentId, href, etag };
  try {
    const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
    const events = calendar.getAllSubcomponents('vevent');
    const [event] = events;
    const sequence = Number(event?.getFirstPropertyValue('sequence') ?? 0);
    return {
      ...found,
      sequence: Number.isSafeInteger(sequence) && sequence >= 0 ? sequence : 0,
      state: events.length === 1 ? stateOf(event!, calendar) : null,
    };
  } catch {
    return { ...found, sequence: 0, state: null };
  }
}

function stateOf(event: ICAL.Component, calendar: ICAL.Component): EntryState | null {
  // Somebody made a series of it.
  if (event.hasProperty('rrule') || event.hasProperty('rdate')) return null;
  const toMoment = clocksOf(calendar, 'UTC');
  const at = (name: string): EpochMs => {
    const property = event.getFirstProperty(name)!;
    return toMoment(property, property.getFirstValue() as ICAL.Time).at;
  };
  const startsAt = at('dtstart');
  const duration = event.getFirstPropertyValue('duration');
  const endsAt = duration instanceof ICAL.Duration ? startsAt + duration.toSeconds() * 1000 : at('dtend');
  const said = String(event.getFirstPropertyValue('status') ?? '').toUpperCase();
  const status = said === 'CANCELLED' || said === 'TENTATIVE' ? said : 'CONFIRMED';
  return { startsAt, endsAt, status };
}

/** What is to be done about one visit. */
export type Step =
  /** It stands there as it should, or is gone where it should be. */
  | { kind: 'nothing' }
  /** It stands there as it should, and we did not know. */
  | { kind: 'note' }
  /** They want it otherwise, and have been told often enough. */
  | { kind: 'leave' }
  | {
      kind: 'put';
      expected: { etag: string | null } | 'nothing';
      sequence: number;
      /** What somebody did to it, where they did. */
      disturbed: 'changed' | 'removed' | null;
    };

/** What to do about a visit, from how it should stand there, what we wrote last, and what was found. */
export function stepFor(
  wanted: EntryState,
  written: WrittenEntry | null,
  found: FoundEntry | undefined,
): Step {
  const isOff = wanted.status === 'CANCELLED';
  const putBackUnlessTooOften = (step: Step & { kind: 'put' }): Step =>
    step.disturbed !== null && isSame(written, wanted) && written!.putBack >= MOST_PUT_BACKS
      ? { kind: 'leave' }
      : step;
  if (found === undefined) {
    if (written === null)
      return isOff ? { kind: 'nothing' } : { kind: 'put', expected: 'nothing', sequence: 0, disturbed: null };
    // Gone there and off here: nobody misses it.
    if (isOff) return { kind: isSame(written, wanted) ? 'nothing' : 'note' };
    const sequence = written.sequence + 1;
    return putBackUnlessTooOften({ kind: 'put', expected: 'nothing', sequence, disturbed: 'removed' });
  }
  const stands = isSame(found.state, wanted) || (isOff && found.state?.status === 'CANCELLED');
  if (stands) return { kind: isSame(written, wanted) && written!.href === found.href ? 'nothing' : 'note' };
  return putBackUnlessTooOften({
    kind: 'put',
    expected: { etag: found.etag },
    sequence: Math.max(found.sequence, written?.sequence ?? 0) + 1,
    disturbed: !isOff && written !== null && !isSame(found.state, written) ? 'changed' : null,
  });
}

/** Whether two say the same. */
export function isSame(one: EntryState | null, other: EntryState | null): boolean {
  return (
    one !== null &&
    other !== null &&
    one.startsAt === other.startsAt &&
    one.endsAt === other.endsAt &&
    one.status === other.status
  );
}
