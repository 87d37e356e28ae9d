import { createHash, randomInt } from 'node:crypto';

/** Letters and digits that nobody takes for each other, printed or read aloud. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;

/** A new code in groups of four: 59 bits, printed once and stored nowhere. */
export function newCode(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return letters.join('').replace(/.{4}(?=.)/g, '$&-');
}

/** Only this is stored. Spaces, dashes and small letters are how people copy a code. */
export function hashOfCode(code: string): string {
  const bare = code.toUpperCase().replace(/[\s-]/g, '');
  return createHash('sha256').update(bare).digest('hex');
}
