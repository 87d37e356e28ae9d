import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

/** One thing that can be taken out of the schema, and the statement that takes it out. */
export type Guard = { readonly name: string; readonly table: string; readonly removal: string };

/** The tables that a treatment, its proof, the right to give it, and the way into an account live in. */
const TABLES = [
  'account_recovery',
  'address_change',
  'adverse_event',
  'adverse_event_step',
  'application',
  'appointment',
  'appointment_appeal',
  'appointment_correction',
  'authenticator_app',
  'batch_quarantine',
  'batch_recall',
  'batch_recall_reach',
  'birth_correction',
  'block',
  'care_episode',
  'carer',
  'calendar_feed',
  'capability_period',
  'case_file',
  'clinic_invitation',
  'clinic_member',
  'closure',
  'complaint',
  'complaint_evidence',
  'complaint_handler',
  'complaint_step',
  'consent',
  'consent_item',
  'consent_paper',
  'consultation_finding',
  'consultation_question',
  'consultation_record',
  'deviation',
  'document_code',
  'erasure',
  'evidence_file',
  'health_answers',
  'health_confirmation',
  'health_decision',
  'high_risk_change',
  'injection_point',
  'joint_reservation',
  'passkey',
  'passkey_challenge',
  'mail_declined',
  'mail_message',
  'message_preference',
  'patient',
  'patient_death',
  'patient_merge',
  'photo_consent',
  'planned_vial',
  'practice_ending',
  'practitioner_forgetting',
  'portfolio_case',
  'portfolio_picture',
  'portfolio_rendition',
  'portfolio_step',
  'portfolio_upload',
  'portfolio_upload_piece',
  'prescription',
  'presence',
  'record_access',
  'record_claim',
  'record_lock',
  'record_lock_opening',
  'recovery_code',
  'record_share',
  'review',
  'review_step',
  'risk_disclosure',
  'running_late',
  'second_factor_use',
  'session',
  'start_proof',
  'safety_case',
  'supervision',
  'terms_agreement',
  'treatment_record',
  'urgent_contact',
  'urgent_photo',
  'urgent_step',
  'vetting_case',
  'vetting_evidence',
  'vial',
  'visit_word',
  'waitlist_entry',
  'waitlist_offer',
  'waitlist_passed_over',
];

/** Every guard of these tables, read from the catalogue: constraints, unique indexes, and each rule that a trigger raises. */
export async function guardsOf(trx: Queryable): Promise<Guard[]> {
  const { rows: dropped } = await sql<Guard>`
    SELECT conname AS name, conrelid::regclass::text AS table,
           format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS removal
      FROM pg_constraint
     WHERE conrelid = ANY (${TABLES}::regclass[]) AND contype IN ('c', 'f', 'u', 'p', 'x')
       -- What other tables' keys point at is part of those keys.
       AND (contype = 'f' OR NOT EXISTS (SELECT FROM pg_constraint key WHERE key.contype = 'f' AND key.conindid = pg_constraint.conindid))
    UNION ALL
    SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, format('DROP INDEX %s', i.indexrelid::regclass)
      FROM pg_index i
     WHERE i.indrelid = ANY (${TABLES}::regclass[]) AND i.indisunique
       AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    ORDER BY 2, 1`.execute(trx);
  const { rows: functions } = await sql<{ table: string; definition: string }>`
    SELECT string_agg(DISTINCT t.tgrelid::regclass::text, ', ') AS table, pg_get_functiondef(p.oid) AS definition
      FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE t.tgrelid = ANY (${TABLES}::regclass[]) AND NOT t.tgisinternal
     GROUP BY p.oid ORDER BY p.proname`.execute(trx);
  return [...dropped, ...functions.flatMap(rulesOf)];
}

const RAISE = /RAISE EXCEPTION [^;]*?CONSTRAINT = '(\w+)';/g;

/** The rules of a trigger, each removed by saying nothing in its place. */
function rulesOf({ table, definition }: { table: string; definition: string }): Guard[] {
  const rules = [...definition.matchAll(RAISE)].map((raised) => raised[1]!);
  return [...new Set(rules)].map((name) => ({
    name,
    table,
    removal: definition.replace(RAISE, (whole, raised) => (raised === name ? 'NULL;' : whole)),
  }));
}
