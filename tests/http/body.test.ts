import { describe, expect, it } from 'vitest';
import { readForm, readJson } from '#lib/server/http/body.ts';

const url = 'http://127.0.0.1/';
const refused = (code: string): unknown => expect.objectContaining({ code });

function form(bytes: number): Request {
  const body = new FormData();
  body.set('name', 'x');
  body.set('file', new File(['x'.repeat(bytes)], 'x.txt'));
  return new Request(url, { method: 'POST', body });
}

/** The same, without saying beforehand how much it is. */
async function unannounced(request: Request): Promise<Request> {
  const bytes = await request.bytes();
  const body = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 10_000) controller.enqueue(bytes.slice(at, at + 10_000));
      controller.close();
    },
  });
  const init = { method: 'POST', body, headers: request.headers, duplex: 'half' };
  return new Request(url, init);
}

describe('a body', () => {
  it('is read up to its bound, files and all', async () => {
    const read = await readForm(await unannounced(form(100_000)), 200_000);
    expect(read.get('name')).toBe('x');
    expect((read.get('file') as File).size).toBe(100_000);
  });

  it('over its bound is refused, announced or not', async () => {
    const announced = new Request(url, {
      method: 'POST',
      body: 'x',
      headers: { 'content-length': '600000', 'content-type': 'application/x-www-form-urlencoded' },
    });
    await expect(readForm(announced)).rejects.toThrow(refused('too_large'));
    await expect(readForm(form(600_000))).rejects.toThrow(refused('too_large'));
    await expect(readForm(await unannounced(form(600_000)))).rejects.toThrow(refused('too_large'));
    await expect(readForm(form(300_000), 200_000)).rejects.toThrow(refused('too_large'));
    const json = { 'content-type': 'application/json' };
    const large = JSON.stringify('x'.repeat(600_000));
    await expect(readJson(new Request(url, { method: 'POST', body: large, headers: json }))).rejects.toThrow(
      refused('too_large'),
    );
  });

  it('of more fields than a form of ours has is refused', async () => {
    const fields = (count: number) =>
      new Request(url, {
        method: 'POST',
        body: new URLSearchParams(Array.from({ length: count }, (_, nth) => [`f${nth}`, ''])),
      });
    expect([...(await readForm(fields(5_000))).keys()]).toHaveLength(5_000);
    await expect(readForm(fields(5_001))).rejects.toThrow(refused('too_large'));
  });

  it('that is broken, or of another kind, is malformed', async () => {
    const post = (body: string, type: string) =>
      new Request(url, { method: 'POST', body, headers: { 'content-type': type } });
    await expect(readForm(post('--x', 'multipart/form-data; boundary=x'))).rejects.toThrow(
      refused('malformed'),
    );
    await expect(readForm(post('a=%00', 'application/x-www-form-urlencoded'))).rejects.toThrow(
      refused('malformed'),
    );
    await expect(readJson(post('{', 'application/json'))).rejects.toThrow(refused('malformed'));
    for (const text of ['\\u0000', 'a\\ud83d', '\\ude00'])
      for (const body of [`{"a":["${text}"]}`, `{"${text}":1}`])
        await expect(readJson(post(body, 'application/json'))).rejects.toThrow(refused('malformed'));
    expect(await readJson(post('{"a":"\\ud83d\\ude00 \\\\u0000"}', 'application/json'))).toEqual({
      a: '😀 \\u0000',
    });
    await expect(readJson(post('{}', 'text/plain'))).rejects.toThrow(refused('malformed'));
  });
});
