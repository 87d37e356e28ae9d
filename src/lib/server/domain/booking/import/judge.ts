import { span, type InstantRange } from '#lib/server/platform/instants.ts';
import { ageOn, localDate } from '../../shared/dates.ts';
import { dateOfBirthOf, type Entry } from './entry.ts';

/** What becomes of an entry, in the words that the desk reads. */
export const VERDICTS = {
  ready: 'Will be brought over',
  imported: 'Brought over',
  already_here: 'Here already',
  cancelled: 'Cancelled there',
  unreadable_time: 'Its day or time could not be understood',
  past: 'Over, or begun',
  not_a_consultation:
    'Not a consultation: a treatment needs a consultation here first, so it is never brought over',
  no_name: 'First or last name is missing',
  no_date_of_birth: 'Date of birth is missing: ask for it',
  under_age: 'Under age: consultations here are for adults only',
  unlikely_length: 'It must last between 5 minutes and 4 hours',
  same_reference: 'The file holds its reference twice',
  overlaps_in_file: 'With the minutes kept free around visits, it overlaps another one in the file',
  time_taken: 'You are taken at that time, or in the minutes kept free around a visit',
  not_open: 'You have time off then, or enough visits that day or week',
  patient_busy: 'This person has another visit at that time',
  cannot_consult: 'Your checked credentials do not cover consultations there today',
} as const;
export type Verdict = keyof typeof VERDICTS;

/** The practice it is for, and what the person at the desk has said about the file. */
export interface Terms {
  now: Temporal.Instant;
  timeZone: string;
  leastAge: number;
  consultationMinutes: number;
  bufferBeforeMinutes: number;
  bufferAfterMinutes: number;
  /** The services of the file that are consultations. */
  consultations: ReadonlySet<string>;
  /** Dates of birth that were asked for, by reference. */
  datesOfBirth: ReadonlyMap<string, string>;
  /** References that have been brought over before. */
  imported: ReadonlySet<string>;
}

/** What an appointment will stand on. */
export interface Booking {
  during: InstantRange;
  block: InstantRange;
  dateOfBirth: string;
}

export interface Judged {
  entry: Entry;
  verdict: Verdict;
  /** There if the verdict is "ready". */
  booking: Booking | null;
}

/** Says of each entry what becomes of it as far as the file itself can tell; the calendar has the last word. */
export function judge(entries: readonly Entry[], terms: Terms): Judged[] {
  const references = Map.groupBy(entries, ({ reference }) => reference);
  const judged = entries.map((entry): Judged => {
    if (references.get(entry.reference)!.length > 1)
      return { entry, verdict: 'same_reference', booking: null };
    const found = verdictOf(entry, terms);
    return typeof found === 'string'
      ? { entry, verdict: found, booking: null }
      : { entry, verdict: 'ready', booking: found };
  });
  return refuseOverlaps(judged);
}

function verdictOf(entry: Entry, terms: Terms): Verdict | Booking {
  const { now, timeZone } = terms;
  if (terms.imported.has(entry.reference)) return 'already_here';
  if (entry.isCancelled) return 'cancelled';
  if (entry.start === null) return 'unreadable_time';
  // RFC 5545 reads skipped and repeated times like this, and so do we in calendars.
  const start = entry.start.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).toInstant();
  if (Temporal.Instant.compare(start, now) <= 0) return 'past';
  if (!terms.consultations.has(entry.service)) return 'not_a_consultation';
  if (entry.givenName === '' || entry.familyName === '') return 'no_name';
  const minutes = entry.minutes ?? terms.consultationMinutes;
  if (!Number.isInteger(minutes) || minutes < 5 || minutes > 240) return 'unlikely_length';
  const dateOfBirth = entry.dateOfBirth ?? dateOfBirthOf(terms.datesOfBirth.get(entry.reference) ?? '');
  const today = localDate(now, timeZone);
  if (dateOfBirth === null || dateOfBirth > today) return 'no_date_of_birth';
  if (ageOn(dateOfBirth, today) < terms.leastAge) return 'under_age';
  const end = start.add({ minutes });
  const block = span(
    start.subtract({ minutes: terms.bufferBeforeMinutes }),
    end.add({ minutes: terms.bufferAfterMinutes }),
  );
  return { during: span(start, end), block, dateOfBirth };
}

/** Of two that overlap the earlier one is brought over. */
function refuseOverlaps(judged: readonly Judged[]): Judged[] {
  const refused = new Set<Judged>();
  let takenUntil: Temporal.Instant | null = null;
  const ready = judged
    .filter(({ booking }) => booking !== null)
    .toSorted((a, b) => Temporal.Instant.compare(a.booking!.block.start!, b.booking!.block.start!));
  for (const one of ready) {
    const { start, end } = one.booking!.block;
    if (takenUntil !== null && Temporal.Instant.compare(start!, takenUntil) < 0) refused.add(one);
    else takenUntil = end;
  }
  return judged.map((one) =>
    refused.has(one) ? { ...one, verdict: 'overlaps_in_file', booking: null } : one,
  );
}
