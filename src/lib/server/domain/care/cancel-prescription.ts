import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePractitioner } from './access.ts';
import { cancelTreatments, endPrescription, lockPrescription } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/** Takes a prescription back, and with it the treatment that hangs on it. It is never edited, only written anew (G5). */
export async function cancelPrescription(
  db: Db,
  actor: Actor,
  input: { prescriptionId: string; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: prescriberId } = await requirePractitioner(trx, actor);
    const prescription = await lockPrescription(trx, input.prescriptionId);
    if (prescription?.prescriberId !== prescriberId) throw new Refusal('not_found');
    if (prescription.state !== 'active' || prescription.underWay) throw new Refusal('not_now');
    for (const visit of await cancelTreatments(trx, prescription.id, 'practice'))
      await recordVisitEvent(trx, visit, 'appointment.cancelled', { by: 'practice' });
    await endPrescription(trx, prescription.id, 'cancelled', input.reason);
    await recordEvent(trx, {
      type: 'prescription.cancelled',
      subjectType: 'prescription',
      subjectId: prescription.id,
      clinicId: prescription.clinicId,
      payload: {},
    });
  });
}
