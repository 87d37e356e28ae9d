import { dose } from '#lib/format/dose.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDay, formatZone } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireTopUpPlan } from './book-top-up.ts';
import {
  evaluateGate,
  fromTopUpOpening,
  openSteps,
  topUpBar,
  type GateFacts,
  type OpenGateStep,
} from './gate.ts';
import { gateOpens, timesFor } from './my-times.ts';
import { findPlaces } from './patient-queries.ts';
import { findGateFacts } from './queries.ts';
import { shownSteps } from './reads.ts';
import { wordsForPatient, type StepPeople } from './step-words.ts';
import { barsForPatient, barsForPractitioner } from './top-up.ts';

/**
 * Free times for the top-up with the practitioner who is named, while its days last; or what stands in the way, in words
 * for whoever reads. For the patient, and for prescriber and injector.
 */
export async function readTopUpTimes(db: Db, actor: Actor, prescriptionId: string, fromDay: string | null) {
  const { plan, reader, facts, places, now } = await transact(db, actor, async (trx) => {
    const { plan, isPatient, isPrescriber } = await requireTopUpPlan(trx, actor, prescriptionId);
    const { treatmentId, injectorId: practitionerId, clinicId, jurisdiction } = plan;
    if (treatmentId === null) throw new Refusal('not_found');
    const question = { prescriptionId, topUpOfId: treatmentId };
    const facts = (await findGateFacts(trx, [question])).get(prescriptionId);
    if (facts === undefined) throw new Refusal('not_found');
    if (!isPatient)
      await recordAudit(trx, {
        stream: { kind: 'patient', id: plan.patientId },
        action: 'prescription.read',
        subjectType: 'prescription',
        subjectId: prescriptionId,
      });
    return {
      plan,
      reader: { isPatient, isPrescriber },
      facts,
      places: await findPlaces(trx, { practitionerId, clinicId, jurisdiction }),
      now: await appNow(trx),
    };
  });
  const opening = fromTopUpOpening(facts);
  const inTheWay = openSteps(evaluateGate(opening, 'booking')).filter(({ opensAt }) => opensAt === null);
  const isOpen = inTheWay.length === 0 && plan.topUpId === null && !plan.isClosed;
  const opensAt = Temporal.Instant.compare(opening.startsAt, now) > 0 ? opening.startsAt : now;
  const times = await timesFor(db, {
    practitionerId: plan.injectorId,
    places: isOpen ? places : [],
    kind: 'treatment',
    timeZone: plan.timeZone,
    opensAt,
    fromDay,
    isPossible: gateOpens(facts),
  });
  return {
    prescriptionId,
    patientName: plan.patientName,
    injector: plan.injectorName,
    productName: plan.productName,
    dose: dose(plan.topUpUnits, plan.unitSystem),
    regions: plan.regions,
    treatmentId: plan.treatmentId!,
    topUpId: plan.topUpId,
    isClosed: plan.isClosed,
    blocked: plan.topUpId === null ? blockedInWords(inTheWay, opening, plan, reader) : [],
    opensText: formatDay(opensAt, plan.timeZone),
    zone: formatZone(plan.timeZone),
    ...times,
  };
}

/** What does not open by waiting. The bar of a top-up is said in its own words. */
function blockedInWords(
  inTheWay: readonly OpenGateStep[],
  facts: GateFacts,
  { prescriberName, injectorName }: { prescriberName: string; injectorName: string },
  { isPatient, isPrescriber }: { isPatient: boolean; isPrescriber: boolean },
) {
  const people: StepPeople = { prescriber: prescriberName, injector: injectorName };
  const words = (step: OpenGateStep) =>
    isPatient
      ? wordsForPatient(step, people)
      : shownSteps(facts, people, { isPrescriber }).find(({ code }) => code === step.code)!;
  const bar = topUpBar(facts);
  const barsFor = isPatient ? barsForPatient : barsForPractitioner;
  return inTheWay.map((step) => {
    const { title, why, opens, whose } = words(step);
    if (step.code !== 'interval' || facts.topUpOf === null || bar === null || bar === 'too_early')
      return { title, state: 'not_yet' as const, why, opens, whose };
    return {
      title: isPatient ? 'Small correction' : 'Top-up',
      state: 'not_yet' as const,
      ...barsFor(facts.topUpOf)[bar],
    };
  });
}
