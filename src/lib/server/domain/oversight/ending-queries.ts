import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { EndingInput } from './input.ts';

/** Who says so, and until when somebody must be there, the database writes beside it. */
export async function insertEnding(
  trx: Trx,
  practitionerId: string,
  ending: Omit<EndingInput, 'sure'>,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO practice_ending (practitioner_id, kind, records_custodian, records_contact, cover_name, cover_phone, said_by, said_at)
    VALUES (${practitionerId}, ${ending.kind}, ${ending.recordsCustodian}, ${ending.recordsContact}, ${ending.coverName}, ${ending.coverPhone},
            current_actor(), app_now())
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

/** The last visit of each patient whom somebody has ever seen, or prescribed for. */
export async function findEverSeen(trx: Queryable, practitionerId: string) {
  const { rows } = await sql<{ id: string; clinicId: string }>`
    SELECT DISTINCT ON (a.patient_id) a.id, a.clinic_id AS "clinicId" FROM appointment a
     WHERE (a.practitioner_id = ${practitionerId} OR a.prescriber_id = ${practitionerId}) AND a.state IN ('started', 'completed', 'stopped')
     ORDER BY a.patient_id, lower(a.during) DESC`.execute(trx);
  return rows;
}

/** One practitioner, and what an ending would mean. */
export async function findForEnding(db: Queryable, who: { id: string } | { accountId: string }) {
  const { rows } = await sql<{
    id: string;
    name: string;
    accountId: string;
    standing: string;
    upcoming: number;
    treatedLately: number;
    recordsCustodian: string | null;
  }>`
    SELECT p.id, concat_ws(' ', p.title, p.display_name) AS name, p.account_id AS "accountId", p.standing, p.records_custodian AS "recordsCustodian",
           (SELECT count(*)::int FROM appointment a WHERE a.state IN ('confirmed', 'arrived') AND p.id IN (a.practitioner_id, a.prescriber_id)) AS upcoming,
           (SELECT count(DISTINCT a.patient_id)::int FROM appointment a
             WHERE a.kind = 'treatment' AND a.state IN ('started', 'completed', 'stopped') AND p.id IN (a.practitioner_id, a.prescriber_id)
               AND coalesce(a.ended_at, app_now()) > app_now() - interval '28 days') AS "treatedLately"
      FROM practitioner p WHERE ${'id' in who ? sql`p.id = ${who.id}` : sql`p.account_id = ${who.accountId}`}`.execute(
    db,
  );
  return rows[0];
}
