import { sql, type RawBuilder } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import type { Finding } from './marks.ts';
import type { Notice } from './notice.ts';

/** How an appointment stands towards the notice of its practice, by the clock of the database. */
export async function findNotice(db: Queryable, appointmentId: string): Promise<Notice> {
  const { rows } = await sql<Notice>`
    SELECT w.cancel_notice_hours AS "cancelHours", w.move_notice_hours AS "moveHours", c.phone,
           app_now() > lower(a.during) - w.cancel_notice_hours * interval '1 hour' AS "isShortToCancel",
           app_now() > lower(a.during) - w.move_notice_hours * interval '1 hour' AS "isShortToMove",
           coalesce(app_now() < a.consultation_signed_at + interval '1 hour'
             * policy_number(a.jurisdiction, 'cooling_off_hours_first_or_changed', (app_now() AT TIME ZONE a.time_zone)::date), false) AS "isThinking",
           EXISTS (SELECT FROM event e WHERE e.subject_type = 'appointment' AND e.subject_id = a.id
                    AND e.type IN ('appointment.moved', 'appointment.rebooked') AND e.payload ->> 'by' = 'practice') AS "movedByPractice",
           r.minutes AS "lateMinutes"
      FROM appointment a
      JOIN practice w ON w.practitioner_id = a.practitioner_id AND w.location_id = a.location_id
      JOIN clinic c ON c.id = a.clinic_id
      LEFT JOIN running_late r ON r.practitioner_id = a.practitioner_id AND r.location_id = a.location_id AND r.withdrawn_at IS NULL
        AND r.on_date = (lower(a.during) AT TIME ZONE a.time_zone)::date
     WHERE a.id = ${appointmentId}`.execute(db);
  return rows[0]!;
}

// Running late

/** Whose session, where. */
export interface Session {
  practitionerId: string;
  locationId: string;
}

/** What is said of today's session, if anything, locked. */
export async function lockRunningLate(trx: Trx, { practitionerId, locationId }: Session) {
  const { rows } = await sql<{ id: string; minutes: number }>`
    SELECT r.id, r.minutes FROM running_late r JOIN location l ON l.id = r.location_id
     WHERE r.practitioner_id = ${practitionerId} AND r.location_id = ${locationId} AND r.withdrawn_at IS NULL
       AND r.on_date = (app_now() AT TIME ZONE l.time_zone)::date FOR UPDATE OF r`.execute(trx);
  return rows[0];
}

export async function withdrawRunningLate(trx: Trx, id: string): Promise<void> {
  await sql`UPDATE running_late SET withdrawn_at = app_now() WHERE id = ${id}`.execute(trx);
}

export async function insertRunningLate(
  trx: Trx,
  { practitionerId, locationId, minutes }: Session & { minutes: number },
): Promise<void> {
  await sql`
    INSERT INTO running_late (practitioner_id, location_id, on_date, minutes)
    SELECT ${practitionerId}, l.id, (app_now() AT TIME ZONE l.time_zone)::date, ${minutes} FROM location l WHERE l.id = ${locationId}`.execute(
    trx,
  );
}

/** Who is still to come today. */
export async function findStillToCome(trx: Trx, { practitionerId, locationId }: Session) {
  const { rows } = await sql<{ id: string; clinicId: string }>`
    SELECT a.id, a.clinic_id AS "clinicId" FROM appointment a
     WHERE a.practitioner_id = ${practitionerId} AND a.location_id = ${locationId} AND a.state = 'confirmed'
       AND lower(a.during) > app_now() AND a.during && tstzrange(app_now(), app_now() + interval '1 day')
       AND (lower(a.during) AT TIME ZONE a.time_zone)::date = (app_now() AT TIME ZONE a.time_zone)::date
     ORDER BY lower(a.during)`.execute(trx);
  return rows;
}

/** Today's sessions that an account may speak for: a practitioner's own, and those of its clinics for the desk. */
export async function findSessions(db: Queryable, accountId: string) {
  const { rows } = await sql<
    Session & { name: string; isSelf: boolean; locationName: string; minutes: number | null; toCome: number }
  >`
    SELECT w.practitioner_id AS "practitionerId", w.location_id AS "locationId", concat_ws(' ', p.title, p.display_name) AS name,
           p.account_id = ${accountId} AS "isSelf", l.name AS "locationName", r.minutes,
           (SELECT count(*)::int FROM appointment a WHERE a.practitioner_id = w.practitioner_id AND a.location_id = w.location_id
             AND a.state = 'confirmed' AND lower(a.during) > app_now() AND a.during && tstzrange(app_now(), app_now() + interval '1 day')
             AND (lower(a.during) AT TIME ZONE a.time_zone)::date = (app_now() AT TIME ZONE a.time_zone)::date) AS "toCome"
      FROM practice w JOIN practitioner p ON p.id = w.practitioner_id JOIN location l ON l.id = w.location_id
      LEFT JOIN running_late r ON r.practitioner_id = w.practitioner_id AND r.location_id = w.location_id AND r.withdrawn_at IS NULL
        AND r.on_date = (app_now() AT TIME ZONE l.time_zone)::date
     WHERE p.account_id = ${accountId} OR EXISTS (SELECT FROM clinic_member m WHERE m.account_id = ${accountId} AND m.clinic_id = l.clinic_id AND m.valid @> app_now())
     ORDER BY l.name, p.family_name, p.id`.execute(db);
  return rows;
}

