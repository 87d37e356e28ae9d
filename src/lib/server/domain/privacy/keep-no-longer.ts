import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { system } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import {
  deleteAuthor,
  deleteLockedRecord,
  deleteOldInvitations,
  deleteOldLetters,
  deleteUnconfirmed,
  eraseAccount,
  findAuthorsRunOut,
  findDue,
  findRunOut,
  findUnconfirmed,
  putOff,
} from './queries.ts';

/** So many at once; of those who asked to be forgotten one run takes so many, and the next goes on. */
const MOST = 50;
const LETTERS_AT_ONCE = 1_000;

/** What one run removed. */
export type Removed = {
  forgotten: number;
  waiting: number;
  records: number;
  authors: number;
  unconfirmed: number;
  letters: number;
  invitations: number;
};

/**
 * Forgets whose day has come, deletes locked records whose last day is over and who wrote them when none is left, accounts that
 * nobody confirmed, old letters, and old invitations to a desk. Each in a transaction of its own, so that a run that is broken off is gone on with; run again
 * it finds nothing. What is in the way of one keeps back no other: whoever waits, or cannot be forgotten for a fault of ours, is
 * looked at again later, and a fault is thrown when everything else is done.
 */
export async function keepNoLonger(db: Db): Promise<Removed> {
  const removed: Removed = {
    forgotten: 0,
    waiting: 0,
    records: 0,
    authors: 0,
    unconfirmed: 0,
    letters: 0,
    invitations: 0,
  };
  const faults: unknown[] = [];
  const alone = async <T>(work: (trx: Trx) => Promise<T>, afterwards?: () => Promise<void>) => {
    try {
      return await transact(db, system, work);
    } catch (fault) {
      faults.push(fault);
      await afterwards?.();
      return undefined;
    }
  };

  for (const id of await findDue(db, MOST)) {
    const became = await alone(
      async (trx) => {
        const outcome = await eraseAccount(trx, id);
        if (outcome === 'done') await record(trx, { kind: 'system' }, 'erasure.done', 'erasure', id);
        return outcome;
      },
      () => putOff(db, id),
    );
    if (became === 'done') removed.forgotten += 1;
    if (became === 'waits') removed.waiting += 1;
  }
  const each = async (
    find: (db: Db, after: string | null, most: number) => Promise<string[]>,
    work: (trx: Trx, id: string) => Promise<boolean>,
  ): Promise<number> => {
    let gone = 0;
    let last: string | null = null;
    for (;;) {
      const ids = await find(db, last, MOST);
      for (const id of ids) if (await alone((trx) => work(trx, id))) gone += 1;
      last = ids.at(-1) ?? null;
      if (ids.length < MOST) return gone;
    }
  };
  removed.records = await each(findRunOut, async (trx, id) => {
    const gone = await deleteLockedRecord(trx, id);
    if (gone) await record(trx, { kind: 'patient', id }, 'record.deleted', 'patient', id);
    return gone;
  });
  removed.authors = await each(findAuthorsRunOut, async (trx, id) => {
    const gone = await deleteAuthor(trx, id);
    if (gone) await record(trx, { kind: 'practitioner', id }, 'author.deleted', 'practitioner', id);
    return gone;
  });
  removed.unconfirmed = await each(findUnconfirmed, async (trx, id) => {
    const gone = await deleteUnconfirmed(trx, id);
    if (gone) await record(trx, { kind: 'system' }, 'account.deleted', 'account', id);
    return gone;
  });
  for (;;) {
    const gone = await alone((trx) => deleteOldLetters(trx, LETTERS_AT_ONCE));
    removed.letters += gone ?? 0;
    if (gone === undefined || gone < LETTERS_AT_ONCE) break;
  }
  removed.invitations = (await alone(deleteOldInvitations)) ?? 0;
  if (faults.length > 0) throw new AggregateError(faults, 'Some of what is over could not be removed.');
  return removed;
}

function record(
  trx: Trx,
  stream: Parameters<typeof recordAudit>[1]['stream'],
  action: string,
  subjectType: string,
  subjectId: string,
): Promise<void> {
  return recordAudit(trx, { stream, action, subjectType, subjectId });
}
