import { plural } from '#lib/format/words.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDay, formatDayTime, formatTime, formatZone } from '../shared/dates.ts';
import { isRefusal, Refusal, type RefusalCode } from '../shared/refusal.ts';
import { requireFreeSlot, type Alternative, type WantedSlot } from '../availability/claim.ts';
import type { HoldOf } from './access.ts';
import { MOST_EXTENSIONS } from './hold-slot.ts';
import { noticeWords } from './notice.ts';
import { findCaredFor } from './carer-queries.ts';
import { caresForSomebody } from './carer-reads.ts';
import { findBooking, findDraft, findOffer, findPatient, type Draft } from './queries.ts';

/** Whom a consultation is with, where, on what terms. */
export interface Offer {
  practitioner: { slug: string; name: string; profession: string };
  clinic: { name: string; phone: string };
  location: { id: string; locality: string };
  /** Line by line. */
  address: string[];
  accessFeatures: string[];
  jurisdiction: string;
  locale: string;
  durationMinutes: number;
  fee: { minorUnits: number; currency: string; covers: string };
  /** What the practice asks of who changes or cancels, in words. */
  policy: { move: string; cancel: string };
}

/** A time as pages show it, on the clinic's clock. */
export interface ShownTime {
  datetime: string;
  day: string;
  time: string;
  /** "Tue 8 December, 14:30" */
  text: string;
  zone: string;
}

export interface Booking {
  id: string;
  state: 'held' | 'ended' | 'confirmed';
  /** Whether the clinic had to close that time. */
  endedBy: 'clinic' | null;
  offer: Offer;
  when: ShownTime;
  /** How long the time is still kept. */
  hold: { secondsLeft: number; words: string; extensionsLeft: number } | null;
  draft: Draft & { dateOfBirth: string };
  /** The date of birth that the time is kept for, as one reads it. */
  born: string;
  /** The name and number on record, for who is a patient already. */
  known: { givenName: string; familyName: string; phone: string } | null;
  /** Whom a carer may mean, by the date of birth that the time is kept for. */
  caredFor: { id: string; name: string }[];
}

/** What a page says before it asks for a date of birth, and whether the time can still be had. */
export interface OfferedTime {
  offer: Offer;
  when: ShownTime;
  /** A patient on record is not asked again. */
  knowsDateOfBirth: boolean;
  /** A carer may give the date of birth of somebody else. */
  isCarer: boolean;
  refusal: { code: RefusalCode; message: string; alternatives: Alternative[] } | null;
}

/** A time with a practitioner as a visitor sees it who may want it. It answers as the hold itself would (C3). */
export async function readOffer(
  db: Db,
  actor: Actor,
  wanted: { practitioner: string; location: string; start: Temporal.Instant },
): Promise<OfferedTime> {
  const found = await findOffer(db, wanted.practitioner, wanted.location);
  if (found === undefined) throw new Refusal('not_found');
  const accountId = accountOf(actor);
  const patient = accountId === null ? undefined : await findPatient(db, accountId);
  return {
    offer: offerOf(found),
    when: shownTime(wanted.start, found.timeZone),
    knowsDateOfBirth: patient !== undefined,
    isCarer: accountId !== null && (await caresForSomebody(db, accountId)),
    refusal: await refusalOfSlot(db, {
      practitionerId: found.practitionerId,
      locationId: wanted.location,
      start: wanted.start,
      kind: 'consultation',
    }),
  };
}

async function refusalOfSlot(db: Db, wanted: WantedSlot): Promise<OfferedTime['refusal']> {
  try {
    await requireFreeSlot(db, wanted);
    return null;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { code, message, details } = error;
    return { code, message, alternatives: (details.alternatives ?? []) as Alternative[] };
  }
}

