import { connect } from 'node:net';

/** Requests that are hardly HTTP, byte by byte. */
export function brokenRequests(host: string): string[] {
  const head = (line: string, ...headers: string[]) =>
    [line, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n');
  const paths = [
    '/%',
    '/%zz',
    '/%c0%af',
    '/%ff%fe',
    '/%ed%a0%80',
    '/%00',
    '/search?q=%',
    '/search?q=%ff',
    '/search?%00=1',
    '/search?__proto__=1&__proto__[x]=2',
    '/practitioners/%ff',
    '/practitioners/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/practitioners/..%5c..%5cetc',
    '/../../etc/passwd',
    '/./././',
    '//elsewhere.example/',
    '///',
    '/\\elsewhere.example',
    '/search/__data.json?x-sveltekit-invalidated=zzz',
    '/__data.json?x-sveltekit-trailing-slash=1&x-sveltekit-invalidated=%00',
    '/_app/../../../etc/passwd',
    '/_app/immutable/%2e%2e/%2e%2e/package.json',
    '/_app/route.js',
    '/_app/route/(staff)/staff.js',
    '/_app/remote/x/y',
    `/${'a'.repeat(8_000)}`,
    `/search?${'a=1&'.repeat(3_000)}`,
    `/search?q=${'%F0%9F%92%89'.repeat(900)}`,
    'http://elsewhere.example/',
    '*',
    '/search#fragment',
    '/search?q=a b',
    '/search;jsessionid=1',
    '/search%3fq=1',
    '/SEARCH',
    '/search//',
    '/account/../staff',
    '/favicon.svg/x',
  ];
  return [
    ...paths.map((path) => head(`GET ${path} HTTP/1.1`)),
    '\r\n\r\n',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'get / HTTP/1.1\r\nHost: x\r\n\r\n',
    'BREW / HTTP/1.1\r\nHost: x\r\n\r\n',
    head('TRACE / HTTP/1.1'),
    head('CONNECT elsewhere.example:443 HTTP/1.1'),
    head('OPTIONS * HTTP/1.1'),
    head('HEAD /search HTTP/1.1'),
    head('GET / HTTP/1.1', 'Host: elsewhere.example'),
    head('GET / HTTP/1.1', `X-Long: ${'a'.repeat(20_000)}`),
    head('GET / HTTP/1.1', ...Array.from({ length: 2_500 }, (_, nth) => `X-${nth}: 1`)),
    head('GET / HTTP/1.1', 'Bad Header: x'),
    head('GET / HTTP/1.1', ': nameless'),
    head('GET / HTTP/1.1', 'X-Null: a\0b'),
    head('GET / HTTP/1.1', 'X-Folded: a\r\n b'),
    head(
      'GET / HTTP/1.1',
      `Cookie: session=${'%'.repeat(300)}; session=%ff; =; ;;; __proto__=1; party=\u00ff`,
    ),
    head('GET / HTTP/1.1', 'Range: bytes=0-0,5-9999999999999,-1', 'If-Range: x'),
    head('GET /favicon.svg HTTP/1.1', 'Range: bytes=99999999999-'),
    head('GET /favicon.svg HTTP/1.1', 'Range: bytes=-99999999999999999999'),
    head('GET /favicon.svg HTTP/1.1', 'If-Modified-Since: never', 'If-None-Match: "'),
    head('GET / HTTP/1.1', 'Accept-Encoding: gzip;q=NaN, br;q=-1, *;q=1e309'),
    head('GET / HTTP/1.1', 'Accept: */*;q=x, ;;;,'),
    head('GET / HTTP/1.1', 'Accept-Language: zz-ZZ;q=9, *;q=x'),
    head('GET / HTTP/1.1', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: x'),
    head('GET / HTTP/1.1', 'Upgrade: h2c', 'HTTP2-Settings: x'),
    head('GET / HTTP/1.1', 'Expect: 200-maybe'),
    head('POST /account/sign-in HTTP/1.1', `Origin: http://${host}`, 'Content-Length: -1'),
    head(
      'POST /account/sign-in HTTP/1.1',
      `Origin: http://${host}`,
      'Content-Length: 5',
      'Content-Length: 6',
    ) + 'a=b&c',
    head('POST /account/sign-in HTTP/1.1', `Origin: http://${host}`, 'Content-Length: 1e3'),
    head(
      'POST /account/sign-in HTTP/1.1',
      `Origin: http://${host}`,
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
    ) + '0\r\n\r\n',
    head('POST /account/sign-in HTTP/1.1', `Origin: http://${host}`, 'Transfer-Encoding: chunked') +
      'zz\r\nabc\r\n0\r\n\r\n',
    head('POST /account/sign-in HTTP/1.1', `Origin: http://${host}`, 'Transfer-Encoding: gzip, chunked') +
      '0\r\n\r\n',
    head(
      'POST /api/v1/holds HTTP/1.1',
      `Origin: http://${host}`,
      'Content-Type: application/json',
      'Content-Encoding: gzip',
      'Content-Length: 2',
    ) + '{}',
    head(
      'POST /account/sign-in HTTP/1.1',
      `Origin: http://${host}`,
      'Content-Type: multipart/form-data',
      'Content-Length: 3',
    ) + 'abc',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ];
}

/** Sends bytes as they are. Answers what came back; null when it hung. */
export function sendRaw(port: number, bytes: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.from(bytes, 'latin1')));
    socket.setTimeout(10_000, () => {
      socket.destroy();
      resolve(null);
    });
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}
