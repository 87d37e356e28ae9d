import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { findInjectors, findSignedConsultation, insertPrescription } from './queries.ts';

export type PrescriptionInput = {
  readonly appointmentId: string;
  readonly injectorId: string;
  readonly productCode: string;
  readonly doseUnits: number;
  readonly topUpUnits: number;
  readonly regions: readonly string[];
  readonly validDays: number;
  readonly directions: string;
  /** The patient asked in writing for the same plan again (G8). */
  readonly unchangedRequested: boolean;
};

/** Prescribes for this patient and one named injector, from the prescriber's own signed consultation (G2). */
export async function issuePrescription(db: Db, actor: Actor, input: PrescriptionInput): Promise<string> {
  return transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'consultation');
    const consultation = await findSignedConsultation(trx, visit.id);
    if (consultation?.outcome !== 'suitable') throw new Refusal('consultation_missing');
    const injectors = await findInjectors(trx, visit);
    if (!injectors.some(({ id }) => id === input.injectorId))
      throw new Refusal('injector_not_permitted', { field: 'injectorId' });
    const prescriptionId = await insertPrescription(trx, visit, input);
    if (prescriptionId === undefined) throw new Refusal('product_not_licensed', { field: 'productCode' });
    await recordEvent(trx, {
      type: 'prescription.issued',
      subjectType: 'prescription',
      subjectId: prescriptionId,
      clinicId: visit.clinicId,
      payload: {},
    });
    return prescriptionId;
  });
}
