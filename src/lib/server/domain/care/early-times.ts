import type { Db } from '#lib/server/platform/db.ts';
import { freeSlots, slotDays, type FreeSlot } from '../availability/reads.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDayTime, formatZone } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findPrescriptionToBook } from './desk-queries.ts';
import { evaluateGate, openSteps, type GateFacts } from './gate.ts';
import { findGateFacts, gateKey } from './queries.ts';
import { requireDesk, shownSteps } from './reads.ts';

const MOST_TIMES = 60;

/**
 * Free times at which only the interval stands in the way, for the prescriber who may decide otherwise (G7). Whatever
 * else is not open stays in the way, and is said.
 */
export async function readEarlyTimes(db: Db, actor: Actor, prescriptionId: string) {
  const { prescription, facts } = await transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const found = await findPrescriptionToBook(trx, prescriptionId, desk.id);
    const question = { prescriptionId };
    const facts = (await findGateFacts(trx, [question])).get(gateKey(question));
    if (found === undefined || facts === undefined) throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: found.patientId },
      action: 'prescription.read',
      subjectType: 'prescription',
      subjectId: prescriptionId,
    });
    return { prescription: found, facts };
  });
  const steps = openSteps(evaluateGate(facts, 'booking'));
  const interval = steps.find(({ code }) => code === 'interval');
  const inTheWay = new Set(
    steps.filter(({ code, opensAt }) => code !== 'interval' && opensAt === null).map(({ code }) => code),
  );
  const slots =
    interval === undefined || inTheWay.size > 0 || prescription.treatmentId !== null
      ? []
      : await freeSlots(db, { practitionerIds: [prescription.injectorId], kind: 'treatment' });
  const early = slots
    .filter(({ locationId }) => prescription.locationIds.includes(locationId))
    .filter((slot) => isOnlyEarly(facts, slot))
    .slice(0, MOST_TIMES);
  const people = { prescriber: prescription.prescriberName, injector: prescription.injectorName };
  return {
    patientName: prescription.patientName,
    injectorName: prescription.injectorName,
    appointmentId: prescription.appointmentId,
    treatmentId: prescription.treatmentId,
    intervalOpens: interval?.opensAt ? formatDayTime(interval.opensAt, facts.timeZone) : null,
    inTheWay: shownSteps(facts, people, { isPrescriber: true }).filter(({ code }) => inTheWay.has(code)),
    zone: formatZone(facts.timeZone),
    days: slotDays(early).map(({ times, ...day }) => ({
      ...day,
      times: times.map((time) => ({ ...time, value: valueOf(early, time.datetime) })),
    })),
  };
}

function isOnlyEarly(facts: GateFacts, { start, end }: FreeSlot): boolean {
  const shut = openSteps(evaluateGate({ ...facts, startsAt: start, endsAt: end }, 'booking'));
  return shut.length === 1 && shut[0]!.code === 'interval';
}

/** When and where, as the form sends it. */
function valueOf(slots: readonly FreeSlot[], datetime: string): string {
  const { locationId } = slots.find(({ start }) => start.toString() === datetime)!;
  return `${datetime} ${locationId}`;
}
