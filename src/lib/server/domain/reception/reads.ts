import type { Db, Trx } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import { loadCalendars, slotsIn } from '../availability/calendar.ts';
import { freeSlots, slotDays, type FreeSlot } from '../availability/reads.ts';
import { asksForTwice, may, type AppointmentState } from '../booking/appointment.ts';
import { wordInWords } from '../booking/give-word.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import {
  formatCalendarDate,
  formatCalendarDay,
  formatDayTime,
  formatTime,
  formatZone,
  localDate,
} from '../shared/dates.ts';
import { dayIn } from '../shared/days.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { readKeptTimes, readWaitingAt } from '../waitlist/reads.ts';
import { auditReads, requireDesk, requirePerson, requireVisit, type Desk } from './access.ts';
import { findFreeNow } from './free-now.ts';
import { shownPerson } from './people.ts';
import {
  findClaimOfAccount,
  findDeskPractices,
  findNextDay,
  findOpenClaim,
  findPapersDue,
  findPatientOfAccount,
  findPeopleBornOn,
  findPerson,
  findProposals,
  findToTell,
  findVisitsBetween,
  findVisitsOf,
  type DeskPractice,
  type VisitRow,
} from './queries.ts';

/** Days of free times on one page. */
const PAGE_DAYS = 3;
/** How far a page looks for them. */
const SEARCH_DAYS = 21;
/** Who is put on the waitlist waits this long, unless told otherwise. */
const WISH_DAYS = 42;

/** Who gets no letters is told of a visit from so many days ahead on, the most pressing first. */
const TELL_DAYS = 3;
const MOST_TO_TELL = 50;

/** Neutral words: who reads over a shoulder learns nothing of anybody's face. */
export const KIND_WORDS = {
  consultation: 'Consultation',
  treatment: 'Visit',
  follow_up: 'Review visit',
} as const;

const STATE_WORDS: Partial<Record<AppointmentState, string>> = {
  confirmed: 'Booked',
  paused: 'On hold',
  arrived: 'Here',
  started: 'With the practitioner',
  completed: 'Done',
  stopped: 'Done',
  cancelled: 'Cancelled',
  no_show: 'Did not come',
  left_unseen: 'Left before being seen',
};

/** A visit as the desk reads it: no clinical content. */
function shownVisit(visit: VisitRow, now: Temporal.Instant) {
  const start = visit.during.start!;
  const isPossible = (verb: Parameters<typeof may>[1]) => may('practice', verb, visit.state);
  // The database judges again; here it only spares a button that would be refused.
  const hasBegun = Temporal.Instant.compare(start, now) <= 0;
  const isNear = Temporal.Instant.compare(start.subtract({ hours: 1 }), now) <= 0;
  return {
    id: visit.id,
    kind: KIND_WORDS[visit.kind],
    state: visit.state,
    stateText: STATE_WORDS[visit.state] ?? visit.state,
    start: start.toString(),
    date: localDate(start, visit.timeZone),
    time: formatTime(start, visit.timeZone),
    endTime: formatTime(visit.during.end!, visit.timeZone),
    when: formatDayTime(start, visit.timeZone),
    zone: formatZone(visit.timeZone),
    practitionerName: visit.practitionerName,
    clinicName: visit.clinicName,
    clinicPhone: visit.clinicPhone,
    address: [...new Set([visit.clinicName, visit.locationName, visit.address])],
    directions: visit.directions,
    patientId: visit.patientId,
    patientName: visit.patientName,
    born: formatCalendarDate(visit.dateOfBirth),
    phone: visit.phone,
    email: visit.email,
    postalAddress: visit.postalAddress,
    hasAccount: visit.hasAccount,
    needs: visit.needs,
    word: visit.state === 'confirmed' ? wordInWords(visit) : '',
    reason: visit.reason,
    mayArrive: isPossible('arrive') && isNear,
    mayLeaveUnseen: isPossible('leaveUnseen'),
    mayMarkNoShow: isPossible('markNoShow') && hasBegun,
    mayMove: isPossible('move') && !hasBegun,
    mayCancel: isPossible('cancel'),
  };
}

