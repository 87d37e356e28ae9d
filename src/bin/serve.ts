import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CannotStart } from '#db/cannot-start.ts';
import { readConfig, type Config } from '#lib/server/platform/config.ts';
import { builtHandler } from './build.ts';
import { enter } from './entry.ts';
import { refuseUnfitForProduction } from './prepare.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown;

export interface WebServer {
  /** Where a browser on this machine finds it. */
  readonly url: string;
  readonly http: Server;
  /** Until now every request was told to wait a moment; from now on this answers. */
  answerWith(handler: Handler): void;
  /**
   * Says at `/readyz` that it leaves, for as long as a balancer may need to notice; then takes no new connections and lets the
   * running requests end.
   */
  drain(): Promise<void>;
}

const drainMs = 10_000;

/**
 * On every answer, static files and early refusals included. What a page itself sets wins: its own
 * Content-Security-Policy is far stricter than this one, which is for files that are not pages.
 */
const securityHeaders = {
  'content-security-policy': "script-src 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(self), microphone=(), payment=(), usb=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Listens at once, so that a port in use is known before any work is done. */
export async function openWebServer(
  config: Pick<Config, 'host' | 'port' | 'publicUrl' | 'shutdownDelaySeconds'>,
): Promise<WebServer> {
  const { host, port, publicUrl, shutdownDelaySeconds } = config;
  const headers = new Headers(securityHeaders);
  if (publicUrl.protocol === 'https:') headers.set('strict-transport-security', 'max-age=31536000');

  let handler: Handler = notReadyYet;
  let leaving = false;
  let draining = false;
  const http = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
    },
    (request, response) => {
      response.setHeaders(headers);
      // A browser keeps its connection open after the answer, and would be waited for.
      response.once('close', () => draining && http.closeIdleConnections());
      // Who keeps connections open goes elsewhere with the next request.
      if (leaving) response.setHeader('connection', 'close');
      if (leaving && request.url === '/readyz') return leavingAnswer(response);
      handler(request, response, () => {
        response.statusCode = 404;
        response.end('Not found');
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    throw new CannotStart(
      error.code === 'EADDRINUSE'
        ? `Port ${port} is in use: stop what is running there, or choose another with PORT=${port + 1}.`
        : `Cannot listen on ${host}:${port} (${error.code}): choose others with HOST and PORT.`,
    );
  });

  return {
    url: `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host}:${port}`,
    http,
    answerWith: (real) => {
      handler = real;
    },
    drain: async () => {
      const isFirst = !leaving;
      leaving = true;
      if (isFirst) await wait(shutdownDelaySeconds * 1_000);
      draining = true;
      const closed = new Promise((resolve) => http.close(resolve));
      const impatient = setTimeout(() => http.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(impatient);
    },
  };
}

function notReadyYet(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2' });
  response.end('Steadyhand is starting. Please try again in a moment.\n');
}

function leavingAnswer(response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ ready: false, leaving: true }));
}

/** The environment as the application will read it; what is wrong with it is told in one line. */
export function configOrStop(env: NodeJS.ProcessEnv): Config {
  try {
    return readConfig(env);
  } catch (error) {
    throw new CannotStart((error as Error).message);
  }
}

/** Loads the built application, which reads `process.env` as it is now. */
export async function loadBuiltHandler(publicUrl: URL): Promise<Handler> {
  // adapter-node reads it (docs/operating.md): without it everybody behind the proxy is one to every limit by address.
  if (publicUrl.protocol === 'https:' && !process.env.ADDRESS_HEADER)
    console.log('ADDRESS_HEADER is not set: visitors are counted by the address of the proxy, all as one.');
  // Without it adapter-node believes whatever Host a request names.
  process.env.ORIGIN = publicUrl.origin;
  // The largest file that any page takes; what each of them reads is bounded where it is read (http/body.ts).
  process.env.BODY_SIZE_LIMIT = '51M';
  const { handler } = (await import(pathToFileURL(builtHandler()).href)) as { handler: Handler };
  return handler;
}

/** Tells the application that the last request is answered: it closes its connections. */
export function announceShutdown(): void {
  process.emit('sveltekit:shutdown' as 'beforeExit', 0);
}

// On its own: the web server alone, on a database that is already there.
if (import.meta.main) {
  await enter(async ({ onStop }) => {
    const config = configOrStop(process.env);
    const web = await openWebServer(config);
    onStop(announceShutdown);
    onStop(web.drain);
    if (config.mode === 'production') await refuseUnfitForProduction(config.databaseUrl);
    web.answerWith(await loadBuiltHandler(config.publicUrl));
    console.log(`ready ${web.url}`);
  });
}
