import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOwnPrescription } from './patient-access.ts';
import { insertConsent } from './patient-queries.ts';

/** The patient agrees, every item ticked. Nobody consents for someone else: the guard knows only the patient's account (G5). */
export async function giveConsent(db: Db, actor: Actor, input: { prescriptionId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { patientId, prescription } = await requireOwnPrescription(trx, actor, input.prescriptionId);
    if (prescription.consentState === 'given') return;
    if (prescription.state !== 'active') throw new Refusal('prescription_missing');
    if (prescription.episodeState === 'closed') throw new Refusal('not_now');
    await insertConsent(trx, { prescriptionId: prescription.id, patientId });
    await recordEvent(trx, {
      type: 'consent.given',
      subjectType: 'prescription',
      subjectId: prescription.id,
      payload: {},
    });
  });
}
