import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { loadCalendars, slotsIn, type FreeSlot } from '../availability/calendar.ts';
import { slotDays } from '../availability/reads.ts';
import type { AppointmentKind } from '../availability/schedule.ts';
import { findColleagues } from '../booking/closure-queries.ts';
import { readStanding } from '../booking/day-reads.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDay, formatTime, formatZone, localDate } from '../shared/dates.ts';
import { dayIn } from '../shared/days.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { evaluateGate, openSteps, type GateFacts } from './gate.ts';
import { findKeptTime, type KeptTime } from './joint-queries.ts';
import { timeWith } from './joint-time.ts';
import { shownPrescription, shownVisit } from './my-care.ts';
import { requireOwnPrescription, requirePatient } from './patient-access.ts';
import { findMyVisits, findPlaces, findReviewToCome, findTreated, type MyVisit } from './patient-queries.ts';
import { findGateFacts } from './queries.ts';
import { stepForPatient } from './road.ts';

/** How many days one page of times shows. */
const PAGE_DAYS = 21;
/** A review visit is best ten days to three weeks after the treatment. */
const REVIEW_FROM_DAYS = 10;

/** Whose calendar, at which of its places, for what. */
type Wanted = {
  practitionerId: string;
  places: readonly { id: string; name: string }[];
  kind: AppointmentKind;
  timeZone: string;
  /** Nothing earlier. */
  opensAt: Temporal.Instant;
  /** The first day of the page, as the address says it. */
  fromDay: string | null;
  /** The block of a visit on the move: its own time is no obstacle. */
  exceptBlockId?: string | null;
  isPossible?: (slot: FreeSlot) => boolean;
};

/** One page of free times, by place. The value of each says which place and when. */
export async function timesFor(db: Db, wanted: Wanted) {
  const first = localDate(wanted.opensAt, wanted.timeZone);
  const asked = dayIn(wanted.fromDay)?.toString() ?? first;
  const from = asked > first ? asked : first;
  const to = Temporal.PlainDate.from(from)
    .add({ days: PAGE_DAYS - 1 })
    .toString();
  const { practitionerId, exceptBlockId } = wanted;
  const calendars = await loadCalendars(
    db,
    { practitionerIds: [practitionerId] },
    wanted.kind,
    { from, to },
    { insteadOfBlockIds: exceptBlockId ? [exceptBlockId] : [] },
  );
  const places = wanted.places.map(({ id, name }) => ({
    name,
    days: withPlace(
      id,
      calendars
        .filter(({ locationId }) => locationId === id)
        .flatMap((calendar) => slotsIn(calendar, { from, to }))
        .filter((slot) => Temporal.Instant.compare(slot.start, wanted.opensAt) >= 0)
        .filter((slot) => wanted.isPossible?.(slot) ?? true),
    ),
  }));
  return {
    places: places.filter(({ days }) => days.length > 0),
    from,
    to,
    laterFrom: Temporal.PlainDate.from(to).add({ days: 1 }).toString(),
  };
}

function withPlace(locationId: string, slots: readonly FreeSlot[], practitionerId?: string) {
  return slotDays(slots).map(({ times, ...day }) => ({
    ...day,
    times: times.map((time) => ({
      ...time,
      value: [time.datetime, locationId, practitionerId].filter(Boolean).join(' '),
    })),
  }));
}

/** The same page of times with colleagues at the same clinic, who could hold this consultation instead. */
async function timesWithColleagues(
  db: Db,
  visit: MyVisit,
  now: Temporal.Instant,
  dates: { from: string; to: string },
) {
  const colleagues = (await findColleagues(db, [visit.clinicId])).filter(
    ({ practitionerId }) => practitionerId !== visit.practitionerId,
  );
  const practitionerIds = [...new Set(colleagues.map(({ practitionerId }) => practitionerId))];
  const calendars = await loadCalendars(db, { practitionerIds }, 'consultation', dates);
  return colleagues.flatMap(({ practitionerId, name, locationId }) => {
    const slots = calendars
      .filter((calendar) => calendar.practitionerId === practitionerId && calendar.locationId === locationId)
      .filter(({ jurisdiction }) => jurisdiction === visit.jurisdiction)
      .flatMap((calendar) => slotsIn(calendar, dates))
      .filter(({ start }) => Temporal.Instant.compare(start, now) >= 0);
    const days = withPlace(locationId, slots, practitionerId);
    return days.length === 0 ? [] : [{ name: `With ${name}`, context: `with ${name}`, days }];
  });
}

/** Whether the gate would be open for a start then (G4): what is offered can be booked. */
export function gateOpens(facts: GateFacts) {
  return ({ start, end }: FreeSlot) =>
    openSteps(evaluateGate({ ...facts, startsAt: start, endsAt: end }, 'booking')).length === 0;
}

/**
 * Other free times with the same practitioner at the same place, for a treatment only those that the gate allows; for a
 * consultation also those with colleagues. None where the practice asks the patient to call.
 */
