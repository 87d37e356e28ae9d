import { publicWording } from '../policy/shared-wording.ts';
import { findBannedTerms } from '../policy/terms.ts';
import { CONCERN_WORDS, FILLER_WORDS } from './concerns.ts';

/** What typed words mean: concerns, and words to be looked for in names and places. */
export interface Understood {
  words: string;
  concerns: string[];
}

/**
 * Reads what somebody typed. A product's name finds people, because it is left out of the question and so of
 * everything that is shown (L5); a way to name a concern becomes that concern; words that fit everybody are dropped.
 */
export function understand(typed: string): Understood {
  let rest = typed;
  for (const { text } of findBannedTerms(typed, publicWording)) rest = rest.replace(text, ' ');
  rest = rest.replaceAll('’', "'");

  const concerns = new Set<string>();
  for (const { pattern, concern } of PHRASES) {
    const without = rest.replace(pattern, ' ');
    if (without !== rest) concerns.add(concern);
    rest = without;
  }
  const words = rest.split(/\s+/).filter((word) => word !== '' && !FILLER_WORDS.has(word.toLowerCase()));
  return { words: words.join(' '), concerns: [...concerns] };
}

/** The longest first, so that "nose lines" is not taken for a nose among lines. */
const PHRASES = Object.entries(CONCERN_WORDS)
  .flatMap(([concern, phrases]) => phrases.map((phrase) => ({ concern, phrase })))
  .toSorted((a, b) => b.phrase.length - a.phrase.length)
  .map(({ concern, phrase }) => ({
    concern,
    pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])${phrase}(?![\p{L}\p{N}])`, 'giu'),
  }));

/** What may stand on any page, or nothing: texts are checked when written, and again before they are shown (L5). */
export function lawful(text: string): string {
  return findBannedTerms(text, publicWording).length === 0 ? text : '';
}
