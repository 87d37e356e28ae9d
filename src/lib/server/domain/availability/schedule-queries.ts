import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import type { OpeningInput, RoomInput, Terms } from './input.ts';
import type { AppointmentKind, WeeklyHours } from './schedule.ts';

/** A practitioner at one location. */
interface Practice {
  practitionerId: string;
  locationId: string;
}

/** The places whose schedule the account keeps: where it practises, and those of clinics it manages. */
export async function findPlacesOf(trx: Trx, accountId: string) {
  const { rows } = await sql<{
    locationId: string;
    name: string;
    clinicName: string;
    timeZone: string;
    today: string;
    now: Temporal.Instant;
    practitionerId: string | null;
    keepsRooms: boolean;
  }>`
    SELECT l.id AS "locationId", l.name, c.name AS "clinicName", l.time_zone AS "timeZone",
           (app_now() AT TIME ZONE l.time_zone)::date AS today, app_now() AS now, me.id AS "practitionerId",
           ${keepsRooms(accountId)} AS "keepsRooms"
      FROM location l JOIN clinic c ON c.id = l.clinic_id
      LEFT JOIN (practitioner me JOIN practice w ON w.practitioner_id = me.id AND me.account_id = ${accountId}) ON w.location_id = l.id
     WHERE me.id IS NOT NULL OR ${manages(accountId)}
     ORDER BY me.id IS NULL, c.name, l.name, l.id`.execute(trx);
  return rows;
}
export type Place = Awaited<ReturnType<typeof findPlacesOf>>[number];

const manages = (accountId: string) => sql<boolean>`
  EXISTS (SELECT FROM clinic_member m WHERE m.clinic_id = l.clinic_id AND m.account_id = ${accountId} AND m.role = 'manager' AND m.valid @> app_now())`;

/** Whoever runs a clinic keeps its rooms. */
const keepsRooms = (accountId: string) => sql<boolean>`leads_clinic(${accountId}, l.clinic_id)`;

/** The account's own practice at a location, locked: two savings wait for each other. */
export async function lockOwnPractice(trx: Trx, accountId: string, locationId: string) {
  const { rows } = await sql<Practice & { clinicId: string; today: string }>`
    SELECT w.practitioner_id AS "practitionerId", w.location_id AS "locationId", l.clinic_id AS "clinicId",
           (app_now() AT TIME ZONE l.time_zone)::date AS today
      FROM practice w JOIN practitioner p ON p.id = w.practitioner_id JOIN location l ON l.id = w.location_id
     WHERE p.account_id = ${accountId} AND w.location_id = ${locationId} FOR NO KEY UPDATE OF w`.execute(trx);
  return rows[0];
}
export type OwnPractice = NonNullable<Awaited<ReturnType<typeof lockOwnPractice>>>;

/** The clinic of a location whose rooms the account keeps. */
export async function findRoomsKept(trx: Trx, accountId: string, locationId: string) {
  const { rows } = await sql<{ clinicId: string }>`
    SELECT l.clinic_id AS "clinicId" FROM location l WHERE l.id = ${locationId} AND ${keepsRooms(accountId)}`.execute(
    trx,
  );
  return rows[0];
}

export async function replaceHours(
  trx: Trx,
  { practitionerId, locationId }: Practice,
  hours: readonly WeeklyHours[],
): Promise<void> {
  await trx
    .deleteFrom('opening_hours')
    .where('practitioner_id', '=', practitionerId)
    .where('location_id', '=', locationId)
    .execute();
  if (hours.length === 0) return;
  await trx
    .insertInto('opening_hours')
    .values(
      hours.map((line) => ({
        practitioner_id: practitionerId,
        location_id: locationId,
        weekday: line.weekday,
        start_minute: line.startMinute,
        end_minute: line.endMinute,
        kinds: [...line.kinds],
        every_weeks: line.everyWeeks ?? 1,
        first_monday: line.firstMonday ?? null,
        valid: sql<string>`daterange(${line.validFrom ?? null}, ${line.validTo ?? null}, '[]')`,
      })),
    )
    .execute();
}

export async function insertOpening(
  trx: Trx,
  { practitionerId, locationId }: Practice,
  { date, startMinute, endMinute, kinds }: OpeningInput,
): Promise<void> {
  await trx
    .insertInto('opening')
    .values({
      practitioner_id: practitionerId,
      location_id: locationId,
      on_date: date,
      start_minute: startMinute,
      end_minute: endMinute,
      kinds,
    })
    .execute();
}

/** Takes back an extra session of the account's own. */
export async function deleteOwnOpening(trx: Trx, accountId: string, openingId: string) {
  const { rows } = await sql<Practice & { clinicId: string }>`
    DELETE FROM opening o USING practitioner p, location l
     WHERE o.id = ${openingId} AND p.id = o.practitioner_id AND p.account_id = ${accountId} AND l.id = o.location_id
    RETURNING o.practitioner_id AS "practitionerId", o.location_id AS "locationId", l.clinic_id AS "clinicId"`.execute(
    trx,
  );
  return rows[0];
}

