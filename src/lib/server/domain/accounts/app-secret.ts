import type { Trx } from '#lib/server/platform/db.ts';
import { isSealedWithEarlierKey, seal, unseal, type SealingKeys } from '#lib/server/platform/seal.ts';
import { resealApp } from './factor-queries.ts';

/** The secret of an app as its row has it: sealed, or, from before there were keys, as it is. */
export interface KeptSecret {
  id: string;
  secret: string | null;
  sealedSecret: string | null;
}

const about = (accountId: string) => `authenticator app\n${accountId}`;

/** The secret as it is kept. */
export function sealAppSecret(keys: SealingKeys, accountId: string, secret: string): string {
  return seal(keys, about(accountId), secret);
}

/** The secret itself, to work codes out from. */
export function openAppSecret(keys: SealingKeys, accountId: string, kept: KeptSecret): string {
  return kept.sealedSecret === null ? kept.secret! : unseal(keys, about(accountId), kept.sealedSecret);
}

/** Seals what was kept open before, or with an earlier key: done when a code was right, so that it takes no run of its own. */
export async function keepAppSealed(
  trx: Trx,
  keys: SealingKeys,
  accountId: string,
  kept: KeptSecret,
): Promise<void> {
  if (kept.sealedSecret !== null && !isSealedWithEarlierKey(keys, kept.sealedSecret)) return;
  await resealApp(trx, kept.id, sealAppSecret(keys, accountId, openAppSecret(keys, accountId, kept)));
}
