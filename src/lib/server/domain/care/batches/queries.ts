import { sql } from 'kysely';
import type { Db, Trx } from '#lib/server/platform/db.ts';

export async function insertQuarantine(
  trx: Trx,
  input: { productCode: string; batch: string; locationId: string | null; reason: string },
): Promise<string> {
  const { id } = await trx
    .insertInto('batch_quarantine')
    .values({
      product_code: input.productCode,
      batch: input.batch,
      location_id: input.locationId,
      reason: input.reason,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Lets a batch go; false where the actor sees none of that id. Who and when is the database's to write. */
export async function releaseBatch(trx: Trx, quarantineId: string, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('batch_quarantine')
    .set({ release_reason: reason })
    .where('id', '=', quarantineId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** What is put aside as far as the actor may see it, and what was let go lately. */
export async function findQuarantines(trx: Trx) {
  const { rows } = await sql<{
    id: string;
    productName: string;
    batch: string;
    place: string | null;
    timeZone: string | null;
    reason: string;
    placedBy: string;
    placedAt: Temporal.Instant;
    releasedBy: string | null;
    releasedAt: Temporal.Instant | null;
    releaseReason: string;
    isMine: boolean;
  }>`
    SELECT q.id, p.name AS "productName", q.batch, concat_ws(', ', k.name, l.locality) AS place, l.time_zone AS "timeZone", q.reason,
           CASE WHEN q.adverse_event_id IS NULL THEN x.display_name ELSE 'The system' END AS "placedBy", q.placed_at AS "placedAt",
           y.display_name AS "releasedBy", q.released_at AS "releasedAt", q.release_reason AS "releaseReason", q.placed_by = current_actor() AS "isMine"
      FROM batch_quarantine q
      JOIN product p ON p.code = q.product_code
      JOIN account x ON x.id = q.placed_by
      LEFT JOIN account y ON y.id = q.released_by
      LEFT JOIN location l ON l.id = q.location_id
      LEFT JOIN clinic k ON k.id = l.clinic_id
     WHERE q.released_at IS NULL OR q.released_at > app_now() - interval '28 days'
     ORDER BY q.released_at DESC NULLS FIRST, q.placed_at DESC LIMIT 200`.execute(trx);
  return rows;
}

/** Products, for a choice. */
export function findProducts(trx: Trx | Db) {
  return trx.selectFrom('product').select(['code as value', 'name as label']).orderBy('name').execute();
}

/** The places where this practitioner works. */
export async function findPlacesOfWork(trx: Trx, practitionerId: string) {
  const { rows } = await sql<{ value: string; label: string; timeZone: string }>`
    SELECT l.id AS value, concat_ws(', ', k.name, l.street, l.locality) AS label, l.time_zone AS "timeZone"
      FROM practice w JOIN location l ON l.id = w.location_id JOIN clinic k ON k.id = l.clinic_id
     WHERE w.practitioner_id = ${practitionerId} ORDER BY label`.execute(trx);
  return rows;
}

/** Whom recalls name among those whom this practitioner treated or prescribed for, and how far each was reached. */
export async function findRecalledOf(trx: Trx, practitionerId: string) {
  const { rows } = await sql<{
    recallId: string;
    batch: string;
    productName: string;
    advice: string;
    patientId: string;
    patientName: string;
    phone: string | null;
    appointmentId: string;
    startedAt: Temporal.Instant;
    timeZone: string;
    decidedAt: Temporal.Instant;
    reach: { how: string; at: string; words: string }[];
  }>`
    SELECT r.id AS "recallId", r.batch, p.name AS "productName", r.advice, t.patient_id AS "patientId",
           concat_ws(' ', n.given_name, n.family_name) AS "patientName", n.phone, t.appointment_id AS "appointmentId", a.started_at AS "startedAt",
           a.time_zone AS "timeZone", r.decided_at AS "decidedAt",
           (SELECT coalesce(jsonb_agg(jsonb_build_object('how', c.how, 'at', c.said_at, 'words', c.words) ORDER BY c.said_at), '[]')
              FROM batch_recall_reach c WHERE c.recall_id = r.id AND c.patient_id = t.patient_id) AS reach
      FROM batch_recall r
      JOIN product p ON p.code = r.product_code
      JOIN batch_recall_treatment t ON t.recall_id = r.id
      JOIN appointment a ON a.id = t.appointment_id
      JOIN patient n ON n.id = t.patient_id
     WHERE r.state = 'confirmed' AND (t.injector_id = ${practitionerId} OR t.prescriber_id = ${practitionerId})
     ORDER BY r.decided_at DESC, n.family_name, n.given_name, a.started_at`.execute(trx);
  return rows;
}

/** A recall that names the patient who acts; undefined for anybody else. */
export async function findOwnRecall(trx: Trx, patientId: string, recallId: string) {
  const { rows } = await sql<{
    id: string;
    advice: string;
    batch: string;
    decidedAt: Temporal.Instant;
    clinicName: string;
    clinicPhone: string;
    jurisdiction: string;
    timeZone: string;
    appointmentId: string;
    startedAt: Temporal.Instant;
    practitionerName: string;
    readAt: Temporal.Instant | null;
  }>`
    SELECT r.id, r.advice, r.batch, r.decided_at AS "decidedAt", k.name AS "clinicName", k.phone AS "clinicPhone", a.jurisdiction, a.time_zone AS "timeZone",
           a.id AS "appointmentId", a.started_at AS "startedAt", concat_ws(' ', i.title, i.display_name) AS "practitionerName",
           (SELECT c.said_at FROM batch_recall_reach c WHERE c.recall_id = r.id AND c.patient_id = t.patient_id AND c.how = 'read') AS "readAt"
      FROM batch_recall r
      JOIN batch_recall_treatment t ON t.recall_id = r.id
      JOIN appointment a ON a.id = t.appointment_id
      JOIN clinic k ON k.id = a.clinic_id
      JOIN practitioner i ON i.id = t.injector_id
     WHERE r.id = ${recallId} AND t.patient_id = ${patientId} AND r.state = 'confirmed'
     ORDER BY a.started_at DESC`.execute(trx);
  return rows;
}

/** Recalls that name this patient and that the patient has not read. */
export async function findUnreadRecalls(trx: Trx, patientId: string): Promise<{ id: string }[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT t.recall_id AS id FROM batch_recall_treatment t
     WHERE t.patient_id = ${patientId}
       AND NOT EXISTS (SELECT FROM batch_recall_reach c WHERE c.recall_id = t.recall_id AND c.patient_id = t.patient_id AND c.how = 'read')`.execute(
    trx,
  );
  return rows;
}

export async function insertReach(
  trx: Trx,
  reach: { recallId: string; patientId: string; how: string; words: string },
): Promise<void> {
  await trx
    .insertInto('batch_recall_reach')
    .values({
      recall_id: reach.recallId,
      patient_id: reach.patientId,
      how: reach.how,
      words: reach.words,
    })
    .execute();
}
