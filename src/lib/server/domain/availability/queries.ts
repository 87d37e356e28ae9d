import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { rangeValue, type Queryable } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import type { AppointmentKind } from './schedule.ts';

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
      'practice.notice_minutes as noticeMinutes',
      'practice.horizon_days as horizonDays',
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
          ]),
      ).as('hours'),
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

/**
 * Time taken by these practitioners within a window, less the block that is about to be given up for another.
 * A hold that has run out takes none, swept or not (C4).
 */
export function findBusy(
  db: Queryable,
  practitionerIds: readonly string[],
  window: InstantRange,
  exceptBlockId?: string | null,
) {
  let busy = db.selectFrom('block');
  if (exceptBlockId) busy = busy.where('block.id', '<>', exceptBlockId);
  return busy
    .leftJoin('appointment', 'appointment.block_id', 'block.id')
    .where('block.practitioner_id', 'in', practitionerIds)
    .where('block.span', '&&', rangeValue(window))
    .where((eb) =>
      eb.or([
        eb('appointment.hold_expires_at', 'is', null),
        eb('appointment.hold_expires_at', '>', sql<Temporal.Instant>`app_now()`),
      ]),
    )
    .select([
      'block.practitioner_id as practitionerId',
      // As the engine counts, and outwards where a block does not lie on a whole millisecond.
      sql<number>`floor(extract(epoch FROM lower(block.span)) * 1000)`.as('startsAt'),
      sql<number>`ceil(extract(epoch FROM upper(block.span)) * 1000)`.as('endsAt'),
    ])
    .execute();
}

/**
 * Ends the holds that have run out inside a span, and so gives their blocks back. Locked in one order, because
 * two people may meet over several of them.
 */
export async function endStaleHolds(
  trx: Queryable,
  practitionerId: string,
  wanted: InstantRange,
): Promise<void> {
  const stale = await trx
    .selectFrom('appointment')
    .innerJoin('block', 'block.id', 'appointment.block_id')
    .where('block.practitioner_id', '=', practitionerId)
    .where('block.span', '&&', rangeValue(wanted))
    .where('appointment.hold_expires_at', '<=', sql<Temporal.Instant>`app_now()`)
    .select('appointment.id')
    .orderBy('appointment.id')
    .forUpdate('appointment')
    .execute();
  if (stale.length === 0) return;
  const ids = stale.map(({ id }) => id);
  await trx.updateTable('appointment').set({ state: 'expired' }).where('id', 'in', ids).execute();
}

/**
 * Takes a span of a practitioner's time, or answers null when any of it is taken. Never a plain insert: under
 * contention those wait for each other in circles.
 */
export async function insertBlock(
  trx: Queryable,
  { practitionerId, locationId, span }: { practitionerId: string; locationId: string; span: InstantRange },
): Promise<string | null> {
  const block = await trx
    .insertInto('block')
    .values({
      practitioner_id: practitionerId,
      location_id: locationId,
      kind: 'appointment',
      span: rangeValue(span),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return block?.id ?? null;
}

/** Gives up a block before its appointment has another: both are checked again when the transaction ends. */
export async function giveUpBlock(trx: Queryable, blockId: string): Promise<void> {
  await sql`SET CONSTRAINTS appointment_block, appointment_block_location DEFERRED`.execute(trx);
  await trx.deleteFrom('block').where('id', '=', blockId).execute();
}
