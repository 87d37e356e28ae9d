import { sql } from 'kysely';
import { rangeValue, type Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';

/** Whose calendar this account may see: its own everywhere, and everybody's at the clinics whose desk it keeps. */
export async function findDiaryPractices(trx: Trx, accountId: string) {
  const { rows } = await sql<{
    practitionerId: string;
    practitionerName: string;
    locationId: string;
    timeZone: string;
    isOwn: boolean;
    stepMinutes: number;
    now: Temporal.Instant;
  }>`
    SELECT p.id AS "practitionerId", concat_ws(' ', p.title, p.display_name) AS "practitionerName", l.id AS "locationId",
           l.time_zone AS "timeZone", p.account_id = ${accountId} AS "isOwn",
           w.step_minutes AS "stepMinutes", app_now() AS now
      FROM practice w JOIN practitioner p ON p.id = w.practitioner_id JOIN location l ON l.id = w.location_id
     WHERE p.account_id = ${accountId}
        OR l.clinic_id IN (SELECT clinic_id FROM clinic_member WHERE account_id = ${accountId} AND valid @> app_now())
     ORDER BY "isOwn" DESC, p.family_name, p.id, l.id`.execute(trx);
  return rows;
}
export type DiaryPractice = Awaited<ReturnType<typeof findDiaryPractices>>[number];

/** The practices as rows of (practitioner_id, location_id). */
const practicesOf = (practices: readonly DiaryPractice[]) => sql`
  (SELECT * FROM unnest(${practices.map(({ practitionerId }) => practitionerId)}::uuid[],
                        ${practices.map(({ locationId }) => locationId)}::uuid[]) AS seen (practitioner_id, location_id))`;

/** Visits and live holds of these practices in a span of time. */
export async function findDiaryVisits(trx: Trx, practices: readonly DiaryPractice[], window: InstantRange) {
  const { rows } = await sql<{
    id: string;
    kind: 'consultation' | 'treatment' | 'follow_up';
    state: string;
    during: InstantRange;
    practitionerId: string;
    locationId: string;
    roomId: string | null;
    patientId: string | null;
    patientName: string | null;
  }>`
    SELECT a.id, a.kind, a.state, a.during, a.practitioner_id AS "practitionerId", a.location_id AS "locationId",
           b.room_id AS "roomId", a.patient_id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName"
      FROM appointment a JOIN ${practicesOf(practices)} AS seen USING (practitioner_id, location_id)
      LEFT JOIN block b ON b.id = a.block_id LEFT JOIN patient p ON p.id = a.patient_id
     WHERE a.during && ${rangeValue(window)} AND a.state NOT IN ('expired', 'cancelled')
       AND (a.hold_expires_at IS NULL OR a.hold_expires_at > app_now())
     ORDER BY a.during`.execute(trx);
  return rows;
}
export type DiaryVisit = Awaited<ReturnType<typeof findDiaryVisits>>[number];

/** Time off of these practitioners, or of their locations. */
export async function findDiaryClosures(trx: Trx, practices: readonly DiaryPractice[], window: InstantRange) {
  const { rows } = await sql<{
    id: string;
    practitionerId: string | null;
    locationId: string | null;
    span: InstantRange;
    note: string;
  }>`
    SELECT id, practitioner_id AS "practitionerId", location_id AS "locationId", span, note FROM closure
     WHERE span && ${rangeValue(window)}
       AND (practitioner_id = ANY (${practices.map(({ practitionerId }) => practitionerId)}::uuid[])
            OR practitioner_id IS NULL AND location_id = ANY (${practices.map(({ locationId }) => locationId)}::uuid[]))
     ORDER BY span`.execute(trx);
  return rows;
}

/** Other time taken: kept for something to come, or a room in use by somebody whose calendar this is not. */
export async function findDiaryReserved(trx: Trx, practices: readonly DiaryPractice[], window: InstantRange) {
  const { rows } = await sql<{
    id: string;
    practitionerId: string;
    practitionerName: string;
    roomId: string | null;
    span: InstantRange;
    isSeen: boolean;
  }>`
    SELECT b.id, b.practitioner_id AS "practitionerId", concat_ws(' ', p.title, p.display_name) AS "practitionerName", b.room_id AS "roomId", b.span,
           seen.practitioner_id IS NOT NULL AS "isSeen"
      FROM block b JOIN practitioner p ON p.id = b.practitioner_id
      LEFT JOIN ${practicesOf(practices)} AS seen USING (practitioner_id, location_id)
     WHERE b.location_id = ANY (${practices.map(({ locationId }) => locationId)}::uuid[]) AND b.span && ${rangeValue(window)}
       AND CASE WHEN seen.practitioner_id IS NULL THEN b.room_id IS NOT NULL ELSE b.kind = 'reserved' END
       AND (b.reserved_until IS NULL OR b.reserved_until > app_now())
     ORDER BY b.span`.execute(trx);
  return rows;
}

/** What these practitioners' other calendars hold: times and nothing else (P4). */
export async function findDiaryExternal(trx: Trx, practices: readonly DiaryPractice[], window: InstantRange) {
  const { rows } = await sql<{ practitionerId: string; span: InstantRange }>`
    SELECT DISTINCT practitioner_id AS "practitionerId", span FROM external_busy
     WHERE practitioner_id = ANY (${practices.map(({ practitionerId }) => practitionerId)}::uuid[]) AND span && ${rangeValue(window)}
     ORDER BY span`.execute(trx);
  return rows;
}

/** Weekly hours and extra sessions, and the public holidays on which a practice is closed. */
export async function findDiaryHours(
  trx: Trx,
  practices: readonly DiaryPractice[],
  from: string,
  to: string,
) {
  const seen = practicesOf(practices);
  const weekly = await sql<{
    practitionerId: string;
    weekday: number;
    startMinute: number;
    endMinute: number;
    everyWeeks: number;
    firstMonday: string | null;
    validFrom: string | null;
    validTo: string | null;
  }>`
    SELECT practitioner_id AS "practitionerId", weekday, start_minute AS "startMinute", end_minute AS "endMinute",
           every_weeks AS "everyWeeks", first_monday AS "firstMonday", lower(valid) AS "validFrom", upper(valid) - 1 AS "validTo"
      FROM opening_hours JOIN ${seen} AS seen USING (practitioner_id, location_id)
     WHERE valid && daterange(${from}, ${to}, '[]')`.execute(trx);
  const openings = await sql<{
    practitionerId: string;
    date: string;
    startMinute: number;
    endMinute: number;
  }>`
    SELECT practitioner_id AS "practitionerId", on_date AS date, start_minute AS "startMinute", end_minute AS "endMinute"
      FROM opening JOIN ${seen} AS seen USING (practitioner_id, location_id)
     WHERE on_date BETWEEN ${from} AND ${to}`.execute(trx);
  const holidays = await sql<{ practitionerId: string; date: string; name: string }>`
    SELECT DISTINCT w.practitioner_id AS "practitionerId", h.on_date AS date, h.name
      FROM practice w JOIN ${seen} AS seen USING (practitioner_id, location_id)
      JOIN location l ON l.id = w.location_id JOIN public_holiday h ON h.jurisdiction = l.jurisdiction
     WHERE w.closed_on_public_holidays AND h.on_date BETWEEN ${from} AND ${to}`.execute(trx);
  return { weekly: weekly.rows, openings: openings.rows, holidays: holidays.rows };
}

export async function findDiaryRooms(trx: Trx, practices: readonly DiaryPractice[]) {
  const { rows } = await sql<{ id: string; name: string; locationName: string }>`
    SELECT r.id, r.name, l.name AS "locationName" FROM room r JOIN location l ON l.id = r.location_id
     WHERE r.active AND r.location_id = ANY (${practices.map(({ locationId }) => locationId)}::uuid[])
     ORDER BY l.name, r.name`.execute(trx);
  return rows;
}

/** One visit with what moving it needs. */
export async function findDiaryVisit(trx: Trx, appointmentId: string) {
  const { rows } = await sql<{
    id: string;
    kind: 'consultation' | 'treatment' | 'follow_up';
    state: string;
    during: InstantRange;
    blockId: string | null;
    roomId: string | null;
    practitionerId: string;
    locationId: string;
    patientId: string | null;
    patientName: string | null;
  }>`
    SELECT a.id, a.kind, a.state, a.during, a.block_id AS "blockId", b.room_id AS "roomId", a.practitioner_id AS "practitionerId",
           a.location_id AS "locationId", a.patient_id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName"
      FROM appointment a LEFT JOIN patient p ON p.id = a.patient_id LEFT JOIN block b ON b.id = a.block_id
     WHERE a.id = ${appointmentId}`.execute(trx);
  return rows[0];
}

/** The rooms that will do for a visit, where its practice needs one. */
export async function findRoomsFor(
  trx: Trx,
  { practitionerId, locationId, kind }: { practitionerId: string; locationId: string; kind: string },
) {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT r.id, r.name FROM practice w JOIN room r ON r.location_id = w.location_id
     WHERE w.practitioner_id = ${practitionerId} AND w.location_id = ${locationId} AND w.needs_room
       AND r.active AND ${kind} = ANY (r.kinds)
     ORDER BY r.name, r.id`.execute(trx);
  return rows;
}
