import { describe, expect, it } from 'vitest';
import { capabilitiesFor, grantsOf, mayDelegate } from '#lib/server/domain/policy/capabilities.ts';
import {
  PROFESSIONS,
  type Annotation,
  type Capability,
  type Jurisdiction,
  type Profession,
} from '#lib/server/domain/policy/codes.ts';
import { evaluatePolicy, type Policy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';

const policyOf = (jurisdiction: Jurisdiction) =>
  evaluatePolicy(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from('2026-12-01'));
const england = policyOf('england');
const texas = policyOf('texas');

const all: Capability[] = ['consult', 'prescribe', 'inject'];
const right: Annotation[] = ['prescribing_right'];
const training: Annotation[] = ['toxin_training'];

describe('capabilitiesFor', () => {
  it.each<[Policy, Profession, Annotation[], Capability[]]>([
    [england, 'doctor', [], all],
    [england, 'dentist', [], all],
    [england, 'nurse_prescriber', right, all],
    [england, 'nurse_prescriber', [], ['inject']],
    [england, 'pharmacist_prescriber', right, all],
    [england, 'pharmacist_prescriber', training, ['inject']],
    [england, 'registered_nurse', right, ['inject']],
    [england, 'registered_nurse', [], ['inject']],
    [england, 'esthetician', [], ['inject']],
    [england, 'nurse_practitioner', right, []],
    [england, 'physician_assistant', right, []],
    [texas, 'doctor', [], all],
    [texas, 'nurse_practitioner', [...training, ...right], all],
    [texas, 'nurse_practitioner', [], ['inject']],
    [texas, 'physician_assistant', right, all],
    [texas, 'physician_assistant', [], ['inject']],
    [texas, 'registered_nurse', right, ['inject']],
    [texas, 'esthetician', training, ['inject']],
    [texas, 'esthetician', right, []],
    [texas, 'dentist', right, []],
    [texas, 'nurse_prescriber', right, []],
    [texas, 'pharmacist_prescriber', right, []],
  ])('$0.jurisdiction: $1 with $2 may $3', (policy, profession, annotations, capabilities) => {
    expect(capabilitiesFor(policy, profession, annotations)).toEqual(capabilities);
  });

  it('keeps lay hands away where the law says no, and nobody else’s', () => {
    const strict: Policy = { ...england, lay_injector: 'no' };
    expect(capabilitiesFor(strict, 'esthetician', [...right, ...training])).toEqual([]);
    expect(capabilitiesFor(strict, 'registered_nurse', [])).toEqual(['inject']);
    expect(capabilitiesFor({ ...england, lay_injector: 'licensed' }, 'esthetician', [])).toEqual(['inject']);
  });

  it('gives no consultation where no mode of it is allowed', () => {
    const silent: Policy = {
      ...england,
      consult_mode: england.consult_mode.filter(({ profession }) => profession !== 'dentist'),
    };
    expect(capabilitiesFor(silent, 'dentist', [])).toEqual(['prescribe', 'inject']);
    expect(capabilitiesFor(silent, 'doctor', [])).toEqual(all);
  });
});

describe('grantsOf', () => {
  it('lists what Texas allows, with the annotation it takes', () => {
    expect(
      grantsOf(texas).map(({ profession, capability, annotation }) => [profession, capability, annotation]),
    ).toEqual([
      ['doctor', 'consult', null],
      ['doctor', 'prescribe', null],
      ['doctor', 'inject', null],
      ['nurse_practitioner', 'consult', 'prescribing_right'],
      ['nurse_practitioner', 'prescribe', 'prescribing_right'],
      ['nurse_practitioner', 'inject', null],
      ['physician_assistant', 'consult', 'prescribing_right'],
      ['physician_assistant', 'prescribe', 'prescribing_right'],
      ['physician_assistant', 'inject', null],
      ['registered_nurse', 'inject', null],
      ['esthetician', 'inject', 'toxin_training'],
    ]);
  });

  it('gives somebody whom the law keeps away nothing at all', () => {
    const strict = grantsOf({ ...texas, lay_injector: 'no' });
    expect(strict).toEqual(grantsOf(texas).filter(({ profession }) => profession !== 'esthetician'));
    expect(strict).toHaveLength(10);
  });

  it('says nothing twice', () => {
    for (const policy of [england, texas]) {
      const names = grantsOf(policy).map(({ profession, capability }) => `${profession} ${capability}`);
      expect(new Set(names).size).toBe(names.length);
      expect(PROFESSIONS).toEqual(
        expect.arrayContaining(grantsOf(policy).map(({ profession }) => profession)),
      );
    }
  });
});

describe('mayDelegate', () => {
  const doctor = { profession: 'doctor', annotations: [] } as const;
  const nurse = { profession: 'registered_nurse', annotations: [] } as const;
  const esthetician = { profession: 'esthetician', annotations: [] } as const;
  const prescribingNurse = { profession: 'nurse_prescriber', annotations: right } as const;

  it('takes a prescriber, and somebody who may inject and not prescribe', () => {
    expect(mayDelegate(england, doctor, nurse)).toBe(true);
    expect(mayDelegate(england, doctor, esthetician)).toBe(true);
    expect(mayDelegate(england, prescribingNurse, nurse)).toBe(true);
  });

  it('is not for who may not prescribe', () => {
    expect(mayDelegate(england, nurse, esthetician)).toBe(false);
    expect(mayDelegate(england, { ...prescribingNurse, annotations: [] }, nurse)).toBe(false);
  });

  it('reaches nobody who may not inject', () => {
    expect(mayDelegate(texas, doctor, esthetician)).toBe(false);
    expect(mayDelegate(texas, doctor, { ...esthetician, annotations: training })).toBe(true);
    expect(mayDelegate(texas, doctor, { profession: 'dentist', annotations: [] })).toBe(false);
  });

  it('is nothing between two prescribers: each answers for their own', () => {
    expect(mayDelegate(england, doctor, { profession: 'dentist', annotations: [] })).toBe(false);
    expect(mayDelegate(england, doctor, prescribingNurse)).toBe(false);
    expect(mayDelegate(england, doctor, { ...prescribingNurse, annotations: [] })).toBe(true);
  });
});
