import { createECDH } from 'node:crypto';
import webpush from 'web-push';
import type { Config } from './config.ts';
import { checkedUrl, FetchProblem, publicInternet, safeRequest, type FetchRules } from './safe-fetch.ts';

/** Where a browser is reached, and the keys that only it can open. */
export interface PushTarget {
  endpoint: string;
  p256dh: string;
  auth: string;
}

/** `gone`: the browser is reached there no more. Everything else that goes wrong is thrown. */
export type PushOutcome = { kind: 'sent' } | { kind: 'gone' } | { kind: 'refused'; reason: string };

/** Hands messages to browsers' own servers (RFC 8030, 8291, 8292). */
export interface PushSender {
  readonly publicKey: string;
  send(target: PushTarget, message: { words: string; url: string | null }): Promise<PushOutcome>;
}

/** So long their server keeps a message for a browser that is not there. */
const KEPT_SECONDS = 12 * 60 * 60;
/** RFC 8291, 3.2. */
const AUTH_BYTES = 16;

/**
 * Web push with the keys of the configuration; null without them. `web-push` encrypts and signs; the request itself goes
 * through the guard of addresses that strangers name, for an endpoint is one.
 */
export function openPush(
  { push, publicUrl }: Pick<Config, 'push' | 'publicUrl'>,
  rules: FetchRules = publicInternet,
): PushSender | null {
  if (push === null) return null;
  // Who it is that pushes, for their server's operator. A demo has no address that others could open.
  const subject = publicUrl.protocol === 'https:' ? publicUrl.origin : 'mailto:push@steadyhand.invalid';
  return {
    publicKey: push.publicKey,
    async send({ endpoint, p256dh, auth }, message) {
      // From before they were looked at when they came.
      if (!areKeys({ p256dh, auth })) return { kind: 'gone' };
      const request = webpush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        JSON.stringify(message),
        { TTL: KEPT_SECONDS, vapidDetails: { subject, ...push } },
      );
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const { status } = await safeRequest(
        request.endpoint,
        { method: request.method, headers, body: request.body },
        rules,
      );
      if (status >= 200 && status < 300) return { kind: 'sent' };
      if (status === 404 || status === 410) return { kind: 'gone' };
      if (status >= 500 || status === 429) throw new Error(`a server of browsers answered ${status}`);
      return { kind: 'refused', reason: `their server answered ${status}` };
    },
  };
}

/**
 * Whether a browser can be reached so at all: its address may be asked, and its keys are keys. Whether the address leads inside is
 * looked at again with every message.
 */
export function canBePushedTo(
  { endpoint, ...keys }: PushTarget,
  rules: FetchRules = publicInternet,
): boolean {
  if (!areKeys(keys)) return false;
  try {
    checkedUrl(endpoint, rules);
    return true;
  } catch (problem) {
    if (problem instanceof FetchProblem) return false;
    throw problem;
  }
}

/** With others every message would fail, again and again: a point of the curve that they are sealed on, and a secret. */
function areKeys({ p256dh, auth }: Omit<PushTarget, 'endpoint'>): boolean {
  if (Buffer.from(auth, 'base64url').length !== AUTH_BYTES) return false;
  const ours = createECDH('prime256v1');
  ours.generateKeys();
  try {
    ours.computeSecret(Buffer.from(p256dh, 'base64url'));
    return true;
  } catch {
    return false;
  }
}
