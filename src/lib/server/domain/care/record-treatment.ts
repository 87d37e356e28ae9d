import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import {
  endPrescription,
  findDeviations,
  findReservedUnits,
  insertDeviations,
  saveTreatment,
  setVisitState,
  signTreatmentRecord,
  type LockedVisit,
} from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';
import { DEVIATION_WORDS, type DeviationKind, type TreatmentDraft } from './treatment.ts';

/** Keeps what was done so far. */
export async function recordTreatment(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; draft: TreatmentDraft },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await saveDraft(trx, await lockOwnVisit(trx, actor, input.appointmentId, 'treatment'), input.draft);
  });
}

/**
 * Signs what was done and ends the visit as it went. Facts come first: they are kept whatever follows. Each difference
 * from the prescription and the plan takes a reason; the refusal names them in `details.errors` as `deviation-<kind>`.
 */
export async function signTreatment(
  db: Db,
  actor: Actor,
  input: {
    appointmentId: string;
    draft: TreatmentDraft;
    reasons: Readonly<Partial<Record<DeviationKind, string>>>;
  },
): Promise<void> {
  const { appointmentId, draft, reasons } = input;
  await recordTreatment(db, actor, input);
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, appointmentId, 'treatment');
    const treatmentId = await saveDraft(trx, visit, draft);
    const deviations = await findDeviations(trx, treatmentId);
    requireReasons(deviations, reasons);
    await insertDeviations(
      trx,
      treatmentId,
      deviations.map((kind) => ({ kind, reason: reasons[kind]! })),
    );
    await signTreatmentRecord(trx, treatmentId);
    await setVisitState(trx, visit.id, draft.endedAs);
    await usePrescription(trx, visit);
    await recordVisitEvent(trx, visit, 'treatment.signed', {});
    for (const kind of deviations) await recordVisitEvent(trx, visit, 'deviation.recorded', { kind });
    await recordVisitEvent(trx, visit, `appointment.${draft.endedAs}`, {});
  });
}

async function saveDraft(trx: Trx, visit: LockedVisit, draft: TreatmentDraft): Promise<string> {
  if (visit.state === 'completed' || visit.state === 'stopped') throw new Refusal('already_signed');
  if (visit.state !== 'started') throw new Refusal('visit_not_begun');
  return saveTreatment(trx, visit, draft);
}

function requireReasons(
  deviations: readonly DeviationKind[],
  reasons: Readonly<Partial<Record<DeviationKind, string>>>,
): void {
  const untold = deviations.filter((kind) => !reasons[kind]?.trim());
  if (untold.length === 0) return;
  const errors = untold.map((kind) => [`deviation-${kind}`, `${DEVIATION_WORDS[kind]}: say why`]);
  throw new Refusal('deviation_reason_needed', { details: { errors: Object.fromEntries(errors) } });
}

/** Single use; while units are kept back for a top-up, the prescription stays active for that alone (G2). */
async function usePrescription(trx: Trx, visit: LockedVisit): Promise<void> {
  if (visit.prescriptionId === null) return;
  const awaitsTopUp = visit.topUpOfId === null && (await findReservedUnits(trx, visit.prescriptionId)) > 0;
  if (!awaitsTopUp) await endPrescription(trx, visit.prescriptionId, 'used', '');
}
