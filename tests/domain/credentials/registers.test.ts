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

  it('cannot complete what is not the start of an NPI', () => {
    expect(() => completeNpi('12345')).toThrow('12345');
  });
});
