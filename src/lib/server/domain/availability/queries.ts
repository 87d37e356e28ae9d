import { sql, type ExpressionBuilder } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { DB } from '#db/schema.ts';
import { rangeValue, type Queryable } from '#lib/server/platform/db.ts';
import { span, type InstantRange } from '#lib/server/platform/instants.ts';
import type { AppointmentKind, LocalDate } from './schedule.ts';

/** Whose calendars. Everything left out is not narrowed. */
export interface PracticeFilter {
  practitionerIds?: readonly string[];
  slug?: string;
  locationId?: string;
}

const MINUTES = {
  consultation: 'practice.consultation_minutes',
  treatment: 'practice.treatment_minutes',
  follow_up: 'practice.follow_up_minutes',
} as const satisfies Record<AppointmentKind, string>;

/** Hours that began then may still run, whatever the zone. */
const DAY_BEFORE_YESTERDAY = sql<string>`(app_now() - interval '2 days')::date`;

/** Listed practitioners at their locations, with terms and weekly hours for one kind of appointment, and the time now. */
export function findPractices(db: Queryable, filter: PracticeFilter, kind: AppointmentKind) {
  let practices = db
    .selectFrom('listing')
    .innerJoin('practitioner', 'practitioner.id', 'listing.practitioner_id')
    .innerJoin('practice', 'practice.practitioner_id', 'practitioner.id')
    .innerJoin('location', (join) =>
      join
        .onRef('location.id', '=', 'practice.location_id')
        .onRef('location.jurisdiction', '=', 'listing.jurisdiction'),
    )
    .select((eb) => [
      'practitioner.id as practitionerId',
      'practitioner.slug',
      'location.id as locationId',
      'location.clinic_id as clinicId',
      'location.jurisdiction',
      'location.time_zone as timeZone',
      `${MINUTES[kind]} as durationMinutes`,
      'practice.buffer_before_minutes as bufferBeforeMinutes',
      'practice.buffer_after_minutes as bufferAfterMinutes',
      'practice.step_minutes as stepMinutes',
      sql<'hours' | 'clock'>`practice.starts_count_from`.as('startsCountFrom'),
      'practice.notice_minutes as noticeMinutes',
      'practice.horizon_days as horizonDays',
      'practice.travel_minutes as travelMinutes',
      'practice.daily_limit as perDay',
      'practice.weekly_limit as perWeek',
      'practice.needs_room as needsRoom',
      sql<Temporal.Instant>`app_now()`.as('now'),
      // A treatment must lie inside the capability to inject; a consultation is checked again at its start (L4).
      eb
        .selectFrom('capability_period')
        .whereRef('capability_period.practitioner_id', '=', 'listing.practitioner_id')
        .whereRef('capability_period.jurisdiction', '=', 'listing.jurisdiction')
        .where('capability_period.capability', '=', kind === 'treatment' ? 'inject' : null)
        .where(sql<boolean>`capability_period.valid @> app_now()`)
        .select(sql<Temporal.Instant>`upper(capability_period.valid)`.as('until'))
        .as('bookableUntil'),
      jsonArrayFrom(
        eb
          .selectFrom('opening_hours')
          .whereRef('opening_hours.practitioner_id', '=', 'practice.practitioner_id')
          .whereRef('opening_hours.location_id', '=', 'practice.location_id')
          .where(sql<boolean>`${kind} = ANY (opening_hours.kinds)`)
          .select([
            'weekday',
            'start_minute as startMinute',
            'end_minute as endMinute',
            sql<string | null>`lower(valid)`.as('validFrom'),
            sql<string | null>`upper(valid) - 1`.as('validTo'),
            'every_weeks as everyWeeks',
            'first_monday as firstMonday',
          ]),
      ).as('hours'),
      jsonArrayFrom(
        eb
          .selectFrom('opening')
          .whereRef('opening.practitioner_id', '=', 'practice.practitioner_id')
          .whereRef('opening.location_id', '=', 'practice.location_id')
          .where(sql<boolean>`${kind} = ANY (opening.kinds)`)
          .where('opening.on_date', '>=', DAY_BEFORE_YESTERDAY)
          .select(['on_date as date', 'start_minute as startMinute', 'end_minute as endMinute']),
      ).as('openings'),
      jsonArrayFrom(
        eb
          .selectFrom('public_holiday')
          .whereRef('public_holiday.jurisdiction', '=', 'location.jurisdiction')
          .where('practice.closed_on_public_holidays', '=', true)
          .where('public_holiday.on_date', '>=', DAY_BEFORE_YESTERDAY)
          .select('on_date as date'),
      ).as('holidays'),
      jsonArrayFrom(roomsOf(eb, kind)).as('rooms'),
    ])
    .orderBy('practitioner.id')
    .orderBy('location.id');

  if (kind === 'consultation') practices = practices.where('listing.may_consult', '=', true);
  if (kind === 'treatment') practices = practices.where('listing.may_inject', '=', true);
  if (filter.slug !== undefined) practices = practices.where('practitioner.slug', '=', filter.slug);
  if (filter.locationId !== undefined) practices = practices.where('location.id', '=', filter.locationId);
  if (filter.practitionerIds !== undefined) {
    // On the view itself, so that it is worked out for these people only.
    practices = practices.where('listing.practitioner_id', 'in', filter.practitionerIds);
  }
  return practices.execute();
}

