import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import type { Evidence } from '../credentials/evidence.ts';

/** A prescription at a desk's clinics whose consent is still to be given, or stands on paper. Nothing clinical. */
export type DeskConsent = {
  prescriptionId: string;
  patientId: string;
  patientName: string;
  born: string;
  injectorName: string;
  prescriberName: string;
  clinicName: string;
  issuedOn: string;
  expiresOn: string;
  signedOn: string | null;
  witnessName: string | null;
};

/** All that the acting member of a desk may take in or take back. */
export async function findDeskConsents(trx: Trx): Promise<DeskConsent[]> {
  const { rows } = await sql<DeskConsent>`
    SELECT prescription_id AS "prescriptionId", patient_id AS "patientId", patient_name AS "patientName", born::text AS born, injector_name AS "injectorName",
           prescriber_name AS "prescriberName", clinic_name AS "clinicName", issued_on::text AS "issuedOn", expires_on::text AS "expiresOn",
           signed_on::text AS "signedOn", witness_name AS "witnessName" FROM desk_consents()`.execute(trx);
  return rows;
}

/** Keeps the paper; the database makes a consent of it, if it may count. */
export async function insertPaper(
  trx: Trx,
  paper: {
    prescriptionId: string;
    witnessName: string;
    signedOn: string;
    interpreter: string;
    scan: Evidence;
  },
): Promise<void> {
  const { scan } = paper;
  // Patient, injector and form are the prescription's own: the database fills them in.
  await sql`INSERT INTO consent_paper (prescription_id, witness_name, signed_on, interpreter, name, media_type, bytes)
    VALUES (${paper.prescriptionId}, ${paper.witnessName}, ${paper.signedOn}, ${paper.interpreter}, ${scan.name}, ${scan.type}, ${scan.bytes})`.execute(
    trx,
  );
}

/** False where none stands on paper. */
export async function takeBackPaper(trx: Trx, prescriptionId: string): Promise<boolean> {
  const { rows } = await sql<{
    done: boolean;
  }>`SELECT take_back_paper_consent(${prescriptionId}) AS done`.execute(trx);
  return rows[0]!.done;
}

/** The newest paper to a prescription, for who may see the patient. */
export function findPaper(trx: Trx, prescriptionId: string) {
  return trx
    .selectFrom('consent_paper')
    .where('prescription_id', '=', prescriptionId)
    .orderBy('taken_at', 'desc')
    .select(['id', 'patient_id as patientId', 'name', 'media_type as type', 'bytes'])
    .limit(1)
    .executeTakeFirst();
}