// What is said about coming

/** Whether somebody has said that the patient will come, at this time, to the appointment of this row. */
export function willCome(row: 'a' | 'appointment'): RawBuilder<boolean> {
  return sql`EXISTS (SELECT FROM visit_word w WHERE w.appointment_id = ${sql.ref(`${row}.id`)}
    AND w.starts_at = lower(${sql.ref(`${row}.during`)}) AND w.word = 'will_come')`;
}

/** How late the patient of this row will be, if somebody has said so. */
export function saidLateMinutes(row: 'a' | 'appointment'): RawBuilder<number | null> {
  return sql`(SELECT w.minutes FROM visit_word w WHERE w.appointment_id = ${sql.ref(`${row}.id`)}
    AND w.starts_at = lower(${sql.ref(`${row}.during`)}) AND w.word = 'late')`;
}

/** Answers whether it is anything new. */
export async function saveWord(
  trx: Trx,
  appointmentId: string,
  said: { word: string; minutes?: number },
): Promise<boolean> {
  // The time is the visit's own: a trigger puts it there before the key is looked at.
  const { rows } = await sql`
    INSERT INTO visit_word (appointment_id, starts_at, word, minutes, said_by, said_at)
    SELECT id, lower(during), ${said.word}, ${said.minutes ?? null}::smallint, current_actor(), app_now() FROM appointment WHERE id = ${appointmentId}
    ON CONFLICT (appointment_id, starts_at, word) DO UPDATE SET minutes = excluded.minutes
     WHERE visit_word.minutes IS DISTINCT FROM excluded.minutes
    RETURNING 1`.execute(trx);
  return rows.length > 0;
}

// Marks

/** What is noted about how an appointment ended, and what became of that. */
export async function findMark(db: Queryable, appointmentId: string) {
  const { rows } = await sql<{
    state: string;
    noShowBy: 'patient' | 'practitioner' | null;
    isLate: boolean;
    mayAppeal: boolean;
    appealId: string | null;
    words: string | null;
    finding: Finding | null;
    reason: string | null;
  }>`
    SELECT a.state, a.no_show_by AS "noShowBy", a.cancelled_late AS "isLate", v.id AS "appealId", v.words, k.finding, k.reason,
           v.id IS NULL AND k.id IS NULL AND (a.no_show_by = 'patient' OR a.state = 'left_unseen' OR a.cancelled_late)
             AND app_now() <= coalesce(a.marked_at, upper(a.during)) + interval '14 days' AS "mayAppeal"
      FROM appointment a LEFT JOIN appointment_appeal v ON v.appointment_id = a.id LEFT JOIN appointment_correction k ON k.appointment_id = a.id
     WHERE a.id = ${appointmentId}`.execute(db);
  return rows[0];
}

export async function isOperator(db: Queryable, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('staff')
    .where('account_id', '=', accountId)
    .where('role', '=', 'operator')
    .select('account_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Appeals that nobody has answered: of an account's own visits and clinics, or all of them for an operator. */
export async function findOpenAppeals(db: Queryable, accountId: string, all: boolean) {
  const { rows } = await sql<{
    appointmentId: string;
    patientId: string;
    patientName: string;
    practitionerName: string;
    kind: string;
    during: InstantRange;
    timeZone: string;
    state: string;
    noShowBy: 'patient' | 'practitioner' | null;
    words: string;
    madeAt: Temporal.Instant;
    isMarker: boolean;
  }>`
    SELECT a.id AS "appointmentId", a.patient_id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName",
           concat_ws(' ', r.title, r.display_name) AS "practitionerName", a.kind, a.during, a.time_zone AS "timeZone", a.state, a.no_show_by AS "noShowBy",
           v.words, v.made_at AS "madeAt", coalesce(a.marked_by = ${accountId}, false) AS "isMarker"
      FROM appointment_appeal v JOIN appointment a ON a.id = v.appointment_id JOIN patient p ON p.id = a.patient_id
      JOIN practitioner r ON r.id = a.practitioner_id
     WHERE NOT EXISTS (SELECT FROM appointment_correction k WHERE k.appointment_id = a.id)
       AND (${all} OR r.account_id = ${accountId}
            OR EXISTS (SELECT FROM clinic_member m WHERE m.account_id = ${accountId} AND m.clinic_id = a.clinic_id AND m.valid @> app_now()))
     ORDER BY v.made_at`.execute(db);
  return rows;
}

export async function insertAppeal(
  trx: Trx,
  appeal: { appointmentId: string; words: string },
): Promise<void> {
  await sql`INSERT INTO appointment_appeal (appointment_id, words) VALUES (${appeal.appointmentId}, ${appeal.words})`.execute(
    trx,
  );
}

export async function insertCorrection(
  trx: Trx,
  correction: { appointmentId: string; appealId: string | null; finding: Finding; reason: string },
): Promise<void> {
  await sql`
    INSERT INTO appointment_correction (appointment_id, appeal_id, finding, reason)
    VALUES (${correction.appointmentId}, ${correction.appealId}, ${correction.finding}, ${correction.reason})`.execute(
    trx,
  );
}
