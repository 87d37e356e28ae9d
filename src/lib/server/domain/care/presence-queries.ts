import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';

/** The places of a practitioner, each with since when and until when they say they are there, and whether anybody injects under them. */
export async function findPresence(trx: Trx, practitionerId: string) {
  const { rows } = await sql<{
    locationId: string;
    name: string;
    timeZone: string;
    since: Temporal.Instant | null;
    until: Temporal.Instant | null;
    standsFor: boolean;
  }>`
    SELECT EXISTS (SELECT FROM supervision s WHERE s.prescriber_id = w.practitioner_id AND s.valid @> app_now()) AS "standsFor", l.id AS "locationId", concat_ws(', ', l.name, l.street, l.locality) AS name, l.time_zone AS "timeZone", p.began_at AS since, p.ends_at AS until
      FROM practice w JOIN location l ON l.id = w.location_id
      LEFT JOIN presence p ON p.practitioner_id = w.practitioner_id AND p.location_id = w.location_id
           AND p.began_at <= app_now() AND app_now() < p.ends_at
     WHERE w.practitioner_id = ${practitionerId} ORDER BY l.name, l.id`.execute(trx);
  return rows;
}

/** They are there from now on; nothing more where they have said so already. */
export async function insertPresence(trx: Trx, practitionerId: string, locationId: string): Promise<void> {
  await sql`INSERT INTO presence (practitioner_id, location_id) VALUES (${practitionerId}, ${locationId})
    ON CONFLICT DO NOTHING`.execute(trx);
}

/** They have left; or only the other places, where they are at one. */
export async function endPresence(
  trx: Trx,
  practitionerId: string,
  exceptLocationId: string | null,
): Promise<void> {
  await sql`UPDATE presence SET ends_at = app_now()
     WHERE practitioner_id = ${practitionerId} AND ends_at > app_now() AND location_id IS DISTINCT FROM ${exceptLocationId}::uuid`.execute(
    trx,
  );
}
