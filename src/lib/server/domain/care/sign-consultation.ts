import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import type { ConsultationDraft } from './consultation.ts';
import { raisedBy } from './health-questions.ts';
import { findAnswers, findRequiredRisks, setVisitState, signConsultationRecord } from './queries.ts';
import { gapsBeforeSigning } from './readiness.ts';
import { recordVisitEvent } from './record-visit-event.ts';
import { saveDraft, writeConsultation } from './write-consultation.ts';

/**
 * Signs the record and ends the visit, both or neither. What was written is kept first: a refused signature loses
 * nothing. A refusal carries every gap in `details.errors`, by field.
 */
export async function signConsultation(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; draft: ConsultationDraft; revision?: number | null },
): Promise<void> {
  const { appointmentId, draft } = input;
  const revision = await writeConsultation(db, actor, input);
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, appointmentId, 'consultation');
    const { id: consultationId } = await saveDraft(trx, visit, draft, revision);
    const answers = draft.healthAnswersId === null ? null : await findAnswers(trx, draft.healthAnswersId);
    const requiredRisks = await findRequiredRisks(trx);
    const gaps = gapsBeforeSigning(draft, { requiredRisks, raised: raisedBy(answers) });
    if (gaps[0] !== undefined) {
      const errors = Object.fromEntries(gaps.map(({ field, message }) => [field, message]));
      throw new Refusal(gaps[0].reason, { details: { errors } });
    }
    await signConsultationRecord(trx, consultationId);
    await setVisitState(trx, appointmentId, 'completed');
    await recordVisitEvent(trx, visit, 'consultation.signed', { outcome: draft.outcome! });
    await recordVisitEvent(trx, visit, 'appointment.completed', {});
  });
}
