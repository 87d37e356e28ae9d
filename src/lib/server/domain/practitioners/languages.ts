const names = new Intl.DisplayNames(['en'], { type: 'language' });
/** Spoken in England and missing from the names that come with the runtime. */
const FURTHER: Readonly<Record<string, string>> = { bfi: 'British Sign Language' };

/** "English" for "en"; what has no such name stays as it is. */
export function languageName(code: string): string {
  if (!/^[a-z]{2,3}(-[A-Za-z]+)*$/.test(code)) return code;
  return FURTHER[code] ?? names.of(code) ?? code;
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const codes = new Map(
  [...LETTERS.flatMap((first) => LETTERS.map((second) => first + second)), ...Object.keys(FURTHER)].map(
    (code) => [languageName(code).toLowerCase(), code],
  ),
);

/** "en" for "English", by which it is searched; what is no such name stays as it was typed. */
export function languageCode(typed: string): string {
  return codes.get(typed.toLowerCase()) ?? typed;
}
