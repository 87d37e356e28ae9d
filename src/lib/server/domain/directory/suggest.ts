import type { Db } from '#lib/server/platform/db.ts';
import { slipsAllowed, slipsBetween } from '#lib/server/platform/search/slips.ts';
import { askedWords, nameWords } from '#lib/server/platform/search/words.ts';
import { PROFESSION_NAMES } from '../policy/codes.ts';
import { CONCERN_NAMES, CONCERN_WORDS, FILLER_WORDS } from './concerns.ts';
import { LANGUAGES, PROFESSION_PHRASES } from './meanings.ts';
import { POSTCODE_KIND, postcodeArea } from './postcodes.ts';
import { findPlacesBegun, findPostcode, findStillListed, listingKey } from './queries.ts';
import type { Index } from './read-typed.ts';
import { lawful, withoutProducts } from './understand.ts';

/** Something that somebody may be about to type. Search reads `text` as what it says. */
export interface Suggestion {
  kind: 'place' | 'practitioner' | 'concern' | 'profession' | 'language';
  text: string;
  /** Tells it apart from others of that text, and says what it is. */
  detail: string;
  /** The id of a place: there is more than one Newport. */
  at?: number;
}

/** One letter begins too much, and two begin a name sooner than a choice. */
const FEWEST_LETTERS = 2;
const FEWEST_OF_A_CHOICE = 3;
const MOST_PLACES = 8;
const MOST_PRACTITIONERS = 5;
/** Some may be listed no more. */
const PRACTITIONERS_ASKED = 8;
const MOST_OF_A_KIND = 3;

/** Places that somebody may be typing the name of, from the whole gazetteer, or the area of a postcode. One query. */
export async function suggestPlaces(db: Db, typed: string): Promise<Suggestion[]> {
  const name = typed.trim();
  if (askedWords(name).join('').length < FEWEST_LETTERS || lawful(name) === '') return [];
  const area = postcodeArea(name);
  if (area !== null) {
    const isKnown = (await findPostcode(db, area)) !== undefined;
    return isKnown ? [{ kind: 'place', text: area.code, detail: POSTCODE_KIND[area.country] }] : [];
  }
  const places = await findPlacesBegun(db, name, MOST_PLACES);
  return places.map(({ id, name, region }) => ({
    kind: 'place',
    text: name,
    detail: region,
    ...(id !== null && { at: id }),
  }));
}

/**
 * What a search can be about, as far as it begins like what was typed, and listed practitioners of that name, however
 * many there are. The name of a product suggests nothing, and is not among the suggestions (L5).
 */
export async function suggestWords(db: Db, index: Index, typed: string): Promise<Suggestion[]> {
  const words = askedWords(withoutProducts(typed));
  if (!words.some(({ length }) => length >= FEWEST_LETTERS)) return [];
  const people = await suggestPractitioners(db, index, words);
  return [...suggestChoices(words), ...people].filter(
    ({ text, detail }) => lawful(`${text}, ${detail}`) !== '',
  );
}

// Choices

interface Named {
  suggestion: Suggestion;
  phrases: readonly (readonly string[])[];
}

const named = (
  kind: Suggestion['kind'],
  text: string,
  detail: string,
  phrases: readonly string[],
): Named => ({
  suggestion: { kind, text, detail },
  phrases: [text, ...phrases].map((phrase) => askedWords(phrase)),
});
const capital = (word: string) => `${word[0]!.toUpperCase()}${word.slice(1)}`;

const CHOICES: readonly Named[] = [
  ...Object.entries(CONCERN_WORDS).map(([concern, phrases]) =>
    named('concern', CONCERN_NAMES[concern]!, 'What it is about', phrases),
  ),
  ...Object.entries(PROFESSION_NAMES).map(([profession, name]) => {
    const phrases = Object.entries(PROFESSION_PHRASES)
      .filter(([, meant]) => (meant as readonly string[]).includes(profession))
      .flatMap(([ways]) => ways.split('|'));
    return named('profession', name, 'Profession', phrases);
  }),
  ...Object.keys(LANGUAGES).map((name) =>
    named('language', `Speaks ${capital(name)}`, 'Language', [name, `${name} speaking`]),
  ),
];

/**
 * The choices of which one name goes on like what was typed; those that begin so first. Words that tell nothing are left
 * out of both where nothing fits with them: "my jaw".
 */
function suggestChoices(typed: readonly string[]): Suggestion[] {
  const telling = (words: readonly string[]) => words.filter((word) => !FILLER_WORDS.has(word));
  // "of" and "my" begin nothing by themselves.
  if (telling(typed).length === 0) return [];
  const exact = choicesNamed((phrase) => placeIn(phrase, typed));
  return exact.length > 0 ? exact : choicesNamed((phrase) => placeIn(telling(phrase), telling(typed)));
}

const NOWHERE = Infinity;

function choicesNamed(placeOf: (phrase: readonly string[]) => number): Suggestion[] {
  const found = CHOICES.map(({ suggestion, phrases }) => ({
    suggestion,
    at: Math.min(...phrases.map(placeOf)),
  })).filter(({ at }) => at < NOWHERE);
  return [...Map.groupBy(found, ({ suggestion: { kind } }) => kind).values()].flatMap((ofKind) =>
    ofKind
      .toSorted((a, b) => a.at - b.at)
      .slice(0, MOST_OF_A_KIND)
      .map(({ suggestion }) => suggestion),
  );
}

/** The word of a phrase from which it goes on like the typed words, the last of which may have been begun only. */
function placeIn(phrase: readonly string[], typed: readonly string[]): number {
  const at = phrase.findIndex((_, from) =>
    typed.every((word, index) =>
      index === typed.length - 1 && (index > 0 || word.length >= FEWEST_OF_A_CHOICE)
        ? phrase[from + index]?.startsWith(word)
        : phrase[from + index] === word,
    ),
  );
  return at === -1 ? NOWHERE : at;
}

// Practitioners

async function suggestPractitioners(db: Db, index: Index, typed: readonly string[]): Promise<Suggestion[]> {
  const { hits } = await index.find({
    words: typed.join(' '),
    order: 'best',
    offset: 0,
    limit: PRACTITIONERS_ASKED,
    counts: false,
  });
  // Others were found by where they work or what they do.
  const called = hits.filter(({ shown }) => isCalled(shown.name, typed));
  if (called.length === 0) return [];
  const seen = called.map((hit) => ({ hit, first: hit.shown.consultant?.id ?? hit.practitionerId }));
  const listed = await findStillListed(
    db,
    seen.flatMap(({ hit, first }) => [hit.practitionerId, first]),
  );
  return seen
    .filter(({ hit: { practitionerId, shown }, first }) =>
      [practitionerId, first].every((id) => listed.has(listingKey(id, shown.jurisdiction))),
    )
    .slice(0, MOST_PRACTITIONERS)
    .map(({ hit: { shown } }) => ({
      kind: 'practitioner',
      text: shown.name,
      detail: [shown.professionName, shown.district, shown.locality].filter(Boolean).join(', '),
    }));
}

/** Whether each typed word begins a word of the name, slips allowed. A name in another script is not in the text shown. */
function isCalled(name: string, typed: readonly string[]): boolean {
  const words = nameWords(name);
  return typed.every(
    (begun) =>
      !/^[\p{Script=Latin}\p{N}]+$/u.test(begun) ||
      words.some((word) => word.startsWith(begun) || slipsBetween(begun, word) <= slipsAllowed(begun)),
  );
}
