import type { Trx } from '#lib/server/platform/db.ts';
import type { ClaimedSlot } from '../availability/claim.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { findMyPrescriptions, findPatientOf, type MyPrescription } from './patient-queries.ts';

/** The patient who acts; for anybody else nothing here exists (P1). */
export async function requirePatient(trx: Trx, actor: Actor) {
  const accountId = accountOf(actor);
  const patient = accountId === null ? undefined : await findPatientOf(trx, accountId);
  if (patient === undefined) throw new Refusal('not_found');
  return patient;
}

/** A prescription in the acting patient's own name. */
export async function requireOwnPrescription(
  trx: Trx,
  actor: Actor,
  prescriptionId: string,
): Promise<{ patientId: string; prescription: MyPrescription }> {
  const { id: patientId } = await requirePatient(trx, actor);
  const [prescription] = await findMyPrescriptions(trx, patientId, prescriptionId);
  if (prescription === undefined) throw new Refusal('not_found');
  return { patientId, prescription };
}

/** A course of care stays with its clinic, under the law it began with (G9). */
export function requireSamePlace(
  claimed: Pick<ClaimedSlot, 'clinicId' | 'jurisdiction'>,
  course: { clinicId: string; jurisdiction: string },
): void {
  if (claimed.clinicId !== course.clinicId || claimed.jurisdiction !== course.jurisdiction)
    throw new Refusal('slot_not_offered');
}
