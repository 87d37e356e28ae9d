import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePatient } from './patient-access.ts';
import { findLatestAnswers } from './patient-queries.ts';
import { insertHealthConfirmation } from './queries.ts';

/**
 * Shortly before a treatment the patient says, on a device of their own, that nothing has changed since these answers.
 * If something has, they answer anew, and the prescriber decides (G4).
 */
export async function confirmHealth(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; healthAnswersId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const latest = await findLatestAnswers(trx, patientId);
    if (latest?.id !== input.healthAnswersId) throw new Refusal('answers_changed');
    await writeConfirmation(trx, patientId, input);
  });
}

/** Writes down that the answers still hold, before one treatment. */
export async function writeConfirmation(
  trx: Trx,
  patientId: string,
  said: { appointmentId: string; healthAnswersId: string },
): Promise<void> {
  await insertHealthConfirmation(trx, { patientId, ...said });
  await recordEvent(trx, {
    type: 'health_answers.confirmed',
    subjectType: 'appointment',
    subjectId: said.appointmentId,
    payload: {},
  });
}
