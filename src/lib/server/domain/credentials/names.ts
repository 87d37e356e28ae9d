import type { PersonName, RegisterEntry } from './register-entry.ts';

/** How well a name of ours fits the one in a register. None of them approves anybody: people decide on the reasons. */
export const NAME_MATCHES = {
  same: 'The same name',
  close: 'Close to the same name',
  partial: 'A part of the name',
  different: 'Another name',
} as const;
export type NameMatch = keyof typeof NAME_MATCHES;

export interface NameComparison {
  match: NameMatch;
  /** In words, for the reviewer; empty where nothing differs. */
  reasons: string[];
}

/** A practitioner's name as shown here; the family name is the end or the beginning of it. */
export interface OwnName {
  displayName: string;
  familyName: string;
}

const GRADES: readonly NameMatch[] = ['same', 'close', 'partial', 'different'];
const worse = (one: NameMatch, other: NameMatch): NameMatch =>
  GRADES[Math.max(GRADES.indexOf(one), GRADES.indexOf(other))]!;

/**
 * Compares a name with all names of a register's entry, whatever their case, accents, hyphens and apostrophes. A former or
 * other name of the entry is never better than close.
 */
export function compareNames(
  own: OwnName,
  entry: Pick<RegisterEntry, 'familyName' | 'givenNames' | 'otherNames'>,
): NameComparison {
  const others = entry.otherNames.map((name) => {
    // Somebody may have another family name and the given names as before.
    const found = compareOne(own, { ...name, givenNames: name.givenNames || entry.givenNames });
    return {
      match: worse(found.match, 'close'),
      reasons: [`The register has it as another name: ${written(name)}`, ...found.reasons],
    };
  });
  return [compareOne(own, entry), ...others].reduce((best, one) =>
    GRADES.indexOf(one.match) < GRADES.indexOf(best.match) ? one : best,
  );
}

function compareOne(own: OwnName, registered: PersonName): NameComparison {
  const family = wordsOf(own.familyName);
  const given = without(wordsOf(own.displayName), family).filter((word) => !TITLES.has(word));
  const registeredFamily = wordsOf(registered.familyName);
  const registeredGiven = wordsOf(registered.givenNames);

  const straight = combine(compareFamily(family, registeredFamily), compareGiven(given, registeredGiven));
  if (straight.match !== 'different' && straight.match !== 'partial') return straight;
  // Some registers print the family name first, and some people write it so.
  const swapped = combine(compareFamily(family, registeredGiven), compareGiven(given, registeredFamily));
  if (swapped.match === 'same' || swapped.match === 'close')
    return { match: 'close', reasons: ['Given and family name are the other way round', ...swapped.reasons] };
  return straight;
}

function combine(family: NameComparison, given: NameComparison): NameComparison {
  const reasons = [...family.reasons, ...given.reasons];
  if (family.match === 'different' && given.match === 'different') return { match: 'different', reasons };
  if (family.match === 'different' || given.match === 'different') return { match: 'partial', reasons };
  return { match: worse(family.match, given.match), reasons };
}

function compareFamily(own: readonly string[], registered: readonly string[]): NameComparison {
  if (own.join('') === registered.join('')) return { match: 'same', reasons: [] };
  if (isSameSet(own, registered))
    return { match: 'close', reasons: ['The parts of the family name are in another order'] };
  if (isOneSlipApart(own.join(''), registered.join('')))
    return { match: 'close', reasons: ['The family name differs by one letter'] };
  if (own.some((word) => word.length > 3 && registered.includes(word)))
    return { match: 'partial', reasons: ['Only a part of the family name is the same'] };
  return { match: 'different', reasons: ['The family name is another one'] };
}

function compareGiven(own: readonly string[], registered: readonly string[]): NameComparison {
  const [first, ...middle] = own;
  const [registeredFirst, ...registeredMiddle] = registered;
  if (first === undefined || registeredFirst === undefined)
    return first === registeredFirst
      ? { match: 'same', reasons: [] }
      : { match: 'partial', reasons: ['One side gives no given name'] };
  if (own.join('') === registered.join('')) return { match: 'same', reasons: [] };
  if (first === registeredFirst) return compareMiddle(middle, registeredMiddle);
  if (isInitialOf(first, registeredFirst))
    return { match: 'close', reasons: ['The given name is an initial on one side'] };
  if (registeredMiddle.includes(first) || middle.includes(registeredFirst))
    return { match: 'close', reasons: ['Known by a middle name'] };
  if (isOneSlipApart(first, registeredFirst))
    return { match: 'close', reasons: ['The given name differs by one letter'] };
  return { match: 'different', reasons: ['The given name is another one'] };
}

/** Left out on one side is the ordinary case; two that contradict each other are not. */
function compareMiddle(own: readonly string[], registered: readonly string[]): NameComparison {
  const pairs = own.map((word, position) => [word, registered[position]] as const);
  const contradicts = pairs.some(
    ([word, other]) => other !== undefined && word !== other && !isInitialOf(word, other),
  );
  if (contradicts) return { match: 'close', reasons: ['The middle names differ'] };
  return { match: 'same', reasons: [] };
}

const TITLES = new Set(['dr', 'mr', 'mrs', 'ms', 'miss', 'mx', 'prof', 'professor', 'sir', 'dame']);

/** Letters that no accent was added to. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

function wordsOf(name: string): string[] {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßæœøđðłþı]/g, (letter) => LETTERS[letter]!)
    .replaceAll(/['’‘ʼ`.]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** The words in their order, each of `taken` once out of them. */
function without(words: readonly string[], taken: readonly string[]): string[] {
  const left = [...words];
  for (const word of taken) {
    const at = left.lastIndexOf(word);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.toSorted().join(' ') === other.toSorted().join(' ');
}

function isInitialOf(one: string, other: string): boolean {
  return one !== other && (one.length === 1 || other.length === 1) && one[0] === other[0];
}

/** One letter too many, too few or another one, in words of five letters and more: shorter ones are other names. */
function isOneSlipApart(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < 5 || Math.abs(one.length - other.length) > 1) return false;
  let from = 0;
  while (from < one.length && one[from] === other[from]) from++;
  let back = 0;
  while (
    back < Math.min(one.length, other.length) - from &&
    one[one.length - 1 - back] === other[other.length - 1 - back]
  )
    back++;
  return Math.max(one.length, other.length) - from - back <= 1;
}

const written = ({ givenNames, familyName }: PersonName) => `${givenNames} ${familyName}`.trim();
