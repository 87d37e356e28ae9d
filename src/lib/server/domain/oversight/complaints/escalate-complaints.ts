import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../../shared/actor.ts';
import { isRefusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { findOverdue } from './queries.ts';
import { requireComplaint, takeStep } from './take-step.ts';

/**
 * Takes to Steadyhand what a clinic did not acknowledge or answer in time. Run again, or beside an answer that comes at the
 * same moment, it does nothing: each step goes from what the complaint is then.
 */
export async function escalateComplaints(db: Db): Promise<void> {
  for (const { id, kind } of await findOverdue(db)) {
    await transact(db, system, async (trx) => takeStep(trx, await requireComplaint(trx, id), { kind })).catch(
      (error: unknown) => {
        if (!isRefusal(error) || error.code !== 'not_now') throw error;
      },
    );
  }
}
