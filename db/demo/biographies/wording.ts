import type { Random } from '../random.ts';

export interface Words {
  slots: Record<string, string>;
  /** "They ask" rather than "she asks". */
  pluralPronoun: boolean;
}

/** Settles every `[choice|of|words]`, `{slot}` and `<verb>` of a text. */
export function fill(text: string, { slots, pluralPronoun }: Words, random: Random): string {
  return text
    .replace(/\[([^\]]+)\]/g, (_, choices: string) => random.pick(choices.split('|')))
    .replace(/\{(\w+)\}/g, (_, name: string) => {
      const word = slots[name];
      if (word === undefined) throw new Error(`no word for {${name}}`);
      return word;
    })
    .replace(/<(\w+)>/g, (_, verb: string) => (pluralPronoun ? verb : thirdPerson(verb)))
    .replace(/(^|[.?!] )(\p{Ll})/gmu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

const irregularVerbs: Record<string, string> = { have: 'has', do: 'does', are: 'is' };

function thirdPerson(verb: string): string {
  if (irregularVerbs[verb]) return irregularVerbs[verb];
  if (/[^aeiou]y$/.test(verb)) return verb.replace(/y$/, 'ies');
  return /(s|sh|ch|x)$/.test(verb) ? `${verb}es` : `${verb}s`;
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const upToNineteen =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** A number below a hundred, as prose writes it. */
export function numberWord(number: number): string {
  const small = upToNineteen[number];
  if (small) return small;
  const rest = number % 10;
  return `${tens[Math.floor(number / 10)]}${rest ? `-${upToNineteen[rest]}` : ''}`;
}

const americanSpellings: [british: RegExp, american: string][] = [
  [/\ban anaesthetist\b/g, 'an anesthesiologist'],
  [/naecolog/g, 'necolog'],
  [/\b(p|orthop)aedic/gi, '$1edic'],
  [/\b(col|lab|neighb|parl|hon|fav)our/gi, '$1or'],
  [/\b(special|recogn|apolog|real|reorgan)is(e|ed|ing)\b/gi, '$1iz$2'],
  [/\bpractis(e|ed|ing)\b/gi, 'practic$1'],
  [/\blicence\b/gi, 'license'],
  [/\blearnt\b/gi, 'learned'],
  [/\bgrey\b/gi, 'gray'],
  [/\btheatre\b/gi, 'theater'],
  [/\bregistrar\b/g, 'resident'],
  [/\bsceptic\b/g, 'skeptic'],
  [/\bmake-up\b/g, 'makeup'],
  [/\bring(s?)\b(?! is)/g, 'call$1'],
  [/\btelephone\b/g, 'phone'],
  [/\bround here\b/gi, 'around here'],
  [/\bdiary\b/g, 'calendar'],
  [/\bholiday\b/g, 'vacation'],
  [/\bmillimetre/g, 'millimeter'],
  [/\bsun cream\b/g, 'sunscreen'],
];

/** Texans spell their own way. */
export function inAmericanSpelling(text: string): string {
  return americanSpellings.reduce((spelt, [british, american]) => spelt.replace(british, american), text);
}
