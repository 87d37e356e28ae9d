import { expect, it } from 'vitest';
import {
  ANNOTATIONS,
  CAPABILITIES,
  CREDENTIAL_KINDS,
  factsOf,
  JURISDICTIONS,
  PROFESSION_NAMES,
  PROFESSIONS,
  RULE_MAKERS,
  TIME_ZONES,
} from '#lib/server/domain/policy/codes.ts';

it('knows seven places, each with its country, money, writing, clocks and holidays', () => {
  expect(
    JURISDICTIONS.map((place) => {
      const { name, country_code, currency, locale, timeZones, holidays } = factsOf(place);
      return [place, name, country_code, currency, locale, timeZones.join(' '), holidays.join(' ')];
    }),
  ).toEqual([
    ['england', 'England', 'GB', 'GBP', 'en-GB', 'Europe/London', 'GB ENG'],
    ['scotland', 'Scotland', 'GB', 'GBP', 'en-GB', 'Europe/London', 'GB SCT'],
    ['ireland', 'Ireland', 'IE', 'EUR', 'en-IE', 'Europe/Dublin', 'IE'],
    ['queensland', 'Queensland', 'AU', 'AUD', 'en-AU', 'Australia/Brisbane', 'AU QLD'],
    ['california', 'California', 'US', 'USD', 'en-US', 'America/Los_Angeles', 'US CA'],
    ['texas', 'Texas', 'US', 'USD', 'en-US', 'America/Chicago America/Denver', 'US TX'],
    ['ontario', 'Ontario', 'CA', 'CAD', 'en-CA', 'America/Toronto America/Winnipeg', 'CA ON'],
  ]);
});

it('knows every zone once, in the order of the places', () => {
  expect(TIME_ZONES).toEqual([
    'Europe/London',
    'Europe/Dublin',
    'Australia/Brisbane',
    'America/Los_Angeles',
    'America/Chicago',
    'America/Denver',
    'America/Toronto',
    'America/Winnipeg',
  ]);
});

it('puts our floor before the laws', () => {
  expect(RULE_MAKERS).toEqual(['platform', ...JURISDICTIONS]);
});

it('names every profession', () => {
  expect(PROFESSIONS.map((profession) => [profession, PROFESSION_NAMES[profession]])).toEqual([
    ['doctor', 'Doctor'],
    ['dentist', 'Dentist'],
    ['nurse_prescriber', 'Nurse prescriber'],
    ['pharmacist_prescriber', 'Pharmacist prescriber'],
    ['nurse_practitioner', 'Nurse practitioner'],
    ['physician_assistant', 'Physician assistant'],
    ['registered_nurse', 'Registered nurse'],
    ['esthetician', 'Esthetician'],
  ]);
});

it('knows what can be allowed, what proves it, and which proofs add to a profession', () => {
  expect(CAPABILITIES).toEqual(['consult', 'prescribe', 'inject']);
  expect(CREDENTIAL_KINDS).toEqual([
    'registration',
    'prescribing_right',
    'qualification',
    'toxin_training',
    'life_support',
    'indemnity_insurance',
    'premises',
  ]);
  expect(ANNOTATIONS).toEqual(['prescribing_right', 'toxin_training']);
});
