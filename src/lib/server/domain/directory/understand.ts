import { publicWording } from '../policy/shared-wording.ts';
import { findBannedTerms } from '../policy/terms.ts';
import { FILLER_WORDS } from './concerns.ts';
import { PHRASES, type Meaning } from './meanings.ts';

/** What typed words mean: choices, perhaps a place, and words to be looked for in names and places. */
export interface Understood {
  words: string;
  /** "near Bristol": what may be the name of a place, if there is one of this name. */
  placeName: string | null;
  meaning: Meaning;
}

/**
 * Reads what somebody typed. A product's name finds people, because it is left out of the question and so of
 * everything that is shown (L5); a way to name a choice becomes that choice; words that fit everybody are dropped.
 */
export function understand(typed: string): Understood {
  let rest = withoutProducts(typed).replaceAll('’', "'");

  const meaning: Meaning = {};
  rest = rest.replace(MOST_TO_PAY, (_, amount: string) => {
    meaning.fee = Number(amount);
    return ' ';
  });
  for (const phrase of PHRASES) {
    if (!rest.toLowerCase().includes(phrase.text)) continue;
    const without = rest.replace(phrase.pattern, ' ');
    if (without !== rest) add(meaning, phrase.meaning);
    rest = without;
  }
  // Who says "saturday" means one of the next, not one in two months.
  if (meaning.day !== undefined || meaning.part !== undefined) meaning.when ??= 'month';
  const place = PLACE.exec(rest);
  const placeName = place?.groups!.name?.trim() || null;
  if (placeName !== null) rest = rest.replace(PLACE, ' ');
  return { words: said(rest), placeName: placeName === null ? null : said(placeName) || null, meaning };
}

/** What was typed without any product's name in it (L5). */
export function withoutProducts(typed: string): string {
  let rest = typed;
  for (const { text } of findBannedTerms(typed, publicWording)) rest = rest.replace(text, ' ');
  return rest;
}

/** "under £60", "up to 80 dollars". */
const MOST_TO_PAY =
  /(?<![\p{L}\p{N}])(?:under|below|less than|up to|max(?:imum)?|no more than)\s*[£$€]?\s*(\d{1,4})(?:\.00)?(?:\s*(?:pounds|dollars|quid|gbp|usd))?(?![\p{L}\p{N}])/iu;
/** What stands behind the last of these, to the end. */
const PLACE =
  /(?<![\p{L}\p{N}])(?:near to|close to|near|around|in|at|by)\s+(?<name>[\p{L}][\p{L}\p{M}' .-]*?)\s*[?.!,]*\s*$/iu;

function said(text: string): string {
  return text
    .split(/[\s,;?!]+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word) && !FILLER_WORDS.has(word.toLowerCase()))
    .join(' ');
}

function add(meaning: Meaning, more: Meaning): void {
  for (const [key, value] of Object.entries(more)) {
    const held = meaning[key as keyof Meaning];
    Object.assign(meaning, {
      [key]: Array.isArray(value)
        ? [...new Set([...((held as string[]) ?? []), ...(value as string[])])]
        : value,
    });
  }
}

/** Headlines and names of clinics come again and again, and to look through one takes a while. */
const lawfulTexts = new Map<string, string>();
const MOST_REMEMBERED = 5_000;

/** What may stand on any page, or nothing: texts are checked when written, and again before they are shown (L5). */
export function lawful(text: string): string {
  let shown = lawfulTexts.get(text);
  if (shown === undefined) {
    shown = findBannedTerms(text, publicWording).length === 0 ? text : '';
    if (lawfulTexts.size >= MOST_REMEMBERED) lawfulTexts.clear();
    lawfulTexts.set(text, shown);
  }
  return shown;
}