export type Practice = Awaited<ReturnType<typeof findPractices>>[number];

/** Whose time, which rooms, and for whom the visits are counted, because there is a limit. */
interface TakenFilter {
  practitionerIds: readonly string[];
  locationIds: readonly string[];
  roomIds: readonly string[];
  countedPractitionerIds: readonly string[];
  window: InstantRange;
  /** Blocks that are about to be given up for another. */
  exceptBlockIds: readonly string[];
}

/**
 * A block of a practitioner, one in a room, a closure, or a visit that counts. In milliseconds, outwards where it does
 * not lie on a whole one.
 */
export interface Taken {
  what: 'block' | 'room' | 'closure' | 'visit';
  practitionerId: string | null;
  locationId: string | null;
  roomId: string | null;
  startsAt: number;
  endsAt: number;
  travelMinutes: number;
}

/**
 * Everything that stands in the way within a window, in one query. A hold or reserved time that has run out takes
 * none, swept or not (C4). Visits are counted as the guard `appointment_limit` counts them, by whole weeks.
 */
export async function findTaken(db: Queryable, filter: TakenFilter): Promise<Taken[]> {
  const { practitionerIds, locationIds, roomIds, countedPractitionerIds, exceptBlockIds } = filter;
  const within = rangeValue(filter.window);
  const block = sql`block b LEFT JOIN appointment a ON a.block_id = b.id
    WHERE b.span && ${within} AND b.id <> ALL (${ids(exceptBlockIds)})
      AND (coalesce(a.hold_expires_at, b.reserved_until) > app_now()) IS NOT FALSE`;
  // OFFSET 0 keeps each of these apart, so that an index of ranges is searched for one id at a time, and for no id never.
  const { rows } = await sql<Taken>`
    SELECT what, practitioner_id AS "practitionerId", location_id AS "locationId", room_id AS "roomId",
           floor(extract(epoch FROM lower(span)) * 1000) AS "startsAt",
           ceil(extract(epoch FROM upper(span)) * 1000) AS "endsAt",
           coalesce(extract(epoch FROM way) / 60, 0) AS "travelMinutes"
      FROM (
        SELECT 'block' AS what, taken.* FROM ${each(practitionerIds)}, LATERAL (
          SELECT b.practitioner_id, b.location_id, b.room_id, b.span, lower(b.span) - lower(b.reach) AS way
            FROM ${block} AND b.practitioner_id = of.id OFFSET 0) AS taken
        UNION ALL
        SELECT 'room', taken.* FROM ${each(roomIds)}, LATERAL (
          SELECT b.practitioner_id, b.location_id, b.room_id, b.span, NULL::interval
            FROM ${block} AND b.room_id = of.id OFFSET 0) AS taken
        UNION ALL
        SELECT 'block', of.id, NULL, NULL, taken.span, NULL FROM ${each(practitionerIds)}, LATERAL (
          SELECT busy.span FROM external_busy busy WHERE busy.practitioner_id = of.id AND busy.span && ${within} OFFSET 0) AS taken
        UNION ALL
        SELECT 'closure', of.id, taken.location_id, NULL, taken.span, NULL FROM ${each(practitionerIds)}, LATERAL (
          SELECT c.location_id, c.span FROM closure c WHERE c.practitioner_id = of.id AND c.span && ${within} OFFSET 0) AS taken
        UNION ALL
        SELECT 'closure', NULL, of.id, NULL, taken.span, NULL FROM ${each(locationIds)}, LATERAL (
          SELECT c.span FROM closure c
           WHERE c.location_id = of.id AND c.practitioner_id IS NULL AND c.span && ${within} OFFSET 0) AS taken
        UNION ALL
        SELECT 'visit', of.id, taken.location_id, NULL, taken.during, NULL FROM ${each(countedPractitionerIds)}, LATERAL (
          SELECT a.location_id, a.during FROM appointment a
           WHERE a.practitioner_id = of.id AND a.during && ${rangeValue(byWholeWeeks(filter.window))}
             AND a.state IN ('held', 'confirmed', 'arrived', 'started', 'completed', 'stopped')
             AND (a.hold_expires_at > app_now()) IS NOT FALSE
             AND (a.block_id = ANY (${ids(exceptBlockIds)})) IS NOT TRUE OFFSET 0) AS taken
      ) AS taken`.execute(db);
  return rows;
}

