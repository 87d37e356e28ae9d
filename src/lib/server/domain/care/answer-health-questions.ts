import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { writeConfirmation } from './confirm-health.ts';
import type { HealthAnswers } from './health-questions.ts';
import { requirePatient } from './patient-access.ts';
import { deleteHealthDraft, findLatestAnswers, findTreatmentsToConfirm } from './patient-queries.ts';
import { insertHealthAnswers } from './queries.ts';

/**
 * Keeps the patient's answers as a new version, unless nothing changed. After a consultation a new version waits for
 * the prescriber's written decision before any treatment (G4). What was kept on the way goes.
 */
export async function answerHealthQuestions(
  db: Db,
  actor: Actor,
  input: { answers: HealthAnswers; lastTreatedElsewhereOn: string | null },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    await requirePastDate(trx, input.lastTreatedElsewhereOn);
    await deleteHealthDraft(trx, patientId);
    const latest = await findLatestAnswers(trx, patientId);
    if (latest !== undefined && sameAnswers(latest, input)) {
      await confirmForTreatments(trx, patientId, latest.id);
      return;
    }
    await insertHealthAnswers(trx, { patientId, ...input });
    await recordEvent(trx, {
      type: 'health_answers.changed',
      subjectType: 'patient',
      subjectId: patientId,
      payload: {},
    });
  });
}

/** Saying the same again shortly before a treatment confirms it. */
async function confirmForTreatments(trx: Trx, patientId: string, healthAnswersId: string): Promise<void> {
  for (const { appointmentId, isOpen, isConfirmed } of await findTreatmentsToConfirm(trx, patientId))
    if (isOpen && !isConfirmed) await writeConfirmation(trx, patientId, { appointmentId, healthAnswersId });
}

/** A day still to come would keep treatments away until long after it. */
async function requirePastDate(trx: Trx, date: string | null): Promise<void> {
  const today = (await appNow(trx)).toZonedDateTimeISO('UTC').toPlainDate().toString();
  if (date !== null && date > today) throw new Refusal('date_to_come', { field: 'lastTreatedElsewhereOn' });
}

type Given = { answers: unknown; lastTreatedElsewhereOn: string | null };

function sameAnswers(before: Given, after: Given): boolean {
  const text = ({ answers, lastTreatedElsewhereOn }: Given) =>
    JSON.stringify([
      Object.entries(answers as object).toSorted(([a], [b]) => a.localeCompare(b)),
      lastTreatedElsewhereOn,
    ]);
  return text(before) === text(after);
}
