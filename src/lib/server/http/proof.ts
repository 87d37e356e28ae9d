import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { RequestEvent } from '@sveltejs/kit';
import { prove } from '../domain/accounts/prove.ts';
import type { Viewer } from '../domain/accounts/viewer.ts';
import { Refusal } from '../domain/shared/refusal.ts';
import { readCredential } from './credential.ts';
import { relyingParty } from './relying-party.ts';

/** Clinical acts: signing, prescribing, starting a treatment. Account changes: whatever opens the account. */
export type ProofFor = 'clinical' | 'account';

const ACCOUNT_MINUTES = 10;

/** Whether the viewer's last proof is too old for this. */
export function needsProof(event: Pick<RequestEvent, 'locals'>, viewer: Viewer, what: ProofFor): boolean {
  const minutes = what === 'clinical' ? event.locals.app.config.clinicalProofMinutes : ACCOUNT_MINUTES;
  return viewer.provedSecondsAgo > minutes * 60;
}

/**
 * Insists on a proof of who it is that is fresh enough. The form carries it where the page asked for one (`ProveIt.svelte`):
 * a password or code in `proofPassword`, or a passkey's answer in `proofPasskeyToken`. Refuses with `proof_needed` when it
 * carries none, and what was typed comes back as after any other no.
 */
export async function requireProof(
  event: RequestEvent,
  viewer: Viewer,
  what: ProofFor,
  typed: Readonly<Record<string, string | string[]>>,
): Promise<void> {
  if (!needsProof(event, viewer, what)) return;
  const { config, db, limits } = event.locals.app;
  const passkey =
    typeof typed.proofPasskeyToken === 'string' && typed.proofPasskeyToken !== ''
      ? (readCredential(typed.proofPasskeyToken) as unknown as AuthenticationResponseJSON)
      : null;
  const text = typeof typed.proofPassword === 'string' ? typed.proofPassword.slice(0, 1024) : '';
  if (passkey === null && text === '') throw new Refusal('proof_needed', { field: 'proofPassword' });
  await limits.take('proofByAccount', viewer.accountId);
  await prove(
    db,
    config.sealingKeys,
    viewer,
    passkey === null
      ? { kind: 'typed', text }
      : { kind: 'passkey', rp: relyingParty(event), response: passkey },
  );
}