export async function updateTerms(
  trx: Trx,
  { practitionerId, locationId }: Practice,
  terms: Terms,
): Promise<void> {
  await trx
    .updateTable('practice')
    .set({
      consultation_minutes: terms.consultationMinutes,
      treatment_minutes: terms.treatmentMinutes,
      follow_up_minutes: terms.followUpMinutes,
      buffer_before_minutes: terms.bufferBeforeMinutes,
      buffer_after_minutes: terms.bufferAfterMinutes,
      travel_minutes: terms.travelMinutes,
      step_minutes: terms.stepMinutes,
      starts_count_from: terms.startsCountFrom,
      notice_minutes: terms.noticeMinutes,
      horizon_days: terms.horizonDays,
      daily_limit: terms.dailyLimit,
      weekly_limit: terms.weeklyLimit,
      closed_on_public_holidays: terms.closedOnPublicHolidays,
      needs_room: terms.needsRoom,
      cancel_notice_hours: terms.cancelNoticeHours,
      move_notice_hours: terms.moveNoticeHours,
    })
    .where('practitioner_id', '=', practitionerId)
    .where('location_id', '=', locationId)
    .execute();
}

export async function insertRoom(trx: Trx, { locationId, name, kinds, active }: RoomInput): Promise<void> {
  await trx.insertInto('room').values({ location_id: locationId, name, kinds, active }).execute();
}

/** Answers whether there is such a room there. */
export async function updateRoom(
  trx: Trx,
  roomId: string,
  { locationId, name, kinds, active }: RoomInput,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('room')
    .set({ name, kinds, active })
    .where('id', '=', roomId)
    .where('location_id', '=', locationId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Everybody who may need a room at this location. */
export async function findRoomUsers(trx: Trx, locationId: string): Promise<string[]> {
  const users = await trx
    .selectFrom('practice')
    .where('location_id', '=', locationId)
    .where('needs_room', '=', true)
    .select('practitioner_id as id')
    .orderBy('practitioner_id')
    .execute();
  return users.map(({ id }) => id);
}

/** Weekly hours at all of the practitioner's places. */
export async function findWeeklyHours(trx: Trx, practitionerId: string) {
  const { rows } = await sql<Required<WeeklyHours> & { locationId: string }>`
    SELECT location_id AS "locationId", weekday, start_minute AS "startMinute", end_minute AS "endMinute", kinds,
           every_weeks AS "everyWeeks", first_monday AS "firstMonday", lower(valid) AS "validFrom", upper(valid) - 1 AS "validTo"
      FROM opening_hours WHERE practitioner_id = ${practitionerId}
     ORDER BY weekday, start_minute, valid`.execute(trx);
  return rows;
}

/** Extra sessions from this date on. */
export async function findOpenings(trx: Trx, { practitionerId, locationId }: Practice, from: string) {
  const { rows } = await sql<{
    id: string;
    date: string;
    startMinute: number;
    endMinute: number;
    kinds: AppointmentKind[];
  }>`
    SELECT id, on_date AS date, start_minute AS "startMinute", end_minute AS "endMinute", kinds FROM opening
     WHERE practitioner_id = ${practitionerId} AND location_id = ${locationId} AND on_date >= ${from}::date - 1
     ORDER BY on_date, start_minute`.execute(trx);
  return rows;
}

export async function findTerms(trx: Trx, { practitionerId, locationId }: Practice): Promise<Terms> {
  const { startsCountFrom, ...terms } = await trx
    .selectFrom('practice')
    .where('practitioner_id', '=', practitionerId)
    .where('location_id', '=', locationId)
    .select([
      'consultation_minutes as consultationMinutes',
      'treatment_minutes as treatmentMinutes',
      'follow_up_minutes as followUpMinutes',
      'buffer_before_minutes as bufferBeforeMinutes',
      'buffer_after_minutes as bufferAfterMinutes',
      'travel_minutes as travelMinutes',
      'step_minutes as stepMinutes',
      'starts_count_from as startsCountFrom',
      'notice_minutes as noticeMinutes',
      'horizon_days as horizonDays',
      'daily_limit as dailyLimit',
      'weekly_limit as weeklyLimit',
      'closed_on_public_holidays as closedOnPublicHolidays',
      'needs_room as needsRoom',
      'cancel_notice_hours as cancelNoticeHours',
      'move_notice_hours as moveNoticeHours',
    ])
    .executeTakeFirstOrThrow();
  return { ...terms, startsCountFrom: startsCountFrom as Terms['startsCountFrom'] };
}

export function findRooms(trx: Trx, locationId: string) {
  return trx
    .selectFrom('room')
    .where('location_id', '=', locationId)
    .select(['id', 'name', 'kinds', 'active'])
    .orderBy('name')
    .execute();
}

/** Visits to come, and the public holidays until the last of them. */
export async function findBookedVisits(trx: Trx, { practitionerId, locationId }: Practice) {
  const visits = await sql<{
    id: string;
    kind: AppointmentKind;
    during: InstantRange;
    patientName: string | null;
  }>`
    SELECT a.id, a.kind, a.during, p.given_name || ' ' || p.family_name AS "patientName"
      FROM appointment a LEFT JOIN patient p ON p.id = a.patient_id
     WHERE a.practitioner_id = ${practitionerId} AND a.location_id = ${locationId}
       AND a.state = 'confirmed' AND a.during && tstzrange(app_now(), NULL)
     ORDER BY a.during`.execute(trx);
  const holidays = await sql<{ date: string }>`
    SELECT h.on_date AS date FROM public_holiday h JOIN location l ON l.jurisdiction = h.jurisdiction JOIN practice w ON w.location_id = l.id
     WHERE w.practitioner_id = ${practitionerId} AND l.id = ${locationId} AND w.closed_on_public_holidays
       AND h.on_date >= (app_now() AT TIME ZONE l.time_zone)::date - 1`.execute(trx);
  return { visits: visits.rows, closedDates: holidays.rows.map(({ date }) => date) };
}
