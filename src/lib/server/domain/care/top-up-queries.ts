import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';

/** A prescription with its treatment and the top-up of that, and who may book it: its patient, its prescriber, its injector. */
export type TopUpPlan = {
  prescriptionId: string;
  patientId: string;
  patientName: string;
  patientAccountId: string | null;
  prescriberAccountId: string;
  prescriberName: string;
  injectorId: string;
  injectorAccountId: string;
  injectorName: string;
  clinicId: string;
  jurisdiction: string;
  timeZone: string;
  isClosed: boolean;
  productName: string;
  topUpUnits: number;
  regions: string[];
  treatmentId: string | null;
  topUpId: string | null;
};

/** Row-level security shows it to the patient and to practitioners who see the patient; nobody else finds any. */
export async function findTopUpPlan(trx: Trx, prescriptionId: string): Promise<TopUpPlan | undefined> {
  const { rows } = await sql<TopUpPlan>`
    SELECT x.id AS "prescriptionId", x.patient_id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName", p.account_id AS "patientAccountId",
           d.account_id AS "prescriberAccountId", concat_ws(' ', d.title, d.display_name) AS "prescriberName",
           x.injector_id AS "injectorId", i.account_id AS "injectorAccountId", concat_ws(' ', i.title, i.display_name) AS "injectorName",
           x.clinic_id AS "clinicId", x.jurisdiction, v.time_zone AS "timeZone", e.state = 'closed' AS "isClosed",
           m.name AS "productName", x.top_up_units AS "topUpUnits", x.regions, t.id AS "treatmentId", u.id AS "topUpId"
      FROM prescription x
      JOIN patient p ON p.id = x.patient_id JOIN practitioner d ON d.id = x.prescriber_id JOIN practitioner i ON i.id = x.injector_id
      JOIN product m ON m.code = x.product_code
      JOIN appointment v ON v.id = x.consultation_appointment_id JOIN care_episode e ON e.id = x.episode_id
      LEFT JOIN LATERAL (SELECT a.id FROM appointment a WHERE a.prescription_id = x.id AND a.top_up_of_id IS NULL
                          AND a.state IN ('started', 'completed', 'stopped') ORDER BY a.created_at DESC LIMIT 1) t ON true
      LEFT JOIN LATERAL (SELECT a.id FROM appointment a WHERE a.top_up_of_id = t.id
                          AND a.state NOT IN ('cancelled', 'no_show', 'left_unseen', 'expired') ORDER BY a.created_at DESC LIMIT 1) u ON true
     WHERE x.id = ${prescriptionId}`.execute(trx);
  return rows[0];
}
