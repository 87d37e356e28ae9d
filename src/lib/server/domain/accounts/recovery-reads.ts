import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findRecoveries, findRecovery, type RecoveryRow, type RecoveryState } from './recovery-queries.ts';

const STATES = {
  asked: 'Nobody has seen them yet',
  seen: 'Seen by one of us',
  waiting: 'Seen by two of us; the seven days run',
  open: 'The way in is sent',
  done: 'Let in',
  refused: 'Refused',
  stopped: 'Stopped from one of the known addresses',
  lapsed: 'Nobody went on with it',
} as const satisfies Record<RecoveryState, string>;

const at = (instant: Temporal.Instant | null) =>
  instant === null ? '' : `${formatDateTime(instant, 'UTC')} (UTC)`;

/** Who asks to be let in, and what became of those of the last month. Row security shows them to the staff alone. */
export async function readRecoveries(db: Db, actor: Actor) {
  const { waiting, ended } = await transact(db, actor, findRecoveries);
  return { waiting: waiting.map(shown), ended: ended.map(shown) };
}

/** One of them, with what this member of the staff may do. Refuses with `not_found`. */
export async function readRecovery(db: Db, actor: Actor, id: string) {
  const row = await transact(db, actor, (trx) => findRecovery(trx, id));
  if (row === undefined) throw new Refusal('not_found');
  const me = accountOf(actor);
  const isWaiting = row.state === 'asked' || row.state === 'seen';
  const isOwn = row.accountId === me;
  const hasSeen = row.state === 'seen' && row.firstBy === me;
  return {
    ...shown(row),
    email: row.email,
    newEmail: row.newEmail,
    contact: row.contact,
    seen: [
      { by: row.firstName, at: at(row.firstAt), words: row.firstSaw },
      { by: row.secondName, at: at(row.secondAt), words: row.secondSaw },
    ].flatMap(({ by, at: when, words }) => (by === null || words === null ? [] : [{ by, when, words }])),
    opens: at(row.opensAt),
    refusal: row.refusal,
    whyNot: isOwn
      ? 'This is your own account: others decide.'
      : hasSeen
        ? 'You have seen them. Somebody else has to as well.'
        : null,
    maySee: isWaiting && !isOwn && !hasSeen,
    mayRefuse: (isWaiting || row.state === 'waiting') && !isOwn,
  };
}

function shown(row: RecoveryRow) {
  const state = row.state as RecoveryState;
  return {
    id: row.id,
    name: row.name,
    state,
    stateText: STATES[state],
    asked: at(row.askedAt),
    ended: at(row.endedAt),
  };
}
