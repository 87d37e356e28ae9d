import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meilisearch } from '#lib/server/platform/search/meilisearch.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';

const question = { order: 'best', offset: 0, limit: 10 } as const;
const ID = '019200a0-0000-7000-8000-00000000000a';
const hit = { practitionerId: ID, locationId: ID, shown: { label: 'Jane Roe' } };
const answer = (changed: object = {}) =>
  // The page and the counts are asked for apart; each finds in this what it reads.
  JSON.stringify({
    hits: [{ ...hit, ...changed }],
    estimatedTotalHits: 1,
    results: [{ hits: [], totalHits: 1, facetDistribution: {} }],
  });

describe('what is exchanged with the search server', () => {
  let http: Server;
  let index: SearchIndex<unknown>;
  let given: { headers: IncomingHttpHeaders; body: Buffer };
  let respond: { body: Buffer | string; headers?: Record<string, string>; status?: number };
  beforeAll(async () => {
    http = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        given = { headers: request.headers, body: Buffer.concat(chunks) };
        response.writeHead(respond.status ?? 200, respond.headers ?? {});
        response.end(respond.body);
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as { port: number };
    index = meilisearch({ url: `http://127.0.0.1:${port}`, key: 'a key', timeoutMs: 5_000 });
  });
  afterAll(() => {
    http.closeAllConnections();
    http.close();
  });
  const packed = (body: Buffer) => ({ body, headers: { 'content-encoding': 'gzip' } });
  const find = () => index.find(question);

  it('is packed both ways, so that each side knows whether it came as it was sent', async () => {
    respond = packed(gzipSync(answer()));
    expect((await find()).hits).toEqual([{ ...hit, distanceKm: null }]);
    expect(given.headers).toMatchObject({
      'accept-encoding': 'gzip',
      'content-encoding': 'gzip',
      'content-type': 'application/json',
      authorization: 'Bearer a key',
    });
    expect(JSON.parse(gunzipSync(given.body).toString())).toMatchObject({ queries: [{ hitsPerPage: 0 }] });
  });

  it('is refused with any one byte of it changed, wherever', async () => {
    const whole = gzipSync(answer());
    // Behind the head of it, which holds a time and the kind of machine and is checked by nobody.
    for (let at = 10; at < whole.length; at++) {
      const wrong = Buffer.from(whole);
      wrong[at] = wrong[at]! ^ 0b100;
      respond = packed(wrong);
      await expect(find(), `byte ${at}`).rejects.toThrow();
    }
  });

  it.each([
    ['cut short', packed(gzipSync(answer()).subarray(0, 60))],
    ['a page of something in between', { body: '<h1>Hello</h1>' }],
    ['of another kind', { body: '{}' }],
    ['nothing', { body: '' }],
    ['a refusal', { body: '{"message":"no","code":"invalid_api_key","type":"auth","link":""}', status: 403 }],
    ['about nobody we know how to ask for', { body: answer({ practitionerId: `${ID}'` }) }],
    ['about no place', { body: answer({ locationId: undefined }) }],
    ['with nothing to show', { body: answer({ shown: undefined }) }],
  ])('is refused where it is %s', async (_what, response) => {
    respond = response;
    await expect(find()).rejects.toThrow();
  });
});
