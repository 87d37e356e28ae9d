import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { insertVial, planVialFor } from './queries.ts';

export type VialInput = {
  readonly appointmentId: string;
  readonly custody: 'dispensed' | 'practice_stock';
  readonly batch: string;
  readonly expiresOn: string;
  readonly units: number;
};

/**
 * Takes a vial in at the place of a treatment: dispensed for its patient, or stock that its prescriber holds (G10).
 * It is planned for this treatment at once.
 */
export async function receiveVial(db: Db, actor: Actor, input: VialInput): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'treatment');
    const vialId = await insertVial(trx, visit, input);
    await planVialFor(trx, visit.id, vialId);
  });
}
