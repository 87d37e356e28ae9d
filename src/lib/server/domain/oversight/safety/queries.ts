import { sql } from 'kysely';
import type { Db, Trx } from '#lib/server/platform/db.ts';

/** How many a recall of this batch would name. */
export async function countTreatedFrom(trx: Trx, productCode: string, batch: string) {
  const { rows } = await sql<{
    treatments: number;
    patients: number;
    practitioners: number;
    clinics: number;
    firstAt: Temporal.Instant | null;
    lastAt: Temporal.Instant | null;
  }>`SELECT treatments, patients, practitioners, clinics, first_at AS "firstAt", last_at AS "lastAt"
       FROM count_treated_from(${productCode}, ${batch})`.execute(trx);
  return rows[0]!;
}

export async function insertRecall(
  trx: Trx,
  recall: { productCode: string; batch: string; why: string; advice: string },
): Promise<string> {
  const { id } = await trx
    .insertInto('batch_recall')
    .values({
      product_code: recall.productCode,
      batch: recall.batch,
      why: recall.why,
      advice: recall.advice,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Decides on a recall; false where there is none. Confirmed, it names everybody treated, in the same statement. */
export async function decideOnRecall(
  trx: Trx,
  recallId: string,
  decision: 'confirmed' | 'withdrawn',
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('batch_recall')
    .set({ state: decision })
    .where('id', '=', recallId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

const reached = sql`EXISTS (SELECT FROM batch_recall_reach c WHERE c.recall_id = t.recall_id AND c.patient_id = t.patient_id AND c.how IN ('read', 'spoken'))`;

/** All recalls, the newest first, with how many they name and how many of those were reached. */
export async function findRecalls(trx: Trx, recallId?: string) {
  const { rows } = await sql<{
    id: string;
    productCode: string;
    productName: string;
    batch: string;
    why: string;
    advice: string;
    state: 'proposed' | 'confirmed' | 'withdrawn';
    proposedBy: string;
    proposedAt: Temporal.Instant;
    isMine: boolean;
    decidedBy: string | null;
    decidedAt: Temporal.Instant | null;
    patients: number;
    told: number;
    reached: number;
  }>`
    SELECT r.id, r.product_code AS "productCode", p.name AS "productName", r.batch, r.why, r.advice, r.state, x.display_name AS "proposedBy", r.proposed_at AS "proposedAt",
           r.proposed_by = current_actor() AS "isMine", y.display_name AS "decidedBy", r.decided_at AS "decidedAt",
           coalesce(n.patients, 0) AS patients, coalesce(n.told, 0) AS told, coalesce(n.reached, 0) AS reached
      FROM batch_recall r
      JOIN product p ON p.code = r.product_code
      JOIN account x ON x.id = r.proposed_by
      LEFT JOIN account y ON y.id = r.decided_by
      LEFT JOIN LATERAL (
        SELECT count(DISTINCT t.patient_id)::int AS patients, count(DISTINCT t.patient_id) FILTER (WHERE ${reached})::int AS reached,
               count(DISTINCT t.patient_id) FILTER (WHERE EXISTS (SELECT FROM batch_recall_reach c
                 WHERE c.recall_id = t.recall_id AND c.patient_id = t.patient_id AND c.how = 'letter'))::int AS told
          FROM batch_recall_treatment t WHERE t.recall_id = r.id) n ON true
     WHERE ${recallId ?? null}::uuid IS NULL OR r.id = ${recallId ?? null}
     ORDER BY r.proposed_at DESC LIMIT 100`.execute(trx);
  return rows;
}

/** Exactly whom a recall names, by clinic and name. */
export async function findNamed(trx: Trx, recallId: string) {
  const { rows } = await sql<{
    patientId: string;
    patientName: string;
    clinicName: string;
    clinicPhone: string;
    injectorName: string;
    startedAt: Temporal.Instant;
    timeZone: string;
    hasAddress: boolean;
    reach: string[];
  }>`
    SELECT t.patient_id AS "patientId", concat_ws(' ', n.given_name, n.family_name) AS "patientName", k.name AS "clinicName", k.phone AS "clinicPhone",
           concat_ws(' ', i.title, i.display_name) AS "injectorName", a.started_at AS "startedAt", a.time_zone AS "timeZone", n.account_id IS NOT NULL AS "hasAddress",
           ARRAY(SELECT c.how FROM batch_recall_reach c WHERE c.recall_id = t.recall_id AND c.patient_id = t.patient_id ORDER BY c.said_at) AS reach
      FROM batch_recall_treatment t
      JOIN appointment a ON a.id = t.appointment_id
      JOIN patient n ON n.id = t.patient_id
      JOIN clinic k ON k.id = a.clinic_id
      JOIN practitioner i ON i.id = t.injector_id
     WHERE t.recall_id = ${recallId}
     ORDER BY k.name, n.family_name, n.given_name, a.started_at`.execute(trx);
  return rows;
}

/** Confirmed recalls. */
export async function findConfirmedRecalls(db: Db): Promise<{ id: string }[]> {
  return db.selectFrom('batch_recall').where('state', '=', 'confirmed').select('id').execute();
}

/** Names whoever was written down since. */
export async function nameRecalled(trx: Trx, recallId: string): Promise<void> {
  await sql`SELECT name_recalled(${recallId})`.execute(trx);
}

/** Some of those whom a recall names and nobody has written to, who have an address; locked for this transaction. */
export async function findUntold(trx: Trx, recallId: string, most: number) {
  const { rows } = await sql<{ patientId: string; name: string; email: string }>`
    SELECT n.id AS "patientId", n.given_name AS name, x.email
      FROM patient n JOIN account x ON x.id = n.account_id
     WHERE n.id IN (SELECT t.patient_id FROM batch_recall_treatment t WHERE t.recall_id = ${recallId})
       AND NOT EXISTS (SELECT FROM batch_recall_reach c WHERE c.recall_id = ${recallId} AND c.patient_id = n.id AND c.how = 'letter')
     ORDER BY n.id LIMIT ${most}`.execute(trx);
  return rows;
}

/** Written down that a letter goes out; those for whom it was already are left out of the answer. */
export async function insertLetters(
  trx: Trx,
  recallId: string,
  patientIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO batch_recall_reach (recall_id, patient_id, how) SELECT ${recallId}, unnest(${patientIds}::uuid[]), 'letter'
    ON CONFLICT DO NOTHING RETURNING patient_id AS id`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}

/** Who treated or prescribed for somebody whom a recall names. */
export async function findPractitionersOfRecall(trx: Trx, recallId: string) {
  const { rows } = await sql<{ name: string; email: string }>`
    SELECT p.display_name AS name, x.email FROM practitioner p JOIN account x ON x.id = p.account_id
     WHERE p.id IN (SELECT unnest(ARRAY[t.injector_id, t.prescriber_id]) FROM batch_recall_treatment t WHERE t.recall_id = ${recallId})
     ORDER BY p.id`.execute(trx);
  return rows;
}

/** Opens cases for clusters; answers with the new ones. */
export async function openSafetyCases(trx: Trx): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT open_safety_cases() AS id`.execute(trx);
  return rows.map(({ id }) => id);
}

/** The addresses of Steadyhand's operators. */
export function findOperators(trx: Trx) {
  return trx
    .selectFrom('staff as s')
    .innerJoin('account as x', 'x.id', 's.account_id')
    .where('s.role', '=', 'operator')
    .select(['x.display_name as name', 'x.email'])
    .execute();
}

/** Cases with the events that they count; open ones first. */
export async function findSafetyCases(trx: Trx) {
  const { rows } = await sql<{
    id: string;
    about: 'batch' | 'injector';
    why: 'lid_droop' | 'botulism_like';
    productCode: string | null;
    productName: string | null;
    key: string | null;
    injectorName: string | null;
    openedAt: Temporal.Instant;
    closedAt: Temporal.Instant | null;
    closedBy: string | null;
    finding: string;
    reference: string;
    events: { code: string; onsetOn: string; severity: string; batch: string; place: string }[];
  }>`
    SELECT c.id, c.about, c.why, c.product_code AS "productCode", p.name AS "productName", c.key, concat_ws(' ', i.title, i.display_name) AS "injectorName",
           c.opened_at AS "openedAt", c.closed_at AS "closedAt", x.display_name AS "closedBy", c.finding, c.reference,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('code', e.code, 'onsetOn', e.onset_on, 'severity', e.severity, 'batch', e.batch, 'place', concat_ws(', ', k.name, l.locality)) ORDER BY e.told_at), '[]')
              FROM safety_case_event n JOIN adverse_event e ON e.id = n.event_id JOIN location l ON l.id = e.location_id JOIN clinic k ON k.id = l.clinic_id
             WHERE n.case_id = c.id) AS events
      FROM safety_case c
      LEFT JOIN product p ON p.code = c.product_code
      LEFT JOIN practitioner i ON i.id = c.injector_id
      LEFT JOIN account x ON x.id = c.closed_by
     ORDER BY c.closed_at DESC NULLS FIRST, c.opened_at LIMIT 100`.execute(trx);
  return rows;
}

/** Closes a case; false where there is none. */
export async function closeCase(
  trx: Trx,
  input: { caseId: string; finding: string; reference: string },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('safety_case')
    .set({ finding: input.finding, reference: input.reference })
    .where('id', '=', input.caseId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
