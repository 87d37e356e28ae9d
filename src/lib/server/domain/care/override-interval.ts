import type { Db } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePractitioner } from './access.ts';
import { insertTreatment, lockPrescription } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/**
 * The prescriber books a treatment earlier than the interval allows, with a written reason (G7). It is part of the
 * booking from the first moment, signed by the prescriber, and counted for reviewers. Nothing else of the gate gives way.
 */
export async function overrideInterval(
  db: Db,
  actor: Actor,
  input: { prescriptionId: string; locationId: string; start: Temporal.Instant; reason: string },
): Promise<string> {
  return transact(db, actor, async (trx) => {
    const { id: prescriberId, accountId } = await requirePractitioner(trx, actor);
    const prescription = await lockPrescription(trx, input.prescriptionId);
    if (prescription?.prescriberId !== prescriberId) throw new Refusal('not_found');
    if (input.reason.trim() === '') throw new Refusal('invalid_input', { field: 'reason' });
    const { locationId, start, reason } = input;
    const claimed = await claimSlot(trx, {
      practitionerId: prescription.injectorId,
      locationId,
      kind: 'treatment',
      start,
    });
    const id = await insertTreatment(trx, {
      prescriptionId: prescription.id,
      locationId,
      claimed,
      override: { reason, byAccountId: accountId },
    });
    if (id === undefined) throw new Refusal('consent_missing');
    await recordVisitEvent(trx, { id, clinicId: claimed.clinicId }, 'appointment.confirmed', {});
    return id;
  });
}
