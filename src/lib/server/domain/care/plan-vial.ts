import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { planVialFor } from './queries.ts';

/** Sets a vial aside for a booked treatment. Whose it is, where, and until when is held by keys of the database (G10). */
export async function planVial(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; vialId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'treatment');
    if (!(await planVialFor(trx, visit.id, input.vialId)))
      throw new Refusal('vial_not_here', { field: 'vialId' });
  });
}