/** A visitor's own booking, from the hold to the day after it is confirmed. Anybody else's does not exist (P1). */
export async function readBooking(
  db: Db,
  actor: Actor,
  { appointmentId, partyId }: HoldOf,
): Promise<Booking> {
  const accountId = accountOf(actor);
  const found = await findBooking(db, appointmentId);
  const isOwn =
    found?.patientId === null
      ? partyId !== null && found.partyId === partyId
      : accountId !== null && found?.patientAccountId === accountId;
  if (found === undefined || !isOwn) throw new Refusal('not_found');

  const draft = await findDraft(db, appointmentId);
  const patient = accountId === null ? undefined : await findPatient(db, accountId);
  const { now, holdExpiresAt, holdExtensions, timeZone } = found;
  const secondsLeft = holdExpiresAt === null ? 0 : holdExpiresAt.since(now).total('seconds');
  const offer = { ...offerOf(found), durationMinutes: minutesOf(found.during) };
  const when = shownTime(found.during.start!, timeZone);
  return {
    id: appointmentId,
    state: stateOf(found.state, secondsLeft),
    endedBy: found.cancelledBy === 'practice' ? 'clinic' : null,
    offer,
    when,
    hold:
      holdExpiresAt === null || secondsLeft <= 0
        ? null
        : {
            secondsLeft: Math.floor(secondsLeft),
            words: `We keep ${when.text} with ${offer.practitioner.name} for you until ${formatTime(holdExpiresAt, timeZone)} (${when.zone}), for about ${plural(Math.ceil(secondsLeft / 60), 'more minute')}.`,
            extensionsLeft: MOST_EXTENSIONS - holdExtensions,
          },
    draft: draft ?? {
      dateOfBirth: '',
      givenName: '',
      familyName: '',
      phone: '',
      concerns: found.concerns,
      note: found.note,
      needs: found.needs,
    },
    born: draft === undefined ? '' : formatCalendarDate(draft.dateOfBirth),
    known: patient
      ? { givenName: patient.givenName, familyName: patient.familyName, phone: patient.phone ?? '' }
      : null,
    caredFor: accountId === null || draft === undefined ? [] : await bornOn(db, accountId, draft.dateOfBirth),
  };
}

async function bornOn(db: Db, accountId: string, dateOfBirth: string): Promise<Booking['caredFor']> {
  const people = await findCaredFor(db, accountId);
  return people
    .filter((person) => person.dateOfBirth === dateOfBirth)
    .map(({ patientId, givenName, familyName }) => ({ id: patientId, name: `${givenName} ${familyName}` }));
}

function minutesOf({ start, end }: InstantRange): number {
  return end!.since(start!).total('minutes');
}

function stateOf(state: string, secondsLeft: number): Booking['state'] {
  if (state === 'held') return secondsLeft > 0 ? 'held' : 'ended';
  return state === 'expired' || state === 'cancelled' ? 'ended' : 'confirmed';
}

function shownTime(start: Temporal.Instant, timeZone: string): ShownTime {
  return {
    datetime: start.toString(),
    day: formatDay(start, timeZone),
    time: formatTime(start, timeZone),
    text: formatDayTime(start, timeZone),
    zone: formatZone(timeZone),
  };
}

function offerOf(row: NonNullable<Awaited<ReturnType<typeof findOffer>>>): Offer {
  return {
    practitioner: { slug: row.slug, name: row.practitionerName, profession: row.professionName },
    clinic: { name: row.clinicName, phone: row.clinicPhone },
    location: { id: row.locationId, locality: row.locality },
    // A clinic of one location often bears its name.
    address: [...new Set([row.clinicName, row.locationName, row.street, `${row.locality} ${row.postcode}`])],
    accessFeatures: row.accessFeatures,
    jurisdiction: row.jurisdiction,
    locale: row.locale,
    durationMinutes: row.durationMinutes,
    fee: { minorUnits: row.feeMinorUnits, currency: row.currency, covers: row.feeCovers },
    policy: noticeWords(row),
  };
}
