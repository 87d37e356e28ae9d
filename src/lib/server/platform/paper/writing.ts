/** Which type of ours writes a stretch of text; `own` and `wide` write whole lines, the others words of their script. */
export type Face = 'own' | 'wide' | 'arabic' | 'hebrew';
/** A stretch of one line in one type, as it is read. */
export type Stretch = { readonly text: string; readonly face: Face };

/** What the type of the pages writes: Latin letters with their accents, and punctuation. */
const OWN =
  /^[\u0020-\u007e\u00a0-\u017e\u0218-\u021b\u1e80-\u1e85\u1e9e\u2009\u2013-\u201e\u2022\u2026\u20ac\u2122\n]*$/u;
/** Words of a script that is written from right to left, with the marks and joiners within them, and the space between them. */
const FROM_RIGHT = {
  arabic: /^\p{Script=Arabic}[\p{Script=Arabic}\p{M}\u200c\u200d\s]*$/u,
  hebrew: /^\p{Script=Hebrew}[\p{Script=Hebrew}\p{M}\s]*$/u,
} as const;
/** Letters for which none of our types has a picture, and pictures themselves. */
const UNKNOWN =
  /(?:[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Common}\p{Script=Inherited}]|\p{Emoji_Presentation})[\p{M}\u200d\ufe0f]*/u;
const UNKNOWN_RUN = new RegExp(`${UNKNOWN.source}(?:\\s*${UNKNOWN.source})*`, 'gu');
/** Words of one script from the right that follow each other, white space, and everything else. */
const PARTS = new RegExp(
  [
    String.raw`\p{Script=Arabic}[\p{Script=Arabic}\p{M}\u200c\u200d]*(?:\s+\p{Script=Arabic}[\p{Script=Arabic}\p{M}\u200c\u200d]*)*`,
    String.raw`\p{Script=Hebrew}[\p{Script=Hebrew}\p{M}]*(?:\s+\p{Script=Hebrew}[\p{Script=Hebrew}\p{M}]*)*`,
    String.raw`\s+`,
    String.raw`[^\s\p{Script=Arabic}\p{Script=Hebrew}]+`,
  ].join('|'),
  'gu',
);

/** What stands where a paper cannot write: never boxes, and never nothing. */
export const NOT_PRINTED = '[as on the record: see the screen, this writing cannot be printed here]';

/** The text with plain words in the place of whatever we have no type for. */
export function printable(words: string): string {
  return words.replace(UNKNOWN_RUN, NOT_PRINTED);
}

/** The type for text that one type writes whole; null where it takes several, or an order of its own. */
export function faceOf(words: string): 'own' | 'wide' | null {
  if (OWN.test(words)) return 'own';
  return /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(words) ? null : 'wide';
}

/**
 * A line taken apart where the type changes, and at white space, where it may break. Words from the right that follow each other
 * are one stretch: the library puts a stretch in order, and the line as a whole runs from the left, as the papers do.
 */
export function stretches(line: string): Stretch[] {
  return (line.match(PARTS) ?? []).map((text) => ({ text, face: scriptOf(text) }));
}

function scriptOf(text: string): Face {
  for (const [face, isOf] of Object.entries(FROM_RIGHT)) if (isOf.test(text)) return face as Face;
  return OWN.test(text) ? 'own' : 'wide';
}

/** Lines that are so wide at most. A stretch that is wider than what is left breaks between its words. */
export function linesOf<One extends Stretch & { readonly width: number }>(
  parts: readonly Stretch[],
  most: number,
  measured: (part: Stretch) => One,
): One[][] {
  const lines: One[][] = [[]];
  let used = 0;
  const put = (one: One) => {
    lines.at(-1)!.push(one);
    used += one.width;
  };
  const next = () => {
    lines.push([]);
    used = 0;
  };
  for (const part of parts) {
    const whole = measured(part);
    const isSpace = part.text.trim() === '';
    if (isSpace || used + whole.width <= most) {
      // A line begins with a word.
      if (!isSpace || used > 0) put(whole);
      continue;
    }
    let held = '';
    for (const word of part.text.split(/\s+/u)) {
      const longer = held === '' ? word : `${held} ${word}`;
      if (used + measured({ ...part, text: longer }).width <= most) {
        held = longer;
        continue;
      }
      if (held !== '') put(measured({ ...part, text: held }));
      if (used > 0) next();
      held = word;
    }
    put(measured({ ...part, text: held }));
  }
  return lines;
}
