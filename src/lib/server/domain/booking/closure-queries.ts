import { sql } from 'kysely';
import { rangeValue, type Queryable, type Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import type { AppointmentKind } from '../availability/schedule.ts';
import { isDouble } from './queries.ts';

/** Whose time, where: a practitioner everywhere, a practitioner at one location, or a whole location. */
export interface ClosedFor {
  practitionerId: string | null;
  locationId: string | null;
}

/** What an account has to do with a practitioner's time, or a location's. */
export async function findCloser(
  db: Queryable,
  accountId: string,
  { practitionerId, locationId }: ClosedFor,
) {
  const { rows } = await sql<{ isSelf: boolean; keepsDesk: boolean; worksThere: boolean; timeZone: string }>`
    SELECT EXISTS (SELECT FROM practitioner p WHERE p.id = ${practitionerId}::uuid AND p.account_id = ${accountId}) AS "isSelf",
           EXISTS (SELECT FROM location l JOIN clinic_member m ON m.clinic_id = l.clinic_id
                    WHERE l.id = ${locationId}::uuid AND m.account_id = ${accountId} AND m.valid @> app_now()) AS "keepsDesk",
           EXISTS (SELECT FROM practice w WHERE w.practitioner_id = ${practitionerId}::uuid AND w.location_id = ${locationId}::uuid) AS "worksThere",
           coalesce((SELECT l.time_zone FROM location l WHERE l.id = ${locationId}::uuid),
                    (SELECT l.time_zone FROM practice w JOIN location l ON l.id = w.location_id
                      WHERE w.practitioner_id = ${practitionerId}::uuid ORDER BY l.id LIMIT 1), 'UTC') AS "timeZone"`.execute(
    db,
  );
  return rows[0]!;
}

/** A live appointment or hold in a time that is to be closed. */
export interface Affected {
  id: string;
  kind: AppointmentKind;
  state: 'held' | 'confirmed' | 'arrived';
  during: InstantRange;
  timeZone: string;
  clinicId: string;
  jurisdiction: string;
  practitionerId: string;
  practitionerName: string;
  locationId: string;
  patientId: string | null;
  patientName: string;
  phone: string | null;
  isDouble: boolean;
}

/** Everything live in that time, as the guard `closure_over_nothing` counts it; in one order, for who locks it. */
export async function findAffected(db: Queryable, whose: ClosedFor, time: InstantRange): Promise<Affected[]> {
  const { rows } = await sql<Affected>`
    SELECT a.id, a.kind, a.state, a.during, a.time_zone AS "timeZone", a.clinic_id AS "clinicId", a.jurisdiction,
           a.practitioner_id AS "practitionerId", concat_ws(' ', r.title, r.display_name) AS "practitionerName", a.location_id AS "locationId",
           a.patient_id AS "patientId", concat_ws(' ', p.given_name, p.family_name) AS "patientName", p.phone,
           (SELECT ${isDouble} FROM practice, (SELECT a.*) AS appointment
             WHERE practice.practitioner_id = a.practitioner_id AND practice.location_id = a.location_id) AS "isDouble"
      FROM appointment a JOIN practitioner r ON r.id = a.practitioner_id LEFT JOIN patient p ON p.id = a.patient_id
     WHERE (${whose.practitionerId}::uuid IS NULL OR a.practitioner_id = ${whose.practitionerId}::uuid)
       AND (${whose.locationId}::uuid IS NULL OR a.location_id = ${whose.locationId}::uuid)
       AND a.state IN ('held', 'confirmed', 'arrived') AND a.during && ${rangeValue(time)}
       AND (a.hold_expires_at IS NULL OR a.hold_expires_at > app_now())
     ORDER BY a.id`.execute(db);
  return rows;
}

/** Visits on hold in that time: nothing of it is taken, so they stand in no closure's way. */
export async function findPausedIn(db: Queryable, whose: ClosedFor, time: InstantRange) {
  const { rows } = await sql<
    Pick<Affected, 'id' | 'kind' | 'during' | 'timeZone' | 'practitionerName' | 'patientName' | 'phone'> & {
      patientId: string;
    }
  >`
    SELECT a.id, a.kind, a.during, a.time_zone AS "timeZone", concat_ws(' ', r.title, r.display_name) AS "practitionerName",
           a.patient_id AS "patientId", concat_ws(' ', p.given_name, p.family_name) AS "patientName", p.phone
      FROM appointment a JOIN practitioner r ON r.id = a.practitioner_id JOIN patient p ON p.id = a.patient_id
     WHERE (${whose.practitionerId}::uuid IS NULL OR a.practitioner_id = ${whose.practitionerId}::uuid)
       AND (${whose.locationId}::uuid IS NULL OR a.location_id = ${whose.locationId}::uuid)
       AND a.state = 'paused' AND a.during && ${rangeValue(time)}
     ORDER BY lower(a.during), a.id`.execute(db);
  return rows;
}

/** Everybody who works at these clinics, and where. */
export async function findColleagues(db: Queryable, clinicIds: readonly string[]) {
  const { rows } = await sql<{ practitionerId: string; name: string; locationId: string; clinicId: string }>`
    SELECT w.practitioner_id AS "practitionerId", concat_ws(' ', r.title, r.display_name) AS name, l.id AS "locationId", l.clinic_id AS "clinicId"
      FROM practice w JOIN practitioner r ON r.id = w.practitioner_id JOIN location l ON l.id = w.location_id
     WHERE l.clinic_id = ANY (${clinicIds}::uuid[]) ORDER BY r.family_name, l.id`.execute(db);
  return rows;
}

export async function insertClosure(
  trx: Trx,
  closure: ClosedFor & { time: InstantRange; kind: string; note: string; accountId: string | null },
): Promise<string> {
  const { id } = await trx
    .insertInto('closure')
    .values({
      practitioner_id: closure.practitionerId,
      location_id: closure.locationId,
      span: rangeValue(closure.time),
      kind: closure.kind,
      note: closure.note,
      made_by: closure.accountId,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function deleteClosure(trx: Trx, closureId: string) {
  return trx
    .deleteFrom('closure')
    .where('id', '=', closureId)
    .returning(['practitioner_id as practitionerId', 'location_id as locationId', 'span'])
    .executeTakeFirst();
}

/** The practitioners whose free times a closure changes. */
export async function findClosedPractitioners(db: Queryable, whose: ClosedFor): Promise<string[]> {
  if (whose.practitionerId !== null) return [whose.practitionerId];
  const rows = await db
    .selectFrom('practice')
    .where('location_id', '=', whose.locationId!)
    .select('practitioner_id as id')
    .orderBy('practitioner_id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The practices for which an account may close time: a practitioner's own, and those of the clinics whose desk it keeps. */
export async function findClosable(db: Queryable, accountId: string) {
  const { rows } = await sql<{
    practitionerId: string;
    name: string;
    isSelf: boolean;
    keepsDesk: boolean;
    locationId: string;
    locationName: string;
    clinicName: string;
    timeZone: string;
    now: Temporal.Instant;
  }>`
    SELECT w.practitioner_id AS "practitionerId", concat_ws(' ', r.title, r.display_name) AS name, r.account_id = ${accountId} AS "isSelf",
           m.clinic_id IS NOT NULL AS "keepsDesk", l.id AS "locationId", l.name AS "locationName", c.name AS "clinicName",
           l.time_zone AS "timeZone", app_now() AS now
      FROM practice w JOIN practitioner r ON r.id = w.practitioner_id JOIN location l ON l.id = w.location_id JOIN clinic c ON c.id = l.clinic_id
      LEFT JOIN (SELECT DISTINCT clinic_id FROM clinic_member WHERE account_id = ${accountId} AND valid @> app_now()) m ON m.clinic_id = c.id
     WHERE r.account_id = ${accountId} OR m.clinic_id IS NOT NULL
     ORDER BY c.name, l.name, l.id, r.family_name, r.id`.execute(db);
  return rows;
}
export type Closable = Awaited<ReturnType<typeof findClosable>>[number];

/** Closures to come that touch these practices, the next first. */
export async function findClosures(db: Queryable, practices: readonly Closable[]) {
  const { rows } = await sql<{
    id: string;
    practitionerId: string | null;
    locationId: string | null;
    span: InstantRange;
    kind: string;
    note: string;
    practitionerName: string | null;
    locationName: string | null;
  }>`
    SELECT k.id, k.practitioner_id AS "practitionerId", k.location_id AS "locationId", k.span, k.kind, k.note,
           concat_ws(' ', r.title, r.display_name) AS "practitionerName", l.name AS "locationName"
      FROM closure k LEFT JOIN practitioner r ON r.id = k.practitioner_id LEFT JOIN location l ON l.id = k.location_id
     WHERE upper(k.span) > app_now()
       AND (k.location_id = ANY (${practices.map(({ locationId }) => locationId)}::uuid[])
            AND (k.practitioner_id IS NULL OR k.practitioner_id = ANY (${practices.map(({ practitionerId }) => practitionerId)}::uuid[]))
         OR k.location_id IS NULL AND k.practitioner_id = ANY (${practices.map(({ practitionerId }) => practitionerId)}::uuid[]))
     ORDER BY lower(k.span), k.id`.execute(db);
  return rows;
}
