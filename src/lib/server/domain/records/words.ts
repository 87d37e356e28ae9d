import { PROFESSION_NAMES, type Profession } from '../policy/codes.ts';
import { isRegister, registers } from '../credentials/registers.ts';
import type { Person } from './record.ts';

export function professionOf({ profession }: Person): string {
  return PROFESSION_NAMES[profession as Profession] ?? profession;
}

/** "GMC reference number 1234567 (General Medical Council)"; empty where no register proves the profession. */
export function registeredAs({ register, number }: Person): string {
  if (!register || !number || !isRegister(register)) return '';
  const { numberName, name } = registers[register];
  return `${numberName} ${number} (${name})`;
}

/** A code in groups of four, as people type and read it. */
export function inGroups(code: string): string {
  return code.replace(/.{4}(?=.)/g, '$&-');
}

/** What somebody typed as a code: without spaces and dashes, and the letter O taken for the nought it was. */
export function bareCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0');
}

/** How a prescription stands, in one word for everybody. */
export function standingOf({ state, isExpired }: { state: string; isExpired: boolean }): Standing {
  if (state === 'active') return isExpired ? 'expired' : 'valid';
  return state as Standing;
}
export type Standing = 'valid' | 'used' | 'cancelled' | 'expired';
