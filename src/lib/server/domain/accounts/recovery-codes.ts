import { hashRaw } from '@node-rs/argon2';
import { createHash, randomInt } from 'node:crypto';
import { bounded } from './passwords.ts';

/** Without the letters that look like digits, or like each other. */
const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';
const GROUPS = 4;
const LETTERS_IN_GROUP = 4;

/** How many are given out at once. */
export const CODES_AT_ONCE = 10;

/** One code, as it is printed: four groups of four. */
export function newRecoveryCode(): string {
  const group = () =>
    Array.from({ length: LETTERS_IN_GROUP }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** The letters of what was typed, or null when it cannot be one of our codes. */
export function typedRecoveryCode(text: string): string | null {
  const letters = text.toLowerCase().replace(/[\s-]/g, '');
  return letters.length === GROUPS * LETTERS_IN_GROUP &&
    [...letters].every((letter) => LETTERS.includes(letter))
    ? letters
    : null;
}

/**
 * What is kept of a code. Hashed like a password, so that whoever takes the table cannot try them all; salted by the
 * account, so that one hash finds the code among the account's ten.
 */
export async function recoveryCodeHash(accountId: string, letters: string): Promise<string> {
  const salt = createHash('sha256').update(`recovery code of ${accountId}`).digest().subarray(0, 16);
  const hash = await bounded(() =>
    hashRaw(letters, { memoryCost: 19_456, timeCost: 2, parallelism: 1, salt }),
  );
  return hash.toString('hex');
}
