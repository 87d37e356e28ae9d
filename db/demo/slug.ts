// Letters that Unicode does not take apart into a plain letter and a mark.
const plainLetters: Record<string, string> = { ø: 'o', ł: 'l', đ: 'd', ı: 'i', ß: 'ss', æ: 'ae' };

/** Turns a name into the plain form that addresses use. */
export function slugify(name: string): string {
  return name
    .toLowerCase()
    .replace(/[øłđıßæ]/g, (letter) => plainLetters[letter] ?? letter)
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Hands out slugs, never the same one twice: a second Wei Li of London becomes `wei-li-london`, a third `wei-li-london-2`. */
export function slugRegister(): (name: string, place: string) => string {
  const taken = new Set<string>();
  return (name, place) => {
    const placed = `${slugify(name)}-${slugify(place)}`;
    const candidates = [slugify(name), placed, ...Array.from({ length: 50 }, (_, n) => `${placed}-${n + 2}`)];
    const free = candidates.find((candidate) => !taken.has(candidate));
    if (!free) throw new Error(`too many of the name ${name}`);
    taken.add(free);
    return free;
  };
}
