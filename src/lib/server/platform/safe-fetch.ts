import { lookup as resolveName } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Why nothing was read. Whatever else the other side said is not passed on. */
export type FetchFailure = 'address' | 'unreachable' | 'denied' | 'too_slow' | 'too_large';

export class FetchProblem extends Error {
  readonly failure: FetchFailure;

  constructor(failure: FetchFailure) {
    super(failure);
    this.name = 'FetchProblem';
    this.failure = failure;
  }
}

/** What may be fetched. Tests alone widen it, to reach servers of their own. */
export interface FetchRules {
  protocols: readonly string[];
  ports: readonly number[];
  isPublic(address: string): boolean;
  resolve(host: string): Promise<readonly string[]>;
  milliseconds: number;
  bytes: number;
}

/** What a server said about the answer it gave before, so that it may say "unchanged". */
export interface Version {
  etag: string | null;
  lastModified: string | null;
}

export type Fetched = { changed: false } | ({ changed: true; text: string } & Version);

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 3;

const notPublic = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(network, bits, 'ipv4');
// Of 2000::/3: protocols and tunnels (Teredo, ORCHID, 6to4), and what is kept for documents.
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  notPublic.addSubnet(network, bits, 'ipv6');

const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/**
 * True for an address on the open internet (IANA special-purpose registries). Of IPv6 that is 2000::/3 alone: loopback,
 * link-local, unique local, multicast, IPv4-mapped and NAT64 addresses lie outside of it.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, 'ipv4');
  return family === 6 && globalUnicast.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

/** The rules for addresses that people give us. */
export const publicInternet: FetchRules = {
  protocols: ['https:'],
  ports: [80, 443],
  isPublic: isPublicAddress,
  resolve: async (host) => (await resolveName(host, { all: true })).map(({ address }) => address),
  milliseconds: 10_000,
  bytes: 5_000_000,
};

/** The address as we would ask for it; `webcal:` is another name for https. Refuses what the rules forbid at sight. */
export function checkedUrl(text: string, rules: FetchRules): URL {
  const url = URL.parse(text.trim().replace(/^webcals?:/i, 'https:'));
  const isAllowed =
    url !== null &&
    rules.protocols.includes(url.protocol) &&
    rules.ports.includes(Number(url.port || (url.protocol === 'https:' ? 443 : 80))) &&
    url.username === '' &&
    url.password === '' &&
    (isIP(hostOf(url)) === 0 || rules.isPublic(hostOf(url)));
  if (!isAllowed) throw new FetchProblem('address');
  return url;
}

/**
 * Fetches text from an address that somebody else chose: never from inside our own network, never more than the rules
 * allow in bytes, before or after decompression, and never for longer, redirects included.
 */
export async function safeFetch(
  text: string,
  { etag, lastModified }: Version,
  rules: FetchRules,
): Promise<Fetched> {
  const headers = {
    accept: 'text/calendar, */*;q=0.5',
    ...(etag !== null && { 'if-none-match': etag }),
    ...(lastModified !== null && { 'if-modified-since': lastModified }),
  };
  return inBounds(rules, async (signal) => {
    const { answer } = await follow(text, { method: 'GET', headers }, rules, signal);
    return read(answer, rules);
  });
}

/** A request of any method. It may carry a password: a redirect to another host is not followed. */
export interface SafeRequest {
  method: string;
  headers: Readonly<Record<string, string | undefined>>;
  body?: string | Buffer;
}

export interface SafeAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** What answered, after redirects. */
  url: URL;
}

/** Sends a request to an address that somebody else chose, within the same bounds; whatever the status, the answer is read. */
export async function safeRequest(
  text: string,
  request: SafeRequest,
  rules: FetchRules,
): Promise<SafeAnswer> {
  return inBounds(rules, async (signal) => {
    const { answer, url } = await follow(text, request, rules, signal, { onlyThisHost: true });
    const body = await bounded(decoded(answer), answer, rules.bytes);
    return { status: answer.statusCode!, headers: answer.headers, text: body, url };
  });
}

/** Runs within the time the rules allow; whatever breaks is one of our reasons. */
async function inBounds<T>(rules: FetchRules, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(rules.milliseconds);
  try {
    return await work(signal);
  } catch (error) {
    if (signal.aborted) throw new FetchProblem('too_slow');
    if (error instanceof FetchProblem) throw error;
    throw new FetchProblem('unreachable');
  }
}

/** Asks, and goes where it is sent on to, a few times; each address is checked like the first. */
async function follow(
  text: string,
  request: SafeRequest,
  rules: FetchRules,
  signal: AbortSignal,
  { onlyThisHost = false } = {},
): Promise<{ answer: http.IncomingMessage; url: URL }> {
  let url = checkedUrl(text, rules);
  const { host } = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await ask(url, request, rules, signal);
    const location = answer.headers.location;
    if (!REDIRECTS.includes(answer.statusCode!) || location === undefined) return { answer, url };
    answer.destroy();
    const next = URL.parse(location, url);
    if (next === null || (onlyThisHost && next.host !== host)) throw new FetchProblem('address');
    url = checkedUrl(next.href, rules);
  }
  throw new FetchProblem('unreachable');
}

/** Asks one address. The name is resolved once, and what was checked is what is connected to. */
async function ask(
  url: URL,
  { method, headers, body }: SafeRequest,
  rules: FetchRules,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const host = hostOf(url);
  const addresses = isIP(host) ? [host] : await inTime(rules.resolve(host), signal);
  // One address inside is enough to refuse: such a name was made to lead there.
  if (addresses.length === 0) throw new FetchProblem('unreachable');
  if (!addresses.every(rules.isPublic)) throw new FetchProblem('address');

  const { request: open } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = open(url, {
      method,
      signal,
      lookup: alwaysTo(addresses),
      // A connection of its own, which nobody opened to somewhere else before.
      agent: false,
      headers: {
        'accept-encoding': 'gzip, deflate, br',
        'user-agent': 'Steadyhand calendar reader',
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const address = response.socket.remoteAddress;
      if (address !== undefined && rules.isPublic(address)) return resolve(response);
      response.destroy();
      reject(new FetchProblem('address'));
    });
    request.end(body);
  });
}

function alwaysTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, answer) => {
    if (options.all) answer(null, found);
    else answer(null, found[0]!.address, found[0]!.family);
  };
}

async function read(answer: http.IncomingMessage, { bytes }: FetchRules): Promise<Fetched> {
  if (answer.statusCode === 304) {
    answer.destroy();
    return { changed: false };
  }
  if (answer.statusCode !== 200) {
    answer.destroy();
    throw new FetchProblem(answer.statusCode! >= 500 ? 'unreachable' : 'denied');
  }
  const { etag = null, 'last-modified': lastModified = null } = answer.headers;
  const text = await bounded(decoded(answer), answer, bytes);
  return { changed: true, text, etag, lastModified };
}

function decoded(answer: http.IncomingMessage): Readable {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return answer;
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : undefined;
  if (decoder === undefined) throw new FetchProblem('unreachable');
  answer.once('error', (error) => decoder.destroy(error));
  return answer.pipe(decoder);
}

/** The whole text, unless it grows over the bound; both ends are let go of then. */
async function bounded(content: Readable, answer: http.IncomingMessage, bytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bytes) throw new FetchProblem('too_large');
      chunks.push(chunk);
    }
  } finally {
    answer.destroy();
    content.destroy();
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Names are resolved by the system, which knows no signal. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  return Promise.race([work, promise]);
}