export async function readTimesToMove(db: Db, actor: Actor, appointmentId: string, fromDay: string | null) {
  const { visit, facts, now, standing } = await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const [found] = await findMyVisits(trx, patientId, appointmentId);
    if (found === undefined) throw new Refusal('not_found');
    const { prescriptionId } = found;
    const asked = prescriptionId === null ? [] : [{ prescriptionId, appointmentId }];
    return {
      visit: found,
      facts: (await findGateFacts(trx, asked)).get(appointmentId),
      now: await appNow(trx),
      standing: await readStanding(trx, appointmentId),
    };
  });
  const shown = shownVisit(visit, now);
  const mayMove = shown.mayMove && standing.mayMoveAlone;
  const start = visit.during.start!;
  const times = await timesFor(db, {
    practitionerId: visit.practitionerId,
    places: mayMove ? [{ id: visit.locationId, name: visit.clinicName }] : [],
    kind: visit.kind,
    timeZone: visit.timeZone,
    opensAt: now,
    fromDay,
    exceptBlockId: visit.blockId,
    isPossible: (slot) => !slot.start.equals(start) && (facts === undefined || gateOpens(facts)(slot)),
  });
  const colleagues =
    mayMove && visit.kind === 'consultation' ? await timesWithColleagues(db, visit, now, times) : [];
  return { visit: shown, standing, ...times, colleagues };
}

/** Free times for the treatment, from the end of the time to think until prescription or consultation end. */
export async function readTreatmentTimes(
  db: Db,
  actor: Actor,
  prescriptionId: string,
  fromDay: string | null,
) {
  const { prescription, facts, places, kept, now } = await transact(db, actor, async (trx) => {
    const { prescription } = await requireOwnPrescription(trx, actor, prescriptionId);
    const facts = (await findGateFacts(trx, [{ prescriptionId }])).get(prescriptionId);
    if (facts === undefined) throw new Refusal('not_found');
    const { injectorId: practitionerId, clinicId, jurisdiction } = prescription;
    const places = await findPlaces(trx, { practitionerId, clinicId, jurisdiction });
    const kept = await findKeptTime(trx, { prescriptionId });
    return { prescription, facts, places, kept, now: await appNow(trx) };
  });
  const { timeZone } = prescription;
  const waiting = openSteps(evaluateGate(facts, 'booking'));
  const blocked = waiting.filter(({ opensAt }) => opensAt === null);
  const opensAt = latest([now, ...waiting.flatMap(({ opensAt }) => opensAt ?? [])]);
  const isOpen =
    blocked.length === 0 && prescription.treatmentId === null && prescription.episodeState === 'open';
  const times = await timesFor(db, {
    practitionerId: prescription.injectorId,
    places: isOpen ? places : [],
    kind: 'treatment',
    timeZone,
    opensAt,
    fromDay,
    exceptBlockId: kept?.blockId,
    isPossible: gateOpens(facts),
  });
  return {
    prescription: shownPrescription(prescription),
    kept: kept === undefined || prescription.treatmentId !== null ? null : shownKeptTime(kept, facts, now),
    blocked: blocked.map((step) => stepForPatient(step, prescription)),
    opensText: formatDay(opensAt, timeZone),
    zone: formatZone(timeZone),
    ...times,
  };
}

/** Kept time is taken at its start, or, when the consultation has run over, at one of the next minutes that end in 0 or 5. */
const LATE_START_MINUTES = 5;

/**
 * Time kept right behind the consultation: as something to press once the gate is open for it, and to read while
 * somebody still has something to do. Null where only waiting would open the gate: then it is too early for anybody.
 */
function shownKeptTime(kept: KeptTime, facts: GateFacts, now: Temporal.Instant) {
  const next = now.round({
    smallestUnit: 'minute',
    roundingIncrement: LATE_START_MINUTES,
    roundingMode: 'ceil',
  });
  const start = latest([kept.during.start!, next]);
  const end = start.add(kept.during.start!.until(kept.during.end!));
  const waiting = openSteps(evaluateGate({ ...facts, startsAt: start, endsAt: end }, 'booking'));
  if (Temporal.Instant.compare(start, kept.until) >= 0) return null;
  if (waiting.some(({ opensAt }) => opensAt !== null)) return null;
  return {
    text: timeWith(start, kept),
    until: formatTime(kept.until, kept.timeZone),
    value: waiting.length === 0 ? `${start} ${kept.locationId}` : null,
  };
}

/** Free times for the review visit with who treated, from ten days after the treatment. */
export async function readReviewTimes(db: Db, actor: Actor, treatmentId: string, fromDay: string | null) {
  const { treated, places, reviewId, now } = await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const treated = await findTreated(trx, patientId, treatmentId);
    if (treated === undefined) throw new Refusal('not_found');
    const reviewId = await findReviewToCome(trx, treated);
    return { treated, places: await findPlaces(trx, treated), reviewId, now: await appNow(trx) };
  });
  const { timeZone, startedAt, practitionerId } = treated;
  const times = await timesFor(db, {
    practitionerId,
    places: reviewId === undefined ? places : [],
    kind: 'follow_up',
    timeZone,
    opensAt: latest([now, startedAt.add({ hours: REVIEW_FROM_DAYS * 24 })]),
    fromDay,
  });
  return {
    treatmentId,
    /** Booked already. */
    reviewId,
    with: treated.practitionerName,
    clinicPhone: treated.clinicPhone,
    zone: formatZone(timeZone),
    ...times,
  };
}

function latest(instants: readonly Temporal.Instant[]): Temporal.Instant {
  return instants.reduce((a, b) => (Temporal.Instant.compare(a, b) > 0 ? a : b));
}
