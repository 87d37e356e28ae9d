import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { writeConfirmation } from './confirm-health.ts';
import { findLatestAnswers } from './patient-queries.ts';

/** The patient says so to the person who will treat, alone with them; who treats learns that nothing has changed, and no more. */
export async function takeHealthConfirmation(
  db: Db,
  actor: Actor,
  input: { appointmentId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { patientId } = await lockOwnVisit(trx, actor, input.appointmentId, 'treatment');
    const latest = await findLatestAnswers(trx, patientId);
    if (latest === undefined) throw new Refusal('prescriber_review_needed');
    await writeConfirmation(trx, patientId, { ...input, healthAnswersId: latest.id });
  });
}
