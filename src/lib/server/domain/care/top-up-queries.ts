import { sql } from 'kysely';
import { rangeValue, type Trx } from '#lib/server/platform/db.ts';
import type { ClaimedSlot } from '../availability/claim.ts';

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
  unitSystem: string;
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
           m.name AS "productName", m.unit_system AS "unitSystem", x.top_up_units AS "topUpUnits", x.regions, t.id AS "treatmentId", u.id AS "topUpId"
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

/** Why a top-up is not to be booked at the desk. No word of it tells what is in a record. */
export type DeskBar = 'booked' | 'ended' | 'over' | 'prescriber_only' | 'ask' | 'not_reviewed';

/** What a desk is told of the top-up of one treatment: that it is possible, when, and with whom. */
export type DeskTopUp = {
  treatmentId: string;
  injectorId: string;
  injectorName: string;
  clinicId: string;
  jurisdiction: string;
  timeZone: string;
  opensAt: Temporal.Instant;
  closesAt: Temporal.Instant;
  visitId: string | null;
  bar: DeskBar | null;
};

/** Of one person, at the clinics of the acting member's desk; the database reads the prescription in their place. */
export async function findDeskTopUps(trx: Trx, patientId: string): Promise<DeskTopUp[]> {
  const { rows } = await sql<DeskTopUp>`
    SELECT treatment_id AS "treatmentId", injector_id AS "injectorId", injector_name AS "injectorName", clinic_id AS "clinicId", jurisdiction,
           time_zone AS "timeZone", opens_at AS "opensAt", closes_at AS "closesAt", visit_id AS "visitId", bar
      FROM desk_top_ups(${patientId})`.execute(trx);
  return rows;
}

/** Books it in the desk's name; the proof is copied by the database. Null where consent is missing. */
export async function insertDeskTopUp(
  trx: Trx,
  visit: { treatmentId: string; locationId: string; claimed: ClaimedSlot; channel: string },
): Promise<string | null> {
  const { claimed } = visit;
  const { rows } = await sql<{ id: string | null }>`
    SELECT book_top_up_at_desk(${visit.treatmentId}, ${visit.locationId}, ${rangeValue(claimed.during)}, ${claimed.blockId},
      ${rangeValue(claimed.blockSpan)}, ${visit.channel}) AS id`.execute(trx);
  return rows[0]!.id;
}
