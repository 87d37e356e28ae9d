import { appNow } from '#lib/server/platform/clock.ts';
import type { Trx } from '#lib/server/platform/db.ts';
import type { SealingKeys } from '#lib/server/platform/seal.ts';
import { Refusal } from '../shared/refusal.ts';
import { keepAppSealed, openAppSecret } from './app-secret.ts';
import { stepOfCode, typedAppCode } from './authenticator-app.ts';
import { findApp, findRecoveryCode, insertUse } from './factor-queries.ts';
import { recoveryCodeHash, typedRecoveryCode } from './recovery-codes.ts';

/** What was typed, as far as it can be a code at all. */
export type TypedFactor =
  { readonly kind: 'app'; readonly code: string } | { readonly kind: 'recovery'; readonly hash: string };

/** Reads what was typed as a code of an app or a recovery code. Hashing takes its time: do it before a transaction. */
export async function readTypedFactor(accountId: string, typed: string): Promise<TypedFactor> {
  const code = typedAppCode(typed);
  if (code !== null) return { kind: 'app', code };
  const letters = typedRecoveryCode(typed);
  if (letters === null) throw new Refusal('second_factor_failed', { field: 'code' });
  return { kind: 'recovery', hash: await recoveryCodeHash(accountId, letters) };
}

/**
 * Uses up a code of the account that acts in this transaction. Answers the row that says so; refuses with
 * `second_factor_failed`. A code that was used before is refused by the database.
 */
export async function showFactor(
  trx: Trx,
  keys: SealingKeys,
  accountId: string,
  typed: TypedFactor,
): Promise<string> {
  if (typed.kind === 'app') {
    const app = await findApp(trx, accountId, 'confirmed');
    const step =
      app === undefined
        ? null
        : stepOfCode(openAppSecret(keys, accountId, app), typed.code, await appNow(trx));
    if (step === null) throw new Refusal('second_factor_failed', { field: 'code' });
    const use = await insertUse(trx, accountId, { kind: 'app', app_id: app!.id, step });
    await keepAppSealed(trx, keys, accountId, app!);
    return use;
  }
  const id = await findRecoveryCode(trx, accountId, typed.hash);
  if (id === undefined) throw new Refusal('second_factor_failed', { field: 'code' });
  return insertUse(trx, accountId, { kind: 'recovery', recovery_code_id: id });
}
