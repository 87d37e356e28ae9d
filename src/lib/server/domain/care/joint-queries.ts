import { sql } from 'kysely';
import { rangeValue, type Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import type { ClaimedSlot } from '../availability/claim.ts';

/** A consultation behind which the same treatment as last time may follow, and whose hands gave it. */
export interface JointPlan {
  during: InstantRange;
  locationId: string;
  timeZone: string;
  injectorId: string;
  injectorName: string;
}

/**
 * For a confirmed consultation of somebody treated at this clinic within 12 months, by its prescriber or under that
 * prescriber's supervision, where the same plan needs no time to think and the interval is over by then.
 */
export async function findJointPlan(trx: Trx, appointmentId: string): Promise<JointPlan | undefined> {
  const { rows } = await sql<JointPlan>`
    SELECT a.during, a.location_id AS "locationId", a.time_zone AS "timeZone", i.id AS "injectorId", concat_ws(' ', i.title, i.display_name) AS "injectorName"
      FROM appointment a
      JOIN appointment b ON b.patient_id = a.patient_id AND b.clinic_id = a.clinic_id AND b.kind = 'treatment' AND b.state = 'completed'
       AND b.started_at > lower(a.during) - interval '12 months'
      JOIN practitioner i ON i.id = b.practitioner_id
     WHERE a.id = ${appointmentId} AND a.kind = 'consultation' AND a.state = 'confirmed'
       AND (i.id = a.practitioner_id OR EXISTS (SELECT FROM supervision s WHERE s.injector_id = i.id AND s.prescriber_id = a.practitioner_id
             AND s.jurisdiction = a.jurisdiction AND s.valid @> a.during))
       AND policy_number(a.jurisdiction, 'cooling_off_hours_unchanged', (lower(a.during) AT TIME ZONE a.time_zone)::date) = 0
       AND NOT EXISTS (SELECT FROM appointment recent WHERE recent.patient_id = a.patient_id AND recent.clear_until @> upper(a.during)
             AND recent.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired'))
     ORDER BY b.started_at DESC LIMIT 1`.execute(trx);
  return rows[0];
}

/** Time that is kept behind a consultation. */
export interface KeptTime {
  id: string;
  blockId: string;
  during: InstantRange;
  until: Temporal.Instant;
  locationId: string;
  timeZone: string;
  injectorName: string;
}

/** What is kept now behind this consultation, or for this prescription that came of it. */
export function findKeptTime(
  trx: Trx,
  of: { appointmentId: string } | { prescriptionId: string },
): Promise<KeptTime | undefined> {
  let kept = trx
    .selectFrom('joint_reservation as j')
    .innerJoin('practitioner as i', 'i.id', 'j.injector_id')
    .innerJoin('location as l', 'l.id', 'j.location_id')
    .where('j.ended_at', 'is', null)
    .where('j.kept_until', '>', sql<Temporal.Instant>`app_now()`);
  if ('appointmentId' in of) kept = kept.where('j.consultation_appointment_id', '=', of.appointmentId);
  else {
    kept = kept.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('prescription as rx')
          .where('rx.id', '=', of.prescriptionId)
          .whereRef('rx.consultation_appointment_id', '=', 'j.consultation_appointment_id')
          .whereRef('rx.injector_id', '=', 'j.injector_id')
          .select('rx.id'),
      ),
    );
  }
  return kept
    .select([
      'j.id',
      sql<string>`j.block_id`.as('blockId'),
      'j.during',
      'j.kept_until as until',
      'j.location_id as locationId',
      'l.time_zone as timeZone',
      sql<string>`concat_ws(' ', i.title, i.display_name)`.as('injectorName'),
    ])
    .executeTakeFirst();
}

/** Whether this account is the consultation's patient or its practitioner, or works at the desk of its clinic. */
export async function hasPartIn(trx: Trx, appointmentId: string, accountId: string | null): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM appointment a
     WHERE a.id = ${appointmentId}
       AND (EXISTS (SELECT FROM patient p WHERE p.id = a.patient_id AND p.account_id = ${accountId})
         OR EXISTS (SELECT FROM practitioner r WHERE r.id = a.practitioner_id AND r.account_id = ${accountId})
         OR EXISTS (SELECT FROM clinic_member m WHERE m.clinic_id = a.clinic_id AND m.account_id = ${accountId} AND m.valid @> app_now()))`.execute(
    trx,
  );
  return rows.length > 0;
}

export async function insertKeptTime(
  trx: Trx,
  { appointmentId, claimed }: { appointmentId: string; claimed: ClaimedSlot },
): Promise<void> {
  await sql`
    INSERT INTO joint_reservation (consultation_appointment_id, injector_id, location_id, during, block_id, block_span, kept_until)
    SELECT ${appointmentId}::uuid, practitioner_id, location_id, ${rangeValue(claimed.during)}, id, span, reserved_until
      FROM block WHERE id = ${claimed.blockId}`.execute(trx);
}

/** Says what became of kept time whose block is about to be given up. */
export async function endKeptTime(
  trx: Trx,
  { id, blockId }: KeptTime,
  outcome: 'treated' | 'let_go',
): Promise<void> {
  // In the order of everybody who ends reserved time: first the block.
  await trx.selectFrom('block').where('id', '=', blockId).select('id').forUpdate().execute();
  await trx.updateTable('joint_reservation').set({ outcome }).where('id', '=', id).execute();
}
