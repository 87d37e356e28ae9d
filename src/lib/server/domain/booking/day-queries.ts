import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
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
