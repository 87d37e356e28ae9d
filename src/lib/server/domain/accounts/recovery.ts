import { createHash, randomBytes } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { seal, unseal, type SealingKeys } from '#lib/server/platform/seal.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, system, type Actor } from '../shared/actor.ts';
import { formatDateTime } from '../shared/dates.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { choosePassword } from './choose-password.ts';
import { issueCode } from './codes.ts';
import { findAccount } from './queries.ts';
import { writeRecoveryNews, writeWayIn, type RecoveryNews } from './recovery-letters.ts';
import {
  findKnownAddresses,
  findOpenOf,
  findRecovery,
  finishOf,
  insertRecovery,
  lapseOld,
  openDue,
  stopByHash,
  takeStep,
  type RecoveryState,
} from './recovery-queries.ts';

/*
 * Somebody has lost what opens their account. Two members of the staff each see who it is and write down what they saw;
 * then seven days pass, in which every address that we know can stop it. The database holds the two people apart, counts
 * the days, and ends sessions and factors with the last step. Several may ask for one account, each judged apart; one alone
 * is on the way in, and with whoever is let in the others end.
 */

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const stopSeal = (stopHash: string) => `stop recovery\n${stopHash}`;

/** So many letters a day say that somebody asks; whoever asks more often than that fills nobody's mailbox. */
const MOST_LETTERS = 3;

/**
 * Asks to be let in, and tells every address that we know. Answers the same whether or not there is such an account; asked
 * again in the same words, nothing more happens. Others may ask for the same account: from afar nobody knows who is its owner.
 */
export async function askForRecovery(
  db: Db,
  keys: SealingKeys,
  publicUrl: URL,
  asked: { email: string; newEmail: string; contact: string },
): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  const stopHash = hashOf(token);
  const sealedStop = seal(keys, stopSeal(stopHash), token);
  await transact(db, system, async (trx) => {
    const inserted = await insertRecovery(trx, { ...asked, stopHash, sealedStop });
    if (inserted === undefined) return;
    const { accountId, lately } = inserted;
    if (lately <= MOST_LETTERS) {
      const addresses = await findKnownAddresses(trx, accountId);
      const isLast = lately === MOST_LETTERS;
      await tell(trx, accountId, addresses, stopLink(publicUrl, token), { step: 'asked', lately, isLast });
    }
    await note(trx, accountId, 'asked');
  });
}

/** Whoever holds the link from one of the letters stops it. Refuses with `code_ended`. */
export async function stopRecovery(db: Db, token: string): Promise<void> {
  await transact(db, system, async (trx) => {
    if (!(await stop(trx, hashOf(token)))) throw new Refusal('code_ended');
  });
}

/** The owner, signed in, stops whatever is open for the account. What has ended in the meantime stays as it is. */
export async function stopOwnRecoveries(db: Db, actor: Actor): Promise<void> {
  await transact(db, actor, async (trx) => {
    for (const { stopHash } of await findOpenOf(trx, accountOf(actor))) await stop(trx, stopHash);
  });
}

/** False where it is over already. */
async function stop(trx: Trx, stopHash: string): Promise<boolean> {
  const accountId = await stopByHash(trx, stopHash);
  if (accountId === null) return false;
  await note(trx, accountId, 'stopped');
  return true;
}

/**
 * A member of the staff writes down what they saw: the first one, or the second, with whom the seven days begin. Refuses with
 * `recovery_second_person`, `recovery_another_waits`, `not_about_yourself` and `not_now`.
 */
export async function recordSeen(
  db: Db,
  actor: Actor,
  keys: SealingKeys,
  publicUrl: URL,
  { recoveryId, words }: { recoveryId: string; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const recovery = await requireRecovery(trx, recoveryId);
    const state = recovery.state === 'asked' ? 'seen' : 'waiting';
    await requireTaken(trx, recoveryId, recovery.state as RecoveryState, { state, words });
    if (state === 'waiting') {
      const token = unseal(keys, stopSeal(recovery.stopHash), recovery.sealedStop);
      const { opensAt } = await requireRecovery(trx, recoveryId);
      const addresses = await findKnownAddresses(trx, recovery.accountId);
      const opens = `${formatDateTime(opensAt!, 'UTC')} (UTC)`;
      await tell(trx, recovery.accountId, addresses, stopLink(publicUrl, token), { step: 'waiting', opens });
    }
    await note(trx, recovery.accountId, state);
  });
}

/** A member of the staff refuses, with the reason. Nobody outside is told why: whoever asked may not be the owner. */
export async function refuseRecovery(
  db: Db,
  actor: Actor,
  { recoveryId, words }: { recoveryId: string; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const recovery = await requireRecovery(trx, recoveryId);
    await requireTaken(trx, recoveryId, recovery.state as RecoveryState, { state: 'refused', words });
    await note(trx, recovery.accountId, 'refused');
  });
}

/** Sends the way in to those whose seven days are over; what nobody goes on with ends. */
export async function openDueRecoveries(db: Db, publicUrl: URL): Promise<void> {
  await transact(db, system, async (trx) => {
    for (const { accountId, newEmail, name } of await openDue(trx)) {
      const token = await issueCode(trx, accountId, 'recover_account');
      const link = new URL(paths.finishRecovery(token), publicUrl).href;
      await writeWayIn(trx, { name, email: newEmail, link });
      await note(trx, accountId, 'open');
    }
    for (const { accountId } of await lapseOld(trx)) await note(trx, accountId, 'lapsed');
  });
}

/**
 * The last step, by the link that went to the new address: a new password; the database ends sessions, factors and codes,
 * and makes that address the account's. Refuses with `code_ended`, and with `address_taken`.
 */
export async function finishRecovery(db: Db, input: { token: string; password: string }): Promise<void> {
  await choosePassword(db, 'recover_account', input, async (trx, accountId) => {
    const addresses = await findKnownAddresses(trx, accountId);
    // Stopped in the meantime: the link is worth nothing.
    const others = await finishOf(trx, accountId);
    if (others === null) throw new Refusal('code_ended');
    await tell(trx, accountId, addresses, null, { step: 'done' });
    await note(trx, accountId, 'done');
    for (let nth = 0; nth < others; nth += 1) await note(trx, accountId, 'overtaken');
  });
}

function stopLink(publicUrl: URL, token: string): string {
  return new URL(paths.stopRecovery(token), publicUrl).href;
}

async function requireRecovery(trx: Trx, id: string) {
  const recovery = await findRecovery(trx, id);
  if (recovery === undefined) throw new Refusal('not_found');
  return recovery;
}

async function requireTaken(...step: Parameters<typeof takeStep>): Promise<void> {
  if (!(await takeStep(...step))) throw new Refusal('not_now');
}

async function tell(
  trx: Trx,
  accountId: string,
  addresses: readonly string[],
  link: string | null,
  news: RecoveryNews,
): Promise<void> {
  const { display_name: name } = (await findAccount(trx, accountId))!;
  await writeRecoveryNews(trx, { name, addresses, link }, news);
}

async function note(trx: Trx, accountId: string, step: RecoveryState): Promise<void> {
  await recordEvent(trx, {
    type: 'account.recovery_stepped',
    subjectType: 'account',
    subjectId: accountId,
    payload: { step },
  });
  await recordAudit(trx, {
    stream: { kind: 'system' },
    action: `account.recovery_${step}`,
    subjectType: 'account',
    subjectId: accountId,
  });
}
