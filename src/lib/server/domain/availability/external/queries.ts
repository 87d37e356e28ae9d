import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { formatInstantRange, span, type InstantRange } from '#lib/server/platform/instants.ts';
import type { Range } from '../schedule.ts';

const now = sql<Temporal.Instant>`app_now()`;

/** An account's own practice at a location, with its clock. */
export function findOwnPractice(db: Queryable, accountId: string | null, locationId: string) {
  return practicesOf(db, accountId).where('location.id', '=', locationId).executeTakeFirst();
}

export function findOwnPractices(db: Queryable, accountId: string | null) {
  return practicesOf(db, accountId).orderBy('location.name').orderBy('location.id').execute();
}

function practicesOf(db: Queryable, accountId: string | null) {
  return db
    .selectFrom('practice')
    .innerJoin('practitioner', 'practitioner.id', 'practice.practitioner_id')
    .innerJoin('location', 'location.id', 'practice.location_id')
    .innerJoin('clinic', 'clinic.id', 'location.clinic_id')
    .where('practitioner.account_id', '=', accountId)
    .select([
      'practitioner.id as practitionerId',
      'location.id as locationId',
      'location.name as locationName',
      'clinic.name as clinicName',
      'location.time_zone as timeZone',
      now.as('now'),
    ]);
}

interface NewCalendar {
  practitionerId: string;
  locationId: string;
  name: string;
}

