import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOwnPrescription } from './patient-access.ts';
import { withdrawConsents } from './patient-queries.ts';
import { cancelTreatments } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/**
 * The patient takes consent back, at any time, with no reason (P6). What was booked on it is cancelled with it. In the
 * chair one word does it: who treats stops, and writes down what was done until then.
 */
export async function withdrawConsent(
  db: Db,
  actor: Actor,
  input: { prescriptionId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { prescription } = await requireOwnPrescription(trx, actor, input.prescriptionId);
    if (prescription.consentState !== 'given') return;
    if ([prescription.treatmentState, prescription.topUpState].includes('started'))
      throw new Refusal('treatment_under_way');
    for (const visit of await cancelTreatments(trx, prescription.id, 'patient')) {
      await recordVisitEvent(trx, visit, 'appointment.cancelled', { by: 'patient' });
    }
    await withdrawConsents(trx, [prescription.id]);
    await recordEvent(trx, {
      type: 'consent.withdrawn',
      subjectType: 'prescription',
      subjectId: prescription.id,
      payload: {},
    });
  });
}