/** Everybody who comes on one day, by practitioner; today unless a day is given. */
export async function readDay(db: Db, actor: Actor, day: string | null) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const today = Temporal.PlainDate.from(localDate(desk.now, desk.timeZone));
    const date = dayIn(day) ?? today;
    const midnight = (of: Temporal.PlainDate) => of.toZonedDateTime(desk.timeZone).toInstant();
    const window = span(midnight(date), midnight(date.add({ days: 1 })));
    const visits = await findVisitsBetween(trx, desk.clinicIds, window);
    const patientIds = visits.map(({ patientId }) => patientId);
    const due = await findPapersDue(trx, patientIds);
    const keptTimes = await readKeptTimes(trx, desk.clinicIds);
    const toTell = date.equals(today) ? await findUntold(trx, desk, today) : [];
    const shown = [...keptTimes, ...toTell].map(({ patientId }) => patientId);
    await auditReads(trx, 'day.read_at_desk', desk, [...patientIds, ...shown]);

    const nextDay =
      visits.length > 0 ? undefined : await findNextDay(trx, desk.clinicIds, midnight(date.add({ days: 1 })));

    const byPractitioner = Map.groupBy(visits, ({ practitionerId }) => practitionerId);
    return {
      clinicName: desk.clinicName,
      date: date.toString(),
      day: formatCalendarDay(date.toString()),
      isToday: date.equals(today),
      previous: date.subtract({ days: 1 }).toString(),
      next: date.add({ days: 1 }).toString(),
      /** On an empty day, the next one on which somebody comes. */
      nextBooked: nextDay === undefined ? null : { date: nextDay, text: formatCalendarDay(nextDay) },
      practitioners: [...byPractitioner.values()].map((theirs) => ({
        id: theirs[0]!.practitionerId,
        name: theirs[0]!.practitionerName,
        visits: theirs.map((visit) => ({
          ...shownVisit(visit, desk.now),
          due: papersDue(visit, due.get(visit.patientId)),
        })),
      })),
      /** Who comes in the next days, has no e-mail address, and is to be rung up or written to. */
      toTell: toTell.map((visit) => shownVisit(visit, desk.now)),
      freeNow: date.equals(today) ? await shownFreeNow(trx, desk) : [],
      /** People on the waitlist for whom a time is kept at this moment. */
      keptTimes,
    };
  });
}

function findUntold(trx: Trx, desk: Desk, today: Temporal.PlainDate): Promise<VisitRow[]> {
  const until = today
    .add({ days: TELL_DAYS + 1 })
    .toZonedDateTime(desk.timeZone)
    .toInstant();
  return findToTell(trx, desk.clinicIds, span(desk.now, until), MOST_TO_TELL);
}

function papersDue(
  { kind, state }: VisitRow,
  due: { answersDue: boolean; identityDue: boolean } | undefined,
): string[] {
  if (due === undefined || !['confirmed', 'paused', 'arrived'].includes(state)) return [];
  return [
    ...(due.identityDue ? ['Photo identification'] : []),
    ...(due.answersDue && kind === 'consultation' ? ['Answers to the health questions'] : []),
  ];
}

async function shownFreeNow(trx: Trx, desk: Desk, needs: readonly string[] = []) {
  return (await findFreeNow(trx, desk, needs)).map(({ practice, start, isNow }) => ({
    id: `${practice.practitionerId} ${practice.locationId}`,
    name: practice.practitionerName,
    isNow,
    text: formatTime(start, desk.timeZone),
  }));
}

/** One visit, for the pages that change or print it. */
export async function readVisit(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const visit = await requireVisit(trx, desk, appointmentId);
    const due = await findPapersDue(trx, [visit.patientId]);
    return { ...shownVisit(visit, desk.now), due: papersDue(visit, due.get(visit.patientId)) };
  });
}

