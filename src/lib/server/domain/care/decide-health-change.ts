import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePractitioner } from './access.ts';
import { findAnswersUnderPrescriber, insertHealthDecision } from './queries.ts';

/** The prescriber decides in writing about answers that changed after the consultation; until then nothing starts (G4). */
export async function decideHealthChange(
  db: Db,
  actor: Actor,
  input: { healthAnswersId: string; decision: 'may_proceed' | 'may_not_proceed'; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: prescriberId } = await requirePractitioner(trx, actor);
    const answers = await findAnswersUnderPrescriber(trx, input.healthAnswersId, prescriberId);
    if (answers === undefined) throw new Refusal('not_found');
    // Newer answers than the ones that were read: nobody decides on what was not seen.
    if (!answers.isNewest) throw new Refusal('answers_changed');
    await insertHealthDecision(trx, { ...input, patientId: answers.patientId, prescriberId });
  });
}
