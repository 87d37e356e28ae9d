import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { parseInstant } from '#lib/server/platform/instants.ts';
import { recordPatientAudits } from '../../audit/record-audit.ts';
import type { Jurisdiction } from '../../policy/codes.ts';
import { policyOf } from '../../policy/reads.ts';
import type { Actor } from '../../shared/actor.ts';
import { formatDate, formatDateTime } from '../../shared/dates.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { requirePractitioner } from '../access.ts';
import { requirePatient } from '../patient-access.ts';
import { findOwnRecall, findPlacesOfWork, findProducts, findQuarantines, findRecalledOf } from './queries.ts';

/** How somebody was reached, in words. */
export const REACH_WORDS: Readonly<Record<string, string>> = {
  letter: 'A letter was sent',
  read: 'Read it',
  spoken: 'Talked with',
  not_reached: 'Could not be reached',
};

/** What is put aside, as pages show it. */
export async function shownQuarantines(trx: Trx, timeZone: string) {
  const found = await findQuarantines(trx);
  const shown = found.map((one) => {
    const zone = one.timeZone ?? timeZone;
    return {
      id: one.id,
      title: `${one.productName}, batch ${one.batch}`,
      where: one.place || 'Everywhere',
      isEverywhere: one.place === '' || one.place === null,
      isMine: one.isMine,
      reason: one.reason,
      placed: `${one.placedBy}, ${formatDateTime(one.placedAt, zone)}`,
      released: one.releasedAt === null ? null : `${one.releasedBy}, ${formatDateTime(one.releasedAt, zone)}`,
      releaseReason: one.releaseReason,
    };
  });
  return {
    live: shown.filter(({ released }) => released === null),
    released: shown.filter(({ released }) => released !== null),
  };
}

/** The desk's page about batches: what is put aside, and who of one's own patients a recall names. */
export async function readDeskBatches(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const { id } = await requirePractitioner(trx, actor);
    const places = await findPlacesOfWork(trx, id);
    const recalled = await findRecalledOf(trx, id);
    await recordPatientAudits(
      trx,
      recalled.map(({ patientId }) => patientId),
      { action: 'recall.read', subjectType: 'practitioner', subjectId: id },
    );
    return {
      products: await findProducts(trx),
      places: places.map(({ value, label }) => ({ value, label })),
      quarantines: await shownQuarantines(trx, places[0]?.timeZone ?? 'UTC'),
      recalls: [...Map.groupBy(recalled, ({ recallId }) => recallId)].map(([recallId, rows]) => ({
        id: recallId,
        title: `${rows[0]!.productName}, batch ${rows[0]!.batch}`,
        since: formatDate(rows[0]!.decidedAt, rows[0]!.timeZone),
        advice: rows[0]!.advice,
        people: [...Map.groupBy(rows, ({ patientId }) => patientId)].map(([patientId, treatments]) => {
          const [first] = treatments;
          return {
            patientId,
            name: first!.patientName,
            phone: first!.phone ?? '',
            treatments: treatments.map((one) => ({
              appointmentId: one.appointmentId,
              date: formatDate(one.startedAt, one.timeZone),
            })),
            isReached: first!.reach.some(({ how }) => how === 'read' || how === 'spoken'),
            reach: first!.reach.map(({ how, at, words }) =>
              [`${REACH_WORDS[how]}, ${formatDateTime(parseInstant(at), first!.timeZone)}`, words]
                .filter(Boolean)
                .join(': '),
            ),
          };
        }),
      })),
    };
  });
}

/** What a patient reads of a recall that names them. */
export async function readMyRecall(db: Db, actor: Actor, recallId: string) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const treatments = await findOwnRecall(trx, patientId, recallId);
    const [own] = treatments;
    if (own === undefined) throw new Refusal('not_found');
    const policy = await policyOf(
      trx,
      own.jurisdiction as Jurisdiction,
      (await appNow(trx)).toZonedDateTimeISO('UTC').toPlainDate(),
    );
    return {
      id: own.id,
      batch: own.batch,
      advice: own.advice,
      since: formatDate(own.decidedAt, own.timeZone),
      clinicName: own.clinicName,
      clinicPhone: own.clinicPhone,
      read: own.readAt && formatDateTime(own.readAt, own.timeZone),
      numbers: { emergency: policy.emergency_number, advice: policy.urgent_advice_number },
      treatments: treatments.map((one) => ({
        id: one.appointmentId,
        text: `${formatDate(one.startedAt, one.timeZone)}, by ${one.practitionerName}`,
      })),
    };
  });
}
