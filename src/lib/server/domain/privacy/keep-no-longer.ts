import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { system } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { deleteLockedRecord, deleteOldLetters, eraseAccount, findDue, findRunOut } from './queries.ts';

/** One run takes so many; the next goes on. */
const MOST = 50;
const LETTERS_AT_ONCE = 1_000;

/** What one run removed. */
export type Removed = { forgotten: number; waiting: number; records: number; letters: number };

/**
 * Forgets whose day has come, deletes locked records whose last day is over, and letters of two years ago. Each in a transaction
 * of its own, so that a run that is broken off is gone on with; run again it finds nothing.
 */
export async function keepNoLonger(db: Db): Promise<Removed> {
  const removed = { forgotten: 0, waiting: 0, records: 0, letters: 0 };
  for (const id of await findDue(db, MOST)) {
    const became = await transact(db, system, async (trx) => {
      const outcome = await eraseAccount(trx, id);
      if (outcome === 'done')
        await recordAudit(trx, {
          stream: { kind: 'system' },
          action: 'erasure.done',
          subjectType: 'erasure',
          subjectId: id,
        });
      return outcome;
    });
    if (became === 'done') removed.forgotten += 1;
    if (became === 'waits') removed.waiting += 1;
  }
  for (const patientId of await findRunOut(db, MOST)) {
    const isGone = await transact(db, system, async (trx) => {
      const gone = await deleteLockedRecord(trx, patientId);
      if (gone)
        await recordAudit(trx, {
          stream: { kind: 'patient', id: patientId },
          action: 'record.deleted',
          subjectType: 'patient',
          subjectId: patientId,
        });
      return gone;
    });
    if (isGone) removed.records += 1;
  }
  for (;;) {
    const gone = await transact(db, system, (trx) => deleteOldLetters(trx, LETTERS_AT_ONCE));
    removed.letters += gone;
    if (gone < LETTERS_AT_ONCE) return removed;
  }
}
