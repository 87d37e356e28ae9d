import type { Db, Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDay, formatDayTime, formatZone } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { clockText, hoursText, meet } from './hours.ts';
import type { TypedHours } from './input.ts';
import type { Schedule, WeeklyHours } from './schedule.ts';
import {
  findBookedVisits,
  findOpenings,
  findPlacesOf,
  findRooms,
  findTerms,
  findWeeklyHours,
  type Place,
} from './schedule-queries.ts';
import { isSlotOffered } from './slots.ts';

type OwnPlace = Place & { practitionerId: string };

/** The schedule of one of the actor's places, the first when none is asked; for who keeps none it does not exist. */
export async function readSchedule(db: Db, actor: Actor, locationId: string | null) {
  return transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const places = accountId === null ? [] : await findPlacesOf(trx, accountId);
    const place = locationId === null ? places[0] : places.find((one) => one.locationId === locationId);
    if (place === undefined) throw new Refusal('not_found');
    const rooms = await findRooms(trx, place.locationId);
    return {
      places: places.map((one) => ({ id: one.locationId, name: nameOf(one) })),
      place: {
        id: place.locationId,
        name: nameOf(place),
        zone: formatZone(place.timeZone),
        keepsRooms: place.keepsRooms,
      },
      today: place.today,
      rooms,
      own: isOwn(place) ? await readOwn(trx, place, places) : null,
    };
  });
}

/** The clinic and its place; a clinic of one place is often called the same. */
function nameOf({ clinicName, name }: Place): string {
  return clinicName === name ? name : `${clinicName}, ${name}`;
}

function isOwn(place: Place): place is OwnPlace {
  return place.practitionerId !== null;
}

async function readOwn(trx: Trx, place: OwnPlace, places: readonly Place[]) {
  const everywhere = await findWeeklyHours(trx, place.practitionerId);
  const here = everywhere.filter(({ locationId }) => locationId === place.locationId);
  const elsewhere = everywhere.filter(({ locationId }) => locationId !== place.locationId);
  const openings = await findOpenings(trx, place, place.today);
  const { visits, closedDates } = await findBookedVisits(trx, place);
  return {
    terms: await findTerms(trx, place),
    hours: here.map(typed),
    openings: openings.map(({ id, date, startMinute, endMinute, kinds }) => ({
      id,
      text: `${formatCalendarDay(date)}, ${clockText(startMinute)} to ${clockText(endMinute)}`,
      kinds,
    })),
    /** Hours in which the practitioner would be in two places. */
    doubled: here.flatMap((hours) =>
      elsewhere
        .filter((other) => meet(hours, other))
        .map((other) => ({
          here: hoursText(hours),
          there: hoursText(other),
          place: places
            .filter(({ locationId }) => locationId === other.locationId)
            .map(nameOf)
            .join(),
        })),
    ),
    /** Booked visits that no hours cover any more. */
    outside: visits
      .filter((visit) => !isOpen(place, { weeklyHours: here, openings, closedDates }, visit))
      .map(({ id, during, patientName }) => ({
        id,
        text: `${formatDayTime(during.start!, place.timeZone)}, ${patientName ?? 'being booked'}`,
      })),
  };
}

/** Whether the hours cover a visit, by the engine that offers times: a step of one minute, and nothing in the way. */
function isOpen(
  { practitionerId, locationId, timeZone }: OwnPlace,
  hours: Pick<Schedule['locations'][number], 'weeklyHours' | 'openings' | 'closedDates'>,
  { kind, during }: Awaited<ReturnType<typeof findBookedVisits>>['visits'][number],
): boolean {
  const startsAt = during.start!.epochMilliseconds;
  const schedule: Schedule = {
    practitionerId,
    locations: [{ locationId, timeZone, ...hours }],
    closures: [],
    blocks: [],
  };
  const terms = {
    kind,
    durationMinutes: during.start!.until(during.end!).total('minutes'),
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    stepMinutes: 1,
    noticeMinutes: 0,
    horizonDays: 1,
  };
  return isSlotOffered(schedule, terms, startsAt, { locationId, startsAt });
}

function typed(hours: Required<WeeklyHours>, index: number): TypedHours {
  return {
    number: String(index),
    weekday: String(hours.weekday),
    start: clockText(hours.startMinute),
    end: clockText(hours.endMinute),
    kinds: [...hours.kinds],
    every: String(hours.everyWeeks),
    monday: hours.firstMonday ?? '',
    from: hours.validFrom ?? '',
    to: hours.validTo ?? '',
  };
}
