import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  checkedUrl,
  isPublicAddress,
  publicInternet,
  safeFetch,
  type FetchRules,
} from '#lib/server/platform/safe-fetch.ts';
import { afterFile } from '../harness/after.ts';

const CALENDAR = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';
const unknown = { etag: null, lastModified: null };
const failing = (failure: string): unknown => expect.objectContaining({ failure });

/** A server on this machine, counting who comes; the rules may let its address pass, and no other. */
async function serve(listener: RequestListener) {
  let visits = 0;
  const server = createServer((request, response) => {
    visits += 1;
    listener(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  afterFile(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const rules: FetchRules = {
    ...publicInternet,
    protocols: ['http:', 'https:'],
    ports: [port],
    isPublic: (address) => address === '127.0.0.1',
    resolve: () => Promise.resolve(['127.0.0.1']),
    milliseconds: 2_000,
    bytes: 100_000,
  };
  return { port, url: `http://calendar.example:${port}/one.ics`, rules, visits: () => visits };
}

describe('addresses', () => {
  it.each([
    ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '100.127.255.255', '192.0.0.8', '192.0.2.1', '198.18.0.1'],
    ...['198.51.100.1', '203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8'],
    ...[
      '64:ff9b::7f00:1',
      '64:ff9b:1::1',
      '2001::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '100::1',
      '3fff::1',
      'hello',
    ],
  ])('%s is not on the open internet', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '1.1.1.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...[
      'http://example.com/',
      'ftp://example.com/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'hello',
      '',
    ],
    ...['https://user:secret@example.com/', 'https://user@example.com/', 'https://example.com:8443/'],
    ...[
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0177.0.0.1/',
      'https://127.1/',
    ],
    ...['https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[fe80::1]/'],
    ...['https://169.254.169.254/latest/meta-data', 'https://１２７.０.０.１/', 'https://0/'],
  ])('%s is refused at sight', (url) => {
    expect(() => checkedUrl(url, publicInternet)).toThrow(failing('address'));
  });

  it('webcal is another name for https', () => {
    expect(checkedUrl(' webcal://example.com/a.ics ', publicInternet).href).toBe('https://example.com/a.ics');
  });
});

describe('reading', () => {
  it.each([
    ['as it is', undefined, Buffer.from(CALENDAR)],
    ['in gzip', 'gzip', gzipSync(CALENDAR)],
    ['in deflate', 'deflate', deflateSync(CALENDAR)],
    ['in brotli', 'br', brotliCompressSync(CALENDAR)],
  ])('a calendar %s', async (_how, encoding, body) => {
    const { url, rules } = await serve((_request, response) => {
      response.writeHead(200, { etag: '"one"', ...(encoding && { 'content-encoding': encoding }) });
      response.end(body);
    });
    expect(await safeFetch(url, unknown, rules)).toEqual({
      changed: true,
      text: CALENDAR,
      etag: '"one"',
      lastModified: null,
    });
  });

  it('says which version is known, and hears that nothing changed', async () => {
    const asked: (string | undefined)[] = [];
    const { url, rules } = await serve(({ headers }, response) => {
      asked.push(headers['if-none-match'], headers['if-modified-since']);
      response.writeHead(304).end();
    });
    const known = { etag: '"one"', lastModified: 'Mon, 02 Mar 2026 09:00:00 GMT' };
    expect(await safeFetch(url, known, rules)).toEqual({ changed: false });
    expect(asked).toEqual(Object.values(known));
  });

  it.each([
    [404, 'denied'],
    [401, 'denied'],
    [206, 'denied'],
    [503, 'unreachable'],
  ])('an answer %d is not a calendar: %s', async (status, failure) => {
    const { url, rules } = await serve((_request, response) => void response.writeHead(status).end(CALENDAR));
    await expect(safeFetch(url, unknown, rules)).rejects.toThrow(failing(failure));
  });

  it('nobody there, and a name that nobody has', async () => {
    const { url, rules } = await serve((request) => void request.socket.destroy());
    await expect(safeFetch(url, unknown, rules)).rejects.toThrow(failing('unreachable'));
    const nowhere = { ...rules, resolve: () => Promise.reject(new Error('ENOTFOUND')) };
    await expect(safeFetch(url, unknown, nowhere)).rejects.toThrow(failing('unreachable'));
  });
});

describe('leading us astray', () => {
  it.each([
    'http://127.0.0.2/',
    'http://localhost:22/',
    'file:///etc/passwd',
    'http://[::1]/',
    'gopher://a/',
  ])('a redirect to %s is not followed', async (location) => {
    const { url, rules } = await serve(
      (_request, response) => void response.writeHead(302, { location }).end(),
    );
    await expect(safeFetch(url, unknown, rules)).rejects.toThrow(failing('address'));
  });

  it('redirects are followed three times, relative ones too, and no more', async () => {
    const toNext =
      (most: number): RequestListener =>
      (request, response) => {
        const step = Number(/\d+$/.exec(request.url!)?.[0] ?? 0);
        if (step === most) response.end(CALENDAR);
        else response.writeHead(307, { location: `/step/${step + 1}` }).end();
      };
    const three = await serve(toNext(3));
    expect(await safeFetch(three.url, unknown, three.rules)).toMatchObject({ changed: true });
    const four = await serve(toNext(4));
    await expect(safeFetch(four.url, unknown, four.rules)).rejects.toThrow(failing('unreachable'));
    expect(four.visits()).toBe(4);
  });

  it('a name that changes its mind is asked once: we connect to what was checked', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    let asked = 0;
    const { url, rules } = await serve((request, response) => {
      if (request.url === '/again') response.end(CALENDAR);
      else response.writeHead(302, { location: '/again' }).end();
    });
    const rebinding = { ...rules, resolve: () => Promise.resolve(answers[asked++]!) };
    // The redirect asks again, and is refused for the second answer; the first request went to the first.
    await expect(safeFetch(url, unknown, rebinding)).rejects.toThrow(failing('address'));
    expect(asked).toBe(2);
    asked = 0;
    await safeFetch(url.replace('one.ics', 'again'), unknown, rebinding);
    expect(asked).toBe(1);
  });

  it('a name with one address outside and one inside is refused, and nobody is called', async () => {
    const { url, rules, visits } = await serve((_request, response) => void response.end(CALENDAR));
    const both = { ...rules, resolve: () => Promise.resolve(['127.0.0.1', '10.0.0.1']) };
    await expect(safeFetch(url, unknown, both)).rejects.toThrow(failing('address'));
    expect(visits()).toBe(0);
  });

  it('the real rules do not reach this machine under any name', async () => {
    const { port, rules, visits } = await serve((_request, response) => void response.end(CALENDAR));
    const real = { ...rules, isPublic: isPublicAddress };
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '[::ffff:127.0.0.1]',
      'rebound.example',
    ]) {
      await expect(safeFetch(`http://${host}:${port}/`, unknown, real)).rejects.toThrow(failing('address'));
    }
    expect(visits()).toBe(0);
  });
});

