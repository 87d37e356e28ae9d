import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { SealingKeys } from '#lib/server/platform/seal.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { openAppSecret, sealAppSecret } from './app-secret.ts';
import { appLink, newSecret, readable, stepOfCode, typedAppCode } from './authenticator-app.ts';
import {
  accountHasSecondFactor,
  countRecoveryCodes,
  deleteApps,
  deleteRecoveryCodes,
  findApp,
  findPasskeys,
  insertApp,
  insertUse,
  replaceRecoveryCodes,
} from './factor-queries.ts';
import { writeFactorChanged, type FactorChange } from './letters.ts';
import { CODES_AT_ONCE, newRecoveryCode, recoveryCodeHash, typedRecoveryCode } from './recovery-codes.ts';
import { endOtherSessions } from './sessions.ts';
import { actorOf, type Viewer } from './viewer.ts';

/** What the viewer has beside the password. */
export async function readFactors(db: Db, viewer: Viewer) {
  return transact(db, actorOf(viewer), async (trx) => {
    const app = await findApp(trx, viewer.accountId, 'confirmed');
    return {
      appSince: app?.confirmedAt ?? null,
      codesLeft: await countRecoveryCodes(trx, viewer.accountId),
      passkeys: await findPasskeys(trx, viewer.accountId),
    };
  });
}

/** Makes the secret of a new app. One in use goes on until the new one has shown a code. */
export async function beginApp(db: Db, keys: SealingKeys, viewer: Viewer): Promise<void> {
  await transact(db, actorOf(viewer), async (trx) => {
    await deleteApps(trx, viewer.accountId, 'waiting');
    await insertApp(trx, viewer.accountId, sealAppSecret(keys, viewer.accountId, newSecret()));
  });
}

/** The secret that waits for its first code, for the app and for typing; null when none does. */
export async function readWaitingApp(db: Db, keys: SealingKeys, viewer: Viewer) {
  const app = await transact(db, actorOf(viewer), (trx) => findApp(trx, viewer.accountId, 'waiting'));
  if (app === undefined) return null;
  const secret = openAppSecret(keys, viewer.accountId, app);
  return { link: appLink(secret, viewer.email), typed: readable(secret) };
}

/**
 * The first code of the new app: from now on it is asked for, in place of an earlier one. Other sessions end. Answers
 * recovery codes when it is the account's first factor, to be shown once. Refuses with `second_factor_failed`.
 */
export async function confirmApp(
  db: Db,
  keys: SealingKeys,
  viewer: Viewer,
  typed: string,
): Promise<readonly string[] | null> {
  const { accountId } = viewer;
  const fresh = await freshCodes(accountId);
  return transact(db, actorOf(viewer), async (trx) => {
    const app = await findApp(trx, accountId, 'waiting');
    if (app === undefined) throw new Refusal('code_ended');
    const code = typedAppCode(typed);
    const step =
      code === null ? null : stepOfCode(openAppSecret(keys, accountId, app), code, await appNow(trx));
    if (step === null) throw new Refusal('second_factor_failed', { field: 'code' });
    const isFirst = !(await accountHasSecondFactor(trx, accountId));
    await deleteApps(trx, accountId, 'confirmed');
    await insertUse(trx, accountId, { kind: 'app', app_id: app.id, step });
    if (isFirst) await replaceRecoveryCodes(trx, accountId, fresh.hashes);
    await tellOfChange(trx, viewer, 'app_added');
    return isFirst ? fresh.codes : null;
  });
}

/** Takes the app away. With the last factor the recovery codes go too. */
export async function removeApp(db: Db, viewer: Viewer): Promise<void> {
  await transact(db, actorOf(viewer), async (trx) => {
    await deleteApps(trx, viewer.accountId, 'confirmed');
    await forgetCodesWithoutFactor(trx, viewer.accountId);
    await tellOfChange(trx, viewer, 'app_removed');
  });
}

/** New recovery codes in place of all earlier ones, to be shown once. */
export async function renewRecoveryCodes(db: Db, viewer: Viewer): Promise<readonly string[]> {
  const fresh = await freshCodes(viewer.accountId);
  return transact(db, actorOf(viewer), async (trx) => {
    if (!(await accountHasSecondFactor(trx, viewer.accountId))) throw new Refusal('not_found');
    await replaceRecoveryCodes(trx, viewer.accountId, fresh.hashes);
    await tellOfChange(trx, viewer, 'codes_renewed');
    return fresh.codes;
  });
}

/** Codes without a factor would recover nothing. */
export async function forgetCodesWithoutFactor(trx: Trx, accountId: string): Promise<void> {
  if (!(await accountHasSecondFactor(trx, accountId))) await deleteRecoveryCodes(trx, accountId);
}

/** A letter to the owner, a line in the audit trail, and the end of every other session. */
export async function tellOfChange(trx: Trx, viewer: Viewer, change: FactorChange): Promise<void> {
  const { accountId, displayName: name, email } = viewer;
  await endOtherSessions(trx, viewer);
  await writeFactorChanged(trx, { name, email, change });
  await recordEvent(trx, {
    type: 'account.factors_changed',
    subjectType: 'account',
    subjectId: accountId,
    payload: { change },
  });
  await recordAudit(trx, {
    stream: { kind: 'system' },
    action: `account.${change}`,
    subjectType: 'account',
    subjectId: accountId,
  });
}

/** Ten codes with what is kept of them. Hashing takes its time, so it is done before the transaction. */
export async function freshCodes(accountId: string) {
  const codes = Array.from({ length: CODES_AT_ONCE }, newRecoveryCode);
  const hashes = await Promise.all(
    codes.map((code) => recoveryCodeHash(accountId, typedRecoveryCode(code)!)),
  );
  return { codes, hashes };
}
