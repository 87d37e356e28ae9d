import type { Db } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../../audit/record-audit.ts';
import { EFFECTS, type EffectCode } from '../../care/adverse-events/adverse-event.ts';
import { findProducts } from '../../care/batches/queries.ts';
import { REACH_WORDS, shownQuarantines } from '../../care/batches/reads.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../../shared/dates.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { countTreatedFrom, findNamed, findRecalls, findSafetyCases } from './queries.ts';

const ZONE = 'UTC';
const STATES = {
  proposed: 'Waits for a second person',
  confirmed: 'Confirmed',
  withdrawn: 'Taken back',
} as const;
const CLUSTERS = {
  lid_droop: 'Drooping lids',
  botulism_like: 'Swallowing, speech, breathing, seeing, or weakness elsewhere',
} as const;

type FoundRecall = Awaited<ReturnType<typeof findRecalls>>[number];
function shownRecall(recall: FoundRecall) {
  return {
    id: recall.id,
    title: `${recall.productName}, batch ${recall.batch}`,
    state: recall.state,
    stateText: STATES[recall.state],
    why: recall.why,
    advice: recall.advice,
    proposed: `${recall.proposedBy}, ${formatDateTime(recall.proposedAt, ZONE)}`,
    decided: recall.decidedAt && `${recall.decidedBy}, ${formatDateTime(recall.decidedAt, ZONE)}`,
    isMine: recall.isMine,
    patients: recall.patients,
    told: recall.told,
    reached: recall.reached,
  };
}

/** Everything about safety on one page: clusters, recalls, what is put aside, and how many a recall would name. */
export async function readSafety(db: Db, actor: Actor, look: { product: string; batch: string }) {
  return transact(db, actor, async (trx) => {
    const cases = await findSafetyCases(trx);
    const counted = look.product && look.batch ? await countTreatedFrom(trx, look.product, look.batch) : null;
    return {
      products: await findProducts(trx),
      quarantines: await shownQuarantines(trx, ZONE),
      recalls: (await findRecalls(trx)).map(shownRecall),
      counted: counted && {
        ...counted,
        from: counted.firstAt && formatDate(counted.firstAt, ZONE),
        to: counted.lastAt && formatDate(counted.lastAt, ZONE),
      },
      cases: cases.map((one) => ({
        id: one.id,
        title: one.about === 'batch' ? `${one.productName}, batch ${one.key}` : `After ${one.injectorName}`,
        why: CLUSTERS[one.why],
        look: one.about === 'batch' ? { product: one.productCode!, batch: one.key! } : null,
        opened: formatDateTime(one.openedAt, ZONE),
        closed: one.closedAt && `${one.closedBy}, ${formatDateTime(one.closedAt, ZONE)}`,
        finding: one.finding,
        reference: one.reference,
        events: one.events.map(
          (event) =>
            `${EFFECTS[event.code as EffectCode]}, ${event.severity}, since ${formatCalendarDate(event.onsetOn)}, ${event.place}${event.batch && `, batch ${event.batch}`}`,
        ),
      })),
    };
  });
}

/** One recall: proposed, how many it would name; confirmed, exactly whom, and how far each was reached. */
export async function readRecall(db: Db, actor: Actor, recallId: string) {
  return transact(db, actor, async (trx) => {
    const [recall] = await findRecalls(trx, recallId);
    if (recall === undefined) throw new Refusal('not_found');
    const named = recall.state === 'confirmed' ? await findNamed(trx, recallId) : [];
    await recordPatientAudits(
      trx,
      named.map(({ patientId }) => patientId),
      { action: 'recall.read', subjectType: 'account', subjectId: accountOf(actor)! },
    );
    return {
      recall: shownRecall(recall),
      would:
        recall.state === 'proposed' ? await countTreatedFrom(trx, recall.productCode, recall.batch) : null,
      clinics: [...Map.groupBy(named, ({ clinicName }) => clinicName)].map(([name, rows]) => ({
        name,
        phone: rows[0]!.clinicPhone,
        people: [...Map.groupBy(rows, ({ patientId }) => patientId)].map(([patientId, treatments]) => ({
          patientId,
          name: treatments[0]!.patientName,
          treatments: treatments.map(
            (one) => `${formatDate(one.startedAt, one.timeZone)}, by ${one.injectorName}`,
          ),
          hasAddress: treatments[0]!.hasAddress,
          reach: treatments[0]!.reach.map((how) => REACH_WORDS[how] ?? how),
        })),
      })),
    };
  });
}
