import type { Config } from '../platform/config.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True when a request may change something: every unsafe method, whatever its content type, must come from our own
 * origin. A demo on this machine is reachable under its three loopback names; each may post to itself.
 */
export function comesFromOurOrigin(request: Request, config: Config): boolean {
  if (SAFE.has(request.method)) return true;
  const origin = request.headers.get('origin');
  if (origin === null || !URL.canParse(origin)) return false;
  if (origin === config.publicUrl.origin) return true;
  const { protocol, hostname, port } = new URL(origin);
  return (
    config.mode !== 'production' &&
    protocol === 'http:' &&
    LOOPBACK.includes(hostname) &&
    request.headers.get('host') === (port === '' ? hostname : `${hostname}:${port}`)
  );
}

/**
 * What a mail program sends for its reader (RFC 8058), and what a gateway of texts reports, come from no page, and without
 * cookies. They act by the secret in their address, or by their signature, alone, whoever sends them.
 */
export function actsBySecretAlone(routeId: string | null): boolean {
  return routeId === '/(account)/account/messages/stop/one-click' || routeId === '/webhooks/texts';
}
