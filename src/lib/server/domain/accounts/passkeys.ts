import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { createHash } from 'node:crypto';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { forgetCodesWithoutFactor, freshCodes, tellOfChange } from './change-factors.ts';
import {
  accountHasSecondFactor,
  deletePasskey,
  findPasskey,
  findPasskeys,
  insertChallenge,
  insertPasskey,
  insertUse,
  renamePasskey as renameRow,
  replaceRecoveryCodes,
  takeRegisterChallenge,
} from './factor-queries.ts';
import { startSession } from './sessions.ts';
import { actorOf, type Viewer } from './viewer.ts';

/** Whom a passkey is for: the name of our host, and where the page that asks came from. */
export type RelyingParty = { readonly id: string; readonly origin: string };

const NAME = 'Steadyhand';
const hashOf = (challenge: string) => createHash('sha256').update(challenge).digest('hex');

/** What the browser says that the passkey has signed; '' when it says nothing that can be read. */
function challengeIn(clientDataJSON: string): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as {
      challenge?: unknown;
    };
    return typeof challenge === 'string' ? challenge : '';
  } catch {
    return '';
  }
}

/** What the browser needs to make a passkey for the viewer. */
export async function askForNewPasskey(
  db: Db,
  viewer: Viewer,
  rp: RelyingParty,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const options = await generateRegistrationOptions({
    rpName: NAME,
    rpID: rp.id,
    userID: new Uint8Array(Buffer.from(viewer.accountId.replaceAll('-', ''), 'hex')),
    userName: viewer.email,
    userDisplayName: viewer.displayName,
    attestationType: 'none',
    excludeCredentials: (await findPasskeys(db, viewer.accountId)).map(({ id, transports }) => ({
      id,
      transports,
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await insertChallenge(db, {
    hash: hashOf(options.challenge),
    purpose: 'register',
    accountId: viewer.accountId,
  });
  return options;
}

/**
 * Keeps a new passkey under a name. Other sessions end. Answers recovery codes when it is the account's first factor, to be
 * shown once. Refuses with `passkey_failed`.
 */
export async function addPasskey(
  db: Db,
  viewer: Viewer,
  rp: RelyingParty,
  input: { name: string; response: RegistrationResponseJSON },
): Promise<readonly string[] | null> {
  const { accountId } = viewer;
  const { registrationInfo: made } = await refusing(() =>
    verifyRegistrationResponse({
      response: input.response,
      expectedChallenge: () => true,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: true,
    }),
  );
  if (made === undefined) throw new Refusal('passkey_failed');
  const { credential } = made;
  const fresh = await freshCodes(accountId);
  return transact(db, actorOf(viewer), async (trx) => {
    const challenge = hashOf(challengeIn(input.response.response.clientDataJSON));
    if (!(await takeRegisterChallenge(trx, challenge, accountId))) throw new Refusal('passkey_failed');
    const isFirst = !(await accountHasSecondFactor(trx, accountId));
    await insertPasskey(trx, {
      id: credential.id,
      account_id: accountId,
      name: input.name,
      public_key: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: credential.transports ?? [],
    });
    if (isFirst) await replaceRecoveryCodes(trx, accountId, fresh.hashes);
    await tellOfChange(trx, viewer, 'passkey_added');
    return isFirst ? fresh.codes : null;
  });
}

/** Gives a passkey another name. */
export async function renamePasskey(
  db: Db,
  viewer: Viewer,
  input: { id: string; name: string },
): Promise<void> {
  if (!(await renameRow(db, viewer.accountId, input.id, input.name))) throw new Refusal('not_found');
}

/** Takes a passkey away. With the last factor the recovery codes go too. */
export async function removePasskey(db: Db, viewer: Viewer, id: string): Promise<void> {
  await transact(db, actorOf(viewer), async (trx) => {
    if (!(await deletePasskey(trx, viewer.accountId, id))) throw new Refusal('not_found');
    await forgetCodesWithoutFactor(trx, viewer.accountId);
    await tellOfChange(trx, viewer, 'passkey_removed');
  });
}

/** What the browser needs to show a passkey: one of the viewer's, or, where nobody is known yet, any of ours. */
export async function askForPasskey(
  db: Db,
  rp: RelyingParty,
  accountId: string | null,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const own = accountId === null ? [] : await findPasskeys(db, accountId);
  const options = await generateAuthenticationOptions({
    rpID: rp.id,
    userVerification: 'required',
    allowCredentials: own.map(({ id, transports }) => ({ id, transports })),
  });
  await insertChallenge(db, { hash: hashOf(options.challenge), purpose: 'use', accountId });
  return options;
}

/** A passkey that was shown and fits: whose it is, and how to use it up in a transaction of that account. */
export async function checkPasskey(
  db: Db,
  rp: RelyingParty,
  response: AuthenticationResponseJSON,
): Promise<{ accountId: string; show: (trx: Trx) => Promise<string> }> {
  const key = await findPasskey(db, response.id);
  if (key === undefined || key.suspendedAt !== null) throw new Refusal('passkey_failed');
  const { verified, authenticationInfo } = await refusing(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: () => true,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      credential: { id: key.id, publicKey: new Uint8Array(key.publicKey), counter: key.counter },
      requireUserVerification: true,
    }),
  );
  if (!verified) throw new Refusal('passkey_failed');
  const challenge = hashOf(challengeIn(response.response.clientDataJSON));
  return {
    accountId: key.accountId,
    // The database takes the challenge away: one that was never ours, is too old or was used is refused there.
    show: (trx) =>
      insertUse(trx, key.accountId, {
        kind: 'passkey',
        passkey_id: key.id,
        challenge_hash: challenge,
        counter: authenticationInfo.newCounter,
      }),
  };
}

/** Signs in with a passkey, which is something one has and something one is or knows: both steps in one. */
export async function signInWithPasskey(
  db: Db,
  rp: RelyingParty,
  response: AuthenticationResponseJSON,
  device = '',
): Promise<{ sessionToken: string }> {
  const { accountId, show } = await checkPasskey(db, rp, response);
  return transact(db, { kind: 'account', accountId }, async (trx) => ({
    sessionToken: await startSession(trx, accountId, { device, factorUseId: await show(trx) }),
  }));
}

/** The library throws whatever does not fit; to the person it is one and the same no. */
async function refusing<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch {
    throw new Refusal('passkey_failed');
  }
}
