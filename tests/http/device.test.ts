import { expect, it } from 'vitest';
import { deviceOf } from '#lib/server/http/device.ts';
import { relyingParty } from '#lib/server/http/relying-party.ts';

const from = (headers: Record<string, string>) => ({
  request: new Request('http://localhost/', { headers }),
});

it.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0', 'Firefox on Windows'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1',
    'Safari on iOS, a telephone',
  ],
  ['curl/8.19.0', 'A program'],
  ['x'.repeat(5_000), 'A program'],
])('names a device by its browser and system: %.40s', (agent, words) => {
  expect(deviceOf(from({ 'user-agent': agent }))).toBe(words);
});

it('says nothing of a device that says nothing', () => {
  expect(deviceOf(from({}))).toBe('');
});

it('binds passkeys to a name, and knows that a number is none', () => {
  expect(relyingParty(from({ origin: 'https://steadyhand.example' }))).toEqual({
    id: 'steadyhand.example',
    origin: 'https://steadyhand.example',
  });
  expect(relyingParty(from({ origin: 'http://localhost:3000' }))).toMatchObject({ id: 'localhost' });
  for (const origin of ['http://127.0.0.1:3000', 'http://[::1]:3000', 'null', ''])
    expect(() => relyingParty(from({ origin }))).toThrow();
});
