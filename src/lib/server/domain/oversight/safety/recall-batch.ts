import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../../shared/actor.ts';
import { enqueue, recordEvent } from '../../shared/record-event.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { decideOnRecall, insertRecall } from './queries.ts';

/** One of Steadyhand's people proposes to recall a batch. Nobody is told of anything yet. */
export async function proposeRecall(
  db: Db,
  actor: Actor,
  input: { productCode: string; batch: string; why: string; advice: string },
): Promise<{ id: string }> {
  return transact(db, actor, async (trx) => {
    const id = await insertRecall(trx, input);
    await recordEvent(trx, {
      type: 'recall.proposed',
      subjectType: 'batch_recall',
      subjectId: id,
      payload: {},
    });
    return { id };
  });
}

/**
 * Another person confirms it, or anybody of them takes it back. Confirmed, it names everybody treated from the batch, puts
 * the batch aside everywhere, and everybody is written to: one step, all or nothing, but for the letters that follow.
 */
export async function decideRecall(
  db: Db,
  actor: Actor,
  input: { recallId: string; decision: 'confirmed' | 'withdrawn' },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    if (!(await decideOnRecall(trx, input.recallId, input.decision))) throw new Refusal('not_found');
    await recordEvent(trx, {
      type: `recall.${input.decision}`,
      subjectType: 'batch_recall',
      subjectId: input.recallId,
      payload: {},
    });
    if (input.decision === 'confirmed') await enqueue(trx, 'tell_recalls', {}, { key: 'tell_recalls' });
  });
}