/** The id, or undefined where the name is taken. */
export function insertAddress(trx: Queryable, calendar: NewCalendar & { address: string; host: string }) {
  return trx
    .insertInto('external_calendar')
    .values({
      practitioner_id: calendar.practitionerId,
      location_id: calendar.locationId,
      name: calendar.name,
      kind: 'address',
      address: calendar.address,
      host: calendar.host,
    })
    .onConflict((conflict) => conflict.columns(['practitioner_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst();
}

/** A file takes the place of an earlier one of the same name; undefined where the name is an address's. */
export function putFile(trx: Queryable, calendar: NewCalendar & { skipped: number }) {
  const read = { fetched_at: now, read_at: now, skipped: calendar.skipped, location_id: calendar.locationId };
  return trx
    .insertInto('external_calendar')
    .values({
      practitioner_id: calendar.practitionerId,
      name: calendar.name,
      kind: 'file',
      next_fetch_at: null,
      ...read,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['practitioner_id', 'name'])
        .doUpdateSet(read)
        .where('external_calendar.kind', '=', 'file'),
    )
    .returning('id')
    .executeTakeFirst();
}

export async function countCalendars(db: Queryable, practitionerId: string): Promise<number> {
  const { calendars } = await db
    .selectFrom('external_calendar')
    .where('practitioner_id', '=', practitionerId)
    .select((eb) => eb.fn.countAll<number>().as('calendars'))
    .executeTakeFirstOrThrow();
  return calendars;
}

/** Makes these the calendar's times, and says whether that changed anything. */
export async function replaceBusy(
  trx: Queryable,
  { calendarId, practitionerId }: { calendarId: string; practitionerId: string },
  busy: readonly Range[],
): Promise<boolean> {
  const spans = busy.map(({ startsAt, endsAt }) =>
    formatInstantRange(
      span(Temporal.Instant.fromEpochMilliseconds(startsAt), Temporal.Instant.fromEpochMilliseconds(endsAt)),
    ),
  );
  const { rows } = await sql<{ changed: boolean }>`
    WITH fresh AS (SELECT unnest(${spans}::tstzrange[]) AS span),
         gone AS (DELETE FROM external_busy b WHERE b.calendar_id = ${calendarId}
                     AND NOT EXISTS (SELECT FROM fresh WHERE fresh.span = b.span) RETURNING 1),
         come AS (INSERT INTO external_busy (calendar_id, practitioner_id, span)
                  SELECT ${calendarId}, ${practitionerId}, span FROM fresh
                  ON CONFLICT DO NOTHING RETURNING 1)
    SELECT EXISTS (SELECT FROM gone) OR EXISTS (SELECT FROM come) AS changed`.execute(trx);
  return rows[0]!.changed;
}

/** Gone with all its times, if it is this account's; whose times it held, or undefined. */
export function deleteCalendar(trx: Queryable, calendarId: string, accountId: string | null) {
  return trx
    .deleteFrom('external_calendar')
    .using('practitioner')
    .whereRef('practitioner.id', '=', 'external_calendar.practitioner_id')
    .where('practitioner.account_id', '=', accountId)
    .where('external_calendar.id', '=', calendarId)
    .returning('external_calendar.practitioner_id as practitionerId')
    .executeTakeFirst();
}

/** Due from now on, if it is this account's and is no file. */
export function makeDue(trx: Queryable, calendarId: string, accountId: string | null) {
  return trx
    .updateTable('external_calendar')
    .from('practitioner')
    .whereRef('practitioner.id', '=', 'external_calendar.practitioner_id')
    .where('practitioner.account_id', '=', accountId)
    .where('external_calendar.id', '=', calendarId)
    .where('external_calendar.kind', '<>', 'file')
    .set({ next_fetch_at: now })
    .returning(['external_calendar.id', 'external_calendar.kind'])
    .executeTakeFirst();
}

/** The calendars that are due, taken: nobody else takes them for ten minutes. */
export function takeDue(trx: Queryable) {
  return trx
    .updateTable('external_calendar')
    .where('next_fetch_at', '<=', now)
    .set({ next_fetch_at: sql`app_now() + interval '10 minutes'` })
    .returning(['id', 'kind'])
    .execute();
}

/** What the worker needs to fetch a calendar; the web server may not read the address. */
export function findToFetch(db: Queryable, calendarId: string) {
  return db
    .selectFrom('external_calendar')
    .innerJoin('location', 'location.id', 'external_calendar.location_id')
    .where('external_calendar.id', '=', calendarId)
    .where('external_calendar.kind', '=', 'address')
    .select([
      'practitioner_id as practitionerId',
      'address',
      'etag',
      'last_modified as lastModified',
      'read_at as readAt',
      // Its times may have been given back, so "unchanged" would not do.
      sql<boolean>`failed_since IS NOT NULL`.as('failing'),
      'location.time_zone as timeZone',
      now.as('now'),
    ])
    .$narrowType<{ address: string }>()
    .executeTakeFirst();
}

/** The calendar answered; what it said about its version when it said anything new. False when it was removed meanwhile. */
export async function noteFetched(
  trx: Queryable,
  calendarId: string,
  fresh: { etag: string | null; lastModified: string | null; skipped: number } | null,
): Promise<boolean> {
  const updated = await trx
    .updateTable('external_calendar')
    .where('id', '=', calendarId)
    .set({
      fetched_at: now,
      failed_since: null,
      failure: null,
      failures: 0,
      // A server that can tell whether anything changed is asked more often.
      next_fetch_at: sql`app_now() + CASE kind WHEN 'caldav' THEN interval '10 minutes' ELSE interval '30 minutes' END`,
      ...(fresh && {
        read_at: now,
        etag: fresh.etag,
        last_modified: fresh.lastModified,
        skipped: fresh.skipped,
      }),
    })
    .returning('id')
    .executeTakeFirst();
  return updated !== undefined;
}

/** Tried again later and later, six hours at most. Answers since when it fails. */
export async function noteFailure(
  trx: Queryable,
  calendarId: string,
  failure: string,
): Promise<{ failedSince: Temporal.Instant; now: Temporal.Instant } | undefined> {
  return trx
    .updateTable('external_calendar')
    .where('id', '=', calendarId)
    .set({
      failure,
      failed_since: sql`coalesce(failed_since, app_now())`,
      failures: sql`least(failures + 1, 100)`,
      next_fetch_at: sql`app_now() + least(CASE kind WHEN 'caldav' THEN interval '5 minutes' ELSE interval '30 minutes' END
        * 2 ^ least(failures, 10), interval '6 hours')`,
    })
    .returning([sql<Temporal.Instant>`failed_since`.as('failedSince'), now.as('now')])
    .executeTakeFirst();
}

// What the desk shows

export function findCalendars(db: Queryable, accountId: string | null) {
  return db
    .selectFrom('external_calendar')
    .innerJoin('practitioner', 'practitioner.id', 'external_calendar.practitioner_id')
    .innerJoin('location', 'location.id', 'external_calendar.location_id')
    .where('practitioner.account_id', '=', accountId)
    .select((eb) => [
      'external_calendar.id',
      'external_calendar.name',
      'kind',
      'host',
      'location.time_zone as timeZone',
      'read_at as readAt',
      'fetched_at as fetchedAt',
      'failed_since as failedSince',
      'failure',
      'skipped',
      'writes',
      'ending_at as endingAt',
      eb
        .selectFrom('calendar_copy')
        .innerJoin('appointment', 'appointment.id', 'calendar_copy.appointment_id')
        .whereRef('calendar_copy.calendar_id', '=', 'external_calendar.id')
        .where('calendar_copy.status', '<>', 'CANCELLED')
        .where(sql<boolean>`upper(appointment.during) > app_now()`)
        .select((copy) => copy.fn.countAll<number>().as('copies'))
        .$asScalar()
        .$notNull()
        .as('copiesToCome'),
      eb
        .selectFrom('external_busy')
        .whereRef('external_busy.calendar_id', '=', 'external_calendar.id')
        .where(sql<boolean>`upper(external_busy.span) > app_now()`)
        .select((busy) => busy.fn.countAll<number>().as('times'))
        .$asScalar()
        .$notNull()
        .as('timesToCome'),
      now.as('now'),
    ])
    .orderBy('external_calendar.name')
    .execute();
}

/** Appointments to come that lie in a time of another calendar. */
export async function findConflicts(db: Queryable, accountId: string | null) {
  const { rows } = await sql<{
    id: string;
    kind: string;
    during: InstantRange;
    timeZone: string;
    calendarName: string;
  }>`
    SELECT DISTINCT a.id, a.kind, a.during, a.time_zone AS "timeZone", c.name AS "calendarName"
      FROM practitioner r
      JOIN appointment a ON a.practitioner_id = r.id AND a.during && tstzrange(app_now(), NULL)
       AND a.state IN ('confirmed', 'arrived')
      JOIN external_busy b ON b.practitioner_id = r.id AND b.span && a.during
      JOIN external_calendar c ON c.id = b.calendar_id
     WHERE r.account_id = ${accountId}
     ORDER BY a.during, a.id, c.name
     LIMIT 50`.execute(db);
  return rows;
}
