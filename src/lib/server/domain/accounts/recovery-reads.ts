import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import {
  findOpenOf,
  findOthers,
  findRecoveries,
  findRecovery,
  type RecoveryRow,
  type RecoveryState,
} from './recovery-queries.ts';

const STATES = {
  asked: 'Nobody has seen them yet',
  seen: 'Seen by one of us',
  waiting: 'Seen by two of us; the seven days run',
  open: 'The way in is sent',
  done: 'Let in',
  refused: 'Refused',
  stopped: 'Stopped from one of the known addresses, or from the account itself',
  lapsed: 'Nobody went on with it',
  overtaken: 'Over: somebody else was let into this account',
} as const satisfies Record<RecoveryState, string>;

const at = (instant: Temporal.Instant | null) =>
  instant === null ? '' : `${formatDateTime(instant, 'UTC')} (UTC)`;

/**
 * Accounts that somebody asks to be let into, with who asks; and what became of those of the last month. Row security shows them
 * to the staff alone.
 */
export async function readRecoveries(db: Db, actor: Actor) {
  const { waiting, ended } = await transact(db, actor, findRecoveries);
  const accounts = [...Map.groupBy(waiting, ({ accountId }) => accountId)].map(([accountId, rows]) => ({
    accountId,
    name: rows[0]!.name,
    asking: rows[0]!.asking,
    recoveries: rows.map(shown),
  }));
  return { accounts, ended: ended.map(shown) };
}

const MOST_OWN = 5;

/** What the owner of an account reads of those who ask to be let into it: how many, since when, and how far they have come. */
export async function readOwnRecoveries(
  db: Db,
  actor: Actor,
): Promise<{ asking: number; first: { asked: string; next: string }[] }> {
  const open = await transact(db, actor, (trx) => findOpenOf(trx, accountOf(actor)));
  const first = open.slice(0, MOST_OWN).map(({ state, askedAt, opensAt }) => ({
    asked: at(askedAt),
    next:
      state === 'open'
        ? 'A link to choose a new password was sent to the address they gave.'
        : state === 'waiting'
          ? `Two of our staff have seen them. On ${at(opensAt)} they can choose a new password.`
          : 'Two of our staff each see who it is first; then there are seven days left to stop it.',
  }));
  return { asking: open.length, first };
}

/** One of them, with who else asks for the account, and what this member of the staff may do. Refuses with `not_found`. */
export async function readRecovery(db: Db, actor: Actor, id: string) {
  const found = await transact(db, actor, async (trx) => {
    const row = await findRecovery(trx, id);
    return row === undefined ? undefined : { row, others: await findOthers(trx, row) };
  });
  if (found === undefined) throw new Refusal('not_found');
  const { row, others } = found;
  const me = accountOf(actor);
  const isWaiting = row.state === 'asked' || row.state === 'seen';
  const isOwn = row.accountId === me;
  const hasSeen = row.state === 'seen' && row.firstBy === me;
  const isSecond = row.state === 'seen' && !isOwn && !hasSeen;
  const ahead = others.find(({ state }) => state === 'waiting' || state === 'open');
  return {
    ...shown(row),
    email: row.email,
    contact: row.contact,
    seen: [
      { by: row.firstName, at: at(row.firstAt), words: row.firstSaw },
      { by: row.secondName, at: at(row.secondAt), words: row.secondSaw },
    ].flatMap(({ by, at: when, words }) => (by === null || words === null ? [] : [{ by, when, words }])),
    opens: at(row.opensAt),
    refusal: row.refusal,
    others: others.map((other) => ({ ...shown(other), contact: other.contact })),
    otherAsking: others.filter(({ endedAt }) => endedAt === null).length,
    whyNot: isOwn
      ? 'This is your own account: others decide.'
      : hasSeen
        ? 'You have seen them. Somebody else has to as well.'
        : isSecond && ahead !== undefined
          ? 'Somebody else is on the way into this account. If that is not its owner, refuse that request first; if it is, refuse this one.'
          : null,
    maySee: isWaiting && !isOwn && !hasSeen && !(isSecond && ahead !== undefined),
    mayRefuse: (isWaiting || row.state === 'waiting' || row.state === 'open') && !isOwn,
  };
}

function shown(row: RecoveryRow) {
  const state = row.state as RecoveryState;
  return {
    id: row.id,
    name: row.name,
    newEmail: row.newEmail,
    state,
    stateText: STATES[state],
    asked: at(row.askedAt),
    ended: at(row.endedAt),
  };
}
