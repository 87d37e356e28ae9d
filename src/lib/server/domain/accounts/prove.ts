import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Db } from '#lib/server/platform/db.ts';
import type { SealingKeys } from '#lib/server/platform/seal.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { typedAppCode } from './authenticator-app.ts';
import { checkPasskey, type RelyingParty } from './passkeys.ts';
import { passwordFits } from './passwords.ts';
import { findAccount, markProved } from './queries.ts';
import { readTypedFactor, showFactor } from './show-factor.ts';
import { actorOf, type Viewer } from './viewer.ts';

/** What somebody shows to prove who they are: a password or a code, typed into one field, or a passkey. */
export type Proof =
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'passkey'; readonly rp: RelyingParty; readonly response: AuthenticationResponseJSON };

/**
 * Proves once more, in this session, who the viewer is. Six digits are a code of their app, anything else their password:
 * no password is so short. Refuses with `proof_failed` or `passkey_failed`.
 */
export async function prove(db: Db, keys: SealingKeys, viewer: Viewer, proof: Proof): Promise<void> {
  const { accountId, sessionRef } = viewer;
  if (proof.kind === 'passkey') {
    const { accountId: owner, show } = await checkPasskey(db, proof.rp, proof.response);
    if (owner !== accountId) throw new Refusal('passkey_failed');
    await transact(db, actorOf(viewer), async (trx) => {
      await show(trx);
      await markProved(trx, sessionRef);
    });
    return;
  }
  if (viewer.hasApp && typedAppCode(proof.text) !== null) {
    const typed = await readTypedFactor(accountId, proof.text);
    await transact(db, actorOf(viewer), async (trx) => {
      await showFactor(trx, keys, accountId, typed);
      await markProved(trx, sessionRef);
    });
    return;
  }
  const account = await findAccount(db, accountId);
  if (!(await passwordFits(account?.password_hash, proof.text)))
    throw new Refusal('proof_failed', { field: 'proofPassword' });
  await markProved(db, sessionRef);
}
