import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';

/** Whether this browser, at this address, can use passkeys: they are bound to a name, and a number is none. */
export function canUsePasskeys(): boolean {
  return 'PublicKeyCredential' in window && window.isSecureContext && !/^[\d.]+$|^\[/.test(location.hostname);
}

/** Whether it could, if this machine were asked for by its name. */
export function nameForPasskeys(): string | null {
  if (location.hostname !== '127.0.0.1') return null;
  const named = new URL(location.href);
  named.hostname = 'localhost';
  return named.href;
}

/** Asks for a passkey; answers what it signed. */
export async function showPasskey(challengePath: string): Promise<object> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const optionsJSON = await challenge<PublicKeyCredentialRequestOptionsJSON>(challengePath, 'use');
  return startAuthentication({ optionsJSON });
}

/** Makes a passkey; answers what the server keeps of it. */
export async function makePasskey(challengePath: string): Promise<object> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  const optionsJSON = await challenge<PublicKeyCredentialCreationOptionsJSON>(challengePath, 'register');
  return startRegistration({ optionsJSON });
}

async function challenge<Options>(path: string, purpose: 'register' | 'use'): Promise<Options> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ purpose }),
  });
  if (!response.ok) throw new Error(`asked for a challenge and was answered ${response.status}`);
  return (await response.json()) as Options;
}
