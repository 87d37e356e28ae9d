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

/** A count with its noun: "1 day", "1,200 patients". `many` is the noun with an s when left out. */
export function plural(count: number, one: string, many = `${one}s`, locale = 'en-GB'): string {
  const isOne = new Intl.PluralRules(locale).select(count) === 'one';
  return `${count.toLocaleString(locale)} ${isOne ? one : many}`;
}