/**
 * The ids, one a row. Where there is one at most the planner is told so: it expects ten of an array that it does not know,
 * and would plan this query anew each time.
 */
function each(list: readonly string[]) {
  return list.length > 1
    ? sql`unnest(${ids(list)}) AS of (id)`
    : sql`(SELECT unnest(${ids(list)}) LIMIT 1) AS of (id)`;
}

function byWholeWeeks({ start, end }: InstantRange): InstantRange {
  return span(start!.subtract({ hours: 7 * 24 }), end!.add({ hours: 7 * 24 }));
}

/** Puts these public holidays in the place of those from a date on. */
export async function replaceHolidays(
  trx: Queryable,
  from: LocalDate,
  holidays: readonly { jurisdiction: string; date: LocalDate; name: string }[],
): Promise<void> {
  await trx.deleteFrom('public_holiday').where('on_date', '>=', from).execute();
  await trx
    .insertInto('public_holiday')
    .values(holidays.map(({ jurisdiction, date, name }) => ({ jurisdiction, on_date: date, name })))
    .execute();
}

/** The rooms that a kind of visit may take here, the least versatile first; null where none is needed. */
export async function findRoomIds(
  trx: Queryable,
  { practitionerId, locationId, kind }: { practitionerId: string; locationId: string; kind: AppointmentKind },
): Promise<string[] | null> {
  const { needsRoom, rooms } = await trx
    .selectFrom('practice')
    .where('practitioner_id', '=', practitionerId)
    .where('location_id', '=', locationId)
    .select((eb) => ['needs_room as needsRoom', jsonArrayFrom(roomsOf(eb, kind)).as('rooms')])
    .executeTakeFirstOrThrow();
  return needsRoom ? rooms.map(({ id }) => id) : null;
}

function roomsOf(eb: ExpressionBuilder<DB, 'practice'>, kind: AppointmentKind) {
  return eb
    .selectFrom('room')
    .whereRef('room.location_id', '=', 'practice.location_id')
    .where('practice.needs_room', '=', true)
    .where('room.active', '=', true)
    .where(sql<boolean>`${kind} = ANY (room.kinds)`)
    .orderBy(sql`cardinality(room.kinds)`)
    .orderBy('room.name')
    .select('room.id');
}

/** Time of a practitioner at a location, with the rooms that would do; null where none is needed. */
interface WantedTime {
  practitionerId: string;
  locationId: string;
  roomIds: readonly string[] | null;
  span: InstantRange;
  /** Kept for something to come, until then; otherwise an appointment follows in this transaction. */
  reservedUntil?: Temporal.Instant;
}

