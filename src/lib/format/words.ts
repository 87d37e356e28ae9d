interface PersonName {
  title?: string | null;
  givenName: string;
  familyName?: string | null;
}

/** A person as others call them: "Dr Ada Osei". People of one name have one. */
export function name({ title, givenName, familyName }: PersonName): string {
  return [title, givenName, familyName].filter(Boolean).join(' ');
}

/** Several things in one sentence: "a, b and c". */
export function list(items: readonly string[], locale = 'en-GB'): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);
}

/** How a language counts: to make these takes far longer than to use them. */
const countings = new Map<string, { rules: Intl.PluralRules; format: Intl.NumberFormat }>();

/** A count with its noun: "1 day", "1,200 patients". `many` is the noun with an s when left out. */
export function plural(count: number, one: string, many = `${one}s`, locale = 'en-GB'): string {
  let counting = countings.get(locale);
  if (counting === undefined) {
    counting = { rules: new Intl.PluralRules(locale), format: new Intl.NumberFormat(locale) };
    countings.set(locale, counting);
  }
  return `${counting.format.format(count)} ${counting.rules.select(count) === 'one' ? one : many}`;
}