describe('wearing us out', () => {
  it('a body without end, and one that says so beforehand', async () => {
    const { url, rules } = await serve((_request, response) => {
      const more = () => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    await expect(safeFetch(url, unknown, rules)).rejects.toThrow(failing('too_large'));
  });

  it('a small body that unpacks to a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { url, rules } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(bomb.length).toBeLessThan(rules.bytes);
    await expect(safeFetch(url, unknown, rules)).rejects.toThrow(failing('too_large'));
  });

  it('a packing of packings, and one that is broken', async () => {
    const twice = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync(CALENDAR)));
    });
    await expect(safeFetch(twice.url, unknown, twice.rules)).rejects.toThrow(failing('unreachable'));
    const broken = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed at all');
    });
    await expect(safeFetch(broken.url, unknown, broken.rules)).rejects.toThrow(failing('unreachable'));
  });

  it.each(['before its head', 'in the middle of its body', 'before it has an address'])(
    'a server that dawdles %s',
    async (when) => {
      const { url, rules } = await serve((_request, response) => {
        if (when === 'before its head') return;
        response.write('BEGIN:VCALENDAR\r\n');
        const drip = setInterval(() => response.write('X'), 50);
        response.on('close', () => clearInterval(drip));
      });
      const hurried = { ...rules, milliseconds: 400 };
      if (when === 'before it has an address') hurried.resolve = () => new Promise(() => {});
      await expect(safeFetch(url, unknown, hurried)).rejects.toThrow(failing('too_slow'));
    },
  );
});
