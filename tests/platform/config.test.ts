import { expect, it } from 'vitest';
import { readConfig } from '#lib/server/platform/config.ts';

const production = {
  MODE: 'production',
  DATABASE_URL: 'postgres://database.example/steadyhand',
  PUBLIC_URL: 'https://steadyhand.example',
  MAIL_URL: 'smtp://mail.example',
  MAIL_FROM: 'hello@steadyhand.example',
  SEALING_KEYS: `a:${Buffer.alloc(32, 1).toString('base64')}`,
};

it('requires a second factor in production, whatever is said', () => {
  expect(readConfig(production).secondFactor).toBe('required');
  expect(() => readConfig({ ...production, SECOND_FACTOR: 'asked' })).toThrow(
    'SECOND_FACTOR: must be required in production',
  );
  expect(() => readConfig({ ...production, SECOND_FACTOR: 'off' })).toThrow('SECOND_FACTOR');
});

it('knows where people write to: the address that is given, or the one that letters come from', () => {
  expect(readConfig(production).contactAddress).toBe('hello@steadyhand.example');
  const config = readConfig({ ...production, CONTACT_ADDRESS: 'people@steadyhand.example' });
  expect(config.contactAddress).toBe('people@steadyhand.example');
  expect(config.mail).toMatchObject({
    from: 'hello@steadyhand.example',
    answersTo: 'people@steadyhand.example',
  });
  expect(() => readConfig({ ...production, CONTACT_ADDRESS: 'people' })).toThrow('CONTACT_ADDRESS');
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
