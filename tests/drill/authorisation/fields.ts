import type pg from 'pg';

/** What a field of a form names by its id, and where that id is. */
export const ID_FIELDS: Readonly<Record<string, readonly [table: string, column: string, where?: string]>> = {
  appointmentId: ['appointment', 'id'],
  appointment: ['appointment', 'id'],
  visit: ['appointment', 'id'],
  treatmentId: ['appointment', 'id'],
  episodeId: ['care_episode', 'id'],
  prescriptionId: ['prescription', 'id'],
  healthAnswersId: ['health_answers', 'id'],
  carerId: ['carer', 'id'],
  invitationId: ['clinic_invitation', 'id'],
  shareId: ['record_share', 'id'],
  entryId: ['waitlist_entry', 'id'],
  offerId: ['waitlist_offer', 'id'],
  claimId: ['record_claim', 'id'],
  mergeId: ['patient_merge', 'id'],
  otherId: ['patient', 'id'],
  patientId: ['patient', 'id'],
  contactId: ['urgent_contact', 'id'],
  // What is put aside everywhere is everybody's to see.
  quarantineId: ['batch_quarantine', 'id', 'location_id IS NOT NULL'],
  recallId: ['batch_recall_treatment', 'recall_id'],
  vialId: ['vial', 'id'],
  closureId: ['closure', 'id'],
  opening: ['opening', 'id'],
  calendar: ['external_calendar', 'id'],
  changeId: ['profile_change', 'id'],
  supervisionId: ['supervision', 'id'],
  caseId: ['portfolio_case', 'id'],
  room: ['room', 'id'],
  ref: ['session', 'ref'],
};

const AT_MOST = 3;

/** Some of somebody else's: rows in which nothing stands for this account, its patient, its practice or its clinics. */
export async function idsOfOthers(client: pg.Client, field: string, accountId: string): Promise<string[]> {
  const [table, column, where = 'true'] = ID_FIELDS[field]!;
  const { rows } = await client.query<{ id: string }>(
    `WITH mine AS (
       SELECT $1::text AS id
       UNION SELECT id::text FROM patient WHERE account_id = $1::uuid
       UNION SELECT id::text FROM practitioner WHERE account_id = $1::uuid
       UNION SELECT c.clinic_id::text FROM clinic_member c WHERE c.account_id = $1::uuid
       UNION SELECT p.location_id::text FROM practice p JOIN practitioner r ON r.id = p.practitioner_id WHERE r.account_id = $1::uuid
       UNION SELECT l.id::text FROM location l JOIN clinic_member c ON c.clinic_id = l.clinic_id WHERE c.account_id = $1::uuid
       UNION SELECT a.patient_id::text FROM appointment a JOIN practitioner r ON r.id = a.practitioner_id OR r.id = a.prescriber_id
              WHERE r.account_id = $1::uuid AND a.patient_id IS NOT NULL
       UNION SELECT a.patient_id::text FROM appointment a JOIN clinic_member c ON c.clinic_id = a.clinic_id
              WHERE c.account_id = $1::uuid AND a.patient_id IS NOT NULL
       UNION SELECT k.patient_id::text FROM carer k WHERE k.carer_account_id = $1::uuid)
     SELECT x.${column}::text AS id FROM ${table} x
      WHERE ${where} AND NOT EXISTS (SELECT FROM mine m WHERE position(m.id IN to_jsonb(x)::text) > 0)
      ORDER BY 1 LIMIT ${AT_MOST}`,
    [accountId],
  );
  return rows.map(({ id }) => id);
}
