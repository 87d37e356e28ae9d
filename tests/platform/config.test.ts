import { expect, it } from 'vitest';
import { readConfig } from '#lib/server/platform/config.ts';

const production = {
  MODE: 'production',
  DATABASE_URL: 'postgres://database.example/steadyhand',
  PUBLIC_URL: 'https://steadyhand.example',
  MAIL_URL: 'smtp://mail.example',
  MAIL_FROM: 'hello@steadyhand.example',
  CONTACT_EMAIL: 'help@steadyhand.example',
  SEALING_KEYS: `a:${Buffer.alloc(32, 1).toString('base64')}`,
};

it('requires a second factor in production, whatever is said', () => {
  expect(readConfig(production).secondFactor).toBe('required');
  expect(() => readConfig({ ...production, SECOND_FACTOR: 'asked' })).toThrow(
    'SECOND_FACTOR: must be required in production',
  );
  expect(() => readConfig({ ...production, SECOND_FACTOR: 'off' })).toThrow('SECOND_FACTOR');
});

it('asks for one in the demo, which may be told to require it', () => {
  const demo = { MODE: 'demo', DATABASE_URL: production.DATABASE_URL };
  expect(readConfig(demo).secondFactor).toBe('asked');
  expect(readConfig({ ...demo, SECOND_FACTOR: 'required' }).secondFactor).toBe('required');
});

it('lets a proof stand for four hours, or from five minutes to twelve hours', () => {
  expect(readConfig(production).clinicalProofMinutes).toBe(240);
  expect(readConfig({ ...production, CLINICAL_PROOF_MINUTES: '30' }).clinicalProofMinutes).toBe(30);
  for (const wrong of ['0', '4', '721', 'soon'])
    expect(() => readConfig({ ...production, CLINICAL_PROOF_MINUTES: wrong })).toThrow(
      'CLINICAL_PROOF_MINUTES',
    );
});

it('stops at once unless told to leave slowly, and for no longer than a minute', () => {
  expect(readConfig(production).shutdownDelaySeconds).toBe(0);
  expect(readConfig({ ...production, SHUTDOWN_DELAY_SECONDS: '15' }).shutdownDelaySeconds).toBe(15);
  for (const wrong of ['-1', '61', 'soon'])
    expect(() => readConfig({ ...production, SHUTDOWN_DELAY_SECONDS: wrong })).toThrow(
      'SHUTDOWN_DELAY_SECONDS',
    );
});

it('wants an address that people can write to in production, and invents none elsewhere', () => {
  expect(readConfig(production).contactEmail).toBe('help@steadyhand.example');
  expect(() => readConfig({ ...production, CONTACT_EMAIL: undefined })).toThrow(
    'CONTACT_EMAIL: must be set in production',
  );
  expect(() => readConfig({ ...production, CONTACT_EMAIL: 'us' })).toThrow('CONTACT_EMAIL');
  expect(readConfig({ MODE: 'demo', DATABASE_URL: production.DATABASE_URL }).contactEmail).toBeNull();
});
