import fc from '../../harness/examples.ts';
import { describe, expect, it } from 'vitest';
import {
  checkRegisterNumber,
  completeNpi,
  registers,
  type RegisterCode,
} from '#lib/server/domain/credentials/registers.ts';

const wellFormed: [RegisterCode, string][] = [
  ['gmc', '7123456'],
  ['nmc', '01A2345N'],
  ['gdc', '54321'],
  ['gdc', '254321'],
  ['gphc', '2071234'],
  ['tx_medical_board', 'Q1234'],
  ['tx_physician_assistant_board', 'PA01234'],
  ['tx_board_of_nursing', '654321'],
  ['tx_board_of_nursing', 'AP123456'],
  ['tx_dental', '23456'],
  ['tx_licensing', '1234567'],
  ['imc', '012345'],
  ['nmbi', '123456'],
  ['dental_council_ie', '123/04'],
  ['ahpra', 'MED0000932846'],
  ['ca_medical_board', 'A123456'],
  ['ca_medical_board', 'G4321'],
  ['ca_osteopathic_board', '20A12345'],
  ['ca_physician_assistant_board', 'PA12345'],
  ['ca_board_of_nursing', 'NP95001234'],
  ['ca_board_of_nursing', '654321'],
  ['cpso', '123456'],
  ['cno', '9512345'],
];

const malformed: [RegisterCode, string][] = [
  ['gmc', '712345'],
  ['gmc', '71234567'],
  ['gmc', 'L123456'],
  ['nmc', '01a2345n'],
  ['nmc', '01A2345'],
  ['gdc', '1234'],
  ['gphc', '1071234'],
  ['npi', '3234567893'],
  ['npi', '123456789'],
  ['npi', '9941339100'],
  ['npi', 'npi-8373s'],
  ['tx_medical_board', '12345'],
  ['tx_physician_assistant_board', 'PA1234'],
  ['tx_board_of_nursing', 'RN123456'],
  ['tx_dental', '123456'],
  ['tx_licensing', '12345'],
  ['imc', '12-345'],
  ['nmbi', 'A12345'],
  ['dental_council_ie', '123/2004'],
  ['ahpra', 'MED000932846'],
  ['ahpra', '0000932846'],
  ['ahpra', 'med0000932846'],
  ['ca_medical_board', '123456'],
  ['ca_osteopathic_board', '12345'],
  ['ca_physician_assistant_board', 'PA123'],
  ['ca_board_of_nursing', 'LVN123456'],
  ['cpso', '1234'],
  ['cno', '95-12345'],
  ['gmc', ' 7123456'],
  ['gmc', '7123456\n'],
];

describe('register numbers', () => {
  it.each(wellFormed)('%s accepts %s', (register, number) => {
    expect(checkRegisterNumber(register, number)).toEqual({ ok: true });
  });

  it.each(malformed)('%s refuses the format of %j', (register, number) => {
    expect(checkRegisterNumber(register, number)).toEqual({ ok: false, reason: 'format' });
  });

  it('covers every register', () => {
    const covered = new Set([...wellFormed, ...malformed].map(([register]) => register));
    expect([...covered].sort()).toEqual(Object.keys(registers).sort());
  });
});

describe('every format', () => {
  const codes = Object.keys(registers) as RegisterCode[];

  it('takes what it describes, and nothing with anything before, behind or between', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...codes),
        fc.constantFrom(' ', '\n', '\u0000', '-', '.', '٣'),
        fc.nat(),
        (code, odd, at) => {
          for (const [, number] of wellFormed.filter(([register]) => register === code)) {
            const position = at % (number.length + 1);
            const spoiled = number.slice(0, position) + odd + number.slice(position);
            expect(checkRegisterNumber(code, spoiled), spoiled).toEqual({ ok: false, reason: 'format' });
          }
        },
      ),
    );
  });

  it('is anchored, told in words, and looked up over https', () => {
    for (const code of codes) {
      const { format, formatHint, searchUrl } = registers[code];
      expect(format.source.startsWith('^') && format.source.endsWith('$'), code).toBe(true);
      expect(format.flags, code).toBe('');
      expect(formatHint, code).not.toBe('');
      expect(new URL(searchUrl).protocol, code).toBe('https:');
    }
  });

  it('has a check digit where one is published: the NPI alone', () => {
    expect(codes.filter((code) => registers[code].hasValidCheckDigit !== undefined)).toEqual(['npi']);
  });
});

describe('NPI check digit', () => {
  const valid = ['1234567893', '1993999998', '1000000004', '1999999992', '2000000002', '1245319599'];

  it.each(valid)('accepts %s', (npi) => {
    expect(checkRegisterNumber('npi', npi)).toEqual({ ok: true });
    expect(completeNpi(npi.slice(0, 9))).toBe(npi);
  });

  it('refuses 1234567890', () => {
    expect(checkRegisterNumber('npi', '1234567890')).toEqual({ ok: false, reason: 'check_digit' });
  });

  it('notices every single wrong digit', () => {
    for (const npi of valid) {
      for (let position = 1; position < npi.length; position++) {
        const wrongDigit = (Number(npi[position]) + 1) % 10;
        const mistyped = npi.slice(0, position) + wrongDigit + npi.slice(position + 1);
        expect(checkRegisterNumber('npi', mistyped).ok, mistyped).toBe(false);
      }
    }
  });

  // Adding 24 for the prefix is the other published way to say it (45 CFR 162.406 and its implementation guide).
  it('is the one that the published sum with 24 asks for, and no other', () => {
    fc.assert(
      fc.property(fc.constantFrom('1', '2'), fc.integer({ min: 0, max: 99_999_999 }), (first, rest) => {
        const nine = first + String(rest).padStart(8, '0');
        const sum = [...nine].reduce((total, digit, position) => {
          const value = Number(digit) * (position % 2 === 0 ? 2 : 1);
          return total + Math.floor(value / 10) + (value % 10);
        }, 24);
        const checkDigit = (10 - (sum % 10)) % 10;
        for (let digit = 0; digit < 10; digit++)
          expect(checkRegisterNumber('npi', `${nine}${digit}`).ok).toBe(digit === checkDigit);
      }),
    );
  });

  it('notices two neighbours that changed places, except 0 and 9', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), fc.integer({ min: 1, max: 8 }), (rest, at) => {
        const npi = completeNpi(`1${String(rest).padStart(8, '0')}`);
        const [one, other] = [npi[at]!, npi[at + 1]!];
        fc.pre(one !== other && `${one}${other}` !== '09' && `${one}${other}` !== '90');
        const mistyped = npi.slice(0, at) + other + one + npi.slice(at + 2);
        expect(checkRegisterNumber('npi', mistyped).ok).toBe(false);
      }),
    );
  });

  it('cannot complete what is not the start of an NPI', () => {
    expect(() => completeNpi('12345')).toThrow('12345');
  });
});
