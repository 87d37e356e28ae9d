import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDate, formatDayTime } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { describeHealthAnswers, questionnaireOn } from './health-questions.ts';
import { requirePatient } from './patient-access.ts';
import {
  findHealthDraft,
  findLatestAnswers,
  findMyVisits,
  findTreatmentsToConfirm,
} from './patient-queries.ts';
import type { Questionnaire } from './questionnaires/questionnaire.ts';

/** The health questions that are asked today. */
export async function readQuestionnaire(db: Db | Trx): Promise<Questionnaire> {
  return questionnaireOn((await appNow(db)).toString().slice(0, 10));
}

/** Answers as the fields of the form have them; what another version asked under the same code is filled in again. */
export function formValuesOf(
  given: { answers: unknown; lastTreatedElsewhereOn: string | null } | undefined,
): Record<string, string> {
  const [year = '', month = '', day = ''] = given?.lastTreatedElsewhereOn?.split('-') ?? [];
  return {
    ...((given?.answers ?? {}) as Record<string, string>),
    'lastTreatedElsewhereOn-day': day,
    'lastTreatedElsewhereOn-month': month,
    'lastTreatedElsewhereOn-year': year,
  };
}

/** The patient's own page: the questions, what was answered or kept on the way, and the visit for which they confirm. */
export async function readMyHealth(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const latest = await findLatestAnswers(trx, patientId);
    const draft = await findHealthDraft(trx, patientId);
    const consulted = (await findMyVisits(trx, patientId)).some(
      ({ consultationId }) => consultationId !== null,
    );
    const [treatment] = await findTreatmentsToConfirm(trx, patientId);
    return {
      questionnaire: await readQuestionnaire(trx),
      given: draft === undefined ? formValuesOf(latest) : (draft.answers as Record<string, string>),
      kept: draft === undefined ? null : formatDate(draft.savedAt, 'UTC'),
      answersId: latest?.id ?? null,
      answered: latest === undefined ? null : formatDate(latest.answeredAt, 'UTC'),
      lines: describeHealthAnswers(latest?.answers),
      /** A change now goes to the prescriber first. */
      consulted,
      confirm:
        treatment === undefined
          ? null
          : {
              appointmentId: treatment.appointmentId,
              when: formatDayTime(treatment.startsAt, treatment.timeZone),
              opens: formatDayTime(treatment.opensAt, treatment.timeZone),
              isOpen: treatment.isOpen,
              isConfirmed: treatment.isConfirmed,
            },
    };
  });
}
