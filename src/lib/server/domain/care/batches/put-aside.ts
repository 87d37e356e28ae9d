import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../../shared/actor.ts';
import { recordEvent } from '../../shared/record-event.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { insertQuarantine, releaseBatch } from './queries.ts';

/**
 * Puts a batch aside: at a place by who practises there, everywhere (no place) by Steadyhand's people. From then on no
 * vial of it is set aside for a treatment or opened. Who may is the database's to say.
 */
export async function putBatchAside(
  db: Db,
  actor: Actor,
  input: { productCode: string; batch: string; locationId: string | null; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const id = await insertQuarantine(trx, input);
    await recordEvent(trx, {
      type: 'batch.put_aside',
      subjectType: 'batch_quarantine',
      subjectId: id,
      payload: {},
    });
  });
}

/** Lets a batch be used again, with the reason: a prescriber of that place, or another person of Steadyhand. */
export async function letBatchGo(
  db: Db,
  actor: Actor,
  input: { quarantineId: string; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    if (!(await releaseBatch(trx, input.quarantineId, input.reason))) throw new Refusal('not_found');
    await recordEvent(trx, {
      type: 'batch.let_go',
      subjectType: 'batch_quarantine',
      subjectId: input.quarantineId,
      payload: {},
    });
  });
}
