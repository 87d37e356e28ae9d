/** A text in parts, in order; marked is what begins with one of the typed words, whatever accents either has. */
export function marked(text: string, typed: string): { text: string; isMarked: boolean }[] {
  const words = plain(typed).match(/[\p{L}\p{N}]+/gu) ?? [];
  const parts: { text: string; isMarked: boolean }[] = [];
  for (const [piece] of text.matchAll(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+/gu)) {
    const word = words.find((one) => plain(piece).startsWith(one));
    // Accents may be letters of their own: what is marked is counted by what is seen.
    const length = word === undefined ? 0 : lengthOf(piece, word.length);
    if (length > 0) parts.push({ text: piece.slice(0, length), isMarked: true });
    if (length < piece.length) parts.push({ text: piece.slice(length), isMarked: false });
  }
  return parts;
}

const plain = (text: string) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

/** How much of a word has so many plain letters. */
function lengthOf(word: string, letters: number): number {
  let length = 0;
  while (length < word.length && plain(word.slice(0, length)).length < letters) length++;
  while (/^\p{M}/u.test(word.slice(length))) length++;
  return length;
}
