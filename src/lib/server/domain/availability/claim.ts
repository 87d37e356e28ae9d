import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import { span, type InstantRange } from '#lib/server/platform/instants.ts';
import { formatDayTime, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { forWalkIn, loadCalendars, nearestSlots, type Dates, type PracticeCalendar } from './calendar.ts';
import { endStaleHolds, giveUpBlock, insertBlock } from './queries.ts';
import type { AppointmentKind } from './schedule.ts';
import { isSlotOffered } from './slots.ts';

export interface WantedSlot {
  practitionerId: string;
  locationId: string;
  kind: AppointmentKind;
  start: Temporal.Instant;
  /** The block that an appointment on the move gives up for this one. */
  insteadOfBlockId?: string | null;
  /** For somebody who stands at the desk. */
  isWalkIn?: boolean;
}

/** Time that is now the caller's: what an appointment's row needs to stand on it. */
export interface ClaimedSlot {
  blockId: string;
  blockSpan: InstantRange;
  during: InstantRange;
  clinicId: string;
  jurisdiction: string;
  timeZone: string;
}

/** A free time offered in place of one that is taken. */
export interface Alternative {
  location: string;
  start: string;
  end: string;
  /** "Tue 8 December, 14:30" */
  text: string;
}

/**
 * Takes a slot in the caller's transaction if it is offered (C3) and free (C1), and refuses otherwise, with the nearest
 * free times. Who comes too late is told so after two queries and has written nothing.
 */
export async function claimSlot(trx: Trx, wanted: WantedSlot): Promise<ClaimedSlot> {
  const calendar = await requireFreeSlot(trx, wanted);
  const { during, block } = spansOf(calendar, wanted);

  if (wanted.insteadOfBlockId) await giveUpBlock(trx, wanted.insteadOfBlockId);
  await endStaleHolds(trx, wanted.practitionerId, block);
  const blockId = await insertBlock(trx, {
    practitionerId: wanted.practitionerId,
    locationId: wanted.locationId,
    span: block,
  });
  if (blockId === null) throw await taken(trx, wanted, await calendarAround(trx, wanted));

  const { clinicId, jurisdiction, timeZone } = calendar;
  return { blockId, blockSpan: block, during, clinicId, jurisdiction, timeZone };
}

/** Refuses unless the slot is offered and free. Nothing is taken yet: pages ask this before they ask a person. */
export async function requireFreeSlot(db: Queryable, wanted: WantedSlot): Promise<PracticeCalendar> {
  const calendar = await calendarAround(db, wanted);
  // Taken and never offered are different answers, so the hours are asked first, without what is taken.
  if (!isOffered({ ...calendar, schedule: { ...calendar.schedule, blocks: [] } }, wanted))
    throw new Refusal('slot_not_offered');
  if (!isOffered(calendar, wanted)) throw await taken(db, wanted, calendar);
  return calendar;
}

function calendarAround(db: Queryable, wanted: WantedSlot): Promise<PracticeCalendar> {
  return loadCalendar(db, wanted, datesAround(wanted.start));
}

async function loadCalendar(db: Queryable, wanted: WantedSlot, dates: Dates): Promise<PracticeCalendar> {
  const [calendar] = await loadCalendars(
    db,
    { practitionerIds: [wanted.practitionerId], locationId: wanted.locationId },
    wanted.kind,
    dates,
    wanted.insteadOfBlockId,
  );
  if (calendar === undefined) throw new Refusal('practitioner_unavailable');
  return wanted.isWalkIn ? forWalkIn(calendar) : calendar;
}

/** Enough on both sides to find other times near the wanted one. */
function datesAround(start: Temporal.Instant): Dates {
  return {
    from: localDate(start.subtract({ hours: 3 * 24 }), 'UTC'),
    to: localDate(start.add({ hours: 3 * 24 }), 'UTC'),
  };
}

function isOffered({ schedule, terms, now, bookableUntil }: PracticeCalendar, wanted: WantedSlot): boolean {
  const startsAt = wanted.start.epochMilliseconds;
  const endsAt = startsAt + terms.durationMinutes * 60_000;
  return (
    // Slots lie on whole milliseconds; an instant that does not is no slot.
    wanted.start.epochNanoseconds === BigInt(startsAt) * 1_000_000n &&
    endsAt <= (bookableUntil?.epochMilliseconds ?? Infinity) &&
    isSlotOffered(schedule, terms, now.epochMilliseconds, { locationId: wanted.locationId, startsAt })
  );
}

function spansOf({ terms }: PracticeCalendar, { start }: WantedSlot) {
  const end = start.add({ minutes: terms.durationMinutes });
  return {
    during: span(start, end),
    block: span(
      start.subtract({ minutes: terms.bufferBeforeMinutes }),
      end.add({ minutes: terms.bufferAfterMinutes }),
    ),
  };
}

/** The refusal with the nearest free times: in the days around, or else as far ahead as the practice takes bookings. */
async function taken(db: Queryable, wanted: WantedSlot, near: PracticeCalendar): Promise<Refusal> {
  let nearest = nearestSlots(near, datesAround(wanted.start), wanted.start, 3);
  if (nearest.length < 3) nearest = nearestSlots(await loadCalendar(db, wanted, {}), {}, wanted.start, 3);
  const alternatives = nearest.map(({ locationId, start, end, timeZone }): Alternative => ({
    location: locationId,
    start: start.toString(),
    end: end.toString(),
    text: formatDayTime(start, timeZone),
  }));
  return new Refusal('slot_taken', { details: { alternatives } });
}