/** A letter about a visit, for somebody whom no mail reaches. Neutral words: an envelope may be opened by others. */
export async function readLetter(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const visit = await requireVisit(trx, desk, appointmentId);
    const start = visit.during.start!;
    return {
      isOpen: visit.state === 'confirmed' && Temporal.Instant.compare(desk.now, start) < 0,
      name: visit.patientName,
      address: visit.postalAddress,
      clinic: visit.clinicName,
      clinicAddress: visit.address,
      phone: visit.clinicPhone,
      today: formatCalendarDate(localDate(desk.now, desk.timeZone)),
      visit: 'appointment',
      practitioner: visit.practitionerName,
      when: formatDayTime(start, visit.timeZone),
      zone: formatZone(visit.timeZone),
      where: [...new Set([visit.clinicName, visit.locationName, visit.address])].join(', '),
      directions: visit.directions,
    };
  });
}

/** Free consultation times of everybody at this desk's clinics, a few days at a time, and who is free now. */
export async function readTimes(db: Db, actor: Actor, fromDay: string | null, needs: readonly string[] = []) {
  const { desk, practices, freeNow } = await transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    return {
      desk,
      practices: await findDeskPractices(trx, desk.clinicIds),
      freeNow: await shownFreeNow(trx, desk, needs),
    };
  });
  const dates = searchDates(desk, fromDay);
  const slots = await freeSlots(db, {
    practitionerIds: [...new Set(practices.map(({ practitionerId }) => practitionerId))],
    kind: 'consultation',
    doubleLength: asksForTwice(needs),
    ...dates,
  });
  const page = firstDays(slots, dates);
  const theirs = Map.groupBy(page.slots, (slot) => `${slot.practitionerId} ${slot.locationId}`);
  return {
    zone: formatZone(desk.timeZone),
    freeNow,
    /** For who finds no time that suits. */
    wish: wishChoices(practices, desk),
    laterFrom: page.laterFrom,
    practitioners: practices.flatMap((practice) => {
      const days = daysOf(theirs.get(`${practice.practitionerId} ${practice.locationId}`) ?? []);
      const { practitionerId, practitionerName, locationId, locationName } = practice;
      if (days.length === 0) return [];
      const isOne = practices.filter((other) => other.practitionerId === practitionerId).length === 1;
      return [
        {
          id: `${practitionerId} ${locationId}`,
          name: isOne ? practitionerName : `${practitionerName}, ${locationName}`,
          days,
        },
      ];
    }),
  };
}

/** Other free times with the same practitioner at the same place. */
export async function readTimesToMove(db: Db, actor: Actor, appointmentId: string, fromDay: string | null) {
  const { desk, visit } = await transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    return { desk, visit: await requireVisit(trx, desk, appointmentId) };
  });
  const dates = searchDates(desk, fromDay);
  const calendars = await loadCalendars(
    db,
    { practitionerIds: [visit.practitionerId], locationId: visit.locationId },
    visit.kind,
    dates,
    { insteadOfBlockIds: visit.blockId === null ? [] : [visit.blockId], doubleLength: visit.isDouble },
  );
  const slots = calendars
    .flatMap((calendar) => slotsIn(calendar, dates))
    .filter(({ start }) => !start.equals(visit.during.start!));
  const page = firstDays(slots, dates);
  return { visit: shownVisit(visit, desk.now), days: daysOf(page.slots), laterFrom: page.laterFrom };
}

function searchDates(desk: Desk, fromDay: string | null) {
  const from = dayIn(fromDay) ?? Temporal.PlainDate.from(localDate(desk.now, desk.timeZone));
  return { from: from.toString(), to: from.add({ days: SEARCH_DAYS }).toString() };
}

/** The first days on which there is any time, and where the next page begins. */
function firstDays(slots: readonly FreeSlot[], { to }: { to: string }) {
  const dateOf = ({ start, timeZone }: FreeSlot) => localDate(start, timeZone);
  const dates = [...new Set(slots.map(dateOf))].sort().slice(0, PAGE_DAYS);
  const last = dates.length === PAGE_DAYS ? dates.at(-1)! : to;
  return {
    slots: slots.filter((slot) => dates.includes(dateOf(slot))),
    laterFrom: Temporal.PlainDate.from(last).add({ days: 1 }).toString(),
  };
}

/** Every time carries what booking it takes: when, where, with whom. */
function daysOf(slots: readonly FreeSlot[]) {
  const [first] = slots;
  if (first === undefined) return [];
  return slotDays(slots).map((day) => ({
    ...day,
    times: day.times.map((time) => ({
      ...time,
      value: `${time.datetime} ${first.locationId} ${first.practitionerId}`,
    })),
  }));
}

