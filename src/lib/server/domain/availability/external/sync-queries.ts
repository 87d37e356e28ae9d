import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { formatInstantRange, span, type InstantRange } from '#lib/server/platform/instants.ts';
import type { EntryState, EntryStatus, WrittenEntry } from './our-entry.ts';

const now = sql<Temporal.Instant>`app_now()`;

/** Answers the id, or undefined where the name is taken. The password comes sealed. */
export function insertConnected(
  trx: Queryable,
  calendar: {
    practitionerId: string;
    locationId: string;
    name: string;
    address: string;
    host: string;
    username: string;
    sealedPassword: string;
    writes: boolean;
  },
) {
  return trx
    .insertInto('external_calendar')
    .values({
      practitioner_id: calendar.practitionerId,
      location_id: calendar.locationId,
      name: calendar.name,
      kind: 'caldav',
      address: calendar.address,
      host: calendar.host,
      username: calendar.username,
      sealed_password: calendar.sealedPassword,
      writes: calendar.writes,
    })
    .onConflict((conflict) => conflict.columns(['practitioner_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst();
}

/** Begins the end of a connected calendar, if it is this account's: its times are given back at once. */
export async function beginEnding(trx: Queryable, calendarId: string, accountId: string | null) {
  const ending = await trx
    .updateTable('external_calendar')
    .from('practitioner')
    .whereRef('practitioner.id', '=', 'external_calendar.practitioner_id')
    .where('practitioner.account_id', '=', accountId)
    .where('external_calendar.id', '=', calendarId)
    .where('external_calendar.kind', '=', 'caldav')
    .set({
      ending_at: sql`coalesce(ending_at, app_now())`,
      next_fetch_at: now,
    })
    .returning(['external_calendar.id', 'external_calendar.practitioner_id as practitionerId'])
    .executeTakeFirst();
  if (ending !== undefined)
    await trx.deleteFrom('external_busy').where('calendar_id', '=', calendarId).execute();
  return ending;
}

/** A connected calendar of this account, for the page that asks how it is to end. */
export function findConnected(db: Queryable, calendarId: string, accountId: string | null) {
  return db
    .selectFrom('external_calendar')
    .innerJoin('practitioner', 'practitioner.id', 'external_calendar.practitioner_id')
    .where('practitioner.account_id', '=', accountId)
    .where('external_calendar.id', '=', calendarId)
    .where('external_calendar.kind', '=', 'caldav')
    .select((eb) => [
      'external_calendar.id',
      'external_calendar.name',
      eb
        .selectFrom('calendar_copy')
        .whereRef('calendar_copy.calendar_id', '=', 'external_calendar.id')
        .select((copy) => copy.fn.countAll<number>().as('copies'))
        .$asScalar()
        .$notNull()
        .as('copies'),
    ])
    .executeTakeFirst();
}

/** What the worker needs to speak with the server; the web server may not read the login. */
export function findToSync(db: Queryable, calendarId: string) {
  return db
    .selectFrom('external_calendar')
    .innerJoin('location', 'location.id', 'external_calendar.location_id')
    .where('external_calendar.id', '=', calendarId)
    .where('external_calendar.kind', '=', 'caldav')
    .select([
      'external_calendar.id',
      'practitioner_id as practitionerId',
      'address',
      'username',
      'sealed_password as sealedPassword',
      'writes',
      'etag as version',
      'read_at as readAt',
      sql<boolean>`failed_since IS NOT NULL`.as('failing'),
      sql<boolean>`ending_at IS NOT NULL`.as('isEnding'),
      'location.time_zone as timeZone',
      now.as('now'),
    ])
    .$narrowType<{ address: string; username: string; sealedPassword: string }>()
    .executeTakeFirst();
}

/** Where the calendar really is, and its password sealed for that place or with a newer key. */
export async function putLogin(
  trx: Queryable,
  calendarId: string,
  login: { address: string; host: string; sealedPassword: string },
): Promise<void> {
  await trx
    .updateTable('external_calendar')
    .where('id', '=', calendarId)
    .set({ address: login.address, host: login.host, sealed_password: login.sealedPassword })
    .execute();
}

/** The calendars into which the visits of this appointment's practitioner are written. */
export async function findCalendarsToWrite(db: Queryable, appointmentId: string): Promise<{ id: string }[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT c.id FROM appointment a JOIN external_calendar c ON c.practitioner_id = a.practitioner_id
     WHERE a.id = ${appointmentId} AND c.writes AND c.ending_at IS NULL`.execute(db);
  return rows;
}

/** A visit to come, as it should stand in the calendar, and as we wrote it last. */
export interface VisitToWrite {
  id: string;
  start: Temporal.Instant;
  end: Temporal.Instant;
  timeZone: string;
  place: string;
  wanted: EntryState;
  written: WrittenEntry | null;
}

const MOST_VISITS = 2_000;

/** A practitioner's visits to come; cancelled ones where they stand in the calendar. */
export async function findVisitsToWrite(
  db: Queryable,
  { calendarId, practitionerId }: { calendarId: string; practitionerId: string },
): Promise<VisitToWrite[]> {
  const { rows } = await sql<{
    id: string;
    during: InstantRange;
    timeZone: string;
    place: string;
    status: EntryStatus;
    href: string | null;
    sequence: number;
    writtenDuring: InstantRange;
    writtenStatus: EntryStatus;
    putBack: number;
  }>`
    SELECT a.id, a.during, a.time_zone AS "timeZone", concat_ws(', ', l.name, l.street, l.locality) AS place,
           CASE a.state WHEN 'cancelled' THEN 'CANCELLED' WHEN 'paused' THEN 'TENTATIVE' ELSE 'CONFIRMED' END AS status,
           c.href, c.sequence, c.during AS "writtenDuring", c.status AS "writtenStatus", c.put_back AS "putBack"
      FROM appointment a JOIN location l ON l.id = a.location_id
      LEFT JOIN calendar_copy c ON c.appointment_id = a.id AND c.calendar_id = ${calendarId}
     WHERE a.practitioner_id = ${practitionerId} AND a.state NOT IN ('held', 'expired') AND upper(a.during) > app_now()
       AND (a.state <> 'cancelled' OR c.href IS NOT NULL)
     ORDER BY a.during, a.id LIMIT ${MOST_VISITS}`.execute(db);
  const times = (during: InstantRange) => ({
    startsAt: during.start!.epochMilliseconds,
    endsAt: during.end!.epochMilliseconds,
  });
  return rows.map((row) => ({
    id: row.id,
    start: row.during.start!,
    end: row.during.end!,
    timeZone: row.timeZone,
    place: row.place,
    wanted: { ...times(row.during), status: row.status },
    written:
      row.href === null
        ? null
        : {
            ...times(row.writtenDuring),
            status: row.writtenStatus,
            href: row.href,
            sequence: row.sequence,
            putBack: row.putBack,
          },
  }));
}

/** Notes how a visit stands in the calendar now. */
export async function noteWritten(
  trx: Queryable,
  copy: {
    calendarId: string;
    appointmentId: string;
    href: string;
    etag: string | null;
    sequence: number;
    state: EntryState;
  },
): Promise<void> {
  const at = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms);
  const during = formatInstantRange(span(at(copy.state.startsAt), at(copy.state.endsAt)));
  await sql`
    INSERT INTO calendar_copy AS c (calendar_id, appointment_id, href, etag, sequence, during, status)
    SELECT k.id, ${copy.appointmentId}, ${copy.href}, ${copy.etag}, ${copy.sequence}, ${during}::tstzrange, ${copy.state.status}
      FROM external_calendar k WHERE k.id = ${copy.calendarId}
    ON CONFLICT (calendar_id, appointment_id) DO UPDATE
      SET href = excluded.href, etag = excluded.etag, sequence = excluded.sequence, written_at = app_now(),
          -- Once the visit itself has changed, what was done to the entry before counts no more.
          put_back = CASE WHEN c.during = excluded.during AND c.status = excluded.status THEN c.put_back ELSE 0 END,
          during = excluded.during, status = excluded.status`.execute(trx);
}

/** Notes what somebody did to our entries, before they are put back. */
export async function noteDisturbed(
  trx: Queryable,
  calendarId: string,
  entries: readonly { appointmentId: string; why: 'changed' | 'removed' }[],
): Promise<void> {
  await sql`
    UPDATE calendar_copy c SET put_back = least(c.put_back + 1, 100), put_back_at = app_now(), put_back_why = d.why
      FROM unnest(${entries.map(({ appointmentId }) => appointmentId)}::uuid[], ${entries.map(({ why }) => why)}::text[]) AS d (id, why)
     WHERE c.calendar_id = ${calendarId} AND c.appointment_id = d.id`.execute(trx);
}

/** To whom it is told. */
export function findOwner(db: Queryable, practitionerId: string) {
  return db
    .selectFrom('practitioner')
    .innerJoin('account', 'account.id', 'practitioner.account_id')
    .where('practitioner.id', '=', practitionerId)
    .select(['practitioner.display_name as name', 'account.email'])
    .executeTakeFirst();
}

/** Looked at again so soon, because not everything could be done. */
export async function makeDueSoon(trx: Queryable, calendarId: string): Promise<void> {
  await trx
    .updateTable('external_calendar')
    .where('id', '=', calendarId)
    .set({ next_fetch_at: sql`app_now() + interval '1 minute'` })
    .execute();
}

/** Some of what we wrote into a calendar. */
export function findCopies(db: Queryable, calendarId: string, most: number) {
  return db
    .selectFrom('calendar_copy')
    .where('calendar_id', '=', calendarId)
    .select(['appointment_id as appointmentId', 'href', 'etag'])
    .orderBy('appointment_id')
    .limit(most)
    .execute();
}

export async function deleteCopy(trx: Queryable, calendarId: string, appointmentId: string): Promise<void> {
  await trx
    .deleteFrom('calendar_copy')
    .where('calendar_id', '=', calendarId)
    .where('appointment_id', '=', appointmentId)
    .execute();
}

/** Gone, with whatever is left of it. */
export async function deleteEnded(trx: Queryable, calendarId: string): Promise<void> {
  await trx
    .deleteFrom('external_calendar')
    .where('id', '=', calendarId)
    .where('ending_at', 'is not', null)
    .execute();
}

const SHOWN_DAYS = 14;

/** What had to be put back lately, for the desk. */
export async function findPutBack(db: Queryable, accountId: string | null) {
  const { rows } = await sql<{
    appointmentId: string;
    during: InstantRange;
    timeZone: string;
    why: 'changed' | 'removed';
    putBack: number;
    calendarName: string;
  }>`
    SELECT a.id AS "appointmentId", a.during, a.time_zone AS "timeZone", c.put_back_why AS why, c.put_back AS "putBack", k.name AS "calendarName"
      FROM practitioner r
      JOIN external_calendar k ON k.practitioner_id = r.id AND k.ending_at IS NULL
      JOIN calendar_copy c ON c.calendar_id = k.id AND c.put_back_at > app_now() - make_interval(days => ${SHOWN_DAYS})
      JOIN appointment a ON a.id = c.appointment_id AND a.state IN ('confirmed', 'arrived') AND upper(a.during) > app_now()
     WHERE r.account_id = ${accountId}
     ORDER BY c.put_back_at DESC, a.id
     LIMIT 50`.execute(db);
  return rows;
}
