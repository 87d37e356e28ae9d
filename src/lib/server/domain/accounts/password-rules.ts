import { dictionary } from '@zxcvbn-ts/language-common';

/** Only a password may protect an account here, so it is long (NIST SP 800-63B-4: 15 characters). Nothing is asked of its letters. */
export const LEAST_CHARACTERS = 15;
export const MOST_CHARACTERS = 256;

/** What people choose most often, as leaks have shown, and our own name. */
const known = new Set([...dictionary['passwords-common'].map(String), 'steadyhand']);
const FEW_LETTERS = 3;

/** Whether it is one of the first that others would guess: known, or something known said again and again. */
export function isGuessedFirst(password: string): boolean {
  const said = password.normalize('NFKC').toLowerCase().replace(/\s/g, '');
  const bare = said.replace(/[\d\p{P}\p{S}]+$/u, '');
  return [said, bare].some((text) => known.has(text) || isRepeated(text));
}

function isRepeated(text: string): boolean {
  const { once } = /^(?<once>.+?)\k<once>+$/u.exec(text)?.groups ?? {};
  return once !== undefined && (once.length <= FEW_LETTERS || known.has(once) || isRepeated(once));
}