/**
 * Takes time, and the first of the rooms that nobody else has taken; null when any of it is taken. What has run out
 * is given back first, when it turns out to be in the way.
 */
export async function takeTime(trx: Queryable, wanted: WantedTime): Promise<string | null> {
  const blockId = await insertFirstBlock(trx, wanted);
  if (blockId !== null) return blockId;
  // Perhaps somebody else is ending it at this moment: then there is nothing left to end, and the time is free.
  await endStaleTime(trx, wanted);
  return insertFirstBlock(trx, wanted);
}

async function insertFirstBlock(trx: Queryable, wanted: WantedTime): Promise<string | null> {
  for (const roomId of wanted.roomIds ?? [null]) {
    const blockId = await insertBlock(trx, wanted, roomId);
    if (blockId !== null) return blockId;
  }
  return null;
}

/** No practice keeps more than this for the way. */
const LONGEST_WAY_MINUTES = 240;

/** Ends the holds and the reserved time that have run out and could be in the way, and so gives their blocks back. */
async function endStaleTime(
  trx: Queryable,
  { practitionerId, roomIds, span: wanted }: WantedTime,
): Promise<void> {
  const around = span(
    wanted.start!.subtract({ minutes: LONGEST_WAY_MINUTES }),
    wanted.end!.add({ minutes: LONGEST_WAY_MINUTES }),
  );
  const { rows: stale } = await sql<{ blockId: string; holdId: string | null }>`
    SELECT b.id AS "blockId", a.id AS "holdId"
      FROM block b LEFT JOIN appointment a ON a.block_id = b.id
     WHERE ((b.practitioner_id = ${practitionerId} AND b.reach && ${rangeValue(around)})
            OR (b.room_id = ANY (${ids(roomIds ?? [])}) AND b.span && ${rangeValue(wanted)}))
       AND coalesce(a.hold_expires_at, b.reserved_until) <= app_now()`.execute(trx);
  if (stale.length === 0) return;

  // Locked in one order, because two people may meet over several of them; and asked again once they are.
  const now = sql<Temporal.Instant>`app_now()`;
  const holdIds = stale.flatMap(({ holdId }) => holdId ?? []);
  const holds = trx.selectFrom('appointment').where('id', '=', sql<string>`ANY (${ids(holdIds)})`);
  await trx
    .updateTable('appointment')
    .set({ state: 'expired' })
    .where('id', 'in', holds.where('hold_expires_at', '<=', now).select('id').orderBy('id').forUpdate())
    .execute();
  const blockIds = stale.map(({ blockId }) => blockId);
  const reserved = trx.selectFrom('block').where('id', '=', sql<string>`ANY (${ids(blockIds)})`);
  await trx
    .deleteFrom('block')
    .where('id', 'in', reserved.where('reserved_until', '<=', now).select('id').orderBy('id').forUpdate())
    .execute();
}

/** Never a plain insert: under contention those wait for each other in circles. */
async function insertBlock(
  trx: Queryable,
  { practitionerId, locationId, span: wanted, reservedUntil }: WantedTime,
  roomId: string | null,
): Promise<string | null> {
  const block = await trx
    .insertInto('block')
    .values({
      practitioner_id: practitionerId,
      location_id: locationId,
      room_id: roomId,
      kind: reservedUntil ? 'reserved' : 'appointment',
      reserved_until: reservedUntil,
      span: rangeValue(wanted),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return block?.id ?? null;
}

/** Gives up blocks before their appointment has another: both are checked again when the transaction ends. */
export async function giveUpBlocks(trx: Queryable, blockIds: readonly string[]): Promise<void> {
  if (blockIds.length === 0) return;
  await sql`SET CONSTRAINTS appointment_block, appointment_block_location DEFERRED`.execute(trx);
  await trx.deleteFrom('block').where('id', 'in', blockIds).execute();
}

function ids(list: readonly string[]) {
  return sql<string[]>`${[...list]}::uuid[]`;
}
