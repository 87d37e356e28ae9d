import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import { span, type InstantRange } from '#lib/server/platform/instants.ts';
import { formatDayTime, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { forWalkIn, loadCalendars, nearestSlots, type Dates, type PracticeCalendar } from './calendar.ts';
import { giveUpBlocks, takeTime } from './queries.ts';
import type { AppointmentKind, Schedule } from './schedule.ts';
import { isSlotOffered } from './slots.ts';

export interface WantedSlot {
  practitionerId: string;
  locationId: string;
  kind: AppointmentKind;
  start: Temporal.Instant;
  /** The blocks that are given up for this one: of an appointment on the move, or time that was reserved for it. */
  insteadOfBlockIds?: readonly string[];
  /** With an interpreter everything is said twice, and takes twice as long. */
  doubleLength?: boolean;
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
export function claimSlot(trx: Trx, wanted: WantedSlot): Promise<ClaimedSlot> {
  return claim(trx, wanted);
}

/** Keeps a slot for something that has no appointment yet, under the same rules; from `until` on it is free again. */
export function reserveSlot(trx: Trx, wanted: WantedSlot, until: Temporal.Instant): Promise<ClaimedSlot> {
  return claim(trx, wanted, until);
}

async function claim(trx: Trx, wanted: WantedSlot, reservedUntil?: Temporal.Instant): Promise<ClaimedSlot> {
  const calendar = await requireFreeSlot(trx, wanted);
  const { during, block } = spansOf(calendar, wanted);

  await giveUpBlocks(trx, wanted.insteadOfBlockIds ?? []);
  const { practitionerId, locationId } = wanted;
  const roomIds = freeRooms(calendar, block);
  const blockId = await takeTime(trx, { practitionerId, locationId, roomIds, span: block, reservedUntil });
  if (blockId === null) throw await taken(trx, wanted, await calendarAround(trx, wanted));

  const { clinicId, jurisdiction, timeZone } = calendar;
  return { blockId, blockSpan: block, during, clinicId, jurisdiction, timeZone };
}

/** The rooms in which nothing meets the block, as it seems now; null where none is needed. */
function freeRooms({ schedule }: PracticeCalendar, block: InstantRange): string[] | null {
  const [startsAt, endsAt] = [block.start!.epochMilliseconds, block.end!.epochMilliseconds];
  const free = schedule.locations[0]?.rooms?.filter(
    ({ blocks }) => !blocks.some((other) => other.startsAt < endsAt && startsAt < other.endsAt),
  );
  return free?.map(({ roomId }) => roomId) ?? null;
}

/** Refuses unless the slot is offered and free. Nothing is taken yet: pages ask this before they ask a person. */
export async function requireFreeSlot(db: Queryable, wanted: WantedSlot): Promise<PracticeCalendar> {
  const calendar = await calendarAround(db, wanted);
  if (isOffered(calendar, wanted)) return calendar;
  // Taken and never offered are different answers: the hours are asked again, without what others have taken.
  if (isOffered({ ...calendar, schedule: untaken(calendar.schedule) }, wanted))
    throw await taken(db, wanted, calendar);
  throw new Refusal('slot_not_offered');
}

function untaken(schedule: Schedule): Schedule {
  const locations = schedule.locations.map((location) => ({
    ...location,
    rooms: undefined,
    limits: undefined,
  }));
  return { ...schedule, locations, blocks: [] };
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
    wanted,
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
