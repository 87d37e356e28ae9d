import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { evaluateGate, openSteps, requireGate, type GateFacts } from './gate.ts';
import type { SaidOfPrescriber } from './prescriber-place.ts';
import { beginTreatment, findGateFacts, gateKey, setVisitState } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/**
 * The treatment begins, if the whole gate is open at this very moment: clocks and states alike (G4). Who injects what
 * somebody else prescribed says where that person is; it stays with the treatment.
 */
export async function startTreatment(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; prescriber?: SaidOfPrescriber | null },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'treatment');
    if (visit.state !== 'confirmed' && visit.state !== 'arrived') throw new Refusal('not_now');
    const question = { prescriptionId: visit.prescriptionId!, appointmentId: visit.id, now: true };
    const facts = (await findGateFacts(trx, [question])).get(gateKey(question));
    if (facts === undefined) throw new Refusal('not_found');
    const said = facts.prescriberPlace === null ? null : (input.prescriber ?? null);
    const steps = evaluateGate(withSaid(facts, said), 'start');
    const [first] = openSteps(steps);
    if (first?.code === 'prescriber_place' && said !== null)
      throw new Refusal(first.reason, { field: 'prescriberWhere' });
    requireGate(steps, { forInjector: !facts.injectorIsPrescriber });
    if (facts.prescriberPlace !== null && said === null)
      throw new Refusal('prescriber_place_not_said', { field: 'prescriberWhere' });

    if (visit.state === 'confirmed') {
      await setVisitState(trx, visit.id, 'arrived');
      await recordVisitEvent(trx, visit, 'appointment.arrived', {});
    }
    await beginTreatment(trx, visit.id, said);
    await recordVisitEvent(trx, visit, 'appointment.started', {});
  });
}

function withSaid(facts: GateFacts, said: SaidOfPrescriber | null): GateFacts {
  const { prescriberPlace } = facts;
  return prescriberPlace === null || said === null
    ? facts
    : { ...facts, prescriberPlace: { ...prescriberPlace, said: said.where } };
}
