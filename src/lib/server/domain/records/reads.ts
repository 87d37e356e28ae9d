import { sql } from 'kysely';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { describeHealthAnswers } from '../care/health-questions.ts';
import { readIntervals } from '../care/interval-reads.ts';
import { requirePatient } from '../care/patient-access.ts';
import type { Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findLooked } from './looked.ts';
import { openingOf } from './opening.ts';
import { latestPlace } from './papers/record.ts';
import { findPhotos, findRecord, findRecordPatient } from './queries.ts';
import type { ClinicalRecord, RecordPhotos } from './record.ts';
import { coursesOf, timelineOf } from './timeline.ts';
import { inGroups } from './words.ts';

/** What every page of a record shows of it. */
export function shownRecord(record: ClinicalRecord, who: { isPatient: boolean }) {
  const { patient, answers } = record;
  const { timeZone } = latestPlace(record);
  return {
    patientId: patient.id,
    name: patient.name,
    born: formatCalendarDate(patient.dateOfBirth),
    timeline: timelineOf(record, who),
    courses: coursesOf(record),
    answers: answers.slice(0, 1).map(({ answeredAt, answers: given, version }) => ({
      version,
      answered: formatDate(answeredAt, timeZone),
      lines: describeHealthAnswers(given),
    })),
  };
}
export type ShownRecord = ReturnType<typeof shownRecord>;

/** The patient's own record: all that happened, what can be printed, who looked, and what was handed out. */
export async function readMyRecord(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const { id } = await requirePatient(trx, actor);
    const patient = await findRecordPatient(trx, id);
    const record = await findRecord(trx, patient!, { patientId: id, practitionerId: null });
    const { timeZone, jurisdiction } = latestPlace(record);
    return {
      ...shownRecord(record, { isPatient: true }),
      intervals: await readIntervals(trx, { patientId: id, jurisdiction, timeZone }),
      looked: await findLooked(trx, id, timeZone),
      caseFiles: await caseFilesOf(trx, id, timeZone, null),
      cards: record.treatments.flatMap(({ id: treatmentId, code, codeEnded, startedAt }) =>
        code === null
          ? []
          : [
              {
                treatmentId,
                code: inGroups(code),
                isEnded: codeEnded,
                when: formatDate(startedAt, timeZone),
              },
            ],
      ),
    };
  });
}

/** A practitioner's own part of a patient's record. That it was opened is written down (P2). */
export async function readPatientRecord(db: Db, actor: Actor, patientId: string) {
  return transact(db, actor, async (trx) => {
    const { patient, scope } = await openingOf(trx, actor, patientId);
    if (scope.practitionerId === null) throw new Refusal('not_found');
    const record = await findRecord(trx, patient, scope);
    if (record.visits.length + record.prescriptions.length === 0) throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patientId },
      action: 'record.read',
      subjectType: 'patient',
      subjectId: patientId,
    });
    return {
      ...shownRecord(record, { isPatient: false }),
      caseFiles: await caseFilesOf(trx, patientId, latestPlace(record).timeZone, scope.practitionerId),
    };
  });
}

/** The record as data, for another system. The patient takes all of it along, a practitioner their own part. */
export async function exportRecord(
  db: Db,
  actor: Actor,
  patientId: string,
): Promise<{ record: ClinicalRecord; photos: RecordPhotos; madeAt: Temporal.Instant }> {
  return transact(db, actor, async (trx) => {
    const { patient, scope, isPatient } = await openingOf(trx, actor, patientId);
    const record = await findRecord(trx, patient, scope);
    if (!isPatient && record.visits.length + record.prescriptions.length === 0)
      throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patientId },
      action: 'record.exported',
      subjectType: 'patient',
      subjectId: patientId,
    });
    return { record, photos: await findPhotos(trx, record), madeAt: await appNow(trx) };
  });
}

const FOR_WHOM: Readonly<Record<string, string>> = { insurer: 'An insurer', regulator: 'A regulator' };

/** The files that were made of a record; of one practitioner, or of all. */
async function caseFilesOf(trx: Trx, patientId: string, timeZone: string, practitionerId: string | null) {
  const { rows } = await sql<{
    id: string;
    by: string;
    forWhom: string;
    recipient: string;
    reason: string;
    madeAt: Temporal.Instant;
  }>`
    SELECT f.id, concat_ws(' ', p.title, p.display_name) AS by, f.for_whom AS "forWhom", f.recipient, f.reason, f.made_at AS "madeAt"
      FROM case_file f JOIN practitioner p ON p.id = f.practitioner_id
     WHERE f.patient_id = ${patientId} AND (${practitionerId}::uuid IS NULL OR f.practitioner_id = ${practitionerId}::uuid)
     ORDER BY f.made_at DESC`.execute(trx);
  return rows.map(({ madeAt, forWhom, ...file }) => ({
    ...file,
    forWhom: `${FOR_WHOM[forWhom]}: ${file.recipient}`,
    made: formatDateTime(madeAt, timeZone),
  }));
}
