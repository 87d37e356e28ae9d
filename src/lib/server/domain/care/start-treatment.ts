import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { evaluateGate, requireGate } from './gate.ts';
import { findGateFacts, gateKey, setVisitState } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/** The treatment begins, if the whole gate is open at this very moment: clocks and states alike (G4). */
export async function startTreatment(db: Db, actor: Actor, input: { appointmentId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'treatment');
    if (visit.state !== 'confirmed' && visit.state !== 'arrived') throw new Refusal('not_now');
    const question = { prescriptionId: visit.prescriptionId!, appointmentId: visit.id, now: true };
    const facts = (await findGateFacts(trx, [question])).get(gateKey(question));
    if (facts === undefined) throw new Refusal('not_found');
    requireGate(evaluateGate(facts, 'start'), { forInjector: !facts.injectorIsPrescriber });

    if (visit.state === 'confirmed') {
      await setVisitState(trx, visit.id, 'arrived');
      await recordVisitEvent(trx, visit, 'appointment.arrived', {});
    }
    await setVisitState(trx, visit.id, 'started');
    await recordVisitEvent(trx, visit, 'appointment.started', {});
  });
}
