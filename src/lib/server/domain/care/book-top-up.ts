import type { Db, Trx } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { evaluateGate, requireGate } from './gate.ts';
import { requireSamePlace } from './patient-access.ts';
import { findGateFacts, insertTreatment } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';
import { findTopUpPlan, type TopUpPlan } from './top-up-queries.ts';

/** A prescription on which the actor may book a top-up; anybody else's does not exist (P1). */
export async function requireTopUpPlan(
  trx: Trx,
  actor: Actor,
  prescriptionId: string,
): Promise<{ plan: TopUpPlan; isPatient: boolean; isPrescriber: boolean }> {
  const accountId = accountOf(actor);
  const plan = accountId === null ? undefined : await findTopUpPlan(trx, prescriptionId);
  if (plan === undefined) throw new Refusal('not_found');
  const isPatient = plan.patientAccountId === accountId;
  const isPrescriber = plan.prescriberAccountId === accountId;
  if (!isPatient && !isPrescriber && plan.injectorAccountId !== accountId) throw new Refusal('not_found');
  return { plan, isPatient, isPrescriber };
}

/**
 * The top-up of a treatment is booked, once, with the practitioner who is named on the prescription: by the patient, or by
 * prescriber or injector while the patient is with them. The gate is asked for that start as for every treatment; what it
 * asks besides is the review visit, the days, and units kept back (G7). Answers the appointment's id.
 */
export async function bookTopUp(
  db: Db,
  actor: Actor,
  input: { prescriptionId: string; locationId: string; start: Temporal.Instant; requestKey?: string },
): Promise<{ id: string }> {
  const { prescriptionId, locationId, start } = input;
  const request = once(accountOf(actor), input.requestKey, 'top_up', { prescriptionId, locationId, start });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { plan, isPatient, isPrescriber } = await requireTopUpPlan(trx, actor, prescriptionId);
      const { treatmentId: topUpOfId } = plan;
      if (topUpOfId === null) throw new Refusal('top_up_not_open');
      if (plan.topUpId !== null) throw new Refusal('top_up_booked');
      const question = { prescriptionId, startsAt: start, topUpOfId };
      const facts = (await findGateFacts(trx, [question])).get(prescriptionId);
      if (facts === undefined) throw new Refusal('not_found');
      if (plan.isClosed) throw new Refusal('not_now');
      requireGate(evaluateGate(facts, 'booking'), { forInjector: !isPatient && !isPrescriber });
      const { injectorId: practitionerId } = plan;
      const claimed = await claimSlot(trx, { practitionerId, locationId, kind: 'treatment', start });
      requireSamePlace(claimed, plan);
      const id = await insertTreatment(trx, { prescriptionId, locationId, claimed, topUpOfId });
      if (id === undefined) throw new Refusal('consent_missing');
      await recordVisitEvent(trx, { id, clinicId: claimed.clinicId }, 'appointment.confirmed', {});
      await keepAnswer(trx, request, { id });
      return { id };
    }),
  );
}
