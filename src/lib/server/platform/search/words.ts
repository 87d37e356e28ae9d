/** Letters that no decomposition takes apart, as people without them on their keyboard type them. */
const LETTERS: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
};

/** The words of a text, in small letters and without accents; nothing of any query language survives. */
export function foldWords(text: string): string[] {
  const plain = text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC');
  const folded = plain.replace(/[łøđðþßæœıħŧ]/g, (letter) => LETTERS[letter]!);
  return folded.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The words of a name; "O'Neill" is found as "oneill" too. */
export function nameWords(name: string): string[] {
  const joined = name.replaceAll(/(?<=\p{L})['’‐-](?=\p{L})/gu, '');
  return [...new Set([...foldWords(name), ...foldWords(joined)])];
}

/** Nobody means more words than these, nor longer ones. */
const MOST_WORDS = 50;
const LONGEST_WORD = 100;

/** The words of a question. */
export function askedWords(text = ''): string[] {
  return foldWords(text.slice(0, MOST_WORDS * LONGEST_WORD))
    .slice(0, MOST_WORDS)
    .map((word) => word.slice(0, LONGEST_WORD));
}
