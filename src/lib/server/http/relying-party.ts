import type { RequestEvent } from '@sveltejs/kit';
import type { RelyingParty } from '../domain/accounts/passkeys.ts';
import { Refusal } from '../domain/shared/refusal.ts';

/**
 * Whom a passkey is for. The origin was checked before (`origin.ts`): it is our own or, in the demo, a loopback name of
 * this machine. Passkeys are bound to a name: `127.0.0.1` has none, `localhost` is one.
 */
export function relyingParty(event: Pick<RequestEvent, 'request'>): RelyingParty {
  const origin = event.request.headers.get('origin') ?? '';
  if (!URL.canParse(origin)) throw new Refusal('passkey_failed');
  const { hostname } = new URL(origin);
  if (/^[\d.]+$|^\[/.test(hostname)) throw new Refusal('passkey_failed');
  return { id: hostname, origin };
}
