import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOwnPatient } from './access.ts';
import { letGo } from './answer-offer.ts';
import { endEntry, lockWaitingEntry } from './queries.ts';

/** The patient waits no longer. A time that was kept meanwhile goes to the next. */
export async function leaveWaitlist(db: Db, actor: Actor, entryId: string): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: patientId } = await requireOwnPatient(trx, actor);
    await leaveIn(trx, patientId, entryId);
  });
}

/** The same in the caller's transaction, who may act for this patient. */
export async function leaveIn(trx: Trx, patientId: string, entryId: string): Promise<void> {
  const entry = await lockWaitingEntry(trx, patientId, entryId);
  if (entry === undefined) throw new Refusal('not_found');
  if (entry.offer !== null) await letGo(trx, entry.offer);
  await endEntry(trx, entryId, 'left');
}
