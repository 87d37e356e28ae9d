import type { Db } from '#lib/server/platform/db.ts';
import { requireStaff } from '../oversight/access.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { refusals } from '../shared/refusals.ts';
import { transact } from '../shared/transact.ts';
import {
  findForgetting,
  findForgettingFacts,
  findForgettings,
  type ForgettingRow,
} from './forgetting-queries.ts';
import { ACCOUNT_ZONE, obstacleOf } from './reads.ts';

/** Practitioners who ask to be forgotten, and what became of those of the last month. The staff alone. */
export async function readForgettings(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'reviewer', 'operator');
    const { waiting, ended } = await findForgettings(trx);
    return { waiting: waiting.map(shown), ended: ended.map(shown) };
  });
}

/** One of them, with what whoever looks has to know, and what this member of the staff may do. Refuses with `not_found`. */
export async function readForgetting(db: Db, actor: Actor, erasureId: string) {
  return transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'reviewer', 'operator');
    const row = await findForgetting(trx, erasureId);
    if (row === undefined) throw new Refusal('not_found');
    const { obstacle, keptUntil, keeper } = await findForgettingFacts(trx, row);
    const code = obstacleOf(obstacle);
    const isOpen = row.takenBackAt === null && row.doneAt === null && row.state !== 'refused';
    const isMine = row.state === 'proposed' && row.proposedById === accountOf(actor);
    return {
      ...shown(row),
      email: row.email,
      due: formatDate(row.dueAt, ACCOUNT_ZONE),
      obstacle: code === undefined || !isOpen ? null : refusals[code].text,
      keptUntil: keptUntil === null ? null : formatCalendarDate(keptUntil),
      keeper,
      saw: row.saw === null ? null : { by: row.proposedBy, at: at(row.proposedAt), words: row.saw },
      decided:
        row.decidedBy === null ? null : { by: row.decidedBy, at: at(row.decidedAt), words: row.refusal },
      isMine,
      mayPropose: isOpen && row.state === null,
      mayAgree: isOpen && row.state === 'proposed' && !isMine,
      /** Until it is done, for nobody can undo it afterwards. */
      mayRefuse: isOpen,
    };
  });
}

const STATES = {
  proposed: 'One of us has looked and proposes it',
  agreed: 'Two of us have agreed',
  refused: 'Refused',
} as const;

const at = (instant: Temporal.Instant | null) =>
  instant === null ? '' : formatDateTime(instant, ACCOUNT_ZONE);

function shown(row: ForgettingRow) {
  return {
    erasureId: row.erasureId,
    practitionerId: row.practitionerId,
    name: row.name,
    stateText:
      row.doneAt !== null
        ? 'Forgotten'
        : row.takenBackAt !== null
          ? 'Taken back by themselves'
          : row.state === null
            ? 'Nobody has looked yet'
            : STATES[row.state],
    asked: at(row.askedAt),
    ended: at(row.doneAt ?? row.takenBackAt ?? (row.state === 'refused' ? row.decidedAt : null)),
  };
}
