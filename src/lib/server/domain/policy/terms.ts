import type { PolicyValues } from './keys.ts';

/** The part of a policy that decides which words a public page may carry. */
export type PublicWording = Pick<PolicyValues, 'banned_terms' | 'public_product_names' | 'licensed_products'>;

export interface BannedTermMatch {
  /** The term as the policy states it. */
  term: string;
  /** The words as they stand in the text. */
  text: string;
  index: number;
}

/**
 * Every banned term in `text`, in the order in which they stand there. Case, accents, look-alike letters, invisible
 * characters, plurals and the joint between two words (space, hyphen, nothing) make no difference.
 *
 * A term is one or more words. `*` at either end lets the word go on there, so that `inject*` finds "injector";
 * `#` is a number, so that `# unit` finds "20 units" and leaves "Unit 4, Mill Lane" alone.
 */
export function findBannedTerms(text: string, wording: PublicWording): BannedTermMatch[] {
  const { folded, origins } = fold(text);
  const originOf = (position: number) => origins[position] ?? text.length;
  return termsOf(wording)
    .flatMap((term) =>
      [...folded.matchAll(patternOf(term))].map((match) => {
        const index = originOf(match.index);
        return { term, text: text.slice(index, originOf(match.index + match[0].length)), index };
      }),
    )
    .sort((a, b) => a.index - b.index || b.text.length - a.text.length);
}

/** The wording for a page that several jurisdictions share: what one of them forbids is forbidden. */
export function strictestOf(wordings: readonly PublicWording[]): PublicWording {
  return {
    banned_terms: [...new Set(wordings.flatMap((wording) => wording.banned_terms))],
    public_product_names: wordings.every((wording) => wording.public_product_names),
    licensed_products: wordings.flatMap((wording) => wording.licensed_products),
  };
}

/** Where products must not be named, the licensed list bans its own names, so a new product cannot be forgotten. */
function termsOf({ banned_terms, public_product_names, licensed_products }: PublicWording): string[] {
  const productNames = licensed_products.flatMap(({ name, activeSubstance }) => [name, activeSubstance]);
  return [
    ...new Set([
      ...banned_terms,
      ...(public_product_names ? [] : productNames.map((name) => name.toLowerCase())),
    ]),
  ];
}

/** Plain lower-case text, and for each of its characters the index in `text` that it came from. */
function fold(text: string): { folded: string; origins: number[] } {
  let folded = '';
  const origins: number[] = [];
  let index = 0;
  for (const character of text) {
    for (const part of character.toLowerCase().normalize('NFKD')) {
      if (/[\p{M}\p{Cf}]/u.test(part)) continue;
      const plain = LOOK_ALIKES[part] ?? part;
      folded += plain;
      for (let unit = 0; unit < plain.length; unit++) origins.push(index);
    }
    index += character.length;
  }
  return { folded, origins };
}

// Cyrillic, Greek and Latin letters that pass for others on screen and that NFKD leaves as they are.
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{
    а: 'a',
    в: 'b',
    е: 'e',
    і: 'i',
    ј: 'j',
    к: 'k',
    м: 'm',
    н: 'h',
    о: 'o',
    р: 'p',
    с: 'c',
    ѕ: 's',
    т: 't',
    у: 'y',
    х: 'x',
  },
  ...{ α: 'a', β: 'b', ε: 'e', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x' },
  ...{ ı: 'i', ø: 'o', ł: 'l', đ: 'd', ŧ: 't' },
};

const STAND_INS: Readonly<Record<string, string>> = {
  a: '4@',
  b: '8',
  e: '3',
  i: '1!|',
  l: '1|',
  o: '0',
  s: '5$',
  t: '7+',
  z: '2',
};

const NUMBER = String.raw`(?<![\p{L}\p{N}])(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|fifty|sixty|hundred)`;
const JOINT = String.raw`[\s\p{Pd}_./*]{0,3}`;
const PLURAL = "(?:['’]?s|es)?";

const patterns = new Map<string, RegExp>();

function patternOf(term: string): RegExp {
  const known = patterns.get(term);
  if (known) return known;

  const opensWord = term.startsWith('*');
  const goesOn = term.endsWith('*');
  const words = term.replace(/^\*|\*$/g, '').split(/[\s-]+/);
  const pattern = new RegExp(
    (opensWord ? '' : String.raw`(?<!\p{L})`) +
      words.map(wordPattern).join(JOINT) +
      (goesOn ? String.raw`[\p{L}\p{N}]*` : String.raw`${PLURAL}(?!\p{L})`),
    'gu',
  );
  patterns.set(term, pattern);
  return pattern;
}

/** Short words have too many innocent neighbours ("70x") to be looked for in disguise. */
const DISGUISED_FROM_LENGTH = 5;

function wordPattern(word: string): string {
  if (word === '#') return NUMBER;
  if (word.length < DISGUISED_FROM_LENGTH) return word;

  const letters = [...word].map((letter, place) => {
    const standIns = STAND_INS[letter];
    // The last letter stands for itself: "Unit5" is an address.
    return standIns && place < word.length - 1 ? `[${letter}${standIns}]` : letter;
  });
  return String.raw`(?:${letters.join(String.raw`[._*\-]?`)}|${letters.join(String.raw`\s`)})`;
}