/** One person of the clinic: who it is, what is booked, whether somebody asks for the record, who may be the same. */
export async function readPerson(db: Db, actor: Actor, patientId: string) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const person = await requirePerson(trx, desk, patientId);
    const visits = await findVisitsOf(trx, desk.clinicIds, patientId);
    const claim = person.hasAccount ? undefined : await findOpenClaim(trx, patientId);
    const alike = await findPeopleBornOn(trx, desk.clinicIds, {
      dateOfBirth: person.dateOfBirth,
      turned: null,
      name: `${person.givenName} ${person.familyName}`,
    });
    const others = person.mergedIntoId === null ? alike.filter(({ id }) => id !== patientId) : [];
    await auditReads(
      trx,
      'person.found_at_desk',
      desk,
      others.map(({ id }) => id),
    );
    return {
      ...shownPerson(person),
      phone: person.phone,
      email: person.email,
      postalAddress: person.postalAddress,
      hasAccount: person.hasAccount,
      mayCorrectBirth: person.mayCorrectBirth,
      diedNotedOn: person.diedNotedOn === null ? null : formatCalendarDate(person.diedNotedOn),
      /** As it was said last: nobody is asked twice. */
      needs: visits[0]?.needs ?? [],
      mergedIntoId: person.mergedIntoId,
      visits: visits.map((visit) => shownVisit(visit, desk.now)),
      claim:
        claim?.state === 'asked'
          ? { id: claim.id, name: claim.claimantName ?? '', email: claim.claimantEmail ?? '' }
          : null,
      others: others.map(shownPerson),
    };
  });
}

/** What somebody of the clinic waits for there, and what they could wait for. */
export async function readWaiting(db: Db, actor: Actor, patientId: string) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const person = await requirePerson(trx, desk, patientId);
    const visits = await findVisitsOf(trx, desk.clinicIds, patientId);
    const entries = await readWaitingAt(trx, patientId, desk.clinicIds);
    const isWaitedFor = (id: string) => entries.some(({ appointmentId }) => appointmentId === id);
    return {
      ...shownPerson(person),
      phone: person.phone,
      mergedIntoId: person.mergedIntoId,
      entries,
      visits: visits
        .filter(({ kind, state }) => kind !== 'treatment' && state === 'confirmed')
        .map((visit) => shownVisit(visit, desk.now))
        .filter(({ id, mayMove }) => mayMove && !isWaitedFor(id)),
      ...wishChoices(await findDeskPractices(trx, desk.clinicIds), desk),
    };
  });
}

/** Whom somebody can wait for, and from when until when unless told otherwise. */
function wishChoices(practices: readonly DeskPractice[], desk: Desk) {
  const names = new Map(practices.map(({ slug, practitionerName }) => [slug, practitionerName]));
  const today = Temporal.PlainDate.from(localDate(desk.now, desk.timeZone));
  return {
    practitioners: [...names].map(([slug, name]) => ({ slug, name })),
    earliestDay: today.toString(),
    latestDay: today.add({ days: WISH_DAYS }).toString(),
  };
}

/** Entries that one member holds for one person, waiting for another member. */
export async function readProposals(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const shown = async (id: string) => {
      const person = await findPerson(trx, desk.clinicIds, id);
      if (person === undefined) throw new Refusal('not_found');
      await auditReads(trx, 'person.read_at_desk', desk, [id]);
      return shownPerson(person);
    };
    const proposals = [];
    for (const proposal of await findProposals(trx, desk.clinicIds)) {
      proposals.push({
        id: proposal.id,
        by: proposal.proposedByName,
        at: formatDayTime(proposal.proposedAt, desk.timeZone),
        isOwn: proposal.proposedBy === desk.accountId,
        keep: await shown(proposal.keepId),
        other: await shown(proposal.otherId),
      });
    }
    return proposals;
  });
}

/** How a signed-in person stands with a record made at a desk. */
export async function readOwnClaim(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  return {
    hasRecord: (await findPatientOfAccount(db, accountId)) !== undefined,
    asked: (await findClaimOfAccount(db, accountId)) ?? null,
  };
}
