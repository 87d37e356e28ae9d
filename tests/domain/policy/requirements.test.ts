import { describe, expect, it } from 'vitest';
import type { Jurisdiction, Profession } from '#lib/server/domain/policy/codes.ts';
import { evaluatePolicy, type Policy } from '#lib/server/domain/policy/evaluate.ts';
import { professionsOf, requirementsOf } from '#lib/server/domain/policy/requirements.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';

const policyOf = (jurisdiction: Jurisdiction) =>
  evaluatePolicy(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from('2026-12-01'));
const england = policyOf('england');

/** What is asked of a profession, as `kind` or `kind at register`. */
const asked = (policy: Policy, profession: Profession) =>
  requirementsOf(policy, profession).map(({ kind, register }) =>
    register ? `${kind} at ${register}` : kind,
  );

const documents = ['toxin_training', 'life_support', 'indemnity_insurance'];

describe('what is asked of a profession', () => {
  it.each<[Jurisdiction, Profession, string[]]>([
    ['england', 'doctor', ['registration at gmc', ...documents]],
    ['england', 'dentist', ['registration at gdc', ...documents]],
    ['england', 'nurse_prescriber', ['registration at nmc', 'prescribing_right at nmc', ...documents]],
    ['england', 'pharmacist_prescriber', ['registration at gphc', 'prescribing_right at gphc', ...documents]],
    ['england', 'registered_nurse', ['registration at nmc', ...documents]],
    // No register of the United Kingdom knows them; what they learnt has to be shown.
    ['england', 'esthetician', ['registration', 'qualification', ...documents]],
    ['england', 'nurse_practitioner', ['registration', ...documents]],
    ['scotland', 'doctor', ['registration at gmc', ...documents, 'premises']],
    ['scotland', 'esthetician', ['registration', 'qualification', ...documents, 'premises']],
    ['ireland', 'doctor', ['registration at imc', ...documents]],
    ['ireland', 'dentist', ['registration at dental_council_ie', ...documents]],
    [
      'queensland',
      'nurse_practitioner',
      ['registration at ahpra', 'prescribing_right at ahpra', ...documents, 'premises'],
    ],
    ['queensland', 'registered_nurse', ['registration at ahpra', ...documents, 'premises']],
    [
      'california',
      'physician_assistant',
      [
        'registration at ca_physician_assistant_board',
        'prescribing_right at ca_physician_assistant_board',
        ...documents,
        'premises',
      ],
    ],
    ['texas', 'esthetician', ['registration at tx_licensing', ...documents]],
    ['texas', 'registered_nurse', ['registration at tx_board_of_nursing', ...documents]],
    ['ontario', 'nurse_practitioner', ['registration at cno', 'prescribing_right at cno', ...documents]],
  ])('%s, %s', (jurisdiction, profession, kinds) => {
    expect(asked(policyOf(jurisdiction), profession)).toEqual(kinds);
  });

  it('is what an annotation takes, even where nothing else asks for it', () => {
    const bare: Policy = { ...england, required_credentials: [] };
    expect(asked(bare, 'nurse_prescriber')).toEqual(['prescribing_right at nmc']);
    expect(asked(bare, 'doctor')).toEqual([]);
    expect(asked({ ...policyOf('texas'), required_credentials: [] }, 'esthetician')).toEqual([
      'toxin_training',
    ]);
  });

  it('is nothing of another profession', () => {
    const one: Policy = {
      ...england,
      required_credentials: [{ profession: 'dentist', kind: 'life_support' }],
    };
    expect(asked(one, 'dentist')).toEqual(['life_support']);
    expect(asked(one, 'doctor')).toEqual([]);
  });
});

describe('who can be listed', () => {
  it.each<[Jurisdiction, Profession[]]>([
    [
      'england',
      ['doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber', 'registered_nurse', 'esthetician'],
    ],
    [
      'scotland',
      ['doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber', 'registered_nurse', 'esthetician'],
    ],
    ['ireland', ['doctor', 'dentist', 'registered_nurse']],
    ['queensland', ['doctor', 'nurse_practitioner', 'registered_nurse']],
    ['california', ['doctor', 'nurse_practitioner', 'physician_assistant', 'registered_nurse']],
    ['texas', ['doctor', 'nurse_practitioner', 'physician_assistant', 'registered_nurse', 'esthetician']],
    ['ontario', ['doctor', 'nurse_practitioner', 'registered_nurse']],
  ])('in %s', (jurisdiction, professions) => {
    expect(professionsOf(policyOf(jurisdiction))).toEqual(professions);
  });
});
