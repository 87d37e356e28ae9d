import { expect, it } from 'vitest';
import { processors } from '#lib/server/domain/privacy/notice.ts';
import { readConfig } from '#lib/server/platform/config.ts';

const of = (env: Record<string, string>) =>
  processors(readConfig({ MODE: 'test', DATABASE_URL: 'postgres://localhost/x', ...env })).map(
    ({ who }) => who,
  );

it('names nobody where nobody works for this house, nor what runs on its own machine', () => {
  expect(of({})).toEqual([]);
  expect(
    of({ MEILI_URL: 'http://127.0.0.1:7700', MAIL_URL: 'smtp://localhost:25', MAIL_FROM: 'a@b.example' }),
  ).toEqual([]);
});

it('names whoever it is set up with, by the name of their server, and no password of ours', () => {
  const named = of({
    MAIL_URL: 'smtps://user:hunter2@mail.carrier.example:465',
    MAIL_FROM: 'hello@steadyhand.example',
    CONTACT_EMAIL: 'help@steadyhand.example',
    SMS_URL: 'https://texts.example/send?key=secret',
    SMS_SECRET: 's'.repeat(32),
    VAPID_PUBLIC_KEY: 'x',
    VAPID_PRIVATE_KEY: 'y',
    MEILI_URL: 'https://search.example',
    MAP_STYLE_URL: 'https://maps.example/style.json',
  });
  expect(named).toEqual([
    'mail.carrier.example',
    'texts.example',
    'The maker of your browser',
    'search.example',
    'maps.example',
  ]);
});
