import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '../harness/port.ts';
import { openWebServer } from '../../src/bin/serve.ts';

async function open(shutdownDelaySeconds = 0) {
  const port = await freePort();
  const publicUrl = new URL('https://steadyhand.test');
  return { web: await openWebServer({ host: '127.0.0.1', port, publicUrl, shutdownDelaySeconds }), port };
}

test('asks for patience until there is something to answer with', async () => {
  const { web } = await open();
  const early = await fetch(web.url);
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '2']);
  expect(early.headers.get('strict-transport-security')).toBe('max-age=31536000');

  web.answerWith((_request, response) => response.end('ready'));
  expect(await (await fetch(web.url)).text()).toBe('ready');
  await web.drain();
});

test('a running request is answered, and then neither it nor an idle browser is waited for', async () => {
  const { web, port } = await open();
  const { promise: asked, resolve: ask } = Promise.withResolvers<() => void>();
  web.answerWith((_request, response) => ask(() => response.end('after all')));

  const idle = connect(port, '127.0.0.1');
  const request = fetch(web.url);
  const answer = await asked;
  const drained = web.drain();
  await expect(fetch(web.url)).rejects.toThrow();
  answer();
  expect(await (await request).text()).toBe('after all');
  idle.end();
  await drained;
});

test('told to leave slowly, it says so at /readyz, answers everybody meanwhile, and keeps no connection', async () => {
  const { web } = await open(1);
  web.answerWith((_request, response) => response.end('an answer'));
  expect((await fetch(`${web.url}/readyz`)).status).toBe(200);

  const drained = web.drain();
  const asked = await fetch(`${web.url}/readyz`);
  expect([asked.status, asked.headers.get('connection')]).toEqual([503, 'close']);
  expect(await asked.json()).toEqual({ ready: false, leaving: true });
  const answer = await fetch(web.url);
  expect([await answer.text(), answer.headers.get('connection')]).toEqual(['an answer', 'close']);
  await drained;
  await expect(fetch(web.url)).rejects.toThrow();
});
