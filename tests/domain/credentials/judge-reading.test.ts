import { describe, expect, it } from 'vitest';
import { judgeReading, type RegisteredCredential } from '#lib/server/domain/credentials/judge-reading.ts';
import type { RegisterEntry } from '#lib/server/domain/credentials/register-entry.ts';

const ann: RegisteredCredential = {
  displayName: 'Ann Ferreira',
  familyName: 'Ferreira',
  kind: 'registration',
  knownConditions: '',
};
const entry: RegisterEntry = {
  number: '7000001',
  familyName: 'FERREIRA',
  givenNames: 'ANN',
  otherNames: [],
  status: 'registered',
  conditions: '',
  mayPrescribe: null,
  registeredOn: null,
  endsOn: null,
};
const judge = (changed: Partial<RegisterEntry> | null, credential: Partial<RegisteredCredential> = {}) =>
  judgeReading(
    { ...ann, ...credential },
    {
      asOf: '2026-11-29',
      at: { kind: 'file', releaseId: 'r' },
      entry: changed && { ...entry, ...changed },
    },
  );
const right = { kind: 'prescribing_right' };

describe('what a register says about a credential', () => {
  it.each([
    ['all as before', {}, {}],
    ['a name close to it', { givenNames: 'A' }, {}],
    ['a right to prescribe that is annotated', { mayPrescribe: true }, right],
    ['conditions that a person has accepted', { conditions: 'Not alone' }, { knownConditions: 'Not alone' }],
    ['the last day of a registration', { endsOn: '2026-11-29' }, {}],
    ['no right to prescribe, where none is claimed', { mayPrescribe: false }, {}],
  ])('is confirmed by %s', (_, changed, credential) => {
    expect(judge(changed, credential).result).toBe('confirmed');
  });

  it.each([
    ['nobody of that number', null, {}],
    ['a suspension', { status: 'suspended' as const }, {}],
    ['a removal', { status: 'removed' as const }, {}],
    ['a registration that lapsed', { status: 'lapsed' as const }, {}],
    ['a number that was deactivated', { status: 'deactivated' as const, familyName: '', givenNames: '' }, {}],
    ['a registration that ended the day before', { endsOn: '2026-11-28' }, {}],
    ['no right to prescribe, where it is claimed', { mayPrescribe: false }, right],
    [
      'a suspension, whatever else is unclear',
      { status: 'suspended' as const, familyName: 'OTHER', conditions: 'x' },
      {},
    ],
  ])('is not confirmed by %s', (_, changed, credential) => {
    const { result, reasons } = judge(changed, credential);
    expect(result).toBe('not_confirmed');
    expect(reasons.length).toBeGreaterThan(0);
  });

  it.each([
    ['another family name', { familyName: 'SHAW' }, {}],
    [
      'other conditions than a person has accepted',
      { conditions: 'Not alone' },
      { knownConditions: 'Alone' },
    ],
    ['a row that made no sense', { status: 'unreadable' as const }, {}],
    ['nothing about the right to prescribe that is claimed', { mayPrescribe: null }, right],
  ])('is unclear by %s', (_, changed, credential) => {
    const { result, reasons } = judge(changed, credential);
    expect(result).toBe('unclear');
    expect(reasons.length).toBeGreaterThan(0);
  });

  it('keeps conditions word for word, and every reason', () => {
    expect(judge({ conditions: 'Must not work alone.', givenNames: 'A', status: 'suspended' })).toEqual({
      result: 'not_confirmed',
      nameMatch: 'close',
      reasons: [
        'The register says: suspended',
        'Conditions or warnings that nobody here has seen',
        'The given name is an initial on one side',
      ],
      conditions: 'Must not work alone.',
    });
  });
});
