import { sql } from 'kysely';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Trx } from '#lib/server/platform/db.ts';
import { localDate } from '../shared/dates.ts';
import { intervalsOf, type Intervals, type Treated } from './intervals.ts';

/**
 * What the interval counts of a patient, as a chart and a table have it: over all products, places and practitioners known
 * here, and as told from elsewhere (G7). Read by the patient, and by who holds a consultation with them.
 */
export async function readIntervals(
  trx: Trx,
  about: { patientId: string; jurisdiction: string; timeZone: string },
): Promise<Intervals | null> {
  const { rows: treatments } = await sql<Treated>`
    SELECT a.id, (a.started_at AT TIME ZONE a.time_zone)::date::text AS on, p.name AS "productName",
           a.retreatment_days AS "retreatmentDays", a.top_up_of_id IS NOT NULL AS "isTopUp"
      FROM appointment a JOIN product p ON p.code = a.product_code
     WHERE a.patient_id = ${about.patientId} AND a.kind = 'treatment' AND a.state IN ('completed', 'stopped')
     ORDER BY a.started_at DESC LIMIT 12`.execute(trx);
  const { rows: elsewhere } = await sql<{ on: string | null; retreatmentDays: number | null }>`
    SELECT (SELECT max(h.last_treated_elsewhere_on)::text FROM health_answers h WHERE h.patient_id = ${about.patientId}) AS on,
           (SELECT max(p.retreatment_days) FROM licensed_product l JOIN product p ON p.code = l.product_code
             WHERE l.jurisdiction = ${about.jurisdiction}) AS "retreatmentDays"`.execute(trx);
  const { on, retreatmentDays } = elsewhere[0]!;
  return intervalsOf(
    treatments,
    on === null || retreatmentDays === null ? null : { on, retreatmentDays },
    localDate(await appNow(trx), about.timeZone),
  );
}
